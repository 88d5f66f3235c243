import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { epochMicros, MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { demoPlants } from '../../src/core/options/demo/plants.ts'
import { parseOccSymbol } from '../../src/core/options/occ-symbol.ts'
import type { ChainFeed, ChainListing, ChainSink, OptionQuote } from '../../src/main/options/chain-feed.ts'
import { demoChainFeed } from '../../src/main/options/feeds/demo.ts'
import { CHAIN_FEEDS } from '../../src/main/options/feeds/index.ts'
import { yahooChainFeed } from '../../src/main/options/feeds/yahoo.ts'
import { manualClock } from '../../src/platform/clock.ts'
import { silentLog } from '../../src/platform/log.ts'

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** The client of Yahoo is loaded at its first question, which takes time of the machine's clock and not of the test's. */
beforeAll(async () => {
  await Promise.all([import('yahoo-finance2'), import('yahoo-finance2/lib/cookieJar')])
})

const SEED = 20_261_121
const recorded = join(
  process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'),
  'options/yahoo_aapl_2025',
)
const hasRecorded = existsSync(recorded)
if (!hasRecorded) console.log(`no recorded Yahoo options at ${recorded}: an answer made by hand stands for them`)

const FIRST = 1_757_030_400
const SECOND = 1_757_635_200

/** An answer of the options page, recorded where that is here. */
function page(date: number | null): unknown {
  const file = join(recorded, `options_v7_AAPL_${date ?? FIRST}.json`)
  if (hasRecorded && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const at = date ?? FIRST
  const day = new Date(at * 1000).toISOString().slice(2, 10).replaceAll('-', '')
  const row = (side: 'C' | 'P', strike: number) => ({
    ...{ contractSymbol: `AAPL${day}${side}${String(strike * 1000).padStart(8, '0')}`, strike, contractSize: 'REGULAR' },
    ...{ bid: 0, ask: 0, lastPrice: 1.5, openInterest: 10, impliedVolatility: 1e-5, expiration: at },
  })
  // An expiry that has passed is answered with empty lists.
  const isListed = at === FIRST || at === SECOND
  const rows = (side: 'C' | 'P') => (isListed ? [220, 225, 230, 235, 240].map(strike => row(side, strike)) : [])
  const quote = { symbol: 'AAPL', bid: 232, ask: 232.1, regularMarketPrice: 232.14, regularMarketTime: 1_756_497_601 }
  const options = [{ expirationDate: at, hasMiniOptions: false, calls: rows('C'), puts: rows('P') }]
  const result = [{ underlyingSymbol: 'AAPL', expirationDates: [FIRST, SECOND], strikes: [], quote, options }]
  return { optionChain: { result, error: null } }
}

type Mode = 'pages' | 'bad page' | 'web page' | 'too many' | 'down' | 'unknown'

function fakeYahoo() {
  const asked: URL[] = []
  const venue = { mode: 'pages' as Mode, asked, fetch: (async () => new Response()) as typeof fetch }
  venue.fetch = (async (input: string | URL | Request) => {
    const url = new URL(input instanceof Request ? input.url : input)
    asked.push(url)
    if (venue.mode === 'down') throw new TypeError('fetch failed')
    if (venue.mode === 'too many') return new Response('Too Many Requests', { status: 429 })
    if (url.hostname === 'finance.yahoo.com')
      return new Response('', { headers: { 'set-cookie': 'A3=x; Domain=.yahoo.com; Path=/; Secure; Max-Age=31536000' } })
    if (url.pathname.endsWith('getcrumb')) return new Response('crumb')
    if (venue.mode === 'web page') return new Response('<html>sorry</html>')
    if (venue.mode === 'bad page') return Response.json({ optionChain: { result: [{ expirationDates: 'none' }], error: null } })
    if (venue.mode === 'unknown') return Response.json({ optionChain: { result: [], error: null } })
    const date = url.searchParams.get('date')
    return Response.json(page(date === null ? null : Number(date)))
  }) as typeof fetch
  return venue
}

interface Subject {
  readonly feed: ChainFeed
  readonly underlying: string
  readonly startAt: number
  readonly venue: ReturnType<typeof fakeYahoo> | null
  /** Seconds until the first listing and quotes are there. */
  readonly listedWithin: number
}

const SUBJECTS: readonly Subject[] = [
  ...['SPY', 'CL', 'NG'].map(underlying => ({
    feed: demoChainFeed,
    underlying,
    startAt: Date.UTC(2026, 10, 20, 17) * 1000,
    venue: null,
    listedWithin: 1,
  })),
  { feed: yahooChainFeed, underlying: 'AAPL', startAt: Date.UTC(2025, 8, 1, 15) * 1000, venue: fakeYahoo(), listedWithin: 5 },
]

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const session of open.splice(0)) await session.close()
})

