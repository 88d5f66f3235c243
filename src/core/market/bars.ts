/** Bars as columns of equal length; `time` is the start of each bar in epoch microseconds, missing numbers are NaN. */
export interface Bars {
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Bar lengths offered everywhere, shortest first. */
export const TIMEFRAMES = ['1m', '2m', '5m', '15m', '30m', '1h', '2h', '4h', '1d', '1w', '1M'] as const
export type Timeframe = (typeof TIMEFRAMES)[number]

/**
 * Checks that the columns of a table of bars have one length, and returns it.
 *
 * Fails: RangeError naming the first column that differs from `time`.
 */
export function lengthOf(bars: Bars): number {
  const n = bars.time.length
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    if (bars[name].length !== n) throw new RangeError(`columns must have ${n} rows like time, ${name} had ${bars[name].length}`)
  }
  return n
}
