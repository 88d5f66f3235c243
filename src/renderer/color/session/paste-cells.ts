import { columnOfHeader } from '../../../core/color/color-columns.ts'
import { ROW_FIELDS } from '../../../core/color/color-fields.ts'

/** What a text from a spreadsheet is meant as: new rows under the names of columns, or cells from a place on. */
export type Pasted =
  | { readonly kind: 'rows'; readonly rows: readonly Readonly<Record<string, string>>[]; readonly unknown: readonly string[] }
  | { readonly kind: 'cells'; readonly cells: readonly (readonly string[])[] }

/** So many at once; what is more comes in as a file, which is read, checked and counted. */
export const MOST_PASTED = 500

const INPUT = new Set(ROW_FIELDS.filter(({ key }) => key !== null).map(({ name }) => name))

/** Cells of delimited text: those with line ends or delimiters stand in quotation marks. */
export function readDelimited(text: string, delimiter: '\t' | ','): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const plain = text.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  for (let at = 0; at < plain.length; at++) {
    const sign = plain[at]!
    if (isQuoted) {
      if (sign !== '"') cell += sign
      else if (plain[at + 1] === '"') {
        cell += '"'
        at++
      } else isQuoted = false
    } else if (sign === '"' && cell === '') isQuoted = true
    else if (sign === delimiter) {
      row.push(cell)
      cell = ''
    } else if (sign === '\n') {
      rows.push([...row, cell])
      row = []
      cell = ''
    } else cell += sign
  }
  return plain === '' ? [] : [...rows, [...row, cell]]
}

/**
 * What was pasted: rows where the first line names at least three columns of a color and CUSIP among them, else cells.
 *
 * Columns that follow from others are left out of rows, since they are worked out anew.
 */
export function readPasted(text: string): Pasted {
  const cells = readDelimited(text, '\t')
  const heads = (cells[0] ?? []).map(columnOfHeader)
  const names = heads.map(head => (head && head !== 'run' ? head.column : null))
  const known = new Set(names.filter(name => name !== null))
  if (cells.length < 2 || known.size < 3 || !known.has('CUSIP')) return { kind: 'cells', cells }
  const unknown = (cells[0] ?? []).filter((title, at) => heads[at] === null && title.trim() !== '')
  const rows = cells.slice(1).map(row => {
    const made: Record<string, string> = {}
    names.forEach((name, at) => {
      const value = row[at]?.trim() ?? ''
      if (name && INPUT.has(name) && value !== '' && made[name] === undefined) made[name] = value
    })
    return made
  })
  return { kind: 'rows', rows: rows.filter(row => Object.keys(row).length > 0), unknown }
}

/** Rows as tab-separated text with the names of the columns, as spreadsheets take it. */
export function writeTsv(columns: readonly string[], rows: readonly Readonly<Record<string, string | null>>[]): string {
  const quoted = (text: string) => (/["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return [columns, ...rows.map(row => columns.map(name => row[name] ?? ''))].map(line => line.map(quoted).join('\t')).join('\n')
}
