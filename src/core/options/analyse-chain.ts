import type { AmericanSchemeName } from './american-scheme.ts'
import type { OptionChain } from './chain.ts'
import type { ChainAnalysis, ExpiryAnalysis, ForwardFit, SviSlice } from './chain-analysis.ts'
import { chainForwards, type DividendPremium } from './chain-forwards.ts'
import { expiryGreeks, type RatePricers } from './chain-greeks.ts'
import { type FittedSmile, smileQuotes } from './chain-smiles.ts'
import { emptyGreeks, emptySecondGreeks } from './columns.ts'
import { createSidePricer } from './early-exercise.ts'
import { type OptionClock, tteYears } from './expiry-time.ts'
import { hasMiddle, quoteStatus, ROW_CODE } from './row-status.ts'
import { type PricedExpiry, quotedRange, quoteVols, type RowVols } from './row-vols.ts'
import { summariseSmile } from './smile.ts'
import { fitSurface } from './surface.ts'
import { smileVol } from './svi.ts'

/** How a chain is looked at. */
export interface AnalysisOptions {
  /** Rate where the quotes do not tell one, continuously compounded. */
  readonly usualRate: number
  /** Age from which a quote is no longer believed. */
  readonly staleSeconds: number
  /** How finely early exercise is reckoned. */
  readonly scheme: AmericanSchemeName
  /** Calendar time where nothing is said. */
  readonly clock?: OptionClock
}

const RATE_STEP = 1e-4

/** What volatilities and Greeks of an analysis were made with. */
export function modelOf({ chain }: ChainAnalysis): 'american' | 'black-76' {
  return chain.exercise === 'american' ? 'american' : 'black-76'
}

/**
 * Everything that is derived from a chain: a status and volatilities for each row, forwards, smiles and Greeks.
 *
 * Nothing throws for any quotes: what cannot be known is NaN, and the status of the row or the reason of the expiry says why.
 */
export function analyseChain(chain: OptionChain, options: AnalysisOptions): ChainAnalysis {
  const n = chain.strike.length
  const { usualRate, staleSeconds, scheme, clock = 'calendar' } = options
  const status = quoteStatus(chain, staleSeconds)
  const tte = chain.expiries.map(({ settlesAt }) => tteYears(chain.asOf, settlesAt, clock))
  const { fits, spot, dividends } = chainForwards(chain, { tte, status, usualRate, staleSeconds, scheme })
  const nan = () => new Float64Array(n).fill(Number.NaN)
  const vols: RowVols = { status, vol: nan(), bidVol: nan(), askVol: nan() }
  const fitVol = nan()
  const greeks = emptyGreeks(n)
  const second = emptySecondGreeks(n)
  for (const column of [...Object.values(greeks), ...Object.values(second)] as Float64Array[]) column.fill(Number.NaN)
  const priced = chain.expiries.map((_, e) => {
    const one = pricedExpiry(chain, e, { fit: fits[e]!, tteYears: tte[e]!, spot, scheme, status, dividend: dividends[e]! })
    if (one) quoteVols(chain, one, vols)
    else markUnpriced(chain, e, status)
    return one
  })
  const dated = chain.expiries.map(({ date }, e) => {
    const one = priced[e]
    return { date, quotes: one ? smileQuotes(chain, one, vols) : null }
  })
  const { smiles, findings: arbitrage } = fitSurface(dated, !chain.isOnFuture)
  const used = vols.vol.slice()
  priced.forEach((one, e) => {
    if (!one) return
    fillFitVols(chain, one, smiles[e]?.slice ?? null, fitVol)
    for (let i = one.from; i < one.to; i++) if (fitVol[i]! > 0) used[i] = fitVol[i]!
    expiryGreeks(chain, one, { vol: used, rates: ratePricers(one, chain, scheme), greeks, second })
  })
  const expiries = chain.expiries.map((_, e) =>
    priced[e] ? describe(chain, e, fits[e]!, tte[e]!, smiles[e] ?? null) : blankExpiry(chain, e, fits[e]!, tte[e]!),
  )
  return { chain, expiries, arbitrage, ...vols, fitVol, greeks, second }
}

interface ToPrice {
  readonly fit: ForwardFit
  readonly tteYears: number
  readonly spot: number
  readonly scheme: AmericanSchemeName
  readonly status: Uint8Array
  readonly dividend: DividendPremium
}

type SideInputs = Parameters<typeof createSidePricer>[0]

function sidePricers(inputs: Omit<SideInputs, 'side'>, scheme: AmericanSchemeName) {
  return { calls: createSidePricer({ ...inputs, side: 1 }, scheme), puts: createSidePricer({ ...inputs, side: -1 }, scheme) }
}

function pricedExpiry(
  chain: OptionChain,
  e: number,
  { fit, tteYears: years, spot, scheme, status, dividend }: ToPrice,
): PricedExpiry | null {
  if (!(years > 0) || !(fit.forward > 0)) return null
  const { from, to } = chain.expiries[e]!
  const isAmerican = chain.exercise === 'american'
  const underlying = chain.isOnFuture ? fit.forward : fit.forward * Math.exp((fit.yieldRate - fit.rate) * years)
  const at = Number.isFinite(underlying) ? underlying : spot
  const range = quotedRange(chain, { from, to }, fit, years, status)
  const pricers = sidePricers({ rate: fit.rate, yieldRate: fit.yieldRate, tteYears: years, ...range, isAmerican }, scheme)
  return { from, to, tteYears: years, fit, spot: at, range, dividend, ...pricers }
}

function ratePricers({ fit, tteYears: years, range }: PricedExpiry, chain: OptionChain, scheme: AmericanSchemeName): RatePricers {
  const inputs = {
    rate: fit.rate + RATE_STEP,
    yieldRate: fit.yieldRate + (chain.isOnFuture ? RATE_STEP : 0),
    tteYears: years,
    ...range,
    isAmerican: chain.exercise === 'american',
  }
  return { step: RATE_STEP, holdsForward: chain.isOnFuture ?? false, ...sidePricers(inputs, scheme) }
}

function markUnpriced(chain: OptionChain, e: number, status: Uint8Array): void {
  const { from, to } = chain.expiries[e]!
  for (let i = from; i < to; i++) if (hasMiddle(status[i]!)) status[i] = ROW_CODE.NO_FORWARD
}

const UNKNOWN = {
  smile: null,
  used: 0,
  fitError: Number.NaN,
  atmVol: Number.NaN,
  riskReversal25: Number.NaN,
  butterfly25: Number.NaN,
  skew: Number.NaN,
} as const

function blankExpiry(chain: OptionChain, e: number, fit: ForwardFit, years: number): ExpiryAnalysis {
  return { date: chain.expiries[e]!.date, tteYears: years, ...fit, ...UNKNOWN, reason: years > 0 ? 'no-forward' : 'expired' }
}

function describe(chain: OptionChain, e: number, fit: ForwardFit, years: number, smile: FittedSmile | null): ExpiryAnalysis {
  const { date } = chain.expiries[e]!
  if (!smile) return { date, tteYears: years, ...fit, ...UNKNOWN, reason: 'too-few-quotes' }
  const { slice, used, error } = smile
  return { date, tteYears: years, ...fit, smile: slice, reason: null, used, fitError: error, ...summariseSmile(slice, years) }
}

function fillFitVols(
  { strike }: OptionChain,
  { from, to, fit, tteYears: years }: PricedExpiry,
  slice: SviSlice | null,
  fitVol: Float64Array,
): void {
  if (slice) for (let i = from; i < to; i++) fitVol[i] = smileVol(slice, Math.log(strike[i]! / fit.forward), years)
}
