/** Calls and puts of one strike whose quotes are both good, as columns of one length; prices without the premium of early exercise. */
export interface ParityPairs {
  readonly strike: Float64Array
  readonly call: Float64Array
  readonly put: Float64Array
  /** Half of the sum of both spreads: how far the difference of the middles may be off either way. */
  readonly slack: Float64Array
  /** How far the premium that was taken off may be wrong, as a standard deviation. */
  readonly doubt: Float64Array
}

/** What is believed of the rate before the quotes are looked at. */
export interface RateBelief {
  readonly rate: number
  /** Uncertainty of the rate, as a standard deviation. */
  readonly spread: number
}

/** The line through call less put. */
export interface ParityFit {
  readonly forward: number
  readonly discount: number
  readonly rate: number
  /** Standard error of the rate as the quotes alone tell it. */
  readonly rateError: number
  /** Rate that the quotes alone tell. */
  readonly ownRate: number
  readonly pairs: number
  /** Root mean square of what is left, in price. */
  readonly residual: number
  readonly lowest: number
  readonly highest: number
}

/** Pairs nearest to the money that the first guess is the median of. */
const FIRST = 7
const MOST_PAIRS = 60
const LEAST_PAIRS = 2
const ROUNDS = 12
const HUBER = 1.5
/** Share of a half spread by which all middles may lean. */
const LEAN = 0.25
/** Beyond this many deviations a pair is not used at all. */
const OUTLIER = 6

/** Where call and put cost the same: the median over the pairs whose prices are nearest to each other; NaN without a pair. */
export function firstForward({ strike, call, put }: ParityPairs, discount: number): number {
  const order = [...strike.keys()].sort((a, b) => Math.abs(call[a]! - put[a]!) - Math.abs(call[b]! - put[b]!)).slice(0, FIRST)
  const found = order.map(i => strike[i]! + (call[i]! - put[i]!) / discount).sort((a, b) => a - b)
  const half = found.length >> 1
  return found.length % 2 ? found[half]! : 0.5 * ((found[half - 1] ?? Number.NaN) + (found[half] ?? Number.NaN))
}

/**
 * Forward and discount that the calls and puts of one expiry imply: call - put = discount (forward - strike).
 *
 * A weighted line by Huber's weights, each pair by its spreads; how steep it is tells the discount, as far as the strikes reach wide
 * enough, and what they leave open the belief about the rate fills. The forward hardly depends on it.
 *
 * Range: null with fewer than two pairs. `lowest` and `highest` are where a forward can lie that no conversion or reversal on the
 * used quotes contradicts; when lowest is above highest, two of them contradict each other.
 * Source: put-call parity (Stoll 1969); Huber (1964) for the weights.
 */
export function fitParity(
  pairs: ParityPairs,
  { tteYears, belief, reach }: { tteYears: number; belief: RateBelief; reach: number },
): ParityFit | null {
  const guess = firstForward(pairs, Math.exp(-belief.rate * tteYears))
  const chosen = nearMoney(pairs, guess, reach)
  if (chosen.length < LEAST_PAIRS) return null
  const usual = Math.exp(-belief.rate * tteYears)
  const trust = 1 / (belief.spread * tteYears * usual) ** 2
  const own = solveLine(pairs, chosen, { usual, trust: 0, around: guess })
  const line = solveLine(pairs, chosen, { usual, trust, around: guess })
  const { discount, level, used, residual } = line
  const isTold = own.slopeError < 0.2 && own.discount > 0.2 && own.discount < 2
  const middle = guess + level / discount
  const bounds = executable(pairs, chosen, line)
  const [lowest, highest] = bounds
  const forward = lowest <= highest ? Math.min(highest, Math.max(lowest, middle)) : middle
  return {
    forward,
    discount,
    rate: -Math.log(discount) / tteYears,
    ownRate: isTold ? -Math.log(own.discount) / tteYears : Number.NaN,
    rateError: isTold ? own.slopeError / (own.discount * tteYears) : Number.POSITIVE_INFINITY,
    pairs: used,
    residual,
    lowest,
    highest,
  }
}

