import { expectRows } from './columns.ts'
import { impliedDeviation } from './implied-normalised.ts'
import { mills, millsSlope, ONE_OVER_ROOT_TWO_PI, ROOT_TWO_PI } from './mills.ts'

/** Why a row has a volatility or has none; a row holds the index of one. */
export const IMPLIED_STATUS = [
  'OK',
  /** A price below the discounted intrinsic value: no volatility is that low. */
  'BELOW_INTRINSIC',
  /** A price at or above what the option can ever be worth: no volatility is that high. */
  'ABOVE_MAXIMUM',
  /** Exactly the intrinsic value, or so near that rounding hides what is left: any small volatility fits. */
  'NO_TIME_VALUE',
  'EXPIRED',
  'NOT_A_NUMBER',
  /** Forward or strike is not above zero, so Black's model has no meaning; Bachelier's has. */
  'NOT_POSITIVE',
  /** The search ended without an answer. */
  'NO_SOLUTION',
] as const
export type ImpliedStatus = (typeof IMPLIED_STATUS)[number]

const OK = 0
const BELOW_INTRINSIC = 1
const ABOVE_MAXIMUM = 2
const NO_TIME_VALUE = 3
const EXPIRED = 4
const NOT_A_NUMBER = 5
const NOT_POSITIVE = 6
const NO_SOLUTION = 7

/** Prices of European options on a forward or future, as columns of one length. */
export interface PriceColumns {
  readonly price: Float64Array
  readonly forward: Float64Array
  readonly strike: Float64Array
  readonly tteYears: Float64Array
  /** Of the discount factor exp(-rate * tteYears) in the price; zeros where it is not discounted. */
  readonly rate: Float64Array
  readonly side: Int8Array
}

/** Implied volatilities with a reason for each row. */
export interface ImpliedColumns {
  /** Per √year; NaN exactly where the status is not OK. */
  readonly vol: Float64Array
  /** Index into IMPLIED_STATUS. */
  readonly status: Uint8Array
}

/** Empty columns for the answers of n prices. */
export function emptyImplied(n: number): ImpliedColumns {
  return { vol: new Float64Array(n), status: new Uint8Array(n) }
}

/** Rounding in forward, strike and price, in units of the largest: time value below it is none. */
const ROUNDING = 2 * Number.EPSILON

/**
 * Time value of a price, or minus the status that says why there is none.
 *
 * An option in the money loses its intrinsic value here, once and in doubles, so that it is solved from the other side.
 */
function timeValueOf(price: number, above: number, sign: number, scale: number): number {
  if (!(sign * above > 0)) return price < 0 ? -BELOW_INTRINSIC : price === 0 ? -NO_TIME_VALUE : price
  const left = price - Math.abs(above)
  if (Math.abs(left) <= ROUNDING * scale) return -NO_TIME_VALUE
  return left < 0 ? -BELOW_INTRINSIC : left
}

/**
 * Implied Black-76 volatility of each price; for a spot with a yield, give its forward.
 *
 * Shapes: all columns are length n; vol and status are length n; `out` is filled and returned where it is given.
 * Units: vol per √year; price in the forward's unit, discounted by the rate; tteYears ACT/365F.
 * Range: every vol that a double can tell apart; elsewhere the status says why and vol is NaN.
 * Fails: RangeError when columns differ in length.
 * Source: see implied-normalised.ts; held to 113-bit values in the tests.
 */
export function impliedBlack76(prices: PriceColumns, out: ImpliedColumns = emptyImplied(prices.price.length)): ImpliedColumns {
  const n = prices.price.length
  expectRows(n, prices)
  const { price, forward, strike, tteYears, rate, side } = prices
  const { vol, status } = out
  for (let i = 0; i < n; i++) {
    const t = tteYears[i]!
    const growth = rate[i]! === 0 ? 1 : Math.exp(rate[i]! * t)
    const found = invertBlack76(price[i]! * growth, forward[i]!, strike[i]!, t, side[i]! > 0 ? 1 : -1)
    vol[i] = found > 0 ? found : Number.NaN
    status[i] = found > 0 ? OK : -found
  }
  return out
}

/**
 * Implied Black-76 volatility of one price without discount, or minus the number of its status: for loops that have no columns.
 *
 * Units: price at expiry in the forward's unit; side 1 for a call, -1 for a put.
 */
