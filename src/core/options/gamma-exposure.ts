import type { EpochMicros, IsoDate } from '../kit/time.ts'
import type { OptionChain } from './chain.ts'
import type { ChainAnalysis } from './chain-analysis.ts'
import { collectBook, exposures, type GammaBook, subset, totalAt } from './gamma-book.ts'
import { expiresToday } from './zero-dte.ts'

/**
 * Who is assumed to hold what.
 *
 * `naive`: dealers are long every call and short every put. `flow-signed`: dealers hold the other side of today's classified
 * flow, so the sign of a contract is (sold - bought) / (sold + bought) of its classified contracts.
 */
export const GAMMA_CONVENTIONS = ['naive', 'flow-signed'] as const
export type GammaConvention = (typeof GAMMA_CONVENTIONS)[number]

/** What of a chain is added up, and how. */
export interface GammaOrder {
  readonly convention: GammaConvention
  /** All expiries, those that settle on the chain's own date, or one. */
  readonly expiries: 'all' | 'today' | IsoDate
  /** Adds the contracts traded today to the open interest, as if each had opened a position: an upper bound. */
  readonly addsVolume: boolean
  /** Of each row of the chain, from -1 to 1; NaN where no flow was classified. Only `flow-signed` looks at it. */
  readonly flowSign?: Float64Array | null
}

/** Spots of the profile: this share to each side of the spot, in so many points. */
const PROFILE_WIDTH = 0.12
const PROFILE_POINTS = 121
/** Halvings of the bracket around a sign change: a cent of a spot of 100,000. */
const HALVINGS = 30

/** One strike's part; all in USD (the chain's currency) per move of 1 %. */
export interface StrikeGamma {
  readonly strike: number
  readonly calls: number
  readonly puts: number
  readonly net: number
}

/** One expiry's part, in the same unit. */
export interface ExpiryGamma {
  readonly date: IsoDate
  readonly calls: number
  readonly puts: number
  readonly net: number
  /** Settles on the chain's own date. */
  readonly isToday: boolean
}

/** Gamma exposure of a chain under one convention: currency that hedgers buy or sell per move of 1 %. */
export interface GammaExposure {
  readonly convention: GammaConvention
  readonly asOf: EpochMicros
  readonly spot: number
  readonly spotSource: 'quote' | 'forward' | 'none'
  readonly calls: number
  readonly puts: number
  readonly net: number
  /** Rising strikes with anything in them. */
  readonly byStrike: readonly StrikeGamma[]
  /** Every expiry of the chain, whatever was asked for. */
  readonly byExpiry: readonly ExpiryGamma[]
  /** Strikes of the largest positive and of the largest negative net; NaN where there is none. */
  readonly callWall: number
  readonly putWall: number
  /** Spot nearest to now at which the total changes sign; NaN where it does not within the profile. */
  readonly flip: number
  /** Every such spot within the profile, rising. */
  readonly flips: readonly number[]
  readonly profile: {
    readonly spots: Float64Array
    /** Total at each spot of what was asked for, and of the contracts that settle today. */
    readonly total: Float64Array
    readonly today: Float64Array
  }
  /** Rows that count, and why the others do not. */
  readonly counted: number
  readonly left: { readonly noOpenInterest: number; readonly noVol: number; readonly expired: number; readonly noSign: number }
  /** Share of the contracts counted in open interest that the convention gives a sign to. */
  readonly signedShare: number
}

/**
 * Gamma exposure of a chain: by strike, by expiry, walls, and the profile over spots with its changes of sign.
 *
 * Of a contract it is sign x gamma x contracts x multiplier x spot² x 0.01. Gamma is the closed form of Black-Scholes at the
 * smile's volatility of its strike, also at the other spots of the profile (sticky strike), with the carry of its expiry; early
 * exercise is left out, so that every figure, at every spot, is the sum of the same formula.
 *
 * Units: the chain's currency per move of 1 % of the underlying.
 * Range: a row counts with open interest, a volatility and time left; walls and flip are NaN where there is none.
 * Source: SqueezeMetrics (2017), Gamma Exposure, for the sum and its naive signs.
 */
