import type { ExpiryAnalysis, SviSlice } from './chain-analysis.ts'
import { normalDistribution } from './mills.ts'
import { smileSlope, smileVol } from './svi.ts'

/** What is said of a smile in a few numbers. */
export type SmileSummary = Pick<ExpiryAnalysis, 'atmVol' | 'riskReversal25' | 'butterfly25' | 'skew'>

const WING = 0.25
const ROUNDS = 60
/** Log-moneyness at which the search for a delta gives up. */
const FARTHEST = 20

/**
 * Log-moneyness at which an option on the forward has a delta, undiscounted and without premium: N(d1) for calls, N(d1) - 1 for puts.
 *
 * Range: delta strictly between 0 and 1 in size; NaN where the smile has no variance or no such strike. Where a steep smile has
 * several, the one found by halving between the money and the far wing.
 */
export function moneynessAtDelta(slice: SviSlice, tteYears: number, delta: number): number {
  const isCall = delta > 0
  const want = isCall ? delta : 1 + delta
  const root = Math.sqrt(tteYears)
  const excess = (k: number) => {
    const sd = smileVol(slice, k, tteYears) * root
    return normalDistribution(-k / sd + 0.5 * sd) - want
  }
  // N(d1) falls with the strike: both ends widen until they hold the answer.
  let [low, high] = [-0.01, 0.01]
  while (excess(low) < 0 && low > -FARTHEST) low *= 2
  while (excess(high) > 0 && high < FARTHEST) high *= 2
  if (!(excess(low) >= 0 && excess(high) <= 0)) return Number.NaN
  for (let round = 0; round < ROUNDS; round++) {
    const middle = 0.5 * (low + high)
    if (excess(middle) > 0) low = middle
    else high = middle
  }
  return 0.5 * (low + high)
}

/** Volatility of the option with that delta on the forward. */
export function volAtDelta(slice: SviSlice, tteYears: number, delta: number): number {
  return smileVol(slice, moneynessAtDelta(slice, tteYears, delta), tteYears)
}

/** Volatility at a strike. */
export function volAtStrike(
  slice: SviSlice,
  { forward, tteYears }: { forward: number; tteYears: number },
  strike: number,
): number {
  return smileVol(slice, Math.log(strike / forward), tteYears)
}

/** At the money, risk reversal and butterfly at a delta of a quarter, and skew. */
export function summariseSmile(slice: SviSlice, tteYears: number): SmileSummary {
  const atmVol = smileVol(slice, 0, tteYears)
  const [call, put] = [volAtDelta(slice, tteYears, WING), volAtDelta(slice, tteYears, -WING)]
  return { atmVol, riskReversal25: call - put, butterfly25: 0.5 * (call + put) - atmVol, skew: smileSlope(slice, 0, tteYears) }
}
