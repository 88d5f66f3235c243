import { number } from '../../kit/define.ts'
import type { DetectContext } from './detector.ts'
import type { Direction, Finding, Leg } from './finding.ts'

/** Parameters that every model-free check has. */
export const ARBITRAGE_PARAMS = {
  /** Least profit after costs, in ticks. */
  leastTicks: number({ from: 0, to: 50, usual: 1, step: 0.5 }),
} as const

/** A trade whose worst outcome is known now; `worst` is that outcome at expiry or before, per unit. */
export interface ArbitrageTrade {
  readonly detector: string
  readonly rule: string
  readonly direction: Direction
  readonly expiry: number
  /** Culprit first. */
  readonly rows: readonly number[]
  readonly legs: readonly Leg[]
  /** The least that the legs can be worth together, discounted where it is paid later. */
  readonly worst: number
}

/** Cost of trading the legs once, per unit of the underlying. */
function costOf({ analysis, gates }: DetectContext, legs: readonly Leg[]): number {
  let cost = 0
  for (const { row, units } of legs)
    cost += units * (row < 0 ? gates.costPerShare : gates.costPerContract / analysis.chain.multiplier)
  return cost
}

/** What the legs bring when they are traded at their executable prices; negative where they cost. */
function proceedsOf(legs: readonly Leg[]): number {
  let proceeds = 0
  for (const { action, units, price } of legs) proceeds += action === 'sell' ? units * price : -units * price
  return proceeds
}

/** The finding of a trade, or null where nothing is left after costs. */
export function arbitrageOf(context: DetectContext, trade: ArbitrageTrade, leastTicks: number): Finding | null {
  const { detector, rule, direction, expiry, rows, legs, worst } = trade
  const proceeds = proceedsOf(legs)
  const edge = proceeds + worst - costOf(context, legs)
  const threshold = leastTicks * context.analysis.chain.tickSize
  // A hair under the threshold is rounding of sums, which must not decide between alert and none.
  if (!(edge > 0 && edge >= threshold - 1e-9)) return null
  return {
    detector,
    rule,
    direction,
    rows,
    expiry,
    unit: 'price',
    value: proceeds,
    // What the trade has to cost at least is what it cannot lose.
    baseline: worst === 0 ? 0 : -worst,
    threshold,
    strength: threshold > 0 ? Math.max(1, edge / threshold) : 1,
    sampleSize: legs.length,
    edge,
    edgeVol: Number.NaN,
    legs,
  }
}

/** Buying a row at its ask. */
export function bought({ analysis: { chain } }: DetectContext, row: number, units = 1): Leg {
  return { row, action: 'buy', units, price: chain.ask[row]! }
}

/** Selling a row at its bid. */
export function sold({ analysis: { chain } }: DetectContext, row: number, units = 1): Leg {
  return { row, action: 'sell', units, price: chain.bid[row]! }
}

/** Buying or selling the underlying at its executable price. */
export function underlying({ analysis: { chain } }: DetectContext, action: 'buy' | 'sell'): Leg {
  return { row: -1, action, units: 1, price: action === 'buy' ? chain.spotAsk : chain.spotBid }
}
