import { COLOR_COLUMNS, RUN_COLUMNS } from './color-columns.ts'
import { type ColorKey, ROW_FIELDS, ruleRowOf } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import type { ProcessedColor } from './process.ts'

/** The run that an output is of. */
export interface RunStamp {
  readonly runId: string
  /** Instant in UTC as ISO 8601; empty where the run has none, so that the same input gives the same bytes. */
  readonly processedAt: string
  readonly processingType: 'AUTOMATED' | 'MANUAL'
}

const LINE_END = '\r\n'
const ROWS_PER_PIECE = 2000

/** The output as CSV (RFC 4180, UTF-8 by whoever stores it), a piece at a time: names first, then rows in the order given. */
export function* writeColors(placed: readonly ProcessedColor[], stamp: RunStamp): Generator<string, void> {
  yield [...COLOR_COLUMNS.map(({ name }) => name), ...RUN_COLUMNS].join(',') + LINE_END
  for (let from = 0; from < placed.length; from += ROWS_PER_PIECE)
    yield placed
      .slice(from, from + ROWS_PER_PIECE)
      .map(one => lineOf(one, stamp))
      .join('')
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

function lineOf({ color, parentRowId, parentMessageId, childrenCount }: ProcessedColor, stamp: RunStamp): string {
  const columns = ruleRowOf(color.row)
  const business = COLOR_COLUMNS.map(({ name, type }) => {
    const value = columns[name]
    if (value === null) return ''
    return type === 'id' ? quoted(harmless(value)) : type === 'text' ? cell(harmless(value)) : value
  })
  const isParent = parentRowId === null
  const run: Record<(typeof RUN_COLUMNS)[number], string> = {
    ROW_ID: quoted(color.row.rowId),
    RUN_ID: quoted(stamp.runId),
    PROCESSED_AT: stamp.processedAt,
    PROCESSING_TYPE: stamp.processingType,
    IS_PARENT: isParent ? 'TRUE' : 'FALSE',
    PARENT_MESSAGE_ID: parentMessageId === null ? '' : quoted(parentMessageId),
    PARENT_ROW_ID: parentRowId === null ? '' : quoted(parentRowId),
    CHILDREN_COUNT: isParent ? String(childrenCount) : '',
  }
  return [...business, ...RUN_COLUMNS.map(name => run[name])].join(',') + LINE_END
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
