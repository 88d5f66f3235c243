// AssemblyScript: the loop of src/core/options/european.ts, two rows at a time. scripts/tables/greeks-wasm.mjs compiles it.

const ROWS: i32 = 1024
const WIDTH: i32 = ROWS * 8
// Columns one after another: spot, strike, tteYears, vol, rate, yieldRate, side (bytes); then price, delta, gamma, vega, theta, rho.
const SPOT: i32 = 65536
const STRIKE: i32 = SPOT + WIDTH
const TTE: i32 = SPOT + 2 * WIDTH
const VOL: i32 = SPOT + 3 * WIDTH
const RATE: i32 = SPOT + 4 * WIDTH
const YIELD: i32 = SPOT + 5 * WIDTH
const SIDE: i32 = SPOT + 6 * WIDTH
const PRICE: i32 = SPOT + 7 * WIDTH
const DELTA: i32 = SPOT + 8 * WIDTH
const GAMMA: i32 = SPOT + 9 * WIDTH
const VEGA: i32 = SPOT + 10 * WIDTH
const THETA: i32 = SPOT + 11 * WIDTH
const RHO: i32 = SPOT + 12 * WIDTH
// Mills' table, eight doubles to a cell, the last one empty.
const TABLE: i32 = 16384

// @ts-expect-error: decorator
@inline
function exp(x: v128): v128 {
  const low = f64x2.pmax(x, f64x2.splat(-700))
  const twos = f64x2.nearest(f64x2.mul(low, f64x2.splat(Math.LOG2E)))
  const high = f64x2.sub(low, f64x2.mul(twos, f64x2.splat(0.6931471803691238)))
  const rest = f64x2.mul(twos, f64x2.splat(1.9082149292705877e-10))
  const z = f64x2.sub(high, rest)
  const zz = f64x2.mul(z, z)
  let p = f64x2.add(f64x2.splat(-0.0000016533902205465252), f64x2.mul(zz, f64x2.splat(4.1381367970572385e-8)))
  p = f64x2.add(f64x2.splat(0.00006613756321437934), f64x2.mul(zz, p))
  p = f64x2.add(f64x2.splat(-0.0027777777777015593), f64x2.mul(zz, p))
  p = f64x2.add(f64x2.splat(0.16666666666666602), f64x2.mul(zz, p))
  const c = f64x2.sub(z, f64x2.mul(zz, p))
  const quotient = f64x2.div(f64x2.mul(z, c), f64x2.sub(f64x2.splat(2), c))
  const value = f64x2.sub(f64x2.splat(1), f64x2.sub(f64x2.sub(rest, quotient), high))
  // 2^52 + 1023 + k holds k + 1023 in its last bits, which are the exponent of 2^k.
  const power = i64x2.shl(f64x2.add(twos, f64x2.splat(4503599627370496.0 + 1023.0)), 52)
  return f64x2.mul(value, power)
}

// @ts-expect-error: decorator
@inline
function log(x: v128): v128 {
  const up = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x00095f6400000000)), 52)
  const twos = f64x2.sub(v128.or(up, i64x2.splat(0x4330000000000000)), f64x2.splat(4503599627370496.0 + 1023.0))
  const m = i64x2.sub(x, i64x2.shl(i64x2.sub(up, i64x2.splat(1023)), 52))
  const f = f64x2.sub(m, f64x2.splat(1))
  const g = f64x2.div(f, f64x2.add(f64x2.splat(2), f))
  const gg = f64x2.mul(g, g)
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f)
  let p = f64x2.add(f64x2.splat(0.15313837699209373), f64x2.mul(gg, f64x2.splat(0.14798198605116586)))
  p = f64x2.add(f64x2.splat(0.1818357216161805), f64x2.mul(gg, p))
  p = f64x2.add(f64x2.splat(0.22222198432149784), f64x2.mul(gg, p))
  p = f64x2.add(f64x2.splat(0.2857142874366239), f64x2.mul(gg, p))
  p = f64x2.add(f64x2.splat(0.3999999999940942), f64x2.mul(gg, p))
  p = f64x2.mul(gg, f64x2.add(f64x2.splat(0.6666666666666735), f64x2.mul(gg, p)))
  const inner = f64x2.add(f64x2.mul(g, f64x2.add(half, p)), f64x2.mul(twos, f64x2.splat(1.9082149292705877e-10)))
  return f64x2.sub(f64x2.mul(twos, f64x2.splat(0.6931471803691238)), f64x2.sub(f64x2.sub(half, inner), f))
}

