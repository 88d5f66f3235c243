import type { EpochMicros, IsoDate } from '../../core/kit/time.ts'
import type { Liveness } from '../../core/market/instrument.ts'
import type { Exercise } from '../../core/options/chain.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'

/** One option contract as a feed lists it; `key` is the feed's own and unique within an underlying. */
export interface ListedOption {
  readonly key: string
  readonly expiry: IsoDate
  readonly settlesAt: EpochMicros
  readonly strike: number
  /** 1 for a call, -1 for a put. */
  readonly side: 1 | -1
}

/** What can be quoted of one underlying. */
export interface ChainListing {
  readonly underlying: string
  readonly exercise: Exercise
  readonly multiplier: number
  readonly tickSize: number
  /** Options on futures: each expiry has a future of its own, and strikes may lie below zero. */
  readonly isOnFuture?: boolean
  readonly contracts: readonly ListedOption[]
}

/** Newest values of one contract; a missing number is NaN. */
export interface OptionQuote {
  readonly key: string
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
  readonly last: number
  readonly volume: number
  readonly openInterest: number
  /** The venue's clock; NaN where it does not say. */
  readonly eventTime: number
}

/** Where a feed puts what it learns about one underlying. Nothing here throws back at the feed. */
export interface ChainSink {
  listing(listing: ChainListing): void
  quotes(underlying: string, batch: readonly OptionQuote[]): void
  spot(underlying: string, spot: { readonly bid: number; readonly ask: number; readonly eventTime: number }): void
  halted(underlying: string, isHalted: boolean): void
  refused(frame: { readonly raw: string; readonly reason: string }): void
  phase(underlying: string, phase: 'connecting' | 'up' | 'backing-off' | 'failed', reason?: string): void
}

export interface ChainFeedContext {
  readonly clock: Clock
  readonly log: Log
  readonly sink: ChainSink
  /** Folder of the feed's own, for cached answers. */
  readonly folder: string
  readonly fetch: typeof fetch
  readonly seed: number
}

/** An open connection that gives chains. */
export interface ChainFeedSession {
  /** Lists the underlying to the sink and sends its spot from now on. */
  follow(underlying: string): void
  unfollow(underlying: string): void
  /** Replaces the contracts that are streamed; there are never more than `lines` over all underlyings. */
  stream(underlying: string, keys: readonly string[]): void
  /** Asks once for contracts that are not streamed; the answer comes to the sink. */
  poll(underlying: string, keys: readonly string[]): void
  /** Ends everything within a second; nothing reaches the sink afterwards. */
  close(): Promise<void>
}

/** One kind of feed of option chains; its name is that of a row in the table of sources. */
export interface ChainFeed {
  readonly name: string
  readonly gives: Liveness
  /** Contracts that may be streamed at once; 0 where the feed can only be asked. */
  readonly lines: number
  /** Contracts of one poll, and how often one may be made. */
  readonly pollSize: number
  /** A poll may name contracts of several expiries; where it is left out the feed answers for one expiry at a time. */
  readonly pollsAcross?: boolean
  readonly pollEverySeconds: number
  /** A quote older than this is stale while its market is open. */
  readonly staleSeconds: number
  /** Underlyings it offers by itself; others may be asked for where `findsAny`. */
  readonly underlyings: readonly string[]
  readonly findsAny: boolean
  open(context: ChainFeedContext): ChainFeedSession
}
