import { COLOR_COLUMNS, COLOR_FIELDS, type ColorColumn } from '../../../core/color/color-columns.ts'
import { STORED_NAMES } from '../../../core/color/run-columns.ts'
import { fieldOf } from '../../../core/rules/evaluate.ts'
import type { RuleField } from '../../../core/rules/field.ts'
import { normalSql } from '../../../core/rules/to-sql.ts'

/** SQL of a column in its written form: a decimal without the zeros that its type adds. */
export function writtenSql({ name, type }: RuleField): string {
  const column = STORED_NAMES[name as ColorColumn]
  if (type === 'decimal') return `rtrim(rtrim(cast(${column} as varchar), '0'), '.')`
  return type === 'text' || type === 'id' ? column : `cast(${column} as varchar)`
}

/** SQL of a column as conditions compare it. */
export function comparedSql({ name, type }: RuleField): string {
  const column = STORED_NAMES[name as ColorColumn]
  return type === 'text' || type === 'id' ? normalSql(column) : column
}

/** SQL of a column as it is sorted: numbers by size, days by time, texts without regard to case; null for a column that is none. */
export function sortedSql(name: string): string | null {
  const field = fieldOf(COLOR_FIELDS, name)
  return field && comparedSql(field)
}

/** The columns of a color in written form, each under its own name. */
export const CELLS_SQL = COLOR_FIELDS.map(field => `${writtenSql(field)} as "${field.name}"`).join(', ')

type Columns = readonly (Float64Array | readonly (string | number | boolean | null)[])[]

/** Reads the cells of one row out of an answer that has the columns of CELLS_SQL. */
export function cellsOf(columns: Columns, names: readonly string[], row: number): Record<string, string | null> {
  return Object.fromEntries(
    COLOR_COLUMNS.map(({ name }) => [name, (columns[names.indexOf(name)]?.[row] as string | null | undefined) ?? null]),
  )
}
