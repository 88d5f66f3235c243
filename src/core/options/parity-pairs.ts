import type { AmericanSchemeName } from './american-scheme.ts'
import type { OptionChain } from './chain.ts'
import { createSidePricer, type SidePricer } from './early-exercise.ts'
import { invertBlack76 } from './implied.ts'
import { normalDistribution } from './mills.ts'
import { firstForward, nearMoney } from './parity.ts'
import type { ParityPairs } from './parity-line.ts'
import { hasMiddle } from './row-status.ts'

/** Deviations from the money within which pairs are used. */
export const PAIRS_REACH = 3
const KNOTS = 3
/** Share of the premium by which it may be wrong. */
const PREMIUM_DOUBT = 0.1
export const MOST_YIELD = 0.5

/** Good pairs of an expiry near the money, at their middles. */
export interface QuotedPairs {
  readonly pairs: ParityPairs
  readonly tteYears: number
  /** Deviation of the logarithm to expiry, from the straddle. */
  readonly deviation: number
}

/** Pairs of an expiry whose quotes are good on both sides; null without one. */
export function quotedPairs(
  chain: OptionChain,
  e: number,
  { status, tte, usualRate }: { status: Uint8Array; tte: readonly number[]; usualRate: number },
): QuotedPairs | null {
  const { from, to } = chain.expiries[e]!
  const { strike, side, bid, ask, tickSize } = chain
  const rows: number[] = []
  for (let i = from; i + 1 < to; i++)
    if (side[i] === 1 && side[i + 1] === -1 && strike[i] === strike[i + 1] && hasMiddle(status[i]!) && hasMiddle(status[i + 1]!))
      rows.push(i)
  if (rows.length === 0) return null
  const middle = (i: number) => 0.5 * (bid[i]! + ask[i]!)
  const all = {
    strike: Float64Array.from(rows, i => strike[i]!),
    call: Float64Array.from(rows, middle),
    put: Float64Array.from(rows, i => middle(i + 1)),
    slack: Float64Array.from(rows, i => Math.max(tickSize, 0.5 * (ask[i]! - bid[i]! + ask[i + 1]! - bid[i + 1]!))),
    dividend: new Float64Array(rows.length),
    doubt: new Float64Array(rows.length),
  }
  const tteYears = tte[e]!
  const forward = firstForward(all, Math.exp(-usualRate * tteYears))
  let nearest = 0
  for (let j = 1; j < rows.length; j++)
    if (Math.abs(all.strike[j]! - forward) < Math.abs(all.strike[nearest]! - forward)) nearest = j
  const straddle = all.call[nearest]! + all.put[nearest]! - Math.abs(all.strike[nearest]! - forward)
  const deviation = Math.min(2, Math.max(0.005, straddle / (0.8 * Math.abs(forward))))
  const chosen = nearMoney(all, forward, PAIRS_REACH * deviation).sort((a, b) => a - b)
  const part = (column: Float64Array) => Float64Array.from(chosen, j => column[j]!)
  const pairs = {
    strike: part(all.strike),
    call: part(all.call),
    put: part(all.put),
    slack: part(all.slack),
    dividend: part(all.dividend),
    doubt: part(all.doubt),
  }
  return { pairs, tteYears, deviation }
}

/** What the premium is reckoned with. */
export interface Assumed {
  readonly rate: number
  readonly forward: number
  /** NaN for options on futures, which are exercised into the future. */
  readonly spot: number
  readonly scheme: AmericanSchemeName
}

/** Prices of the pairs less the premium of early exercise at the volatility of the side out of the money. */
export function withoutPremium(
  { pairs, tteYears, deviation }: QuotedPairs,
  { rate, forward, spot, scheme }: Assumed,
): ParityPairs {
  const { strike, call, put, slack } = pairs
  const underlying = spot > 0 ? spot : forward
  const yieldRate = spot > 0 ? boundedYield(rate - Math.log(forward / spot) / tteYears, tteYears) : rate
  const growth = Math.exp(rate * tteYears)
  /** Volatility of the side out of the money, less a premium. */
  const vols = (premium: Float64Array | null) =>
    strike.map((k, i) => {
      const isCall = k >= forward
      const price = (isCall ? call : put)[i]! - (premium?.[i] ?? 0)
      const vol = invertBlack76(price * growth, forward, k, tteYears, isCall ? 1 : -1)
      return vol > 0 ? vol : Number.NaN
    })
  const rough = vols(null)
  const known = rough.filter(v => v > 0)
  if (known.length === 0) return pairs
  const range = {
    lowVol: Math.max(0.01, 0.8 * known.reduce((a, b) => Math.min(a, b))),
    highVol: Math.max(
      0.02,
      known.reduce((a, b) => Math.max(a, b)),
    ),
  }
  const common = { rate, yieldRate, tteYears, ...range, isAmerican: true }
  const calls = createSidePricer({ ...common, side: 1 }, scheme, KNOTS)
  const puts = createSidePricer({ ...common, side: -1 }, scheme, KNOTS)
  const premium = (pricer: SidePricer, vol: Float64Array, i: number) =>
    vol[i]! > 0 ? pricer.premium(underlying, strike[i]!, vol[i]!) : 0
  const vol = vols(strike.map((k, i) => premium(k >= forward ? calls : puts, rough, i)))
  const dividends = spot > 0 ? dividendsUntil({ forward, rate, tteYears, spot }) : 0
  const dividend = strike.map(k => dividends * normalDistribution(Math.log(forward / k) / deviation + 0.5 * deviation))
  const [ofCalls, ofPuts] = [calls, puts].map(pricer => strike.map((_, i) => premium(pricer, vol, i))) as [
    Float64Array,
    Float64Array,
  ]
  // At the price of exercise the premium is whatever the rate was thought to be: such a pair would agree with any.
  const doubt = strike.map((k, i) => {
    const left = Math.min(call[i]! - (underlying - k), put[i]! - (k - underlying))
    return left <= slack[i]! ? Number.POSITIVE_INFINITY : PREMIUM_DOUBT * (ofCalls[i]! + ofPuts[i]!)
  })
  return {
    strike,
    slack,
    dividend,
    doubt,
    call: call.map((value, i) => value - ofCalls[i]!),
    put: put.map((value, i) => value - ofPuts[i]!),
  }
}

/**
 * Value at expiry of what the underlying pays until then, 0 where the forward is above the spot's.
 *
 * A yield pays bit by bit what shares pay at once, and just before that calls in the money are exercised: they are worth more than the
 * model knows, by a share of the dividends that parity tells.
 */
export function dividendsUntil({
  forward,
  rate,
  tteYears,
  spot,
}: {
  forward: number
  rate: number
  tteYears: number
  spot: number
}): number {
  return Math.max(0, spot - forward * Math.exp(-rate * tteYears))
}

/** A yield that the premium can be made with: over a day, a cent in the forward is a percent of yield. */
export function boundedYield(yieldRate: number, tteYears: number): number {
  const most = Math.min(MOST_YIELD, 0.05 + 0.05 / tteYears)
  return Math.max(-most, Math.min(most, yieldRate))
}
