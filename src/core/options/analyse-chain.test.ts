import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { optionColumns } from '../../../tests/options/reference.ts'
import { epochMicros } from '../kit/time.ts'
import { americanGreeks } from './american.ts'
import { analyseChain } from './analyse-chain.ts'
import { buildChain, type ChainHeader, type ChainRow } from './build-chain.ts'
import { type Exercise, type OptionChain, ROW_STATUS } from './chain.ts'
import type { ChainAnalysis } from './chain-analysis.ts'
import { priceEuropean } from './european.ts'
import { settlesAt, tteYears } from './expiry-time.ts'
import { secondGreeks } from './second-greeks.ts'
import { sviVariance } from './svi.ts'

const AS_OF = epochMicros(Date.UTC(2026, 10, 20, 15, 30) * 1000)
const DATES = ['2026-11-27', '2026-12-18', '2027-03-19', '2027-12-17'] as const
const SPOT = 600
const OPTIONS = { usualRate: 0.04, staleSeconds: 60, scheme: 'accurate' } as const
const TICK = 0.01

interface Market {
  readonly exercise: Exercise
  readonly rate: number
  readonly yieldRate: number
  readonly isOnFuture?: boolean
}

const header = (market: Market): ChainHeader => ({
  underlying: 'XYZ',
  asOf: AS_OF,
  exercise: market.exercise,
  multiplier: 100,
  tickSize: TICK,
  spotBid: SPOT - 0.01,
  spotAsk: SPOT + 0.01,
  spotTime: AS_OF,
  isHalted: false,
  settlement: 'equity-close',
  isOnFuture: market.isOnFuture ?? false,
})

const yearsOf = (date: string) => tteYears(AS_OF, settlesAt(date as never, 'equity-close'))
/** One slice for each expiry, above the earlier one. */
const sliceOf = (years: number) => ({
  a: 0.012 * years,
  b: 0.09 * Math.sqrt(years) + 0.01,
  rho: -0.55,
  m: 0.01,
  sigma: 0.08 + 0.1 * years,
})
const volOf = (k: number, years: number) => Math.sqrt(sviVariance(sliceOf(years), k) / years)

/** All options of a market whose smile is known, exactly priced. */
function market({ exercise, rate, yieldRate }: Market) {
  const options = DATES.flatMap(date => {
    const years = yearsOf(date)
    const forward = SPOT * Math.exp((rate - yieldRate) * years)
    const sd = volOf(0, years) * Math.sqrt(years)
    return Array.from({ length: 31 }, (_, i) => Math.round(forward * Math.exp(((i - 15) / 5) * sd))).flatMap(strike =>
      ([1, -1] as const).map(side => ({
        date,
        row: { spot: SPOT, strike, tteYears: years, vol: volOf(Math.log(strike / forward), years), rate, yieldRate, side },
      })),
    )
  })
  const columns = optionColumns(options.map(({ row }) => row))
  const fair = exercise === 'american' ? americanGreeks(columns, 'accurate') : priceEuropean(columns)
  return { options, columns, fair }
}

type Quote = Pick<ChainRow, 'bid' | 'ask'> & Partial<ChainRow>

/** The chain of a market, quoted a tick around the fair price, and changed where a test wants it. */
function quoted(
  given: Market,
  change: (i: number, quote: Quote, of: { strike: number; side: number; date: string }) => Quote = (_, q) => q,
): OptionChain {
  const { options, fair } = market(given)
  const rows = options.map(({ date, row }, i): ChainRow => {
    const price = fair.price[i]!
    const quote = { bid: Math.max(0, price - TICK), ask: price + TICK, quoteTime: AS_OF }
    return { expiry: date, strike: row.strike, side: row.side, ...change(i, quote, { ...row, date }) }
  })
  return buildChain(header(given), rows).chain
}

const statusOf = ({ chain, status }: ChainAnalysis, date: string, strike: number, side: number) => {
  const { from, to } = chain.expiries.find(one => one.date === date)!
  for (let i = from; i < to; i++) if (chain.strike[i] === strike && chain.side[i] === side) return ROW_STATUS[status[i]!]
  return null
}

const MARKETS: readonly (readonly [string, Market])[] = [
  ['European, with a yield', { exercise: 'european', rate: 0.045, yieldRate: 0.013 }],
  ['American, with a rate above its yield', { exercise: 'american', rate: 0.045, yieldRate: 0.013 }],
  ['American, with a yield above its rate', { exercise: 'american', rate: 0.02, yieldRate: 0.05 }],
  ['American on a future', { exercise: 'american', rate: 0.045, yieldRate: 0.045, isOnFuture: true }],
]

