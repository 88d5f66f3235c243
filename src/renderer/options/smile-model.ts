import type { ChainFrame, ExpirySummary } from '../../contract/options.ts'
import type { RowStatus } from '../../core/options/chain.ts'
import { normalDistribution } from '../../core/options/mills.ts'
import { smileVol } from '../../core/options/svi.ts'
import { numberAt, type Side, statusOf } from './chain-model.ts'

/** What a smile is drawn over. */
export const SMILE_AXES = ['strike', 'moneyness', 'delta'] as const
export type SmileAxis = (typeof SMILE_AXES)[number]

type Slice = Pick<ExpirySummary, 'smile' | 'forward' | 'tteYears' | 'atmVol'>

/** Log-moneyness ln(strike / forward); NaN without a forward above zero. */
export function moneynessOf(strike: number, { forward }: Pick<Slice, 'forward'>): number {
  return forward !== null && forward > 0 && strike > 0 ? Math.log(strike / forward) : Number.NaN
}

/**
 * Place of a strike among deltas, from 0 below to 1 above the money: 0.25 is the 25-delta put, 0.75 the 25-delta call.
 *
 * It is one less the forward delta of the call, at the smile's volatility, or at that of the money where there is no smile.
 */
export function deltaPlace(k: number, slice: Slice): number {
  const fitted = slice.smile ? smileVol(slice.smile, k, slice.tteYears) : Number.NaN
  const vol = Number.isNaN(fitted) ? (slice.atmVol ?? Number.NaN) : fitted
  const root = vol * Math.sqrt(slice.tteYears)
  return 1 - normalDistribution(-k / root + root / 2)
}

/** Where a strike stands on an axis. */
export function axisPlace(axis: SmileAxis, strike: number, slice: Slice): number {
  if (axis === 'strike') return strike
  const k = moneynessOf(strike, slice)
  return axis === 'moneyness' ? k : deltaPlace(k, slice)
}

/** A quote on a smile; volatilities are fractions, NaN where they are missing. */
export interface SmilePoint {
  readonly strike: number
  readonly side: Side
  readonly x: number
  readonly vol: number
  readonly bidVol: number
  readonly askVol: number
  readonly status: RowStatus
  /** Good enough for the fit. */
  readonly isUsed: boolean
}

/** A fitted smile with its quotes, ready to be drawn. */
export interface Smile {
  readonly summary: ExpirySummary
  readonly points: readonly SmilePoint[]
  /** The fit, sampled from the lowest to the highest strike drawn. */
  readonly lineX: Float64Array
  readonly lineVol: Float64Array
  /** Stretches where the smile is not free of arbitrage, in units of the axis. */
  readonly breaches: readonly {
    readonly kind: 'butterfly' | 'calendar'
    readonly later: string | null
    readonly from: number
    readonly to: number
  }[]
}

const SAMPLES = 161
const USED: readonly RowStatus[] = ['OK', 'LOCKED']

/** Quotes of an expiry: out of the money from each side, or all of them. */
function pointsOf(frame: ChainFrame, summary: ExpirySummary, axis: SmileAxis, quotes: 'otm' | 'all'): SmilePoint[] {
  const block = frame.blocks.find(({ expiry }) => expiry === summary.date)
  if (!block) return []
  const forward = summary.forward ?? Number.NaN
  return block.strike.flatMap((strike, at) => {
    const otm: Side = strike < forward ? 'put' : 'call'
    const sides: readonly Side[] = quotes === 'all' ? ['call', 'put'] : [otm]
    return sides.flatMap((side): SmilePoint[] => {
      const columns = block[side]
      const status = statusOf(columns, at)
      const vol = numberAt(columns.vol, at)
      const bidVol = numberAt(columns.bidVol, at)
      const askVol = numberAt(columns.askVol, at)
      if (status === null || (Number.isNaN(vol) && Number.isNaN(bidVol) && Number.isNaN(askVol))) return []
      const isUsed = USED.includes(status)
      return [{ strike, side, x: axisPlace(axis, strike, summary), vol, bidVol, askVol, status, isUsed }]
    })
  })
}

