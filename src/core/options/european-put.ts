import { mills, ONE_OVER_ROOT_TWO_PI } from './mills.ts'

/** Value with the first two derivatives in the spot. */
export interface ValueAndSlopes {
  value: number
  delta: number
  gamma: number
}

/** A put: prices in currency, times in years, rates continuously compounded. */
export interface PutInputs {
  readonly spot: number
  readonly strike: number
  readonly tteYears: number
  readonly vol: number
  readonly rate: number
  readonly yieldRate: number
}

/** One European put, for the models that add to it; all inputs above zero but the rates. Source: Merton (1973). */
export function europeanPut({ spot, strike, tteYears, vol, rate, yieldRate }: PutInputs, out: ValueAndSlopes): void {
  const sd = vol * Math.sqrt(tteYears)
  const forward = spot * Math.exp(-yieldRate * tteYears)
  const paid = strike * Math.exp(-rate * tteYears)
  const moneyness = Math.log(spot / strike) + (rate - yieldRate) * tteYears
  const d1 = moneyness / sd + 0.5 * sd
  const d2 = d1 - sd
  const common = forward * ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d1 * d1)
  const tail1 = common * mills(Math.abs(d1))
  const tail2 = common * mills(Math.abs(d2))
  // Out of the money the difference of two tails; in the money parity with the call, so that digits are kept.
  if (moneyness > 0) out.value = d2 >= 0 ? tail2 - tail1 : paid - tail1 - tail2
  else out.value = paid - forward + (d1 >= 0 ? forward - tail1 - tail2 : tail1 - tail2)
  out.delta = -(d1 >= 0 ? tail1 : forward - tail1) / spot
  out.gamma = common === 0 ? 0 : common / (spot * spot * sd)
}
