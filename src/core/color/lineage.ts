import { type ColorRow, unitsOf } from './color-row.ts'
import { colorOrder, type PxDirection } from './order.ts'

/** A row in its place: the parent of its CUSIP, or a child of it. */
export interface PlacedColor {
  readonly row: ColorRow
  /** Null for a parent. */
  readonly parentRowId: string | null
  readonly childrenCount: number
  /** What its run found of the tolerance of its sector, kept with it: limits change, a run does not. Absent before it is published. */
  readonly diffStatus?: string | null
}

/**
 * Parents and children: the rows of each CUSIP in order, the parent first, groups by sector and CUSIP.
 *
 * The parent is the first row in order that has a price; only where no row has one it is the first of all.
 */
export function placeColors(rows: readonly ColorRow[], direction: PxDirection): readonly PlacedColor[] {
  const groups = new Map<string, ColorRow[]>()
  for (const row of rows) {
    const group = groups.get(row.cusip)
    if (group) group.push(row)
    else groups.set(row.cusip, [row])
  }
  const order = colorOrder(direction)
  const placed = [...groups.values()].map(group => placeGroup(group.sort(order)))
  return placed.sort(([a], [b]) => bySectorAndCusip(a!.row, b!.row)).flat()
}

function placeGroup(ordered: readonly ColorRow[]): readonly PlacedColor[] {
  const parent = ordered.find(row => unitsOf(row.px) !== null) ?? (ordered[0] as ColorRow)
  const children = ordered.filter(row => row !== parent)
  return [
    { row: parent, parentRowId: null, childrenCount: children.length },
    ...children.map(row => ({ row, parentRowId: parent.rowId, childrenCount: 0 })),
  ]
}

function bySectorAndCusip(a: ColorRow, b: ColorRow): number {
  if (a.sector !== b.sector) return a.sector < b.sector ? -1 : 1
  return a.cusip < b.cusip ? -1 : a.cusip > b.cusip ? 1 : 0
}
