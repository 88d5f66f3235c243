import { type Boundary, boundaryAtExpiry, createBoundarySolver } from './american-boundary.ts'
import { type Premium, premiumOf } from './american-premium.ts'
import { AMERICAN_SCHEMES, type AmericanSchemeName, type SchemeTables, schemeTables } from './american-scheme.ts'
import { europeanPut, type PutInputs } from './european-put.ts'
import { chebyshevPoints } from './quadrature.ts'

/** What the early exercise of the options of one expiry and side depends on, and the volatilities that will be asked for. */
export interface ExerciseInputs {
  readonly rate: number
  readonly yieldRate: number
  readonly tteYears: number
  readonly lowVol: number
  readonly highVol: number
  readonly side: 1 | -1
  readonly isAmerican: boolean
}

/** Price of one option with its first two derivatives in the spot; written anew by each valuation. */
export interface OptionValue {
  value: number
  delta: number
  gamma: number
  /** What of it the right to exercise early is worth; endless where it is to be exercised now, for exactly the intrinsic value. */
  premium: number
  isExercised: boolean
}

/** Prices the options of one expiry and side. */
export interface SidePricer {
  readonly price: (spot: number, strike: number, vol: number, out: OptionValue) => void
  readonly value: (spot: number, strike: number, vol: number) => number
  readonly european: (spot: number, strike: number, vol: number) => number
  /** What the right to exercise early adds to it. */
  readonly premium: (spot: number, strike: number, vol: number) => number
}

const solvers = new Map<AmericanSchemeName, { tables: SchemeTables; solve: ReturnType<typeof createBoundarySolver> }>()

function solverOf(name: AmericanSchemeName) {
  const known = solvers.get(name)
  if (known) return known
  const tables = schemeTables(AMERICAN_SCHEMES[name])
  const made = { tables, solve: createBoundarySolver(tables) }
  solvers.set(name, made)
  return made
}

const NEVER = 7

/** Boundaries at Chebyshev points of the logarithm of volatility, between which it is smooth. */
const KNOTS = 9

/**
 * A pricer of all options of one expiry and side, American or European.
 *
 * The exercise boundary of a put depends on volatility alone once rate, yield and time are given, and smoothly: it is solved at a few
 * volatilities and interpolated, so that an option costs its integral only. Calls are puts with spot and strike, and rate and yield,
 * in each other's place.
 *
 * Range: volatilities outside [lowVol, highVol] take the boundary of the nearer end. Where exercise has two boundaries (a put with
 * yield < rate < 0, and its mirror) the value is the better of European and intrinsic: a floor, off by a few cents on 100 at most.
 */
