import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test as anyTest, expect } from 'vitest'
import { instrumentId } from '../../src/core/kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_HOUR } from '../../src/core/kit/time.ts'
import type { Instrument } from '../../src/core/market/instrument.ts'
import { PROBE_SECONDS } from '../../src/main/sources/yahoo/politeness.ts'
import { POLL_SECONDS, yahooSource } from '../../src/main/sources/yahoo/source.ts'
import { manualClock } from '../../src/platform/clock.ts'
import { silentLog } from '../../src/platform/log.ts'
import { feedForTest } from './market-kit.ts'
import { NO_RECORDINGS, recordedYahoo, recording, responseOf, YAHOO_RECORDINGS } from './recordings.ts'

if (!YAHOO_RECORDINGS) console.log(`yahoo.test.ts: ${NO_RECORDINGS}`)
const test = anyTest.skipIf(!YAHOO_RECORDINGS)

/** Thursday 2025-02-20 15:00 UTC, 10:00 in New York. */
const TRADING = epochMicros(Date.UTC(2025, 1, 20, 15) * 1000)
const AAPL = instrumentId('AAPL.YAHOO')
const open: { close(): Promise<void> }[] = []
const folders: string[] = []

afterEach(async () => {
  for (const session of open.splice(0)) await session.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
})

type Answer = (url: URL) => Response | Promise<Response>

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status })
const answerQuotes: Answer = url => {
  const symbols = (url.searchParams.get('symbols') ?? '').split(',')
  const known = ['AAPL', 'ABBV', 'AMZN', 'GOOG', 'SPOT']
  const result = symbols
    .filter(symbol => known.includes(symbol))
    .flatMap(symbol => {
      const body = recording(`quote-${symbol}.json`).response.bodyJson as { quoteResponse: { result: unknown[] } }
      return body.quoteResponse.result
    })
  return json({ quoteResponse: { result, error: null } })
}
const answerChart =
  (name: string): Answer =>
  () =>
    responseOf(recording(name))

async function folderForTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-yahoo-'))
  folders.push(folder)
  return folder
}

async function yahoo(data: Answer, { folder, at = TRADING }: { folder?: string; at?: EpochMicros } = {}) {
  const venue = recordedYahoo(data)
  const clock = manualClock(at)
  const feed = feedForTest(clock)
  const inlet = feed.ingest.inlet(yahooSource)
  const phases: string[] = []
  const session = yahooSource.open({
    clock,
    log: silentLog,
    folder: folder ?? (await folderForTest()),
    fetch: venue.fetch,
    seed: 1,
    secret: async () => null,
    sink: {
      ...inlet.sink,
      phase: phase => void phases.push(phase),
      budget: () => {},
    },
  })
  open.push(session)
  /** Lets time pass in small steps, with everything that is waiting getting its turn in between. */
  const pass = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 0.25) {
      clock.advance(Math.min(0.25, left))
      for (let k = 0; k < 4; k++) await new Promise(done => setImmediate(done))
    }
  }
  /** Waits for an answer while the clock runs, since requests keep a pause between them. */
  const answered = async <T>(asked: Promise<T>): Promise<T> => {
    let done = false
    asked.then(
      () => {
        done = true
      },
      () => {
        done = true
      },
    )
    while (!done) {
      clock.advance(0.05)
      await new Promise(next => setTimeout(next, 1))
    }
    return asked
  }
  return { ...feed, inlet, session, venue, clock, phases, pass, answered }
}

function historyOf(instrument: Instrument, timeframe: '1d' | '1w' | '1m' | '1h', from: number, to: number) {
  const { signal } = new AbortController()
  return { instrument, timeframe, from: epochMicros(from), to: epochMicros(to), signal }
}

async function aapl(one: Awaited<ReturnType<typeof yahoo>>): Promise<Instrument> {
  const instrument = await one.answered(one.session.resolve('aapl'))
  if (!instrument) throw new Error('AAPL was not found')
  return instrument
}

