import type { EpochMicros } from '../kit/time.ts'
import type { Timeframe } from './bars.ts'
import { QUALITY } from './instrument.ts'
import type { TradingCalendar } from './sessions.ts'
import { bucketEnd, bucketOf } from './timeframes.ts'

/** One bar; volume is NaN where only quotes made it. */
export interface Bar {
  readonly time: EpochMicros
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** What a record did to the bars. */
export type BarChange =
  /** It opened a bar; `closed` is the bar before it, which is now complete. */
  | { readonly kind: 'opened'; readonly bar: Bar; readonly closed: Bar | null }
  /** It belongs to the open bar, in order or not. */
  | { readonly kind: 'updated'; readonly bar: Bar }
  /** It belongs to the bar that started at `time` and is closed; the caller decides whether to read that bar again. */
  | { readonly kind: 'late'; readonly time: EpochMicros }
  /** It has no usable price, or a quality mark that keeps it out of bars. */
  | { readonly kind: 'ignored'; readonly reason: 'no price' | 'quality' }

/** Builds the bars of one instrument from its records as they come. */
export interface BarBuilder {
  /** Takes a trade; among trades of one instant, the last to come is the close. */
  trade(trade: {
    readonly price: number
    readonly size: number
    readonly eventTime: number
    readonly quality?: number
  }): BarChange
  /** Takes the mid of a quote, for instruments that have no trades. A one-sided or crossed quote has none. */
  quote(quote: { readonly bid: number; readonly ask: number; readonly eventTime: number; readonly quality?: number }): BarChange
  /** The open bar, null before the first record and after a close. */
  current(): Bar | null
  /** Closes the open bar when it is complete at `now`, and returns it. */
  closeAt(now: number): Bar | null
}

/** Which bars to build, and what to leave out of them. */
export interface BarBuilderOptions {
  readonly timeframe: Timeframe
  readonly calendar: TradingCalendar
  /** The bar to go on with after a restart, as history gave it. */
  readonly from?: Bar
  /** Sum of the QUALITY bits that keep a record out of bars; outliers where absent. */
  readonly ignore?: number
}

interface OpenBar {
  time: EpochMicros
  open: number
  high: number
  low: number
  close: number
  volume: number
  firstAt: number
  lastAt: number
}

/**
 * A builder of bars from trades or quotes, equal to aggregating the same records in one go.
 *
 * A record that comes late but within the open bar still counts: it can be the bar's open when it is older than the first one.
 * A record older than the open bar is reported as 'late' and changes nothing.
 */
export function createBarBuilder({ timeframe, calendar, from, ignore = QUALITY.outlier }: BarBuilderOptions): BarBuilder {
  let open: OpenBar | null = from ? resumed(from) : null
  let spanFrom = 0
  let spanTo = 0
  let newestClosed = Number.NEGATIVE_INFINITY

  function startOf(at: number): EpochMicros {
    if (open && at >= spanFrom && at < spanTo) return open.time
    const bucket = bucketOf(at, timeframe, calendar)
    if (open === null || bucket.start >= open.time) {
      spanFrom = bucket.from
      spanTo = bucket.to
    }
    return bucket.start
  }

  function take(at: number, price: number, volume: number, quality: number): BarChange {
    if (!Number.isFinite(price) || !Number.isFinite(at)) return { kind: 'ignored', reason: 'no price' }
    if ((quality & ignore) !== 0) return { kind: 'ignored', reason: 'quality' }
    const time = startOf(at)
    if (time <= newestClosed || (open && time < open.time)) return { kind: 'late', time }
    if (open && time === open.time) {
      join(open, at, price, volume)
      return { kind: 'updated', bar: shown(open) }
    }
    const closed = open ? shown(open) : null
    if (closed) newestClosed = closed.time
    open = { time, open: price, high: price, low: price, close: price, volume, firstAt: at, lastAt: at }
    return { kind: 'opened', bar: shown(open), closed }
  }

  return {
    trade: ({ price, size, eventTime, quality = 0 }) => take(eventTime, price, size, quality),
    quote: ({ bid, ask, eventTime, quality = 0 }) =>
      take(eventTime, bid <= ask ? (bid + ask) / 2 : Number.NaN, Number.NaN, quality),
    current: () => (open ? shown(open) : null),
    closeAt(now) {
      if (!open || now < bucketEnd(open.time, timeframe, calendar)) return null
      const bar = shown(open)
      newestClosed = bar.time
      open = null
      spanTo = 0
      return bar
    },
  }
}

function resumed(bar: Bar): OpenBar {
  // History does not say when its first and last trades were: what comes now is taken as newer than both.
  return { ...bar, firstAt: Number.NEGATIVE_INFINITY, lastAt: bar.time }
}

function join(bar: OpenBar, at: number, price: number, volume: number): void {
  if (price > bar.high) bar.high = price
  if (price < bar.low) bar.low = price
  if (at >= bar.lastAt) {
    bar.lastAt = at
    bar.close = price
  }
  if (at < bar.firstAt) {
    bar.firstAt = at
    bar.open = price
  }
  if (!Number.isNaN(volume)) bar.volume = Number.isNaN(bar.volume) ? volume : bar.volume + volume
}

function shown({ time, open, high, low, close, volume }: OpenBar): Bar {
  return { time, open, high, low, close, volume }
}