// @ts-expect-error: decorator
@inline
function mills(d: v128): v128 {
  const y = f64x2.div(f64x2.splat(4), f64x2.add(f64x2.splat(4), f64x2.abs(d)))
  const place = f64x2.mul(y, f64x2.splat(128))
  const cell = i32x4.min_s(i32x4.trunc_sat_f64x2_s_zero(place), i32x4.splat(127))
  const whole = f64x2.convert_low_i32x4_s(cell)
  const z = f64x2.sub(f64x2.mul(f64x2.splat(2), f64x2.sub(place, whole)), f64x2.splat(1))
  const a = TABLE + (i32x4.extract_lane(cell, 0) << 6)
  const b = TABLE + (i32x4.extract_lane(cell, 1) << 6)
  const a0 = v128.load(a), b0 = v128.load(b)
  const a2 = v128.load(a, 16), b2 = v128.load(b, 16)
  const a4 = v128.load(a, 32), b4 = v128.load(b, 32)
  const a6 = v128.load(a, 48), b6 = v128.load(b, 48)
  let p = v128.shuffle<f64>(a6, b6, 0, 2)
  p = f64x2.add(v128.shuffle<f64>(a4, b4, 1, 3), f64x2.mul(z, p))
  p = f64x2.add(v128.shuffle<f64>(a4, b4, 0, 2), f64x2.mul(z, p))
  p = f64x2.add(v128.shuffle<f64>(a2, b2, 1, 3), f64x2.mul(z, p))
  p = f64x2.add(v128.shuffle<f64>(a2, b2, 0, 2), f64x2.mul(z, p))
  p = f64x2.add(v128.shuffle<f64>(a0, b0, 1, 3), f64x2.mul(z, p))
  p = f64x2.add(v128.shuffle<f64>(a0, b0, 0, 2), f64x2.mul(z, p))
  return f64x2.mul(y, p)
}

/** Prices rows 0 to n, rounded up to an even number; not 0 where one of them is beyond what this loop can do. */
export function price(n: i32): i32 {
  const end = n << 3
  const zero = f64x2.splat(0)
  const least = f64x2.splat(1e-100)
  const most = f64x2.splat(1e100)
  const longest = f64x2.splat(600)
  let usual = i64x2.splat(-1)
  for (let i = 0; i < end; i += 16) {
    const s = v128.load(i, SPOT)
    const k = v128.load(i, STRIKE)
    const t = v128.load(i, TTE)
    const v = v128.load(i, VOL)
    const r = v128.load(i, RATE)
    const q = v128.load(i, YIELD)
    const bytes = SIDE + (i >> 3)
    const sides = f64x2.replace_lane(f64x2.splat(<f64>load<i8>(bytes)), 1, <f64>load<i8>(bytes, 1))
    const sign = v128.bitselect(f64x2.splat(1), f64x2.splat(-1), f64x2.gt(sides, zero))
    const qt = f64x2.mul(q, t)
    const rt = f64x2.mul(r, t)
    const above = v128.and(v128.and(f64x2.gt(s, least), f64x2.gt(k, least)), v128.and(f64x2.gt(t, least), f64x2.gt(v, least)))
    const below = v128.and(v128.and(f64x2.lt(s, most), f64x2.lt(k, most)), f64x2.lt(v, most))
    const short = v128.and(f64x2.lt(f64x2.abs(qt), longest), f64x2.lt(f64x2.abs(rt), longest))
    usual = v128.and(v128.and(usual, above), v128.and(below, short))
    const rootT = f64x2.sqrt(t)
    const sd = f64x2.mul(v, rootT)
    const forward = f64x2.mul(s, exp(f64x2.neg(qt)))
    const paid = f64x2.mul(k, exp(f64x2.neg(rt)))
    const moneyness = f64x2.add(log(f64x2.div(s, k)), f64x2.mul(f64x2.sub(r, q), t))
    const d1 = f64x2.add(f64x2.div(moneyness, sd), f64x2.mul(f64x2.splat(0.5), sd))
    const d2 = f64x2.sub(d1, sd)
    const e = f64x2.mul(f64x2.mul(f64x2.splat(-0.5), d1), d1)
    const density = v128.and(f64x2.mul(f64x2.splat(0.3989422804014327), exp(e)), f64x2.gt(e, f64x2.splat(-700)))
    const common = f64x2.mul(forward, density)
    const tail1 = f64x2.mul(common, mills(d1))
    const tail2 = f64x2.mul(common, mills(d2))
    const held = v128.bitselect(f64x2.sub(forward, tail1), tail1, f64x2.ge(f64x2.mul(sign, d1), zero))
    const owed = v128.bitselect(f64x2.sub(paid, tail2), tail2, f64x2.ge(f64x2.mul(sign, d2), zero))
    const decay = f64x2.div(f64x2.mul(f64x2.mul(f64x2.splat(-0.5), common), v), rootT)
    v128.store(i, f64x2.mul(sign, f64x2.sub(held, owed)), PRICE)
    v128.store(i, f64x2.div(f64x2.mul(sign, held), s), DELTA)
    v128.store(i, f64x2.div(common, f64x2.mul(f64x2.mul(s, s), sd)), GAMMA)
    v128.store(i, f64x2.mul(common, rootT), VEGA)
    v128.store(i, f64x2.add(decay, f64x2.mul(sign, f64x2.sub(f64x2.mul(q, held), f64x2.mul(r, owed)))), THETA)
    v128.store(i, f64x2.mul(f64x2.mul(sign, t), owed), RHO)
  }
  return i32(!i64x2.all_true(usual))
}