function session({ feed, startAt, venue }: Subject) {
  if (venue) Object.assign(venue, { mode: 'pages' }).asked.splice(0)
  const clock = manualClock(epochMicros(startAt))
  const seen = {
    listings: [] as ChainListing[],
    quotes: new Map<string, OptionQuote & { readonly at: number }>(),
    batches: [] as (readonly OptionQuote[])[],
    spots: [] as { bid: number; ask: number; eventTime: number }[],
    refused: [] as { raw: string; reason: string }[],
    phases: [] as string[],
    halts: [] as boolean[],
    calls: 0,
  }
  const counted =
    <A extends unknown[]>(take: (...of: A) => void) =>
    (...of: A) => {
      seen.calls++
      take(...of)
    }
  const sink: ChainSink = {
    listing: counted(listing => void seen.listings.push(listing)),
    quotes: counted((_, batch) => {
      seen.batches.push(batch)
      for (const quote of batch) seen.quotes.set(quote.key, { ...quote, at: clock.now() })
    }),
    spot: counted((_, spot) => void seen.spots.push(spot)),
    halted: counted((_, isHalted) => void seen.halts.push(isHalted)),
    refused: counted(frame => void seen.refused.push(frame)),
    phase: counted((_, phase) => void seen.phases.push(phase)),
  }
  const offline = (() => Promise.reject(new Error('nothing is asked of the network here'))) as typeof fetch
  const context = { clock, log: silentLog, sink, folder: '', fetch: venue?.fetch ?? offline, seed: SEED }
  const opened = feed.open(context)
  open.push(opened)
  /** Lets time pass in steps, and what waits on answers go on between them. */
  const pass = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 0.25) {
      clock.advance(Math.min(0.25, left))
      for (let k = 0; k < 12; k++) await new Promise(resolve => setImmediate(resolve))
      if (venue) await new Promise(resolve => setTimeout(resolve, 2))
    }
  }
  return { opened, seen, clock, pass }
}

test('every chain feed is put to the battery', () => {
  expect(CHAIN_FEEDS.map(({ name }) => name)).toEqual([...new Set(SUBJECTS.map(({ feed }) => feed.name))])
})

