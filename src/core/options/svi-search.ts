import { durrleman } from './arbitrage.ts'
import type { SviSlice } from './chain-analysis.ts'
import { solveDamped } from './svi-step.ts'

/** Points of one smile as columns of one length. */
export interface SmilePoints {
  /** ln(strike / forward). */
  readonly k: Float64Array
  /** Total variance, vol² T. */
  readonly variance: Float64Array
  /** One over the uncertainty of the variance; 0 leaves a point out. */
  readonly weight: Float64Array
}

/** A penalty on total variance below a floor, as of an earlier expiry. */
export interface VarianceFloor {
  readonly k: Float64Array
  readonly floor: Float64Array
  /** As for points. */
  readonly weight: number
}

/** A penalty on Durrleman's g below a margin. */
export interface DensityFloor {
  readonly k: Float64Array
  readonly margin: number
  /** As for points, for a g that is short by 1. */
  readonly weight: number
}

/** What a fit must not fall below, each softly. */
export interface SliceFloors {
  readonly variance?: VarianceFloor | null
  readonly density?: DensityFloor | null
}

/*
 * With u = b(1 + rho) and v = b(1 - rho) the slopes of the wings, U² = u, V² = v, and e = (root + y) / sigma, y = k - m,
 *   w = A + (sigma/2) (U sqrt(e) - V / sqrt(e))²,   A = a + b sigma sqrt(1 - rho²) the least variance.
 * All that makes a slice a smile (A >= 0, |rho| <= 1) and keeps its wings within Lee's bound (u, v <= 2) is then a box, nothing
 * cancels for smiles that are nearly straight, and every derivative is there at the edges of the box.
 */
export const PARAMETERS = 5
const STEEPEST = Math.SQRT2

/** Five numbers (A, U, V, m, ln sigma), in units of the points' own spread and height. */
export type Shape = Float64Array

/** Points in units of their own spread and height, and the box of the search. */
export interface Scaled {
  readonly k: Float64Array
  readonly w: Float64Array
  readonly weight: Float64Array
  readonly count: number
  readonly middle: number
  readonly reach: number
  readonly height: number
  readonly leastGain: number
  readonly mostRounds: number
  readonly low: Shape
  readonly high: Shape
  readonly floor: { readonly k: Float64Array; readonly w: Float64Array; readonly weight: number } | null
  readonly density: DensityFloor | null
}

const scratch = { normal: new Float64Array(PARAMETERS * PARAMETERS), right: new Float64Array(PARAMETERS) }

