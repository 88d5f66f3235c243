import { emptyGreeks, expectRows, type ForwardColumns, type GreekColumns, type OptionColumns } from './columns.ts'
import { ONE_OVER_ROOT_TWO_PI } from './mills.ts'
import { MILLS_CELLS, MILLS_SCALE, MILLS_TABLE } from './mills-table.ts'

// The exponential of fdlibm (Sun Microsystems, 1993) in line: the engine's own is a call, and three of them were a third of the time.
const P1 = 0.16666666666666602
const P2 = -0.0027777777777015593
const P3 = 0.00006613756321437934
const P4 = -0.0000016533902205465252
const P5 = 4.1381367970572385e-8
const SMALL = 0.34
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
/** Powers of one half. */
const HALVES = Float64Array.from({ length: 1024 }, (_, k) => 2 ** -k)

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
    const x = -q * t
    const y = -r * t
    let carry: number
    let discount: number
    if (x < SMALL && x > -SMALL && y < SMALL && y > -SMALL) {
      const xx = x * x
      const a = x - xx * (P1 + xx * (P2 + xx * (P3 + xx * (P4 + xx * P5))))
      const yy = y * y
      const b = y - yy * (P1 + yy * (P2 + yy * (P3 + yy * (P4 + yy * P5))))
      carry = 1 - ((x * a) / (a - 2) - x)
      discount = 1 - ((y * b) / (b - 2) - y)
    } else {
      carry = Math.exp(x)
      discount = Math.exp(y)
    }
    const forward = s * carry
    const paid = k * discount
    const moneyness = Math.log(s / k) + (r - q) * t
    const d1 = moneyness / sd + 0.5 * sd
    const d2 = d1 - sd
    // F n(d1) = K' n(d2): one exponential serves both densities.
    const e = -0.5 * d1 * d1
    let density = 0
    if (e > -700) {
      const twos = (0.5 - e * Math.LOG2E) | 0
      const high = e + twos * LN2_HIGH
      const low = twos * LN2_LOW
      const z = high + low
      const zz = z * z
      const c = z - zz * (P1 + zz * (P2 + zz * (P3 + zz * (P4 + zz * P5))))
      density = ONE_OVER_ROOT_TWO_PI * (1 - (-low - (z * c) / (2 - c) - high)) * HALVES[twos]!
    }
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

    // F N(±d1) and K' N(±d2), each as its tail or as the whole less its tail. Chosen by arithmetic: whether a row is a call or in
    // the money is a coin toss to the processor, and a wrong guess costs as much as an exponential. Out of the money both digits
    // are kept, for there the strike's part always is a tail.
    const sign = 2 * Number(call) - 1
    const whole1 = Number(sign * d1 >= 0)
    const whole2 = Number(sign * d2 >= 0)
    const held = whole1 * forward + (1 - 2 * whole1) * (common * m1)
    const owed = whole2 * paid + (1 - 2 * whole2) * (common * m2)
    const decay = (-0.5 * common * v) / rootT
    price[i] = sign * (held - owed)
    delta[i] = (sign * held) / s
    gamma[i] = common / (s * s * sd)
    vega[i] = common * rootT
    theta[i] = decay + sign * (q * held - r * owed)
    rho[i] = sign * t * owed
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
