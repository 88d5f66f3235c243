import { afterEach, expect, test } from 'vitest'
import * as z from 'zod'
import type { SeriesInfo } from '../../src/contract/market.ts'
import { bars as barsSchema, barUpdate, quoteFrame, tradeFrame } from '../../src/contract/market.ts'
import { demoBars } from '../../src/core/demo/market.ts'
import { instrumentId } from '../../src/core/kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { aggregate, sliceBars } from '../../src/core/market/aggregate.ts'
import type { Bars, Timeframe } from '../../src/core/market/bars.ts'
import { QUALITY } from '../../src/core/market/instrument.ts'
import { CALENDARS } from '../../src/core/market/sessions.ts'
import { minutesOf } from '../../src/core/market/timeframes.ts'
import { isOpen } from '../../src/main/market/feed.ts'
import { createMarketService } from '../../src/main/market/market-service.ts'
import type { SeriesPort } from '../../src/main/market/series-book.ts'
import { SOURCES } from '../../src/main/sources/index.ts'
import { createSourcesService } from '../../src/main/sources/sources-service.ts'
import { type ManualClock, manualClock } from '../../src/platform/clock.ts'
import type { JournalEntry } from '../../src/platform/journal.ts'
import { silentLog } from '../../src/platform/log.ts'
import { feedForTest, instrumentFor, MIDDAY } from './market-kit.ts'

const SEED = 7
const closers: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** No series at all: these tests are about what ticks. */
const noSeries: SeriesPort = {
  list: async () => [],
  find: () => null,
  bars: () => Promise.reject(new Error('there are no series')),
  put: () => Promise.reject(new Error('there are no series')),
  instrumentOf: () => {
    throw new Error('there are no series')
  },
  exportTo: () => Promise.reject(new Error('there are no series')),
}

function workstation(clock: ManualClock = manualClock(MIDDAY), series: SeriesPort = noSeries) {
  const feed = feedForTest(clock)
  const entries: JournalEntry[] = []
  const journal = {
    append(event: { kind: string; subject: string; user: string; body: unknown }): JournalEntry {
      const entry = { ...event, seq: entries.length + 1, at: clock.now(), previous: '', hash: '' }
      entries.push(entry)
      return entry
    },
    read: ({ kinds }: { kinds?: readonly string[] }) => entries.filter(entry => !kinds || kinds.includes(entry.kind)),
  }
  const sources = createSourcesService({
    sources: SOURCES,
    book: feed.book,
    freshness: feed.freshness,
    ingest: feed.ingest,
    journal,
    bus: feed.bus,
    clock,
    log: silentLog,
    cacheFolder: '/nonexistent/contango-cache',
    fetch: () => Promise.reject(new TypeError('fetch failed')),
    seed: SEED,
    isOpen,
  })
  const market = createMarketService({
    feed,
    sources,
    series,
    bus: feed.bus,
    clock,
    log: silentLog,
    scratch: '/nonexistent/contango-scratch',
  })
  sources.start()
  closers.push(
    () => market.close(),
    () => sources.close(),
  )
  return { ...feed, sources, market, clock, entries }
}

const turn = () => new Promise(done => setImmediate(done))

/** Waits for an answer while the clock runs in steps. */
async function during<T>(clock: ManualClock, asked: Promise<T>, step = 0.05): Promise<T> {
  let over = false
  const end = () => {
    over = true
  }
  asked.then(end, end)
  while (!over) {
    await turn()
    if (!over) clock.advance(step)
  }
  return asked
}

test('the demo market is found by symbol first and then by name', async () => {
  const { market } = workstation()
  const spy = market.search('sp', 10).instruments
  expect(spy[0]?.symbol).toBe('SPY')
  const apple = market.search('apple', 10).instruments
  expect(apple.map(one => one.symbol)).toEqual(['AAPL'])
  expect(market.search('', 5).instruments).toHaveLength(5)
  expect(market.search('', 5).total).toBeGreaterThan(50)
  expect(market.search('no such thing', 5)).toEqual({ instruments: [], total: 0 })
})

