/** Weighted points of a smile in units of their own spread and height; a weight of 0 leaves a point out. */
export interface ProjectedPoints {
  readonly k: Float64Array
  readonly w: Float64Array
  readonly weight: Float64Array
}

/** Variance a + p y + c sqrt(y² + sigma²) with y = k - m. */
export interface ProjectedSlice {
  readonly a: number
  readonly p: number
  readonly c: number
  readonly m: number
  readonly logSigma: number
  readonly cost: number
}

const ROUNDS = 60
const MOST_PLACE = 10
const LOG_WIDTH = [Math.log(1e-5), Math.log(100)] as const

/**
 * Raw SVI by variable projection: only place and width of the bend are searched for, the rest is linear and solved each time.
 *
 * In the valleys of smiles that are nearly straight, or whose bend lies beyond the strikes, a search over all five numbers creeps; this
 * one walks. The columns are made orthogonal one after another, for their normal equations would lose half of the digits.
 *
 * Range: no bounds but those of the bend; null where the columns say the same thing.
 * Source: Golub and Pereyra (1973); the Jacobian after Kaufman (1975).
 */
export function projectSvi(points: ProjectedPoints, start: { m: number; logSigma: number }): ProjectedSlice | null {
  let here = evaluate(points, start.m, start.logSigma)
  if (!here) return null
  let damping = 1e-4
  for (let round = 0; round < ROUNDS; round++) {
    const step = stepOf(here, damping)
    if (!step) break
    const m = clamp(here.m + clamp(step[0], -1, 1), -MOST_PLACE, MOST_PLACE)
    const logSigma = clamp(here.logSigma + clamp(step[1], -1, 1), ...LOG_WIDTH)
    const next = evaluate(points, m, logSigma)
    if (next && next.cost < here.cost) {
      const isDone = here.cost - next.cost <= 1e-14 * here.cost || next.cost < 1e-31
      here = next
      damping = Math.max(1e-15, damping * 0.1)
      if (isDone) break
    } else {
      if (damping > 1e8 || Math.abs(m - here.m) + Math.abs(logSigma - here.logSigma) < 1e-14) break
      damping = damping < 1e-8 ? damping * 1e3 : damping * 8
    }
  }
  const { a, p, c, m, logSigma, cost } = here
  return { a, p, c, m, logSigma, cost }
}

interface State extends ProjectedSlice {
  readonly residual: Float64Array
  /** What the residual moves by with place and with width, the linear part solved anew. */
  readonly slopes: readonly [Float64Array, Float64Array]
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

function evaluate({ k, w, weight }: ProjectedPoints, m: number, logSigma: number): State | null {
  const sigma = Math.exp(logSigma)
  const n = k.length
  const y = k.map(x => x - m)
  const root = y.map(x => Math.sqrt(x * x + sigma * sigma))
  const columns = [weight.slice(), y.map((x, i) => weight[i]! * x), root.map((x, i) => weight[i]! * x)]
  const target = w.map((x, i) => weight[i]! * x)
  const basis: Float64Array[] = []
  const upper = new Float64Array(9)
  for (let j = 0; j < 3; j++) {
    const column = columns[j]!
    const size = norm(column)
    // Twice, so that what is left is at right angles to rounding.
    for (let pass = 0; pass < 2; pass++) for (let i = 0; i < j; i++) upper[3 * i + j]! += takeAway(column, basis[i]!)
    const left = norm(column)
    if (!(left > 1e-13 * size)) return null
    upper[4 * j] = left
    for (let i = 0; i < n; i++) column[i]! /= left
    basis.push(column)
  }
  const along = new Float64Array(3)
  for (let pass = 0; pass < 2; pass++) for (let j = 0; j < 3; j++) along[j]! += takeAway(target, basis[j]!)
  const c = along[2]! / upper[8]!
  const p = (along[1]! - upper[5]! * c) / upper[4]!
  const a = (along[0]! - upper[1]! * p - upper[2]! * c) / upper[0]!
  const byPlace = root.map((r, i) => weight[i]! * (p + (c * y[i]!) / r))
  const byWidth = root.map((r, i) => (-weight[i]! * c * sigma * sigma) / r)
  for (const column of [byPlace, byWidth]) for (let pass = 0; pass < 2; pass++) for (const one of basis) takeAway(column, one)
  return { a, p, c, m, logSigma, cost: dot(target, target), residual: target, slopes: [byPlace, byWidth] }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const norm = (a: Float64Array) => Math.sqrt(dot(a, a))

/** Takes from a column its part along a unit column; answers how much that was. */
function takeAway(column: Float64Array, unit: Float64Array): number {
  const part = dot(column, unit)
  for (let i = 0; i < column.length; i++) column[i]! -= part * unit[i]!
  return part
}

/** Damped step of place and width against the residual w - model. */
function stepOf({ residual, slopes: [x, z] }: State, damping: number): [number, number] | null {
  const [xx, xz, zz] = [dot(x, x) * (1 + damping), dot(x, z), dot(z, z) * (1 + damping)]
  const [rx, rz] = [-dot(x, residual), -dot(z, residual)]
  const determinant = xx * zz - xz * xz
  if (!(determinant > 0)) return xx > 0 ? [rx / xx, 0] : null
  return [(rx * zz - rz * xz) / determinant, (rz * xx - rx * xz) / determinant]
}
