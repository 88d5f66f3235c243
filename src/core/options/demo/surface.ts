import type { DemoLine } from '../../demo/book.ts'
import { createRandom, mixSeed, mixText } from '../../kit/random.ts'
import { MICROS_PER_DAY, MICROS_PER_MINUTE } from '../../kit/time.ts'
import { dayAt, demoMinuteClose } from './spot.ts'

/** The true surface of one underlying at an instant: SSVI with the power law of Gatheral and Jacquier. */
export interface DemoSurface {
  /** Variance per year now and in the long run; between them it reverts at `reversion` per year. */
  readonly shortVariance: number
  readonly longVariance: number
  readonly reversion: number
  readonly rho: number
  readonly eta: number
}

/** What is characteristic of the surfaces of one kind of underlying. */
export interface SurfaceCharacter {
  readonly rho: number
  readonly eta: number
  readonly longVol: number
  readonly reversion: number
  /** Relative rise of volatility when the price falls by 1.00 in logs within the day. */
  readonly leverage: number
}

const DAYS_PER_YEAR = 365.25
/** Days of realised variance that implied volatility looks back on, and what each older one counts. */
const LOOK_BACK_DAYS = 20
const DAY_WEIGHT = 0.86
/** Implied is a little more than realised volatility: the premium that sellers ask. */
const PREMIUM_FACTOR = 1.06
const PREMIUM_VOL = 0.012
const KEPT_SURFACES = 512
const KEPT_DAYS = 64
/** eta (1 + |rho|) must not pass 2, or the wings of short expiries allow arbitrage. */
const ETA_LIMIT = 1.98

const surfaces = new WeakMap<DemoLine, Map<number, DemoSurface>>()
const realised = new WeakMap<DemoLine, Map<number, number>>()

/**
 * The true surface at an instant; it moves from second to second and no faster.
 *
 * Its level follows the variance of the days before, so that selling options is neither free money nor ruin.
 */
export function demoSurfaceAt(line: DemoLine, character: SurfaceCharacter, at: number): DemoSurface {
  const second = Math.floor(at / 1_000_000)
  let memory = surfaces.get(line)
  if (!memory) {
    memory = new Map()
    surfaces.set(line, memory)
  }
  const known = memory.get(second)
  if (known) return known
  const made = makeSurface(line, character, second * 1_000_000)
  if (memory.size >= KEPT_SURFACES) memory.delete(memory.keys().next().value as number)
  memory.set(second, made)
  return made
}

/** Total variance at the money. Rises with time, as no calendar spread may be free. */
export function atmVariance({ shortVariance, longVariance, reversion }: DemoSurface, tteYears: number): number {
  return longVariance * tteYears + ((shortVariance - longVariance) * -Math.expm1(-reversion * tteYears)) / reversion
}

/**
 * Volatility per √year at a log-moneyness ln(strike / forward).
 *
 * Source: Gatheral and Jacquier (2014), Arbitrage-free SVI volatility surfaces, section 4: free of butterfly and calendar arbitrage
 * while eta (1 + |rho|) <= 2 and total variance at the money rises with time.
 */
export function demoVol(surface: DemoSurface, tteYears: number, logMoneyness: number): number {
  const theta = atmVariance(surface, tteYears)
  const scaled = (surface.eta / Math.sqrt(theta * (1 + theta))) * logMoneyness
  const { rho } = surface
  const variance = (theta / 2) * (1 + rho * scaled + Math.sqrt((scaled + rho) ** 2 + 1 - rho * rho))
  return Math.sqrt(variance / tteYears)
}

/** The surface as a planted shift of the skew leaves it. */
export function tilted(surface: DemoSurface, by: number): DemoSurface {
  const rho = Math.max(-0.93, Math.min(0.93, surface.rho + by))
  return { ...surface, rho, eta: Math.min(surface.eta, ETA_LIMIT / (1 + Math.abs(rho))) }
}

function makeSurface(line: DemoLine, character: SurfaceCharacter, at: number): DemoSurface {
  const seed = mixText(line.seed, 'surface')
  const day = dayAt(line, at)
  const part = (at - day.start) / (day.end - day.start)
  const before = realisedVol(line, day.day - 1)
  const now = before + part * (realisedVol(line, day.day) - before)
  // Between the ends of the last two whole minutes, so that it moves without steps and knows nothing of what is to come.
  const inMinute = (at % MICROS_PER_MINUTE) / MICROS_PER_MINUTE
  const older = demoMinuteClose(line, at - MICROS_PER_MINUTE)
  const price = older + inMinute * (demoMinuteClose(line, at) - older)
  const fall = Math.log(day.bar.open / line.ticksPerUnit / price)
  const heat =
    0.05 * smoothNoise(mixSeed(seed, 1), at, 150 * MICROS_PER_MINUTE) +
    0.012 * smoothNoise(mixSeed(seed, 2), at, 9 * MICROS_PER_MINUTE)
  const short = (PREMIUM_FACTOR * now + PREMIUM_VOL) * Math.exp(heat + Math.max(-0.3, Math.min(0.5, character.leverage * fall)))
  const long = character.longVol * Math.exp(0.06 * smoothNoise(mixSeed(seed, 3), at, 9 * MICROS_PER_DAY))
  const rho = character.rho + 0.035 * smoothNoise(mixSeed(seed, 4), at, 200 * MICROS_PER_MINUTE)
  const eta = character.eta * Math.exp(0.03 * smoothNoise(mixSeed(seed, 5), at, 320 * MICROS_PER_MINUTE))
  return {
    shortVariance: short * short,
    longVariance: long * long,
    reversion: character.reversion,
    rho,
    eta: Math.min(eta, ETA_LIMIT / (1 + Math.abs(rho))),
  }
}

/** Volatility per √year of the days before one, recent ones counting more. */
function realisedVol(line: DemoLine, day: number): number {
  let days = realised.get(line)
  if (!days) {
    days = new Map()
    realised.set(line, days)
  }
  const known = days.get(day)
  if (known !== undefined) return known
  let sum = 0
  let weights = 0
  for (let back = 1; back <= LOOK_BACK_DAYS && day - back >= line.first; back += 1) {
    const { variance, open } = line.dayBar(day - back)
    const weight = DAY_WEIGHT ** back
    sum += (weight * variance) / (open * open)
    weights += weight
  }
  const vol = weights > 0 ? Math.sqrt((sum / weights) * DAYS_PER_YEAR) : 0.2
  if (days.size >= KEPT_DAYS) days.delete(days.keys().next().value as number)
  days.set(day, vol)
  return vol
}

/** A normal for each period of time, joined smoothly: 0 in the mean, continuous, and the same whenever it is asked for. */
function smoothNoise(seed: number, at: number, period: number): number {
  const n = Math.floor(at / period)
  const u = at / period - n
  const from = createRandom(mixSeed(seed, n)).normal()
  const to = createRandom(mixSeed(seed, n + 1)).normal()
  return from + (to - from) * u * u * (3 - 2 * u)
}
