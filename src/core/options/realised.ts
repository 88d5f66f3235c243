/** Bars as columns of one length, oldest first; a NaN or a price at or below zero spoils the windows that hold it. */
export interface RealisedBars {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

export const REALISED_METHODS = ['close', 'parkinson', 'garman-klass', 'rogers-satchell', 'yang-zhang'] as const
export type RealisedMethod = (typeof REALISED_METHODS)[number]

/** How realised volatility is measured. */
export interface RealisedOptions {
  readonly method: RealisedMethod
  /** Bars in a window; at least 2. */
  readonly window: number
  /** Bars in a year: 252 for days of an exchange. */
  readonly barsPerYear: number
}

const LN2 = Math.LN2

/** ln of a ratio of prices, NaN for a price that has no logarithm. */
const logRatio = (a: number, b: number) => (a > 0 && b > 0 ? Math.log(a / b) : Number.NaN)

function sumOver(values: Float64Array, end: number, window: number): number {
  let sum = 0
  for (let i = end - window + 1; i <= end; i++) sum += values[i]!
  return sum
}

/** Sample variance of the window that ends at `end`, in two passes, which keep the digits that one loses. */
function varianceOver(values: Float64Array, end: number, window: number): number {
  const mean = sumOver(values, end, window) / window
  let sum = 0
  for (let i = end - window + 1; i <= end; i++) sum += (values[i]! - mean) ** 2
  return sum / (window - 1)
}

/** Contribution of each bar to the variance, for the methods that are means of one. */
function perBar(
  { open, high, low, close }: RealisedBars,
  method: 'parkinson' | 'garman-klass' | 'rogers-satchell',
): Float64Array {
  return close.map((c, i) => {
    const [o, h, l] = [open[i]!, high[i]!, low[i]!]
    const range = logRatio(h, l)
    if (method === 'parkinson') return (range * range) / (4 * LN2)
    if (method === 'garman-klass') return 0.5 * range * range - (2 * LN2 - 1) * logRatio(c, o) ** 2
    return logRatio(h, c) * logRatio(h, o) + logRatio(l, c) * logRatio(l, o)
  })
}

/**
 * Realised volatility of each window of bars.
 *
 * Shapes: open, high, low, close are length n; the answer is length n, at each bar for the window that ends there.
 * Units: per √year, as a fraction.
 * Range: NaN until a window is full, and where a bar of it has no logarithm. Close and Yang-Zhang need one bar before the window.
 * Fails: RangeError for a window below 2 or columns of different lengths.
 * Source: Parkinson (1980); Garman and Klass (1980); Rogers and Satchell (1991); Yang and Zhang (2000), with their k.
 */
export function realisedVol(bars: RealisedBars, { method, window, barsPerYear }: RealisedOptions): Float64Array {
  const n = bars.close.length
  if (!Number.isInteger(window) || window < 2) throw new RangeError(`a window has at least 2 bars, was ${window}`)
  for (const [name, column] of Object.entries(bars) as [string, Float64Array][])
    if (column.length !== n) throw new RangeError(`columns must have ${n} rows each, ${name} had ${column.length}`)
  const out = new Float64Array(n).fill(Number.NaN)
  const variance = varianceAt(bars, method, window)
  const needsPrevious = method === 'close' || method === 'yang-zhang'
  // Garman-Klass may fall below zero on a single window of odd bars: then there is no volatility to speak of.
  for (let i = window - (needsPrevious ? 0 : 1); i < n; i++) out[i] = Math.sqrt(Math.max(0, variance(i)) * barsPerYear)
  return out
}

function varianceAt(bars: RealisedBars, method: RealisedMethod, window: number): (end: number) => number {
  const { open, close } = bars
  if (method === 'close') {
    const returns = close.map((c, i) => logRatio(c, close[i - 1] ?? Number.NaN))
    return end => varianceOver(returns, end, window)
  }
  if (method !== 'yang-zhang') {
    const each = perBar(bars, method)
    return end => sumOver(each, end, window) / window
  }
  const overnight = open.map((o, i) => logRatio(o, close[i - 1] ?? Number.NaN))
  const session = close.map((c, i) => logRatio(c, open[i]!))
  const inside = perBar(bars, 'rogers-satchell')
  const k = 0.34 / (1.34 + (window + 1) / (window - 1))
  return end =>
    varianceOver(overnight, end, window) +
    k * varianceOver(session, end, window) +
    ((1 - k) * sumOver(inside, end, window)) / window
}

/** Where realised volatility has been over one window length. */
export interface ConeRow {
  readonly window: number
  /** Windows that had a volatility. */
  readonly samples: number
  /** At the asked-for shares, linear between samples; NaN without samples. */
  readonly quantiles: Float64Array
  /** Of the newest window; NaN where it has none. */
  readonly now: number
}

/** Volatility cone: for each window length the distribution of realised volatility over all windows. Source: Burghardt and Lane (1990). */
export function volCone(
  bars: RealisedBars,
  { windows, shares, ...options }: Omit<RealisedOptions, 'window'> & { windows: readonly number[]; shares: readonly number[] },
): ConeRow[] {
  return windows.map(window => {
    const all = realisedVol(bars, { ...options, window })
    const sorted = all.filter(vol => !Number.isNaN(vol)).sort()
    const quantiles = Float64Array.from(shares, share => {
      const place = share * (sorted.length - 1)
      const below = sorted[Math.floor(place)] ?? Number.NaN
      return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? Number.NaN) - below)
    })
    return { window, samples: sorted.length, quantiles, now: all.at(-1) ?? Number.NaN }
  })
}
