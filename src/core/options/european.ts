import { emptyGreeks, expectRows, type ForwardColumns, type GreekColumns, type OptionColumns } from './columns.ts'
import { ONE_OVER_ROOT_TWO_PI } from './mills.ts'
import { MILLS_CELLS, MILLS_SCALE, MILLS_TABLE } from './mills-table.ts'

/**
 * Black-Scholes-Merton price and Greeks of each option.
 *
 * Shapes: all columns are length n; `out` is filled and returned where it is given.
 * Units: spot and strike in currency, tteYears in years, vol per √year; vega and rho per 1.00, theta per year.
 * Range: spot above 1e-100; a row with a NaN in it, or without a meaning (vol below 0), is NaN in every column.
 * Fails: RangeError when a column has another length.
 * Source: Merton (1973); the tails by Mills' ratio, so that a price six deviations out keeps its relative accuracy.
 */
export function priceEuropean(options: OptionColumns, out: GreekColumns = emptyGreeks(options.spot.length)): GreekColumns {
  const n = options.spot.length
  expectRows(n, options)
  const { spot, strike, tteYears, vol, rate, yieldRate, side } = options
  const { price, delta, gamma, vega, theta, rho } = out
  const table = MILLS_TABLE
  for (let i = 0; i < n; i++) {
    const s = spot[i]!
    const k = strike[i]!
    const t = tteYears[i]!
    const v = vol[i]!
    const r = rate[i]!
    const q = yieldRate[i]!
    const call = side[i]! > 0
    if (!(s > 0 && k > 0 && t > 0 && v > 0 && v < Number.POSITIVE_INFINITY)) {
      atTheEdge(i, options, out)
      continue
    }
    const rootT = Math.sqrt(t)
    const sd = v * rootT
    const carry = Math.exp(-q * t)
    const forward = s * carry
    const paid = k * Math.exp(-r * t)
    const moneyness = Math.log(s / k) + (r - q) * t
    const d1 = moneyness / sd + 0.5 * sd
    const d2 = d1 - sd
    // F n(d1) = K' n(d2): one exponential serves both densities.
    const density = ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d1 * d1)
    const common = forward * density

    const u1 = MILLS_SCALE / (MILLS_SCALE + Math.abs(d1))
    const x1 = u1 * MILLS_CELLS
    const c1 = x1 < MILLS_CELLS ? x1 | 0 : MILLS_CELLS - 1
    const z1 = 2 * (x1 - c1) - 1
    const j1 = 7 * c1
    const m1 =
      u1 *
      (table[j1]! +
        z1 *
          (table[j1 + 1]! +
            z1 * (table[j1 + 2]! + z1 * (table[j1 + 3]! + z1 * (table[j1 + 4]! + z1 * (table[j1 + 5]! + z1 * table[j1 + 6]!))))))
    const u2 = MILLS_SCALE / (MILLS_SCALE + Math.abs(d2))
    const x2 = u2 * MILLS_CELLS
    const c2 = x2 < MILLS_CELLS ? x2 | 0 : MILLS_CELLS - 1
    const z2 = 2 * (x2 - c2) - 1
    const j2 = 7 * c2
    const m2 =
      u2 *
      (table[j2]! +
        z2 *
          (table[j2 + 1]! +
            z2 * (table[j2 + 2]! + z2 * (table[j2 + 3]! + z2 * (table[j2 + 4]! + z2 * (table[j2 + 5]! + z2 * table[j2 + 6]!))))))

    // Forward and strike legs: the tail of each, and what remains of the whole.
    const tail1 = common * m1
    const tail2 = common * m2
    const forwardCall = d1 >= 0 ? forward - tail1 : tail1
    const forwardPut = d1 >= 0 ? tail1 : forward - tail1
    const strikeCall = d2 >= 0 ? paid - tail2 : tail2
    const strikePut = d2 >= 0 ? tail2 : paid - tail2

    // The out-of-the-money side keeps its digits; the other follows by parity.
    let value: number
    if (moneyness <= 0) {
      value = d1 >= 0 ? forward - common * (m1 + m2) : common * (m1 - m2)
      if (!call) value += paid - forward
    } else {
      value = d2 >= 0 ? common * (m2 - m1) : paid - common * (m1 + m2)
      if (call) value += forward - paid
    }
    price[i] = value
    const decay = (-0.5 * common * v) / rootT
    gamma[i] = common / (s * s * sd)
    vega[i] = common * rootT
    if (call) {
      delta[i] = forwardCall / s
      theta[i] = decay + q * forwardCall - r * strikeCall
      rho[i] = t * strikeCall
    } else {
      delta[i] = -forwardPut / s
      theta[i] = decay - q * forwardPut + r * strikePut
      rho[i] = -t * strikePut
    }
  }
  return out
}

/**
 * Rows that have no diffusion left: expired, without volatility, or with a spot or strike that is not positive.
 *
 * What has a limit gets it (an option without volatility is a forward or nothing); what has none is NaN.
 */
function atTheEdge(i: number, { spot, strike, tteYears, vol, rate, yieldRate, side }: OptionColumns, out: GreekColumns): void {
  const s = spot[i]!
  const k = strike[i]!
  const t = Math.max(0, tteYears[i]!)
  const r = rate[i]!
  const q = yieldRate[i]!
  const sign = side[i]! > 0 ? 1 : -1
  const known =
    s >= 0 &&
    k >= 0 &&
    !Number.isNaN(tteYears[i]!) &&
    vol[i]! >= 0 &&
    vol[i]! < Number.POSITIVE_INFINITY &&
    Number.isFinite(r * t) &&
    Number.isFinite(q * t)
  const forward = s * Math.exp(-q * t)
  const paid = k * Math.exp(-r * t)
  const inside = sign * (forward - paid) > 0
  const nothing = known ? 0 : Number.NaN
  out.price[i] = known ? Math.max(0, sign * (forward - paid)) : Number.NaN
  out.delta[i] = known && inside ? sign * Math.exp(-q * t) : nothing
  out.gamma[i] = nothing
  out.vega[i] = nothing
  out.theta[i] = known && inside ? sign * (q * forward - r * paid) : nothing
  out.rho[i] = known && inside ? sign * t * paid : nothing
}

/**
 * Black-76 price and Greeks of each option on a forward or future.
 *
 * Shapes: all columns are length n; `out` is filled and returned where it is given.
 * Units: forward and strike in currency; delta per 1.00 of the forward; vega and rho per 1.00, theta per year.
 * Range: rho holds the forward still, so it is -tteYears times the price, not the rho of a spot option.
 * Fails: RangeError when a column has another length.
 * Source: Black (1976), as the spot model with a yield equal to the rate.
 */
export function priceBlack76(options: ForwardColumns, out: GreekColumns = emptyGreeks(options.forward.length)): GreekColumns {
  expectRows(options.forward.length, options)
  const { forward, strike, tteYears, vol, rate, side } = options
  priceEuropean({ spot: forward, strike, tteYears, vol, rate, yieldRate: rate, side }, out)
  for (let i = 0; i < forward.length; i++) out.rho[i] = -Math.max(0, tteYears[i]!) * out.price[i]!
  return out
}
