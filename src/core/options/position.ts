import { americanGreeks } from './american.ts'
import type { GreekColumns, OptionColumns } from './columns.ts'
import { priceEuropean } from './european.ts'
import { type Leg, payoffAtExpiry, scenarioGrid } from './portfolio.ts'
import { type RawGreeks, type ScreenGreeks, toPositionGreeks } from './screen-units.ts'

/** Where a position is looked at: the underlying's price, what is added to each volatility, and years from now. */
export interface PositionMoment {
  readonly spot: number
  readonly volShift: number
  readonly ahead: number
}

/** Greeks of a whole position in position units, with what it is worth and has won. */
export interface PositionFigures extends ScreenGreeks {
  /** Value less what was paid. */
  readonly profit: number
  /** Delta times the underlying's price: the money that moves with it one for one. */
  readonly deltaCash: number
  /** Change of `deltaCash` per move of 1 %. */
  readonly gammaPerPercent: number
}

const ZERO: ScreenGreeks = { price: 0, delta: 0, gamma: 0, vegaPerPoint: 0, thetaPerDay: 0, rhoPerBasisPoint: 0 }

/**
 * Value, profit and Greeks of legs at one moment.
 *
 * Units: delta in units of the underlying, the rest in currency: gamma per 1.00 of the underlying, vega per point of volatility,
 * theta per calendar day, rho per basis point.
 * Range: a leg that is over by then is worth its intrinsic value and has no Greeks but delta.
 */
export function positionFigures(legs: readonly Leg[], { spot, volShift, ahead }: PositionMoment): PositionFigures {
  const sum = legs.map(leg => legGreeks(leg, { spot, volShift, ahead })).reduce(plus, ZERO)
  const paid = legs.reduce((total, leg) => total + leg.quantity * leg.multiplier * leg.paid, 0)
  return {
    ...sum,
    profit: sum.price - paid,
    deltaCash: sum.delta * spot,
    gammaPerPercent: sum.gamma * spot * spot * 0.01,
  }
}

/** Greeks of one leg in position units. */
export function legGreeks(leg: Leg, { spot, volShift, ahead }: PositionMoment): ScreenGreeks {
  const { quantity, multiplier } = leg
  if (leg.kind === 'underlying')
    return toPositionGreeks({ price: spot, delta: 1, gamma: 0, vega: 0, theta: 0, rho: 0 }, multiplier, quantity)
  if (leg.tteYears - ahead <= 0) return toPositionGreeks(settled(leg, spot), multiplier, quantity)
  const one: OptionColumns = {
    spot: Float64Array.of(spot),
    strike: Float64Array.of(leg.strike),
    tteYears: Float64Array.of(leg.tteYears - ahead),
    vol: Float64Array.of(Math.max(0, leg.vol + volShift)),
    rate: Float64Array.of(leg.rate),
    yieldRate: Float64Array.of(leg.yieldRate),
    side: Int8Array.of(leg.kind === 'call' ? 1 : -1),
  }
  const found: GreekColumns = leg.isAmerican ? americanGreeks(one, 'accurate') : priceEuropean(one)
  const { price, delta, gamma, vega, theta, rho } = found
  const raw = { price: price[0]!, delta: delta[0]!, gamma: gamma[0]!, vega: vega[0]!, theta: theta[0]!, rho: rho[0]! }
  return toPositionGreeks(raw, multiplier, quantity)
}

function settled({ kind, strike }: Leg, spot: number): RawGreeks {
  const side = kind === 'call' ? 1 : -1
  const price = Math.max(0, side * (spot - strike))
  return { price, delta: price > 0 ? side : 0, gamma: 0, vega: 0, theta: 0, rho: 0 }
}

function plus(a: ScreenGreeks, b: ScreenGreeks): ScreenGreeks {
  return Object.fromEntries(Object.entries(a).map(([name, value]) => [name, value + b[name as keyof ScreenGreeks]])) as never
}

/** Profit over spots, with where it is nothing and how far it goes within them. */
export interface ProfitLine {
  readonly spots: Float64Array
  readonly profits: Float64Array
  readonly breakEvens: readonly number[]
  readonly most: number
  readonly least: number
  /** Exact at every spot and beyond, infinite ends included; otherwise from the model and within `spots` only. */
  readonly isClosedForm: boolean
}

/** The first expiry among the legs, in years from now; infinite for the underlying alone. */
export function firstExpiry(legs: readonly Leg[]): number {
  return legs.reduce(
    (first, leg) => (leg.kind === 'underlying' ? first : Math.min(first, leg.tteYears)),
    Number.POSITIVE_INFINITY,
  )
}

/**
 * Profit when the first leg expires, over spots.
 *
 * With one expiry it is the payoff in closed form; where legs live on, they are worth what the model says at that moment.
 */
export function profitAtFirstExpiry(legs: readonly Leg[], spots: Float64Array): ProfitLine {
  const first = firstExpiry(legs)
  const livesOn = legs.some(leg => leg.kind !== 'underlying' && leg.tteYears > first)
  if (livesOn) return profitAhead(legs, spots, { volShift: 0, ahead: first })
  const line = payoffAtExpiry(legs)
  return {
    spots,
    profits: spots.map(spot => at(line, spot)),
    breakEvens: line.breakEvens,
    most: line.most,
    least: line.least,
    isClosedForm: true,
  }
}

/** Profit by the model at a moment, over spots. */
export function profitAhead(
  legs: readonly Leg[],
  spots: Float64Array,
  { volShift, ahead }: Omit<PositionMoment, 'spot'>,
): ProfitLine {
  const axes = { spots, volShifts: Float64Array.of(volShift), ahead: Float64Array.of(ahead) }
  const { profit } = scenarioGrid(legs, axes)
  return {
    spots,
    profits: profit,
    breakEvens: crossings(spots, profit),
    most: profit.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    least: profit.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    isClosedForm: false,
  }
}

function at({ spots, profits, slopeAbove }: ReturnType<typeof payoffAtExpiry>, spot: number): number {
  const last = spots.length - 1
  if (spot >= spots[last]!) return profits[last]! + slopeAbove * (spot - spots[last]!)
  const k = spots.findIndex(corner => corner > spot) - 1
  if (k < 0) return Number.NaN
  const share = (spot - spots[k]!) / (spots[k + 1]! - spots[k]!)
  return profits[k]! + share * (profits[k + 1]! - profits[k]!)
}

/** Where a line over rising places crosses zero, straight between its points. */
function crossings(places: Float64Array, values: Float64Array): number[] {
  const found: number[] = []
  for (let k = 0; k + 1 < places.length; k++) {
    const [here, next] = [values[k]!, values[k + 1]!]
    if (here === 0) found.push(places[k]!)
    else if (here * next < 0) found.push(places[k]! + ((places[k + 1]! - places[k]!) * here) / (here - next))
  }
  return found
}
