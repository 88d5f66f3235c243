import { type Bar, type BarBuilder, type BarChange, createBarBuilder } from '../../core/market/bar-builder.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import type { Instrument, Quote, Trade } from '../../core/market/instrument.ts'
import { calendarOf } from '../../core/market/sessions.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HostBus } from '../topics.ts'

/** A bar as it stands, or as it closed. */
export interface LiveBar extends Bar {
  readonly closed: boolean
}

/** One bar being built for somebody who looks. */
export interface LiveBuilder {
  /** What changed since the last call, oldest first: bars that closed, then the open one. */
  take(): LiveBar[]
  /** A record came for a bar that is closed already: its bar has to be read again from history. */
  lateSince(): boolean
  close(): void
}

/** Builders of the bars that are shown, fed from the bus; instruments nobody looks at cost one map lookup a record. */
export interface LiveBars {
  open(instrument: Instrument, timeframe: Timeframe, from: Bar | null): LiveBuilder
  close(): void
}

interface Watcher {
  readonly builder: BarBuilder
  hear(change: BarChange): void
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
        watcher.hear(watcher.builder.trade(trade))
      }
  }
  const onQuotes = (batch: readonly Quote[]) => {
    if (watchers.size === 0) return
    for (const quote of batch)
      for (const watcher of watchers.get(quote.instrument) ?? []) if (!watcher.traded) watcher.hear(watcher.builder.quote(quote))
  }
  const stops = [bus.on('trades', onTrades), bus.on('quotes', onQuotes)]

  return {
    open(instrument, timeframe, from) {
      const builder = createBarBuilder({
        timeframe,
        calendar: calendarOf(instrument.calendar),
        ...(from ? { from } : {}),
      })
      let closed: Bar[] = []
      let changed = from !== null
      let late = false
      const watcher: Watcher = {
        builder,
        // A bar from history that has a volume was made of trades.
        traded: from !== null && !Number.isNaN(from.volume),
        hear(change) {
          if (change.kind === 'late') late = true
          if (change.kind === 'opened' && change.closed) closed.push(change.closed)
          if (change.kind === 'opened' || change.kind === 'updated') changed = true
        },
      }
      const set = watchers.get(instrument.id) ?? new Set()
      watchers.set(instrument.id, set.add(watcher))
      return {
        take() {
          const ended = builder.closeAt(clock.now())
          if (ended) closed.push(ended)
          const bars: LiveBar[] = closed.map(bar => ({ ...bar, closed: true }))
          closed = []
          const current = builder.current()
          if (changed && current) bars.push({ ...current, closed: false })
          changed = false
          return bars
        },
        lateSince() {
          const was = late
          late = false
          return was
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
