import { type ColorRow, unitsOf } from './color-row.ts'
import type { ReadColor } from './read-color.ts'

/** A row that says what another one says. */
export interface Repeat {
  readonly fileRow: number
  /** Row of the file that was kept instead. */
  readonly of: number
}

/**
 * Drops rows that equal another one in CUSIP, quote type, bid, ask, price, level, confidence and date; the one received first stays.
 *
 * Prices are equal by value: 98.5 and 98.50 are one. Which stays does not depend on the order of the rows.
 */
export function dropRepeats(colors: readonly ReadColor[]): {
  readonly kept: readonly ReadColor[]
  readonly repeats: readonly Repeat[]
} {
  const first = new Map<string, ReadColor>()
  const keys = colors.map(contentOf)
  for (const [at, color] of colors.entries()) {
    const key = keys[at] as string
    const other = first.get(key)
    if (!other || isBefore(color, other)) first.set(key, color)
  }
  const kept: ReadColor[] = []
  const repeats: Repeat[] = []
  for (const [at, color] of colors.entries()) {
    const stays = first.get(keys[at] as string) as ReadColor
    if (stays === color) kept.push(color)
    else repeats.push({ fileRow: color.fileRow, of: stays.fileRow })
  }
  return { kept, repeats }
}

function contentOf({ row }: ReadColor): string {
  const prices = [row.bid, row.ask, row.px, row.priceLevel].map(price => unitsOf(price) ?? '')
  return [row.cusip, row.bias, ...prices, row.confidence, row.date].join('\u0000')
}

function isBefore(one: ReadColor, other: ReadColor): boolean {
  const [a, b] = [one.row, other.row]
  if (a.date1 !== b.date1) return a.date1 < b.date1
  if (a.received !== b.received) return a.received < b.received
  if (a.rowId !== b.rowId) return a.rowId < b.rowId
  // The same row written in two ways: not even that may depend on the order of the file.
  return written(a) < written(b)
}

/** A row as text, so that of two that differ in what a file adds the one without it comes first. */
function written({ securityName, bwicCover, assetClass, ...row }: ColorRow): string {
  return JSON.stringify({ ...row, securityName: securityName ?? '', bwicCover: bwicCover ?? '', assetClass: assetClass ?? '' })
}