describe.each(MARKETS)('a chain of a known market: %s', (_, given) => {
  const analysis = analyseChain(quoted(given), OPTIONS)
  const { options, columns, fair } = market(given)

  test('its forwards and rates come out of the quotes', () => {
    for (const { date, tteYears: years, forward, rate, yieldRate, source } of analysis.expiries) {
      const want = SPOT * Math.exp((given.rate - given.yieldRate) * years)
      expect(source, date).toBe('parity')
      expect(Math.abs(forward / want - 1), `${date} ${forward} ${want}`).toBeLessThan(years > 0.5 ? 2e-3 : 3e-4)
      expect(Math.abs(rate - given.rate), date).toBeLessThan(0.008)
      expect(Math.abs(rate - yieldRate - (given.rate - given.yieldRate)), date).toBeLessThan(0.01)
    }
  })

  test('every row out of the money has the volatility that made it, and the smile too', () => {
    let [seen, worst] = [0, 0]
    options.forEach(({ row }, i) => {
      const isOut = row.side * (row.strike - SPOT) >= 0
      if (!isOut || fair.price[i]! < 0.25) return
      seen += 1
      expect(ROW_STATUS[analysis.status[i]!]).toMatch(/^(OK|WIDE)$/)
      worst = Math.max(worst, Math.abs(analysis.fitVol[i]! - row.vol))
      expect(Math.abs(analysis.vol[i]! - row.vol), JSON.stringify(row)).toBeLessThan(0.006)
      expect(analysis.bidVol[i]!).toBeLessThan(analysis.vol[i]!)
      expect(analysis.askVol[i]!).toBeGreaterThan(analysis.vol[i]!)
    })
    expect(seen).toBeGreaterThan(80)
    expect(worst).toBeLessThan(0.006)
  })

  test('the Greeks are those of the model at the smile', () => {
    const at = { ...columns, vol: analysis.fitVol.slice() }
    const { expiries, chain } = analysis
    // At the forwards and rates that were found, for those are what a row is priced with.
    expiries.forEach(({ rate, yieldRate }, e) => {
      for (let i = chain.expiries[e]!.from; i < chain.expiries[e]!.to; i++) {
        at.rate[i] = rate
        at.yieldRate[i] = given.isOnFuture ? rate : yieldRate
        at.tteYears[i] = expiries[e]!.tteYears
        at.spot[i] = expiries[e]!.forward * Math.exp((at.yieldRate[i]! - rate) * at.tteYears[i]!)
      }
    })
    const want =
      given.exercise === 'american'
        ? americanGreeks(at, 'accurate', { holdsForward: given.isOnFuture ?? false })
        : priceEuropean(at)
    const seconds = secondGreeks(at)
    options.forEach(({ row }, i) => {
      const edge = want.price[i]! - row.side * (at.spot[i]! - row.strike)
      const isAtEdge = given.exercise === 'american' && edge < 0.02
      const size = { price: SPOT, delta: 1, gamma: 1, vega: SPOT, theta: SPOT, rho: SPOT }
      for (const name of ['price', 'delta', 'gamma', 'vega', 'theta', 'rho'] as const) {
        if (isAtEdge && name !== 'price' && name !== 'delta') continue
        if (given.isOnFuture && name === 'rho') continue
        const off = Math.abs(analysis.greeks[name][i]! - want[name][i]!) / size[name]
        // Calls hold a share of dividends that parity could not tell from nothing.
        expect(off, `${name} ${JSON.stringify(row)} ${analysis.greeks[name][i]} ${want[name][i]}`).toBeLessThan(1e-3)
      }
      if (given.exercise === 'american') return
      expect(Math.abs(analysis.second.vanna[i]! - seconds.vanna[i]!)).toBeLessThan(2e-3)
      expect(Math.abs(analysis.second.volga[i]! - seconds.volga[i]!) / SPOT).toBeLessThan(2e-3)
      expect(Math.abs(analysis.second.charm[i]! - seconds.charm[i]!)).toBeLessThan(2e-2)
    })
  })

  test('its smiles are free of arbitrage, skewed down, and one planted wrong sign would not be', () => {
    expect(analysis.arbitrage).toEqual([])
    for (const { date, atmVol, skew, riskReversal25, butterfly25, smile, tteYears: years } of analysis.expiries) {
      expect(smile, date).not.toBeNull()
      expect(Math.abs(atmVol - volOf(0, years)), date).toBeLessThan(0.004)
      expect(skew, date).toBeLessThan(0)
      expect(riskReversal25, date).toBeLessThan(0)
      expect(butterfly25, date).toBeGreaterThan(0)
    }
  })
})

