/** European or American options on a spot with a continuous yield, as columns of one length. */
export interface OptionColumns {
  readonly spot: Float64Array
  readonly strike: Float64Array
  /** Years to expiry; at or below 0 the option is worth its intrinsic value. */
  readonly tteYears: Float64Array
  /** Per √year, as a fraction. */
  readonly vol: Float64Array
  /** Continuously compounded. */
  readonly rate: Float64Array
  /** Continuously compounded yield of the underlying; equal to the rate for an option on a future. */
  readonly yieldRate: Float64Array
  /** 1 for a call, -1 for a put. */
  readonly side: Int8Array
}

/** European options on a forward or future, as columns of one length. */
export interface ForwardColumns {
  readonly forward: Float64Array
  readonly strike: Float64Array
  readonly tteYears: Float64Array
  /** Per √year: a fraction for Black-76, in units of the forward for Bachelier. */
  readonly vol: Float64Array
  /** Of the discount factor exp(-rate * tteYears). */
  readonly rate: Float64Array
  readonly side: Int8Array
}

/** Price and first Greeks in the model's own units: vega and rho per 1.00, theta per year of passing time. */
export interface GreekColumns {
  readonly price: Float64Array
  readonly delta: Float64Array
  readonly gamma: Float64Array
  readonly vega: Float64Array
  readonly theta: Float64Array
  readonly rho: Float64Array
}

/** Second Greeks, per 1.00 of volatility and per year. */
export interface SecondGreekColumns {
  /** Change of delta with volatility. */
  readonly vanna: Float64Array
  /** Change of vega with volatility. */
  readonly volga: Float64Array
  /** Change of delta with passing time. */
  readonly charm: Float64Array
}

/** Empty columns for the answers of n options. */
export function emptyGreeks(n: number): GreekColumns {
  const column = () => new Float64Array(n)
  return { price: column(), delta: column(), gamma: column(), vega: column(), theta: column(), rho: column() }
}

/** Empty columns for the second Greeks of n options. */
export function emptySecondGreeks(n: number): SecondGreekColumns {
  return { vanna: new Float64Array(n), volga: new Float64Array(n), charm: new Float64Array(n) }
}

/** Fails: RangeError naming the first column that has another length than `rows`. */
export function expectRows(rows: number, columns: object): void {
  for (const [name, column] of Object.entries(columns) as [string, { length: number }][]) {
    if (column.length !== rows) throw new RangeError(`columns must have ${rows} rows each, ${name} had ${column.length}`)
  }
}
