import { emptyAmerican, priceAmerican } from './american.ts'
import type { AmericanSchemeName } from './american-scheme.ts'
import { emptyGreeks, type OptionColumns } from './columns.ts'
import { priceEuropeanSimd } from './european-simd.ts'

/** One leg of a position: options, or the underlying itself. */
export interface Leg {
  readonly kind: 'call' | 'put' | 'underlying'
  /** Contracts or shares; below zero when sold. */
  readonly quantity: number
  /** Units of the underlying in one contract. */
  readonly multiplier: number
  /** What was paid for one unit. */
  readonly paid: number
  /** The rest is of options only. */
  readonly strike: number
  readonly tteYears: number
  readonly vol: number
  readonly rate: number
  /** Equal to the rate for an option on a future. */
  readonly yieldRate: number
  readonly isAmerican: boolean
}

/** Profit and loss at expiry: straight between its corners, and on beyond both ends. */
export interface PayoffLine {
  /** Strikes and zero, rising; profit at each. */
  readonly spots: readonly number[]
  readonly profits: readonly number[]
  /** Slope beyond the last corner. */
  readonly slopeAbove: number
  /** Spots at which nothing is won or lost; of a stretch of them its two ends. */
  readonly breakEvens: readonly number[]
  /** Over all spots from zero on; infinite where it has no end. */
  readonly most: number
  readonly least: number
}

const sizeOf = ({ quantity, multiplier }: Leg) => quantity * multiplier

function profitOf(leg: Leg, spot: number): number {
  const worth = leg.kind === 'underlying' ? spot : Math.max(0, leg.kind === 'call' ? spot - leg.strike : leg.strike - spot)
  return sizeOf(leg) * (worth - leg.paid)
}

/**
 * Profit and loss of legs at expiry, in closed form: every option at its own expiry, all at one price of the underlying.
 *
 * Units: currency; spots in the underlying's unit.
 * Range: legs of one underlying; with different expiries it is the payoff of a market that stands still between them.
 * Fails: RangeError for no legs.
 */
export function payoffAtExpiry(legs: readonly Leg[]): PayoffLine {
  if (legs.length === 0) throw new RangeError('a payoff needs at least one leg')
  const strikes = legs.filter(leg => leg.kind !== 'underlying').map(leg => leg.strike)
  const spots = [...new Set([0, ...strikes])].sort((a, b) => a - b)
  const profits = spots.map(spot => legs.reduce((sum, leg) => sum + profitOf(leg, spot), 0))
  const slopeAbove = legs.reduce((sum, leg) => sum + (leg.kind === 'put' ? 0 : sizeOf(leg)), 0)
  const last = profits.at(-1)!
  const breakEvens = spots.flatMap((spot, k) => {
    const here = profits[k]!
    if (here === 0) return [spot]
    const next = profits[k + 1]
    if (next === undefined) return here * slopeAbove < 0 ? [spot - here / slopeAbove] : []
    return here * next < 0 ? [spot + ((spots[k + 1]! - spot) * here) / (here - next)] : []
  })
  return {
    spots,
    profits,
    slopeAbove,
    breakEvens,
    most: slopeAbove > 0 ? Number.POSITIVE_INFINITY : Math.max(...profits, last),
    least: slopeAbove < 0 ? Number.NEGATIVE_INFINITY : Math.min(...profits, last),
  }
}

/** What a position may meet. */
export interface ScenarioAxes {
  readonly spots: Float64Array
  /** Added to each leg's volatility; what falls below zero is zero. */
  readonly volShifts: Float64Array
  /** Years from now. */
  readonly ahead: Float64Array
}

/** Value of a position in every scenario; place of one is (time * vols + vol) * spots + spot. */
export interface ScenarioGrid {
  readonly value: Float64Array
  /** Value less what was paid. */
  readonly profit: Float64Array
  /** Per 1.00 of the underlying, times multiplier and quantity; null where an American leg has no such column here. */
  readonly greeks: {
    readonly delta: Float64Array
    readonly gamma: Float64Array
    readonly vega: Float64Array
    readonly theta: Float64Array
  } | null
}