describe.each(SUBJECTS.map(subject => [`${subject.feed.name} ${subject.underlying}`, subject] as const))('%s', (_, subject) => {
  const { underlying, venue, listedWithin } = subject

  test('lists contracts that are what their keys say, tells a spot, and is up', async () => {
    const { opened, seen, pass } = session(subject)
    opened.follow(underlying)
    await pass(listedWithin)
    const { contracts, tickSize, multiplier } = seen.listings.at(-1)!
    expect(contracts.length).toBeGreaterThan(9)
    expect(new Set(contracts.map(({ key }) => key)).size).toBe(contracts.length)
    for (const { key, expiry, strike, side, settlesAt } of contracts) {
      expect(parseOccSymbol(key)).toMatchObject({ expiry, strike, side })
      expect(new Date(settlesAt / 1000).toISOString().slice(0, 10)).toBe(expiry)
    }
    expect(tickSize > 0 && multiplier > 0).toBe(true)
    expect(seen.spots[0]!.bid).toBeGreaterThan(0)
    expect(seen.spots[0]!.ask).toBeGreaterThanOrEqual(seen.spots[0]!.bid)
    expect(seen.phases.at(-1)).toBe('up')
  })

  test('answers a poll with the contracts asked for, as they are now', async () => {
    const { opened, seen, pass } = session(subject)
    opened.follow(underlying)
    await pass(listedWithin)
    const keys = seen.listings
      .at(-1)!
      .contracts.slice(0, 8)
      .map(({ key }) => key)
    seen.quotes.clear()
    opened.poll(underlying, keys)
    await pass(1)
    // A feed may say that what it told a moment ago still holds.
    await pass(60)
    opened.poll(underlying, keys)
    await pass(2)
    for (const key of keys) expect(seen.quotes.has(key)).toBe(true)
    expect([...seen.quotes.keys()].every(key => parseOccSymbol(key) !== null)).toBe(true)
  })

  test('an underlying that it does not have has failed, and nothing else is told of it', async () => {
    const { opened, seen, pass } = session(subject)
    if (venue) venue.mode = 'unknown'
    opened.follow('NOSUCH')
    await pass(5)
    expect(seen.phases.at(-1)).toBe('failed')
    expect(seen.listings).toEqual([])
    expect(seen.quotes.size).toBe(0)
  })

  test('sends nothing more once it is left, and nothing at all once it is closed within a second', async () => {
    const { opened, seen, pass } = session(subject)
    opened.follow(underlying)
    await pass(listedWithin)
    opened.unfollow(underlying)
    const left = seen.calls
    await pass(10)
    expect(seen.calls).toBe(left)
    opened.follow(underlying)
    const started = performance.now()
    await opened.close()
    expect(performance.now() - started).toBeLessThan(1000)
    const closed = seen.calls
    await pass(10)
    expect(seen.calls).toBe(closed)
  })

  test('a contract that nobody knows is left out of an answer', async () => {
    const { opened, seen, pass } = session(subject)
    opened.follow(underlying)
    await pass(listedWithin)
    opened.poll(underlying, ['NOSUCH990101C00001000'])
    opened.poll('NOSUCH', ['NOSUCH990101C00001000'])
    await pass(3)
    expect(seen.quotes.has('NOSUCH990101C00001000')).toBe(false)
  })
})

describe('the demo feed', () => {
  const subject = SUBJECTS[0]!

  test('streams at most its lines, ticks them, and confirms quiet ones each second', async () => {
    const { opened, seen, clock, pass } = session(subject)
    opened.follow('SPY')
    await pass(0.5)
    const keys = seen.listings[0]!.contracts.map(({ key }) => key)
    expect(() => opened.stream('SPY', keys.slice(0, demoChainFeed.lines + 1))).toThrow('at most 400')
    const streamed = keys.slice(60, 160)
    opened.stream('SPY', streamed)
    seen.batches.splice(0)
    await pass(10)
    const touched = new Set(
      demoPlants(SEED, 'SPY', subject.startAt - 60e6, clock.now()).flatMap(({ kind, keys: of }) => (kind === 'stale' ? of : [])),
    )
    for (const key of streamed) {
      if (touched.has(key)) continue
      expect(clock.now() - seen.quotes.get(key)!.eventTime).toBeLessThan(1.6 * MICROS_PER_SECOND)
    }
    const changes = seen.batches.flat().length
    expect(changes).toBeGreaterThan(100 * 10)
    expect(changes).toBeLessThanOrEqual(100 * 41)
    // What is not streamed is told when it is asked for and at no other time.
    expect([...seen.quotes.keys()].every(key => streamed.includes(key))).toBe(true)
  })

  test('a poll of 200 is answered at once with honest times', async () => {
    const { opened, seen, clock, pass } = session(subject)
    opened.follow('SPY')
    await pass(0.25)
    const keys = seen.listings[0]!.contracts.slice(500, 700).map(({ key }) => key)
    opened.poll('SPY', keys)
    await pass(0.25)
    expect(seen.quotes.size).toBe(200)
    const stale = new Set(
      demoPlants(SEED, 'SPY', subject.startAt - 60e6, clock.now()).flatMap(({ kind, keys: of }) => (kind === 'stale' ? of : [])),
    )
    for (const { key, eventTime, at } of seen.quotes.values())
      if (!stale.has(key)) expect(at - eventTime).toBeLessThan(0.5 * MICROS_PER_SECOND)
  })

  test('lists anew when an expiry has settled', async () => {
    const { opened, seen, pass } = session({ ...subject, startAt: Date.UTC(2026, 10, 20, 20, 59, 58) * 1000 })
    opened.follow('SPY')
    await pass(4)
    expect(seen.listings.map(({ contracts }) => contracts[0]!.expiry)).toEqual(['2026-11-20', '2026-11-21'])
  })

  test('two sessions with one seed tell the same, whenever they were opened', async () => {
    const first = session(subject)
    first.opened.follow('SPY')
    await first.pass(8)
    const later = session({ ...subject, startAt: subject.startAt + 6 * MICROS_PER_SECOND })
    later.opened.follow('SPY')
    await later.pass(2)
    const keys = first.seen.listings[0]!.contracts.slice(0, 100).map(({ key }) => key)
    first.opened.poll('SPY', keys)
    later.opened.poll('SPY', keys)
    await first.pass(0.25)
    await later.pass(0.25)
    expect([...later.seen.quotes.values()]).toEqual([...first.seen.quotes.values()])
  })
})

