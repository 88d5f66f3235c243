import type { OptionChain } from './chain.ts'
import type { ForwardFit } from './chain-analysis.ts'
import type { DividendPremium } from './chain-forwards.ts'
import type { SidePricer } from './early-exercise.ts'
import { IMPLIED_STATUS, invertBlack76 } from './implied.ts'
import { normalDistribution } from './mills.ts'
import { hasMiddle, ROW_CODE } from './row-status.ts'

/** Volatilities of the quotes of a chain, and what became of each row. */
export interface RowVols {
  readonly status: Uint8Array
  readonly vol: Float64Array
  readonly bidVol: Float64Array
  readonly askVol: Float64Array
}

/** One expiry with its pricers. */
export interface PricedExpiry {
  readonly from: number
  readonly to: number
  readonly tteYears: number
  readonly fit: ForwardFit
  readonly spot: number
  /** Volatilities that the boundaries are made for. */
  readonly range: { readonly lowVol: number; readonly highVol: number }
  readonly dividend: DividendPremium
  readonly calls: SidePricer
  readonly puts: SidePricer
}

const ROUNDS = 40
/** Of the spot: less than a hundredth of a tick, and than what the fast scheme is off by. */
const CLOSE = 1e-7
const USUAL_RANGE = { lowVol: 0.05, highVol: 1 }
const LEAST_VOL = 5e-3
const BEYOND_LOW = 0.6
const BEYOND_HIGH = 1.5

const STATUS_OF_IMPLIED: Readonly<Record<(typeof IMPLIED_STATUS)[number], number>> = {
  OK: ROW_CODE.OK,
  BELOW_INTRINSIC: ROW_CODE.BELOW_INTRINSIC,
  ABOVE_MAXIMUM: ROW_CODE.ABOVE_MAXIMUM,
  NO_TIME_VALUE: ROW_CODE.NO_TIME_VALUE,
  EXPIRED: ROW_CODE.EXPIRED,
  NOT_A_NUMBER: ROW_CODE.NO_QUOTE,
  NOT_POSITIVE: ROW_CODE.NO_SOLUTION,
  NO_SOLUTION: ROW_CODE.NO_SOLUTION,
}

/** What the rows of one expiry share; set once, so that a row costs no object. */
const shared = { forward: 0, strike: 0, tteYears: 0, growth: 1, side: 1 }

/** European volatility of a price, or minus the number of the reason that there is none. */
function invert(price: number): number {
  return invertBlack76(price * shared.growth, shared.forward, shared.strike, shared.tteYears, shared.side)
}

function share({ forward, rate }: ForwardFit, years: number): void {
  shared.forward = forward
  shared.tteYears = years
  shared.growth = Math.exp(rate * years)
}

/** What a call is worth beyond the model for dividends that are paid at once. */
export function dividendPremium({ dividend, fit }: PricedExpiry, strike: number): number {
  const { amount, deviation } = dividend
  return amount > 0 ? amount * normalDistribution(Math.log(fit.forward / strike) / deviation + 0.5 * deviation) : 0
}

/** Volatilities that the exercise boundaries of an expiry are made for: those of its quotes out of the money, and some beyond. */
export function quotedRange(
  chain: OptionChain,
  { from, to }: { from: number; to: number },
  fit: ForwardFit,
  years: number,
  status: Uint8Array,
): { readonly lowVol: number; readonly highVol: number } {
  share(fit, years)
  const { forward } = fit
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (let i = from; i < to; i++) {
    const isOut = chain.side[i]! * (chain.strike[i]! - forward) >= 0
    if (!isOut || !hasMiddle(status[i]!)) continue
    shared.strike = chain.strike[i]!
    shared.side = chain.side[i]!
    const vol = invert(0.5 * (chain.bid[i]! + chain.ask[i]!))
    if (!(vol > 0)) continue
    if (vol < low) low = vol
    if (vol > high) high = vol
  }
  if (!(high > 0)) return USUAL_RANGE
  return { lowVol: Math.max(LEAST_VOL, BEYOND_LOW * low), highVol: BEYOND_HIGH * high }
}

/**
 * Volatilities of middle, bid and ask of the rows of one expiry.
 *
 * The premium of early exercise is taken off the price and the rest is inverted, until the premium belongs to the volatility found.
 */
export function quoteVols(chain: OptionChain, expiry: PricedExpiry, out: RowVols): void {
  const { from, to, tteYears, fit, spot, calls, puts } = expiry
  share(fit, tteYears)
  for (let i = from; i < to; i++) {
    if (out.status[i] === ROW_CODE.EXPIRED) continue
    const pricer = chain.side[i]! > 0 ? calls : puts
    const strike = chain.strike[i]!
    shared.strike = strike
    shared.side = chain.side[i]!
    const paid = chain.side[i]! > 0 ? dividendPremium(expiry, strike) : 0
    const [bid, ask] = [chain.bid[i]! - paid, chain.ask[i]! - paid]
    const row = { spot, strike, intrinsic: chain.side[i]! * (spot - strike) }
    let premium = Number.NaN
    if (hasMiddle(out.status[i]!)) {
      solveRow(0.5 * (bid + ask), row, pricer, Number.NaN)
      out.vol[i] = found.vol
      premium = found.premium
      if (found.status !== ROW_CODE.OK) out.status[i] = found.status
    }
    if (bid > 0) {
      solveRow(bid, row, pricer, premium)
      out.bidVol[i] = found.vol
    }
    if (ask > 0) {
      solveRow(ask, row, pricer, premium)
      out.askVol[i] = found.vol
    }
  }
}

interface Row {
  readonly spot: number
  readonly strike: number
  readonly intrinsic: number
}

/** What the last row came to. */
const found = { vol: Number.NaN, status: 0, premium: 0 }

/** Volatility of an American price; `guess` is the premium of a neighbouring price, NaN where none is known. */
function solveRow(price: number, { spot, strike, intrinsic }: Row, pricer: SidePricer, guess: number): void {
  const close = CLOSE * spot
  let vol = invert(price)
  found.status = vol > 0 ? ROW_CODE.OK : STATUS_OF_IMPLIED[IMPLIED_STATUS[-vol]!]
  found.vol = vol > 0 ? vol : Number.NaN
  found.premium = 0
  // Below the European bound an American price is below its own, for it is worth at least as much.
  if (!(vol > 0)) return
  const highest = vol
  const most = pricer.premium(spot, strike, vol)
  if (most <= close) return
  if (price <= intrinsic + close) {
    found.vol = Number.NaN
    found.status = price < intrinsic - close ? ROW_CODE.BELOW_INTRINSIC : ROW_CODE.NO_TIME_VALUE
    return
  }
  // At this volatility the price with the premium is too high; the secant closes in from above, and halving where it leaves.
  let [low, high] = [0, highest]
  let [before, offBefore] = [highest, most]
  let next = invert(price - (guess > 0 ? guess : most))
  for (let round = 0; round < ROUNDS; round++) {
    vol = next > low && next < high ? next : 0.5 * (low + high)
    found.premium = pricer.premium(spot, strike, vol)
    const off = pricer.european(spot, strike, vol) + found.premium - price
    if (off > 0) high = vol
    else low = vol
    if (Math.abs(off) <= close) break
    next = vol - (off * (vol - before)) / (off - offBefore)
    before = vol
    offBefore = off
  }
  found.vol = vol
}
