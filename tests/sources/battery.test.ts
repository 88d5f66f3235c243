import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { demoTicks } from '../../src/core/demo/market.ts'
import { instrumentId } from '../../src/core/kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { QUALITY } from '../../src/core/market/instrument.ts'
import { isOpen } from '../../src/main/market/feed.ts'
import { createFreshness } from '../../src/main/market/freshness.ts'
import { demoSource } from '../../src/main/sources/demo/source.ts'
import { SOURCES } from '../../src/main/sources/index.ts'
import { recorded } from '../../src/main/sources/replay/record.ts'
import { replaySource } from '../../src/main/sources/replay/source.ts'
import type { Source } from '../../src/main/sources/source.ts'
import { createRunner } from '../../src/main/sources/source-runner.ts'
import { yahooSource } from '../../src/main/sources/yahoo/source.ts'
import { manualClock } from '../../src/platform/clock.ts'
import { silentLog } from '../../src/platform/log.ts'
import { feedForTest, instrumentFor, MIDDAY, rawQuote, rawTrade } from './market-kit.ts'

const SEED = 20260105

const CHECKS = ['subscribe', 'gap', 'reconnect', 'bad frame', 'rate limit', 'missing credential', 'silent feed', 'close'] as const
type Check = (typeof CHECKS)[number]

/** How a source is put to the battery. */
interface Subject {
  readonly source: Source
  readonly instrument: string
  readonly startAt: EpochMicros
  /** Checks that mean nothing for it, each with the reason. */
  readonly lacks: Partial<Record<Check, string>>
  readonly fetch?: typeof fetch
  /** What the venue does from now on, for sources that ask one. */
  readonly venue?: FakeVenue
  /** Brings about what a check looks for, within that many seconds. */
  readonly gapWithin?: number
  readonly badFrame?: { readonly within: number; readonly refuses: boolean }
}

interface FakeVenue {
  readonly fetch: typeof fetch
  readonly asked: string[]
  answer: 'quotes' | 'bad quote' | 'too many' | 'down'
}

/** Yahoo's doors in a few lines, for machines without recordings; yahoo.test.ts has the recorded ones. */
function fakeYahoo(now: () => number): FakeVenue {
  const asked: string[] = []
  const venue: { answer: FakeVenue['answer'] } = { answer: 'quotes' }
  const quote = () => ({
    symbol: 'SPY',
    quoteType: 'ETF',
    longName: 'SPDR S&P 500',
    currency: 'USD',
    exchange: 'PCX',
    exchangeTimezoneName: 'America/New_York',
    exchangeDataDelayedBy: 15,
    quoteSourceName: 'Delayed Quote',
    priceHint: 2,
    bid: 600,
    ask: 600.01,
    bidSize: 1,
    askSize: 1,
    regularMarketPrice: 600,
    ...(venue.answer === 'bad quote' ? {} : { regularMarketTime: Math.floor(now() / 1e6) }),
  })
  const answer = async (input: string | URL | Request): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    asked.push(url.pathname)
    if (venue.answer === 'down') throw new TypeError('fetch failed')
    if (venue.answer === 'too many') return new Response('Too Many Requests', { status: 429 })
    if (url.hostname === 'finance.yahoo.com')
      return new Response('', { headers: { 'set-cookie': 'A3=x; Domain=.yahoo.com; Path=/; Secure; Max-Age=31536000' } })
    if (url.pathname.endsWith('getcrumb')) return new Response('crumb')
    return new Response(JSON.stringify({ quoteResponse: { result: [quote()], error: null } }))
  }
  return Object.assign(venue, { fetch: answer as typeof fetch, asked })
}

/** A moment at which the demo feed loses a run of SPY, found by looking. */
function demoLoss(): EpochMicros {
  const instrument = instrumentId('SPY.DEMO')
  for (let day = 0; day < 60; day++) {
    const from = MIDDAY + day * MICROS_PER_DAY - 2 * MICROS_PER_HOUR
    const ticks = demoTicks({ seed: SEED, instrument, from, to: from + 7 * MICROS_PER_HOUR })
    const run = ticks.lost.find(one => one.quotes.length > 0)
    if (run) return run.quotes[0]!.eventTime
  }
  throw new Error('the demo feed loses nothing in sixty days')
}