/**
 * Value, profit and Greeks of legs over a grid of spot, volatility and time.
 *
 * Shapes: all answers have times x vols x spots rows.
 * Units: position units (per contract times multiplier times quantity), currency; vega per 1.00, theta per year.
 * Range: a leg that has expired by then is worth its intrinsic value; American legs are solved by `scheme`, without Greeks.
 */
export function scenarioGrid(legs: readonly Leg[], axes: ScenarioAxes, scheme: AmericanSchemeName = 'fast'): ScenarioGrid {
  const { spots, volShifts, ahead } = axes
  const cells = spots.length * volShifts.length * ahead.length
  const value = new Float64Array(cells)
  const profit = new Float64Array(cells)
  const hasGreeks = legs.every(leg => leg.kind === 'underlying' || !leg.isAmerican)
  const column = () => new Float64Array(cells)
  const greeks = hasGreeks ? { delta: column(), gamma: column(), vega: column(), theta: column() } : null
  const columns = gridColumns(axes)
  const european = emptyGreeks(cells)
  const american = emptyAmerican(hasGreeks ? 0 : cells)
  for (const leg of legs) {
    const size = sizeOf(leg)
    if (leg.kind === 'underlying') {
      for (let i = 0; i < cells; i++) value[i]! += size * columns.spot[i]!
      greeks?.delta.forEach((_, i) => {
        greeks.delta[i]! += size
      })
    } else {
      setLeg(columns, leg, axes)
      const price = leg.isAmerican ? priceAmerican(columns, scheme, american).price : priceEuropeanSimd(columns, european).price
      for (let i = 0; i < cells; i++) value[i]! += size * price[i]!
      if (greeks) for (const name of ['delta', 'gamma', 'vega', 'theta'] as const) addScaled(greeks[name], european[name], size)
    }
  }
  const paid = legs.reduce((sum, leg) => sum + sizeOf(leg) * leg.paid, 0)
  value.forEach((worth, i) => {
    profit[i] = worth - paid
  })
  return { value, profit, greeks }
}

function addScaled(into: Float64Array, column: Float64Array, size: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += size * column[i]!
}

/** Columns for one leg over the grid; the spots change fastest, so that an American boundary serves a whole row of them. */
function gridColumns({ spots, volShifts, ahead }: ScenarioAxes): OptionColumns {
  const cells = spots.length * volShifts.length * ahead.length
  const column = () => new Float64Array(cells)
  const spot = column()
  for (let i = 0; i < cells; i++) spot[i] = spots[i % spots.length]!
  return {
    spot,
    strike: column(),
    tteYears: column(),
    vol: column(),
    rate: column(),
    yieldRate: column(),
    side: new Int8Array(cells),
  }
}

function setLeg(columns: OptionColumns, leg: Leg, { spots, volShifts, ahead }: ScenarioAxes): void {
  columns.strike.fill(leg.strike)
  columns.rate.fill(leg.rate)
  columns.yieldRate.fill(leg.yieldRate)
  columns.side.fill(leg.kind === 'call' ? 1 : -1)
  const row = spots.length
  ahead.forEach((years, t) => {
    volShifts.forEach((shift, v) => {
      const from = (t * volShifts.length + v) * row
      columns.tteYears.fill(Math.max(0, leg.tteYears - years), from, from + row)
      columns.vol.fill(Math.max(0, leg.vol + shift), from, from + row)
    })
  })
}

/**
 * Delta of a position as if it were held in an index.
 *
 * Units: delta in units of its underlying; the answer in units of the index.
 */
export function betaWeightedDelta(position: { delta: number; spot: number; beta: number }, index: number): number {
  return (position.delta * position.spot * position.beta) / index
}
