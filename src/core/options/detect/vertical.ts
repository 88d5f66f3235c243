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
  const found: Finding[] = []
  const listed = rows.flatMap((row, j) => (row >= 0 ? [j] : []))
  // What is paid at expiry is worth less now, but an American spread may be called for at once.
  const { discount } = expiries[expiry]!
  const most = chain.exercise === 'american' || !(discount > 1) ? 1 : discount
  const { bid, ask } = chain
  for (let at = 0; at < listed.length; at++)
    for (let to = at + 1; to < listed.length && to <= at + SPAN; to++) {
      const [low, high] = [rows[listed[at]!]!, rows[listed[to]!]!]
      const isCall = chain.side[low]! > 0
      const dear = isCall ? low : high
      const lesser = isCall ? high : low
      const width = (strikes[listed[to]!]! - strikes[listed[at]!]!) * most
      const shared = { detector: 'vertical', expiry, rows: [dear, lesser] }
      // Nearly every pair is in order, so the legs are only written down where it is not.
      if (bid[lesser]! > ask[dear]!) {
        const legs = [bought(context, dear), sold(context, lesser)]
        const finding = arbitrageOf(context, { ...shared, rule: 'monotone', direction: 'cheap', legs, worst: 0 }, leastTicks)
        if (finding) found.push(finding)
      }
      if (bid[dear]! - ask[lesser]! > width) {
        const legs = [sold(context, dear), bought(context, lesser)]
        const finding = arbitrageOf(context, { ...shared, rule: 'width', direction: 'rich', legs, worst: -width }, leastTicks)
        if (finding) found.push(finding)
      }
    }
  return found
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
