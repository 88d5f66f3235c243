import type { ChainFrame, ExpirySummary } from '../../contract/options.ts'
import { moneynessAtDelta } from '../../core/options/smile.ts'
import { smileVol } from '../../core/options/svi.ts'
import { axisPlace, moneynessOf, type SmileAxis, smileOf, usualStretch } from './smile-model.ts'

/** A surface cut into cells: a row an expiry, a column a stretch of the axis. */
export interface SurfaceGrid {
  /** Middles of the columns on the axis. */
  readonly columns: readonly number[]
  /** Fractions of volatility, row after row; NaN where the cell says nothing. */
  readonly values: Float64Array
  /** Good quotes that fell into each cell. */
  readonly quotes: Float64Array
  /** Strike at the middle of each cell, and the quoted strike nearest to it. */
  readonly strikes: Float64Array
  readonly nearest: Float64Array
}

const DELTAS: readonly number[] = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98]
const COLUMNS = 24

/** Middles of the columns: the deltas that desks quote, or even steps over what the expiries have in common. */
function columnsOf(frame: ChainFrame, axis: SmileAxis): readonly number[] {
  if (axis === 'delta') return DELTAS
  const quoted = frame.expiries.filter(({ date }) => frame.blocks.some(({ expiry }) => expiry === date))
  const middle = quoted[Math.floor(quoted.length / 2)]
  if (!middle) return []
  const [from, to] = usualStretch([smileOf(frame, middle, axis, 'otm')], axis)
  const step =
    axis === 'strike' ? niceStrike((to - from) / COLUMNS) : Math.max(0.005, Math.round((to - from) / COLUMNS / 0.005) * 0.005)
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.max(1, Math.floor(to / step + 1e-9) - first + 1)
  return Array.from({ length: count }, (_, k) => (first + k) * step)
}

function niceStrike(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  return power * ([1, 2, 2.5, 5, 10].find(unit => unit * power >= step) ?? 10)
}

/** Log-moneyness at a place of the axis. */
function moneynessAt(axis: SmileAxis, place: number, summary: ExpirySummary): number {
  if (axis === 'moneyness') return place
  if (axis === 'strike') return moneynessOf(place, summary)
  if (!summary.smile) return Number.NaN
  return moneynessAtDelta(summary.smile, summary.tteYears, place < 0.5 ? -place : 1 - place)
}

/**
 * The cells of a surface.
 *
 * `fit` is the smile's volatility, only where quotes stand on both sides of it; `mid` the mean of the good quotes in a cell;
 * `residual` the mean of their volatility less the fit's. Nothing is drawn where nobody quotes.
 */
export function surfaceGrid(frame: ChainFrame, axis: SmileAxis, shows: 'fit' | 'mid' | 'residual'): SurfaceGrid {
  const columns = columnsOf(frame, axis)
  const wide = columns.length
  const size = wide * frame.expiries.length
  const empty = () => new Float64Array(size).fill(Number.NaN)
  const [values, strikes, nearest, quotes] = [empty(), empty(), empty(), new Float64Array(size)]
  for (const [row, summary] of frame.expiries.entries()) {
    const points = smileOf(frame, summary, axis, 'otm').points.filter(({ isUsed, vol }) => isUsed && !Number.isNaN(vol))
    const sums = new Float64Array(wide)
    const gaps = new Float64Array(wide).fill(Number.POSITIVE_INFINITY)
    const ks = points.map(({ strike }) => moneynessOf(strike, summary))
    const [low, high] = [Math.min(...ks), Math.max(...ks)]
    for (const { strike, vol } of points) {
      const column = nearestColumn(columns, axisPlace(axis, strike, summary))
      if (column < 0) continue
      const k = moneynessOf(strike, summary)
      const fit = summary.smile ? smileVol(summary.smile, k, summary.tteYears) : Number.NaN
      sums[column]! += shows === 'residual' ? vol - fit : vol
      quotes[row * wide + column]!++
      const gap = Math.abs(axisPlace(axis, strike, summary) - columns[column]!)
      if (gap < gaps[column]!) {
        gaps[column] = gap
        nearest[row * wide + column] = strike
      }
    }
    for (let column = 0; column < wide; column++) {
      const at = row * wide + column
      const k = moneynessAt(axis, columns[column]!, summary)
      strikes[at] = (summary.forward ?? Number.NaN) * Math.exp(k)
      if (shows === 'fit') {
        if (summary.smile && k >= low && k <= high) values[at] = smileVol(summary.smile, k, summary.tteYears)
      } else if (quotes[at]! > 0) values[at] = sums[column]! / quotes[at]!
    }
  }
  return { columns, values, quotes, strikes, nearest }
}

/** Column that a place of the axis falls into; -1 beyond the ends. */
function nearestColumn(columns: readonly number[], place: number): number {
  const last = columns.length - 1
  if (!(last >= 0) || !Number.isFinite(place)) return -1
  const reach = (a: number, b: number) => Math.abs((columns[b] ?? columns[a]!) - columns[a]!) / 2 || Number.POSITIVE_INFINITY
  if (place < columns[0]! - reach(0, 1) || place > columns[last]! + reach(last, last - 1)) return -1
  let best = 0
  for (let k = 1; k <= last; k++) if (Math.abs(columns[k]! - place) < Math.abs(columns[best]! - place)) best = k
  return best
}
