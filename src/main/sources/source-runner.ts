import { reasonOf } from '../../contract/reasons.ts'
import type { SourceState } from '../../contract/sources.ts'
import type { InstrumentId } from '../../core/kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { Clock, Stop } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { silenceLimit } from '../market/freshness.ts'
import type { Ingest, Inlet } from '../market/ingest.ts'
import type { Source, SourceContext, SourceSession, SourceSink } from './source.ts'

/** Seconds before a source that broke is opened again: doubled each time, up to the last. */
const BACKOFF_SECONDS = [1, 2, 4, 8, 16, 32, 60]
/** A source must have stood this long before its next break counts as the first again. */
const STEADY_SECONDS = 60
/** Close must be quick: what takes longer is left behind, with its inlet shut. */
const CLOSE_SECONDS = 1

type Phase = SourceState['phase']
type Budget = SourceState['budget']

/** One source of the table with its session: opened, watched, reopened with growing pauses, closed. */
export interface SourceRunner {
  readonly source: Source
  open(): void
  /** Ends the session; nothing of it reaches the book afterwards. */
  close(): Promise<void>
  readonly session: SourceSession | null
  subscribe(ids: readonly InstrumentId[]): void
  unsubscribe(ids: readonly InstrumentId[]): void
  state(): SourceState
  /** Secrets changed: a source that waited for one is opened. */
  secretsChanged(): void
  /** Looks whether the feed has gone silent; called once a second. */
  watch(): void
}

export interface RunnerOptions {
  readonly source: Source
  readonly ingest: Ingest
  readonly clock: Clock
  readonly log: Log
  readonly folder: string
  readonly fetch: typeof fetch
  readonly seed: number
  /** True where a secret of that name is set. */
  readonly hasSecret: (name: string) => boolean
  readonly secret?: SourceContext['secret']
  /** Some subscribed instrument's market is open, so that silence means something. */
  readonly marketOpen: (ids: Iterable<InstrumentId>) => boolean
  readonly onChange: () => void
}

export function createRunner(options: RunnerOptions): SourceRunner {
  const { source, ingest, clock, log } = options
  const counts = ingest.counts(source.name)
  const subscribed = new Set<InstrumentId>()
  let session: SourceSession | null = null
  let inlet: Inlet | null = null
  let phase: Phase = 'off'
  let reason: string | null = null
  let since = clock.now()
  let enabled = false
  let budget: Budget = null
  let nextTry: EpochMicros | null = null
  let lastError: SourceState['lastError'] = null
  let breaks = 0
  let openedAt = 0
  let listeningSince = 0
  let retry: Stop | null = null
  let lacksSecret = false

  const enter = (next: Phase, why: string | null) => {
    if (next === phase && why === reason) return
    if (next !== phase) since = clock.now()
    phase = next
    reason = why
    if (why !== null && (next === 'failed' || next === 'backing-off')) lastError = { at: clock.now(), reason: why }
    log.info('source.phase', { source: source.name, phase: next, reason: why })
    options.onChange()
  }

  const again = (why: string) => {
    drop()
    if (clock.monotonic() - openedAt > STEADY_SECONDS) breaks = 0
    const seconds = BACKOFF_SECONDS[Math.min(breaks++, BACKOFF_SECONDS.length - 1)]!
    nextTry = epochMicros(clock.now() + seconds * MICROS_PER_SECOND)
    enter('backing-off', why)
    retry = clock.after(seconds, connect)
  }

  const drop = (): Promise<void> => {
    const ending = session
    inlet?.shut()
    inlet = null
    session = null
    budget = null
    retry?.()
    retry = null
    if (!ending) return Promise.resolve()
    return inTime(ending.close(), clock, why => log.warn('source.close', { source: source.name, reason: why }))
  }

  const connect = () => {
    const missing = source.credentials.filter(name => !options.hasSecret(name))
    lacksSecret = missing.length > 0
    if (lacksSecret) return enter('failed', reasonOf('credential-missing', missing.join(', ')))
    nextTry = null
    openedAt = clock.monotonic()
    listeningSince = openedAt
    const current = ingest.inlet(source)
    inlet = current
    if (breaks > 0) current.sink.count('reconnects')
    enter('connecting', null)
    try {
      const opened = source.open({
        clock,
        log,
        folder: options.folder,
        fetch: options.fetch,
        seed: options.seed,
        secret: options.secret ?? (async () => null),
        sink: { ...current.sink, ...control(current) },
      })
      // A source may break while it opens; then a retry is already under way and this session is closed.
      if (inlet !== current) return void opened.close()
      session = opened
      if (subscribed.size > 0) session.subscribe([...subscribed])
    } catch (fault) {
      again(messageOf(fault))
    }
  }

  const control = (current: Inlet): Pick<SourceSink, 'phase' | 'budget'> => ({
    phase(next, why) {
      if (inlet !== current) return
      if (next === 'failed') again(why ?? reasonOf('failed'))
      else enter(next, why ?? null)
    },
    budget(next) {
      if (inlet !== current) return
      budget = next
    },
  })

  return {
    source,
    get session() {
      return session
    },
    open() {
      if (enabled) return
      enabled = true
      breaks = 0
      connect()
    },
    async close() {
      enabled = false
      const ended = drop()
      nextTry = null
      enter('off', null)
      await ended
    },
    subscribe(ids) {
      if (subscribed.size === 0) listeningSince = clock.monotonic()
      for (const id of ids) subscribed.add(id)
      session?.subscribe(ids)
    },
    unsubscribe(ids) {
      for (const id of ids) subscribed.delete(id)
      session?.unsubscribe(ids)
    },
    state: () => ({
      name: source.name,
      title: source.title,
      gives: source.gives,
      enabled,
      phase,
      reason,
      since,
      subscribed: subscribed.size,
      lastRecord: counts.lastRecord,
      latencySeconds: counts.latencySeconds(clock.monotonic()),
      messagesPerSecond: counts.messagesPerSecond(clock.monotonic()),
      lastError,
      budget: budget ?? (nextTry === null ? null : { left: 0, of: 1, perSeconds: 1, nextTry }),
      counts: {
        received: counts.received,
        refused: counts.refused,
        gaps: counts.gaps,
        reconnects: counts.reconnects,
        cacheHits: counts.cacheHits,
      },
    }),
    secretsChanged() {
      if (enabled && lacksSecret) connect()
    },
    watch() {
      if (phase !== 'up' && phase !== 'silent') return
      const heard = Math.max(Number.isNaN(counts.heard) ? 0 : counts.heard, listeningSince)
      const quiet = clock.monotonic() - heard >= silenceLimit(source.expectedIntervalSeconds)
      const silent = quiet && subscribed.size > 0 && options.marketOpen(subscribed)
      if (silent) enter('silent', reasonOf('silent'))
      else if (phase === 'silent') enter('up', null)
    },
  }
}

/** Waits for a session to end, but no longer than it may take. */
async function inTime(ending: Promise<void>, clock: Clock, onFault: (reason: string) => void): Promise<void> {
  const limit = new AbortController()
  const late = clock.sleep(CLOSE_SECONDS, limit.signal).then(
    () => onFault('it took longer than a second'),
    () => {},
  )
  await Promise.race([ending.catch(fault => onFault(messageOf(fault))), late])
  limit.abort()
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
