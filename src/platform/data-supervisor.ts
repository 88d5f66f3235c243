import { existsSync, renameSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { sentence } from '../contract/errors.ts'
import type { Clock, Stop } from './clock.ts'
import { QueryCancelled, StoreUnavailable, toError } from './data-errors.ts'
import type { Fault, FromData, Migration, Task, Tasks } from './data-protocol.ts'
import { type DataPeer, forkData, type SpawnData } from './data-spawn.ts'
import type { Log } from './log.ts'

/** What the data process is doing, for Status and for whoever waits for it. */
export interface StoreState {
  readonly phase: 'starting' | 'up' | 'restarting' | 'failed' | 'rebuilding'
  readonly pid: number | null
  /** Times that the process was started again since this host opened it. */
  readonly restarts: number
  /** A sentence while the phase is not `up`. */
  readonly reason: string | null
  /** Times that the file was begun anew (damaged or deleted); who keeps truth elsewhere then fills it again. */
  readonly renewals: number
}

/** Where the store is and how much of the machine it may take. */
export interface DataStoreOptions {
  readonly file: string
  readonly entry: URL
  readonly log: Log
  readonly clock: Clock
  readonly migrations: readonly Migration[]
  readonly spawn?: SpawnData
  /** Memory that DuckDB may take, as `2GB`. */
  readonly memory?: string
  readonly threads?: number
  /** Longest run of a person's statement. */
  readonly untrustedSeconds?: number
}

/** Wait before each start after a death; more deaths than these within CRASH_WINDOW and the process is given up. */
const BACKOFF_SECONDS = [0, 0.1, 0.2, 0.4, 0.8]
const CRASH_WINDOW = 60
/** Damaged files set aside within the window before that is called a crash loop as well. */
const MOST_RENEWALS = 2
const RETRY_SECONDS = 5
const CLOSE_SECONDS = 10

interface Waiting {
  readonly task: Task
  resolve(output: unknown): void
  reject(fault: unknown): void
}

/** Asks the data process for one task. */
export type Call = <T extends Task>(task: T, input: Tasks[T]['input'], signal?: AbortSignal) => Promise<Tasks[T]['output']>

/** Keeps one data process alive, or says why not. */
export interface Supervisor {
  readonly call: Call
  start(): Promise<void>
  renew(): Promise<{ aside: string | null }>
  rebuilding(on: boolean): void
  state(): StoreState
  onState(hear: () => void): () => void
  close(): Promise<void>
}

/** Requests on their way to one process, and how each ends. */
function createExchange(peer: DataPeer, folder: string) {
  const waiting = new Map<number, Waiting>()
  let next = 1
  peer.onMessage(message => {
    const answer = message as FromData
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (!asked) return
    if ('fault' in answer) asked.reject(asked.task === 'open' ? answer.fault : toError(answer.fault, folder))
    else asked.resolve(answer.output)
  })
  const call: Call = (task, input, signal) => {
    const id = next++
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new QueryCancelled())
      const cancel = () => peer.send({ cancel: id })
      const done =
        <V>(end: (value: V) => void) =>
        (value: V) => {
          signal?.removeEventListener('abort', cancel)
          end(value)
        }
      waiting.set(id, { task, resolve: done(resolve as (output: unknown) => void), reject: done(reject) })
      signal?.addEventListener('abort', cancel, { once: true })
      peer.send({ id, task, input })
    })
  }
  const abandon = (reason: string) => {
    const asked = [...waiting.values()]
    waiting.clear()
    for (const each of asked) each.reject(new StoreUnavailable(reason))
  }
  return { call, abandon }
}

/** Moves a damaged store out of the way, under a name that says when. Only its log where only that is damaged. */
function setAside(file: string, { log, stamp }: { readonly log: boolean; readonly stamp: string }): string | null {
  const aside = `${file}.aside-${stamp.replace(/[:.]/g, '-')}`
  const ends = log && existsSync(`${file}.wal`) ? ['.wal'] : ['', '.wal']
  let moved: string | null = null
  for (const end of ends) {
    if (!existsSync(file + end)) continue
    renameSync(file + end, aside + end)
    moved ??= aside + end
  }
  return moved
}

