import type { InstrumentId } from '../../core/kit/ids.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Bars, Timeframe } from '../../core/market/bars.ts'
import type { Instrument, Liveness, Quote, Trade } from '../../core/market/instrument.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Secret } from '../../platform/secret.ts'

/** A quote as a source parsed it; ingest adds the receipt time, the source and the quality marks. */
export type RawQuote = Pick<Quote, 'instrument' | 'bid' | 'ask' | 'bidSize' | 'askSize' | 'eventTime' | 'seq'>
export type RawTrade = Pick<Trade, 'instrument' | 'price' | 'size' | 'aggressor' | 'eventTime' | 'seq'>

/** Day statistics that some venues send beside quotes and trades; missing numbers are NaN. */
export interface RawDay {
  readonly instrument: InstrumentId
  readonly open: number
  readonly high: number
  readonly low: number
  readonly previousClose: number
  readonly volume: number
  readonly eventTime: EpochMicros
}

/** Instant at which values that come from a source's cache were first received. */
export interface Kept {
  readonly receiptTime: EpochMicros
}

/**
 * How values come that are not news of this moment: from a cache, or out of the recent `past` that a new subscription begins with.
 *
 * What is past is shown like news, but what is held already is left out, and it is neither timed nor stored: nobody sent it live.
 */
export type Origin = Kept | 'past'

/** Where a source puts what it learns. Nothing here throws back at the source. */
export interface SourceSink {
  /** Values kept from an earlier day of work are shown as cached with that age, and not stored again. */
  quotes(batch: readonly RawQuote[], origin?: Origin): void
  trades(batch: readonly RawTrade[], origin?: Origin): void
  days(batch: readonly RawDay[], kept?: Kept): void
  /** What the venue itself says of its values, where that differs from what the source gives in general. */
  liveness(list: readonly { readonly instrument: InstrumentId; readonly state: Liveness; readonly reason: string | null }[]): void
  instruments(list: readonly Instrument[]): void
  /** Records with these numbers never came; `instrument` is null when the gap is the whole feed's. */
  gap(gap: { readonly instrument: InstrumentId | null; readonly fromSeq: number; readonly toSeq: number }): void
  /** A frame that could not be parsed or believed: kept in feed_refused with the reason, never dropped in silence. */
  refused(frame: { readonly raw: string; readonly reason: string }): void
  phase(phase: 'connecting' | 'up' | 'backing-off' | 'failed', reason?: string): void
  budget(
    budget: {
      readonly left: number
      readonly of: number
      readonly perSeconds: number
      readonly nextTry: EpochMicros | null
    } | null,
  ): void
  count(what: 'reconnects' | 'cacheHits'): void
}

export interface SourceContext {
  readonly clock: Clock
  readonly log: Log
  readonly sink: SourceSink
  /** Folder of the source's own, for cached answers. */
  readonly folder: string
  readonly fetch: typeof fetch
  /** A secret of the source's own `credentials`; null where it was never set. Fails where their place is closed. */
  readonly secret: (name: string) => Promise<Secret | null>
  /** Seed of everything random in a source, so that a day can be replayed. */
  readonly seed: number
}

export interface HistoryRequest {
  readonly instrument: Instrument
  readonly timeframe: Timeframe
  readonly from: EpochMicros
  readonly to: EpochMicros
  readonly signal: AbortSignal
}

export interface HistoryAnswer {
  readonly bars: Bars
  readonly state: Liveness
  readonly asOf: EpochMicros
}

export interface FoundSymbol {
  readonly symbol: string
  readonly name: string
  readonly kind: string
  readonly venue: string
}

/** An open connection to one source. */
export interface SourceSession {
  subscribe(instruments: readonly InstrumentId[]): void
  unsubscribe(instruments: readonly InstrumentId[]): void
  find(text: string): Promise<readonly FoundSymbol[]>
  /** The instrument that a symbol of this source stands for, null when it knows none. */
  resolve(symbol: string): Promise<Instrument | null>
  history(request: HistoryRequest): Promise<HistoryAnswer>
  /** Ends everything within a second; nothing reaches the sink afterwards. */
  close(): Promise<void>
}

/** One kind of source: a row of the table in sources/index.ts. */
export interface Source {
  readonly name: string
  readonly title: string
  readonly gives: Liveness
  /** On in a fresh workspace. */
  readonly enabledAtFirst: boolean
  /** Longest silence, per subscribed instrument, that is normal while its market is open; twice this and it is stale. */
  readonly expectedIntervalSeconds: number
  /** What a person must fill in before it can run, as keys of secrets; empty for none. */
  readonly credentials: readonly string[]
  open(context: SourceContext): SourceSession
}
