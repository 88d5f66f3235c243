import { type DetectContext, defineDetector, severityOfEdge } from './detector.ts'
import { ARBITRAGE_PARAMS, arbitrageOf, bought, sold } from './executable.ts'
import type { Finding } from './finding.ts'
import { ladderOf } from './ladder.ts'

/** Wings are looked for this many usable strikes away. */
const SPAN = 4

interface Cover {
  readonly low: number
  readonly high: number
  readonly lowUnits: number
  readonly cost: number
}

/** The wings of the cheapest cover of selling one option at `middle`, and what it costs; null at the ends of the ladder. */
function cheapestCover(
  { analysis: { chain } }: DetectContext,
  strikes: readonly number[],
  rows: readonly number[],
  middle: number,
): Cover | null {
  let best = Number.POSITIVE_INFINITY
  let cover: Cover | null = null
  for (let low = middle - 1; low >= Math.max(0, middle - SPAN); low--)
    for (let high = middle + 1; high <= Math.min(rows.length - 1, middle + SPAN); high++) {
      const lowUnits = (strikes[high]! - strikes[middle]!) / (strikes[high]! - strikes[low]!)
      const cost = lowUnits * chain.ask[rows[low]!]! + (1 - lowUnits) * chain.ask[rows[high]!]!
      if (cost >= best) continue
      best = cost
      cover = { low, high, lowUnits, cost }
    }
  return cover
}

function breaches(
  context: DetectContext,
  expiry: number,
  all: readonly number[],
  column: readonly number[],
  leastTicks: number,
): Finding[] {
  const listed = column.flatMap((row, j) => (row >= 0 ? [j] : []))
  const strikes = listed.map(j => all[j]!)
  const rows = listed.map(j => column[j]!)
  return rows.flatMap((row, middle) => {
    const cover = cheapestCover(context, strikes, rows, middle)
    if (!cover || cover.cost >= context.analysis.chain.bid[row]!) return []
    const [low, high] = [rows[cover.low]!, rows[cover.high]!]
    const legs = [sold(context, row), bought(context, low, cover.lowUnits), bought(context, high, 1 - cover.lowUnits)]
    const trade = {
      detector: 'butterfly',
      rule: 'convex',
      direction: 'rich',
      expiry,
      rows: [row, low, high],
      legs,
      worst: 0,
    } as const
    const finding = arbitrageOf(context, trade, leastTicks)
    return finding ? [finding] : []
  })
}

/**
 * An option that can be sold for more than its cheapest cover by a lower and a higher strike costs.
 *
 * Holds for American options too: whenever the one that was sold is exercised, the two others are worth at least as much.
 */
export const butterfly = defineDetector({
  name: 'butterfly',
  kind: 'arbitrage',
  params: ARBITRAGE_PARAMS,
  groups: 'contract',
  severity: severityOfEdge,
  detect(context, { leastTicks }) {
    const { chain } = context.analysis
    return chain.expiries.flatMap((stretch, expiry) => {
      const { strike, call, put } = ladderOf(chain, stretch, context.quotes.usable)
      return [...breaches(context, expiry, strike, call, leastTicks), ...breaches(context, expiry, strike, put, leastTicks)]
    })
  },
})
