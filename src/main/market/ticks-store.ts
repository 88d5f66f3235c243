import type { Quote, Trade } from '../../core/market/instrument.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Log } from '../../platform/log.ts'
import { createWriteBehind } from '../../platform/write-behind.ts'
import type { TickWriters } from './ingest.ts'

/** Rows that may wait for the data process: some ten seconds of a busy market. */
const WAITING_AT_MOST = 500_000

/** Quotes, trades and refused frames on their way to disk: written in batches, at most a quarter of a second behind. */
export interface TicksStore {
  readonly writers: TickWriters
  /** Rows not yet written, over all tables. */
  pending(): number
  /** Rows given up because the store was away for too long. */
  dropped(): number
  /** Most rows that may wait, over all tables. */
  readonly limit: number
  flush(): Promise<void>
  close(): Promise<void>
}

export function createTicksStore({ store, clock, log }: { store: DataStore; clock: Clock; log: Log }): TicksStore {
  const behind = (table: string) =>
    createWriteBehind({ store, table, clock, log, everySeconds: 0.25, maxRows: 5000, limit: WAITING_AT_MOST })
  const quotes = behind('quotes')
  const trades = behind('trades')
  const refused = behind('feed_refused')
  const all = [quotes, trades, refused]
  return {
    writers: {
      quotes: (batch: readonly Quote[]) => quotes.pushMany(batch),
      trades: (batch: readonly Trade[]) => trades.pushMany(batch),
      refused: frame => refused.push(frame),
    },
    pending: () => all.reduce((sum, one) => sum + one.pending(), 0),
    dropped: () => all.reduce((sum, one) => sum + one.dropped(), 0),
    limit: WAITING_AT_MOST * all.length,
    flush: async () => {
      await Promise.all(all.map(one => one.flush()))
    },
    close: async () => {
      await Promise.all(all.map(one => one.close()))
    },
  }
}
