import { type DetectContext, defineDetector, severityOfEdge } from './detector.ts'
import { ARBITRAGE_PARAMS, arbitrageOf, bought, sold } from './executable.ts'
import type { Finding } from './finding.ts'
import { ladderOf } from './ladder.ts'

/** Strikes that a spread may lie apart: the next usable one may be as bad as the first. */
const SPAN = 3

/** Dearer options of one side towards `dear`: calls get dearer to lower strikes, puts to higher ones. */
function pairs(
  context: DetectContext,
  expiry: number,
  strikes: readonly number[],
  rows: readonly number[],
  leastTicks: number,
): Finding[] {
  const { chain, expiries } = context.analysis
  const found: (Finding | null)[] = []
  const listed = rows.flatMap((row, j) => (row >= 0 ? [j] : []))
  // What is paid at expiry is worth less now, but an American spread may be called for at once.
  const { discount } = expiries[expiry]!
  const most = chain.exercise === 'american' || !(discount > 1) ? 1 : discount
  listed.forEach((low, at) => {
    for (const high of listed.slice(at + 1, at + 1 + SPAN)) {
      const isCall = chain.side[rows[low]!]! > 0
      const dear = rows[isCall ? low : high]!
      const lesser = rows[isCall ? high : low]!
      const shared = { detector: 'vertical', expiry, rows: [dear, lesser] } as const
      found.push(
        arbitrageOf(
          context,
          { ...shared, rule: 'monotone', direction: 'cheap', legs: [bought(context, dear), sold(context, lesser)], worst: 0 },
          leastTicks,
        ),
        arbitrageOf(
          context,
          {
            ...shared,
            rule: 'width',
            direction: 'rich',
            legs: [sold(context, dear), bought(context, lesser)],
            worst: -(strikes[high]! - strikes[low]!) * most,
          },
          leastTicks,
        ),
      )
    }
  })
  return found.filter(finding => finding !== null)
}

/** Two strikes of one expiry that can be traded against each other without risk: in the wrong order, or further apart than they can pay. */
export const vertical = defineDetector({
  name: 'vertical',
  kind: 'arbitrage',
  params: ARBITRAGE_PARAMS,
  groups: 'contract',
  severity: severityOfEdge,
  detect(context, { leastTicks }) {
    const { chain } = context.analysis
    return chain.expiries.flatMap((stretch, expiry) => {
      const { strike, call, put } = ladderOf(chain, stretch, context.quotes.usable)
      return [...pairs(context, expiry, strike, call, leastTicks), ...pairs(context, expiry, strike, put, leastTicks)]
    })
  },
})