/** Points brought to a spread of one and a height of one; null where fewer than three carry weight. */
export function scalePoints(
  { k, variance, weight }: SmilePoints,
  { variance: floor, density }: SliceFloors,
  isQuoted: boolean,
): Scaled | null {
  let [count, low, high, height, heaviest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (let i = 0; i < k.length; i++) {
    if (!(weight[i]! > 0)) continue
    count += 1
    low = Math.min(low, k[i]!)
    high = Math.max(high, k[i]!)
    height = Math.max(height, Math.abs(variance[i]!))
    heaviest = Math.max(heaviest, weight[i]!)
  }
  if (count < 3 || !(high > low) || !(height > 0)) return null
  const middle = 0.5 * (low + high)
  const reach = 0.5 * (high - low)
  const slope = Math.sqrt(height / reach)
  const top = heaviest * height
  const most = Math.min(1e3, STEEPEST / slope)
  return {
    k: shifted(k, middle, reach),
    w: shifted(variance, 0, height),
    weight: shifted(weight, 0, heaviest),
    count,
    middle,
    reach,
    height,
    low: Float64Array.of(0, 0, 0, isQuoted ? -1 : -10, Math.log(isQuoted ? 1e-3 : 1e-5)),
    high: Float64Array.of(1e3, most, most, isQuoted ? 1 : 10, Math.log(isQuoted ? 2 : 100)),
    leastGain: isQuoted ? 1e-4 : 1e-10,
    mostRounds: isQuoted ? 30 : 40,
    floor: floor
      ? { k: floor.k.map(x => (x - middle) / reach), w: floor.floor.map(w => w / height), weight: (floor.weight * height) / top }
      : null,
    density: density ? { ...density, weight: density.weight / top } : null,
  }
}

function varianceOf(shape: Shape, k: number): number {
  const sigma = Math.exp(shape[4]!)
  const y = k - shape[3]!
  const root = Math.sqrt(y * y + sigma * sigma)
  const e = y > 0 ? (root + y) / sigma : sigma / (root - y)
  const half = Math.sqrt(e)
  const z = shape[1]! * half - shape[2]! / half
  return shape[0]! + 0.5 * sigma * z * z
}

function shifted(column: Float64Array, by: number, size: number): Float64Array {
  const out = new Float64Array(column.length)
  for (let i = 0; i < out.length; i++) out[i] = (column[i]! - by) / size
  return out
}

/** Weighted sum of squares, penalties among them. */
export function costOf(scaled: Scaled, shape: Shape): number {
  const { k, w, weight, floor } = scaled
  let cost = 0
  for (let i = 0; i < k.length; i++) {
    if (weight[i] === 0) continue
    const off = weight[i]! * (varianceOf(shape, k[i]!) - w[i]!)
    cost += off * off
  }
  if (floor)
    for (let i = 0; i < floor.k.length; i++) {
      const under = floor.weight * (floor.w[i]! - varianceOf(shape, floor.k[i]!))
      if (under > 0) cost += under * under
    }
  const { density } = scaled
  if (density) {
    const slice = fromShape(shape, scaled)
    for (const k of density.k) {
      const under = density.weight * (density.margin - durrleman(slice, k))
      if (under > 0) cost += under * under
    }
  }
  return cost
}

/** Adds one point to the normal equations; answers its residual. */
function addPoint(shape: Shape, sigma: number, k: number, w: number, weight: number, onlyBelow: boolean): number {
  const [A, U, V, m] = shape as unknown as [number, number, number, number]
  const { normal, right } = scratch
  const y = k - m
  const root = Math.sqrt(y * y + sigma * sigma)
  const e = y > 0 ? (root + y) / sigma : sigma / (root - y)
  const half = Math.sqrt(e)
  const z = U * half - V / half
  const off = weight * (A + 0.5 * sigma * z * z - w)
  if (onlyBelow && off >= 0) return 0
  const c = 0.5 * (U * U + V * V)
  const j0 = weight
  const j1 = weight * sigma * z * half
  const j2 = (-weight * sigma * z) / half
  const j3 = -weight * (0.5 * (U * U - V * V) + (c * y) / root)
  const j4 = weight * sigma * ((c * sigma) / root - U * V)
  normal[0]! += j0 * j0
  normal[5]! += j1 * j0
  normal[6]! += j1 * j1
  normal[10]! += j2 * j0
  normal[11]! += j2 * j1
  normal[12]! += j2 * j2
  normal[15]! += j3 * j0
  normal[16]! += j3 * j1
  normal[17]! += j3 * j2
  normal[18]! += j3 * j3
  normal[20]! += j4 * j0
  normal[21]! += j4 * j1
  normal[22]! += j4 * j2
  normal[23]! += j4 * j3
  normal[24]! += j4 * j4
  right[0]! -= j0 * off
  right[1]! -= j1 * off
  right[2]! -= j2 * off
  right[3]! -= j3 * off
  right[4]! -= j4 * off
  return off
}

function assemble(scaled: Scaled, shape: Shape): void {
  const { k, w, weight, floor } = scaled
  const sigma = Math.exp(shape[4]!)
  scratch.normal.fill(0)
  scratch.right.fill(0)
  for (let i = 0; i < k.length; i++) if (weight[i]! > 0) addPoint(shape, sigma, k[i]!, w[i]!, weight[i]!, false)
  if (floor) for (let i = 0; i < floor.k.length; i++) addPoint(shape, sigma, floor.k[i]!, floor.w[i]!, floor.weight, true)
  if (scaled.density) addDensity(scaled, scaled.density, shape)
}

const NUDGE = 1e-6

/** Adds where g is short of its margin; its derivatives are differences. */
function addDensity(scaled: Scaled, { k, margin, weight }: DensityFloor, shape: Shape): void {
  const { normal, right } = scratch
  const here = fromShape(shape, scaled)
  const nudged = Array.from(shape, (value, j) => {
    const moved = shape.slice()
    moved[j] = value + NUDGE * (1 + Math.abs(value))
    return { slice: fromShape(moved, scaled), by: moved[j]! - value }
  })
  const slopes = new Float64Array(PARAMETERS)
  for (const place of k) {
    const g = durrleman(here, place)
    if (g >= margin) continue
    nudged.forEach(({ slice, by }, j) => {
      slopes[j] = (weight * (durrleman(slice, place) - g)) / by
    })
    const off = weight * (g - margin)
    for (let i = 0; i < PARAMETERS; i++) {
      right[i]! -= slopes[i]! * off
      for (let j = 0; j <= i; j++) normal[i * PARAMETERS + j]! += slopes[i]! * slopes[j]!
    }
  }
}

/** Levenberg and Marquardt from a shape, in place; numbers at an edge that the slope pushes outward are held there. */
export function improve(scaled: Scaled, shape: Shape, isWhole: boolean): { cost: number; rounds: number; isSettled: boolean } {
  const { low, high } = scaled
  const { normal, right } = scratch
  const matrix = new Float64Array(PARAMETERS * PARAMETERS)
  const push = new Float64Array(PARAMETERS)
  const tried = new Float64Array(PARAMETERS)
  for (let j = 0; j < PARAMETERS; j++) shape[j] = Math.min(high[j]!, Math.max(low[j]!, shape[j]!))
  let cost = costOf(scaled, shape)
  let damping = 1e-3
  let round = 0
  let isFresh = false
  let isSettled = false
  for (; round < scaled.mostRounds; round++) {
    if (!isFresh) assemble(scaled, shape)
    isFresh = true
    matrix.set(normal)
    push.set(right)
    for (let j = 0; j < PARAMETERS; j++) {
      const isOut = (shape[j]! <= low[j]! && right[j]! <= 0) || (shape[j]! >= high[j]! && right[j]! >= 0)
      if (isOut || (!isWhole && j > 2)) hold(matrix, push, j)
    }
    const step = solveDamped(matrix, push, PARAMETERS, damping)
    if (!step) {
      damping = Math.max(1e-12, damping * 10)
      if (damping > 1e12) break
      continue
    }
    let moved = 0
    for (let j = 0; j < PARAMETERS; j++) {
      tried[j] = Math.min(high[j]!, Math.max(low[j]!, shape[j]! + Math.max(-2, Math.min(2, step[j]!))))
      moved = Math.max(moved, Math.abs(tried[j]! - shape[j]!))
    }
    const next = costOf(scaled, tried)
    if (next < cost) {
      const gain = cost - next
      shape.set(tried)
      isFresh = false
      const isDone = gain <= scaled.leastGain * cost && damping < 1
      cost = next
      damping = Math.max(1e-15, damping * 0.1)
      isSettled = isDone || cost < 1e-30
      if (isSettled) break
    } else {
      isSettled = moved < 1e-13
      if (isSettled || damping > 1e10) break
      damping *= damping < 1e-8 ? 1e4 : 8
    }
  }
  return { cost, rounds: round, isSettled }
}

function hold(matrix: Float64Array, push: Float64Array, j: number): void {
  for (let i = 0; i < PARAMETERS; i++) {
    matrix[j * PARAMETERS + i] = 0
    matrix[i * PARAMETERS + j] = 0
  }
  matrix[j * PARAMETERS + j] = 1
  push[j] = 0
}

/** The slice in the units of the points. */
export function fromShape(shape: Shape, { middle, reach, height }: Scaled): SviSlice {
  const [A, U, V, m, logSigma] = shape as unknown as [number, number, number, number, number]
  const sigma = Math.exp(logSigma)
  const [u, v] = [U * U, V * V]
  const b = 0.5 * (u + v)
  const rho = b > 0 ? (u - v) / (u + v) : 0
  return {
    a: height * (A - sigma * U * V),
    b: (b * height) / reach,
    rho,
    m: middle + reach * m,
    sigma: reach * sigma,
  }
}

/** The numbers of a slice, within the box. */
export function toShape({ a, b, rho, m, sigma }: SviSlice, { middle, reach, height, low, high }: Scaled): Shape {
  const slope = (b * reach) / height
  const wide = sigma / reach
  const shape = Float64Array.of(
    a / height + slope * wide * Math.sqrt(1 - rho * rho),
    Math.sqrt(slope * (1 + rho)),
    Math.sqrt(slope * (1 - rho)),
    (m - middle) / reach,
    Math.log(wide),
  )
  return shape.map((x, j) => Math.min(high[j]!, Math.max(low[j]!, x)))
}
