import { COLOR_COLUMNS, type ColorColumn, RUN_COLUMNS } from './color-columns.ts'
import { type ColorKey, ROW_FIELDS } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import type { PlacedColor } from './lineage.ts'
import type { Look } from './workbook/styles.ts'
import type { SheetColumn, SheetLine, WorkbookText } from './workbook/write-workbook.ts'
import { type OutputCells, outputCells, type RunStamp } from './write-colors.ts'

const LOOKS: Readonly<Record<(typeof COLOR_COLUMNS)[number]['type'], Look>> = {
  id: 'text',
  text: 'text',
  decimal: 'decimal',
  integer: 'integer',
  date: 'date',
}
const USUAL_WIDTH = 12
const WIDTHS: Readonly<Partial<Record<ColorColumn | (typeof RUN_COLUMNS)[number], number>>> = {
  ...{ MESSAGE_ID: 21, TICKER: 20, SECTOR: 18, SOURCE: 16, BIAS: 15, DIFF_STATUS: 21, SECURITY_NAME: 26, ROW_ID: 34, RUN_ID: 34 },
  ...{ PROCESSED_AT: 20, PROCESSING_TYPE: 18, PARENT_MESSAGE_ID: 22, PARENT_ROW_ID: 34, CHILDREN_COUNT: 17, PERCENT_DIFF: 14 },
}
const RUN_LOOKS: Readonly<Record<(typeof RUN_COLUMNS)[number], Look>> = {
  ...{ ROW_ID: 'text', RUN_ID: 'text', PROCESSED_AT: 'instant', PROCESSING_TYPE: 'text', IS_PARENT: 'boolean' },
  ...{ PARENT_MESSAGE_ID: 'text', PARENT_ROW_ID: 'text', CHILDREN_COUNT: 'integer' },
}

const business = (names: readonly ColorColumn[]): readonly SheetColumn[] =>
  COLOR_COLUMNS.filter(({ name }) => names.includes(name)).map(({ name, type }) => ({
    header: name,
    width: WIDTHS[name] ?? USUAL_WIDTH,
    look: name === 'PERCENT_DIFF' ? 'percent' : LOOKS[type],
    isIndented: name === 'CUSIP',
  }))
const ALL = COLOR_COLUMNS.map(({ name }) => name)
const OUTPUT_NAMES = [...ALL, ...RUN_COLUMNS]
const OUTPUT_COLUMNS: readonly SheetColumn[] = [
  ...business(ALL),
  ...RUN_COLUMNS.map(name => ({ header: name, width: WIDTHS[name] ?? USUAL_WIDTH, look: RUN_LOOKS[name] })),
]

/** The output as a workbook: its rows, parents in bold and children grouped under them, and a sheet that says what run it is of. */
export function outputBook(placed: readonly PlacedColor[], stamp: RunStamp): WorkbookText {
  const title = stamp.number === undefined ? 'Colors' : `Colors, run ${stamp.number}`
  return {
    title: stamp.isDemo ? `DEMO ${title}` : title,
    created: stamp.processedAt || null,
    sheets: [
      { name: 'Colors', columns: OUTPUT_COLUMNS, lines: outputLines(placed, stamp), count: placed.length, hasFilter: true },
      runSheet(placed, stamp),
    ],
  }
}

function* outputLines(placed: readonly PlacedColor[], stamp: RunStamp): Generator<SheetLine> {
  for (const cells of outputCells(placed, stamp)) {
    const isParent = cells.PARENT_ROW_ID === null
    yield { cells: OUTPUT_NAMES.map(name => cells[name]), isBold: isParent, isChild: !isParent }
  }
}

/** Rows of several runs as a workbook, each with the run it stands in. */
export function foundBook(rows: readonly OutputCells[], isDemo: boolean): WorkbookText {
  const lines = rows.map(
    (cells): SheetLine => ({ cells: OUTPUT_NAMES.map(name => cells[name]), isBold: cells.IS_PARENT === 'TRUE' }),
  )
  const sheet = { name: 'Colors', columns: OUTPUT_COLUMNS, lines, count: lines.length, hasFilter: true }
  return { title: isDemo ? 'DEMO Colors' : 'Colors', created: null, sheets: [sheet] }
}