describe('dirty rows', () => {
  const clean: Market = { exercise: 'american', rate: 0.045, yieldRate: 0.013 }
  const before = analyseChain(quoted(clean), OPTIONS)
  const date = DATES[1]
  const strikes = [
    ...new Set(
      market(clean)
        .options.filter(one => one.date === date)
        .map(({ row }) => row.strike),
    ),
  ]
  const strike = strikes[18]!
  const spoilt = (change: Partial<ChainRow>, over: Partial<OptionChain> = {}) =>
    analyseChain(
      {
        ...quoted(clean, (_, quote, of) =>
          of.date === date && of.strike === strike && of.side === 1 ? { ...quote, ...change } : quote,
        ),
        ...over,
      },
      OPTIONS,
    )

  test.each<[string, Partial<ChainRow>]>([
    ['NO_QUOTE', { bid: 0, ask: 0 }],
    ['NO_QUOTE', { bid: Number.NaN, ask: Number.NaN }],
    ['ONE_SIDED', { bid: 0 }],
    ['ONE_SIDED', { ask: Number.NaN }],
    ['CROSSED', { bid: 50, ask: 2 }],
    ['WIDE', { bid: 0.5, ask: 40 }],
    ['STALE', { quoteTime: AS_OF - 61e6 }],
    ['LOCKED', { bid: 8, ask: 8 }],
    ['ABOVE_MAXIMUM', { bid: 700, ask: 700.02 }],
  ])('%s is said of the row, and the smile stays where it was', (status, change) => {
    const analysis = spoilt(change)
    expect(statusOf(analysis, date, strike, 1)).toBe(status)
    const [want, got] = [before, analysis].map(({ expiries }) => expiries[1]!)
    expect(Math.abs(got!.atmVol - want!.atmVol)).toBeLessThan(5e-4)
    expect(Math.abs(got!.forward - want!.forward)).toBeLessThan(0.02)
  })

  test('one quote that is 30 % cheap does not bend the smile', () => {
    const { fair, options } = market(clean)
    const i = options.findIndex(one => one.date === date && one.row.strike === strike && one.row.side === 1)
    const cheap = 0.7 * fair.price[i]!
    const { expiries, fitVol, vol } = spoilt({ bid: cheap - TICK, ask: cheap + TICK })
    expect(Math.abs(expiries[1]!.atmVol - before.expiries[1]!.atmVol)).toBeLessThan(5e-4)
    expect(vol[i]!).toBeLessThan(fitVol[i]! - 0.01)
    expect(Math.abs(fitVol[i]! - options[i]!.row.vol)).toBeLessThan(0.002)
  })

  test('deep in the money: a price below exercise is BELOW_INTRINSIC, exactly it has no time value', () => {
    const high = strikes.at(-1)!
    const spot = 0.5 * (before.chain.spotBid + before.chain.spotAsk)
    const at = (price: number) =>
      analyseChain(
        quoted(clean, (_, quote, of) =>
          of.date === date && of.strike === high && of.side === -1 ? { ...quote, bid: price - 0.05, ask: price + 0.05 } : quote,
        ),
        OPTIONS,
      )
    expect(statusOf(at(high - spot - 1), date, high, -1)).toBe('BELOW_INTRINSIC')
  })

  test('a halted chain and an expired expiry say so on every row, and give no smile', () => {
    const halted = spoilt({}, { isHalted: true })
    expect(new Set(halted.status)).toEqual(new Set([ROW_STATUS.indexOf('HALTED')]))
    expect(halted.expiries.every(({ smile }) => smile === null)).toBe(true)
    const late = analyseChain(
      { ...quoted(clean), asOf: epochMicros(AS_OF + 40 * 86_400e6) },
      { ...OPTIONS, staleSeconds: Number.POSITIVE_INFINITY },
    )
    expect(late.expiries.map(({ reason }) => reason)).toEqual(['expired', 'expired', null, null])
    expect(statusOf(late, date, strike, 1)).toBe('EXPIRED')
    expect(late.vol[0]).toBeNaN()
  })

  test('without a spot, or with one that is older than the options, the nearest forward stands for it', () => {
    for (const over of [
      { spotBid: Number.NaN, spotAsk: Number.NaN },
      { spotBid: 500, spotAsk: 500.02, spotTime: AS_OF - 3600e6 },
      // Before a split: twice the price.
      { spotBid: 2 * SPOT, spotAsk: 2 * SPOT + 0.02 },
    ]) {
      const { expiries } = spoilt({}, over)
      for (const [e, one] of expiries.entries())
        expect(Math.abs(one.forward / before.expiries[e]!.forward - 1)).toBeLessThan(1e-3)
    }
  })

  test('an expiry without one good pair takes the spot and the nearest yield; without a spot it says why it has none', () => {
    const callsOnly = (_: number, quote: Quote, of: { side: number; date: string }): Quote =>
      of.date === date && of.side === -1 ? { ...quote, bid: 0 } : quote
    const chain = quoted(clean, callsOnly)
    const { expiries } = analyseChain(chain, OPTIONS)
    expect(expiries[1]).toMatchObject({ source: 'spot', pairs: 0 })
    expect(Math.abs(expiries[1]!.forward / before.expiries[1]!.forward - 1)).toBeLessThan(2e-3)
    const none = analyseChain(
      quoted(clean, (_, quote) => ({ ...quote, bid: 0 })),
      OPTIONS,
    )
    expect(none.expiries.every(({ smile }) => smile === null)).toBe(true)
    const blind = analyseChain(
      {
        ...quoted(clean, (_, quote, of) => (of.side === -1 ? { ...quote, bid: 0 } : quote)),
        spotBid: Number.NaN,
        spotAsk: Number.NaN,
      },
      OPTIONS,
    )
    expect(blind.expiries.every(({ reason, source }) => reason === 'no-forward' && source === 'none')).toBe(true)
    expect(statusOf(blind, date, strike, 1)).toBe('NO_FORWARD')
  })

  test('an empty chain, and one of a single row, are analysed without a word', () => {
    const whole = quoted(clean)
    const empty = buildChain(header(clean), []).chain
    expect(analyseChain(empty, OPTIONS).expiries).toEqual([])
    const one = buildChain(header(clean), [{ expiry: date, strike: 600, side: 1, bid: 10, ask: 10.1 }]).chain
    const { expiries, status } = analyseChain(one, OPTIONS)
    expect(expiries[0]).toMatchObject({ smile: null, reason: 'too-few-quotes', source: 'spot' })
    expect(ROW_STATUS[status[0]!]).toBe('OK')
    expect(whole.strike.length).toBeGreaterThan(200)
  })

  test('whatever stands in the quotes, nothing throws, and every number is one or is missing', () => {
    const number = fc.oneof(
      fc.constantFrom(0, 0.01, 1, 5, 100, Number.NaN, 1e-8, 1e6),
      fc.double({ min: 0, max: 1000, noNaN: true }),
    )
    const rows = fc.array(
      fc.record({
        expiry: fc.constantFrom('2026-11-19', '2026-11-20', '2026-11-27', '2027-03-19', '2040-01-20'),
        strike: fc.oneof(fc.constantFrom(0.001, 590, 595, 600, 605, 610, 1e6, -30), fc.integer({ min: 500, max: 700 })),
        side: fc.constantFrom(1, -1),
        bid: number,
        ask: number,
      }),
      { maxLength: 60 },
    )
    const spot = fc.constantFrom(600, Number.NaN, 1e-6, 1e9)
    fc.assert(
      fc.property(rows, spot, fc.boolean(), fc.boolean(), (given, at, isOnFuture, isEuropean) => {
        const futures = new Map([['2027-03-19', -30]])
        const head = {
          ...header({ ...clean, exercise: isEuropean ? 'european' : 'american', isOnFuture }),
          spotBid: at,
          spotAsk: at,
          futures,
        }
        const analysis = analyseChain(buildChain(head, given).chain, { ...OPTIONS, scheme: 'fast' })
        for (const column of [analysis.vol, analysis.bidVol, analysis.askVol, analysis.fitVol])
          for (const vol of column) expect(Number.isNaN(vol) || (vol >= 0 && vol < Number.POSITIVE_INFINITY)).toBe(true)
        for (const column of [...Object.values(analysis.greeks), ...Object.values(analysis.second)])
          for (const value of column as Float64Array) expect(Math.abs(value)).not.toBe(Number.POSITIVE_INFINITY)
        for (const code of analysis.status) expect(ROW_STATUS[code]).toBeDefined()
        for (const { smile } of analysis.expiries)
          for (const value of Object.values(smile ?? {})) expect(Number.isFinite(value)).toBe(true)
      }),
      { numRuns: 400, seed: 11 },
    )
  })
})
