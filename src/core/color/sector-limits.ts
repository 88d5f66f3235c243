import { unitsOf } from './color-row.ts'

/** What holds for sectors whose name has a word in it. The first that fits counts. */
interface SectorLimit {
  /** In small letters. */
  readonly word: string
  /** Prices outside are refused; both ends belong to it. Null for no bounds. */
  readonly bounds: { readonly lowest: string; readonly highest: string } | null
  /** Percent by which a price may be away from the evaluated one and still differ little. */
  readonly tolerancePercent: bigint
}

const DEBT_TOLERANCE = 2n
const LIMITS: readonly SectorLimit[] = [
  { word: 'equity', bounds: null, tolerancePercent: 5n },
  { word: 'mezz', bounds: { lowest: '10', highest: '105' }, tolerancePercent: DEBT_TOLERANCE },
  { word: 'senior', bounds: { lowest: '10', highest: '105' }, tolerancePercent: DEBT_TOLERANCE },
]

function limitOf(sector: string): SectorLimit | null {
  const plain = sector.toLowerCase()
  return LIMITS.find(({ word }) => plain.includes(word)) ?? null
}

/** The bounds that a price breaks in its sector, as `10 to 105`; null where it breaks none. Each row is judged alone. */
export function brokenBounds(sector: string, price: string | null): string | null {
  const bounds = limitOf(sector)?.bounds
  const units = unitsOf(price)
  if (!bounds || units === null) return null
  const isInside = units >= unitsOf(bounds.lowest)! && units <= unitsOf(bounds.highest)!
  return isInside ? null : `${bounds.lowest} to ${bounds.highest}`
}

/** Whether a price is further from the evaluated one than its sector tolerates; null where one of both is missing or zero. */
export function diffStatus(sector: string, px: string | null, covPrice: string | null): string | null {
  const [price, evaluated] = [unitsOf(px), unitsOf(covPrice)]
  if (price === null || evaluated === null || evaluated === 0n) return null
  const size = (n: bigint) => (n < 0n ? -n : n)
  const isFar = size(price - evaluated) * 100n > (limitOf(sector)?.tolerancePercent ?? DEBT_TOLERANCE) * size(evaluated)
  return isFar ? 'Significant Difference' : 'Small Difference'
}
