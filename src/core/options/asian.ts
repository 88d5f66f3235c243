import { priceBlack76 } from './european.ts'

/** A European option on the arithmetic mean of prices at some times, on one underlying or a strip. */
export interface AsianOption {
  /** Of the fixings to come, in rising order. */
  readonly times: Float64Array
  /** Forward of each fixing. */
  readonly forwards: Float64Array
  /** Volatility per √year to each fixing. */
  readonly vols: Float64Array
  readonly strike: number
  /** When it is paid, in years: at or after the last fixing. */
  readonly tteYears: number
  readonly rate: number
  readonly side: number
  /** Fixings that have been, and their sum. */
  readonly past?: { readonly count: number; readonly sum: number }
}

/** Price of an average-price option and the lognormal that stands for its mean. */
export interface AsianValue {
  readonly price: number
  /** Expected mean of all fixings. */
  readonly mean: number
  /** Per √year, of the mean of the fixings to come. */
  readonly vol: number
}

/**
 * Price of an average-price option by matching the first two moments of the mean with a lognormal.
 *
 * Units: price discounted, in the forwards' unit.
 * Range: with so many past fixings that the strike is behind already, a call is a forward and a put is nothing.
 * Fails: RangeError for no fixing, columns of different lengths, times that fall, or inputs without meaning.
 * Source: Turnbull and Wakeman (1991), in discrete time as in Haug (2007), 4.20.4.
 */
export function priceAsian(option: AsianOption): AsianValue {
  const { times, forwards, vols, strike, tteYears, rate, side, past = { count: 0, sum: 0 } } = option
  const n = times.length
  if (n === 0) throw new RangeError('an average needs at least one fixing to come')
  if (forwards.length !== n || vols.length !== n) throw new RangeError(`forwards and vols must have ${n} rows like times`)
  const variance = times.map((t, i) => vols[i]! * vols[i]! * t)
  for (let i = 0; i < n; i++) {
    if (!(forwards[i]! > 0 && vols[i]! >= 0 && times[i]! >= 0))
      throw new RangeError(`fixing ${i + 1} has a forward, vol or time without meaning`)
    if (i > 0 && !(times[i]! >= times[i - 1]!)) throw new RangeError(`times must not fall, fixing ${i + 1} does`)
  }
  // E of the square: with S_i = F_i times a martingale, E S_i S_j = F_i F_j exp(variance to the earlier of both).
  let first = 0
  let second = 0
  let after = 0
  for (let i = n - 1; i >= 0; i--) {
    const f = forwards[i]!
    first += f
    second += f * (f + 2 * after) * Math.exp(variance[i]!)
    after += f
  }
  const total = n + past.count
  const forward = first / total
  const left = strike - past.sum / total
  const sd = Math.sqrt(Math.max(0, Math.log(second / (first * first))))
  const mean = forward + past.sum / total
  const discount = Math.exp(-rate * tteYears)
  const vol = tteYears > 0 ? sd / Math.sqrt(tteYears) : 0
  if (left <= 0) return { price: side > 0 ? discount * (mean - strike) : 0, mean, vol }
  const one = (x: number) => Float64Array.of(x)
  const columns = {
    forward: one(forward),
    strike: one(left),
    tteYears: one(tteYears),
    vol: one(vol),
    rate: one(rate),
    side: Int8Array.of(side),
  }
  return { price: priceBlack76(columns).price[0]!, mean, vol }
}