/** Pairs within the reach in log-moneyness, nearest first, and never fewer than the first guess was made of. */
function nearMoney({ strike }: ParityPairs, guess: number, reach: number): number[] {
  const order = [...strike.keys()].sort((a, b) => Math.abs(strike[a]! - guess) - Math.abs(strike[b]! - guess))
  return order.filter((i, rank) => rank < FIRST || (rank < MOST_PAIRS && Math.abs(strike[i]! - guess) <= reach * guess))
}

interface Line {
  /** Call less put at the strike that the line is centred on. */
  readonly level: number
  readonly discount: number
  readonly slopeError: number
  readonly used: number
  readonly residual: number
  /** 1 for each chosen pair that the line counts on. */
  readonly isUsed: Float64Array
}

interface Centre {
  readonly usual: number
  readonly trust: number
  readonly around: number
}

function solveLine(
  { strike, call, put, slack, doubt }: ParityPairs,
  chosen: readonly number[],
  { usual, trust, around }: Centre,
): Line {
  const n = chosen.length
  const x = chosen.map(i => strike[i]! - around)
  const y = chosen.map(i => call[i]! - put[i]!)
  // The middle is anywhere between bid and ask alike: a third of the squared half spread.
  const deviation = chosen.map(i => Math.hypot(Math.max(slack[i]! / Math.sqrt(3), 1e-9 * (Math.abs(around) + 1)), doubt[i]!))
  const soft = new Float64Array(n).fill(1)
  let [level, slope, scale, slopeError] = [0, usual, 1, Number.POSITIVE_INFINITY]
  for (let round = 0; round < ROUNDS; round++) {
    let [s, sx, sxx, sy, sxy] = [0, 0, 0, 0, 0]
    for (let i = 0; i < n; i++) {
      const w = soft[i]! / deviation[i]! ** 2
      s += w
      sx += w * x[i]!
      sxx += w * x[i]! * x[i]!
      sy += w * y[i]!
      sxy += w * x[i]! * y[i]!
    }
    // y = level - slope x, with the slope believed to be `usual` as surely as `trust` says against the pairs' own scatter.
    const held = trust * scale * scale
    const determinant = s * (sxx + held) - sx * sx
    const before = level
    if (determinant > 1e-12 * s * (sxx + held)) {
      slope = (sx * sy - s * sxy + s * held * usual) / determinant
      slopeError = scale * Math.sqrt(s / determinant)
    }
    level = (sy + slope * sx) / s
    const off = x.map((value, i) => Math.abs(y[i]! - level + slope * value) / deviation[i]!)
    const sorted = off.toSorted((a, b) => a - b)
    scale = Math.max(1, 1.4826 * sorted[n >> 1]!)
    for (let i = 0; i < n; i++) {
      const far = off[i]! / scale
      soft[i] = far > OUTLIER ? 0 : far > HUBER ? HUBER / far : 1
    }
    if (round > 2 && Math.abs(level - before) < 1e-10 * (1 + Math.abs(level))) break
  }
  let [squares, used, reach, lean] = [0, 0, 0, 0]
  const isUsed = soft.map((share, i) => (share > 0 && doubt[chosen[i]!]! <= slack[chosen[i]!]! ? 1 : 0))
  for (let i = 0; i < n; i++) {
    if (soft[i] === 0) continue
    used += 1
    squares += (y[i]! - level + slope * x[i]!) ** 2
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
    used,
    residual: Math.sqrt(squares / used),
    isUsed,
  }
}

/**
 * Buy one, sell the other at the quotes: call bid - put ask <= discount (forward - strike) <= call ask - put bid.
 *
 * Pairs that the line does not count on say nothing: a quote that is wrong, or a premium that is in doubt.
 */
function executable(
  { strike, call, put, slack }: ParityPairs,
  chosen: readonly number[],
  { discount, isUsed }: Line,
): [number, number] {
  let [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  chosen.forEach((i, rank) => {
    if (!isUsed[rank]) return
    const difference = call[i]! - put[i]!
    lowest = Math.max(lowest, strike[i]! + (difference - slack[i]!) / discount)
    highest = Math.min(highest, strike[i]! + (difference + slack[i]!) / discount)
  })
  return [lowest, highest]
}
