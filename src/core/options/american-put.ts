import { type Boundary, boundaryAtExpiry, createBoundarySolver } from './american-boundary.ts'
import { type Premium, premiumOf } from './american-premium.ts'
import type { SchemeTables } from './american-scheme.ts'
import { europeanPut, type PutInputs } from './european-put.ts'
import { solveOnGrid } from './finite-differences.ts'

/** How a value came about, and why there is none; a row holds the index of one. */
export const AMERICAN_STATUS = [
  /** European value and the premium of an exercise boundary. */
  'OK',
  /** To be exercised now: worth exactly its intrinsic value. */
  'EXERCISE',
  /** Never exercised early: worth the European value. */
  'EUROPEAN',
  /** No diffusion to speak of (vol √tteYears below 1e-4): the better of European and the best sure moment of exercise. */
  'NO_DIFFUSION',
  /** Two boundaries (a put with yield < rate < 0, or its mirror call), or dividends in cash: finite differences, to about 1e-5 of the strike. */
  'FINITE_DIFFERENCES',
  'EXPIRED',
  'NOT_A_NUMBER',
] as const

export const STATUS = {
  OK: 0,
  EXERCISE: 1,
  EUROPEAN: 2,
  NO_DIFFUSION: 3,
  FINITE_DIFFERENCES: 4,
  EXPIRED: 5,
  NOT_A_NUMBER: 6,
} as const

/** A put's value, slopes and status; written anew by each valuation. */
export interface PutValue extends Premium {
  status: number
}

const LEAST_DEVIATION = 1e-4

/** Prices American puts one by one; keeps the last boundary, so that the strikes of one expiry and volatility share it. */
export function createPutPricer(tables: SchemeTables): (inputs: PutInputs, out: PutValue, withGreeks: boolean) => void {
  const solve = createBoundarySolver(tables)
  const premium: Premium = { value: 0, delta: 0, gamma: 0 }
  let boundary: Boundary | null = null

  function boundaryOf({ rate, yieldRate, vol, tteYears }: PutInputs): Boundary {
    const last = boundary
    if (last && last.rate === rate && last.yieldRate === yieldRate && last.vol === vol && last.tteYears === tteYears) return last
    boundary = solve({ rate, yieldRate, vol, tteYears })
    return boundary
  }

  return (inputs, out, withGreeks) => {
    const { spot, strike, tteYears, vol, rate, yieldRate } = inputs
    if (atTheEdge(inputs, out)) return
    if (rate < 0 && yieldRate < rate) {
      Object.assign(out, solveOnGrid({ ...inputs, side: -1 }, []), { status: STATUS.FINITE_DIFFERENCES })
      return
    }
    if (boundaryAtExpiry(rate, yieldRate) === 0) {
      europeanPut(inputs, out)
      out.status = STATUS.EUROPEAN
      return
    }
    const line = boundaryOf({ spot, strike, tteYears, vol, rate, yieldRate })
    const share = spot / strike
    // Where it is exercised the value is exact, and the integral would lose its digits.
    if (!(Math.log(share) > line.logNow)) return exercised(inputs, out)
    premiumOf(tables, line, share, premium, withGreeks)
    europeanPut(inputs, out)
    out.value += premium.value > 0 ? strike * premium.value : 0
    out.delta += premium.delta
    out.gamma += premium.gamma / strike
    out.status = STATUS.OK
    if (out.value <= strike - spot) exercised(inputs, out)
  }
}

function exercised({ spot, strike }: PutInputs, out: PutValue): void {
  set(out, strike - spot, -1, STATUS.EXERCISE)
}

function set(out: PutValue, value: number, delta: number, status: number): void {
  out.value = value
  out.delta = delta
  out.gamma = 0
  out.status = status
}

/** Whether the put is one without a boundary to be found; its value is set then. */
function atTheEdge(inputs: PutInputs, out: PutValue): boolean {
  const { spot, strike, tteYears, vol, rate, yieldRate } = inputs
  const sum = spot + strike + tteYears + vol + rate + yieldRate
  if (!(spot >= 0 && strike >= 0 && vol >= 0 && Number.isFinite(sum))) {
    set(out, Number.NaN, Number.NaN, STATUS.NOT_A_NUMBER)
    out.gamma = Number.NaN
    return true
  }
  if (tteYears <= 0) {
    set(out, Math.max(0, strike - spot), spot < strike ? -1 : 0, STATUS.EXPIRED)
    return true
  }
  if (strike === 0) {
    set(out, 0, 0, STATUS.EUROPEAN)
    return true
  }
  const deviation = vol * Math.sqrt(tteYears)
  if (spot > 0 && deviation >= LEAST_DEVIATION) return false
  bestSureMoment(inputs, out)
  if (spot === 0 || deviation === 0) return true
  const sure = { ...out }
  europeanPut(inputs, out)
  if (sure.value >= out.value) Object.assign(out, sure)
  else out.status = STATUS.NO_DIFFUSION
  return true
}

/** Without diffusion, exercise at z is worth K exp(-rz) - S exp(-qz): the best of now, the end, and where that is level. */
function bestSureMoment({ spot, strike, tteYears, rate, yieldRate }: PutInputs, out: PutValue): void {
  const level = Math.log((rate * strike) / (yieldRate * spot)) / (rate - yieldRate)
  set(out, 0, 0, STATUS.NO_DIFFUSION)
  for (const z of [0, tteYears, level]) {
    if (!(z >= 0 && z <= tteYears)) continue
    const carry = Math.exp(-yieldRate * z)
    const value = strike * Math.exp(-rate * z) - spot * carry
    if (value > out.value) set(out, value, -carry, z === 0 ? STATUS.EXERCISE : STATUS.NO_DIFFUSION)
  }
}