test('a recorded quote becomes an instrument, a quote, a last sale and the day, as Yahoo sent them', async () => {
  const one = await yahoo(answerQuotes)
  const instrument = await aapl(one)
  expect(instrument).toMatchObject({
    id: 'AAPL.YAHOO',
    name: 'Apple Inc.',
    assetClass: 'equity',
    currency: 'USD',
    tickSize: 0.01,
    calendar: 'nyse',
  })
  one.inlet.sink.instruments([instrument])
  one.session.subscribe([AAPL])
  await one.pass(3)
  const row = one.book.rowOf(AAPL)
  const { columns } = one.book
  expect([columns.bid[row], columns.ask[row], columns.bidSize[row], columns.askSize[row]]).toEqual([244.44, 253.37, 2, 1])
  expect([columns.last[row], columns.open[row], columns.high[row], columns.low[row]]).toEqual([244.6, 241.07, 245.41, 241])
  expect([columns.previousClose[row], columns.volume[row]]).toEqual([241.53, 40_896_227])
  expect(columns.eventTime[row]).toBe(1_739_566_800_000_000)
  expect(one.book.stateOf(row)).toBe('live')
})

test('a venue that says its quotes are delayed is shown as delayed', async () => {
  const one = await yahoo(answerQuotes)
  const instrument = await one.answered(one.session.resolve('SPOT'))
  one.inlet.sink.instruments([instrument!])
  one.session.subscribe([instrument!.id])
  await one.pass(3)
  expect(one.book.stateOf(one.book.rowOf(instrument!.id))).toBe('delayed')
})

test('a future is known by its contract, and zero bid and ask off hours are missing, not zero', async () => {
  const future = {
    symbol: 'CL=F',
    quoteType: 'FUTURE',
    shortName: 'Crude Oil Jan 26',
    currency: 'USD',
    exchange: 'NYM',
    exchangeTimezoneName: 'America/New_York',
    exchangeDataDelayedBy: 10,
    quoteSourceName: 'Delayed Quote',
    marketState: 'CLOSED',
    regularMarketTime: 1_740_060_000,
    regularMarketPrice: 72.25,
    regularMarketVolume: 0,
    bid: 0,
    ask: 0,
    bidSize: 0,
    askSize: 0,
  }
  const one = await yahoo(() => json({ quoteResponse: { result: [future], error: null } }))
  const instrument = await one.answered(one.session.resolve('CL=F'))
  expect(instrument).toMatchObject({
    id: 'CL=F.YAHOO',
    assetClass: 'future',
    unit: 'USD/bbl',
    multiplier: 1000,
    tickSize: 0.01,
    calendar: 'cme-energy',
  })
  one.inlet.sink.instruments([instrument!])
  one.session.subscribe([instrument!.id])
  await one.pass(3)
  const row = one.book.rowOf(instrument!.id)
  expect([one.book.columns.bid[row], one.book.columns.ask[row]]).toEqual([Number.NaN, Number.NaN])
  expect(one.book.columns.last[row]).toBe(72.25)
  expect(one.book.stateOf(row)).toBe('delayed')
})

test('the recorded AAPL chart becomes bars with the numbers of the recording, over a change of the clocks', async () => {
  const name = 'chart-AAPL-2020-08-31-to-2020-11-07.json'
  const one = await yahoo(url => (url.pathname.includes('/chart/') ? responseOf(recording(name)) : answerQuotes(url)))
  const instrument = await aapl(one)
  const { bars, state } = await one.answered(
    one.session.history(historyOf(instrument, '1d', TRADING - 3000 * MICROS_PER_DAY, TRADING)),
  )
  const sent = (
    recording(name).response.bodyJson as {
      chart: {
        result: {
          timestamp: number[]
          indicators: { quote: Record<'open' | 'high' | 'low' | 'close' | 'volume', number[]>[] }
        }[]
      }
    }
  ).chart.result[0]!
  expect(state).toBe('delayed')
  for (const column of ['open', 'high', 'low', 'close', 'volume'] as const)
    expect([...bars[column]]).toEqual(sent.indicators.quote[0]![column])
  // Yahoo stamps the open: 13:30 UTC in summer, 14:30 in winter. The bar is stamped with midnight in New York of that date.
  const midnight = sent.timestamp.map(seconds => {
    const summer = seconds < Date.UTC(2020, 10, 1) / 1000
    return (seconds - 9.5 * 3600) * 1e6 + (summer ? 0 : 0)
  })
  expect([...bars.time]).toEqual(midnight)
  const offset = (time: number) => (time % MICROS_PER_DAY) / MICROS_PER_HOUR
  expect(offset(bars.time[0]!)).toBe(4)
  expect(offset(bars.time.at(-1)!)).toBe(5)
})