/** A recording made for the battery: two instruments, a hole, a line that is none. */
function recording(): string[] {
  const lines: string[] = []
  const spy = instrumentFor('SPY')
  const qqq = instrumentFor('QQQ')
  const clock = manualClock(MIDDAY)
  const made = recorded(
    {
      ...demoSource,
      open({ sink }) {
        sink.instruments([spy, qqq])
        sink.phase('up')
        let seq = 0
        clock.every(1, () => {
          seq++
          sink.quotes([rawQuote(qqq.id, 500, 500.01, clock.now(), seq)])
          seq++
          // Numbers 21 and 22 never come.
          if (seq === 20) seq += 2
          sink.quotes([rawQuote(spy.id, 600 + seq / 100, 600.01 + seq / 100, clock.now(), seq)])
          seq++
          sink.trades([rawTrade(spy.id, 600 + seq / 100, 1, clock.now(), seq)])
        })
        return {} as never
      },
    },
    [spy, qqq],
    line => void lines.push(line),
  )
  const { sink } = feedForTest(clock).ingest.inlet(made)
  made.open({
    clock,
    log: silentLog,
    folder: '',
    fetch,
    seed: 1,
    secret: async () => null,
    sink: { ...sink, phase: () => {}, budget: () => {} },
  })
  clock.advance(120)
  lines.splice(40, 0, '{"at": 13, "kind": "quo')
  return lines
}

function subjects(): Subject[] {
  const now = { at: () => MIDDAY as number }
  const venue = fakeYahoo(() => now.at())
  const loss = demoLoss()
  return [
    {
      source: demoSource,
      instrument: 'SPY.DEMO',
      startAt: epochMicros(loss - 5 * MICROS_PER_SECOND),
      gapWithin: 60,
      badFrame: { within: 1800, refuses: false },
      lacks: {
        reconnect: 'it has no connection that could break',
        'rate limit': 'it asks nobody',
      },
    },
    {
      source: yahooSource,
      instrument: 'SPY.YAHOO',
      startAt: MIDDAY,
      fetch: venue.fetch,
      venue,
      badFrame: { within: 60, refuses: true },
      lacks: { gap: 'its quotes are asked for and carry no numbers, so nothing can be missing between two of them' },
    },
    {
      source: replaySource({ lines: recording(), gives: 'demo', expectedIntervalSeconds: 5 }),
      instrument: 'SPY.TEST',
      startAt: MIDDAY,
      gapWithin: 30,
      badFrame: { within: 30, refuses: true },
      lacks: {
        reconnect: 'it has no connection that could break',
        'rate limit': 'it asks nobody',
      },
    },
  ]
}

const folders: string[] = []
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
})

/** The source running on a clock of its own, so that its feed can fall silent while the host's time goes on. */
async function opened(subject: Subject, { credentials = subject.source.credentials }: { credentials?: readonly string[] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'contango-battery-'))
  folders.push(folder)
  const clock = manualClock(subject.startAt)
  const feedClock = manualClock(subject.startAt)
  const feed = feedForTest(clock)
  const freshness = createFreshness({ book: feed.book, clock, isOpen })
  const calls: string[] = []
  const source: Source = {
    ...subject.source,
    credentials,
    open: context => {
      const sink = Object.fromEntries(
        Object.entries(context.sink).map(([name, run]) => [
          name,
          (...given: unknown[]) => {
            calls.push(name)
            return (run as (...all: unknown[]) => unknown)(...given)
          },
        ]),
      ) as unknown as typeof context.sink
      return subject.source.open({ ...context, clock: feedClock, sink })
    },
  }
  const runner = createRunner({
    source,
    ingest: feed.ingest,
    clock,
    log: silentLog,
    folder,
    fetch: subject.fetch ?? (() => Promise.reject(new TypeError('fetch failed'))),
    seed: SEED,
    hasSecret: () => false,
    marketOpen: () => true,
    onChange: () => {},
  })
  closers.push(async () => {
    freshness.close()
    await runner.close()
  })
  const id = instrumentId(subject.instrument)
  const symbol = subject.instrument.slice(0, subject.instrument.lastIndexOf('.'))
  const turns = async (count: number) => {
    for (let k = 0; k < count; k++) await new Promise(done => setImmediate(done))
  }
  const pass = async (seconds: number, { silent = false } = {}) => {
    for (let left = seconds; left > 0; left -= 0.5) {
      if (!silent) feedClock.advance(Math.min(0.5, left))
      clock.advance(Math.min(0.5, left))
      await turns(subject.venue ? 6 : 1)
    }
  }
  const start = async () => {
    runner.open()
    if (feed.book.rowOf(id) < 0) {
      const asked = runner.session?.resolve(symbol)
      let one: Awaited<typeof asked>
      asked?.then(found => {
        one = found
      })
      for (let k = 0; k < 200 && !one; k++) {
        await pass(0.5)
        await new Promise(done => setTimeout(done, 1))
      }
      if (!one) throw new Error(`${symbol} was not found`)
      feed.book.add(one, source.gives)
    }
    freshness.watch(feed.book.rowOf(id), source.expectedIntervalSeconds)
    runner.subscribe([id])
  }
  const row = () => feed.book.rowOf(id)
  return { ...feed, clock, feedClock, runner, calls, id, row, start, pass, source }
}

