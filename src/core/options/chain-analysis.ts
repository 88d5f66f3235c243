import type { IsoDate } from '../kit/time.ts'
import type { OptionChain } from './chain.ts'
import type { GreekColumns, SecondGreekColumns } from './columns.ts'

/** Raw SVI: total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)) over log-moneyness k = ln(strike / forward). */
export interface SviSlice {
  readonly a: number
  readonly b: number
  readonly rho: number
  readonly m: number
  readonly sigma: number
}

/** Where a surface is not free of arbitrage. */
export interface ArbitrageFinding {
  /** A butterfly: negative density within one smile. A calendar: total variance that falls towards the later expiry. */
  readonly kind: 'butterfly' | 'calendar'
  readonly expiry: IsoDate
  /** The later expiry of a calendar; null for a butterfly. */
  readonly later: IsoDate | null
  /** Stretch of log-moneyness, and where in it the breach is worst. */
  readonly from: number
  readonly to: number
  readonly worstAt: number
  /** Durrleman's g, or the fall of total variance, at its worst; below zero. */
  readonly worst: number
}

/** Forward and discount that the quotes of one expiry imply. */
export interface ForwardFit {
  readonly forward: number
  /** Present value of 1.00 at expiry. */
  readonly discount: number
  /** Continuously compounded. */
  readonly rate: number
  readonly yieldRate: number
  readonly source: 'parity' | 'spot' | 'none'
  /** Pairs of call and put that were used, and their root mean square residual in price. */
  readonly pairs: number
  readonly residual: number
  /** Where forwards can lie that no executable conversion or reversal contradicts. */
  readonly lowest: number
  readonly highest: number
}

/** What the quotes of one expiry say; a number that cannot be known is NaN. */
export interface ExpiryAnalysis extends ForwardFit {
  readonly date: IsoDate
  readonly tteYears: number
  /** Null where too few quotes are good; `reason` then says which. */
  readonly smile: SviSlice | null
  readonly reason: 'too-few-quotes' | 'no-forward' | 'expired' | null
  /** Rows that the fit used, and its root mean square error in volatility. */
  readonly used: number
  readonly fitError: number
  readonly atmVol: number
  /** Volatility of the 25-delta call less that of the 25-delta put. */
  readonly riskReversal25: number
  /** Mean volatility of both 25-delta wings less that at the money. */
  readonly butterfly25: number
  /** Slope of volatility in log-moneyness at the money. */
  readonly skew: number
}

/** Everything that is derived from a chain; columns have its rows. */
export interface ChainAnalysis {
  readonly chain: OptionChain
  readonly expiries: readonly ExpiryAnalysis[]
  readonly arbitrage: readonly ArbitrageFinding[]
  /** Index into ROW_STATUS. */
  readonly status: Uint8Array
  /** Implied by the middle of bid and ask, by the bid, by the ask, and by the smile; per √year, NaN where there is none. */
  readonly vol: Float64Array
  readonly bidVol: Float64Array
  readonly askVol: Float64Array
  readonly fitVol: Float64Array
  /** At the smile's volatility, or the row's own where there is no smile; `price` is the model's. */
  readonly greeks: GreekColumns
  readonly second: SecondGreekColumns
}