/** A supervisor that has not started yet. */
export function createSupervisor(options: DataStoreOptions): Supervisor {
  const { file, log, clock } = options
  const spawn = options.spawn ?? forkData
  const listeners = new Set<() => void>()
  let state: StoreState = { phase: 'starting', pid: null, restarts: 0, reason: null, renewals: 0 }
  let exchange: ReturnType<typeof createExchange> | null = null
  let peer: DataPeer | null = null
  let stopTimer: Stop = () => undefined
  let closed = false
  let rebuilding = false
  let deaths: number[] = []
  let renewals: number[] = []

  const become = (change: Partial<StoreState>) => {
    state = { ...state, ...change }
    if (state.phase === 'up' && rebuilding) state = { ...state, phase: 'rebuilding' }
    for (const hear of listeners) hear()
  }
  const recent = (times: readonly number[]) => times.filter(at => clock.monotonic() - at < CRASH_WINDOW)
  const giveUp = (reason: string) => {
    log.error('data.failed', { reason })
    become({ phase: 'failed', pid: null, reason })
  }
  const later = (seconds: number) => {
    stopTimer()
    stopTimer = clock.after(seconds, () => void start())
  }
  const died = (how: string) => {
    if (closed) return
    const reason = `the data process ended (${how})`
    deaths = [...recent(deaths), clock.monotonic()]
    const wait = BACKOFF_SECONDS[deaths.length - 1]
    exchange?.abandon(reason)
    exchange = null
    peer = null
    log.warn('data.died', { how, deaths: deaths.length })
    if (wait === undefined) return giveUp(sentence('STORE_CRASHING', { times: deaths.length, reason: how }))
    become({ phase: 'restarting', pid: null, reason, restarts: state.restarts + 1 })
    later(wait)
  }
  const begin = (): { peer: DataPeer; exchange: ReturnType<typeof createExchange> } => {
    const made = spawn(options.entry, (line: string) => log.warn('data.stderr', { line }))
    const talk = createExchange(made, dirname(file))
    made.onExit(how => {
      if (peer === made) died(how)
      else talk.abandon(how)
    })
    peer = made
    return { peer: made, exchange: talk }
  }
  const refusedToOpen = (fault: Fault) => {
    log.error('data.open-refused', { ...fault })
    if (fault.kind === 'corrupt') return damaged(fault)
    if (fault.kind === 'newer' || fault.kind === 'edited') return giveUp(toError(fault, dirname(file)).message)
    if (fault.kind === 'locked' || fault.kind === 'disk-full') {
      const code = fault.kind === 'locked' ? 'STORE_LOCKED' : 'DISK_FULL'
      giveUp(sentence(code, { file, folder: dirname(file) }))
      return later(RETRY_SECONDS)
    }
    died('reason' in fault ? fault.reason : fault.kind)
  }
  const damaged = (fault: Extract<Fault, { kind: 'corrupt' }>) => {
    renewals = [...recent(renewals), clock.monotonic()]
    if (renewals.length > MOST_RENEWALS)
      return giveUp(sentence('STORE_CRASHING', { times: renewals.length, reason: fault.reason }))
    const aside = setAside(file, { log: fault.log, stamp: new Date(clock.now() / 1000).toISOString() })
    log.error('data.set-aside', { aside, reason: fault.reason })
    become({ phase: 'restarting', pid: null, reason: fault.reason, restarts: state.restarts + 1 })
    return start()
  }
  const start = async (): Promise<void> => {
    if (closed) return
    const isNew = !existsSync(file)
    const started = begin()
    become({ pid: started.peer.pid })
    try {
      const { migrations, memory = usualMemory(), threads = availableParallelism() } = options
      const { version } = await started.exchange.call('open', { file, migrations, memory, threads })
      exchange = started.exchange
      log.info('data.up', { pid: started.peer.pid, version, isNew })
      become({ phase: 'up', pid: started.peer.pid, reason: null, renewals: state.renewals + (isNew ? 1 : 0) })
    } catch (fault) {
      // A StoreUnavailable means that it died while opening: onExit has seen to that.
      if (fault instanceof Error || peer !== started.peer) return
      peer = null
      started.peer.kill()
      await started.peer.ended
      await refusedToOpen(fault as Fault)
    }
  }
  const stop = async () => {
    stopTimer()
    const [last, talk] = [peer, exchange]
    peer = null
    exchange = null
    if (!last) return
    const asked = talk?.call('close', null).catch(() => undefined)
    await Promise.race([Promise.all([asked, last.ended]), clock.sleep(CLOSE_SECONDS)])
    last.kill()
    await last.ended
  }
  return {
    call(task, input, signal) {
      if (exchange) return exchange.call(task, input, signal)
      return Promise.reject(new StoreUnavailable(state.reason ?? 'it is starting'))
    },
    start,
    async renew() {
      const reason = 'it is being rebuilt'
      become({ phase: 'rebuilding', reason })
      await stop()
      const aside = setAside(file, { log: false, stamp: new Date(clock.now() / 1000).toISOString() })
      deaths = []
      await start()
      return { aside }
    },
    rebuilding(on) {
      rebuilding = on
      if (state.phase === 'up' || state.phase === 'rebuilding') become({ phase: exchange ? 'up' : 'restarting' })
    },
    state: () => state,
    onState(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    async close() {
      if (closed) return
      closed = true
      await stop()
    },
  }
}

/** A quarter of the machine, between half a gigabyte and four. */
function usualMemory(): string {
  return `${Math.round(Math.min(4096, Math.max(512, totalmem() / 4 / 1024 / 1024)))}MB`
}
