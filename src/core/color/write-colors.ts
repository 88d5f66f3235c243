import { COLOR_COLUMNS, type ColorColumn, RUN_COLUMNS } from './color-columns.ts'
import { type ColorKey, ROW_FIELDS, ruleRowOfPlaced } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import type { PlacedColor } from './lineage.ts'
import type { PxDirection } from './order.ts'

/** The run that an output is of. */
export interface RunStamp {
  readonly runId: string
  /** Instant in UTC as ISO 8601; empty where the run has none, so that the same input gives the same bytes. */
  readonly processedAt: string
  readonly processingType: 'AUTOMATED' | 'MANUAL'
  /** Counted up from 1; only workbooks tell it, as the rest of what follows. */
  readonly number?: number | undefined
  readonly direction?: PxDirection | undefined
  readonly isDemo?: boolean | undefined
}

/** A row of an output by the names of its columns, in written form; missing is null. */
export type OutputCells = Readonly<Record<ColorColumn | (typeof RUN_COLUMNS)[number], string | null>>

const LINE_END = '\r\n'
const ROWS_PER_PIECE = 2000

/** The rows of an output in written form, in the order given. */
export function* outputCells(placed: readonly PlacedColor[], stamp: RunStamp): Generator<OutputCells, void> {
  const messages = new Map(placed.flatMap(one => (one.parentRowId === null ? [[one.row.rowId, one.row.messageId]] : [])))
  for (const one of placed) {
    const { row, parentRowId, childrenCount } = one
    const isParent = parentRowId === null
    yield Object.assign(ruleRowOfPlaced(one), {
      ROW_ID: row.rowId,
      RUN_ID: stamp.runId,
      PROCESSED_AT: stamp.processedAt || null,
      PROCESSING_TYPE: stamp.processingType,
      IS_PARENT: isParent ? 'TRUE' : 'FALSE',
      PARENT_MESSAGE_ID: isParent ? null : (messages.get(parentRowId) ?? null),
      PARENT_ROW_ID: parentRowId,
      CHILDREN_COUNT: isParent ? String(childrenCount) : null,
    })
  }
}

/** The output as CSV (RFC 4180, UTF-8 by whoever stores it), a piece at a time: names first, then rows in the order given. */
export function writeColors(placed: readonly PlacedColor[], stamp: RunStamp): Generator<string, void> {
  return writeCells(outputCells(placed, stamp))
}

/** Rows of an output, also of several runs, as CSV. */
export function* writeCells(rows: Iterable<OutputCells>): Generator<string, void> {
  yield [...COLOR_COLUMNS.map(({ name }) => name), ...RUN_COLUMNS].join(',') + LINE_END
  let piece = ''
  let count = 0
  for (const cells of rows) {
    piece += lineOf(cells)
    if (++count % ROWS_PER_PIECE > 0) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** Colors as a file that comes in, a piece at a time: the columns that are not worked out of others. */
export function* writeQuotes(rows: Iterable<ColorRow>): Generator<string, void> {
  const fields = ROW_FIELDS.filter(({ key }) => key !== null)
  let piece = fields.map(({ name }) => name).join(',') + LINE_END
  let count = 0
  for (const row of rows) {
    const line = fields.map(({ key, type }) => {
      const value = row[key as ColorKey]
      if (value === null) return ''
      return type === 'id' ? quoted(String(value)) : cell(String(value))
    })
    piece += line.join(',') + LINE_END
    if (++count % ROWS_PER_PIECE > 0) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** The same rows for a machine: a number first, no names, every cell in quotation marks as it is, nothing where it is missing. */
export function* writePlainRows(placed: readonly PlacedColor[], stamp: RunStamp): Generator<string, void> {
  const names = [...COLOR_COLUMNS.map(({ name }) => name), ...RUN_COLUMNS]
  let at = 0
  for (const cells of outputCells(placed, stamp))
    yield `${at++},${names.map(name => (cells[name] ? quoted(cells[name]) : '')).join(',')}\n`
}

const PLAIN_RUN_COLUMNS = new Set<string>(['PROCESSED_AT', 'PROCESSING_TYPE', 'IS_PARENT', 'CHILDREN_COUNT'])

function lineOf(cells: OutputCells): string {
  const business = COLOR_COLUMNS.map(({ name, type }) => {
    const value = cells[name]
    if (value === null) return ''
    return type === 'id' ? quoted(harmless(value)) : type === 'text' ? cell(harmless(value)) : value
  })
  const run = RUN_COLUMNS.map(name => {
    const value = cells[name] ?? ''
    return value === '' || PLAIN_RUN_COLUMNS.has(name) ? value : quoted(value)
  })
  return [...business, ...run].join(',') + LINE_END
}

/** A text that no spreadsheet takes for a formula. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? quoted(text) : text
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
