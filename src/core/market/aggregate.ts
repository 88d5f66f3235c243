import { type Bars, lengthOf, type Timeframe } from './bars.ts'
import type { TradingCalendar } from './sessions.ts'
import { bucketOf, nextBucket } from './timeframes.ts'

/** Bars with room for `rows` rows, all zero. */
export function emptyBars(rows: number): Bars {
  return {
    time: new Float64Array(rows),
    open: new Float64Array(rows),
    high: new Float64Array(rows),
    low: new Float64Array(rows),
    close: new Float64Array(rows),
    volume: new Float64Array(rows),
  }
}

/** Rows [from, to) of a table of bars, as copies. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  return {
    time: bars.time.slice(from, to),
    open: bars.open.slice(from, to),
    high: bars.high.slice(from, to),
    low: bars.low.slice(from, to),
    close: bars.close.slice(from, to),
    volume: bars.volume.slice(from, to),
  }
}

/**
 * Longer bars made of shorter ones: first open, highest high, lowest low, last close, sum of volumes.
 *
 * Shapes: at most as many rows as given; `time` as bucketOf stamps it. A bar belongs where its start belongs, so session breaks
 * and trading dates are those of the calendar. Prices may be negative. A missing number is passed over; it is NaN in the answer
 * only where every row of that bar lacks it.
 * Fails: RangeError when columns differ in length, or a time is before the one above it.
 */
export function aggregate(bars: Bars, timeframe: Timeframe, calendar: TradingCalendar): Bars {
  const n = lengthOf(bars)
  const out = emptyBars(n)
  let row = -1
  let until = Number.NEGATIVE_INFINITY
  for (let k = 0; k < n; k += 1) {
    const time = bars.time[k]!
    if (k > 0 && time < bars.time[k - 1]!) throw new RangeError(`times must ascend, row ${k} is before row ${k - 1}`)
    if (!(time < until)) {
      const bucket = bucketOf(time, timeframe, calendar)
      until = bucket.to
      if (row < 0 || out.time[row] !== bucket.start) {
        row += 1
        startRow(out, row, bucket.start, bars, k)
        continue
      }
    }
    joinRow(out, row, bars, k)
  }
  return sliceBars(out, 0, row + 1)
}

/**
 * Indices of the bars before which at least one bar that was due is missing.
 *
 * Nights, weekends, holidays and daily breaks of the calendar are no gaps.
 */
export function gapsBefore(bars: Bars, timeframe: Timeframe, calendar: TradingCalendar): number[] {
  const n = lengthOf(bars)
  const gaps: number[] = []
  for (let k = 1; k < n; k += 1) {
    if (nextBucket(bars.time[k - 1]!, timeframe, calendar) < bars.time[k]!) gaps.push(k)
  }
  return gaps
}

/**
 * Two tables of the same bars as one, ordered by time; where both have a bar, that of `later` is taken.
 *
 * Fails: RangeError when columns differ in length or the times of one table do not ascend strictly.
 */
export function mergeBars(earlier: Bars, later: Bars): Bars {
  expectAscending(earlier)
  expectAscending(later)
  const n = lengthOf(earlier)
  const m = lengthOf(later)
  const out = emptyBars(n + m)
  let i = 0
  let j = 0
  let row = 0
  while (i < n || j < m) {
    const left = i < n ? earlier.time[i]! : Number.POSITIVE_INFINITY
    const right = j < m ? later.time[j]! : Number.POSITIVE_INFINITY
    if (right <= left) startRow(out, row, right, later, j)
    else startRow(out, row, left, earlier, i)
    if (left <= right) i += 1
    if (right <= left) j += 1
    row += 1
  }
  return sliceBars(out, 0, row)
}

function expectAscending(bars: Bars): void {
  for (let k = 1; k < bars.time.length; k += 1) {
    if (!(bars.time[k]! > bars.time[k - 1]!)) throw new RangeError(`times must ascend strictly, row ${k} does not`)
  }
}

function startRow(out: Bars, row: number, start: number, bars: Bars, k: number): void {
  out.time[row] = start
  out.open[row] = bars.open[k]!
  out.high[row] = bars.high[k]!
  out.low[row] = bars.low[k]!
  out.close[row] = bars.close[k]!
  out.volume[row] = bars.volume[k]!
}

function joinRow(out: Bars, row: number, bars: Bars, k: number): void {
  const high = bars.high[k]!
  const low = bars.low[k]!
  const close = bars.close[k]!
  const volume = bars.volume[k]!
  if (Number.isNaN(out.open[row])) out.open[row] = bars.open[k]!
  if (high > out.high[row]! || Number.isNaN(out.high[row])) out.high[row] = high
  if (low < out.low[row]! || Number.isNaN(out.low[row])) out.low[row] = low
  if (!Number.isNaN(close)) out.close[row] = close
  if (!Number.isNaN(volume)) out.volume[row] = Number.isNaN(out.volume[row]) ? volume : out.volume[row]! + volume
}
