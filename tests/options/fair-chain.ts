import { dateOfDay, dayOfDate } from '../../src/core/kit/calendar.ts'
import { epochMicros, isoDate, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import { buildChain, type ChainRow } from '../../src/core/options/build-chain.ts'
import type { Exercise, OptionChain } from '../../src/core/options/chain.ts'
import type { ChainAnalysis } from '../../src/core/options/chain-analysis.ts'
import { priceEuropean } from '../../src/core/options/european.ts'
import { settlesAt } from '../../src/core/options/expiry-time.ts'
import { type OptionRow, optionColumns } from './reference.ts'

/** Hours of a trading year: the specification's construction counts time in them. */
const HOURS_PER_YEAR = 252 * 6.5

/** What a fair chain is made of; what is left out is the specification's. */
export interface FairChain {
  readonly spot?: number
  /** Hours to the close of each expiry. */
  readonly hours?: readonly number[]
  readonly strikes?: readonly number[]
  /** Volatility by log-moneyness and years. */
  readonly vol?: (k: number, years: number) => number
  readonly rate?: number
  /** Distance of bid and ask by the fair price, in ticks. */
  readonly ticks?: (price: number) => number
  /** Where between bid and ask the fair price lies, from 0 to 1. */
  readonly place?: () => number
  readonly tickSize?: number
  readonly exercise?: Exercise
  /** Seconds by which the whole chain is moved into the future. */
  readonly later?: number
}

export const SPEC_STRIKES: readonly number[] = Array.from({ length: 31 }, (_, k) => 585 + k)
const FIRST_DATE = isoDate('2026-03-11')

/**
 * A chain whose quotes enclose fair Black-Scholes prices, in whole ticks.
 *
 * Expiries stand on consecutive dates only by name; how long they have is what `hours` says. Without `place` the middle is the fair price
 * rounded to a tick, as the specification makes it.
 */
export function fairChain(given: FairChain = {}): OptionChain {
  const { spot = 600.2, hours = [3], strikes = SPEC_STRIKES, vol = () => 0.14, rate = 0, tickSize = 0.01 } = given
  const { ticks = () => 1, place, exercise = 'american', later = 0 } = given
  const start = settlesAt(FIRST_DATE, 'fund-close') - 6.5 * MICROS_PER_HOUR
  const asOf = epochMicros(Math.round(start + later * MICROS_PER_SECOND))
  const rows: ChainRow[] = []
  const ends = new Map<string, ReturnType<typeof epochMicros>>()
  hours.forEach((left, e) => {
    const expiry = dateOfDay(dayOfDate(FIRST_DATE) + e)
    // The analysis counts calendar time, so the expiry is put where calendar time gives the same years.
    const years = left / HOURS_PER_YEAR
    ends.set(expiry, epochMicros(Math.round(start + years * 365 * 24 * MICROS_PER_HOUR)))
    const options = strikes.flatMap(strike =>
      [1, -1].map((side): OptionRow => {
        const k = Math.log(strike / (spot * Math.exp(rate * years)))
        return { spot, strike, tteYears: years, vol: vol(k, years), rate, yieldRate: 0, side }
      }),
    )
    const fair = priceEuropean(optionColumns(options)).price
    options.forEach(({ strike, side }, i) => {
      const { bid, ask } = quoteAround(fair[i]!, ticks(fair[i]!), tickSize, place)
      rows.push({ expiry, strike, side, bid, ask, bidSize: 50, askSize: 50, volume: 100, openInterest: 500, quoteTime: asOf })
    })
  })
  const header = {
    underlying: 'SPY',
    asOf,
    exercise,
    multiplier: 100,
    tickSize,
    settlement: 'fund-close',
    isHalted: false,
  } as const
  return buildChain({ ...header, spotBid: spot - 0.01, spotAsk: spot + 0.01, spotTime: asOf, settlesAt: ends }, rows).chain
}

function quoteAround(price: number, ticks: number, tickSize: number, place?: () => number): { bid: number; ask: number } {
  const n = Math.max(1, Math.round(ticks))
  const exact = price / tickSize
  // With a place the quotes enclose the price; without one its rounded middle has half the spread on each side.
  const low = place ? Math.floor(exact - (n - 1) * place()) : Math.round(exact) - n / 2
  const high = place ? Math.max(low + n, Math.ceil(exact)) : low + n
  return { bid: Math.max(0, low) * tickSize, ask: Math.max(1, high) * tickSize }
}

/** The analysis of a chain as the chain service makes it. */
export function analysed(chain: OptionChain, over: { usualRate?: number } = {}): ChainAnalysis {
  return analyseChain(chain, { usualRate: 0, staleSeconds: 30, scheme: 'fast', ...over })
}

/** Row of a contract in the first expiry, or in that of `date`. */
export function rowAt(chain: OptionChain, strike: number, side: 1 | -1, expiry = 0): number {
  const { from, to } = chain.expiries[expiry]!
  for (let row = from; row < to; row++) if (chain.strike[row] === strike && chain.side[row] === side) return row
  throw new RangeError(`no option of side ${side} at ${strike}`)
}

/** The chain with some columns changed in some rows. */
export function changed(
  chain: OptionChain,
  rows: readonly number[],
  change: (
    row: number,
  ) => Partial<Record<'bid' | 'ask' | 'bidSize' | 'askSize' | 'volume' | 'openInterest' | 'quoteTime', number>>,
): OptionChain {
  const copy = {
    ...chain,
    bid: chain.bid.slice(),
    ask: chain.ask.slice(),
    bidSize: chain.bidSize.slice(),
    askSize: chain.askSize.slice(),
    volume: chain.volume.slice(),
    openInterest: chain.openInterest.slice(),
    quoteTime: chain.quoteTime.slice(),
  }
  for (const row of rows) for (const [name, value] of Object.entries(change(row))) copy[name as 'bid'][row] = value
  return copy
}

/** The same quotes at a later instant, as a feed repeats them. */
export function laterBy(chain: OptionChain, seconds: number): OptionChain {
  const by = seconds * MICROS_PER_SECOND
  return {
    ...chain,
    asOf: epochMicros(chain.asOf + by),
    spotTime: chain.spotTime + by,
    quoteTime: chain.quoteTime.map(time => time + by),
  }
}
