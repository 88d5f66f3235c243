import { solveDamped } from './svi-step.ts'

/** Calls and puts of one strike whose quotes are both good, as columns of one length; prices without the premium of early exercise. */
export interface ParityPairs {
  readonly strike: Float64Array
  readonly call: Float64Array
  readonly put: Float64Array
  /** Half of the sum of both spreads: how far the difference of the middles may be off either way. */
  readonly slack: Float64Array
  /** Premium of the call for dividends at full, of which parity tells the share that is there; 0 where none are expected. */
  readonly dividend: Float64Array
  /** How far the premium that was taken off may be wrong, as a standard deviation; endless where the price is that of exercise. */
  readonly doubt: Float64Array
}

/** Call less put of chosen pairs as a line in the strike. */
export interface ParityLine {
  /** Call less put at the strike that the line is centred on. */
  readonly level: number
  readonly discount: number
  readonly slopeError: number
  /** Share of the dividends' premium that the calls hold. */
  readonly share: number
  readonly used: number
  readonly residual: number
  /** Above 0 for each chosen pair that the line counts on. */
  readonly isUsed: Float64Array
}

/** What is believed before the pairs are looked at, and the strike that the line is centred on. */
export interface LineBelief {
  readonly usual: number
  /** One over the variance of the slope that is believed. */
  readonly trust: number
  readonly around: number
  /** The share of the dividends' premium is believed to be 0, more or less this. */
  readonly shareSpread: number
  /** Part of that premium that no share explains. */
  readonly doubt: number
}

const ROUNDS = 10
/** Of the price: a thousandth of a tick. */
const CLOSE = 1e-5
const HUBER = 1.5
/** Beyond this many deviations a pair is not used at all. */
const OUTLIER = 6
/** Share of a half spread by which all middles may lean. */
const LEAN = 0.25

/**
 * call - put = level - discount (strike - around) + share dividend, by least squares with Huber's weights.
 *
 * A pair is as sure as its spreads are narrow; beliefs count against the scatter that the pairs themselves show.
 */
export function robustLine(
  { strike, call, put, slack, dividend, doubt: own }: ParityPairs,
  chosen: readonly number[],
  { usual, trust, around, shareSpread, doubt }: LineBelief,
): ParityLine {
  const n = chosen.length
  const x = chosen.map(i => strike[i]! - around)
  const y = chosen.map(i => call[i]! - put[i]!)
  const h = chosen.map(i => dividend[i]!)
  const least = 1e-9 * (Math.abs(around) + 1)
  // The middle is anywhere between bid and ask alike: a third of the squared half spread.
  const deviation = chosen.map(i => Math.hypot(Math.max(slack[i]! / Math.sqrt(3), least), doubt * dividend[i]!, own[i]!))
  const soft = new Float64Array(n)
  let [level, slope, share, scale, slopeError] = [0, usual, 0, 1, Number.POSITIVE_INFINITY]
  const residual = (i: number) => y[i]! - level + slope * x[i]! - share * h[i]!
  const weigh = () => {
    const off = deviation.map((one, i) => Math.abs(residual(i)) / one)
    scale = Math.max(1, 1.4826 * middleOf(off.filter((_, i) => deviation[i]! < Number.POSITIVE_INFINITY)))
    for (let i = 0; i < n; i++) {
      const far = off[i]! / scale
      soft[i] = far > OUTLIER || deviation[i] === Number.POSITIVE_INFINITY ? 0 : far > HUBER ? HUBER / far : 1
    }
  }
  // It is centred where call and put cost the same: from there, pairs that are far off never have a say.
  weigh()
  for (let round = 0; round < ROUNDS; round++) {
    const normal = new Float64Array(9)
    const right = new Float64Array(3)
    for (let i = 0; i < n; i++) addRow({ normal, right }, [1, -x[i]!, h[i]!], y[i]!, soft[i]! / deviation[i]! ** 2)
    const noise = scale * scale
    normal[4]! += trust * noise
    right[1]! += trust * noise * usual
    normal[8]! += noise / shareSpread ** 2
    const before = level
    const found = solveDamped(normal, right, 3, 1e-14)
    if (found) {
      level = found[0]!
      slope = found[1]!
      share = found[2]!
      slopeError =
        scale * Math.sqrt(Math.max(0, solveDamped(normal, Float64Array.of(0, 1, 0), 3, 1e-14)?.[1] ?? Number.POSITIVE_INFINITY))
    } else level = right[0]! / normal[0]!
    weigh()
    if (round > 2 && Math.abs(level - before) < CLOSE * (1 + Math.abs(level))) break
  }
  let [squares, used, shares, reach, lean] = [0, 0, 0, 0, 0]
  for (let i = 0; i < n; i++) {
    if (soft[i] === 0) continue
    used += 1
    shares += soft[i]!
    squares += soft[i]! * residual(i) ** 2
    const w = 1 / deviation[i]! ** 2
    reach += w * x[i]! * x[i]!
    lean += w * slack[chosen[i]!]! * Math.abs(x[i]!)
  }
  // Middles lean to one side in the money, all alike, which no number of pairs averages out.
  const leaning = reach > 0 ? (LEAN * lean) / reach : Number.POSITIVE_INFINITY
  return {
    level,
    discount: slope,
    slopeError: Math.hypot(slopeError, leaning),
    share,
    used,
    residual: Math.sqrt(squares / shares),
    isUsed: soft,
  }
}

interface Equations {
  readonly normal: Float64Array
  readonly right: Float64Array
}

function addRow({ normal, right }: Equations, row: readonly [number, number, number], y: number, weight: number): void {
  for (let i = 0; i < 3; i++) {
    right[i]! += weight * row[i]! * y
    for (let j = 0; j <= i; j++) normal[3 * i + j]! += weight * row[i]! * row[j]!
  }
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
