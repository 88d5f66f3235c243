import { createPutPricer, type PutValue, STATUS } from './american-put.ts'
import { AMERICAN_SCHEMES, type AmericanSchemeName, schemeTables } from './american-scheme.ts'
import { emptyGreeks, expectRows, type GreekColumns, type OptionColumns } from './columns.ts'
import { type CashDividend, solveOnGrid } from './finite-differences.ts'

/** Prices of American options with how each came about. */
export interface AmericanColumns {
  readonly price: Float64Array
  /** Index into AMERICAN_STATUS. */
  readonly status: Uint8Array
}

/** Prices and Greeks of American options with how each came about. */
export interface AmericanGreekColumns extends GreekColumns {
  readonly status: Uint8Array
}

/** Empty columns for the prices of n options. */
export function emptyAmerican(n: number): AmericanColumns {
  return { price: new Float64Array(n), status: new Uint8Array(n) }
}

/** Empty columns for the prices and Greeks of n options. */
export function emptyAmericanGreeks(n: number): AmericanGreekColumns {
  return { ...emptyGreeks(n), status: new Uint8Array(n) }
}

interface One {
  spot: number
  strike: number
  tteYears: number
  vol: number
  rate: number
  yieldRate: number
  side: number
}

type Pricer = ReturnType<typeof createPutPricer>
const pricers = new Map<AmericanSchemeName, Pricer>()

function pricerOf(name: AmericanSchemeName): Pricer {
  const known = pricers.get(name)
  if (known) return known
  const made = createPutPricer(schemeTables(AMERICAN_SCHEMES[name]))
  pricers.set(name, made)
  return made
}

/** A call is the put with spot and strike, and rate and yield, in each other's place (McDonald and Schroder 1998). */
function asPut(one: One) {
  if (one.side < 0) return one
  return { spot: one.strike, strike: one.spot, tteYears: one.tteYears, vol: one.vol, rate: one.yieldRate, yieldRate: one.rate }
}

function read({ spot, strike, tteYears, vol, rate, yieldRate, side }: OptionColumns, i: number, into: One): void {
  into.spot = spot[i]!
  into.strike = strike[i]!
  into.tteYears = tteYears[i]!
  into.vol = vol[i]!
  into.rate = rate[i]!
  into.yieldRate = yieldRate[i]!
  into.side = side[i]! > 0 ? 1 : -1
}

const blank = (): One => ({ spot: 0, strike: 0, tteYears: 0, vol: 0, rate: 0, yieldRate: 0, side: 1 })
const nothing = (): PutValue => ({ value: 0, delta: 0, gamma: 0, status: 0 })

/**
 * Price of each American option on a spot with a continuous yield; on a future, give a yield equal to the rate.
 *
 * Shapes: all columns are length n; price and status are length n; `out` is filled and returned where it is given.
 * Units: as for European options.
 * Range: never below the European price or the intrinsic value; status says how a price came about, NaN exactly at NOT_A_NUMBER.
 * Fails: RangeError when columns differ in length.
 * Source: Andersen, Lake and Offengenden (2016), High-performance American option pricing, with their fixed-point system A, a
 * start by Li (2010) and integrals in an angle of our own (american-scheme.ts).
 */
export function priceAmerican(
  options: OptionColumns,
  scheme: AmericanSchemeName,
  out: AmericanColumns = emptyAmerican(options.spot.length),
): AmericanColumns {
  const n = options.spot.length
  expectRows(n, options)
  const pricer = pricerOf(scheme)
  const one = blank()
  const value = nothing()
  for (let i = 0; i < n; i++) {
    read(options, i, one)
    pricer(asPut(one), value, false)
    out.price[i] = value.value
    out.status[i] = value.status
  }
  return out
}

/**
 * Price and Greeks of each American option.
 *
 * Delta and gamma are derivatives of the very formula of the price; theta follows from them by the equation of the model; vega
 * and rho are differences of two solutions on the same grid, whose errors cancel. Exercised options have no theta, vega or rho.
 *
 * Shapes: all columns are length n; `out` is filled and returned where it is given.
 * Units: as for European options; with `holdsForward`, rho moves rate and yield together, as for an option on a future.
 * Fails: RangeError when columns differ in length.
 */
