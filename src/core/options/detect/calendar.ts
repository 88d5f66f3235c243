import { defineDetector, severityOfEdge } from './detector.ts'
import { ARBITRAGE_PARAMS, arbitrageOf, bought, sold } from './executable.ts'
import type { Finding } from './finding.ts'

/**
 * An option that can be sold for more than the same option of a later expiry costs.
 *
 * Only American options on one underlying: theirs is worth no less for lasting longer, whatever rates and dividends do. A European one may
 * be, and options on futures of two months are not on the same thing.
 */
export const calendar = defineDetector({
  name: 'calendar',
  kind: 'arbitrage',
  params: ARBITRAGE_PARAMS,
  groups: 'contract',
  severity: severityOfEdge,
  detect(context, { leastTicks }) {
    const { chain } = context.analysis
    if (chain.exercise !== 'american' || chain.isOnFuture === true) return []
    const found: Finding[] = []
    // Rows of the next two expiries by strike and side, nearest first, since the next one may be as bad; filled from the last backwards.
    const later = new Map<number, readonly number[]>()
    for (let expiry = chain.expiries.length - 1; expiry >= 0; expiry--) {
      const { from, to } = chain.expiries[expiry]!
      for (let row = from; row < to; row++) {
        if (context.quotes.usable[row] === 0) continue
        const key = chain.side[row]! * chain.strike[row]!
        const known = later.get(key) ?? []
        for (const longer of known) {
          if (chain.bid[row]! <= chain.ask[longer]!) continue
          // Two of these in three rows would be one anomaly told twice, so the better one is enough.
          const legs = [sold(context, row), bought(context, longer)]
          const trade = {
            detector: 'calendar',
            rule: 'later',
            direction: 'rich',
            expiry,
            rows: [row, longer],
            legs,
            worst: 0,
          } as const
          const finding = arbitrageOf(context, trade, leastTicks)
          if (!finding) continue
          found.push(finding)
          break
        }
        later.set(key, known[0] === undefined ? [row] : [row, known[0]])
      }
    }
    return found
  },
})
