import { createPutPricer, type PutValue, STATUS } from './american-put.ts'
import { AMERICAN_SCHEMES, type AmericanSchemeName, schemeTables } from './american-scheme.ts'
import { expectRows } from './columns.ts'
import { europeanPut, type PutInputs, type ValueAndSlopes } from './european-put.ts'
import { emptyImplied, IMPLIED_STATUS, type ImpliedColumns, type ImpliedStatus, impliedBlack76 } from './implied.ts'

/** Prices of American options on a spot with a continuous yield, as columns of one length. */
export interface AmericanPriceColumns {
  readonly price: Float64Array
  readonly spot: Float64Array
  readonly strike: Float64Array
  readonly tteYears: Float64Array
  readonly rate: Float64Array
  /** Equal to the rate for an option on a future. */
  readonly yieldRate: Float64Array
  readonly side: Int8Array
}

const codeOf = (status: ImpliedStatus) => IMPLIED_STATUS.indexOf(status)
const MOST_ROUNDS = 200
const LEAST_VOL = 1e-4
const MOST_VOL = 20
/** Of the strike: far less than any scheme is off by. */
const CLOSE = 1e-11

type Pricer = ReturnType<typeof createPutPricer>

/**
 * Implied volatility of each American option, by the American model itself.
 *
 * The premium of early exercise hardly moves with volatility, so the second guess takes it off and inverts what is left as a
 * European price; from there the secant closes in, and where it leaves its bounds, halving takes over.
 *
 * Shapes: all columns are length n; vol and status are length n.
 * Units: vol per √year; price in the spot's unit.
 * Range: vol in [1e-4, 20]. A price that is exactly that of exercise, as of a put deep in the money, is NO_TIME_VALUE: every
 * volatility below some height has it.
 * Fails: RangeError when columns differ in length.
 */
export function impliedAmerican(prices: AmericanPriceColumns, scheme: AmericanSchemeName): ImpliedColumns {
  const n = prices.price.length
  expectRows(n, prices)
  const pricer = createPutPricer(schemeTables(AMERICAN_SCHEMES[scheme]))
  const out = emptyImplied(n)
  for (let i = 0; i < n; i++) {
    const isPut = !(prices.side[i]! > 0)
    const put: PutInputs = {
      spot: (isPut ? prices.spot : prices.strike)[i]!,
      strike: (isPut ? prices.strike : prices.spot)[i]!,
      tteYears: prices.tteYears[i]!,
      vol: 0,
      rate: (isPut ? prices.rate : prices.yieldRate)[i]!,
      yieldRate: (isPut ? prices.yieldRate : prices.rate)[i]!,
    }
    const reason = reasonAgainst(put, prices.price[i]!)
    const vol = reason ? Number.NaN : solve(pricer, put, prices.price[i]!)
    out.vol[i] = vol
    out.status[i] = codeOf(reason ?? (Number.isNaN(vol) ? 'NO_SOLUTION' : 'OK'))
  }
  return out
}

/** Bounds of an American put: what exercise now or at the end for sure is worth, and the strike at its dearest. */
function reasonAgainst({ spot, strike, tteYears, rate, yieldRate }: PutInputs, price: number): ImpliedStatus | null {
  if (!Number.isFinite(price + spot + strike + tteYears + rate + yieldRate)) return 'NOT_A_NUMBER'
  if (tteYears <= 0) return 'EXPIRED'
  if (spot <= 0 || strike <= 0) return 'NOT_POSITIVE'
  const atEnd = strike * Math.exp(-rate * tteYears) - spot * Math.exp(-yieldRate * tteYears)
  const least = Math.max(0, strike - spot, atEnd)
  const rounding = 4 * Number.EPSILON * Math.max(spot, strike)
  if (price < least - rounding) return 'BELOW_INTRINSIC'
  if (price <= least + (least > 0 ? rounding : 0)) return 'NO_TIME_VALUE'
  return price >= strike * Math.max(1, Math.exp(-rate * tteYears)) ? 'ABOVE_MAXIMUM' : null
}

function solve(pricer: Pricer, put: PutInputs, price: number): number {
  const value: PutValue = { value: 0, delta: 0, gamma: 0, status: 0 }
  const european: ValueAndSlopes = { value: 0, delta: 0, gamma: 0 }
  let [low, high] = [LEAST_VOL, MOST_VOL]
  let [before, offBefore] = [Number.NaN, Number.NaN]
  let next = invert(put, price)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // Every sixth round halves, so that a price that creeps or jumps (by exercise, or by a coarse scheme) is closed in too.
    const isInside = next > low && next < high && round % 6 !== 5
    const vol = isInside ? next : round === 0 ? 0.3 : between(low, high)
    const at = { ...put, vol }
    pricer(at, value, false)
    const off = value.value - price
    if (Math.abs(off) <= CLOSE * put.strike) return vol
    if (off > 0) high = vol
    else low = vol
    if (high - low < 1e-12 * high) return vol
    // Exercised at once, the price says nothing of the volatility, and halving must find the way out.
    if (value.status === STATUS.EXERCISE) next = Number.NaN
    else if (round === 0) {
      europeanPut(at, european)
      next = invert(put, price - (value.value - european.value))
    } else next = vol - (off * (vol - before)) / (off - offBefore)
    before = vol
    offBefore = off
  }
  return Number.NaN
}

/** A volatility inside the bounds; while one of them is the widest there is, not far from the other. */
function between(low: number, high: number): number {
  if (high === MOST_VOL) return Math.min(1.5 * low, Math.sqrt(low * high))
  return low === LEAST_VOL ? Math.max(high / 1.5, Math.sqrt(low * high)) : Math.sqrt(low * high)
}

const one = () => new Float64Array(1)
const cell = { price: one(), forward: one(), strike: one(), tteYears: one(), rate: one(), side: Int8Array.of(-1) }
const answer = emptyImplied(1)

/** European volatility of a put's price, NaN where it has none. */
function invert({ spot, strike, tteYears, rate, yieldRate }: PutInputs, price: number): number {
  cell.price[0] = price
  cell.forward[0] = spot * Math.exp((rate - yieldRate) * tteYears)
  cell.strike[0] = strike
  cell.tteYears[0] = tteYears
  cell.rate[0] = rate
  impliedBlack76(cell, answer)
  return answer.vol[0]!
}