test('weeks are made from days, so that their stamps follow our calendar', async () => {
  const name = 'chart-AAPL-2020-08-31-to-2020-11-07.json'
  const one = await yahoo(url => (url.pathname.includes('/chart/') ? responseOf(recording(name)) : answerQuotes(url)))
  const instrument = await aapl(one)
  const days = await one.answered(one.session.history(historyOf(instrument, '1d', 0, TRADING)))
  const weeks = await one.answered(one.session.history(historyOf(instrument, '1w', 0, TRADING)))
  expect(weeks.bars.time).toHaveLength(10)
  expect(weeks.bars.volume.reduce((a, b) => a + b)).toBe(days.bars.volume.reduce((a, b) => a + b))
  expect(one.venue.data().filter(path => path.includes('/chart/'))).toHaveLength(1)
})

test('search gives symbols and leaves out what is no instrument', async () => {
  const one = await yahoo(() => responseOf(recording('search-AAPL.json')))
  const found = await one.answered(one.session.find('AAPL'))
  expect(found[0]).toEqual({ symbol: 'AAPL', name: 'Apple Inc.', kind: 'Equity', venue: 'NASDAQ' })
  expect(found.every(entry => entry.symbol !== '')).toBe(true)
})

test('all symbols that anybody looks at are one request, and many readers of one chart are one request', async () => {
  const name = 'chart-AAPL.json'
  const one = await yahoo(url => (url.pathname.includes('/chart/') ? responseOf(recording(name)) : answerQuotes(url)))
  const instrument = await aapl(one)
  one.venue.asked.length = 0
  one.session.subscribe([AAPL])
  one.session.subscribe([instrumentId('GOOG.YAHOO'), instrumentId('SPOT.YAHOO')])
  await one.pass(3)
  expect(one.venue.data()).toEqual(['/v7/finance/quote'])
  await one.pass(POLL_SECONDS)
  expect(one.venue.data()).toHaveLength(2)
  const request = historyOf(instrument, '1d', 0, TRADING)
  const all = Promise.all([one.session.history(request), one.session.history(request), one.session.history(request)])
  await one.answered(all)
  expect(one.venue.data().filter(path => path.includes('/chart/'))).toHaveLength(1)
  await one.answered(one.session.history(request))
  expect(one.venue.data().filter(path => path.includes('/chart/'))).toHaveLength(1)
})

test('in a storm of 429 at most one request in thirty seconds is sent, and cached values stay with their age', async () => {
  let storm = false
  const one = await yahoo(url => (storm ? new Response('Too Many Requests', { status: 429 }) : answerQuotes(url)))
  const instrument = await aapl(one)
  one.inlet.sink.instruments([instrument])
  one.session.subscribe([AAPL])
  await one.pass(3)
  storm = true
  one.venue.asked.length = 0
  const minutes = 10
  for (let k = 0; k < minutes; k++) {
    // People go on asking: charts, searches and symbols.
    const asks = [
      one.session.find(`apple ${k}`),
      one.session.resolve('GOOG'),
      one.session.history(historyOf(instrument, '1d', 0, TRADING)),
    ]
    for (const ask of asks) ask.catch(() => {})
    await one.pass(60)
  }
  expect(one.venue.asked.length).toBeGreaterThan(0)
  expect(one.venue.asked.length).toBeLessThanOrEqual((minutes * 60) / PROBE_SECONDS + 1)
  expect(one.phases.at(-1)).toBe('backing-off')
  expect(one.book.columns.last[one.book.rowOf(AAPL)]).toBe(244.6)
  storm = false
  await one.pass(PROBE_SECONDS + POLL_SECONDS + 5)
  expect(one.phases.at(-1)).toBe('up')
})

test('a refused crumb is fetched anew, once, and the question is answered', async () => {
  let accepted = 'crumb-1'
  const one = await yahoo(url =>
    url.searchParams.get('crumb') === accepted
      ? answerQuotes(url)
      : json({ finance: { result: null, error: { code: 'Unauthorized', description: 'Invalid Crumb' } } }, 401),
  )
  await aapl(one)
  accepted = 'crumb-2'
  one.venue.changeCrumb('crumb-2')
  one.venue.asked.length = 0
  expect((await one.answered(one.session.resolve('GOOG')))?.symbol).toBe('GOOG')
  expect(one.venue.data()).toHaveLength(2)
  expect(one.venue.asked.filter(path => path.endsWith('getcrumb'))).toHaveLength(1)
})

