import type { Table } from '../../platform/data-store.ts'

export type Cell = string | number | boolean | null

export interface Column {
  readonly name: string
  readonly type: string
}

const NESTED = /(\[\d*\]|^(STRUCT|MAP|UNION|LIST|ARRAY)\b.*)$/
const WHOLE = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|BIGNUM)$/
const ZONED = /^TIMESTAMP( WITH TIME ZONE|TZ)$/

/** A name as SQL may quote it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * The same statement with every column as text that loses nothing: whole numbers and decimals to the last digit, instants
 * in UTC, nested values as JSON. Columns of doubles come as the shortest text that gives the same double.
 */
export function exactSelect(sql: string, columns: readonly Column[]): string {
  const inner = columns.map((_, k) => `c${k}`)
  const outer = columns.map(({ name, type }, k) => `${asText(`c${k}`, type)} AS ${quoted(name)}`)
  return `SELECT ${outer.join(', ')} FROM (\n${sql}\n) AS q(${inner.join(', ')})`
}

function asText(column: string, type: string): string {
  if (type === 'BOOLEAN') return column
  if (NESTED.test(type)) return `CAST(to_json(${column}) AS VARCHAR)`
  // Text of a zoned instant depends on the session's zone; its microseconds do not.
  if (ZONED.test(type)) return `CAST(make_timestamp(epoch_us(${column})) AS VARCHAR)`
  return `CAST(${column} AS VARCHAR)`
}

/** What a cell of such a column means, from its text: a number where a double holds it exactly, else the text. */
export function toCell(text: string | number | boolean | null | undefined, type: string): Cell {
  if (text === null || text === undefined) return null
  if (typeof text !== 'string') return text
  if (WHOLE.test(type)) {
    const value = Number(text)
    return Number.isSafeInteger(value) ? value : text
  }
  if (type === 'DOUBLE' || type === 'FLOAT') return toNumber(text)
  if (type.startsWith('TIMESTAMP')) return toIso(text)
  return text
}

function toNumber(text: string): Cell {
  if (text === 'nan' || text === '-nan') return 'NaN'
  if (text === 'inf') return 'Infinity'
  if (text === '-inf') return '-Infinity'
  return Number(text)
}

/** DuckDB writes `2020-04-20 18:30:00.5`; instants here are UTC and say so. */
function toIso(text: string): string {
  return /^\d/.test(text) && !text.endsWith('(BC)') ? `${text.replace(' ', 'T')}Z` : text
}

/** Rows of an exact table, cell by cell. */
export function toRows(table: Table, columns: readonly Column[]): Cell[][] {
  return Array.from({ length: table.rows }, (_, row) => table.columns.map((column, k) => toCell(column[row], columns[k]!.type)))
}

/** Rows of a statement that cannot be wrapped (SHOW, EXPLAIN, SUMMARIZE): small answers, whose numbers are doubles. */
export function plainRows(table: Table): Cell[][] {
  return Array.from({ length: table.rows }, (_, row) => table.columns.map((column, k) => plainCell(column[row], table.types[k]!)))
}

function plainCell(value: string | number | boolean | null | undefined, type: string): Cell {
  if (typeof value !== 'number') return value ?? null
  if (Number.isNaN(value)) return null
  if (type === 'DATE') return new Date(value / 1000).toISOString().slice(0, 10)
  if (type.startsWith('TIMESTAMP')) return new Date(value / 1000).toISOString()
  return Number.isFinite(value) ? value : String(value)
}
