import { dayNumberOf, dayOfDate, weekdayOf } from '../kit/calendar.ts'
import { createRandom, mixSeed, mixText } from '../kit/random.ts'
import type { IsoDate } from '../kit/time.ts'
import { DEMO_FIRST_DAY, type DemoAsset } from './instruments.ts'

/** A quantity that wanders from day to day and moves the prices of many instruments. */
interface FactorSpec {
  readonly key: string
  /** Volatility per √year of its changes. */
  readonly vol: number
  /** Days in which half of a deviation from zero is gone. */
  readonly halfLifeDays: number
}

/** A factor day by day; index 0 is the first day of the demo market. */
interface FactorPath {
  readonly level: number[]
  /** Standard deviation of the change over that day. */
  readonly sigma: number[]
  readonly grow: (length: number) => void
}

/** Closing levels of one asset. */
export interface LevelModel {
  /** Fair price at the end of a day (days since 1970-01-01), before rounding to ticks. */
  close(day: number): number
  /** Standard deviation of the day's relative change. */
  sigma(day: number): number
  /** Part of the intraday noise shared with the rest of its family, as a correlation. */
  shared(day: number): number
  /** Instruments of one family move together within the day. */
  readonly family: 'index' | 'oil' | 'gas'
}

/** Persistence of log volatility from day to day, and its standard deviation in the long run. */
const VOL_PERSISTENCE = 0.975
const VOL_SPREAD = 0.38
/** On one day in so many a shock is larger, so that tails are fat even beyond clustering. */
const SHOCK_CHANCE = 0.012
const SHOCK_SIZE = 2.8
const WEEKEND_PART = 0.55
const REFERENCE_DAY = dayNumberOf(2026, 1, 1)
const DAYS_PER_YEAR = 365.25

const MARKET: FactorSpec = { key: 'market', vol: 0.15, halfLifeDays: 420 }

interface Commodity {
  readonly family: 'oil' | 'gas'
  /** Price of a distant contract, before seasons. */
  readonly base: number
  readonly long: FactorSpec
  readonly short: FactorSpec
  /** What a contract has of the short factor falls by e in 1/reversion years. */
  readonly reversion: number
  /** Log price of a distant contract over that of a near one in calm times. */
  readonly slope: number
  /** Log deviation of the delivery months January to December. */
  readonly season: readonly number[]
}

const COMMODITIES: Readonly<Record<'CL' | 'NG', Commodity>> = {
  CL: {
    family: 'oil',
    base: 70,
    long: { key: 'oil-long', vol: 0.13, halfLifeDays: 800 },
    short: { key: 'oil-short', vol: 0.3, halfLifeDays: 180 },
    reversion: 1.4,
    slope: -0.05,
    season: [0, 0, 0.002, 0.005, 0.008, 0.01, 0.01, 0.008, 0.003, 0, -0.002, -0.002],
  },
  NG: {
    family: 'gas',
    base: 3.7,
    long: { key: 'gas-long', vol: 0.14, halfLifeDays: 700 },
    short: { key: 'gas-short', vol: 0.5, halfLifeDays: 95 },
    reversion: 2.6,
    slope: 0.04,
    season: [0.19, 0.16, 0.05, -0.1, -0.11, -0.08, -0.04, -0.03, -0.05, -0.04, 0.03, 0.14],
  },
}

/** Net cost of carry of the index per year: financing less dividends. */
const INDEX_CARRY = 0.03
const INDEX_PER_FUND = 10
/** Own noise of one contract against its strip, as part of its price. */
const CONTRACT_NOISE = 0.0005

/** The day-by-day factors of one seed. */
export interface Factors {
  path(spec: FactorSpec): FactorPath
  readonly seed: number
}

/** Factors of a seed; paths are made from the first day on and kept, so every answer is the same whatever was asked before. */
export function createFactors(seed: number): Factors {
  const paths = new Map<string, FactorPath>()
  return {
    seed,
    path(spec) {
      let path = paths.get(spec.key)
      if (!path) {
        path = createPath(mixText(seed, spec.key), spec)
        paths.set(spec.key, path)
      }
      return path
    },
  }
}

/**
 * Closing prices of an asset.
 *
 * Source: the two-factor model of Schwartz and Smith (2000), Management Science 46(7), with seasons for commodities; one-factor
 * (beta) shares with mean reverting logs; log volatility as an autoregression (Taylor 1986). docs/mathematics/demo-market.md.
 */
