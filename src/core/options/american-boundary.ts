import type { SchemeTables } from './american-scheme.ts'
import { mills, ONE_OVER_ROOT_TWO_PI } from './mills.ts'

/** The exercise boundary of a put with strike 1, as a price needs it; shared by every strike of one expiry and volatility. */
export interface Boundary {
  /** Boundary at expiry, min(1, rate/yield). */
  readonly top: number
  readonly rate: number
  readonly yieldRate: number
  readonly vol: number
  readonly tteYears: number
  /** ln of the boundary now. */
  readonly logNow: number
  /** At the nodes of the price's integral: ln B, B, exp(-rate z), exp(-yield z). */
  readonly logs: Float64Array
  readonly levels: Float64Array
  readonly discounts: Float64Array
  readonly carries: Float64Array
}

/** What an exercise boundary depends on. */
export interface BoundaryInputs {
  readonly rate: number
  readonly yieldRate: number
  /** Above 1e-4 times √tteYears. */
  readonly vol: number
  readonly tteYears: number
}

/**
 * Where a put starts to be exercised at expiry, as a share of the strike; 0 where it never is.
 *
 * Source: Andersen and Lake (2021), Fast American Option Pricing: The Double-Boundary Case, table 2.
 */
export function boundaryAtExpiry(rate: number, yieldRate: number): number {
  if (rate > 0) return yieldRate > rate ? rate / yieldRate : 1
  if (rate === 0) return yieldRate < 0 ? 1 : 0
  return yieldRate < rate ? 1 : 0
}

/** Rounds of Newton’s method at each point for the start; fixed-point steps repair what it is off by, so it stops early. */
const START_ROUNDS = 8
const START_CLOSE = 3e-3

/**
 * Start of the boundary at one point: the QD+ approximation.
 *
 * Source: Li (2010), Analytical approximations for the critical stock prices of American options, with its derivative.
 */
function startLog({ rate: r, yieldRate: q, vol }: BoundaryInputs, tau: number, from: number, logTop: number): number {
  const variance = vol * vol
  const sd = vol * Math.sqrt(tau)
  const discount = Math.exp(-r * tau)
  const carry = Math.exp(-q * tau)
  const pace = Math.abs(r * tau) > 1e-5 ? r / (1 - discount) : 1 / (tau * (1 - 0.5 * r * tau * (1 - (r * tau) / 3)))
  const omega = (2 * (r - q)) / variance
  const root = Math.sqrt((omega - 1) * (omega - 1) + (8 * pace) / variance)
  const lambda = 0.5 * (1 - omega - root)
  const alpha = -2 / (variance * root)
  const beta = discount * alpha * (pace - (2 * pace * pace) / (variance * root * root)) - lambda
  let log = from
  for (let round = 0; round < START_ROUNDS; round++) {
    const level = Math.exp(log)
    const d1 = (log + (r - q) * tau) / sd + 0.5 * sd
    const d2 = d1 - sd
    const density = carry * level * ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d1 * d1)
    const tail1 = density * mills(Math.abs(d1))
    const tail2 = density * mills(Math.abs(d2))
    const held = d1 >= 0 ? tail1 : carry * level - tail1
    const paid = d2 >= 0 ? tail2 : discount - tail2
    const price = paid - held
    const theta = r * paid - q * held - (0.5 * variance * density) / sd
    const value = level - held - beta * (1 - level - price) + alpha * theta
    // In the logarithm, so that a step cannot leave the positive numbers.
    const bend = density / sd
    const slope =
      level -
      held +
      bend +
      beta * (level - held) +
      alpha * (-q * held - (r - q + variance) * bend + 0.5 * variance * bend * (1 + d1 / sd))
    const step = -value / slope
    const next = Math.min(logTop, log + (step > 0.7 ? 0.7 : step < -0.7 ? -0.7 : Number.isNaN(step) ? 0 : step))
    const moved = Math.abs(next - log)
    log = next
    if (moved < START_CLOSE) break
  }
  return log
}

/**
 * Below this interest over half a variance the fixed-point system A is used, above it B.
 *
 * A, from the smooth pasting of the value's slope, is exacter with as many steps; but where interest is large against the
 * variance it wanders off (tenths of the strike at 30), and B, from the value itself, stays within 1e-4.
 */
const SMOOTH_BELOW = 8
/** B halves its error in a step where A takes a tenth. */
const EXTRA_STEPS = 2

