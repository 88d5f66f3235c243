import { number, whole } from '../../kit/define.ts'
import { type DetectContext, defineDetector } from './detector.ts'
import type { Finding } from './finding.ts'

/** Slope of the decay is looked for in [0, 1], as the reference does. */
const STEEPEST = 1
const STEPS = 400
const POLISH = 60
const GOLDEN = (Math.sqrt(5) - 1) / 2

interface Point {
  readonly row: number
  readonly distance: number
  readonly mid: number
}

/** Sum of squared errors of the best a in a exp(-b x) at a given b, and that a. */
function decayAt(points: readonly Point[], b: number): { a: number; error: number } {
  let top = 0
  let bottom = 0
  for (const { distance, mid } of points) {
    const e = Math.exp(-b * distance)
    top += mid * e
    bottom += e * e
  }
  const a = Math.max(0, top / bottom)
  let error = 0
  for (const { distance, mid } of points) error += (mid - a * Math.exp(-b * distance)) ** 2
  return { a, error }
}

/** Least-squares fit of mid = a exp(-b distance) with a > 0 and 0 <= b <= 1: the best of a grid, then golden section around it. */
function fitDecay(points: readonly Point[]): { a: number; b: number } {
  let best = 0
  for (let step = 1; step <= STEPS; step++)
    if (decayAt(points, (step * STEEPEST) / STEPS).error < decayAt(points, (best * STEEPEST) / STEPS).error) best = step
  let from = (Math.max(0, best - 1) * STEEPEST) / STEPS
  let to = (Math.min(STEPS, best + 1) * STEEPEST) / STEPS
  for (let round = 0; round < POLISH; round++) {
    const [low, high] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)]
    if (decayAt(points, low).error < decayAt(points, high).error) to = high
    else from = low
  }
  const b = (from + to) / 2
  return { a: decayAt(points, b).a, b }
}

interface Values {
  readonly threshold: number
  readonly strikes: number
  readonly leastDeviation: number
}

/** Rows of one side from the strike at the money outwards. */
function series({ analysis: { chain }, quotes }: DetectContext, expiry: number, side: 1 | -1, strikes: number): Point[] {
  const { from, to } = chain.expiries[expiry]!
  const middle = Math.round((chain.spotBid + chain.spotAsk) / 2)
  const points: Point[] = []
  for (let row = from; row < to; row++) {
    const distance = side * (chain.strike[row]! - middle)
    if (chain.side[row] !== side || distance < 0 || distance > strikes) continue
    const mid = quotes.mid[row]!
    if (!(mid > 0) || !((2 * quotes.halfSpread[row]!) / mid < 0.5)) continue
    points.push({ row, distance, mid })
  }
  return points
}

function cheapOnes(context: DetectContext, expiry: number, side: 1 | -1, values: Values): Finding[] {
  const points = series(context, expiry, side, values.strikes)
  if (points.length < 5) return []
  const { a, b } = fitDecay(points)
  if (!(a > 0)) return []
  const expected = points.map(({ distance }) => a * Math.exp(-b * distance))
  const off = points.map(({ mid }, j) => (mid - expected[j]!) / expected[j]!)
  const mean = off.reduce((sum, one) => sum + one, 0) / off.length
  const deviation = Math.sqrt(off.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (off.length - 1))
  return points.flatMap(({ row, mid }, j): Finding[] => {
    const z = (off[j]! - mean) / deviation
    if (!(off[j]! < -values.leastDeviation && z < -values.threshold)) return []
    return [
      {
        detector: 'legacy',
        rule: 'decay',
        direction: 'cheap',
        rows: [row],
        expiry,
        unit: 'price',
        value: mid,
        baseline: expected[j]!,
        threshold: values.leastDeviation * expected[j]!,
        strength: -off[j]! / values.leastDeviation,
        sampleSize: points.length,
        edge: Number.NaN,
        edgeVol: Number.NaN,
        legs: [],
      },
    ]
  })
}

/**
 * The reference system's detector, for comparison only: option prices as an exponential decay of the distance from the money.
 *
 * Option value decays like a normal tail, faster than an exponential, so far strikes always look cheap: on fair chains it alerts.
 */
export const legacy = defineDetector({
  name: 'legacy',
  kind: 'legacy',
  params: {
    /** Least z-score within its own series. */
    threshold: number({ from: 0.1, to: 5, usual: 0.3, step: 0.1 }),
    /** Distance from the money, in currency. */
    strikes: whole({ from: 5, to: 50, usual: 5 }),
    leastDeviation: number({ from: 0.01, to: 1, usual: 0.1, step: 0.01 }),
  },
  groups: 'contract',
  severity: ({ strength }) => (strength > 5 ? 'high' : strength > 3 ? 'medium' : 'low'),
  detect(context, values) {
    return context.analysis.chain.expiries.flatMap((_, expiry) => [
      ...cheapOnes(context, expiry, 1, values),
      ...cheapOnes(context, expiry, -1, values),
    ])
  },
})