export function levelModel(asset: DemoAsset, factors: Factors): LevelModel {
  if (asset.kind === 'share') return shareModel(asset.share, factors)
  const { root } = asset.contract
  if (root === 'ES') return indexFutureModel(asset.contract.lastTradeDate, factors)
  return commodityModel(asset.contract, COMMODITIES[root], factors)
}

function shareModel(
  share: { symbol: string; price: number; beta: number; ownVol: number; growth: number },
  factors: Factors,
): LevelModel {
  const market = factors.path(MARKET)
  const own = factors.path({ key: `share-${share.symbol}`, vol: share.ownVol, halfLifeDays: 350 })
  const common = (day: number) => Math.abs(share.beta) * sigmaAt(market, day)
  const sigma = (day: number) => Math.hypot(common(day), sigmaAt(own, day))
  return {
    family: 'index',
    close: day =>
      share.price *
      Math.exp((share.growth * (day - REFERENCE_DAY)) / DAYS_PER_YEAR + share.beta * levelAt(market, day) + levelAt(own, day)),
    sigma,
    shared: day => Math.min(0.9995, common(day) / sigma(day)),
  }
}

function indexFutureModel(lastTradeDate: IsoDate, factors: Factors): LevelModel {
  const fund = shareModel({ symbol: 'SPY', price: 600, beta: 1, ownVol: 0, growth: 0.06 }, factors)
  const expiry = dayOfDate(lastTradeDate)
  return {
    ...fund,
    close: day => fund.close(day) * INDEX_PER_FUND * Math.exp((INDEX_CARRY * (expiry - day)) / DAYS_PER_YEAR),
  }
}

function commodityModel(
  contract: { symbol: string; month: number; lastTradeDate: IsoDate },
  { family, base, long, short, reversion, slope, season }: Commodity,
  factors: Factors,
): LevelModel {
  const far = factors.path(long)
  const near = factors.path(short)
  const expiry = dayOfDate(contract.lastTradeDate)
  const noise = mixText(factors.seed, contract.symbol)
  const weight = (day: number) => Math.exp((-reversion * (expiry - day)) / DAYS_PER_YEAR)
  return {
    family,
    close(day) {
      const w = weight(day)
      const own = CONTRACT_NOISE * createRandom(mixSeed(noise, day)).normal()
      return base * Math.exp(levelAt(far, day) + w * levelAt(near, day) + slope * (1 - w) + season[contract.month - 1]! + own)
    },
    sigma: day => Math.hypot(sigmaAt(far, day), weight(day) * sigmaAt(near, day)),
    shared: () => 0.998,
  }
}

function levelAt(path: FactorPath, day: number): number {
  const k = Math.max(0, day - DEMO_FIRST_DAY + 1)
  if (k >= path.level.length) path.grow(k + 1)
  return path.level[k]!
}

function sigmaAt(path: FactorPath, day: number): number {
  const k = Math.max(0, day - DEMO_FIRST_DAY + 1)
  if (k >= path.level.length) path.grow(k + 1)
  return path.sigma[k]!
}

function createPath(seed: number, { vol, halfLifeDays }: FactorSpec): FactorPath {
  const random = createRandom(seed)
  const keep = 2 ** (-1 / halfLifeDays)
  const daily = vol / Math.sqrt(DAYS_PER_YEAR)
  const fresh = VOL_SPREAD * Math.sqrt(1 - VOL_PERSISTENCE ** 2)
  const level = [0]
  const sigma = [daily]
  let heat = VOL_SPREAD * random.normal()
  function grow(length: number): void {
    while (level.length < length) {
      const weekday = weekdayOf(DEMO_FIRST_DAY + level.length - 1)
      heat = VOL_PERSISTENCE * heat + fresh * random.normal()
      const calm = weekday === 0 || weekday === 6 ? WEEKEND_PART : 1
      // The mean of exp(2 heat) is exp(2 spread²): without this the volatility per year would not be the stated one.
      const today = daily * calm * Math.exp(heat - VOL_SPREAD ** 2)
      const shock = random.uniform() < SHOCK_CHANCE ? SHOCK_SIZE : 1
      level.push(keep * level.at(-1)! + today * shock * random.normal())
      sigma.push(today)
    }
  }
  return { level, sigma, grow }
}
