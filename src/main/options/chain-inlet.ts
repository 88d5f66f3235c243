import type { Clock } from '../../platform/clock.ts'
import type { ChainEntry } from './chain-entry.ts'
import type { ChainRunnerOptions, FeedPhase } from './chain-runner.ts'

export interface ChainInletOptions {
  /** Null for an underlying that nobody listed. */
  readonly entryOf: (symbol: string) => ChainEntry | null
  readonly clock: Clock
  readonly refuse: (raw: string, reason: string) => void
  readonly onListed: () => void
  /** Something in the entry's book is other than before. */
  readonly onChanged: (entry: ChainEntry) => void
  readonly onPhase: (entry: ChainEntry, phase: FeedPhase, reason: string | null) => void
}

const REFUSED_KEPT = 2000

/** The way of everything that a feed says into the books: checked there, counted here, and told to whoever must act. */
export function createChainInlet(options: ChainInletOptions): ChainRunnerOptions['sink'] {
  const { entryOf, clock, refuse, onChanged } = options
  const refuseRecord = (record: object, reason: string) => refuse(written(record), reason)
  const of = (symbol: string): ChainEntry | null => {
    const entry = entryOf(symbol)
    if (!entry) refuse(symbol, 'its underlying was not asked for')
    return entry
  }
  return {
    listing(listing) {
      const entry = of(listing.underlying)
      if (!entry) return
      entry.book.list(listing, refuseRecord)
      options.onListed()
      onChanged(entry)
    },
    quotes(symbol, batch) {
      const entry = batch.length > 0 ? of(symbol) : null
      if (!entry || entry.book.quotes(batch, clock.now(), refuseRecord) === 0) return
      entry.heardAt = clock.monotonic()
      onChanged(entry)
    },
    spot(symbol, spot) {
      const entry = of(symbol)
      if (!entry) return
      entry.book.setSpot(spot, refuseRecord)
      onChanged(entry)
    },
    halted(symbol, isHalted) {
      const entry = of(symbol)
      if (!entry) return
      entry.book.setHalted(isHalted)
      onChanged(entry)
    },
    refused: ({ raw, reason }) => refuse(raw.slice(0, REFUSED_KEPT), reason),
    phase(symbol, phase, reason) {
      const entry = entryOf(symbol)
      if (entry) options.onPhase(entry, phase, reason)
    },
  }
}

/** A record as text for feed_refused; JSON alone would write NaN and Infinity as null. */
function written(record: object): string {
  const text = JSON.stringify(record, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
  return text.slice(0, REFUSED_KEPT)
}