function runSheet(placed: readonly PlacedColor[], stamp: RunStamp): WorkbookText['sheets'][number] {
  const parents = placed.filter(({ parentRowId }) => parentRowId === null).length
  const facts: readonly (readonly [string, string | null])[] = [
    ...(stamp.isDemo ? [['DEMO', 'Invented data. It says nothing about any market.'] as const] : []),
    ['RUN_NUMBER', stamp.number === undefined ? null : String(stamp.number)],
    ['RUN_ID', stamp.runId],
    ['PROCESSED_AT', stamp.processedAt || null],
    ['PROCESSING_TYPE', stamp.processingType],
    ['PRICE_DIRECTION', stamp.direction ?? null],
    ['ROWS', String(placed.length)],
    ['PARENTS', String(parents)],
    ['CHILDREN', String(placed.length - parents)],
    ['CUSIPS', String(new Set(placed.map(({ row }) => row.cusip)).size)],
    ['WITHOUT_PRICE', String(placed.filter(({ row }) => row.px === null).length)],
  ]
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [{ cells: [name, value] }]))
  const columns: readonly SheetColumn[] = [
    { header: 'FIELD', width: 20, look: 'text' },
    { header: 'VALUE', width: 48, look: 'text' },
  ]
  return { name: 'Run', columns, lines, count: lines.length, hasFilter: false }
}

const QUOTE_FIELDS = ROW_FIELDS.filter(({ key }) => key !== null)

/** Columns of a file that comes in: those that are not worked out of others. */
export const QUOTE_COLUMNS: readonly SheetColumn[] = business(QUOTE_FIELDS.map(({ name }) => name as ColorColumn)).map(
  ({ isIndented: _, ...column }) => column,
)

/** Colors as a workbook that comes in. */
export function quotesBook(rows: Iterable<ColorRow>, count: number): WorkbookText {
  function* lines(): Generator<SheetLine> {
    for (const row of rows)
      yield {
        cells: QUOTE_FIELDS.map(({ key }) => {
          const value = row[key as ColorKey]
          return value === null ? null : String(value)
        }),
      }
  }
  return {
    title: 'Quotes',
    created: null,
    sheets: [{ name: 'Quotes', columns: QUOTE_COLUMNS, lines: lines(), count, hasFilter: true }],
  }
}

const EXAMPLES: Readonly<Partial<Record<ColorColumn, string>>> = {
  ...{
    MESSAGE_ID: '90071992547409931',
    TICKER: 'SHELF 2021-1 B',
    SECTOR: 'CLO 2.0 mezz',
    CUSIP: '037833100',
    DATE: '2026-11-20',
  },
  ...{ PRICE_LEVEL: '98.75', BID: '98.75', ASK: '99.25', PX: '98.75', SOURCE: 'DEALER A', BIAS: 'BID', RANK: '3' },
  ...{
    COV_PRICE: '98.5',
    CONFIDENCE: '8',
    DATE_1: '2026-11-20',
    SECURITY_NAME: 'Shelf 2021-1 B',
    BWIC_COVER: '98.5',
    ASSET_CLASS: 'CLO',
  },
}
const NAMES_OF = new Map<string, (typeof COLOR_COLUMNS)[number]>(COLOR_COLUMNS.map(column => [column.name, column]))

/**
 * An empty workbook of quotes, and a sheet that says of each column what it is. The example stands there and not among the rows, where
 * somebody would send it in.
 */
export function templateBook(): WorkbookText {
  const lines = QUOTE_COLUMNS.map(({ header }): SheetLine => {
    const { name, type, isRequired, aliases } = NAMES_OF.get(header)!
    return { cells: [name, isRequired ? 'TRUE' : 'FALSE', type, EXAMPLES[name] ?? null, aliases.slice(1).join(', ')] }
  })
  const columns: readonly SheetColumn[] = [
    { header: 'COLUMN', width: 18, look: 'text' },
    { header: 'REQUIRED', width: 11, look: 'boolean' },
    { header: 'TYPE', width: 10, look: 'text' },
    { header: 'EXAMPLE', width: 20, look: 'text' },
    { header: 'ALSO_CALLED', width: 60, look: 'text' },
  ]
  return {
    title: 'Quotes',
    created: null,
    sheets: [
      { name: 'Quotes', columns: QUOTE_COLUMNS, lines: [], count: 0, hasFilter: true },
      { name: 'Columns', columns, lines, count: lines.length, hasFilter: false },
    ],
  }
}
