import { ORPCError } from '@orpc/client'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { createStore, useStore } from 'zustand'
import type { Client } from '../contract/index.ts'
import type { ConnectionState, Link } from './link.ts'

/** Value of a setting, whatever its kind. */
export type SettingValue = string | number | boolean
export type Hello = Awaited<ReturnType<Client['system']['hello']>>
export type Setting = Awaited<ReturnType<Client['workspace']['settings']>>['settings'][number]

interface Known {
  readonly hello: Hello | null
  readonly settings: readonly Setting[]
  /** Why the settings could not be read; null where they were. */
  readonly settingsFault: unknown
}

/** What the page knows of its host and keeps up to date; one for the whole page. */
export interface Desk {
  readonly link: Link
  readonly known: ReturnType<typeof createKnown>
  /** Changes a setting; null takes it back to its default. It shows at once and is taken back if the host refuses. */
  setSetting(key: string, value: SettingValue | null): Promise<void>
  /** Reads the settings again after that failed. */
  readSettings(): Promise<void>
  /** Hears of what was changed in the workspace folder, from here or from another window. */
  onChanged(hear: (change: Change) => void): () => void
  close(): void
}

/** Something of the workspace folder that has a new revision. */
export interface Change {
  readonly changed: 'workspaces' | 'watchlists' | 'settings'
  readonly id: string
  readonly revision: number
}

function createKnown() {
  return createStore<Known>(() => ({ hello: null, settings: [], settingsFault: null }))
}

/** Asks for what every part of the page needs, again after each connection, and follows changes made elsewhere. */
export function createDesk(link: Link): Desk {
  const known = createKnown()
  const stop = new AbortController()
  // Without its settings the page still works on their defaults, so a failure here stops nothing else.
  const readSettings = async () => {
    try {
      known.setState({ settings: (await link.client.workspace.settings()).settings, settingsFault: null })
    } catch (fault) {
      known.setState({ settingsFault: fault })
    }
  }
  const readAll = async () => {
    known.setState({ hello: await link.client.system.hello() })
    await readSettings()
  }
  const listeners = new Set<(change: Change) => void>()
  let generation = 0
  const follow = async () => {
    if (link.state().generation === generation) return
    generation = link.state().generation
    try {
      await readAll()
      for await (const change of await link.client.workspace.watch(undefined, { signal: stop.signal })) {
        if (change.changed === 'settings') await readSettings()
        for (const hear of listeners) hear(change)
      }
    } catch {
      // The line went away: the next connection starts this again, and the connection pill says so meanwhile.
    }
  }
  const leave = link.onState(() => void follow())
  void follow()
  const setSetting = async (key: string, value: SettingValue | null) => {
    const before = known.getState().settings
    const changed = (setting: Setting): Setting => ({
      ...setting,
      value: value ?? setting.usual,
      origin: value === null ? 'default' : 'user',
    })
    known.setState({ settings: before.map(setting => (setting.key === key ? changed(setting) : setting)) })
    try {
      await link.client.workspace.set({ key, value })
    } catch (fault) {
      known.setState({ settings: before })
      throw fault
    }
  }
  return {
    link,
    known,
    setSetting,
    readSettings,
    onChanged(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    close() {
      stop.abort()
      leave()
      link.close()
    },
  }
}

const DeskContext = createContext<Desk | null>(null)

export function DeskProvider({ desk, children }: { desk: Desk; children: ReactNode }) {
  return <DeskContext value={desk}>{children}</DeskContext>
}

function useWhole(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('a component that uses the desk must stand inside <DeskProvider>')
  return desk
}

/** The host's procedures. The object stays the same; calls made while the line is down wait up to 10 s for it. */
export function useDesk(): Client {
  return useWhole().link.client
}

export function useConnection(): ConnectionState & { retryNow(): void } {
  const { link } = useWhole()
  const state = useSyncExternalStore(link.onState, link.state)
  return { ...state, retryNow: link.retryNow }
}

/** What the host said about itself; null until it answered for the first time. */
export function useHello(): Hello | null {
  return useStore(useWhole().known, known => known.hello)
}

/** Why the settings could not be read, and how to try again. */
export function useSettingsFault(): { readonly fault: unknown; retry(): void } {
  const { known, readSettings } = useWhole()
  return { fault: useStore(known, state => state.settingsFault), retry: () => void readSettings() }
}

export function useSettings(): readonly Setting[] {
  return useStore(useWhole().known, known => known.settings)
}

/**
 * A setting of the workspace by its key, and the function that changes it; null takes it back to its default.
 *
 * The value is undefined until the settings were read. The change shows at once and is taken back if the host refuses.
 */
export function useSetting(key: string): [value: SettingValue | undefined, set: (value: SettingValue | null) => Promise<void>] {
  const { known, setSetting } = useWhole()
  const value = useStore(known, state => state.settings.find(setting => setting.key === key)?.value)
  const set = useCallback((next: SettingValue | null) => setSetting(key, next), [key, setSetting])
  return [value, set]
}

export interface StreamState {
  /** `waiting` is between two tries; `failed` is a refusal that trying again will not change. */
  readonly phase: 'idle' | 'opening' | 'open' | 'waiting' | 'failed'
  readonly error: unknown
  retry(): void
}

/** A refusal of the caller's own making (404, 403, 422…) is not worth asking again for. */
function isFinal(fault: unknown): boolean {
  return fault instanceof ORPCError && fault.status >= 400 && fault.status < 500
}

/**
 * Reads a stream of the host while the component is there, and opens it again after a fault or a new connection.
 *
 * `key` names what is read: a new key closes the old stream and opens another; null reads nothing. `onValue` is called
 * outside of rendering and may be a new function each time.
 */
export function useStream<T>(
  key: string | null,
  open: (desk: Client, signal: AbortSignal) => Promise<AsyncIterable<T>>,
  onValue: (value: T) => void,
): StreamState {
  const { link } = useWhole()
  const { generation, phase: line } = useConnection()
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<{ phase: StreamState['phase']; error: unknown }>({ phase: 'idle', error: null })
  const calls = useRef({ open, onValue })
  calls.current = { open, onValue }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection and a retry both open the stream anew
  useEffect(() => {
    if (key === null || line === 'refused') return setState({ phase: 'idle', error: null })
    const stop = new AbortController()
    const run = async () => {
      for (let failures = 0; !stop.signal.aborted; ) {
        setState(before => ({ phase: before.error ? 'waiting' : 'opening', error: before.error }))
        try {
          for await (const value of await calls.current.open(link.client, stop.signal)) {
            if (stop.signal.aborted) return
            if (failures >= 0) setState({ phase: 'open', error: null })
            failures = -1
            calls.current.onValue(value)
          }
          failures = Math.max(failures, 0)
        } catch (error) {
          if (stop.signal.aborted) return
          setState({ phase: isFinal(error) ? 'failed' : 'waiting', error })
          if (isFinal(error)) return
          failures = Math.max(failures, 0) + 1
        }
        await new Promise(resolve => setTimeout(resolve, Math.min(5000, 300 * 2 ** Math.max(0, failures))))
      }
    }
    void run()
    return () => stop.abort()
  }, [key, generation, attempt, line === 'refused', link])
  const retry = useCallback(() => setAttempt(before => before + 1), [])
  return { ...state, retry }
}