export function createSidePricer(inputs: ExerciseInputs, scheme: AmericanSchemeName, knots: number = KNOTS): SidePricer {
  const { side, tteYears } = inputs
  const [rate, yieldRate] = side < 0 ? [inputs.rate, inputs.yieldRate] : [inputs.yieldRate, inputs.rate]
  const put: Writable<PutInputs> = { spot: 1, strike: 1, tteYears, vol: 0, rate, yieldRate }
  const line = inputs.isAmerican ? boundaries({ ...inputs, rate, yieldRate }, scheme, knots) : null
  const premium: Premium = { value: 0, delta: 0, gamma: 0 }
  const rootT = Math.sqrt(tteYears)

  /** The put of the pair in units of its strike; premium in `premium`. True where it is to be exercised. */
  function addPremium(share: number, vol: number, withGreeks: boolean): boolean {
    premium.value = 0
    premium.delta = 0
    premium.gamma = 0
    if (!line) return false
    const log = Math.log(share)
    // So many deviations from where anybody ever exercises, the right to is worth nothing.
    if (log - line.logTop > NEVER * vol * rootT) return false
    const boundary = line.at(vol)
    if (!(log > boundary.logNow)) return true
    premiumOf(line.tables, boundary, share, premium, withGreeks)
    if (premium.value < 0) premium.value = 0
    return false
  }

  function price(spot: number, strike: number, vol: number, out: OptionValue): void {
    put.spot = side < 0 ? spot : strike
    put.strike = side < 0 ? strike : spot
    put.vol = vol
    const share = put.spot / put.strike
    out.isExercised = addPremium(share, vol, true)
    if (!out.isExercised) {
      europeanPut(put, out)
      out.premium = put.strike * premium.value
      out.value += out.premium
      out.delta += premium.delta
      out.gamma += premium.gamma / put.strike
    }
    if (inputs.isAmerican && (out.isExercised || out.value <= put.strike - put.spot)) {
      out.isExercised = true
      out.premium = Number.POSITIVE_INFINITY
      out.value = put.strike - put.spot
      out.delta = -1
      out.gamma = 0
    }
    if (side < 0) return
    const ratio = strike / spot
    out.delta = (out.value - strike * out.delta) / spot
    out.gamma *= ratio * ratio
  }

  const value = { value: 0, delta: 0, gamma: 0 }
  function premiumOnly(spot: number, strike: number, vol: number): number {
    if (!inputs.isAmerican) return 0
    put.spot = side < 0 ? spot : strike
    put.strike = side < 0 ? strike : spot
    put.vol = vol
    if (!addPremium(put.spot / put.strike, vol, false) && line) return put.strike * premium.value
    if (!line && put.spot >= put.strike) return 0
    europeanPut(put, value)
    return Math.max(0, put.strike - put.spot - value.value)
  }

  function european(spot: number, strike: number, vol: number): number {
    put.spot = side < 0 ? spot : strike
    put.strike = side < 0 ? strike : spot
    put.vol = vol
    europeanPut(put, value)
    return value.value
  }

  function valueOnly(spot: number, strike: number, vol: number): number {
    const premiumNow = premiumOnly(spot, strike, vol)
    return european(spot, strike, vol) + premiumNow
  }

  return { price, value: valueOnly, european, premium: premiumOnly }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

interface Line {
  readonly tables: SchemeTables
  /** ln of the boundary at expiry, its highest. */
  readonly logTop: number
  readonly at: (vol: number) => Boundary
}

function boundaries(
  { rate, yieldRate, tteYears, lowVol, highVol }: ExerciseInputs,
  scheme: AmericanSchemeName,
  knots: number,
): Line | null {
  if (boundaryAtExpiry(rate, yieldRate) === 0 || (rate < 0 && yieldRate < rate)) return null
  const { tables, solve } = solverOf(scheme)
  const [low, high] = [Math.log(lowVol), Math.log(Math.max(highVol, lowVol * 1.0001))]
  const points = chebyshevPoints(knots)
  const places = points.map(z => 0.5 * (low + high) + 0.5 * (high - low) * z)
  const solved = Array.from(places, place => solve({ rate, yieldRate, vol: Math.exp(place), tteYears }))
  const p = solved[0]!.logs.length
  const at = { ...solved[0]!, logs: new Float64Array(p), levels: new Float64Array(p) }
  const share = new Float64Array(points.length)

  function interpolate(vol: number): Boundary {
    if (vol === at.vol) return at
    at.vol = vol
    const place = Math.min(high, Math.max(low, Math.log(vol)))
    lagrange(places, place, share)
    let now = 0
    at.logs.fill(0)
    for (let j = 0; j < share.length; j++) {
      const s = share[j]!
      const { logs, logNow } = solved[j]!
      now += s * logNow
      for (let i = 0; i < p; i++) at.logs[i] = at.logs[i]! + s * logs[i]!
    }
    for (let i = 0; i < p; i++) at.levels[i] = Math.exp(at.logs[i]!)
    at.logNow = now
    return at
  }
  at.vol = Number.NaN
  return { tables, logTop: Math.log(boundaryAtExpiry(rate, yieldRate)), at: interpolate }
}

/** Lagrange's weights of Chebyshev's points of the second kind, by the barycentric formula. */
function lagrange(places: Float64Array, place: number, out: Float64Array): void {
  let sum = 0
  const last = places.length - 1
  for (let j = 0; j <= last; j++) {
    const off = place - places[j]!
    if (off === 0) {
      out.fill(0)
      out[j] = 1
      return
    }
    out[j] = ((j % 2 ? -1 : 1) * (j === 0 || j === last ? 0.5 : 1)) / off
    sum += out[j]!
  }
  for (let j = 0; j <= last; j++) out[j] = out[j]! / sum
}
