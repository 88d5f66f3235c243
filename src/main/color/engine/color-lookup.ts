import { COLOR_FIELDS, type ColorColumn } from '../../../core/color/color-columns.ts'
import { STORED_NAMES } from '../../../core/color/run-columns.ts'
import { fieldOf } from '../../../core/rules/evaluate.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import { CELLS_SQL, cellsOf, writtenSql } from './color-sql.ts'

export type Cells = Record<string, string | null>

/** Rows of the color desk as the store has them, for questions about single ones. */
export interface ColorLookup {
  /** The cells of a row of a run, also of one that a rule excluded; null where there is none. */
  row(run: string, rowId: string): Promise<Cells | null>
  /** Values of a column that begin so, without regard to case, the most frequent first. */
  values(
    column: ColorColumn,
    starts: string,
    limit: number,
  ): Promise<readonly { readonly value: string; readonly rows: number }[]>
}

export function createColorLookup(store: Pick<DataStore, 'query'>): ColorLookup {
  return {
    async row(run, rowId) {
      const sql = `select ${CELLS_SQL} from color_rows where run = ? and row_id = ? limit 1`
      const { columns, names, rows } = await store.query(sql, { params: [run, rowId] })
      return rows === 0 ? null : cellsOf(columns, names, 0)
    },
    async values(column, starts, limit) {
      const sql = `select ${writtenSql(fieldOf(COLOR_FIELDS, column)!)} as value, count(*) as rows from color_rows where ${STORED_NAMES[column]} is not null
        group by all having starts_with(lower(value), lower(?)) order by rows desc, value limit ?`
      const { columns, rows } = await store.query(sql, { params: [starts.trim(), limit] })
      return Array.from({ length: rows }, (_, k) => ({ value: columns[0]![k] as string, rows: columns[1]![k] as number }))
    },
  }
}
