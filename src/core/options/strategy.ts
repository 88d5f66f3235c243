import type { IsoDate } from '../kit/time.ts'
import type { ChainAnalysis } from './chain-analysis.ts'

/** Ready-made positions, in the order of menus. */
export const STRATEGIES = [
  'call-vertical',
  'put-vertical',
  'straddle',
  'strangle',
  'butterfly',
  'condor',
  'calendar',
  'covered-call',
  'collar',
  'risk-reversal',
] as const
export type StrategyName = (typeof STRATEGIES)[number]

/** One leg of a ready-made position; the underlying has neither expiry nor strike. */
export interface StrategyLeg {
  readonly kind: 'call' | 'put' | 'underlying'
  /** Contracts; of the underlying, units. */
  readonly quantity: number
  readonly expiry: IsoDate | null
  readonly strike: number
}

/** The strikes that one expiry offers, and where its money is. */
export interface StrikeLadder {
  readonly expiry: IsoDate
  readonly forward: number
  /** Standard deviation of the forward to expiry, in its own unit; NaN where no volatility is known. */
  readonly deviation: number
  /** Rising strikes at which both a call and a put are listed. */
  readonly strikes: readonly number[]
}

export type StrategyAnswer =
  | { readonly ok: true; readonly legs: readonly StrategyLeg[] }
  | { readonly ok: false; readonly kind: 'too-few-strikes' | 'no-later-expiry' | 'no-forward' }

/** Wings stand about half a standard deviation out, and the outer ones a whole. */
const INNER = 0.5
const OUTER = 1
/** A calendar's later expiry is the first at least so many days behind the nearer one, where there is such a one. */
const CALENDAR_DAYS = 7

/** The ladders of a chain: those expiries that are not over. */
export function ladders({ chain, expiries }: ChainAnalysis): StrikeLadder[] {
  return chain.expiries.flatMap(({ date, from, to }, e) => {
    const { forward, tteYears, atmVol } = expiries[e]!
    if (!(tteYears > 0)) return []
    const strikes: number[] = []
    for (let i = from; i + 1 < to; i++) if (chain.strike[i] === chain.strike[i + 1]) strikes.push(chain.strike[i]!)
    return [{ expiry: date, forward, deviation: forward * atmVol * Math.sqrt(tteYears), strikes }]
  })
}

/**
 * A ready-made position at the money of an expiry, of one contract a leg.
 *
 * The middle is the listed strike nearest to the forward; wings are the listed strikes nearest to half a standard deviation and to
 * one, at least a strike apart. A covered call and a collar hold the underlying of one contract.
 *
 * Fails: too-few-strikes, no-forward, no-later-expiry (calendar).
 */
export function makeStrategy(
  name: StrategyName,
  all: readonly StrikeLadder[],
  expiry: IsoDate,
  multiplier: number,
): StrategyAnswer {
  const ladder = all.find(one => one.expiry === expiry)
  if (!ladder || !(ladder.forward > 0)) return { ok: false, kind: 'no-forward' }
  const rungs = rungsOf(ladder)
  if (!rungs) return { ok: false, kind: 'too-few-strikes' }
  const { lower, low, middle, high, higher } = rungs
  const call = (quantity: number, strike: number): StrategyLeg => ({ kind: 'call', quantity, expiry, strike })
  const put = (quantity: number, strike: number): StrategyLeg => ({ kind: 'put', quantity, expiry, strike })
  const held: StrategyLeg = { kind: 'underlying', quantity: multiplier, expiry: null, strike: 0 }
  if (name === 'calendar') {
    const later = laterThan(all, ladder, middle)
    if (!later) return { ok: false, kind: 'no-later-expiry' }
    return { ok: true, legs: [call(-1, middle), { kind: 'call', quantity: 1, expiry: later.expiry, strike: middle }] }
  }
  const legs: Readonly<Record<Exclude<StrategyName, 'calendar'>, readonly StrategyLeg[]>> = {
    'call-vertical': [call(1, middle), call(-1, high)],
    'put-vertical': [put(1, middle), put(-1, low)],
    straddle: [call(1, middle), put(1, middle)],
    strangle: [put(1, low), call(1, high)],
    butterfly: [call(1, low), call(-2, middle), call(1, high)],
    condor: [put(1, lower), put(-1, low), call(-1, high), call(1, higher)],
    'covered-call': [held, call(-1, high)],
    collar: [held, put(1, low), call(-1, high)],
    'risk-reversal': [put(-1, low), call(1, high)],
  }
  return { ok: true, legs: legs[name] }
}

interface Rungs {
  readonly lower: number
  readonly low: number
  readonly middle: number
  readonly high: number
  readonly higher: number
}

/** Five listed strikes around the money, each its own; null where there are not so many. */
function rungsOf({ strikes, forward, deviation }: StrikeLadder): Rungs | null {
  const middle = nearest(strikes, forward)
  if (middle < 2 || middle > strikes.length - 3) return null
  // Without a volatility the next strikes serve.
  const out = (share: number) => (deviation > 0 ? share * deviation : 0)
  const above = (from: number, share: number) =>
    Math.min(strikes.length - 1, Math.max(from, nearest(strikes, strikes[middle]! + out(share))))
  const below = (from: number, share: number) => Math.max(0, Math.min(from, nearest(strikes, strikes[middle]! - out(share))))
  const high = Math.min(strikes.length - 2, above(middle + 1, INNER))
  const low = Math.max(1, below(middle - 1, INNER))
  const [higher, lower] = [above(high + 1, OUTER), below(low - 1, OUTER)]
  const at = (k: number) => strikes[k]!
  // A butterfly's wings are equally far out where both strikes are listed.
  const mirrored = nearest(strikes, 2 * at(middle) - at(high))
  const even = mirrored < middle && mirrored > lower ? mirrored : low
  return { lower: at(lower), low: at(even), middle: at(middle), high: at(high), higher: at(higher) }
}

function nearest(strikes: readonly number[], to: number): number {
  return strikes.reduce((best, strike, k) => (Math.abs(strike - to) < Math.abs(strikes[best]! - to) ? k : best), 0)
}

function laterThan(all: readonly StrikeLadder[], near: StrikeLadder, strike: number): StrikeLadder | null {
  const day = (date: IsoDate) => Date.parse(date) / 86_400_000
  const later = all.filter(one => one.expiry > near.expiry && one.strikes.includes(strike))
  return later.find(one => day(one.expiry) - day(near.expiry) >= CALENDAR_DAYS) ?? later[0] ?? null
}
