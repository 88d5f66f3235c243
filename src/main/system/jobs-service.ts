import type { JobState } from '../../contract/system.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Clock } from '../../platform/clock.ts'
import { conflate } from '../../platform/conflate.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import type { HostBus } from '../topics.ts'

/** What a job is given: when to stop, and how to say how far it is. */
export interface JobHandle {
  readonly signal: AbortSignal
  /** `fraction` from 0 to 1, null while the length is not known. */
  progress(fraction: number | null, detail?: string): void
}

export interface JobRequest<T> {
  readonly kind: string
  /** What it works on: a file, a series, a table. */
  readonly subject: string
  readonly run: (handle: JobHandle) => Promise<T>
}

export interface JobsService {
  start<T>(job: JobRequest<T>): { readonly id: string; readonly done: Promise<T> }
  /** Newest first. */
  list(): readonly JobState[]
  /** Fails: JOB_UNKNOWN. A job that has ended is left as it is. */
  cancel(id: string): void
  /** What the job gave, once it ended. Fails: JOB_UNKNOWN, or with what the job failed with. */
  result(id: string): Promise<unknown>
  /** All jobs now, then again whenever one changes, at most `perSecond` times a second. */
  watch(signal?: AbortSignal, perSecond?: number): AsyncGenerator<{ jobs: JobState[] }, void>
  close(): Promise<void>
}

interface Running {
  state: JobState
  readonly ending: AbortController
  readonly done: Promise<unknown>
}

/** Jobs that ended are remembered this long back; the panel shows no more, and their results are held in memory. */
const REMEMBERED = 100
const TOLD_PER_SECOND = 5

/** Long work of the host: what runs, how far it is, how it ended. */
export function createJobs({ clock, bus, log }: { clock: Clock; bus: HostBus; log: Log }): JobsService {
  const jobs = new Map<string, Running>()
  let next = 1

  const change = (id: string, patch: Partial<JobState>) => {
    const job = jobs.get(id)
    if (!job) return
    job.state = { ...job.state, ...patch }
    bus.emit('jobs', job.state)
  }
  const end = (id: string, phase: JobState['phase'], detail: string | null) => {
    change(id, { phase, ended: clock.now(), canCancel: false, ...(detail === null ? {} : { detail }) })
    forget()
  }
  const forget = () => {
    const ended = [...jobs].filter(([, { state }]) => state.ended !== null)
    for (const [id] of ended.slice(0, Math.max(0, ended.length - REMEMBERED))) jobs.delete(id)
  }
  const find = (id: string): Running => jobs.get(id) ?? fail('JOB_UNKNOWN', { job: id })

  return {
    start<T>({ kind, subject, run }: JobRequest<T>) {
      const id = `${clock.now().toString(36)}-${next++}`
      const ending = new AbortController()
      const started: EpochMicros = clock.now()
      const state: JobState = {
        id,
        kind,
        subject,
        phase: 'running',
        progress: null,
        detail: null,
        started,
        ended: null,
        canCancel: true,
      }
      const told = createPace(clock)
      const handle: JobHandle = {
        signal: ending.signal,
        progress(fraction, detail) {
          const bounded = fraction === null ? null : Math.min(1, Math.max(0, fraction))
          // Every call is kept, few are told: a reader of a million lines may call it for each.
          const job = jobs.get(id)
          if (!job || job.state.ended !== null) return
          job.state = { ...job.state, progress: bounded, ...(detail === undefined ? {} : { detail }) }
          if (told()) bus.emit('jobs', job.state)
        },
      }
      const done = Promise.resolve().then(() => run(handle))
      jobs.set(id, { state, ending, done })
      bus.emit('jobs', state)
      done.then(
        () => end(id, 'done', null),
        fault => {
          const cancelled = ending.signal.aborted
          if (!cancelled) log.warn('job.failed', { job: id, kind, subject, fault })
          end(id, cancelled ? 'cancelled' : 'failed', cancelled ? null : fault instanceof Error ? fault.message : String(fault))
        },
      )
      return { id, done }
    },
    list: () => newestFirst(jobs),
    cancel(id) {
      const { state, ending } = find(id)
      if (state.ended === null) ending.abort(new DOMException('cancelled', 'AbortError'))
    },
    result: async id => find(id).done,
    async *watch(signal = new AbortController().signal, perSecond = TOLD_PER_SECOND) {
      // The list is sent whole, so a message says no more than that something changed; nobody acknowledges it.
      const { messages } = conflate<JobState>({
        subscribe: push => bus.on('jobs', push),
        snapshot: () => [],
        keyOf: job => job.id,
        everyMs: 1000 / perSecond,
        window: Number.POSITIVE_INFINITY,
        signal,
        clock,
      })
      for await (const _ of messages) yield { jobs: [...newestFirst(jobs)] }
    },
    async close() {
      const open = [...jobs.values()].filter(({ state }) => state.ended === null)
      for (const { ending } of open) ending.abort(new DOMException('the host is closing', 'AbortError'))
      await Promise.race([Promise.allSettled(open.map(({ done }) => done)), clock.sleep(1)])
    },
  }
}

function newestFirst(jobs: ReadonlyMap<string, Running>): readonly JobState[] {
  return [...jobs.values()].map(({ state }) => state).reverse()
}

/** True at most ten times a second. */
function createPace(clock: Clock): () => boolean {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = clock.monotonic()
    if (now - last < 0.1) return false
    last = now
    return true
  }
}
