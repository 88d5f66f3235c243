import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { Client } from '../contract/index.ts'

/** `refused` means that the host never let this page in: its token is missing or old. */
export type ConnectionPhase = 'connecting' | 'open' | 'lost' | 'refused'

export interface ConnectionState {
  readonly phase: ConnectionPhase
  /** Counts the connections that opened; streams start again when it grows. */
  readonly generation: number
  /** Failed tries since the last good one. */
  readonly failures: number
  /** Milliseconds on performance.now() at which the next try starts; null while none waits. */
  readonly retryAt: number | null
}

/** A lane to the host that opens again by itself; the client stays the same across connections. */
export interface Link {
  readonly client: Client
  state(): ConnectionState
  onState(hear: () => void): () => void
  retryNow(): void
  close(): void
}

/** The host did not answer, or went away in the middle of a call. */
export class HostUnreachable extends Error {
  override readonly name = 'HostUnreachable'
}

type Call = (path: readonly string[], input: unknown, options: never) => Promise<unknown>
interface Lane {
  readonly call: Call
  close(): void
}

/** Calls made while the line is down wait this long for it before they fail. */
const PATIENCE_MS = 10_000
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 5000
/** After so many failures in a row it is asked whether the host is there at all: if so, it refuses the token of an older launch. */
const REFUSED_AFTER = 3
const TOKEN_KEY = 'contango.token'

/** Takes the token from the address once and hides it, so that it is neither copied nor bookmarked with the address. */
function tokenOfPage(): string | null {
  const fromAddress = new URLSearchParams(location.hash.slice(1)).get('token')
  if (fromAddress) {
    sessionStorage.setItem(TOKEN_KEY, fromAddress)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return fromAddress ?? sessionStorage.getItem(TOKEN_KEY)
}

/** Whether this page stands in a window of the desktop shell: Electron says so in its name. */
export function isInShell(): boolean {
  return /\bElectron\//.test(navigator.userAgent)
}

/** The address of a newer launch, opened in the same tab, differs only in its fragment: the page itself has to start again. */
function followAddress(): void {
  window.addEventListener('hashchange', () => {
    if (new URLSearchParams(location.hash.slice(1)).has('token')) location.reload()
  })
}

/** Whether the host still serves the page itself, for which no token is needed. */
async function isServed(): Promise<boolean> {
  const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
  return answer?.ok === true
}

function openSocket(token: string, onClose: () => void): Promise<Lane> {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  // As a subprotocol, since an address with the token in it would end up in histories and logs.
  const socket = new WebSocket(`${scheme}//${location.host}/ws`, ['contango', `token.${token}`])
  return new Promise((resolve, reject) => {
    let opened = false
    socket.addEventListener('open', () => {
      opened = true
      const lane = new SocketLink({ websocket: socket })
      resolve({ call: lane.call.bind(lane) as Call, close: () => socket.close() })
    })
    socket.addEventListener('close', () => (opened ? onClose() : reject(new HostUnreachable('the socket did not open'))))
  })
}

/** Under the desktop shell: one end of a new channel goes to the preload script, which hands it to the host. */
async function openPort(onClose: () => void): Promise<Lane> {
  const { port1, port2 } = new MessageChannel()
  window.postMessage('desk:connect', '*', [port2])
  port1.addEventListener('close', onClose)
  port1.start()
  const lane = new PortLink({ port: port1 })
  return { call: lane.call.bind(lane) as Call, close: () => port1.close() }
}

/** The one place that knows how the page reaches its host: a socket where it has a token, a message port in the shell. */
export function openLink(): Link {
  const token = tokenOfPage()
  const inBrowser = token !== null || !isInShell()
  if (inBrowser) followAddress()
  let state: ConnectionState = { phase: 'connecting', generation: 0, failures: 0, retryAt: null }
  let lane: Lane | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  const listeners = new Set<() => void>()

  function become(next: Partial<ConnectionState>): void {
    state = { ...state, ...next }
    for (const hear of listeners) hear()
  }

  function lost(): void {
    lane = null
    if (closed) return
    const failures = state.failures + 1
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1))
    const phase = state.phase === 'refused' ? 'refused' : state.generation === 0 ? 'connecting' : 'lost'
    become({ phase, failures, retryAt: performance.now() + wait })
    timer = setTimeout(open, wait)
    if (inBrowser && failures >= REFUSED_AFTER) void isServed().then(served => served && !lane && become({ phase: 'refused' }))
  }

  function open(): void {
    clearTimeout(timer)
    if (closed) return
    const isRefused = inBrowser && token === null
    become({ retryAt: null, ...(isRefused ? { phase: 'refused' as const } : {}) })
    if (isRefused) return
    const opening = inBrowser ? openSocket(token!, lost) : openPort(lost)
    opening.then(opened => {
      lane = opened
      become({ phase: 'open', generation: state.generation + 1, failures: 0 })
    }, lost)
  }

  function whenOpen(signal: AbortSignal | undefined): Promise<Lane> {
    if (lane) return Promise.resolve(lane)
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(patience)
        listeners.delete(hear)
        signal?.removeEventListener('abort', abort)
        act()
      }
      const hear = () => lane && settle(() => resolve(lane!))
      const abort = () => settle(() => reject(signal?.reason))
      const patience = setTimeout(() => settle(() => reject(new HostUnreachable('the host does not answer'))), PATIENCE_MS)
      listeners.add(hear)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  const call: Call = async (path, input, options) =>
    (await whenOpen((options as { signal?: AbortSignal }).signal)).call(path, input, options)
  open()
  return {
    client: createORPCClient<Client>({ call: call as never }),
    state: () => state,
    onState(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    retryNow: () => void (lane === null && open()),
    close() {
      closed = true
      clearTimeout(timer)
      lane?.close()
    },
  }
}
