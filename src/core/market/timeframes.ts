import { civilOf, dayIn, dayNumberOf, startOfDay, weekdayOf } from '../kit/calendar.ts'
import type { EpochMicros } from '../kit/time.ts'
import { MICROS_PER_MINUTE } from '../kit/time.ts'
import { TIMEFRAMES, type Timeframe } from './bars.ts'
import { closeBefore, nextOpen, sessionAt, type TradingCalendar } from './sessions.ts'

const MINUTES: Readonly<Record<Timeframe, number | null>> = {
  '1m': 1,
  '2m': 2,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '1d': null,
  '1w': null,
  '1M': null,
}

/** The bar that an instant belongs to. */
export interface Bucket {
  /** The `time` of the bar. */
  readonly start: EpochMicros
  /** Instants in [from, to) are known to belong to the same bar; a weekly or monthly bar may go on after `to`. */
  readonly from: number
  readonly to: number
}

/** The longer of two timeframes: what stored bars come as when they are asked for as a shorter or a longer one. */
export function longerOf(a: Timeframe, b: Timeframe): Timeframe {
  return TIMEFRAMES.indexOf(a) >= TIMEFRAMES.indexOf(b) ? a : b
}

/** Length of an intraday bar in minutes; null for a day and longer, whose lengths vary. */
export function minutesOf(timeframe: Timeframe): number | null {
  return MINUTES[timeframe]
}

/**
 * The bar of that length that an instant belongs to under a calendar.
 *
 * Intraday bars count from the start of the stretch of trading they lie in (09:30 for the regular session of NYSE, 18:00 for CME) and
 * end with it, so that no bar reaches over a session break; while the market is closed they count from its close.
 * A daily bar holds a trading date and is stamped with local midnight of that date, a weekly one with the Monday, a monthly one
 * with the first of the month: so a CME bar of Monday that opened on Sunday evening is still labelled Monday.
 */
export function bucketOf(instant: number, timeframe: Timeframe, calendar: TradingCalendar): Bucket {
  const minutes = MINUTES[timeframe]
  if (minutes !== null) return intradayBucket(instant, minutes * MICROS_PER_MINUTE, calendar)
  if (calendar.week === 'every day') {
    // Such a calendar never closes, so its trading dates are the days of its zone; no session need be built for decades of days.
    const today = dayIn(instant, calendar.zone)
    const from = startOfDay(today, calendar.zone)
    const first = firstDayOf(today, timeframe)
    return { start: first === today ? from : startOfDay(first, calendar.zone), from, to: startOfDay(today + 1, calendar.zone) }
  }
  const { day, close } = sessionAt(instant, calendar)
  return { start: startOfDay(firstDayOf(day, timeframe), calendar.zone), from: closeBefore(day, calendar), to: close }
}

/** Time stamp of the bar that an instant belongs to; see bucketOf. */
export function bucketStart(instant: number, timeframe: Timeframe, calendar: TradingCalendar): EpochMicros {
  return bucketOf(instant, timeframe, calendar).start
}

/** Instant at which the bar that starts at `start` is complete: nothing later belongs to it. */
export function bucketEnd(start: number, timeframe: Timeframe, calendar: TradingCalendar): EpochMicros {
  const first = bucketOf(start, timeframe, calendar)
  if (timeframe !== '1w' && timeframe !== '1M') return first.to as EpochMicros
  let bucket = first
  for (;;) {
    const next = bucketOf(bucket.to, timeframe, calendar)
    if (next.start !== first.start) return bucket.to as EpochMicros
    bucket = next
  }
}

/** Time stamp of the bar that is due after the one that starts at `start`, session breaks skipped. */
export function nextBucket(start: number, timeframe: Timeframe, calendar: TradingCalendar): EpochMicros {
  return bucketStart(nextOpen(bucketEnd(start, timeframe, calendar), calendar), timeframe, calendar)
}

function firstDayOf(day: number, timeframe: Timeframe): number {
  if (timeframe === '1w') return day - ((weekdayOf(day) + 6) % 7)
  if (timeframe === '1M') {
    const { year, month } = civilOf(day)
    return dayNumberOf(year, month, 1)
  }
  return day
}

function intradayBucket(instant: number, length: number, calendar: TradingCalendar): Bucket {
  const { day, stretches } = sessionAt(instant, calendar)
  let anchor: number | null = null
  let end = Number.POSITIVE_INFINITY
  for (const stretch of stretches) {
    if (instant < stretch.from) {
      end = stretch.from
      break
    }
    anchor = instant < stretch.to ? stretch.from : stretch.to
    end = stretch.to
    if (instant < stretch.to) break
  }
  anchor ??= closeBefore(day, calendar)
  const from = anchor + Math.floor((instant - anchor) / length) * length
  return { start: from as EpochMicros, from, to: Math.min(from + length, end) }
}
