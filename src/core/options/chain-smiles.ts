import type { OptionChain } from './chain.ts'
import type { SviSlice } from './chain-analysis.ts'
import { normalDensity } from './mills.ts'
import { isUsable } from './row-status.ts'
import type { PricedExpiry, RowVols } from './row-vols.ts'
import { smileVol, sviVariance } from './svi.ts'
import { fitSvi, type SviFit } from './svi-fit.ts'
import type { SliceFloors, SmilePoints } from './svi-search.ts'

/** Quotes of one expiry that a smile is fitted to. */
export interface SmileQuotes extends SmilePoints {
  readonly vol: Float64Array
  readonly tteYears: number
}

/** A smile, how many quotes it uses and how near it is to them. */
export interface FittedSmile {
  readonly slice: SviSlice
  readonly used: number
  /** Root mean square error in volatility, each quote by its weight. */
  readonly error: number
  /** Weight that each quote was left with; 0 for one that is far off. */
  readonly weight: Float64Array
}

/** Fewer quotes than parameters tell no smile. */
const LEAST_QUOTES = 5
/** Near the money both sides are used; beyond, the side out of the money, unless only the other one is good. */
const BOTH_WITHIN = 0.25
const ROBUST_ROUNDS = 5
const SAME = 0.03
const MOST_ROUGH = 40
const SOFT = 1.5
const OUT = 6
/** Nobody quotes a volatility more surely than this: without it one penny quote would hold the whole smile. */
const LEAST_ERROR = 2e-4
/** No smile has this form exactly, and the farther from the money in deviations the less. Of the volatility. */
const MODEL_ERROR = 2e-3

/** Usable quotes of an expiry, each strike once or, near the money, twice; weights are one over the uncertainty of total variance. */
export function smileQuotes(
  chain: OptionChain,
  { from, to, tteYears, fit }: PricedExpiry,
  { status, vol }: RowVols,
): SmileQuotes {
  const [k, variance, weight, vols]: number[][] = [[], [], [], []]
  const root = Math.sqrt(tteYears)
  const isGood = (i: number) => isUsable(status[i]!) && vol[i]! > 0
  for (let i = from; i < to; i++) {
    if (!isGood(i)) continue
    const place = Math.log(chain.strike[i]! / fit.forward)
    const sd = vol[i]! * root
    const isOut = chain.side[i]! > 0 ? place >= 0 : place < 0
    const other = chain.side[i]! > 0 ? i + 1 : i - 1
    const hasOther = other >= from && other < to && chain.strike[other] === chain.strike[i] && isGood(other)
    if (!isOut && hasOther && Math.abs(place) > BOTH_WITHIN * sd) continue
    const vega = fit.forward * fit.discount * root * normalDensity(-place / sd + 0.5 * sd)
    const half = 0.5 * Math.max(chain.tickSize, chain.ask[i]! - chain.bid[i]!)
    const error = half / vega + LEAST_ERROR
    if (!(error < vol[i]!)) continue
    k!.push(place)
    variance!.push(sd * sd)
    weight!.push(error)
    vols!.push(vol[i]!)
  }
  const column = (values: number[] | undefined) => Float64Array.from(values!)
  const middle = k!.reduce((best, place, i) => (Math.abs(place) < Math.abs(k![best]!) ? i : best), 0)
  const money = Math.sqrt(variance![middle] ?? 1)
  for (let i = 0; i < k!.length; i++) {
    const far = Math.abs(k![i]!) / money
    const model = MODEL_ERROR * vols![i]! * (1 + (far / 2) ** 2 + (far / 2.5) ** 4)
    weight![i] = 1 / (2 * vols![i]! * tteYears * Math.hypot(weight![i]!, model))
  }
  return { k: column(k), variance: column(variance), weight: column(weight), vol: column(vols), tteYears }
}

/**
 * A smile through quotes of which some are wrong: weights shrink with the distance from the fit, and far ones are left out.
 *
 * Null with fewer than five quotes.
 */
export function fitSmile(
  quotes: SmileQuotes,
  { floors = {}, start = null }: { floors?: SliceFloors; start?: SviSlice | null } = {},
): FittedSmile | null {
  const { k, variance, weight } = quotes
  const n = k.length
  if (n < LEAST_QUOTES) return null
  let fit: SviFit | null = fitSvi(quotes, { floors, start: start ?? roughStart(quotes), isQuoted: true })
  const soft = weight.slice()
  const off = new Float64Array(n)
  for (let round = 0; fit && round < ROBUST_ROUNDS; round++) {
    for (let i = 0; i < n; i++) off[i] = weight[i]! * Math.abs(sviVariance(fit.slice, k[i]!) - variance[i]!)
    const scale = Math.max(0.25, 1.4826 * off.toSorted()[n >> 1]!)
    let isSame = true
    for (let i = 0; i < n; i++) {
      const far = off[i]! / scale
      const share = far > OUT ? 0 : far > SOFT ? SOFT / far : 1
      const next = weight[i]! * share
      if (Math.abs(next - soft[i]!) > SAME * weight[i]!) isSame = false
      soft[i] = next
    }
    if (isSame) break
    fit = fitSvi({ k, variance, weight: soft }, { start: fit.slice, floors, isQuoted: true }) ?? fit
  }
  if (!fit) return null
  return measureSmile(quotes, fit.slice, soft)
}

/** The smile of some of many quotes, to start from: the search for the bend costs most, and a few dozen tell where it is. */
function roughStart({ k, variance, weight }: SmileQuotes): SviSlice | null {
  const step = Math.ceil(k.length / MOST_ROUGH)
  if (step < 2) return null
  const some = (column: Float64Array) => column.filter((_, i) => i % step === 0)
  return fitSvi({ k: some(k), variance: some(variance), weight: some(weight) }, { isQuoted: true })?.slice ?? null
}

/** How near a slice is to quotes, each by its weight in the fit. */
export function measureSmile({ k, vol, tteYears }: SmileQuotes, slice: SviSlice, weight: Float64Array): FittedSmile {
  let [used, squares, weights] = [0, 0, 0]
  for (let i = 0; i < k.length; i++) {
    if (weight[i] === 0) continue
    used += 1
    const w = (weight[i]! * vol[i]!) ** 2
    squares += w * (smileVol(slice, k[i]!, tteYears) - vol[i]!) ** 2
    weights += w
  }
  return { slice, used, error: Math.sqrt(squares / weights), weight }
}
