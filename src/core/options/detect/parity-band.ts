import { number } from '../../kit/define.ts'
import type { ExpiryAnalysis } from '../chain-analysis.ts'
import { type DetectContext, defineDetector, severityOfEdge } from './detector.ts'
import { ARBITRAGE_PARAMS, arbitrageOf, bought, sold, underlying } from './executable.ts'
import type { Finding } from './finding.ts'
import { ladderOf } from './ladder.ts'

/** What holding the underlying until expiry brings beside its price, as the forward of the whole expiry implies it. */
interface Carry {
  /** Dividends, which who is short pays; NaN where nobody knows. */
  readonly dividends: number
  /** What a conversion of any strike would bring; 0 where the forward is in line. */
  readonly excess: number
}

/**
 * Carry of an expiry.
 *
 * What all strikes bring alike is no arbitrage of one of them: the rate, a dividend or the moment of the spot is not what it is taken for. So
 * a strike must beat that too.
 */
function carryOf({ analysis: { chain } }: DetectContext, at: ExpiryAnalysis): Carry {
  if (at.source !== 'parity' || !(at.discount > 0)) return { dividends: Number.NaN, excess: Number.NaN }
  const excess = at.forward * at.discount - 0.5 * (chain.spotBid + chain.spotAsk)
  return { dividends: Math.max(0, -excess), excess: Math.max(0, excess) }
}

/** An American option that costs less than exercising it at once brings. */
function floor(context: DetectContext, expiry: number, row: number, leastTicks: number): Finding | null {
  const { chain } = context.analysis
  const isCall = chain.side[row]! > 0
  const strike = chain.strike[row]!
  const legs = [bought(context, row), underlying(context, isCall ? 'sell' : 'buy')]
  // Exercised at once, a call costs its strike and gives the share that was sold; a put pays it for the share that was bought.
  const worst = isCall ? -strike : strike
  return arbitrageOf(
    context,
    { detector: 'parity', rule: 'floor', direction: 'cheap', expiry, rows: [row], legs, worst },
    leastTicks,
  )
}

/** Conversion and reversal of one strike: call, put and underlying that together are worth the strike, now or at expiry. */
function pair(
  context: DetectContext,
  expiry: number,
  [call, put]: readonly [number, number],
  carry: Carry,
  { leastTicks, rateDoubt }: { readonly leastTicks: number; readonly rateDoubt: number },
): (Finding | null)[] {
  const { chain, expiries } = context.analysis
  const at = expiries[expiry]!
  const strike = chain.strike[call]!
  const isAmerican = chain.exercise === 'american'
  const discount = at.discount > 0 && Number.isFinite(at.discount) ? at.discount : Number.NaN
  const shared = { detector: 'parity', expiry, rows: [call, put] } as const
  // What the money costs until expiry is only estimated, so a profit must survive a dearer rate on either side.
  const doubt = strike * -Math.expm1(-rateDoubt * at.tteYears)
  // The strike comes at expiry at the latest; when the call is exercised against us it comes earlier and is worth more.
  const received = strike * (isAmerican ? Math.min(1, discount) : discount) - doubt - carry.excess
  // An American put may be exercised against us at once, and then the strike is paid undiscounted.
  const paid = strike * (isAmerican ? Math.max(1, discount) : discount) + doubt + carry.dividends
  return [
    arbitrageOf(
      context,
      {
        ...shared,
        rule: 'conversion',
        direction: 'rich',
        legs: [sold(context, call), bought(context, put), underlying(context, 'buy')],
        worst: received,
      },
      leastTicks,
    ),
    arbitrageOf(
      context,
      {
        ...shared,
        rule: 'reversal',
        direction: 'cheap',
        legs: [bought(context, call), sold(context, put), underlying(context, 'sell')],
        worst: -paid,
      },
      leastTicks,
    ),
  ]
}

/**
 * Put-call parity on executable quotes of calls, puts and the underlying: a band, since each side has a spread and American options may be
 * exercised early; and the floor of an American option, what exercising it at once brings.
 *
 * Needs a two-sided quote of the underlying of the same instant; without one it finds nothing. Options on futures are left out: each expiry has a
 * future of its own, whose quote a chain does not carry.
 */
export const parityBand = defineDetector({
  name: 'parity',
  kind: 'arbitrage',
  params: {
    ...ARBITRAGE_PARAMS,
    /** How far the true cost of money may lie from the rate that the quotes imply, per year. */
    rateDoubt: number({ from: 0, to: 0.2, usual: 0.02, step: 0.005 }),
  },
  groups: 'contract',
  severity: severityOfEdge,
  detect(context, values) {
    const { chain, expiries } = context.analysis
    if (!context.quotes.hasSpot || chain.isOnFuture === true) return []
    return chain.expiries.flatMap((stretch, expiry) => {
      const { strike, call, put } = ladderOf(chain, stretch, context.quotes.usable)
      const carry = carryOf(context, expiries[expiry]!)
      const found: (Finding | null)[] = []
      for (let j = 0; j < strike.length; j++) {
        const [c, p] = [call[j]!, put[j]!]
        if (chain.exercise === 'american')
          for (const row of [c, p]) if (row >= 0) found.push(floor(context, expiry, row, values.leastTicks))
        if (c >= 0 && p >= 0) found.push(...pair(context, expiry, [c, p], carry, values))
      }
      return found.filter(finding => finding !== null)
    })
  },
})
