import type { OptionChain } from './chain.ts'
import type { GreekColumns, SecondGreekColumns } from './columns.ts'
import type { OptionValue, SidePricer } from './early-exercise.ts'
import { mills, normalDensity } from './mills.ts'
import { dividendPremium, type PricedExpiry } from './row-vols.ts'

/** Pricers of the same expiry at a slightly higher rate, for rho. */
export interface RatePricers {
  readonly step: number
  /** Options on futures: rho holds the forward still. */
  readonly holdsForward: boolean
  readonly calls: SidePricer
  readonly puts: SidePricer
}

/** Of the spot: with less than that an option is a European one. */
const NO_PREMIUM = 1e-9
const VOL_STEP = 1e-3
const SPOT_STEP = 1e-4

const blank = (): OptionValue => ({ value: 0, delta: 0, gamma: 0, premium: 0, isExercised: false })
const [here, up, down] = [blank(), blank(), blank()]

/**
 * Greeks of the rows of one expiry at given volatilities, of the very model that prices them.
 *
 * Delta and gamma are derivatives of the price's formula, theta follows by the equation of the model, vega, volga and vanna are
 * differences in volatility over interpolated boundaries, charm differentiates theta's equation in the spot.
 *
 * Range: a row without a volatility has NaN; an exercised one has no vega, theta, rho nor second Greeks.
 */
export function expiryGreeks(
  { strike, side }: OptionChain,
  expiry: PricedExpiry,
  { vol, rates, greeks, second }: { vol: Float64Array; rates: RatePricers; greeks: GreekColumns; second: SecondGreekColumns },
): void {
  const { from, to, spot, fit, calls, puts } = expiry
  for (let i = from; i < to; i++) {
    const v = vol[i]!
    if (!(v > 0)) continue
    const k = strike[i]!
    const pricer = side[i]! > 0 ? calls : puts
    pricer.price(spot, k, v, here)
    greeks.price[i] = here.value
    greeks.delta[i] = here.delta
    greeks.gamma[i] = here.gamma
    if (side[i]! > 0 && expiry.dividend.amount > 0) addDividend(expiry, k, i, greeks)
    if (here.isExercised) {
      for (const column of [greeks.theta, greeks.vega, greeks.rho, second.vanna, second.volga, second.charm]) column[i] = 0
      continue
    }
    const { rate: r, yieldRate: q } = fit
    const spread = v * v * spot
    greeks.theta[i] = r * here.value - (r - q) * spot * here.delta - 0.5 * spread * spot * here.gamma
    if (here.premium < NO_PREMIUM * spot) {
      plainRest({ i, strike: k, side: side[i]!, vol: v }, expiry, { rates, greeks, second })
      continue
    }
    const h = VOL_STEP * v
    pricer.price(spot, k, v + h, up)
    pricer.price(spot, k, v - h, down)
    greeks.vega[i] = (up.value - down.value) / (2 * h)
    second.vanna[i] = (up.delta - down.delta) / (2 * h)
    second.volga[i] = (up.value - 2 * here.value + down.value) / (h * h)
    const ds = SPOT_STEP * spot
    pricer.price(spot + ds, k, v, up)
    const speed = (up.gamma - here.gamma) / ds
    second.charm[i] =
      r * here.delta - (r - q) * (here.delta + spot * here.gamma) - spread * here.gamma - 0.5 * spread * spot * speed
    greeks.rho[i] = ((side[i]! > 0 ? rates.calls : rates.puts).value(spot, k, v) - here.value) / rates.step
  }
}

/** Dividends paid at once: their premium moves with the spot, and hardly with anything else. */
function addDividend(expiry: PricedExpiry, strike: number, i: number, greeks: GreekColumns): void {
  const { dividend, fit, spot } = expiry
  const d = Math.log(fit.forward / strike) / dividend.deviation + 0.5 * dividend.deviation
  const slope = (dividend.amount * normalDensity(d)) / (spot * dividend.deviation)
  greeks.price[i]! += dividendPremium(expiry, strike)
  greeks.delta[i]! += slope
  greeks.gamma[i]! -= (slope * (d / dividend.deviation + 1)) / spot
}

interface PlainRow {
  readonly i: number
  readonly strike: number
  readonly side: number
  readonly vol: number
}

interface Filled {
  readonly rates: RatePricers
  readonly greeks: GreekColumns
  readonly second: SecondGreekColumns
}

/** What is left to know of an option that early exercise adds nothing to: Merton's closed forms. */
function plainRest(
  { i, strike, side, vol }: PlainRow,
  { spot, fit, tteYears }: PricedExpiry,
  { rates, greeks, second }: Filled,
): void {
  const { rate: r, yieldRate: q } = fit
  const root = Math.sqrt(tteYears)
  const sd = vol * root
  const d1 = (Math.log(spot / strike) + (r - q) * tteYears) / sd + 0.5 * sd
  const d2 = d1 - sd
  const carry = Math.exp(-q * tteYears)
  const density = normalDensity(d1)
  const slope = carry * density
  const part = (d: number, at: number) => {
    const tail = at * mills(Math.abs(d))
    return side * d >= 0 ? 1 - tail : tail
  }
  greeks.vega[i] = spot * slope * root
  second.vanna[i] = (-slope * d2) / vol
  second.volga[i] = (spot * slope * root * d1 * d2) / vol
  second.charm[i] = side * q * carry * part(d1, density) - (slope * (2 * (r - q) * tteYears - d2 * sd)) / (2 * tteYears * sd)
  const owed = strike * Math.exp(-r * tteYears) * part(d2, normalDensity(d2))
  greeks.rho[i] = rates.holdsForward ? -tteYears * here.value : side * tteYears * owed
}