export function invertBlack76(price: number, forward: number, strike: number, tteYears: number, side: number): number {
  const [f, k] = [forward, strike]
  if (!(f > 0 && k > 0 && tteYears > 0 && Number.isFinite(price) && f + k < Number.POSITIVE_INFINITY))
    return -reasonAgainst(f, k, tteYears, price)
  const above = f - k
  const value = timeValueOf(price, above, side, f > k ? f : k)
  if (value <= 0) return value
  const missing = (f < k ? f : k) - value
  if (missing <= 0) return -ABOVE_MAXIMUM
  const root = Math.sqrt(f) * Math.sqrt(k)
  const moneyness = above < 0.2 * k && above > -0.2 * k ? nearMoney(above / (f + k)) : Math.abs(Math.log(f / k))
  const found = impliedDeviation(moneyness, value / root, missing / root) / Math.sqrt(tteYears)
  return found > 0 && found < Number.POSITIVE_INFINITY ? found : -NO_SOLUTION
}

/** |ln F/K| of z = (F - K)/(F + K) near the money, where the difference is exact and a quotient's logarithm is not: 2 artanh z. */
function nearMoney(z: number): number {
  const zz = z * z
  const tail = 1 / 9 + zz * (1 / 11 + zz * (1 / 13 + zz * (1 / 15 + zz / 17)))
  return 2 * Math.abs(z) * (1 + zz * (1 / 3 + zz * (1 / 5 + zz * (1 / 7 + zz * tail))))
}

function reasonAgainst(forward: number, strike: number, tteYears: number, price: number): number {
  if (Number.isNaN(forward + strike + tteYears + price)) return NOT_A_NUMBER
  if (tteYears <= 0) return EXPIRED
  if (forward <= 0 || strike <= 0) return NOT_POSITIVE
  return price > 0 ? ABOVE_MAXIMUM : NOT_A_NUMBER
}

/**
 * Implied Bachelier (normal) volatility of each price, of forwards and strikes of any sign.
 *
 * Shapes: all columns are length n; vol and status are length n; `out` is filled and returned where it is given.
 * Units: vol in currency per √year; price in the forward's unit, discounted by the rate.
 * Range: as for {@link impliedBlack76}; there is no greatest price.
 * Fails: RangeError when columns differ in length.
 * Source: Halley's method on the logarithm of price over distance to the strike, in the logarithm of the deviations.
 */
export function impliedBachelier(prices: PriceColumns, out: ImpliedColumns = emptyImplied(prices.price.length)): ImpliedColumns {
  const n = prices.price.length
  expectRows(n, prices)
  const { price, forward, strike, tteYears, rate, side } = prices
  for (let i = 0; i < n; i++) {
    const t = tteYears[i]!
    const paid = price[i]! * Math.exp(rate[i]! * t)
    const above = forward[i]! - strike[i]!
    out.vol[i] = Number.NaN
    if (!(t > 0 && Number.isFinite(paid) && Number.isFinite(above))) {
      const isKnown = !Number.isNaN(paid + above + t) && Number.isFinite(above)
      out.status[i] = t <= 0 && !Number.isNaN(paid + above) ? EXPIRED : isKnown && paid > 0 ? ABOVE_MAXIMUM : NOT_A_NUMBER
      continue
    }
    const value = timeValueOf(paid, above, side[i]! > 0 ? 1 : -1, Math.max(Math.abs(forward[i]!), Math.abs(strike[i]!)))
    if (value <= 0) {
      out.status[i] = -value
      continue
    }
    const found = above === 0 ? value * ROOT_TWO_PI : Math.abs(above) / deviationsApart(value / Math.abs(above))
    const isFound = found > 0 && found < Number.POSITIVE_INFINITY
    out.vol[i] = isFound ? found / Math.sqrt(t) : Number.NaN
    out.status[i] = isFound ? OK : NO_SOLUTION
  }
  return out
}

/** Deviations d between forward and strike whose option is worth `ratio` of that distance: n(d) (1 - d M(d)) / d = ratio. */
function deviationsApart(ratio: number): number {
  const log = Math.log(ratio)
  let d = ratio > 0.05 ? ONE_OVER_ROOT_TWO_PI / (ratio + 0.5) : Math.sqrt(-2 * log)
  for (let step = 0; step < 40; step++) {
    const p = millsSlope(d)
    const m = mills(d) / p
    const relative = (ratio * d * ROOT_TWO_PI * Math.exp(0.5 * d * d)) / p - 1
    const f =
      relative > -1e-3 && relative < 1e-3
        ? -relative * (1 - relative * (0.5 - relative * (1 / 3 - 0.25 * relative)))
        : Math.log((p * ONE_OVER_ROOT_TWO_PI) / d) - 0.5 * d * d - log
    const slope = -1 - d * m
    const bend = -d * (m + d * (m * m - 1 - d * m))
    const newton = -f / slope
    const corrected = newton / Math.max(0.5, 1 + 0.5 * newton * (bend / slope))
    const factor = Math.exp(Math.max(-1.5, Math.min(1.5, corrected)))
    d *= factor
    if (Math.abs(corrected) <= 1e-6) break
  }
  return d
}
