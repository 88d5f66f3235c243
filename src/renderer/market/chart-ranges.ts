import { civilOf, dayNumberOf, startOfDay } from '../../core/kit/calendar.ts'
import { MICROS_PER_DAY } from '../../core/kit/time.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import type { BarTable } from './chart-bars.ts'
import type { ChartRange } from './chart-toolbar.tsx'

const SPANS: Readonly<Record<ChartRange, { readonly timeframe: Timeframe; readonly days: number }>> = {
  '1D': { timeframe: '1m', days: 1 },
  '5D': { timeframe: '5m', days: 5 },
  '1M': { timeframe: '30m', days: 30 },
  '3M': { timeframe: '1h', days: 91 },
  '6M': { timeframe: '4h', days: 182 },
  YTD: { timeframe: '1d', days: 0 },
  '1Y': { timeframe: '1d', days: 365 },
  '5Y': { timeframe: '1w', days: 1826 },
  all: { timeframe: '1M', days: Number.POSITIVE_INFINITY },
}

/** The timeframe in which a stretch is read best: a few hundred bars. */
export function timeframeOf(range: ChartRange): Timeframe {
  return SPANS[range].timeframe
}

/** Where a stretch begins that ends with the newest bar, in epoch microseconds; -Infinity for all there is. */
export function beginOf(range: ChartRange, table: BarTable): number {
  if (table.count === 0) return Number.NEGATIVE_INFINITY
  const newest = table.micros[table.count - 1]!
  if (range === 'YTD') return startOfDay(dayNumberOf(civilOf(table.day[table.count - 1]!).year, 1, 1), table.calendar.zone)
  return newest - SPANS[range].days * MICROS_PER_DAY
}
