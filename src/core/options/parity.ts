import { type ParityLine, type ParityPairs, robustLine } from './parity-line.ts'

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
  /** Share of the dividends' premium that calls hold. */
  readonly dividendShare: number
  readonly lowest: number
  readonly highest: number
}

/** Pairs nearest to the money that the first guess is the median of. */
const FIRST = 7
const MOST_PAIRS = 30
const LEAST_PAIRS = 2
/** How much of the dividends' premium calls hold and a high rate look alike: for the rate none is thought of, and much is in doubt. */
const FOR_RATE = { shareSpread: 1e-3, doubt: 0.6 } as const
const FOR_FORWARD = { shareSpread: 0.5, doubt: 0.1 } as const
const SURE = 2

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
  { tteYears, belief, reach, tellsRate = true }: { tteYears: number; belief: RateBelief; reach: number; tellsRate?: boolean },
): ParityFit | null {
  const guess = firstForward(pairs, Math.exp(-belief.rate * tteYears))
  const chosen = nearMoney(pairs, guess, reach)
  if (chosen.length < LEAST_PAIRS) return null
  const usual = Math.exp(-belief.rate * tteYears)
  const trust = 1 / (belief.spread * tteYears * usual) ** 2
  const own = tellsRate ? robustLine(pairs, chosen, { usual, trust: 0, around: guess, ...FOR_RATE }) : null
  const found = robustLine(pairs, chosen, { usual, trust, around: guess, ...FOR_FORWARD })
  const { discount, level, used, residual } = found
  const isTold = own !== null && own.slopeError < 0.2 && own.discount > 0.2 && own.discount < 2
  const [lowest, highest] = executable(pairs, chosen, found)
  return {
    forward: guess + level / discount,
    dividendShare: found.share,
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

/** Numbers of the pairs within the reach in log-moneyness, evenly thinned; those that the first guess was made of are always among them. */
export function nearMoney({ strike }: Pick<ParityPairs, 'strike'>, guess: number, reach: number): number[] {
  const order = [...strike.keys()].sort((a, b) => Math.abs(strike[a]! - guess) - Math.abs(strike[b]! - guess))
  const near = order.filter((i, rank) => rank < FIRST || Math.abs(strike[i]! - guess) <= reach * guess)
  const step = Math.max(1, (near.length - FIRST) / (MOST_PAIRS - FIRST))
  return near.filter((_, rank) => rank < FIRST || Math.floor((rank - FIRST + 1) / step) > Math.floor((rank - FIRST) / step))
}

/**
 * Buy one, sell the other at the quotes: call bid - put ask <= discount (forward - strike) <= call ask - put bid.
 *
 * A quote that the line does not count on says nothing, and a premium in doubt leaves that much more room.
 */
function executable(
  { strike, call, put, slack, dividend, doubt }: ParityPairs,
  chosen: readonly number[],
  { discount, share, isUsed }: ParityLine,
): [number, number] {
  let [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  chosen.forEach((i, rank) => {
    if (!isUsed[rank]) return
    const difference = call[i]! - put[i]! - share * dividend[i]!
    const room = slack[i]! + SURE * Math.hypot(doubt[i]!, FOR_FORWARD.doubt * dividend[i]!)
    lowest = Math.max(lowest, strike[i]! + (difference - room) / discount)
    highest = Math.min(highest, strike[i]! + (difference + room) / discount)
  })
  return [lowest, highest]
}