export function gammaExposure(analysis: ChainAnalysis, order: GammaOrder): GammaExposure {
  const { chain } = analysis
  const { spot, source } = spotOf(analysis)
  const left = { noOpenInterest: 0, noVol: 0, expired: 0, noSign: 0 }
  const { book, signedShare } = collectBook(analysis, order, spot, left)
  const today = chain.expiries.map(({ settlesAt }) => expiresToday(chain.asOf, settlesAt))
  const isWanted = chain.expiries.map(({ date }, k) =>
    order.expiries === 'all' ? true : order.expiries === 'today' ? today[k]! : date === order.expiries,
  )
  const now = exposures(book)
  const wanted = subset(book, k => isWanted[book.expiry[k]!]!)
  const profile = profileOf(
    wanted,
    subset(wanted, k => today[wanted.expiry[k]!]!),
    spot,
  )
  const flips = flipsOf(wanted, spot, profile)
  const byStrike = sumByStrike(chain, wanted)
  const byExpiry = chain.expiries.map(({ date }, k) => ({ date, ...sidesOf(chain, book, now, k), isToday: today[k]! }))
  const sum = (pick: (one: StrikeGamma) => number) => byStrike.reduce((total, one) => total + pick(one), 0)
  return {
    convention: order.convention,
    asOf: chain.asOf,
    spot,
    spotSource: source,
    calls: sum(one => one.calls),
    puts: sum(one => one.puts),
    net: sum(one => one.net),
    byStrike,
    byExpiry,
    ...wallsOf(byStrike),
    flip: flips.reduce((best, at) => (Math.abs(at - spot) < Math.abs(best - spot) || Number.isNaN(best) ? at : best), Number.NaN),
    flips,
    profile,
    counted: wanted.count,
    left,
    signedShare,
  }
}

function spotOf({ chain, expiries }: ChainAnalysis): { spot: number; source: GammaExposure['spotSource'] } {
  const mid = (chain.spotBid + chain.spotAsk) / 2
  if (mid > 0) return { spot: mid, source: 'quote' }
  const nearest = expiries.find(({ forward }) => forward > 0)
  if (!nearest) return { spot: Number.NaN, source: 'none' }
  // The forward carried back: what the options themselves say the underlying is worth.
  const carry = (nearest.rate - nearest.yieldRate) * Math.max(0, nearest.tteYears)
  return { spot: nearest.forward * Math.exp(Number.isFinite(carry) ? -carry : 0), source: 'forward' }
}

function profileOf(book: GammaBook, today: GammaBook, spot: number): GammaExposure['profile'] {
  if (!(spot > 0)) return { spots: new Float64Array(0), total: new Float64Array(0), today: new Float64Array(0) }
  const step = (2 * PROFILE_WIDTH) / (PROFILE_POINTS - 1)
  const spots = Float64Array.from({ length: PROFILE_POINTS }, (_, k) => spot * (1 - PROFILE_WIDTH + k * step))
  return {
    spots,
    total: spots.map(at => totalAt(book, Math.log(at / spot))),
    today: today.count === 0 ? new Float64Array(PROFILE_POINTS) : spots.map(at => totalAt(today, Math.log(at / spot))),
  }
}

function flipsOf(book: GammaBook, spot: number, { spots, total }: GammaExposure['profile']): number[] {
  const flips: number[] = []
  for (let k = 0; k < spots.length; k++) {
    if (total[k] === 0 && book.count > 0 && (total[k - 1] ?? 0) * (total[k + 1] ?? 0) < 0) flips.push(spots[k]!)
    if (k + 1 < spots.length && total[k]! * total[k + 1]! < 0) flips.push(rootBetween(book, spot, spots[k]!, spots[k + 1]!))
  }
  return flips
}

function rootBetween(book: GammaBook, spot: number, from: number, to: number): number {
  let [low, high] = [from, to]
  const lowSign = Math.sign(totalAt(book, Math.log(low / spot)))
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2
    if (Math.sign(totalAt(book, Math.log(middle / spot))) === lowSign) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function sumByStrike(chain: OptionChain, book: GammaBook): StrikeGamma[] {
  const now = exposures(book)
  const sums = new Map<number, { calls: number; puts: number }>()
  for (let k = 0; k < book.count; k++) {
    const strike = chain.strike[book.row[k]!]!
    const sum = sums.get(strike) ?? { calls: 0, puts: 0 }
    if (chain.side[book.row[k]!]! > 0) sum.calls += now[k]!
    else sum.puts += now[k]!
    sums.set(strike, sum)
  }
  return [...sums].sort(([a], [b]) => a - b).map(([strike, { calls, puts }]) => ({ strike, calls, puts, net: calls + puts }))
}

function sidesOf(chain: OptionChain, book: GammaBook, now: Float64Array, expiry: number) {
  let calls = 0
  let puts = 0
  for (let k = 0; k < book.count; k++) {
    if (book.expiry[k] !== expiry) continue
    if (chain.side[book.row[k]!]! > 0) calls += now[k]!
    else puts += now[k]!
  }
  return { calls, puts, net: calls + puts }
}

function wallsOf(byStrike: readonly StrikeGamma[]): { callWall: number; putWall: number } {
  let [callWall, most, putWall, least] = [Number.NaN, 0, Number.NaN, 0]
  for (const { strike, net } of byStrike) {
    if (net > most) [callWall, most] = [strike, net]
    if (net < least) [putWall, least] = [strike, net]
  }
  return { callWall, putWall }
}
