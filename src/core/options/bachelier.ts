import {
  emptyGreeks,
  emptySecondGreeks,
  expectRows,
  type ForwardColumns,
  type GreekColumns,
  type SecondGreekColumns,
} from './columns.ts'
import { mills, millsSlope, ONE_OVER_ROOT_TWO_PI } from './mills.ts'

/**
 * Bachelier (normal) price and Greeks of each option on a forward or future, which may be zero or negative.
 *
 * Shapes: all columns are length n; `out` and `second` are filled where they are given.
 * Units: forward, strike and price in currency; vol in currency per √year; vega per 1.00 of that; theta per year; rho per 1.00.
 * Range: without volatility or time left the option is worth its discounted intrinsic value; a NaN in a row makes it NaN.
 * Fails: RangeError when a column has another length.
 * Source: Bachelier (1900); out of the money by Mills' ratio, so that a price far out keeps its relative accuracy.
 */
export function priceBachelier(
  options: ForwardColumns,
  out: GreekColumns = emptyGreeks(options.forward.length),
  second: SecondGreekColumns | null = null,
): GreekColumns {
  const n = options.forward.length
  expectRows(n, options)
  const { forward, strike, tteYears, vol, rate, side } = options
  for (let i = 0; i < n; i++) {
    const t = tteYears[i]!
    const v = vol[i]!
    const r = rate[i]!
    const sign = side[i]! > 0 ? 1 : -1
    const above = forward[i]! - strike[i]!
    if (!(t > 0 && v > 0 && v < Number.POSITIVE_INFINITY && Math.abs(above) < Number.POSITIVE_INFINITY)) {
      withoutDiffusion(i, options, out, second)
      continue
    }
    const rootT = Math.sqrt(t)
    const sd = v * rootT
    const discount = Math.exp(-r * t)
    const d = above / sd
    const far = Math.abs(d)
    const density = discount * ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d * d)
    const isInside = sign * above > 0
    const otm = density === 0 ? 0 : sd * density * millsSlope(far)
    const value = isInside ? otm + discount * Math.abs(above) : otm
    const tail = density * mills(far)
    const delta = sign * (isInside ? discount - tail : tail)
    out.price[i] = value
    out.delta[i] = delta
    out.gamma[i] = density / sd
    out.vega[i] = density * rootT
    out.theta[i] = r * value - (0.5 * density * v) / rootT
    out.rho[i] = -t * value
    if (!second) continue
    // Far away d may be endless where the density is nothing.
    const bent = density === 0 ? 0 : density * d
    second.vanna[i] = -bent / v
    second.volga[i] = density === 0 ? 0 : (bent * d * rootT) / v
    second.charm[i] = r * delta + bent / (2 * t)
  }
  return out
}

/** Vanna, volga and charm beside price and Greeks of {@link priceBachelier}. */
export function secondBachelier(options: ForwardColumns): SecondGreekColumns {
  const second = emptySecondGreeks(options.forward.length)
  priceBachelier(options, emptyGreeks(options.forward.length), second)
  return second
}

function withoutDiffusion(
  i: number,
  { forward, strike, tteYears, vol, rate, side }: ForwardColumns,
  out: GreekColumns,
  second: SecondGreekColumns | null,
): void {
  const t = Math.max(0, tteYears[i]!)
  const sign = side[i]! > 0 ? 1 : -1
  const discount = Math.exp(-rate[i]! * t)
  const inside = sign * (forward[i]! - strike[i]!)
  const isKnown = Number.isFinite(inside) && vol[i]! >= 0 && vol[i]! < Number.POSITIVE_INFINITY && Number.isFinite(discount)
  const nothing = isKnown && !Number.isNaN(tteYears[i]!) ? 0 : Number.NaN
  const share = inside > 0 ? discount : 0
  out.price[i] = share * inside + nothing
  out.delta[i] = sign * share + nothing
  out.gamma[i] = nothing
  out.vega[i] = nothing
  out.theta[i] = rate[i]! * share * inside + nothing
  out.rho[i] = -t * share * inside + nothing
  if (!second) return
  second.vanna[i] = nothing
  second.volga[i] = nothing
  second.charm[i] = rate[i]! * sign * share + nothing
}
