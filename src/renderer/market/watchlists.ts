import { ORPCError } from '@orpc/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import type { WatchlistWire } from '../../contract/workspace.ts'
import { useConnection, useDesk, useStream } from '../desk.tsx'

/** What may be changed of a list. */
export type WatchlistChange = (list: Pick<WatchlistWire, 'name' | 'instruments'>) => Pick<WatchlistWire, 'name' | 'instruments'>

export interface Watchlists {
  /** Null until they were read for the first time. */
  readonly lists: readonly WatchlistWire[] | null
  readonly error: unknown
  retry(): void
  create(id: string, name: string, instruments: readonly string[]): Promise<void>
  change(id: string, change: WatchlistChange): Promise<void>
  remove(id: string): Promise<void>
}

/** A change is tried again on what the host holds when another window was faster; more than this would be a fight. */
const TRIES = 4

const isOutdated = (fault: unknown) => fault instanceof ORPCError && fault.code === 'WORKSPACE_CHANGED'

async function readList(desk: Client, id: string): Promise<WatchlistWire | null> {
  const { watchlists } = await desk.workspace.watchlists()
  return watchlists.find(list => list.id === id) ?? null
}

/** Stores a change on top of what the host has now, so that two windows never undo each other. */
async function storeChange(desk: Client, list: WatchlistWire, change: WatchlistChange): Promise<WatchlistWire> {
  let base = list
  for (let attempt = 1; ; attempt++) {
    const next = { ...base, ...change(base) }
    try {
      return { ...next, ...(await desk.workspace.saveWatchlist(next)) }
    } catch (fault) {
      if (!isOutdated(fault) || attempt === TRIES) throw fault
      base = (await readList(desk, list.id)) ?? { ...base, revision: 0 }
    }
  }
}

/** The named lists of the workspace: a change shows at once, is stored in order, and is taken back if the host refuses. */
export function useWatchlists(): Watchlists {
  const desk = useDesk()
  const { generation } = useConnection()
  const [lists, setLists] = useState<readonly WatchlistWire[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const held = useRef<readonly WatchlistWire[]>([])
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const waiting = useRef(0)

  const put = useCallback((next: readonly WatchlistWire[]) => {
    held.current = next
    setLists(next)
  }, [])
  const read = useCallback(async () => {
    try {
      const { watchlists } = await desk.workspace.watchlists()
      if (waiting.current > 0) return // what is being stored is newer
      put(watchlists)
      setError(null)
    } catch (fault) {
      setError(fault)
    }
  }, [desk, put])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection and a retry read anew
  useEffect(() => void read(), [read, generation, turn])
  useStream(
    'watchlists',
    (client, signal) => client.workspace.watch(undefined, { signal }),
    ({ changed, id, revision }) => {
      if (changed !== 'watchlists') return
      if (held.current.find(list => list.id === id)?.revision !== revision) void read()
    },
  )

  /** Does what is asked after everything asked before; a refusal shows the host's lists again. */
  const inOrder = useCallback(
    (run: () => Promise<void>): Promise<void> => {
      waiting.current++
      const done = queue.current.then(run).finally(() => {
        waiting.current--
      })
      queue.current = done.catch(() => read())
      return done
    },
    [read],
  )
  const putOne = useCallback(
    (list: WatchlistWire) => {
      const others = held.current
      put(
        others.some(known => known.id === list.id)
          ? others.map(known => (known.id === list.id ? list : known))
          : [...others, list],
      )
    },
    [put],
  )

  const create = useCallback(
    async (id: string, name: string, instruments: readonly string[]) => {
      const list: WatchlistWire = { id, name, instruments: [...instruments], revision: 0 }
      putOne(list)
      await inOrder(async () => putOne({ ...list, ...(await desk.workspace.saveWatchlist(list)) }))
    },
    [desk, inOrder, putOne],
  )
  const change = useCallback(
    async (id: string, how: WatchlistChange) => {
      const shown = held.current.find(list => list.id === id)
      if (!shown) return
      putOne({ ...shown, ...how(shown) })
      await inOrder(async () => {
        const latest = held.current.find(list => list.id === id)
        if (!latest) return
        // What is shown has this change and perhaps later ones; the host is to be given this one on its own state.
        const stored = await storeChange(desk, { ...latest, name: shown.name, instruments: shown.instruments }, how)
        const isLast = waiting.current === 1
        const now = held.current.find(list => list.id === id)
        if (now) putOne(isLast ? stored : { ...now, revision: stored.revision })
      })
    },
    [desk, inOrder, putOne],
  )
  const remove = useCallback(
    async (id: string) => {
      put(held.current.filter(list => list.id !== id))
      await inOrder(async () => void (await desk.workspace.removeWatchlist({ id })))
    },
    [desk, inOrder, put],
  )
  return { lists, error, retry: () => setTurn(before => before + 1), create, change, remove }
}
