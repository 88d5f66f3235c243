/** One volatility of a smile, and how far it may be off. */
export interface SmilePoint {
  readonly row: number
  readonly strike: number
  /** ln(strike / forward). */
  readonly k: number
  readonly vol: number
  /** Standard deviation of the volatility within its quote's spread. */
  readonly sd: number
}

/** What the other quotes say a volatility should be. */
export interface SmileAround {
  readonly vol: number
  /** Standard error of that. */
  readonly error: number
  /** Quotes that it rests on. */
  readonly sampleSize: number
}

/** Strikes taken on each side: enough to see through three bad ones, few enough that a parabola follows any smile there. */
const STRIKES_A_SIDE = 6
const ROUNDS = 6
/** Tukey's biweight loses nothing beyond this many deviations; 4.685 keeps 95 % efficiency on clean data. */
const BIWEIGHT = 4.685
/** Huber's turning point for the rounds that find the way to the biweight. */
const HUBER = 1.345
const TO_DEVIATION = 1.4826

function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const half = values.length >> 1
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2
}

/** Points of the nearest strikes on one side of `at`, nearest first; `step` is -1 towards lower strikes. */
function nearest(points: readonly SmilePoint[], at: number, k: number, step: 1 | -1): SmilePoint[] {
  const taken: SmilePoint[] = []
  let strikes = 0
  let last = Number.NaN
  for (let j = at; j >= 0 && j < points.length; j += step) {
    const point = points[j]!
    if (point.k === k) continue
    if (point.strike !== last) {
      if (++strikes > STRIKES_A_SIDE) break
      last = point.strike
    }
    taken.push(point)
  }
  return taken
}

/** Intercept of a weighted parabola through (x, y), its variance at unit noise, and its values; null where it is not determined. */
function parabola(
  x: readonly number[],
  y: readonly number[],
  w: readonly number[],
): { at: (x: number) => number; variance: number } | null {
  let [s0, s1, s2, s3, s4, t0, t1, t2] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let j = 0; j < x.length; j++) {
    const u = x[j]!
    const weight = w[j]!
    const wu = weight * u
    const wuu = wu * u
    s0 += weight
    s1 += wu
    s2 += wuu
    s3 += wuu * u
    s4 += wuu * u * u
    t0 += weight * y[j]!
    t1 += wu * y[j]!
    t2 += wuu * y[j]!
  }
  const c00 = s2 * s4 - s3 * s3
  const c01 = s2 * s3 - s1 * s4
  const c02 = s1 * s3 - s2 * s2
  const determinant = s0 * c00 + s1 * c01 + s2 * c02
  if (!(determinant > 1e-9 * s0 * s2 * s4)) return null
  const a = (c00 * t0 + c01 * t1 + c02 * t2) / determinant
  const b = (c01 * t0 + (s0 * s4 - s2 * s2) * t1 + (s1 * s2 - s0 * s3) * t2) / determinant
  const c = (c02 * t0 + (s1 * s2 - s0 * s3) * t1 + (s0 * s2 - s1 * s1) * t2) / determinant
  return { at: u => a + u * (b + u * c), variance: c00 / determinant }
}

/**
 * The volatility that the quotes of the neighbouring strikes imply at log-moneyness `k`, without the row in question.
 *
 * A parabola through the nearest six strikes on each side, weighted by their spreads and refitted with falling weights for those far off,
 * so that a second bad quote nearby does not bend it. Both quotes of other strikes count; the other side of the same strike does not,
 * since what moves one often moves both.
 * Range: null with fewer than two strikes on a side or five in all: a parabola that reaches beyond its points says nothing.
 * Source: Huber (1964) to start, Beaton and Tukey (1974) to end.
 */
export function smileAround(points: readonly SmilePoint[], row: number, k: number): SmileAround | null {
  let split = points.findIndex(point => point.k >= k)
  if (split < 0) split = points.length
  const below = nearest(points, split - 1, k, -1)
  const above = nearest(points, split, k, 1)
  const strikes = (side: readonly SmilePoint[]) => new Set(side.map(point => point.strike)).size
  if (strikes(below) < 2 || strikes(above) < 2 || strikes(below) + strikes(above) < 5) return null
  const near = [...below, ...above].filter(point => point.row !== row)
  const reach = Math.max(...near.map(point => Math.abs(point.k - k)))
  const x = near.map(point => (point.k - k) / reach)
  const y = near.map(point => point.vol)
  const usual = near.map(point => 1 / (point.sd * point.sd))
  let w = usual
  let fit = parabola(x, y, w)
  let scale = 1
  for (let round = 0; fit && round < ROUNDS; round++) {
    const off = near.map((point, j) => Math.abs(y[j]! - fit!.at(x[j]!)) / point.sd)
    scale = Math.max(1, TO_DEVIATION * median([...off]))
    w = off.map((u, j) => {
      const z = u / scale
      if (round < ROUNDS / 2) return usual[j]! * Math.min(1, HUBER / z)
      const rest = 1 - (z / BIWEIGHT) ** 2
      return rest > 0 ? usual[j]! * rest * rest : 0
    })
    fit = parabola(x, y, w)
  }
  if (!fit) return null
  return {
    vol: fit.at(0),
    error: scale * Math.sqrt(Math.max(0, fit.variance)),
    sampleSize: w.filter(weight => weight > 0).length,
  }
}
