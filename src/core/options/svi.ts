import type { SviSlice } from './chain-analysis.ts'

/** Total variance of a slice and its first two derivatives in log-moneyness. */
export interface SviShape {
  value: number
  slope: number
  bend: number
}

/** Total variance (vol² T) at a log-moneyness k = ln(strike / forward). */
export function sviVariance({ a, b, rho, m, sigma }: SviSlice, k: number): number {
  const y = k - m
  return a + b * (rho * y + Math.sqrt(y * y + sigma * sigma))
}

/** Total variance with its derivatives; `out` is filled. */
export function sviShape({ a, b, rho, m, sigma }: SviSlice, k: number, out: SviShape): void {
  const y = k - m
  const square = y * y + sigma * sigma
  const root = Math.sqrt(square)
  out.value = a + b * (rho * y + root)
  out.slope = b * (rho + (root > 0 ? y / root : 0))
  out.bend = root > 0 ? (b * sigma * sigma) / (square * root) : 0
}

/** Volatility per √year at a log-moneyness; NaN where the slice has no variance there. */
export function smileVol(slice: SviSlice, k: number, tteYears: number): number {
  const w = sviVariance(slice, k)
  return w >= 0 && tteYears > 0 ? Math.sqrt(w / tteYears) : Number.NaN
}

/** Slope of volatility in log-moneyness. */
export function smileSlope(slice: SviSlice, k: number, tteYears: number): number {
  const at: SviShape = { value: 0, slope: 0, bend: 0 }
  sviShape(slice, k, at)
  return at.value > 0 && tteYears > 0 ? at.slope / (2 * Math.sqrt(at.value * tteYears)) : Number.NaN
}

/** The slice in terms that a trader can see: at-the-money variance and skew, slopes of both wings, and the least variance. */
export interface SviJumpWings {
  /** Variance at the money, per year. */
  readonly v: number
  /** Slope of volatility at the money, in units of √total variance. */
  readonly psi: number
  /** Slope of the left wing and of the right one. */
  readonly p: number
  readonly c: number
  /** Least variance, per year. */
  readonly least: number
}

/**
 * Jump-wings form of a slice.
 *
 * Source: Gatheral and Jacquier (2014), Arbitrage-free SVI volatility surfaces, equation 3.5.
 */
export function toJumpWings({ a, b, rho, m, sigma }: SviSlice, tteYears: number): SviJumpWings {
  const root = Math.sqrt(m * m + sigma * sigma)
  const w = a + b * (root - rho * m)
  const scale = b / Math.sqrt(w)
  return {
    v: w / tteYears,
    psi: 0.5 * scale * (rho - m / root),
    p: scale * (1 - rho),
    c: scale * (1 + rho),
    least: (a + b * sigma * Math.sqrt(1 - rho * rho)) / tteYears,
  }
}

/**
 * The slice of a jump-wings form, null where there is none (its skew is steeper than its wings).
 *
 * Source: Gatheral and Jacquier (2014), lemma 3.2, with the case of a minimum at the money.
 */
export function fromJumpWings({ v, psi, p, c, least }: SviJumpWings, tteYears: number): SviSlice | null {
  const w = v * tteYears
  const root = Math.sqrt(w)
  const b = 0.5 * root * (p + c)
  const rho = 1 - (p * root) / b
  const beta = rho - (2 * psi * root) / b
  if (!(b > 0 && Math.abs(beta) < 1 && Math.abs(rho) < 1)) return null
  // sqrt(m² + sigma²) - m beta-wise: with m/sqrt(m² + sigma²) = beta, m = beta r and sigma = r sqrt(1 - beta²).
  const share = 1 - rho * beta - Math.sqrt(1 - rho * rho) * Math.sqrt(1 - beta * beta)
  const gap = (v - least) * tteYears
  if (share < 1e-14) {
    // The least variance is the one at the money, whatever sigma is: it is not told by these five numbers.
    return null
  }
  const r = gap / (b * share)
  const [m, sigma] = [beta * r, r * Math.sqrt(1 - beta * beta)]
  return sigma > 0 ? { a: least * tteYears - b * sigma * Math.sqrt(1 - rho * rho), b, rho, m, sigma } : null
}