const faults: readonly (readonly [string, Answer, RegExp])[] = [
  ['an HTML error page', () => new Response('<!DOCTYPE html><html>Will be right back</html>'), /a web page instead of data/],
  ['a body that is cut off', () => new Response('{"chart":{"result":[{"meta":{"curr'), /cut off/],
  ['a server error', () => new Response('oops', { status: 503, statusText: 'Service Unavailable' }), /it answered 503/],
  ['no network', () => Promise.reject(new TypeError('fetch failed')), /the network is not there/],
  ['a quote without timestamps', answerChart('chart-notimestamp-weird-quote.fake.json'), /No timestamp with unexpected quote/],
  ['quotes without timestamps', answerChart('chart-notimestamp-quotes-length.fake.json'), /No timestamp/],
]
for (const [what, answer, sentence] of faults) {
  test(`${what} is a failure with a sentence, and one request`, async () => {
    const one = await yahoo(url => (url.pathname.includes('/chart/') ? answer(url) : answerQuotes(url)))
    const instrument = await aapl(one)
    one.venue.asked.length = 0
    await expect(one.answered(one.session.history(historyOf(instrument, '1d', 0, TRADING)))).rejects.toThrow(sentence)
    expect(one.venue.asked).toHaveLength(1)
  })
}

test('an empty chart, as on a weekend, has no bars and is no failure', async () => {
  for (const name of [
    'chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m.json',
    'chart-TSLA-2025-01-01-to-2025-01-02-interval-1h.fake.json',
  ]) {
    const one = await yahoo(url => (url.pathname.includes('/chart/') ? responseOf(recording(name)) : answerQuotes(url)))
    const instrument = await aapl(one)
    const { bars } = await one.answered(one.session.history(historyOf(instrument, '1m', 0, TRADING)))
    expect(bars.time).toHaveLength(0)
  }
})

test('a search answer of another shape is refused with a sentence', async () => {
  const one = await yahoo(() => json({ quotes: 'none' }))
  await expect(one.answered(one.session.find('AAPL'))).rejects.toThrow('the search answer has no list of quotes')
})

test('an unknown symbol is no instrument, and no reason to leave Yahoo alone', async () => {
  const one = await yahoo(answerQuotes)
  for (let k = 0; k < 5; k++) expect(await one.answered(one.session.resolve(`NOPE${k}`))).toBe(null)
  expect((await aapl(one)).symbol).toBe('AAPL')
})

test('after a restart without network the last values and bars are shown as cached', async () => {
  const folder = await folderForTest()
  const chart = 'chart-AAPL-2020-08-31-to-2020-11-07.json'
  const first = await yahoo(url => (url.pathname.includes('/chart/') ? responseOf(recording(chart)) : answerQuotes(url)), {
    folder,
  })
  const instrument = await aapl(first)
  first.inlet.sink.instruments([instrument])
  first.session.subscribe([AAPL])
  await first.pass(3)
  await first.answered(first.session.history(historyOf(instrument, '1d', 0, TRADING)))
  await first.session.close()
  const later = epochMicros(TRADING + 2 * MICROS_PER_HOUR)
  const second = await yahoo(() => Promise.reject(new TypeError('fetch failed')), { folder, at: later })
  second.inlet.sink.instruments([instrument])
  second.session.subscribe([AAPL])
  for (let k = 0; k < 20 && second.book.stateOf(0) !== 'cached'; k++) await new Promise(done => setTimeout(done, 5))
  expect(second.book.stateOf(0)).toBe('cached')
  expect(second.book.columns.last[0]).toBe(244.6)
  const age = (later - second.book.columns.receiptTime[0]!) / MICROS_PER_HOUR
  expect(age).toBeGreaterThan(1.9)
  expect(age).toBeLessThanOrEqual(2)
  const { bars, state } = await second.answered(second.session.history(historyOf(instrument, '1d', 0, later)))
  expect([state, bars.time.length]).toEqual(['cached', 49])
})

test('with nobody looking nothing is asked', async () => {
  const one = await yahoo(answerQuotes)
  await one.pass(120)
  expect(one.venue.asked).toEqual([])
  const instrument = await aapl(one)
  one.inlet.sink.instruments([instrument])
  one.session.subscribe([AAPL])
  await one.pass(3)
  one.session.unsubscribe([AAPL])
  one.venue.asked.length = 0
  await one.pass(120)
  expect(one.venue.asked).toEqual([])
})
