import type { UnderlyingState } from '../../contract/options.ts'
import { reasonOf } from '../../contract/reasons.ts'
import type { Provenance } from '../../contract/wire.ts'
import type { EpochMicros, IsoDate } from '../../core/kit/time.ts'
import { type ChainBook, createChainBook } from './chain-book.ts'
import type { ChainFeed } from './chain-feed.ts'
import type { ChainRotation } from './chain-rotation.ts'
import type { ChainRunner, FeedPhase } from './chain-runner.ts'
import type { AnalysedChain, ContractPlace } from './chain-service.ts'

/** One feed with what keeps it going. */
export interface RunningFeed {
  readonly feed: ChainFeed
  readonly runner: ChainRunner
  readonly rotation: ChainRotation
}

/** One underlying of a feed: what is known of it, and who wants it. */
export interface ChainEntry {
  readonly key: string
  readonly symbol: string
  readonly feed: ChainFeed
  readonly book: ChainBook
  phase: FeedPhase | 'idle'
  reason: string | null
  followers: number
  /** Expiries that somebody looks at, with how many do. */
  readonly shown: Map<IsoDate, number>
  readonly watched: Set<readonly ContractPlace[]>
  isInBackground: boolean
  latest: AnalysedChain | null
  /** Version of the book that the newest pass has seen, and when it began. */
  analysedVersion: number
  analysedAt: number
  /** When a quote came last, and since when one is waited for; monotonic seconds. */
  heardAt: number
  followedAt: number
}

/** `SYMBOL.VENUE`, the venue being the feed's name in capitals. */
export function keyOfFeed(symbol: string, feed: Pick<ChainFeed, 'name'>): string {
  return `${symbol}.${feed.name.toUpperCase()}`
}

export function createEntry(symbol: string, feed: ChainFeed): ChainEntry {
  return {
    ...{ key: keyOfFeed(symbol, feed), symbol, feed, book: createChainBook(symbol) },
    ...{ phase: 'idle', reason: null, followers: 0, shown: new Map(), watched: new Set(), isInBackground: false },
    ...{ latest: null, analysedVersion: 0, analysedAt: Number.NEGATIVE_INFINITY },
    ...{ heardAt: Number.NEGATIVE_INFINITY, followedAt: Number.NEGATIVE_INFINITY },
  }
}

/** What may be believed of an entry's quotes; `staleSeconds` is infinite while its market is closed. */
export function provenanceOf(entry: ChainEntry, { now, staleSeconds }: { now: number; staleSeconds: number }): Provenance {
  const { feed, book, phase, reason } = entry
  const asOf = Number.isNaN(book.newestEvent) ? book.newestReceipt : (book.newestEvent as EpochMicros)
  const hasQuotes = book.newestReceipt !== null
  const made = (state: Provenance['state'], why: string | null): Provenance => ({ source: feed.name, state, asOf, reason: why })
  const old = hasQuotes ? 'stale' : 'none'
  if (phase === 'idle') return made(old, reasonOf('nothing-asked'))
  if (phase === 'off') return made(old, reasonOf('source-off'))
  if (phase === 'failed' || phase === 'backing-off') return made(old, reason ?? reasonOf('failed'))
  if (!hasQuotes) {
    const waited = now - entry.followedAt
    return made('none', reasonOf(waited > Math.max(30, staleSeconds) ? 'nothing-received' : 'waiting'))
  }
  if (now - entry.heardAt > staleSeconds) return made('stale', reasonOf('silent'))
  return made(feed.gives, feed.gives === 'delayed' ? reasonOf('delayed') : null)
}

export function underlyingStateOf(entry: ChainEntry, provenance: Provenance, name: string, now: EpochMicros): UnderlyingState {
  const { key, symbol, book } = entry
  return {
    ...{ key, symbol, name, source: provenance.source, state: provenance.state, reason: provenance.reason },
    expiries: book.expiries.filter(one => one.settlesAt > now).length,
    contracts: book.rows,
    asOf: provenance.asOf,
    watchedInBackground: entry.isInBackground,
  }
}
