import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { csvCell } from './csv-cell.ts'

/** A row that a rule left out, in written form. */
export interface ExcludedCells {
  readonly rule: string
  readonly cells: Readonly<Record<ColorColumn, string | null>>
}

/** Rows that rules left out, as CSV with the rule that is credited before the columns; ids are always in quotation marks. */
export function writeExcluded(excluded: readonly ExcludedCells[]): string {
  const header = ['EXCLUDED_BY', ...COLOR_COLUMNS.map(({ name }) => name)].join(',')
  const lines = excluded.map(({ rule, cells }) => {
    const values = COLOR_COLUMNS.map(({ name, type }) => {
      const cell = csvCell(cells[name])
      return type === 'id' && cell !== '' && !cell.startsWith('"') ? `"${cell}"` : cell
    })
    return [csvCell(rule), ...values].join(',')
  })
  return [header, ...lines].map(line => `${line}\r\n`).join('')
}
