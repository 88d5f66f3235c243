import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Status } from '../../contract/system.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { PoolStats } from '../../platform/worker-pool.ts'

export interface StatusParts {
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly journal: Pick<Journal, 'head' | 'verify'>
  readonly store: Pick<DataStore, 'state' | 'onState'>
  readonly pool: { stats(): PoolStats }
  readonly isDemo: () => boolean
  /** Seconds of ticks that a crash can cost: the beat of the write-behind. */
  readonly lossWindowSeconds: number
  readonly retention: () => Status['retention']
  /** Series that the journal has and the store cannot show. */
  readonly seriesProblems: () => readonly { readonly name: string; readonly reason: string }[]
}

export interface StatusService {
  read(): Promise<Status>
  /** Once a second, and at once when the market store goes or comes back, which may take less; until the signal. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<Status, void>
  /** Seconds from the host to the pixels, as a page measured them. */
  drawn(samples: readonly number[]): void
  readonly startedAt: EpochMicros
  close(): void
}

/** Bytes on disk change slowly and walking folders is not free, so they are read no more often than this. */
const DISK_EVERY_SECONDS = 5
const FREE_ENOUGH = 500_000_000

type Disk = Status['disk']

/** How the host is doing: read for the Status panel, for REST and for the doctor. */
export function createStatusService(parts: StatusParts): StatusService {
  const { clock, metrics, journal, store, pool, isDemo } = parts
  const startedAt = clock.now()
  const started = clock.monotonic()
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const loop = createLoopWindow(delay)
  const rates = createRates(metrics, clock)
  const disk = createDiskReader(parts.folder, clock)
  const verdict = journal.verify()
  if (!verdict.ok) parts.log.error('journal.corrupt', { seq: verdict.seq, reason: verdict.reason })
  const stops = [clock.every(60, () => metrics.turn()), clock.every(10, () => loop.turn())]
  metrics.gauge('process_memory_bytes', 'Resident memory of the host', () => process.memoryUsage.rss())
  metrics.gauge('eventloop_delay_p99_seconds', 'Event-loop delay of the host, 99th percentile', () => loop.read().p99)

  const read = async (): Promise<Status> => {
    const data = store.state()
    const head = journal.head()
    const queues = [...metrics.queues()]
    const space = await disk()
    const memory = process.memoryUsage()
    return {
      at: clock.now(),
      uptimeSeconds: clock.monotonic() - started,
      demo: isDemo(),
      latency: metrics.steps().map(({ step, count, p50, p90, p99, max, buckets }) => ({
        ...{ step, count, p50, p90, p99, max },
        buckets: buckets.map(([bound, n]): [number, number] => [bound, n]),
      })),
      eventLoop: loop.read(),
      queues,
      rates: rates(),
      memory: [
        { process: 'host', bytes: memory.rss },
        { process: 'host heap', bytes: memory.heapUsed },
        { process: 'host buffers', bytes: memory.arrayBuffers },
        ...(await memoryOf(data.pid)),
      ],
      disk: space,
      retention: parts.retention(),
      journal: { head: head.seq, hash: head.hash, verified: verdict.ok },
      data: {
        phase: data.phase,
        pid: data.pid,
        restarts: data.restarts,
        reason: data.reason,
        unwrittenRows: queues.reduce((sum, queue) => sum + queue.length, 0),
        lossWindowSeconds: parts.lossWindowSeconds,
      },
      workers: pool.stats(),
      notices: noticesOf({ data, space, queues, isJournalGood: verdict.ok, problems: parts.seriesProblems() }),
    }
  }

  return {
    startedAt,
    read,
    async *watch(signal) {
      let wake = () => {}
      const leave = store.onState(() => wake())
      try {
        while (!signal?.aborted) {
          // Before it is read, so that a change meanwhile is not slept over.
          const changed = new Promise<void>(resolve => {
            wake = resolve
          })
          yield await read()
          await Promise.race([clock.sleep(1, signal).catch(() => {}), changed])
        }
      } finally {
        leave()
      }
    },
    drawn(samples) {
      const step = metrics.step('draw')
      for (const seconds of samples) step.observe(seconds)
    },
    close() {
      for (const stop of stops) stop()
      delay.disable()
    },
  }
}