/** Makes boundaries by one scheme; the scratch columns are kept between options. */
export function createBoundarySolver(tables: SchemeTables): (inputs: BoundaryInputs) => Boundary {
  const { scheme, rootShare, sine, cosine, weight, basis, priceSine, priceBasis } = tables
  const { points: n, boundaryNodes: l, steps, priceNodes: p } = scheme
  // ln(top/B)² at the points from 1 on, nearly straight in √time.
  const held = new Float64Array(n)
  const fresh = new Float64Array(n)

  function sweep(inputs: BoundaryInputs, logTop: number, isSmooth: boolean): void {
    const { rate: r, yieldRate: q, vol, tteYears } = inputs
    const rootT = Math.sqrt(tteYears)
    const half = 0.5 * vol * vol
    const drift = r - q
    for (let i = 0; i < n; i++) {
      const x = rootT * rootShare[i + 1]!
      const tau = x * x
      const sd = vol * x
      const below = -Math.sqrt(held[i]!)
      const log = logTop + below
      const d1 = (log + (drift + half) * tau) / sd
      const d2 = d1 - sd
      const density1 = ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d1 * d1)
      const density2 = ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d2 * d2)
      const tail1 = density1 * mills(Math.abs(d1))
      const tail2 = density2 * mills(Math.abs(d2))
      let kernels2 = 0
      let kernels1 = 0
      let shares2 = 0
      let shares1 = 0
      for (let k = 0; k < l; k++) {
        const c = cosine[k]!
        const s = sine[k]!
        const row = (i * l + k) * n
        let h = 0
        for (let j = 0; j < n; j++) h += basis[row + j]! * held[j]!
        const ratio = below + (h > 0 ? Math.sqrt(h) : 0)
        const left = sd * s
        const u = tau * c * c
        const e1 = (ratio + (drift + half) * (tau - u)) / left
        const e2 = e1 - left
        const w = weight[k]! * c
        const lowered = Math.exp(r * u - 0.5 * e2 * e2)
        const raised = Math.exp(q * u - 0.5 * e1 * e1)
        const share1 = raised * ONE_OVER_ROOT_TWO_PI * mills(Math.abs(e1))
        shares1 += w * s * (e1 > 0 ? Math.exp(q * u) - share1 : share1)
        if (isSmooth) {
          kernels2 += w * lowered
          kernels1 += w * raised
        } else {
          const share2 = lowered * ONE_OVER_ROOT_TWO_PI * mills(Math.abs(e2))
          shares2 += w * s * (e2 > 0 ? Math.exp(r * u) - share2 : share2)
        }
      }
      const scale = (2 * x * ONE_OVER_ROOT_TWO_PI) / vol
      const above = isSmooth ? density2 / sd + r * scale * kernels2 : (d2 > 0 ? 1 - tail2 : tail2) + 2 * r * tau * shares2
      const under = (isSmooth ? density1 / sd + q * scale * kernels1 : 0) + (d1 > 0 ? 1 - tail1 : tail1) + 2 * q * tau * shares1
      const next = Math.log(above / under) - drift * tau
      const short = next < logTop ? logTop - next : 0
      // A quotient of two nothings, very deep in: keep what was there.
      fresh[i] = Number.isFinite(short) ? short * short : held[i]!
    }
    held.set(fresh)
  }

  return inputs => {
    const { rate, yieldRate, vol, tteYears } = inputs
    const top = boundaryAtExpiry(rate, yieldRate)
    const logTop = Math.log(top)
    let log = logTop
    for (let i = 0; i < n; i++) {
      const tau = tteYears * rootShare[i + 1]! ** 2
      log = startLog(inputs, tau, i === 0 ? logTop - vol * Math.sqrt(tau) : log, logTop)
      held[i] = (logTop - log) ** 2
    }
    const isSmooth = (2 * Math.max(Math.abs(rate), Math.abs(yieldRate))) / (vol * vol) < SMOOTH_BELOW
    const rounds = isSmooth ? steps : steps + EXTRA_STEPS
    for (let step = 0; step < rounds; step++) sweep(inputs, logTop, isSmooth)
    const [logs, levels] = [new Float64Array(p), new Float64Array(p)]
    const [discounts, carries] = [new Float64Array(p), new Float64Array(p)]
    for (let k = 0; k < p; k++) {
      let h = 0
      for (let j = 0; j < n; j++) h += priceBasis[k * n + j]! * held[j]!
      const z = tteYears * priceSine[k]! * priceSine[k]!
      logs[k] = logTop - (h > 0 ? Math.sqrt(h) : 0)
      levels[k] = Math.exp(logs[k]!)
      discounts[k] = Math.exp(-rate * z)
      carries[k] = Math.exp(-yieldRate * z)
    }
    return { top, rate, yieldRate, vol, tteYears, logNow: logTop - Math.sqrt(held[n - 1]!), logs, levels, discounts, carries }
  }
}
