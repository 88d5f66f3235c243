import { type BiasRanks, USUAL_RANKS } from './bias-rank.ts'
import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { type ColorHeader, type ColorMapping, type ColumnMeaning, findHeader, meaningsOf, placeColumns } from './color-header.ts'
import { COLOR_PROBLEMS, type ColorFileTrouble, type ColorProblem } from './color-problems.ts'
import { dropRepeats, type Repeat } from './color-repeats.ts'
import type { ColorRecord, ColorSource, HeadRecord } from './color-source.ts'
import type { IntakeCheck } from './intake-checks.ts'
import type { ReadColor } from './read-color.ts'
import { type ColorCells, type ColorManner, createColorReader } from './read-color-cells.ts'
import { createOrderFinder } from './read-dates.ts'
import { createStyleFinder } from './read-decimals.ts'
import type { SectorLimit } from './sector-limits.ts'

/** A row that stays out until somebody decides about it. */
export interface QuarantinedColor {
  readonly fileRow: number
  /** Each that keeps it out, and those that only mark it. */
  readonly problems: readonly ColorProblem[]
  /** What stands in the columns that are known, for whoever corrects it. */
  readonly cells: Readonly<Partial<Record<ColorColumn, string>>>
}

/** What a file of colors says. */
export interface ColorsRead {
  readonly kind: 'read'
  readonly header: ColorHeader
  /** How numbers and dates were read. */
  readonly decimals: ColorManner['decimals']
  readonly dates: ColorManner['dates']
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
  readonly dayOrder?: 'dmy' | 'mdy' | undefined
  /** What names of columns mean, whatever they are called. */
  readonly mapping?: ColorMapping | undefined
  /** Bounds of prices by sector; the usual ones without it. */
  readonly limits?: readonly SectorLimit[] | undefined
  /** What else rows are asked. */
  readonly checks?: readonly IntakeCheck[] | undefined
  /** Told how many rows were read, now and then. */
  readonly onRows?: ((rows: number) => void) | undefined
}

/** Why nothing can be read, and what is known of the names, so that somebody can say what they mean. */
export interface ColorsUnusable {
  readonly kind: 'unusable'
  readonly trouble: ColorFileTrouble
  readonly head: HeadRecord | null
  readonly meanings: readonly ColumnMeaning[]
}

/** Rows between two reports of progress. */
const TELL_EVERY = 5000

/**
 * Reads colors out of records: of a delimited file, a sheet, a query.
 *
 * They are looked through once for what their numbers and dates look like, and then read; nothing is guessed from a single cell.
 * Every row is read, quarantined or a repeat. Fails: RangeError for a check that cannot be used; never for what stands in the rows,
 * that is the answer.
 */
export function readColors(source: ColorSource, options: ReadColorsOptions = {}): ColorsRead | ColorsUnusable {
  const { ranks = USUAL_RANKS, limits, checks, mapping, onRows } = options
  const head = findHeader(source.heads(), mapping)
  if (typeof head === 'string') return { kind: 'unusable', trouble: { kind: head }, head: null, meanings: [] }
  const header = placeColumns(head, mapping)
  if ('kind' in header) return { kind: 'unusable', trouble: header, head, meanings: meaningsOf(head.names, mapping) }
  const { decimals, dates } = lookThrough(source, header, options.dayOrder)
  const reader = createColorReader({ decimals, dates, ranks, limits, checks })
  const colors: ReadColor[] = []
  const quarantine: QuarantinedColor[] = []
  const marks: ColorProblem[] = []
  let read = 0
  source.each(header, record => {
    const cells = cellsOf(record, header)
    if (cells.isBlank) return
    read += 1
    if (read % TELL_EVERY === 0) onRows?.(read)
    const { color, problems } = reader.read(cells)
    if (color === null || problems.some(({ kind }) => COLOR_PROBLEMS[kind] === 'quarantine'))
      quarantine.push({ fileRow: cells.fileRow, problems, cells: writtenCells(cells, header) })
    else {
      colors.push(color)
      for (const problem of problems) marks.push(problem)
    }
  })
  const { kept, repeats } = dropRepeats(colors)
  const dropped = new Set(repeats.map(({ fileRow }) => fileRow))
  return {
    ...{ kind: 'read', header, decimals, dates, rankTable: ranks.version, read, colors: kept, repeats, quarantine },
    marks: marks.filter(({ row }) => !dropped.has(row)),
  }
}

const DECIMAL_COLUMNS = COLOR_COLUMNS.filter(({ type }) => type === 'decimal').map(({ name }) => name)
const DATE_COLUMNS = ['DATE', 'DATE_1'] as const

function lookThrough(source: ColorSource, header: ColorHeader, dayOrder: 'dmy' | 'mdy' | undefined) {
  const fieldsOf = (names: readonly ColorColumn[]) =>
    names.map(name => header.fields.get(name)).filter(field => field !== undefined)
  const numbers = fieldsOf(DECIMAL_COLUMNS)
  const style = createStyleFinder()
  const orders = DATE_COLUMNS.flatMap(name => {
    const field = header.fields.get(name)
    return field === undefined ? [] : [{ name, field, finder: createOrderFinder() }]
  })
  source.each(header, record => {
    if (record.trouble !== null) return
    for (const field of numbers) if (field < record.count) style.see(record.text(field))
    for (const { field, finder } of orders) if (field < record.count) finder.see(record.text(field))
  })
  const dates: { -readonly [K in keyof ColorManner['dates']]: ColorManner['dates'][K] } = {}
  for (const { name, finder } of orders) {
    const shown = finder.order()
    dates[name] = shown === 'unknown' && dayOrder ? dayOrder : shown
  }
  return { decimals: style.style(), dates }
}

/** The mark that keeps a spreadsheet from taking a text for a formula or a number. */
const SHEET_MARK = /^'([=+\-@\t\r]|\d+$)/

function cellsOf(record: ColorRecord, { names, fields }: ColorHeader): ColorCells {
  const { fileRow, trouble, count } = record
  const texts = Array.from({ length: count }, (_, k) => record.text(k))
  return {
    fileRow,
    trouble,
    isBlank: trouble === null && texts.every((cell, k) => cell.trim() === '' && record.fault(k) === null),
    surplus: count > names.length ? (texts.slice(names.length).find(cell => cell.trim() !== '') ?? null) : null,
    damaged: names.find((_, k) => texts[k]?.includes('\uFFFD')) ?? null,
    nameOf: column => names[fields.get(column) ?? -1] ?? column,
    fault(column) {
      const field = fields.get(column)
      return field === undefined ? null : record.fault(field)
    },
    text(column) {
      const field = fields.get(column)
      const cell = (field === undefined ? undefined : texts[field])?.trim() ?? ''
      return SHEET_MARK.test(cell) ? cell.slice(1) : cell
    },
  }
}

function writtenCells(cells: ColorCells, { fields }: ColorHeader): QuarantinedColor['cells'] {
  const written: { -readonly [C in ColorColumn]?: string } = {}
  for (const column of fields.keys()) {
    const text = cells.trouble === null ? (cells.fault(column) ?? cells.text(column)) : ''
    if (text !== '') written[column] = text
  }
  return written
}
