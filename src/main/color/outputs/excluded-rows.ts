import { COLOR_COLUMNS, type ColorColumn } from '../../../core/color/color-columns.ts'
import { STORED_NAMES } from '../../../core/color/run-columns.ts'
import type { ExcludedCells } from '../../../core/color/write-excluded.ts'
import type { DataStore } from '../../../platform/data-store.ts'

/** The rows that rules took out of a run, out of its file, with the id of the rule that is credited. */
export async function readExcluded(
  store: Pick<DataStore, 'queryFiles'>,
  segment: string,
  run: string,
): Promise<readonly ExcludedCells[]> {
  const names = COLOR_COLUMNS.map(({ name, type }) =>
    type === 'integer' ? `cast(cast(${STORED_NAMES[name]} as integer) as varchar)` : `cast(${STORED_NAMES[name]} as varchar)`,
  )
  const sql = `select excluded_by, ${names.join(', ')} from read_parquet($1) where run = $2 and excluded_by is not null order by place`
  const { columns, rows } = await store.queryFiles(sql, { params: [segment, run] })
  const text = (column: number, row: number) => (columns[column]?.[row] ?? null) as string | null
  return Array.from({ length: rows }, (_, row) => ({
    rule: text(0, row) ?? '',
    cells: Object.fromEntries(COLOR_COLUMNS.map(({ name }, k) => [name, text(k + 1, row)])) as Record<ColorColumn, string | null>,
  }))
}
