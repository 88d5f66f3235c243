import type { AmericanSchemeName } from './american-scheme.ts'
import type { OptionChain } from './chain.ts'
import type { ForwardFit } from './chain-analysis.ts'
import { fitParity, type ParityFit, type RateBelief } from './parity.ts'
import { boundedYield, dividendsUntil, MOST_YIELD, PAIRS_REACH, quotedPairs, withoutPremium } from './parity-pairs.ts'

/** What calls of an expiry are worth beyond the model for dividends paid at once: amount times the chance to end in the money. */
export interface DividendPremium {
  readonly amount: number
  /** Deviation of the logarithm to expiry. */
  readonly deviation: number
}

/** Forwards of a chain, and the spot that its early exercise is reckoned from. */
export interface ChainForwards {
  readonly fits: readonly ForwardFit[]
  readonly dividends: readonly DividendPremium[]
  /** Middle of the underlying's quote; where that is missing or older than the options, the spot that the nearest forward implies. */
  readonly spot: number
  readonly isSpotQuoted: boolean
}

interface Asked {
  readonly tte: readonly number[]
  readonly status: Uint8Array
  readonly usualRate: number
  readonly staleSeconds: number
  readonly scheme: AmericanSchemeName
}

/** A rate can be off the usual one by some percent, but expiries of one chain differ from each other by less. */
const RATE_SPREAD = 0.02
const OWN_SPREAD = 0.0025
const WARM_ROUNDS = 2
const RATE_ROUNDS = 6
const RATE_CLOSE = 2e-4
const TELLERS = 16
const POOL_ROUNDS = 8
const MOST_CARRY = 0.1
const LEAST_SHARE = 0.05
const MOST_SHARE = 1.2
const MICROS_PER_SECOND = 1_000_000

const NONE: ForwardFit = {
  forward: Number.NaN,
  discount: Number.NaN,
  rate: Number.NaN,
  yieldRate: Number.NaN,
  source: 'none',
  pairs: 0,
  residual: Number.NaN,
  lowest: Number.NEGATIVE_INFINITY,
  highest: Number.POSITIVE_INFINITY,
}

/**
 * Forward, discount and yield of each expiry.
 *
 * Options with early exercise cost more than parity knows: their premium is taken off first, at the volatility of the strike's side
 * out of the money, and since it depends on the rate that is sought, rate and premium are found together for the whole chain.
 */
export function chainForwards(chain: OptionChain, asked: Asked): ChainForwards {
  const quoted = chain.expiries.map((_, e) => (asked.tte[e]! > 0 ? quotedPairs(chain, e, asked) : null))
  const usual: RateBelief = { rate: asked.usualRate, spread: RATE_SPREAD }
  const quote = spotOf(chain, asked)
  const isEuropean = chain.exercise === 'european'
  const first = quoted.map(
    one => one && fitParity(one.pairs, { tteYears: one.tteYears, belief: usual, reach: PAIRS_REACH * one.deviation }),
  )
  const forwards = first.map(fit => fit?.forward ?? Number.NaN)
  const spotNow = () => (chain.isOnFuture ? Number.NaN : settleSpot(quote, forwards, asked.tte))
  const fitAll = (rate: number, belief: RateBelief, some: ReadonlySet<number>, tellsRate = false) => {
    const spot = spotNow()
    return quoted.map((one, e) => {
      const forward = forwards[e]!
      if (!one || !first[e] || !some.has(e)) return null
      const pairs = isEuropean ? one.pairs : withoutPremium(one, { rate, forward, spot, scheme: asked.scheme })
      const fit = fitParity(pairs, { tteYears: one.tteYears, belief, reach: PAIRS_REACH * one.deviation, tellsRate })
      forwards[e] = fit?.forward ?? forward
      return fit
    })
  }
  const tellers = surest(first)
  // What the raw forwards lack of the premium is found before the rate is looked for.
  if (!isEuropean) for (let warm = 0; warm < WARM_ROUNDS; warm++) fitAll(usual.rate, usual, tellers)
  const searched = (r: number) => pooledRate(fitAll(r, { ...usual, rate: r }, tellers, true), usual)
  const rate = isEuropean ? pooledRate(first, usual) : sharedRate(searched, usual.rate)
  // Twice: the dividends that calls are paid for follow from the forward.
  const every = new Set(first.keys())
  if (!isEuropean) fitAll(rate, { rate, spread: OWN_SPREAD }, every)
  const fits = fitAll(rate, { rate, spread: OWN_SPREAD }, every)
  const spot = spotNow()
  return {
    spot,
    isSpotQuoted: quote.isKnown && spot === quote.middle,
    dividends: fits.map((fit, e) => ({
      amount: fit && !isEuropean ? dividendAmount(fit, spot, asked.tte[e]!) : 0,
      deviation: quoted[e]?.deviation ?? 1,
    })),
    fits: fillIn(chain, { fits, tte: asked.tte, spot, rate }),
  }
}

/** The expiries that tell the rate best. */
function surest(fits: readonly (ParityFit | null)[]): ReadonlySet<number> {
  const error = (e: number) => Math.min(1e9, fits[e]?.rateError ?? 1e9)
  return new Set([...fits.keys()].sort((a, b) => error(a) - error(b) || a - b).slice(0, TELLERS))
}

