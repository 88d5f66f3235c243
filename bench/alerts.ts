import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OptionChain } from '../src/core/options/chain.ts'
import { installationOf } from '../src/main/entries.ts'
import type { ChainFeed, ChainSink, OptionQuote } from '../src/main/options/chain-feed.ts'
import { createOptionsParts, type OptionsGround } from '../src/main/options/options-parts.ts'
import { createJobs } from '../src/main/system/jobs-service.ts'
import type { Topics } from '../src/main/topics.ts'
import { createBus } from '../src/platform/bus.ts'
import { systemClock } from '../src/platform/clock.ts'
import { loadConfig } from '../src/platform/config.ts'
import { openDataStore } from '../src/platform/data-store.ts'
import { openJournal } from '../src/platform/journal.ts'
import { silentLog } from '../src/platform/log.ts'
import { createMetrics } from '../src/platform/metrics.ts'
import { readMigrations } from '../src/platform/migrations.ts'
import { WorkerPool } from '../src/platform/worker-pool.ts'
import type { Jobs } from '../src/workers/jobs.ts'
import { fairChain } from '../tests/options/fair-chain.ts'
import { quantile } from './feed/run.ts'
import { type RatioResult, stream } from './peers/measure.ts'

// A whole chain of SPY, 25 expiries with 123 strikes each, through the desk of the host: book, thread, detectors, journal. Quotes come
// twenty times a second, 300 contracts a time, for as long as is asked; each is timed from its arrival to the end of the first pass that
// has it, with the detectors behind it. Every two seconds one option is made 30 % cheap for six; what the alert itself counts is
// from the newest quote of its pass, so the persistence that a detector wants is in neither figure.

const EXPIRIES = 25
const STRIKES = 123
const EVERY_SECONDS = 0.05
const PER_BATCH = 300
const FAULT_SECONDS = 2
const FAULT_LASTS_SECONDS = 6
const WARM_UP_SECONDS = 5
const LIMIT_MS = 500
const KEY = 'SPY.BENCH'
const VARIANTS = 12
const installation = installationOf(new URL('../src/main/headless.ts', import.meta.url).href)

/** The same fair chain with its quotes placed otherwise around the prices: rows of any two of them make no arbitrage. */
function variants(next: () => number): OptionChain[] {
  const hours = Array.from({ length: EXPIRIES }, (_, k) => 6.5 * (k + 1) * (1 + k / 8))
  const strikes = Array.from({ length: STRIKES }, (_, k) => 539 + k)
  const vol = (k: number) => 0.15 - 0.4 * k + 2 * k * k
  const ticks = (price: number) => 1 + price / 20
  return Array.from({ length: VARIANTS }, () => fairChain({ spot: 600, hours, strikes, vol, ticks, place: next }))
}

interface Sending {
  readonly feed: ChainFeed
  /** Begins to quote; the answer ends it. */
  start(onSent: (at: number) => void): () => void
}