/** The smile of one expiry; without rows of it, the fit between four deviations. */
export function smileOf(frame: ChainFrame, summary: ExpirySummary, axis: SmileAxis, quotes: 'otm' | 'all'): Smile {
  const points = pointsOf(frame, summary, axis, quotes)
  const { smile, forward, tteYears } = summary
  const wide = 4 * (summary.atmVol ?? 0.2) * Math.sqrt(tteYears)
  const ks = points.map(({ strike }) => moneynessOf(strike, summary)).filter(k => !Number.isNaN(k))
  const [low, high] = ks.length > 1 ? [Math.min(...ks), Math.max(...ks)] : [-wide, wide]
  const count = smile && forward !== null && forward > 0 ? SAMPLES : 0
  const lineX = new Float64Array(count)
  const lineVol = new Float64Array(count)
  for (let n = 0; n < count; n++) {
    const k = low + ((high - low) * n) / (SAMPLES - 1)
    lineX[n] = axisPlace(axis, forward! * Math.exp(k), summary)
    lineVol[n] = smileVol(smile!, k, tteYears)
  }
  const place = (k: number) => axisPlace(axis, (forward ?? Number.NaN) * Math.exp(Math.min(high, Math.max(low, k))), summary)
  const breaches = frame.arbitrage
    .filter(({ expiry, to, from }) => expiry === summary.date && to > low && from < high)
    .map(({ kind, later, from, to }) => ({ kind, later, from: place(from), to: place(to) }))
  return { summary, points, lineX, lineVol, breaches }
}

/** Deviations from the money that are shown at first; far wings would press the middle flat. */
const SHOWN_DEVIATIONS = 3.5

/** The stretch of the axis that the smiles are shown over until a person zooms. */
export function usualStretch(smiles: readonly Smile[], axis: SmileAxis): readonly [number, number] {
  if (axis === 'delta') return [0, 1]
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const { summary, lineX, points } of smiles) {
    const wide = SHOWN_DEVIATIONS * (summary.atmVol ?? 0.3) * Math.sqrt(Math.max(summary.tteYears, 1 / 8760))
    const f = summary.forward
    const [low, high] =
      axis === 'moneyness' ? [-wide, wide] : f === null ? [Number.NaN, Number.NaN] : [f * Math.exp(-wide), f * Math.exp(wide)]
    const ends = [lineX[0], lineX.at(-1), ...points.map(({ x }) => x)].filter(
      x => x !== undefined && Number.isFinite(x),
    ) as number[]
    if (ends.length === 0) continue
    const least = Math.min(...ends)
    const most = Math.max(...ends)
    from = Math.min(from, Number.isNaN(low!) ? least : Math.max(low!, least))
    to = Math.max(to, Number.isNaN(high!) ? most : Math.min(high!, most))
  }
  return from < to ? [from, to] : [0, 1]
}

/** Least and greatest volatility of what is drawn within a stretch; a far ask of a wing does not count. */
export function volExtent(smiles: readonly Smile[], [from, to]: readonly [number, number]): readonly [number, number] | null {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  const see = (x: number, vol: number) => {
    if (!(x >= from && x <= to) || !Number.isFinite(vol)) return
    least = Math.min(least, vol)
    most = Math.max(most, vol)
  }
  // The wild quotes of an expiry without a fit must not press the others flat.
  const isFitted = smiles.some(({ lineX }) => lineX.length > 0)
  for (const { points, lineX, lineVol } of smiles) {
    if (isFitted && lineX.length === 0) continue
    for (const [n, x] of lineX.entries()) see(x, lineVol[n]!)
    for (const { x, vol, bidVol, askVol, isUsed } of points) {
      if (lineX.length > 0 && !isUsed) continue
      see(x, vol)
      see(x, bidVol)
      see(x, askVol)
    }
  }
  return least <= most ? [least, most] : null
}

/**
 * A range that stays while it serves: it moves only when the wanted one leaves it, or fills less than six tenths of it.
 *
 * Axes that followed every tick would make a live picture breathe.
 */
export function steadyRange(
  before: readonly [number, number] | null,
  [from, to]: readonly [number, number],
  air = 0.08,
): readonly [number, number] {
  const span = to - from
  const serves = before !== null && from >= before[0] && to <= before[1] && span >= 0.6 * (before[1] - before[0])
  if (serves) return before
  const room = span > 0 ? span * air : Math.max(1e-4, Math.abs(to) * 0.02)
  return [from - room, to + room]
}

/** The quote of a smile nearest to a place on the axis; null where there is none. */
export function nearestPoint(smile: Smile, x: number): SmilePoint | null {
  let best: SmilePoint | null = null
  for (const point of smile.points)
    if (Number.isFinite(point.x) && (best === null || Math.abs(point.x - x) < Math.abs(best.x - x))) best = point
  return best
}

/** A delta place as desks say it: 25P, ATM, 10C. */
export function deltaText(place: number): string {
  const percent = Math.round((place < 0.5 ? place : 1 - place) * 1000) / 10
  if (Math.abs(place - 0.5) < 0.005) return 'ATM'
  return `${percent}${place < 0.5 ? 'P' : 'C'}`
}
export const DELTA_TICKS: readonly number[] = [0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98]