/** The rate at which the premium of early exercise assumes what parity then finds, by the secant. */
function sharedRate(found: (rate: number) => number, start: number): number {
  let [before, offBefore] = [start, found(start) - start]
  let rate = start + offBefore
  for (let round = 1; round < RATE_ROUNDS && Math.abs(rate - before) > RATE_CLOSE; round++) {
    const off = found(rate) - rate
    const slope = (off - offBefore) / (rate - before)
    const next = slope < -0.1 ? rate - off / slope : rate + off
    before = rate
    offBefore = off
    rate = Math.max(start - 0.1, Math.min(start + 0.1, next))
  }
  return rate
}

/** One rate for the chain: what the expiries tell, each as surely as it can, and the usual rate; odd ones count for little. */
function pooledRate(fits: readonly (ParityFit | null)[], usual: RateBelief): number {
  const told = fits.filter(fit => fit !== null).filter(fit => Number.isFinite(fit.rateError) && Number.isFinite(fit.ownRate))
  let rate = usual.rate
  for (let round = 0; round < POOL_ROUNDS; round++) {
    let [sum, weight] = [usual.rate / usual.spread ** 2, 1 / usual.spread ** 2]
    for (const { ownRate, rateError } of told) {
      const error = Math.hypot(rateError, OWN_SPREAD)
      const far = round === 0 ? 0 : Math.abs(ownRate - rate) / error
      const w = (far > 3 ? 0 : far > 1 ? 1 / far : 1) / error ** 2
      sum += w * ownRate
      weight += w
    }
    rate = sum / weight
  }
  return rate
}

function spotOf({ spotBid, spotAsk, spotTime, asOf }: OptionChain, { staleSeconds }: Asked) {
  const isKnown = spotBid > 0 && spotAsk > 0 && spotAsk >= spotBid && !(spotTime < asOf - staleSeconds * MICROS_PER_SECOND)
  return { isKnown, bid: spotBid, ask: spotAsk, middle: 0.5 * (spotBid + spotAsk) }
}

/** The quoted spot, where the forwards do not contradict it beyond any yield; else where the forwards come from. */
function settleSpot(quote: ReturnType<typeof spotOf>, forwards: readonly number[], tte: readonly number[]): number {
  const nearest = forwards.findIndex(forward => forward > 0)
  if (nearest < 0) return quote.isKnown ? quote.middle : Number.NaN
  const implied = forwards[nearest]! * Math.exp(-carryOf(forwards, tte) * tte[nearest]!)
  if (!quote.isKnown) return implied
  return Math.abs(Math.log(implied / quote.middle)) > 0.02 + MOST_YIELD * tte[nearest]! ? implied : quote.middle
}

/** Growth of the forwards per year: the median from each to the next, for where a dividend lies between two it is not the usual one. */
function carryOf(forwards: readonly number[], tte: readonly number[]): number {
  const known = [...forwards.keys()].filter(e => forwards[e]! > 0)
  const slopes = known.slice(1).map((e, k) => Math.log(forwards[e]! / forwards[known[k]!]!) / (tte[e]! - tte[known[k]!]!))
  slopes.sort((a, b) => a - b)
  return Math.max(-MOST_CARRY, Math.min(MOST_CARRY, slopes[slopes.length >> 1] ?? 0))
}

/** The share that parity told, of the dividends to expiry; a share that is not between none and a bit more than all is no dividend. */
function dividendAmount({ forward, rate, dividendShare }: ParityFit, spot: number, tteYears: number): number {
  if (!(spot > 0) || !(dividendShare > LEAST_SHARE)) return 0
  return Math.min(MOST_SHARE, dividendShare) * dividendsUntil({ forward, rate, tteYears, spot })
}

/** Expiries without pairs take the spot, or the future, at the yield of the nearest expiry that has one. */
function fillIn(
  { expiries, isOnFuture }: OptionChain,
  { fits, tte, spot, rate }: { fits: readonly (ParityFit | null)[]; tte: readonly number[]; spot: number; rate: number },
): ForwardFit[] {
  const yields = fits.map((fit, e) => (fit ? yieldOf(fit, tte[e]!, spot, isOnFuture) : Number.NaN))
  return expiries.map(({ future }, e) => {
    const fit = fits[e]
    const tteYears = tte[e]!
    if (!(tteYears > 0)) return NONE
    if (fit) {
      const { forward, discount, rate: own, pairs, residual, lowest, highest } = fit
      return { forward, discount, rate: own, yieldRate: yields[e]!, source: 'parity', pairs, residual, lowest, highest }
    }
    const discount = Math.exp(-rate * tteYears)
    if (isOnFuture) {
      if (future === undefined || !Number.isFinite(future)) return NONE
      return { ...NONE, forward: future, discount, rate, yieldRate: rate, source: 'spot' }
    }
    if (!(spot > 0)) return NONE
    const known = [...yields.keys()].filter(j => Number.isFinite(yields[j]!))
    known.sort((a, b) => Math.abs(tte[a]! - tteYears) - Math.abs(tte[b]! - tteYears))
    const yieldRate = known.length > 0 ? boundedYield(yields[known[0]!]!, 1) : 0
    return { ...NONE, forward: spot * Math.exp((rate - yieldRate) * tteYears), discount, rate, yieldRate, source: 'spot' }
  })
}

function yieldOf({ forward, rate }: ParityFit, tteYears: number, spot: number, isOnFuture = false): number {
  return isOnFuture ? rate : rate - Math.log(forward / spot) / tteYears
}