/** Event-loop delay over the last 10 to 20 seconds, without the timer's own resolution. */
function createLoopWindow(delay: ReturnType<typeof monitorEventLoopDelay>) {
  const RESOLUTION_SECONDS = 0.005
  const seconds = (nanos: number) => Math.max(0, (Number.isFinite(nanos) ? nanos : 0) / 1e9 - RESOLUTION_SECONDS)
  const now = () =>
    delay.count === 0
      ? { p50: 0, p99: 0, max: 0 }
      : { p50: seconds(delay.percentile(50)), p99: seconds(delay.percentile(99)), max: seconds(delay.max) }
  let before = { p50: 0, p99: 0, max: 0 }
  return {
    read: () => {
      const current = now()
      return {
        p50: delay.count === 0 ? before.p50 : current.p50,
        p99: Math.max(before.p99, current.p99),
        max: Math.max(before.max, current.max),
      }
    },
    turn() {
      before = now()
      delay.reset()
    },
  }
}

/** Counters as rates: the change since the last reading that is at least half a second old. */
function createRates(metrics: Metrics, clock: Clock) {
  let last = { at: clock.monotonic(), totals: new Map<string, number>() }
  let rates: Status['rates'] = []
  return (): Status['rates'] => {
    const at = clock.monotonic()
    const seconds = at - last.at
    if (seconds < 0.5 && rates.length > 0) return rates
    const totals = new Map<string, number>()
    rates = metrics.counters().map(({ name, labels, total }) => {
      const shown = [name, ...Object.values(labels)].join(' ')
      totals.set(shown, total)
      const perSecond = seconds > 0 ? (total - (last.totals.get(shown) ?? 0)) / seconds : 0
      return { name: shown, perSecond, total }
    })
    last = { at, totals }
    return rates
  }
}

function createDiskReader(folder: string, clock: Clock): () => Promise<Disk> {
  let kept: { at: number; disk: Promise<Disk> } | null = null
  const read = async (): Promise<Disk> => {
    const [space, journal, market, segments] = await Promise.all([
      statfs(folder).catch(() => null),
      bytesOf(folder, name => name.startsWith('journal.sqlite')),
      bytesOf(folder, name => name.startsWith('market.duckdb')),
      bytesOf(join(folder, 'segments'), () => true),
    ])
    return { folder, free: space ? space.bavail * space.bsize : 0, journal, market, segments }
  }
  return () => {
    const at = clock.monotonic()
    if (!kept || at - kept.at > DISK_EVERY_SECONDS) kept = { at, disk: read() }
    return kept.disk
  }
}

async function bytesOf(folder: string, isCounted: (name: string) => boolean): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = names.filter(isCounted).map(async name => {
    const found = await stat(join(folder, name)).catch(() => null)
    return found?.isFile() ? found.size : 0
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** Resident memory of another process, where the system tells it (Linux). */
async function memoryOf(pid: number | null): Promise<{ process: string; bytes: number }[]> {
  if (pid === null || process.platform !== 'linux') return []
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN)
  return Number.isFinite(kilobytes) ? [{ process: 'data', bytes: kilobytes * 1024 }] : []
}

/** What needs a person's attention; the page has the sentence for each key, `text` is what fills it. */
function noticesOf({
  data,
  space,
  queues,
  isJournalGood,
  problems,
}: {
  data: ReturnType<DataStore['state']>
  space: Disk
  queues: readonly { name: string; dropped: number }[]
  isJournalGood: boolean
  problems: ReturnType<StatusParts['seriesProblems']>
}): Status['notices'] {
  const notices: Status['notices'] = []
  if (data.phase !== 'up')
    notices.push({ level: data.phase === 'failed' ? 'error' : 'warning', key: `data-${data.phase}`, text: data.reason ?? '' })
  if (!isJournalGood) notices.push({ level: 'error', key: 'journal-corrupt', text: '' })
  if (space.free < FREE_ENOUGH) notices.push({ level: 'warning', key: 'disk-low', text: String(space.free) })
  for (const { name, dropped } of queues)
    if (dropped > 0) notices.push({ level: 'warning', key: 'queue-dropped', text: `${name}: ${dropped}` })
  for (const { name, reason } of problems) notices.push({ level: 'warning', key: 'series-missing', text: `${name}: ${reason}` })
  return notices
}
