import { unitsOf } from './color-row.ts'

/** What holds for sectors whose name has a word in it. The first that fits counts. */
export interface SectorLimit {
  /** In small letters. */
  readonly word: string
  /** Prices outside are refused; both ends belong to it. Null for no bounds. */
  readonly bounds: { readonly lowest: string; readonly highest: string } | null
  /** Percent by which a price may be away from the evaluated one and still differ little, as a decimal. */
  readonly tolerancePercent: string
}

const DEBT_TOLERANCE = '2'
/** In the units of unitsOf. */
const HUNDRED_PERCENT = 100n * 10n ** 12n

/** The limits that a desk begins with. */
export const USUAL_LIMITS: readonly SectorLimit[] = [
  { word: 'equity', bounds: null, tolerancePercent: '5' },
  { word: 'mezz', bounds: { lowest: '10', highest: '105' }, tolerancePercent: DEBT_TOLERANCE },
  { word: 'senior', bounds: { lowest: '10', highest: '105' }, tolerancePercent: DEBT_TOLERANCE },
]

function limitOf(sector: string, limits: readonly SectorLimit[]): SectorLimit | null {
  const plain = sector.toLowerCase()
  return limits.find(({ word }) => plain.includes(word)) ?? null
}

/** The bounds that a price breaks in its sector, as `10 to 105`; null where it breaks none. Each row is judged alone. */
export function brokenBounds(sector: string, price: string | null, limits = USUAL_LIMITS): string | null {
  const bounds = limitOf(sector, limits)?.bounds
  const units = unitsOf(price)
  if (!bounds || units === null) return null
  const isInside = units >= unitsOf(bounds.lowest)! && units <= unitsOf(bounds.highest)!
  return isInside ? null : `${bounds.lowest} to ${bounds.highest}`
}

/** Whether a price is further from the evaluated one than its sector tolerates; null where one of both is missing or zero. */
export function diffStatus(sector: string, px: string | null, covPrice: string | null, limits = USUAL_LIMITS): string | null {
  const [price, evaluated] = [unitsOf(px), unitsOf(covPrice)]
  if (price === null || evaluated === null || evaluated === 0n) return null
  const size = (n: bigint) => (n < 0n ? -n : n)
  const tolerance = unitsOf(limitOf(sector, limits)?.tolerancePercent ?? DEBT_TOLERANCE)!
  const isFar = size(price - evaluated) * HUNDRED_PERCENT > tolerance * size(evaluated)
  return isFar ? 'Significant Difference' : 'Small Difference'
}