describe('the Yahoo feed', () => {
  const subject = SUBJECTS.at(-1)!
  const venue = subject.venue!

  test('finds the expiries one by one, politely, and asks for none twice that is fresh', async () => {
    const { opened, seen, pass } = session(subject)
    opened.follow('AAPL')
    await pass(12)
    const expiries = new Set<string>(seen.listings.at(-1)!.contracts.map(({ expiry }) => expiry))
    expect(expiries.has('2025-09-05') && expiries.has('2025-09-12')).toBe(true)
    const dates = venue.asked.filter(url => url.pathname.includes('/options/')).map(url => url.searchParams.get('date'))
    expect(new Set(dates).size).toBe(dates.length)
    expect(dates.length).toBeLessThanOrEqual(5)
  })

  test('quotes of zero come through as zeros, and times that Yahoo does not say stay unknown', async () => {
    const { opened, seen, pass } = session(subject)
    opened.follow('AAPL')
    await pass(6)
    const quotes = [...seen.quotes.values()]
    expect(quotes.some(({ bid }) => bid === 0)).toBe(true)
    expect(quotes.every(({ eventTime, bidSize }) => Number.isNaN(eventTime) && Number.isNaN(bidSize))).toBe(true)
    expect(quotes.every(({ volume }) => volume >= 0)).toBe(true)
  })

  test('an answer of another shape is refused with its reason and tried again', async () => {
    const { opened, seen, pass } = session(subject)
    venue.mode = 'bad page'
    opened.follow('AAPL')
    await pass(3)
    expect(seen.refused[0]!.reason).toContain('no list of expiries')
    expect(seen.phases.at(-1)).toBe('backing-off')
    venue.mode = 'pages'
    await pass(40)
    expect(seen.listings.length).toBeGreaterThan(0)
    expect(seen.phases.at(-1)).toBe('up')
  })

  test('after 429 it leaves Yahoo alone for half a minute and then recovers', async () => {
    const { opened, seen, pass } = session(subject)
    venue.mode = 'too many'
    opened.follow('AAPL')
    await pass(4)
    expect(seen.phases.at(-1)).toBe('backing-off')
    const asked = venue.asked.length
    await pass(20)
    expect(venue.asked.length).toBe(asked)
    venue.mode = 'pages'
    await pass(60)
    expect(seen.phases.at(-1)).toBe('up')
  })

  test('without a network it says so and comes back with it', async () => {
    const { opened, seen, pass } = session(subject)
    venue.mode = 'down'
    opened.follow('AAPL')
    await pass(4)
    expect(seen.phases.at(-1)).toBe('backing-off')
    venue.mode = 'pages'
    await pass(70)
    expect(seen.listings.length).toBeGreaterThan(0)
  })
})
