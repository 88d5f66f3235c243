import type { ChainAnalysis } from './chain-analysis.ts'
import type { GammaOrder } from './gamma-exposure.ts'

const ONE_PERCENT = 0.01
const ONE_OVER_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI)

/** Contracts with all that re-pricing their gamma at another spot needs, as columns. */
export interface GammaBook {
  readonly count: number
  readonly row: Int32Array
  readonly expiry: Int32Array
  /** ln(forward / strike) at the present spot. */
  readonly moneyness: Float64Array
  /** Standard deviation to expiry. */
  readonly sd: Float64Array
  /** Everything of the exposure that does not depend on the spot. */
  readonly weight: Float64Array
}

/** Why rows do not count. */
export type Left = { noOpenInterest: number; noVol: number; expired: number; noSign: number }

/** Empty columns for so many contracts, to be filled from the front. */
function emptyBook(n: number) {
  return {
    row: new Int32Array(n),
    expiry: new Int32Array(n),
    moneyness: new Float64Array(n),
    sd: new Float64Array(n),
    weight: new Float64Array(n),
  }
}

function firstOf(book: ReturnType<typeof emptyBook>, count: number): GammaBook {
  const { row, expiry, moneyness, sd, weight } = book
  return {
    count,
    row: row.subarray(0, count),
    expiry: expiry.subarray(0, count),
    moneyness: moneyness.subarray(0, count),
    sd: sd.subarray(0, count),
    weight: weight.subarray(0, count),
  }
}

/** The contracts that count at a spot; those that do not are counted in `left`. */
export function collectBook(
  analysis: ChainAnalysis,
  order: GammaOrder,
  spot: number,
  left: Left,
): { book: GammaBook; signedShare: number } {
  const { chain, expiries } = analysis
  const book = emptyBook(chain.strike.length)
  let [count, signed, all] = [0, 0, 0]
  chain.expiries.forEach(({ from, to }, e) => {
    const { forward, tteYears } = expiries[e]!
    const paid = discountOf(expiries[e]!)
    for (let i = from; i < to; i++) {
      const counted = countedAt(analysis, order, { i, e, spot })
      if (typeof counted === 'string') {
        left[counted]++
        continue
      }
      const { contracts, sign, sigma } = counted
      all += contracts
      if (!Number.isFinite(sign)) {
        left.noSign++
        continue
      }
      signed += contracts
      const sd = sigma * Math.sqrt(tteYears)
      book.row[count] = i
      book.expiry[count] = e
      book.moneyness[count] = Math.log(forward / chain.strike[i]!)
      book.sd[count] = sd
      // gamma x spot² = discount x forward x density(d1) / sd, and the forward moves with the spot.
      book.weight[count] = (sign * contracts * chain.multiplier * ONE_PERCENT * paid * forward * ONE_OVER_ROOT_TWO_PI) / sd
      count++
    }
  })
  return { book: firstOf(book, count), signedShare: all > 0 ? signed / all : Number.NaN }
}

function discountOf({ discount, rate, tteYears }: ChainAnalysis['expiries'][number]): number {
  return Number.isFinite(discount) ? discount : Math.exp(-(Number.isFinite(rate) ? rate : 0) * tteYears)
}

/** What a row counts with, or why it does not count. */
function countedAt(
  { chain, expiries, fitVol, vol }: ChainAnalysis,
  { convention, addsVolume, flowSign }: GammaOrder,
  { i, e, spot }: { i: number; e: number; spot: number },
): { contracts: number; sign: number; sigma: number } | 'noOpenInterest' | 'expired' | 'noVol' {
  const contracts = positive(chain.openInterest[i]!) + (addsVolume ? positive(chain.volume[i]!) : 0)
  if (contracts === 0) return 'noOpenInterest'
  const { forward, tteYears } = expiries[e]!
  if (!(tteYears > 0)) return 'expired'
  const sigma = Number.isFinite(fitVol[i]!) ? fitVol[i]! : vol[i]!
  if (!(sigma > 0 && forward > 0 && chain.strike[i]! > 0 && spot > 0)) return 'noVol'
  return { contracts, sigma, sign: convention === 'naive' ? chain.side[i]! : (flowSign?.[i] ?? Number.NaN) }
}

const positive = (value: number) => (value > 0 ? value : 0)

/** The contracts of a book that are to be kept. */
export function subset(book: GammaBook, keep: (k: number) => boolean): GammaBook {
  const places = Array.from({ length: book.count }, (_, k) => k).filter(keep)
  if (places.length === book.count) return book
  return {
    count: places.length,
    row: Int32Array.from(places, k => book.row[k]!),
    expiry: Int32Array.from(places, k => book.expiry[k]!),
    moneyness: Float64Array.from(places, k => book.moneyness[k]!),
    sd: Float64Array.from(places, k => book.sd[k]!),
    weight: Float64Array.from(places, k => book.weight[k]!),
  }
}

/** Beyond so many halves of a square a density is nothing beside the others: 1e-17. */
const NEGLIGIBLE = 39

function exposureAt({ moneyness, sd, weight }: GammaBook, k: number, shift: number): number {
  const d1 = (moneyness[k]! + shift) / sd[k]! + 0.5 * sd[k]!
  const power = 0.5 * d1 * d1
  return power > NEGLIGIBLE ? 0 : weight[k]! * Math.exp(shift - power)
}

/** Exposure of each contract at the present spot. */
export function exposures(book: GammaBook): Float64Array {
  return Float64Array.from({ length: book.count }, (_, k) => exposureAt(book, k, 0))
}

/** Total with the spot moved by that much in logarithm. */
export function totalAt({ count, moneyness, sd, weight }: GammaBook, shift: number): number {
  let total = 0
  for (let k = 0; k < count; k++) {
    const d1 = (moneyness[k]! + shift) / sd[k]! + 0.5 * sd[k]!
    const power = 0.5 * d1 * d1
    // Most strikes are far from most spots, and an exponential costs as much as all the rest.
    if (power <= NEGLIGIBLE) total += weight[k]! * Math.exp(-power)
  }
  return total * Math.exp(shift)
}