const RUN: Readonly<Record<Check, (subject: Subject) => Promise<void>>> = {
  subscribe: async subject => {
    const one = await opened(subject)
    await one.start()
    await one.pass(20)
    expect(one.book.columns.bid[one.row()]).toBeGreaterThan(0)
    expect(one.book.stateOf(one.row())).toBe(
      subject.source.gives === 'cached' ? 'cached' : subject.source.name === 'replay' ? 'demo' : subject.source.gives,
    )
    expect(one.written.quotes.every(quote => quote.instrument === one.id)).toBe(true)
    one.runner.unsubscribe([one.id])
    await one.pass(1)
    const before = one.written.quotes.length
    await one.pass(60)
    expect(one.written.quotes.length).toBe(before)
  },
  gap: async subject => {
    const one = await opened(subject)
    await one.start()
    await one.pass(subject.gapWithin ?? 0)
    expect(one.runner.state().counts.gaps).toBeGreaterThan(0)
    // The hole is counted where it is, and what comes after it is no gap again.
    const flagged = one.written.quotes.filter(quote => quote.quality & QUALITY.gap).length
    expect(flagged).toBeLessThanOrEqual(one.runner.state().counts.gaps)
  },
  reconnect: async subject => {
    const one = await opened(subject)
    await one.start()
    await one.pass(20)
    subject.venue!.answer = 'down'
    await one.pass(120)
    expect(one.runner.state().phase).toBe('backing-off')
    expect(one.book.stateOf(one.row())).toBe('stale')
    subject.venue!.answer = 'quotes'
    await one.pass(120)
    expect(one.runner.state().phase).toBe('up')
    expect(one.book.stateOf(one.row())).toBe(subject.source.gives)
  },
  'bad frame': async subject => {
    const one = await opened(subject)
    if (subject.venue) {
      await one.start()
      subject.venue.answer = 'bad quote'
    } else await one.start()
    await one.pass(subject.badFrame!.within)
    if (subject.badFrame!.refuses) {
      expect(one.runner.state().counts.refused).toBeGreaterThan(0)
      expect(one.written.refused[0]!.reason).not.toBe('')
    } else {
      const bad = QUALITY.outlier | QUALITY.crossed | QUALITY.offTick | QUALITY.outOfOrder
      expect([...one.written.quotes, ...one.written.trades].some(record => record.quality & bad)).toBe(true)
    }
    if (subject.venue) subject.venue.answer = 'quotes'
    await one.pass(20)
    expect(one.runner.state().phase).toBe('up')
  },
  'rate limit': async subject => {
    const one = await opened(subject)
    await one.start()
    await one.pass(20)
    subject.venue!.answer = 'too many'
    subject.venue!.asked.length = 0
    await one.pass(300)
    expect(subject.venue!.asked.length).toBeLessThanOrEqual(11)
    expect(one.runner.state()).toMatchObject({ phase: 'backing-off', reason: '429 Too Many Requests' })
    expect(one.runner.state().budget?.nextTry).not.toBe(null)
    subject.venue!.answer = 'quotes'
    await one.pass(60)
    expect(one.runner.state().phase).toBe('up')
  },
  'missing credential': async subject => {
    const one = await opened(subject, { credentials: ['some.key'] })
    one.runner.open()
    await one.pass(120)
    expect(one.runner.state()).toMatchObject({ phase: 'failed', reason: 'reason.credential-missing some.key' })
    expect(one.calls).toEqual([])
  },
  'silent feed': async subject => {
    const one = await opened(subject)
    await one.start()
    await one.pass(20)
    expect(one.book.stateOf(one.row())).not.toBe('stale')
    await one.pass(2 * subject.source.expectedIntervalSeconds, { silent: true })
    expect(one.book.stateOf(one.row())).toBe('stale')
    one.runner.watch()
    expect(one.runner.state().phase).toBe('silent')
    await one.pass(subject.source.expectedIntervalSeconds + 1)
    expect(one.book.stateOf(one.row())).not.toBe('stale')
  },
  close: async subject => {
    const one = await opened(subject)
    await one.start()
    await one.pass(20)
    const began = performance.now()
    await one.runner.close()
    expect(performance.now() - began).toBeLessThan(1000)
    const calls = one.calls.length
    const version = one.book.version
    await one.pass(120)
    expect(one.calls.length).toBe(calls)
    expect(one.book.columns.heard[one.row()]).toBeLessThan(one.clock.monotonic() - 100)
    expect(one.written.quotes.every(quote => quote.receiptTime <= subject.startAt + 60 * MICROS_PER_SECOND)).toBe(true)
    expect(version).toBeGreaterThan(0)
  },
}

const SUBJECTS = subjects()

test('every source of the table is put to the battery, and replay as well', () => {
  const names = SUBJECTS.map(subject => subject.source.name)
  expect(names).toEqual([...SOURCES.map(source => source.name), 'replay'])
})

for (const subject of SUBJECTS) {
  describe(subject.source.name, () => {
    for (const check of CHECKS) {
      const reason = subject.lacks[check]
      // A check that does not apply is listed with its reason instead of being left out in silence.
      if (reason) test.skip(`${check} does not apply because ${reason}`, () => {})
      else test(check, () => RUN[check](subject))
    }
  })
}
