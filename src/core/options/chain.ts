import type { EpochMicros, IsoDate } from '../kit/time.ts'

export const EXERCISES = ['american', 'european'] as const
export type Exercise = (typeof EXERCISES)[number]

/** One expiry of a chain and the stretch of rows that it has. */
export interface ChainExpiry {
  readonly date: IsoDate
  /** Instant from which an option is worth its intrinsic value and no more. */
  readonly settlesAt: EpochMicros
  readonly from: number
  /** One past its last row. */
  readonly to: number
  /** Price of the future that these options are on, where somebody said it. */
  readonly future?: number
}

/**
 * Quotes of the options on one underlying at one instant, as columns of one length; a missing number is NaN.
 *
 * Rows are sorted by expiry, then strike, calls before puts, and no contract stands twice.
 */
export interface OptionChain {
  /** Symbol of the underlying, as `SPY`. */
  readonly underlying: string
  readonly asOf: EpochMicros
  readonly exercise: Exercise
  /** Units of the underlying in one contract. */
  readonly multiplier: number
  /** Smallest price step of the options. */
  readonly tickSize: number
  readonly spotBid: number
  readonly spotAsk: number
  /** Instant of the underlying's quote; NaN where nobody said. */
  readonly spotTime: number
  readonly isHalted: boolean
  /** Options on futures: each expiry has a future of its own, and the spot is not what they are on. */
  readonly isOnFuture?: boolean
  readonly expiries: readonly ChainExpiry[]
  readonly strike: Float64Array
  /** 1 for a call, -1 for a put. */
  readonly side: Int8Array
  readonly bid: Float64Array
  readonly ask: Float64Array
  readonly bidSize: Float64Array
  readonly askSize: Float64Array
  readonly last: Float64Array
  /** Contracts traded since the session began. */
  readonly volume: Float64Array
  /** Contracts open at the end of the previous clearing day. */
  readonly openInterest: Float64Array
  /** Instant of the quote in microseconds; NaN where nobody said. */
  readonly quoteTime: Float64Array
}

/** Why a row has a volatility, or has none; a row holds the index of one. */
export const ROW_STATUS = [
  'OK',
  /** Neither side is quoted, or both are zero, as some feeds send off hours. */
  'NO_QUOTE',
  /** Only one side is quoted, so there is no middle. */
  'ONE_SIDED',
  /** The bid is above the ask. */
  'CROSSED',
  /** Bid and ask are far apart for the price: kept, but not used by the fit. */
  'WIDE',
  'STALE',
  'HALTED',
  'EXPIRED',
  /** Neither put-call parity nor the underlying gives a forward. */
  'NO_FORWARD',
  'BELOW_INTRINSIC',
  'NO_TIME_VALUE',
  'ABOVE_MAXIMUM',
  'NO_SOLUTION',
  /** Bid and ask are one price: kept, and used by the fit. */
  'LOCKED',
] as const
export type RowStatus = (typeof ROW_STATUS)[number]
