import { type CsvRow, createCsvSplitter, fieldText } from '../imports/csv.ts'
import { type BiasRanks, USUAL_RANKS } from './bias-rank.ts'
import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { type ColorHeader, type ColorText, readColorHeader } from './color-header.ts'
import { COLOR_PROBLEMS, type ColorFileTrouble, type ColorProblem } from './color-problems.ts'
import { dropRepeats, type Repeat } from './color-repeats.ts'
import type { ReadColor } from './read-color.ts'
import { type ColorCells, readColorCells } from './read-color-cells.ts'
import { createOrderFinder, type DayOrder } from './read-dates.ts'
import { createStyleFinder, type DecimalStyle } from './read-decimals.ts'

/** A row that stays out until somebody decides about it. */
export interface QuarantinedColor {
  readonly fileRow: number
  /** Each that keeps it out, and those that only mark it. */
  readonly problems: readonly ColorProblem[]
}

/** What a file of colors says. */
export interface ColorsRead {
  readonly kind: 'read'
  readonly header: ColorHeader
  /** How numbers and dates were read. */
  readonly decimals: DecimalStyle
  readonly dates: Readonly<Partial<Record<'DATE' | 'DATE_1', DayOrder>>>
  readonly rankTable: number
  /** Rows of data that are not blank. */
  readonly read: number
  /** In the order of the file, without repeats. */
  readonly colors: readonly ReadColor[]
  readonly repeats: readonly Repeat[]
  readonly quarantine: readonly QuarantinedColor[]
  /** Of rows that were let through. */
  readonly marks: readonly ColorProblem[]
}

/** What a reader of colors may be told. */
export interface ReadColorsOptions {
  readonly ranks?: BiasRanks
  /** The order of day and month where a column does not show it. */
  readonly dayOrder?: 'dmy' | 'mdy'
}

/**
 * Reads the colors of a delimited file.
 *
 * The file is looked through once for what its numbers and dates look like, and then read; nothing is guessed from a single cell.
 * Every row is read, quarantined or a repeat. Fails: never for what stands in the file; that is the answer.
 */
export function readColors(
  text: ColorText,
  { ranks = USUAL_RANKS, dayOrder }: ReadColorsOptions = {},
): ColorsRead | { readonly kind: 'unusable'; readonly trouble: ColorFileTrouble } {
  const header = readColorHeader(text)
  if ('kind' in header) return { kind: 'unusable', trouble: header }
  const { decimals, dates } = lookThrough(text, header, dayOrder)
  const colors: ReadColor[] = []
  const quarantine: QuarantinedColor[] = []
  const marks: ColorProblem[] = []
  let read = 0
  eachRecord(text, header, (record, fileRow) => {
    const cells = cellsOf(record, fileRow, header, text)
    if (cells.isBlank) return
    read += 1
    const found = readColorCells(cells, { decimals, dates, ranks })
    const isKept = found.color !== null && found.problems.every(({ kind }) => COLOR_PROBLEMS[kind] === 'mark')
    if (!isKept) quarantine.push({ fileRow, problems: found.problems })
    else {
      colors.push(found.color!)
      for (const problem of found.problems) marks.push(problem)
    }
  })
  const { kept, repeats } = dropRepeats(colors)
  const dropped = new Set(repeats.map(({ fileRow }) => fileRow))
  return {
    kind: 'read',
    header,
    decimals,
    dates,
    rankTable: ranks.version,
    read,
    colors: kept,
    repeats,
    quarantine,
    marks: marks.filter(({ row }) => !dropped.has(row)),
  }
}

function eachRecord({ bytes }: ColorText, header: ColorHeader, take: (record: CsvRow, fileRow: number) => void): void {
  let fileRow = 0
  createCsvSplitter(header.delimiter.charCodeAt(0)).split(bytes, bytes.length, true, record => {
    fileRow += 1
    if (fileRow > header.row) take(record, fileRow)
  })
}

const DECIMAL_COLUMNS = COLOR_COLUMNS.filter(({ type }) => type === 'decimal').map(({ name }) => name)
const DATE_COLUMNS = ['DATE', 'DATE_1'] as const

function lookThrough(text: ColorText, header: ColorHeader, dayOrder: 'dmy' | 'mdy' | undefined) {
  const fieldsOf = (names: readonly ColorColumn[]) =>
    names.map(name => header.fields.get(name)).filter(field => field !== undefined)
  const numbers = fieldsOf(DECIMAL_COLUMNS)
  const style = createStyleFinder()
  const orders = DATE_COLUMNS.flatMap(name => {
    const field = header.fields.get(name)
    return field === undefined ? [] : [{ name, field, finder: createOrderFinder() }]
  })
  eachRecord(text, header, record => {
    if (record.trouble !== null) return
    for (const field of numbers) if (field < record.count) style.see(fieldText(record, field, text.decode))
    for (const { field, finder } of orders) if (field < record.count) finder.see(fieldText(record, field, text.decode))
  })
  const dates: Partial<Record<'DATE' | 'DATE_1', DayOrder>> = {}
  for (const { name, finder } of orders) {
    const shown = finder.order()
    dates[name] = shown === 'unknown' && dayOrder ? dayOrder : shown
  }
  return { decimals: style.style(), dates }
}

function cellsOf(record: CsvRow, fileRow: number, header: ColorHeader, { decode }: ColorText): ColorCells {
  const texts = Array.from({ length: record.count }, (_, k) => fieldText(record, k, decode))
  return {
    fileRow,
    trouble: record.trouble,
    isBlank: record.trouble === null && texts.every(cell => cell.trim() === ''),
    surplus: texts.slice(header.names.length).find(cell => cell.trim() !== '') ?? null,
    damaged: header.names.find((_, k) => texts[k]?.includes('\uFFFD')) ?? null,
    nameOf: column => header.names[header.fields.get(column) ?? -1] ?? column,
    text(column) {
      const field = header.fields.get(column)
      const cell = (field === undefined ? undefined : texts[field])?.trim() ?? ''
      // The mark that keeps a spreadsheet from taking a text for a formula or a number.
      return /^'([=+\-@\t\r]|\d+$)/.test(cell) ? cell.slice(1) : cell
    },
  }
}
