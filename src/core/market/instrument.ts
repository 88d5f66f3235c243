import type { InstrumentId } from '../kit/ids.ts'
import type { EpochMicros, IsoDate } from '../kit/time.ts'

export const ASSET_CLASSES = ['equity', 'index', 'future', 'option', 'spot', 'rate', 'weather', 'series'] as const
export type AssetClass = (typeof ASSET_CLASSES)[number]

/** What is traded, or measured, and how its prices are written. */
export interface Instrument {
  readonly id: InstrumentId
  /** What a person types and sees: `CLZ26`, `SPY`, `wti`. */
  readonly symbol: string
  readonly name: string
  readonly assetClass: AssetClass
  readonly venue: string
  /** The source that feeds it: a key of the table of sources. */
  readonly source: string
  readonly currency: string
  /** Unit of one price, as `USD/bbl`; empty where the price is a plain number. */
  readonly unit: string
  /** Smallest price step; prices are written with its decimals. */
  readonly tickSize: number
  /** Currency units per 1.00 of price and one contract. */
  readonly multiplier: number
  /** Key of the trading calendar in core/market/sessions.ts. */
  readonly calendar: string
  /** Delivery month of a future as `2026-12`, else null. */
  readonly contractMonth: string | null
  readonly lastTradeDate: IsoDate | null
}

/** Why a value may be believed, and how far. */
export const LIVENESS = ['live', 'delayed', 'cached', 'imputed', 'demo', 'stale', 'none'] as const
export type Liveness = (typeof LIVENESS)[number]

/** Marks on a record that ingest kept but does not trust; a record may carry several. */
export const QUALITY = {
  outOfOrder: 1,
  crossed: 2,
  locked: 4,
  offTick: 8,
  gap: 16,
  outlier: 32,
  halted: 64,
  nonPositive: 128,
  duplicate: 256,
} as const
export type QualityFlag = keyof typeof QUALITY

/** Best bid and offer of one instrument at one instant; a missing number is NaN. */
export interface Quote {
  readonly instrument: InstrumentId
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
  /** The venue's clock. */
  readonly eventTime: EpochMicros
  /** Our clock when the frame arrived. */
  readonly receiptTime: EpochMicros
  /** Counts up by one per source; a hole is a gap. */
  readonly seq: number
  readonly source: string
  /** Sum of QUALITY bits. */
  readonly quality: number
}

export const AGGRESSORS = ['buy', 'sell', 'unknown'] as const
export type Aggressor = (typeof AGGRESSORS)[number]

/** One trade. */
export interface Trade {
  readonly instrument: InstrumentId
  readonly price: number
  readonly size: number
  readonly aggressor: Aggressor
  readonly eventTime: EpochMicros
  readonly receiptTime: EpochMicros
  readonly seq: number
  readonly source: string
  readonly quality: number
}