test('quotes of the demo market stream as demo, and go stale when it is turned off', async () => {
  const { market, clock, sources } = workstation()
  const ids = ['SPY.DEMO', 'NOPE.DEMO', 'AAPL.DEMO']
  const stream = market.quotes(ids)
  const first = await during(clock, stream.next())
  const frame = z.parse(quoteFrame, first.value)
  expect(frame.rows.state).toEqual(['demo', 'none', 'demo'])
  expect(frame.rows.bid[0]).toBeLessThan(frame.rows.ask[0]!)
  expect(frame.rows.bid[1]).toBe(null)
  expect(frame.rows.previousClose[0]).toBeGreaterThan(0)
  expect(sources.list()[0]).toMatchObject({ name: 'demo', phase: 'up', subscribed: 2 })
  const second = await during(clock, stream.next())
  expect(z.parse(quoteFrame, second.value).kind).toBe('delta')
  await sources.set('demo', false, 'local')
  let state: string | undefined
  while (state !== 'stale') {
    const next = z.parse(quoteFrame, (await during(clock, stream.next())).value)
    state = next.rows.state[next.rows.index.indexOf(0)] ?? state
    market.acknowledge(next.stream, next.seq)
  }
  await stream.return()
  expect(sources.list()[0]).toMatchObject({ phase: 'off', enabled: false, subscribed: 0 })
})

test('quotes of nothing known is a sentence, quotes of nothing at all is an empty stream', async () => {
  const { market, clock } = workstation()
  expect(() => market.quotes(['NOPE.DEMO'])).toThrow('No instrument is named NOPE.DEMO')
  const stream = market.quotes([])
  expect((await during(clock, stream.next())).value).toMatchObject({ kind: 'snapshot', rows: { index: [] } })
  await stream.return()
})

test('bars come from the source, page back, and say how far there are more', async () => {
  const { market, clock } = workstation()
  const page = await during(clock, market.bars({ instrument: 'SPY.DEMO', timeframe: '1d', limit: 100 }))
  expect(z.parse(barsSchema, page).time).toHaveLength(100)
  expect(page.provenance).toMatchObject({ source: 'demo', state: 'demo' })
  expect(page.hasEarlier).toBe(true)
  const earlier = await during(clock, market.bars({ instrument: 'SPY.DEMO', timeframe: '1d', limit: 100, before: page.time[0]! }))
  expect(earlier.time).toHaveLength(100)
  expect(earlier.time.at(-1)).toBeLessThan(page.time[0]!)
  const now = clock.now()
  const direct = demoBars({
    seed: SEED,
    instrument: instrumentId('SPY.DEMO'),
    timeframe: '1d',
    from: now - 300 * MICROS_PER_DAY,
    to: now,
  })
  const both = [...earlier.close, ...page.close]
  expect(both.slice(0, -1)).toEqual([...direct.close].slice(-200, -1))
  const first = await during(clock, market.bars({ instrument: 'SPY.DEMO', timeframe: '1M', limit: 20_000 }))
  expect(first.hasEarlier).toBe(false)
  expect(new Date(first.time[0]! / 1000).getUTCFullYear()).toBe(2006)
})

/** A year of days stored as one series, as the series service answers for it. */
function daysStored(kind: SeriesInfo['kind']): SeriesPort {
  const time = Float64Array.from({ length: 365 }, (_, day) => MIDDAY - (365 - day) * MICROS_PER_DAY)
  const close = time.map((_, day) => 50 + (day % 7))
  const days: Bars = { time, open: close, high: close, low: close, close, volume: close }
  const info: SeriesInfo = {
    ...{ name: 'days', kind, timeframe: '1d', unit: 'USD', timeZone: 'UTC', rows: 365, from: time[0]!, to: time[364]! },
    ...{ source: 'file', state: 'cached', importedAt: MIDDAY, sha256: null, flagged: 0, refused: 0 },
  }
  return {
    ...noSeries,
    list: async () => [info],
    find: name => (name === 'days' ? info : null),
    bars: async ({ timeframe, limit }) => {
      const shown = minutesOf(timeframe) === null ? aggregate(days, timeframe, CALENDARS.always) : days
      return sliceBars(shown, Math.max(0, shown.time.length - limit), shown.time.length)
    },
    instrumentOf: () => ({ ...instrumentFor('DAYS'), id: instrumentId('DAYS.SERIES'), calendar: 'always', source: 'file' }),
  }
}

