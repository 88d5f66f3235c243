import type { ChainFrame, ExpirySummary } from '../../contract/options.ts'
import { numberAt, type Side } from './chain-model.ts'

/** Volatility at the money that bid and ask allow: of the two strikes around the forward, each from its side out of the money. */
export interface AtmBand {
  readonly bid: number
  readonly ask: number
}

const NO_BAND: AtmBand = { bid: Number.NaN, ask: Number.NaN }

/** The bid and ask volatility at the forward, between the strikes below and above it; NaN where either is not quoted. */
export function atmBand(frame: ChainFrame, summary: ExpirySummary): AtmBand {
  const block = frame.blocks.find(({ expiry }) => expiry === summary.date)
  const forward = summary.forward
  if (!block || forward === null) return NO_BAND
  const above = block.strike.findIndex(strike => strike >= forward)
  if (above < 0) return NO_BAND
  const read = (at: number, side: Side): AtmBand => ({
    bid: numberAt(block[side].bidVol, at),
    ask: numberAt(block[side].askVol, at),
  })
  const high = read(above, 'call')
  if (block.strike[above] === forward || above === 0) return above === 0 ? NO_BAND : high
  const low = read(above - 1, 'put')
  const share = (forward - block.strike[above - 1]!) / (block.strike[above]! - block.strike[above - 1]!)
  return { bid: low.bid + share * (high.bid - low.bid), ask: low.ask + share * (high.ask - low.ask) }
}

/** What is drawn by expiry. */
export interface TermPoint {
  readonly summary: ExpirySummary
  readonly days: number
  readonly atm: number
  readonly band: AtmBand
  readonly reversal: number
  readonly butterfly: number
  readonly forward: number
  readonly carry: number
  /**
   * Volatility between the expiry before and this one, from total variances; NaN where one is missing, or where variance falls,
   * which is calendar arbitrage at the money.
   */
  readonly forwardVol: number
  readonly variance: 'rises' | 'falls' | 'unknown'
}

const or = (value: number | null) => value ?? Number.NaN

/** Volatility between two expiries, from their total variances at the money. */
export function forwardVol(
  near: Pick<ExpirySummary, 'atmVol' | 'tteYears'>,
  far: Pick<ExpirySummary, 'atmVol' | 'tteYears'>,
): { readonly vol: number; readonly variance: TermPoint['variance'] } {
  const gained = or(far.atmVol) ** 2 * far.tteYears - or(near.atmVol) ** 2 * near.tteYears
  const time = far.tteYears - near.tteYears
  if (Number.isNaN(gained) || !(time > 0)) return { vol: Number.NaN, variance: 'unknown' }
  return gained < 0 ? { vol: Number.NaN, variance: 'falls' } : { vol: Math.sqrt(gained / time), variance: 'rises' }
}

/** The term structure of a chain, nearest expiry first. */
export function termPoints(frame: ChainFrame): readonly TermPoint[] {
  let before: ExpirySummary | null = null
  return frame.expiries.map(summary => {
    const between = before ? forwardVol(before, summary) : { vol: or(summary.atmVol), variance: 'rises' as const }
    if (summary.atmVol !== null) before = summary
    return {
      summary,
      days: summary.tteYears * 365,
      atm: or(summary.atmVol),
      band: atmBand(frame, summary),
      reversal: or(summary.riskReversal25),
      butterfly: or(summary.butterfly25),
      forward: or(summary.forward),
      carry: or(summary.rate) - or(summary.yieldRate),
      forwardVol: between.vol,
      variance: between.variance,
    }
  })
}

/** Where a number of days stands on an axis that gives the near expiries room: by the square root of time. */
export function dayPlace(days: number): number {
  return Math.sqrt(Math.max(0, days))
}
export function placeDays(place: number): number {
  return place * place
}
