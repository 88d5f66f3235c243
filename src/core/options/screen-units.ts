/** Greeks of one option in the model's own units, as in GreekColumns. */
export interface RawGreeks {
  readonly price: number
  readonly delta: number
  readonly gamma: number
  readonly vega: number
  readonly theta: number
  readonly rho: number
}

/** Greeks as a desk reads them. */
export interface ScreenGreeks {
  readonly price: number
  /** Per 1.00 of the underlying. */
  readonly delta: number
  /** Change of delta per 1.00 of the underlying. */
  readonly gamma: number
  /** Per point of volatility: one hundredth, or 0.01 of the forward's unit for Bachelier. */
  readonly vegaPerPoint: number
  /** Per calendar day. */
  readonly thetaPerDay: number
  /** Per basis point of the rate. */
  readonly rhoPerBasisPoint: number
}

export const DAYS_PER_YEAR = 365

/** Greeks in screen units, of one unit of the underlying. */
export function toScreenGreeks(raw: RawGreeks): ScreenGreeks {
  return {
    price: raw.price,
    delta: raw.delta,
    gamma: raw.gamma,
    vegaPerPoint: raw.vega / 100,
    thetaPerDay: raw.theta / DAYS_PER_YEAR,
    rhoPerBasisPoint: raw.rho / 10_000,
  }
}

/** Second Greeks as a desk reads them. */
export interface ScreenSecondGreeks {
  /** Change of delta per point of volatility. */
  readonly vannaPerPoint: number
  /** Change of the vega per point, per point of volatility. */
  readonly volgaPerPoint: number
  /** Change of delta per calendar day. */
  readonly charmPerDay: number
}

/** Second Greeks in screen units, of one unit of the underlying; the raw ones as in SecondGreekColumns. */
export function toScreenSecondGreeks(raw: {
  readonly vanna: number
  readonly volga: number
  readonly charm: number
}): ScreenSecondGreeks {
  return { vannaPerPoint: raw.vanna / 100, volgaPerPoint: raw.volga / 10_000, charmPerDay: raw.charm / DAYS_PER_YEAR }
}

/**
 * Greeks of a position: of one contract times multiplier times lots.
 *
 * Units: price in currency; delta in units of the underlying (barrels, MMBtu, shares), the others in currency.
 */
export function toPositionGreeks(raw: RawGreeks, multiplier: number, lots: number): ScreenGreeks {
  const one = toScreenGreeks(raw)
  const size = multiplier * lots
  return {
    price: one.price * size,
    delta: one.delta * size,
    gamma: one.gamma * size,
    vegaPerPoint: one.vegaPerPoint * size,
    thetaPerDay: one.thetaPerDay * size,
    rhoPerBasisPoint: one.rhoPerBasisPoint * size,
  }
}

/**
 * The model for a European option on a future: the one chosen, but Bachelier where forward or strike is not positive.
 *
 * Source: CME's notice of 21 April 2020, when WTI traded below zero.
 */
export function modelFor(forward: number, strike: number, chosen: 'black-76' | 'bachelier'): 'black-76' | 'bachelier' {
  return forward > 0 && strike > 0 ? chosen : 'bachelier'
}