test.each(['bars', 'values'] as const)('daily %s asked for as minutes say that they are days', async kind => {
  const { market } = workstation(manualClock(MIDDAY), daysStored(kind))
  await market.start()
  const shown = async (timeframe: Timeframe) => (await market.bars({ instrument: 'days', timeframe, limit: 400 })).timeframe
  expect(await Promise.all((['5m', '4h', '1d', '1w', '1M'] as const).map(shown))).toEqual(['1d', '1d', '1d', '1w', '1M'])
  const weeks = await market.bars({ instrument: 'days', timeframe: '1w', limit: 400 })
  expect(weeks.time.length).toBeGreaterThan(50)
  expect(weeks.time.length).toBeLessThan(56)
})

test('an unknown instrument is refused by name', async () => {
  const { market } = workstation()
  await expect(market.bars({ instrument: 'WHAT.DEMO', timeframe: '1d', limit: 10 })).rejects.toThrow(
    'No instrument is named WHAT.DEMO',
  )
})

test('the bar that is built live is the bar that history shows once it is over', async () => {
  const { market, clock } = workstation(manualClock(epochMicros(MIDDAY + 30 * MICROS_PER_SECOND)))
  const stream = market.liveBars('SPY.DEMO', '1m')
  const closed: { time: number; open: number; high: number; low: number; close: number; volume: number | null }[] = []
  while (closed.length < 3) {
    const { value } = await during(clock, stream.next())
    const update = z.parse(barUpdate, value)
    closed.push(...update.bars.filter(bar => bar.closed))
    market.acknowledge(update.stream, update.seq)
  }
  await stream.return()
  const history = await during(clock, market.bars({ instrument: 'SPY.DEMO', timeframe: '1m', limit: 50 }))
  for (const bar of closed) {
    const at = history.time.indexOf(bar.time)
    expect([bar.open, bar.high, bar.low, bar.close]).toEqual([
      history.open[at],
      history.high[at],
      history.low[at],
      history.close[at],
    ])
  }
})

test('time and sales of the demo market begin with trades and go on', async () => {
  const { market, clock } = workstation()
  const stream = market.trades('SPY.DEMO', 50)
  const first = z.parse(tradeFrame, (await during(clock, stream.next())).value)
  expect(first.provenance.state).toBe('demo')
  expect(first.trades.length).toBeGreaterThan(0)
  const second = z.parse(tradeFrame, (await during(clock, stream.next())).value)
  expect(second.trades[0]!.seq).toBe(first.trades.at(-1)!.seq + 1)
  await stream.return()
})

test('the same day replays bit for bit from the seed', async () => {
  const record = async () => {
    const { market, clock, written } = workstation()
    const stream = market.quotes(['SPY.DEMO', 'AAPL.DEMO'])
    await during(clock, stream.next())
    for (let k = 0; k < 100; k++) clock.advance(0.1)
    await stream.return()
    const until = MIDDAY + 10 * MICROS_PER_SECOND
    return [...written.quotes, ...written.trades].filter(one => one.eventTime < until).map(one => ({ ...one, receiptTime: 0 }))
  }
  const first = await record()
  expect(first.length).toBeGreaterThan(100)
  expect(await record()).toEqual(first)
})

test('a source that is off says so when it is asked', async () => {
  const { sources } = workstation()
  await expect(sources.find('yahoo', 'apple')).rejects.toThrow('The source Yahoo Finance is off')
  await expect(sources.add('nasdaq', 'AAPL', 'local')).rejects.toThrow('No source is named nasdaq')
  await expect(sources.add('demo', 'NOPE', 'local')).rejects.toThrow('No instrument is named NOPE')
})

test('turning a source on is journalled once, and a source that does not answer is named with its reason', async () => {
  const { sources, entries, clock } = workstation()
  await sources.set('yahoo', true, 'local')
  await sources.set('yahoo', true, 'local')
  expect(entries.map(entry => [entry.kind, entry.subject, entry.body])).toEqual([['sources.set', 'yahoo', { enabled: true }]])
  await expect(during(clock, sources.find('yahoo', 'apple'))).rejects.toThrow(
    'Yahoo Finance did not answer: the network is not there',
  )
})

test('a clock that jumps an hour leaves the demo market running', async () => {
  for (const jump of [3600, -3600]) {
    const { market, clock, book } = workstation()
    const stream = market.quotes(['SPY.DEMO'])
    await during(clock, stream.next())
    clock.jump(jump)
    for (let k = 0; k < 50; k++) clock.advance(0.1)
    const row = book.rowOf('SPY.DEMO')
    expect(book.stateOf(row)).toBe('demo')
    expect(clock.now() - (book.columns.receiptTime[row]! as EpochMicros)).toBeLessThan(MICROS_PER_MINUTE)
    await stream.return()
  }
})

