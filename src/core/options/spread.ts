import { normalDensity, normalDistribution } from './mills.ts'

/** A European option on first - second - strike, all at one expiry. */
export interface SpreadOption {
  /** Forwards; both above zero, in one unit (a crack in USD/gal is brought to USD/bbl before). */
  readonly first: number
  readonly second: number
  /** Second plus strike must be above zero. */
  readonly strike: number
  readonly tteYears: number
  readonly vol1: number
  readonly vol2: number
  readonly correlation: number
  readonly rate: number
  readonly side: number
}

/** Price and deltas of a spread option. */
export interface SpreadValue {
  readonly price: number
  /** Per 1.00 of each forward. */
  readonly delta1: number
  readonly delta2: number
  /** Volatility of first over second plus strike, per √year. */
  readonly vol: number
}

/**
 * Price and deltas of a spread option by Kirk's approximation; without a strike it is Margrabe's exchange option, exact.
 *
 * Units: price discounted, in the forwards' unit; delta2 moves Kirk's volatility too.
 * Range: good to about a percent for strikes that are small against the second forward.
 * Fails: RangeError naming the input that has no meaning.
 * Source: Kirk (1995), Correlation in the energy markets; Margrabe (1978).
 */
export function priceSpread(option: SpreadOption): SpreadValue {
  const { first, second, strike, tteYears, vol1, vol2, correlation, rate } = option
  for (const name of ['first', 'second', 'tteYears', 'vol1', 'vol2'] as const)
    if (!(option[name] > 0 && option[name] < Number.POSITIVE_INFINITY))
      throw new RangeError(`${name} must be above 0, was ${option[name]}`)
  const against = second + strike
  if (!(against > 0)) throw new RangeError(`second plus strike must be above 0 for Kirk's formula, was ${against}`)
  if (!(Math.abs(correlation) <= 1)) throw new RangeError(`correlation must be from -1 to 1, was ${correlation}`)
  const share = second / against
  const variance = vol1 * vol1 - 2 * correlation * vol1 * vol2 * share + vol2 * vol2 * share * share
  // Two legs that move as one leave rounding behind, of either sign.
  const vol = Math.sqrt(Math.max(variance, 1e-16))
  const sd = vol * Math.sqrt(tteYears)
  const sign = option.side > 0 ? 1 : -1
  const d1 = Math.log(first / against) / sd + 0.5 * sd
  const [n1, n2] = [normalDistribution(sign * d1), normalDistribution(sign * (d1 - sd))]
  const discount = Math.exp(-rate * tteYears)
  const vega = discount * first * normalDensity(d1) * Math.sqrt(tteYears)
  const bend = ((vol2 * vol2 * share - correlation * vol1 * vol2) / vol) * (strike / (against * against))
  return {
    price: discount * sign * (first * n1 - against * n2),
    delta1: discount * sign * n1,
    delta2: -discount * sign * n2 + vega * bend,
    vol,
  }
}
