import { LOG_ROOT_TWO_PI, mills, millsSlope, ONE_OVER_ROOT_TWO_PI, ROOT_TWO_PI } from './mills.ts'

// With k = |ln F/K| >= 0, s = vol √T, a = k/s, t = s/2 and M Mills' ratio, the out-of-the-money price in units of √(FK) is
//   b = n0 Y,  n0 = exp(-(a²+t²)/2)/√2π = db/ds,  Y = M(a-t) - M(a+t)
// so the logarithmic derivative is 1/Y, and the higher ones are rational: b''/b' = a²/s - s/4. One step of Householder's third
// order costs one exponential or one logarithm and two looks into the table, and makes four times as many digits.

/**
 * Y for t well below a: the Taylor series of M about a, in whose terms nothing cancels.
 *
 * The derivatives of P = -M' are all positive in pairs: P'' = aP' + 2P and so on.
 */
function nearby(a: number, t: number): number {
  const square = t * t
  let even = millsSlope(a)
  let odd = a * even - mills(a)
  let term = t
  let sum = even * t
  for (let n = 2; n <= 30; n += 2) {
    const next = a * odd + n * even
    term *= square / (n * (n + 1))
    const added = term * next
    sum += added
    if (added < 1e-17 * sum) break
    odd = a * next + (n + 1) * odd
    even = next
  }
  return 2 * sum
}

/** A start within some percent: tangent near the money (Corrado and Miller), inverse normals in the corners. */
function guess(k: number, beta: number, missing: number): number {
  // The greatest price is exp(-k/2).
  const e = 1 / (beta + missing)
  const h = e - 1 / e
  const middle = beta + 0.5 * h
  const inside = middle * middle - h * h * 0.3183098861837907
  const share = beta * e
  if (inside >= 0 && share < 0.55) {
    const s = (ROOT_TWO_PI / (e + 1 / e)) * (middle + Math.sqrt(inside))
    if (s > 0.8 * k) return s
  }
  if (share > 0.5) {
    const root = Math.sqrt(-2 * Math.log(0.5 * (1 - share)))
    const s = 2 * (root - (2.30753 + 0.27061 * root) / (1 + 0.99229 * root + 0.04481 * root * root))
    if (s > 0 && s < Number.POSITIVE_INFINITY) return s
    return 2 + 0.1 * k
  }
  const q = 2 * (-Math.log(beta) - LOG_ROOT_TWO_PI)
  let a = Math.sqrt(q > 0.05 ? q : 0.05)
  let t = k / (2 * a)
  for (let round = 0; round < 2; round++) {
    const square = q + 2 * Math.log((2 * t) / (a * a + 1.4)) - t * t
    a = Math.sqrt(square > k * 0.45 ? square : k * 0.45)
    t = k / (2 * a)
  }
  return k / a
}

const MOST_STEPS = 24

/**
 * Standard deviation vol √T whose out-of-the-money price in units of √(FK) is beta.
 *
 * Units: k = |ln F/K|; beta = price/√(FK); missing = min(F, K)/√(FK) - beta, given apart since the difference loses digits.
 * Range: k at or above 0, beta and missing above 0; the relative error is at most 4 (1 + |b/(s b')|) of half a unit in the last
 * place, over beta from 1e-290 to 1e-16 short of its maximum.
 * Source: the task and the use of Householder steps from Jäckel (2015), Let's Be Rational; formulas, table and start are our own.
 */
export function impliedDeviation(k: number, beta: number, missing: number): number {
  const isHigh = missing < 0.4 * (beta + missing)
  let s = guess(k, beta, missing)
  for (let step = 0; step < MOST_STEPS; step++) {
    const a = k / s
    const t = 0.5 * s
    const bend = a * a * (1 / s) - 0.25 * s
    const third = bend * bend - (3 * a * a) / (s * s) - 0.25
    const exponent = 0.5 * (a * a + t * t)
    let offset: number
    let slope: number
    if (isHigh && t > a) {
      // What is missing to the maximum keeps its digits where the price itself has none left: n0 (M(t-a) + M(t+a)).
      const sum = mills(t - a) + mills(t + a)
      const left = Math.exp(-exponent) * ONE_OVER_ROOT_TWO_PI * sum
      const relative = missing / left - 1
      const difference =
        relative > -0.5 && relative < 1 ? Math.log1p(relative) : Math.log(missing) + exponent + LOG_ROOT_TWO_PI - Math.log(sum)
      slope = -1 / sum
      offset = -difference * sum
    } else {
      const y =
        t < 0.6 && s < 0.9 * mills(a)
          ? nearby(a, t)
          : t <= a
            ? mills(a - t) - mills(a + t)
            : ROOT_TWO_PI * Math.exp(0.5 * (t - a) * (t - a)) - mills(t - a) - mills(a + t)
      // Far away by logarithms; the last step by the price itself, for a logarithm of 1e-8 has lost eight digits of it.
      let difference = 0
      let isNear = step > 0
      if (isNear) {
        const relative = (beta / (Math.exp(-exponent) * y)) * ROOT_TWO_PI - 1
        isNear = relative > -1e-3 && relative < 1e-3
        difference = relative * (1 - relative * (0.5 - relative * (1 / 3 - 0.25 * relative)))
      }
      if (!isNear) difference = exponent + Math.log((beta / y) * ROOT_TWO_PI)
      slope = 1 / y
      offset = difference * y
    }
    const second = bend - slope
    const cubic = third - 3 * bend * slope + 2 * slope * slope
    const move = (offset * (1 + 0.5 * offset * second)) / (1 + offset * (second + (offset * cubic) / 6))
    const next = s + move
    const old = s
    s = next > 0.4 * s && next < 2.5 * s ? next : next <= 0.4 * s ? 0.4 * s : next >= 2.5 * s ? 2.5 * s : 0.7 * s
    // A step this small was already the one that made all the digits; the first is by logarithms and never the last.
    if (Math.abs(s - old) <= 1e-4 * s && step > 0) break
  }
  return s
}
