import { type Bar, type BarBuilder, type BarChange, createBarBuilder } from '../../core/market/bar-builder.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import { type Instrument, QUALITY, type Quote, type Trade } from '../../core/market/instrument.ts'
import { calendarOf } from '../../core/market/sessions.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HostBus } from '../topics.ts'

/** A bar as it stands, or as it closed. */
export interface LiveBar extends Bar {
  readonly closed: boolean
}

/** One bar being built for somebody who looks. */
export interface LiveBuilder {
  /**
   * What changed since the last call, oldest first: bars that closed, then the open one. They are doubted where records were
   * missing or came too late while they were built: then history has to be read for those that closed.
   */
  take(): { readonly bars: LiveBar[]; readonly isDoubted: boolean }
  close(): void
}

/** Builders of the bars that are shown, fed from the bus; instruments nobody looks at cost one map lookup a record. */
export interface LiveBars {
  /** Bars of a timely feed close by the clock too; those of a delayed one only with the next bar's first record. */
  open(instrument: Instrument, timeframe: Timeframe, from: Bar | null, isTimely: boolean): LiveBuilder
  close(): void
}

/** Marks after which history may know another bar than was built here. */
const DOUBTFUL = QUALITY.gap | QUALITY.outOfOrder | QUALITY.offTick | QUALITY.duplicate | QUALITY.outlier

/** A bar is closed so long after its end: its last records are still on their way then. */
const GRACE_MICROS = 2_000_000

interface Watcher {
  readonly builder: BarBuilder
  hear(change: BarChange, quality: number): void
  doubt(): void
  /** Quotes make bars only while no trade has come. */
  traded: boolean
}

export function createLiveBars({ bus, clock }: { bus: HostBus; clock: Clock }): LiveBars {
  const watchers = new Map<string, Set<Watcher>>()
  const onTrades = (batch: readonly Trade[]) => {
    if (watchers.size === 0) return
    for (const trade of batch)
      for (const watcher of watchers.get(trade.instrument) ?? []) {
        watcher.traded = true
        watcher.hear(watcher.builder.trade(trade), trade.quality)
      }
  }
  const onQuotes = (batch: readonly Quote[]) => {
    if (watchers.size === 0) return
    for (const quote of batch)
      for (const watcher of watchers.get(quote.instrument) ?? [])
        if (!watcher.traded) watcher.hear(watcher.builder.quote(quote), quote.quality)
        else if (quote.quality & QUALITY.gap) watcher.doubt()
  }
  const stops = [bus.on('trades', onTrades), bus.on('quotes', onQuotes)]

  return {
    open(instrument, timeframe, from, isTimely) {
      const builder = createBarBuilder({
        timeframe,
        calendar: calendarOf(instrument.calendar),
        ...(from ? { from } : {}),
      })
      let closed: Bar[] = []
      let changed = from !== null
      let isDoubted = false
      const watcher: Watcher = {
        builder,
        // A bar from history that has a volume was made of trades.
        traded: from !== null && !Number.isNaN(from.volume),
        doubt() {
          isDoubted = true
        },
        hear(change, quality) {
          if (change.kind === 'late' || quality & DOUBTFUL) isDoubted = true
          if (change.kind === 'opened' && change.closed) closed.push(change.closed)
          if (change.kind === 'opened' || change.kind === 'updated') changed = true
        },
      }
      const set = watchers.get(instrument.id) ?? new Set()
      watchers.set(instrument.id, set.add(watcher))
      return {
        take() {
          const ended = isTimely ? builder.closeAt(clock.now() - GRACE_MICROS) : null
          if (ended) closed.push(ended)
          const bars: LiveBar[] = closed.map(bar => ({ ...bar, closed: true }))
          closed = []
          const current = builder.current()
          if (changed && current) bars.push({ ...current, closed: false })
          changed = false
          // A bar that is still open stays in doubt until it has closed.
          const inDoubt = isDoubted && bars.some(bar => bar.closed)
          if (inDoubt) isDoubted = false
          return { bars, isDoubted: inDoubt }
        },
        close() {
          set.delete(watcher)
          if (set.size === 0) watchers.delete(instrument.id)
        },
      }
    },
    close() {
      for (const stop of stops) stop()
      watchers.clear()
    },
  }
}