/** A venue in this process: a listing whose expiries lie as far ahead of now as they did of the chain's own instant. */
function venue(next: () => number): Sending {
  const clock = systemClock()
  const chains = variants(next)
  const [first] = chains as [OptionChain]
  const shift = clock.now() - first.asOf
  const keys = first.expiries.flatMap(({ date, from, to }) =>
    Array.from({ length: to - from }, (_, k) => `${date} ${first.strike[from + k]} ${first.side[from + k]}`),
  )
  const contracts = first.expiries.flatMap(({ date, settlesAt, from, to }) =>
    Array.from({ length: to - from }, (_, k) => ({
      ...{ key: keys[from + k]!, expiry: date, strike: first.strike[from + k]!, side: first.side[from + k] as 1 | -1 },
      settlesAt: (settlesAt + shift) as typeof settlesAt,
    })),
  )
  let sink: ChainSink | null = null
  const faulty = new Set<number>()
  const quote = (row: number): OptionQuote => {
    const cheap = faulty.has(row) ? 0.7 : 1
    const chain = chains[Math.floor(VARIANTS * next())]!
    const [bid, ask] = [chain.bid[row]! * cheap, chain.ask[row]! * cheap].map(price => Math.round(price * 100) / 100)
    const sizes = { bidSize: 50, askSize: 50, last: Number.NaN, volume: 100, openInterest: 500 }
    return { key: keys[row]!, bid: bid!, ask: ask!, ...sizes, eventTime: clock.now() }
  }
  const send = (rows: readonly number[]) => sink?.quotes('SPY', rows.map(quote))
  const all = keys.map((_, row) => row)
  return {
    feed: {
      ...{ name: 'bench', gives: 'live', lines: 10_000, pollSize: 0, pollEverySeconds: 1, staleSeconds: 30 },
      ...{ underlyings: ['SPY'], findsAny: false },
      open(context) {
        sink = context.sink
        return {
          follow() {
            const { exercise, multiplier, tickSize, spotBid: bid, spotAsk: ask } = first
            sink!.phase('SPY', 'up')
            sink!.listing({ underlying: 'SPY', exercise, multiplier, tickSize, contracts })
            sink!.spot('SPY', { bid, ask, eventTime: clock.now() })
            send(all)
          },
          unfollow() {},
          stream() {},
          poll() {},
          close: async () => {},
        }
      },
    },
    start(onSent) {
      let at = 0
      const stops = [
        clock.every(EVERY_SECONDS, () => {
          onSent(clock.now())
          send(Array.from({ length: PER_BATCH }, (_, k) => (at + k) % keys.length))
          at = (at + PER_BATCH) % keys.length
        }),
        clock.every(FAULT_SECONDS, () => {
          const { from, to } = first.expiries[Math.floor(4 * next())]!
          const row = Math.round((from + to) / 2) + 2 * Math.floor(10 * next())
          const turn = (isFaulty: boolean) => {
            if (isFaulty) faulty.add(row)
            else faulty.delete(row)
            onSent(clock.now())
            send([row])
          }
          turn(true)
          stops.push(clock.after(FAULT_LASTS_SECONDS, () => turn(false)))
        }),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/** Milliseconds from quote to the end of the pass that has it, and from the newest quote of a pass to the alert that it raised. */
export async function run({ seconds = 30 }: { seconds?: number } = {}): Promise<RatioResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-alerts-'))
  const clock = systemClock()
  const metrics = createMetrics()
  const bus = createBus<Topics>({ onFault: (_, fault) => console.error(fault) })
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const migrations = readMigrations(installation.schema)
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: installation.dataProcess,
    log: silentLog,
    clock,
    migrations,
  })
  const pool = new WorkerPool<Jobs>(installation.worker, 1)
  const config = loadConfig({ argv: [], env: {}, folder })
  const { feed, start } = venue(stream(7))
  // What the desk asks of the rest of the host and this benchmark does not use is left out.
  const ground: Partial<Record<keyof OptionsGround, unknown>> = {
    ...{ folder, worker: installation.worker, pool, clock, log: silentLog, metrics, bus, journal, store, seed: 1, fetch },
    ...{ feeds: [feed], setting: (key: string) => config.origin(key).value, writers: { refused: () => {} } },
    ...{ jobs: createJobs({ clock, bus, log: silentLog }), book: { find: () => ({ name: 'SPY', calendar: 'demo' }) } },
    sources: { list: () => [{ name: 'bench', enabled: true }] },
  }
  const parts = createOptionsParts(ground as unknown as OptionsGround)
  const waiting: number[] = []
  const took: number[] = []
  let isMeasured = false
  let passes = 0
  // The bus hears of a pass after the detectors have looked at it.
  bus.on('chains', ({ newestReceipt }) => {
    const now = clock.now()
    passes += Number(isMeasured)
    while (waiting.length > 0 && waiting[0]! <= newestReceipt) {
      const sent = waiting.shift()!
      if (isMeasured) took.push((now - sent) / 1000)
    }
  })
  const started = clock.monotonic()
  const frames = parts.services.chains.frames(KEY, [])
  await frames.next()
  const painted = 1000 * (clock.monotonic() - started)
  const leave = parts.services.chains.follow(KEY)
  const stop = start(at => waiting.push(at))
  await clock.sleep(WARM_UP_SECONDS)
  isMeasured = true
  await clock.sleep(seconds)
  stop()
  const step = metrics.distribution('chain_pass_seconds', '', { step: 'analyse' }).recent()
  const scan = metrics.distribution('alert_scan_seconds', '').recent()
  const alert = metrics.distribution('alert_seconds', '').recent()
  await frames.return()
  const opened = await openMoments(parts)
  leave()
  await parts.close()
  await Promise.all([pool.close(), store.close()])
  journal.close()
  await rm(folder, { recursive: true, force: true })
  const note = `${took.length} batches of ${PER_BATCH} quotes, ${passes} passes of ${EXPIRIES * STRIKES * 2} contracts, ${alert.count} alerts`
  const result = (bench: string, value: number, extra: string, limit = LIMIT_MS): RatioResult => ({
    ...{ bench, value: Math.round(value), unit: 'ms', peer: `limit of ${limit} ms`, peerValue: limit },
    ...{ ratio: limit / value, limit: 1, within: value <= limit, note: extra },
  })
  return [
    result('first frame', painted, 'from asking for the chain, with its session and its thread begun', 3000),
    result('a kept moment opened', quantile(opened, 0.5), 'rows read and analysed again, median of eight', 300),
    result('pass, thread p50', 1000 * step.p50, 'from the chain handed over to the answer'),
    result('scan p50', 1000 * scan.p50, 'detectors over one pass'),
    result('alert p99', 1000 * alert.p99, 'from the newest quote of a pass to the alert'),
    result('quote to looked at p50', quantile(took, 0.5), note),
    result('alerts', quantile(took, 0.99), note),
  ]
}

/** Milliseconds to open each of some kept moments, none of which was opened before. */
async function openMoments({ services, snapshots }: ReturnType<typeof createOptionsParts>): Promise<number[]> {
  const clock = systemClock()
  const took: number[] = []
  while (took.length < 8) {
    const before = services.chains.latest(KEY)!
    const { id } = await snapshots.keep(before, 'person')
    const started = clock.monotonic()
    await snapshots.open(id)
    took.push(1000 * (clock.monotonic() - started))
    while (services.chains.latest(KEY) === before) await clock.sleep(0.1)
  }
  return took
}
