import type { OptionChain } from './chain.ts'
import type { ForwardFit } from './chain-analysis.ts'
import type { SidePricer } from './early-exercise.ts'
import { emptyImplied, IMPLIED_STATUS, impliedBlack76 } from './implied.ts'
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
  readonly calls: SidePricer
  readonly puts: SidePricer
}

const ROUNDS = 40
/** Of the spot: a hundredth of a tick and less. */
const CLOSE = 1e-9

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

const one = () => new Float64Array(1)
const cell = { price: one(), forward: one(), strike: one(), tteYears: one(), rate: one(), side: Int8Array.of(1) }
const answer = emptyImplied(1)

/** European volatility of a price; the status is left in `answer`. */
function invert(price: number): number {
  cell.price[0] = price
  impliedBlack76(cell, answer)
  return answer.vol[0]!
}

/**
 * Volatilities of middle, bid and ask of the rows of one expiry.
 *
 * The premium of early exercise is taken off the price and the rest is inverted, until the premium belongs to the volatility found.
 */
export function quoteVols(chain: OptionChain, expiry: PricedExpiry, out: RowVols): void {
  const { from, to, tteYears, fit, spot, calls, puts } = expiry
  cell.forward[0] = fit.forward
  cell.tteYears[0] = tteYears
  cell.rate[0] = fit.rate
  for (let i = from; i < to; i++) {
    if (out.status[i] === ROW_CODE.EXPIRED) continue
    const pricer = chain.side[i]! > 0 ? calls : puts
    const strike = chain.strike[i]!
    cell.strike[0] = strike
    cell.side[0] = chain.side[i]!
    const [bid, ask] = [chain.bid[i]!, chain.ask[i]!]
    const price = 0.5 * (bid + ask)
    if (hasMiddle(out.status[i]!)) {
      const found = solveRow({ price, spot, strike, side: chain.side[i]! }, pricer)
      out.vol[i] = found.vol
      if (found.status !== ROW_CODE.OK) out.status[i] = found.status
    }
    if (bid > 0) out.bidVol[i] = solveRow({ price: bid, spot, strike, side: chain.side[i]! }, pricer).vol
    if (ask > 0) out.askVol[i] = solveRow({ price: ask, spot, strike, side: chain.side[i]! }, pricer).vol
  }
}

interface Row {
  readonly price: number
  readonly spot: number
  readonly strike: number
  readonly side: number
}

const found = { vol: Number.NaN, status: 0 }

function solveRow({ price, spot, strike, side }: Row, pricer: SidePricer): { vol: number; status: number } {
  let vol = invert(price)
  found.status = STATUS_OF_IMPLIED[IMPLIED_STATUS[answer.status[0]!]!]
  found.vol = vol
  // Below the European bound an American price is below its own, for it is worth at least as much.
  if (!(vol > 0)) return found
  const intrinsic = side * (spot - strike)
  const premium = pricer.premium(spot, strike, vol)
  if (premium <= CLOSE * spot) return found
  if (price <= intrinsic + CLOSE * spot) {
    found.vol = Number.NaN
    found.status = price < intrinsic - CLOSE * spot ? ROW_CODE.BELOW_INTRINSIC : ROW_CODE.NO_TIME_VALUE
    return found
  }
  // With the premium the price is too high at this volatility; the secant closes in from above, and halving where it leaves.
  let [low, high] = [0, vol]
  let [before, offBefore] = [vol, premium]
  let next = invert(price - premium)
  for (let round = 0; round < ROUNDS; round++) {
    vol = next > low && next < high ? next : 0.5 * (low + high)
    const premiumNow = pricer.premium(spot, strike, vol)
    const off = pricer.european(spot, strike, vol) + premiumNow - price
    if (off > 0) high = vol
    else low = vol
    if (Math.abs(off) <= CLOSE * spot) break
    next = vol - (off * (vol - before)) / (off - offBefore)
    before = vol
    offBefore = off
  }
  found.vol = vol
  return found
}
