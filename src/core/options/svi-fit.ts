import type { SviSlice } from './chain-analysis.ts'
import { projectSvi } from './svi-project.ts'
import {
  costOf,
  fromShape,
  improve,
  PARAMETERS,
  type Scaled,
  type Shape,
  type SliceFloors,
  type SmilePoints,
  scalePoints,
  toShape,
} from './svi-search.ts'
import { solveDamped } from './svi-step.ts'

/** How points are fitted. */
export interface FitOptions {
  /** Slice to start from, instead of looking for one. */
  readonly start?: SviSlice | null
  readonly floors?: SliceFloors
  /**
   * The points are quotes, not a slice that is to be found exactly: the bend is kept among them, so that wings they do not tell do
   * not run off, and the search ends when it gains little.
   */
  readonly isQuoted?: boolean
}

/** A fitted slice. */
export interface SviFit {
  readonly slice: SviSlice
  /** Weighted sum of squares. */
  readonly cost: number
  readonly rounds: number
}

/**
 * Raw SVI through points of a smile by weighted least squares; null where fewer than three points carry weight.
 *
 * Levenberg and Marquardt with the analytic Jacobian in a box, from the best of a few starts whose linear part is solved. With three
 * or four points the place of the bend is held.
 *
 * Range: the least variance is not below 0, and no wing is steeper than Lee (2004) allows; other arbitrage is not looked for here.
 * Source: Zeliade (2009), Quasi-explicit calibration of Gatheral's SVI model, for the linear part of the starts.
 */
export function fitSvi(points: SmilePoints, { start = null, floors = {}, isQuoted = false }: FitOptions = {}): SviFit | null {
  const scaled = scalePoints(points, floors, isQuoted)
  if (!scaled) return null
  const isWhole = scaled.count >= PARAMETERS
  let best: Shape | null = null
  let cost = Number.POSITIVE_INFINITY
  let rounds = 0
  let isSettled = false
  const consider = (from: Shape) => {
    const found = improve(scaled, from, isWhole)
    rounds += found.rounds
    if (found.cost < cost) {
      cost = found.cost
      isSettled = found.isSettled
      best = from
    }
  }
  if (start) consider(toShape(start, scaled))
  else
    for (const from of starts(scaled, isWhole)) {
      consider(from)
      if (cost <= 1e-22 * scaled.count) break
    }
  if (!best) return null
  if (!isSettled && !isQuoted && isWhole && !floors.variance && !floors.density) {
    const walked = polish(scaled, best, cost)
    if (walked) return { ...walked, rounds }
  }
  return { slice: fromShape(best, scaled), cost, rounds }
}

/** The fit by variable projection, where it is better and still a smile: no wing falls, none is steeper than the bound. */
function polish(scaled: Scaled, shape: Shape, cost: number): { slice: SviSlice; cost: number } | null {
  const found = projectSvi(scaled, { m: shape[3]!, logSigma: shape[4]! })
  if (!found || !(found.cost < cost)) return null
  const { a, p, c, m, logSigma } = found
  const most = scaled.high[1]! ** 2
  const sigma = Math.exp(logSigma)
  const isSmile = c >= Math.abs(p) && c + Math.abs(p) <= most && a + sigma * Math.sqrt(c * c - p * p) >= 0
  if (!isSmile) return null
  const { height, reach, middle } = scaled
  const slice = { a: height * a, b: (c * height) / reach, rho: c > 0 ? p / c : 0, m: middle + reach * m, sigma: reach * sigma }
  return { slice, cost: found.cost }
}

/** Starts: the best linear fits over a few places and widths of the bend. */
function starts(scaled: Scaled, isWhole: boolean): Shape[] {
  const found: { shape: Shape; cost: number }[] = []
  for (const m of isWhole ? [-0.9, -0.5, -0.15, 0.15, 0.5, 0.9] : [0])
    for (const sigma of isWhole ? [0.03, 0.2, 0.8] : [0.5]) {
      const shape = linearStart(scaled, m, sigma)
      found.push({ shape, cost: costOf(scaled, shape) })
    }
  found.sort((x, y) => x.cost - y.cost)
  // The second start is one from elsewhere, so that a kink on the wrong side is not the end.
  const first = found[0]!
  const second = found.find(one => Math.sign(one.shape[3]!) !== Math.sign(first.shape[3]!))
  return second ? [first.shape, second.shape] : [first.shape]
}

/** For a given bend variance is linear in a, b rho and b; what falls outside the cone is brought to its edge. */
function linearStart({ k, w, weight }: Scaled, m: number, sigma: number): Shape {
  let [s0, s1, s2, s11, s12, s22, t0, t1, t2] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < k.length; i++) {
    const f = weight[i]! * weight[i]!
    if (f === 0) continue
    const y = k[i]! - m
    const root = Math.sqrt(y * y + sigma * sigma)
    const value = w[i]!
    s0 += f
    s1 += f * y
    s2 += f * root
    s11 += f * y * y
    s12 += f * y * root
    s22 += f * root * root
    t0 += f * value
    t1 += f * y * value
    t2 += f * root * value
  }
  const normal = Float64Array.of(s0, s1, s2, s1, s11, s12, s2, s12, s22)
  const [a, p, c] = solveDamped(normal, Float64Array.of(t0, t1, t2), 3, 1e-12) ?? [t0 / s0, 0, 0]
  const [right, left] = [Math.max(1e-4, c! + p!), Math.max(1e-4, c! - p!)]
  const least = Math.max(1e-3, a! + sigma * Math.sqrt(right * left))
  return Float64Array.of(least, Math.sqrt(right), Math.sqrt(left), m, Math.log(sigma))
}
