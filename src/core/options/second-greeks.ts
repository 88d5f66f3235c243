import { emptySecondGreeks, expectRows, type OptionColumns, type SecondGreekColumns } from './columns.ts'
import { mills, ONE_OVER_ROOT_TWO_PI } from './mills.ts'

/**
 * Vanna, volga and charm of each European option; apart from the first Greeks, so that their loop stays short.
 *
 * Shapes: all columns are length n; `out` is filled and returned where it is given.
 * Units: vanna and volga per 1.00 of volatility; charm is the change of delta per year of passing time.
 * Range: 0 where there is no diffusion left (expired, no volatility), but for the charm of a sure exercise; NaN for a NaN.
 * Fails: RangeError when a column has another length.
 * Source: derivatives of Merton (1973); held to finite differences in the tests. Black-76 is yieldRate = rate.
 */
export function secondGreeks(
  options: OptionColumns,
  out: SecondGreekColumns = emptySecondGreeks(options.spot.length),
): SecondGreekColumns {
  const n = options.spot.length
  expectRows(n, options)
  const { spot, strike, tteYears, vol, rate, yieldRate, side } = options
  for (let i = 0; i < n; i++) {
    const s = spot[i]!
    const k = strike[i]!
    const t = tteYears[i]!
    const v = vol[i]!
    const r = rate[i]!
    const q = yieldRate[i]!
    const isCall = side[i]! > 0
    if (!(s > 0 && k > 0 && t > 0 && v > 0 && v < Number.POSITIVE_INFINITY)) {
      atTheEdge(i, options, out)
      continue
    }
    const rootT = Math.sqrt(t)
    const sd = v * rootT
    const carry = Math.exp(-q * t)
    const d1 = (Math.log(s / k) + (r - q) * t) / sd + 0.5 * sd
    const d2 = d1 - sd
    const density = ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d1 * d1)
    const tail = density * mills(Math.abs(d1))
    const inside = isCall === d1 >= 0 ? 1 - tail : tail
    // Where the density is nothing d1 may be endless, and 0 times endless is not a number.
    const slope = density === 0 ? 0 : carry * density
    out.vanna[i] = slope === 0 ? 0 : (-slope * d2) / v
    out.volga[i] = slope === 0 ? 0 : (s * slope * rootT * d1 * d2) / v
    const drift = slope === 0 ? 0 : (slope * (2 * (r - q) * t - d2 * sd)) / (2 * t * sd)
    out.charm[i] = (isCall ? q * carry * inside : -q * carry * inside) - drift
  }
  return out
}

function atTheEdge(i: number, { spot, strike, tteYears, vol, rate, yieldRate, side }: OptionColumns, out: SecondGreekColumns) {
  const t = Math.max(0, tteYears[i]!)
  const [s, k, r, q] = [spot[i]!, strike[i]!, rate[i]!, yieldRate[i]!]
  const isKnown = s >= 0 && k >= 0 && !Number.isNaN(tteYears[i]!) && vol[i]! >= 0 && Number.isFinite((r - q) * t)
  const sign = side[i]! > 0 ? 1 : -1
  const isInside = sign * (s * Math.exp(-q * t) - k * Math.exp(-r * t)) > 0
  const nothing = isKnown ? 0 : Number.NaN
  out.vanna[i] = nothing
  out.volga[i] = nothing
  out.charm[i] = isKnown && isInside ? sign * q * Math.exp(-q * t) : nothing
}