export function americanGreeks(
  options: OptionColumns,
  scheme: AmericanSchemeName,
  {
    holdsForward = false,
    out = emptyAmericanGreeks(options.spot.length),
  }: { holdsForward?: boolean; out?: AmericanGreekColumns } = {},
): AmericanGreekColumns {
  const n = options.spot.length
  expectRows(n, options)
  const pricer = pricerOf(scheme)
  const one = blank()
  const value = nothing()
  const priceAt = (change: Partial<One>) => {
    pricer(asPut({ ...one, ...change }), value, false)
    return value.value
  }
  for (let i = 0; i < n; i++) {
    read(options, i, one)
    pricer(asPut(one), value, true)
    const { value: price, status } = value
    const { delta, gamma } = one.side < 0 ? value : callSlopes(one, value)
    out.price[i] = price
    out.status[i] = status
    out.delta[i] = delta
    out.gamma[i] = gamma
    const isStill = status === STATUS.EXERCISE || status === STATUS.EXPIRED
    out.theta[i] = isStill ? 0 : thetaOf(one, price, delta, gamma)
    out.vega[i] = isStill ? 0 : vegaOf(one, price, priceAt)
    out.rho[i] = isStill ? 0 : rhoOf(one, price, priceAt, holdsForward)
  }
  return out
}

/** A call's value is degree one in spot and strike together, and its put's strike is its spot. */
function callSlopes({ spot, strike }: One, { value, delta, gamma }: PutValue): { delta: number; gamma: number } {
  if (!(spot > 0)) return { delta: Number.isNaN(value) ? Number.NaN : 0, gamma: Number.isNaN(value) ? Number.NaN : 0 }
  const ratio = strike / spot
  return { delta: (value - strike * delta) / spot, gamma: ratio * ratio * gamma }
}

function thetaOf({ spot, vol, rate, yieldRate }: One, price: number, delta: number, gamma: number): number {
  return rate * price - (rate - yieldRate) * spot * delta - 0.5 * vol * vol * spot * spot * gamma
}

type PriceAt = (change: Partial<One>) => number

function vegaOf({ vol }: One, price: number, priceAt: PriceAt): number {
  if (Number.isNaN(price)) return Number.NaN
  const h = 1e-3 * vol
  return h === 0 ? 0 : (priceAt({ vol: vol + h }) - priceAt({ vol: vol - h })) / (2 * h)
}

const RATE_STEP = 1e-4

function rhoOf({ rate, yieldRate }: One, price: number, priceAt: PriceAt, holdsForward: boolean): number {
  if (Number.isNaN(price)) return Number.NaN
  const h = RATE_STEP
  const at = (by: number) => priceAt({ rate: rate + by, yieldRate: holdsForward ? yieldRate + by : yieldRate })
  // At a rate of nothing exercise begins: the derivative is the one upward.
  if (rate >= 0 && rate <= h) return (4 * at(h) - 3 * price - at(2 * h)) / (2 * h)
  return (at(h) - at(-h)) / (2 * h)
}

/**
 * Price, delta and gamma of one American option on a share that pays dividends in cash, by finite differences.
 *
 * Units: dividends in currency of the spot, each at its time in years from now.
 * Fails: RangeError for a spot, strike, time or volatility that is not above zero, or a dividend that is below.
 */
export function priceWithDividends(
  option: { spot: number; strike: number; tteYears: number; vol: number; rate: number; yieldRate: number; side: number },
  dividends: readonly CashDividend[],
): { value: number; delta: number; gamma: number } {
  for (const name of ['spot', 'strike', 'tteYears', 'vol'] as const)
    if (!(option[name] > 0 && option[name] < Number.POSITIVE_INFINITY))
      throw new RangeError(`${name} must be above 0, was ${option[name]}`)
  for (const { amount, inYears } of dividends)
    if (!(amount >= 0 && Number.isFinite(inYears)))
      throw new RangeError(`a dividend must be at least 0 at a time, was ${amount} at ${inYears}`)
  const found = solveOnGrid(option, dividends)
  const intrinsic = Math.max(0, option.side * (option.spot - option.strike))
  return found.value > intrinsic ? found : { value: intrinsic, delta: option.side, gamma: 0 }
}