/** Reads a tape until the clock has gone so many seconds further, and leaves. */
async function readTape(market: ReturnType<typeof workstation>['market'], clock: ManualClock, seconds: number) {
  const stream = market.trades('SPY.DEMO', 2000)
  const trades: { time: number; price: number; size: number; quality: number }[] = []
  const until = clock.now() + seconds * MICROS_PER_SECOND
  while (clock.now() < until) {
    const frame = z.parse(tradeFrame, (await during(clock, stream.next())).value)
    trades.push(...frame.trades)
    market.acknowledge(frame.stream, frame.seq)
  }
  await stream.return()
  return trades
}

test.each([
  ['everybody left and came back after seconds', async (_: ReturnType<typeof workstation>) => {}, 5],
  ['everybody left and came back after minutes', async (_: ReturnType<typeof workstation>) => {}, 300],
  [
    'the source was turned off and on',
    async ({ sources }: ReturnType<typeof workstation>) => {
      await sources.set('demo', false, 'local')
      await sources.set('demo', true, 'local')
    },
    5,
  ],
])('no trade comes twice after %s', async (_, meanwhile, seconds) => {
  const station = workstation()
  const { market, clock, written } = station
  await readTape(market, clock, 20)
  await meanwhile(station)
  clock.advance(seconds)
  const trades = await readTape(market, clock, 20)
  const key = ({ time, price, size }: (typeof trades)[number]) => `${time} ${price} ${size}`
  expect(trades.length).toBeGreaterThan(20)
  expect(new Set(trades.map(key)).size).toBe(trades.length)
  // The feed itself plants a few records out of order, but never one twice.
  expect(trades.filter(({ quality }) => quality & QUALITY.duplicate)).toEqual([])
  const stored = written.trades.map(({ eventTime, price, size }) => key({ time: eventTime, price, size, quality: 0 }))
  expect(stored.length).toBeGreaterThan(10)
  expect(new Set(stored).size).toBe(stored.length)
})

test('a second reader brings no trade twice to the first', async () => {
  const { market, clock, written } = workstation()
  const first = market.quotes(['SPY.DEMO'])
  await during(clock, first.next())
  clock.advance(10)
  await readTape(market, clock, 10)
  const stored = written.quotes.map(quote => `${quote.eventTime} ${quote.bid} ${quote.ask} ${quote.bidSize} ${quote.askSize}`)
  expect(stored.length).toBeGreaterThan(20)
  expect(new Set(stored).size).toBe(stored.length)
  await first.return()
})

test('the latency of a source is that of live records: the minute it begins with does not count', async () => {
  const { market, clock, sources } = workstation()
  const stream = market.quotes(['SPY.DEMO', 'AAPL.DEMO'])
  await during(clock, stream.next())
  const demo = () => sources.list().find(({ name }) => name === 'demo')
  expect(demo()?.latencySeconds ?? 0).toBeLessThan(0.2)
  clock.advance(5)
  expect(demo()?.latencySeconds).toBeGreaterThan(0)
  expect(demo()?.latencySeconds).toBeLessThan(0.2)
  await stream.return()
})

test('sixty new subscriptions are begun in slices, so that nothing else waits for them', async () => {
  const clock = manualClock(MIDDAY)
  let looks = 0
  // Every look at the time costs two milliseconds: what is done between two of them is a piece of work.
  let slices = 0
  const busy: ManualClock = {
    ...clock,
    monotonic: () => clock.monotonic() + 0.002 * looks++,
    after(seconds, run) {
      if (seconds === 0) slices++
      return clock.after(seconds, run)
    },
  }
  const { market, book } = workstation(busy)
  const ids = market.search('', 60).instruments.map(one => one.id)
  const quoted = () => ids.filter(id => !Number.isNaN(book.columns.bid[book.rowOf(id)]!)).length
  const stream = market.quotes(ids)
  const first = stream.next()
  await turn()
  expect(quoted()).toBeLessThan(10)
  clock.advance(0.05)
  expect(quoted()).toBeGreaterThanOrEqual(55)
  expect(slices).toBeGreaterThan(20)
  await during(clock, first)
  await stream.return()
})
