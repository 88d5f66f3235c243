import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { ruleRowUnder } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import { placeColors } from './lineage.ts'
import type { PxDirection } from './order.ts'
import type { SectorLimit } from './sector-limits.ts'

/** A row that a rule took out of a run. */
export interface ExcludedColor {
  readonly row: ColorRow
  /** The rule that is credited. */
  readonly rule: string
}

/** Columns of the output by their names there, and as a segment and the store call them: a column named date would be asked for in vain. */
export const STORED_NAMES: Readonly<Record<ColorColumn, string>> = {
  ...(Object.fromEntries(COLOR_COLUMNS.map(({ name }) => [name, name.toLowerCase()])) as Record<ColorColumn, string>),
  DATE: 'day',
  DATE_1: 'received_day',
}

/** The rows of a run as columns: those that stand in the order of the output, then those that rules took out. */
export interface RunColumns {
  readonly columns: Readonly<Record<string, Float64Array | readonly (string | boolean | null)[]>>
  readonly rows: number
  readonly parents: number
  readonly excluded: number
}

/** Ranks and groups rows and lays them out as they are kept. Numbers stay in their written form; ids are text. */
export function runColumns(
  run: string,
  rows: readonly ColorRow[],
  excluded: readonly ExcludedColor[],
  { direction, limits }: { readonly direction: PxDirection; readonly limits: readonly SectorLimit[] },
): RunColumns {
  const placed = placeColors(rows, direction)
  const all = [...placed.map(({ row }) => row), ...excluded.map(({ row }) => row)]
  const cells = all.map(row => ruleRowUnder(row, limits))
  const count = placed.length
  const business = COLOR_COLUMNS.map(({ name, type }): [string, Float64Array | (string | null)[]] => [
    STORED_NAMES[name],
    type === 'integer' ? Float64Array.from(cells, cell => Number(cell[name])) : cells.map(cell => cell[name]),
  ])
  return {
    columns: {
      run: all.map(() => run),
      place: Float64Array.from(all, (_, at) => at),
      row_id: all.map(row => row.rowId),
      ...Object.fromEntries(business),
      receipt_order: Float64Array.from(all, row => row.received),
      is_parent: all.map((_, at) => placed[at]?.parentRowId === null),
      parent_row_id: all.map((_, at) => placed[at]?.parentRowId ?? null),
      children_count: Float64Array.from(all, (_, at) => placed[at]?.childrenCount ?? 0),
      excluded_by: all.map((_, at) => excluded[at - count]?.rule ?? null),
    },
    rows: count,
    parents: placed.filter(({ parentRowId }) => parentRowId === null).length,
    excluded: excluded.length,
  }
}
