import type { QueryResult } from '../../contract/lab.ts'
import { type Format, MISSING } from '../ui/format.ts'
import type { GridColumn } from '../ui/grid-model.ts'

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|U?INTEGER|DOUBLE|FLOAT|REAL|DECIMAL.*|BIGNUM)$/i
const TIMELIKE = /^(TIMESTAMP.*|DATE)$/i

export const isNumeric = (type: string): boolean => NUMERIC.test(type)
export const isTimelike = (type: string): boolean => TIMELIKE.test(type)

/**
 * Epoch microseconds of a cell of a time column; NaN where it holds none.
 *
 * The host sends instants as ISO text in UTC, and dates as `YYYY-MM-DD`, which stands for their midnight in UTC.
 */
export function microsOf(cell: QueryResult['rows'][number][number] | undefined): number {
  if (typeof cell !== 'string') return Number.NaN
  const millis = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(cell) ? `${cell}T00:00:00Z` : cell)
  return millis * 1000
}

/** The value of a cell as a number; decimals come as text that loses nothing. */
export function numberOf(cell: QueryResult['rows'][number][number] | undefined): number {
  if (typeof cell === 'number') return cell
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN
}

const WIDEST = 300
const PER_LETTER = 6.9
const AROUND = 22
/** Rows looked at for the width; a later, wider one is cut with an ellipsis and can be widened by hand. */
const SAMPLED = 200

/** Columns for the result of a statement. A row is its place in the result, as text. */
export function resultColumns(result: QueryResult, format: Format): GridColumn[] {
  const cellAt = (row: string, at: number) => result.rows[Number(row)]?.[at] ?? null
  const names = new Map<string, number>()
  return result.columns.map(({ name, type }, at): GridColumn => {
    const seen = names.get(name) ?? 0
    names.set(name, seen + 1)
    const isNumber = isNumeric(type)
    const isTime = /^TIMESTAMP/i.test(type)
    const text = (row: string): string => {
      const cell = cellAt(row, at)
      if (cell === null) return MISSING
      if (typeof cell === 'number') return numberText(cell, format)
      if (isTime && typeof cell === 'string') return cell.replace('T', ' ').replace(/Z$/, '')
      return String(cell)
    }
    const title = isTime ? `${name} (UTC)` : name
    let longest = title.length + 1
    for (let row = 0; row < Math.min(SAMPLED, result.rows.length); row++) longest = Math.max(longest, text(String(row)).length)
    return {
      key: seen === 0 ? name : `${name}#${seen}`,
      title,
      hint: `${name} ${type}`,
      width: Math.min(WIDEST, Math.round(longest * PER_LETTER + AROUND)),
      align: isNumber ? 'end' : isTimelike(type) ? 'center' : 'start',
      usual: true,
      cell: row => {
        const cell = cellAt(row, at)
        const shown = text(row)
        if (cell === null) return { text: MISSING, tone: 'dim', hint: 'NULL' }
        return shown.length > 40 ? { text: shown, hint: shown } : { text: shown }
      },
      copy: row => {
        const cell = cellAt(row, at)
        return cell === null ? '' : String(cell)
      },
      sort: row => {
        const cell = cellAt(row, at)
        if (isNumber) return numberOf(cell)
        return cell === null ? '' : String(cell)
      },
    }
  })
}

/** A number with all the digits it has, grouped where it is large; DuckDB's doubles have at most 17. */
function numberText(value: number, format: Format): string {
  if (Number.isInteger(value)) return format.whole(value)
  const digits = Math.min(10, (String(value).split('.')[1] ?? '').replace(/e.*/, '').length)
  return Math.abs(value) < 1e-6 || Math.abs(value) > 1e15 ? String(value) : format.number(value, digits)
}
