/** What a finding says of its contract or expiry, against what was to be expected. */
export type Direction = 'cheap' | 'rich' | 'up' | 'down'

/** Unit of a finding's value and baseline: a price, a volatility per √year as a fraction, contracts, or a plain ratio. */
export type FindingUnit = 'price' | 'vol' | 'contracts'

/** One leg of the trade that would take an edge; `row` is -1 for the underlying. */
export interface Leg {
  readonly row: number
  readonly action: 'buy' | 'sell'
  /** Contracts of this leg for one unit of the trade; shares of one contract's deliverable for the underlying. */
  readonly units: number
  /** Executable: the ask where it buys, the bid where it sells. */
  readonly price: number
}

/** One breach that one detector found in one scan. A number that has no meaning there is NaN. */
export interface Finding {
  readonly detector: string
  readonly direction: Direction
  /** Which of several rules of one detector it breaks, as `conversion` of the parity band. */
  readonly rule: string
  /** Rows of the chain that it rests on, the likeliest culprit first; empty where a whole expiry is meant. */
  readonly rows: readonly number[]
  /** Index into the chain's expiries. */
  readonly expiry: number
  readonly unit: FindingUnit
  readonly value: number
  /** What the value would be if nothing were wrong. */
  readonly baseline: number
  /** Least excess over the baseline, or least edge, that counts; in the unit of the value. */
  readonly threshold: number
  /** Excess or edge in thresholds; 1 or more. */
  readonly strength: number
  /** Quotes, or earlier moments, that the baseline rests on. */
  readonly sampleSize: number
  /** Executable profit of the trade after costs, per unit of the underlying. */
  readonly edge: number
  /** The same distance in volatility. */
  readonly edgeVol: number
  readonly legs: readonly Leg[]
}

export type Severity = 'low' | 'medium' | 'high'
