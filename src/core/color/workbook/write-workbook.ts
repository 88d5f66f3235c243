import { dayOfDate } from '../../kit/calendar.ts'
import { type ByteTools, FileUnusable } from './byte-tools.ts'
import { columnLetters } from './cell-values.ts'
import { LOOKS, type Look, STYLES, styleOf } from './styles.ts'
import { zipOf } from './zip-writer.ts'

/** A column of a sheet that is written. */
export interface SheetColumn {
  readonly header: string
  /** In letters. */
  readonly width: number
  readonly look: Look
  /** Shown one step further right in rows that belong to the one above. */
  readonly isIndented?: boolean
}

/** A row in written form: dates as `2026-11-20`, instants in ISO 8601, decimals with a point; null for nothing. */
export interface SheetLine {
  readonly cells: readonly (string | null)[]
  readonly isBold?: boolean
  /** Grouped under the row above. */
  readonly isChild?: boolean
}

/** A sheet that is written: names of columns, then rows. */
export interface SheetText {
  readonly name: string
  readonly columns: readonly SheetColumn[]
  readonly lines: Iterable<SheetLine>
  readonly count: number
  /** Buttons for sorting and filtering in the header. */
  readonly hasFilter: boolean
}

/** A workbook that is written. */
export interface WorkbookText {
  readonly title: string
  /** ISO 8601, of the contents and not of the writing; null for none. */
  readonly created: string | null
  readonly sheets: readonly SheetText[]
}

/** Rows of a sheet in Excel, without the one with the names. */
export const MOST_SHEET_ROWS = 1_048_575
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The bytes of a workbook, piece by piece; the same input gives the same bytes. Fails: FileUnusable for more rows than a sheet holds. */
export function writeWorkbook(book: WorkbookText, tools: ByteTools): Generator<Uint8Array, void> {
  for (const { name, count } of book.sheets)
    if (count > MOST_SHEET_ROWS)
      throw new FileUnusable(
        `the sheet '${name}' would have ${count.toLocaleString('en')} rows, and a workbook holds ${MOST_SHEET_ROWS.toLocaleString('en')}; choose CSV or Parquet`,
      )
  return zipOf(partsOf(book), tools)
}

function* partsOf({ title, created, sheets }: WorkbookText): Generator<readonly [string, Iterable<string>]> {
  const shared = { strings: createStrings(), toNumber: createNumbers() }
  const numbers = sheets.map((_, k) => k + 1)
  const override = (part: string, type: string) => `<Override PartName="${part}" ContentType="${type}"/>`
  yield [
    '[Content_Types].xml',
    [
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`,
      override('/xl/workbook.xml', `${TYPES}.sheet.main+xml`),
      ...numbers.map(n => override(`/xl/worksheets/sheet${n}.xml`, `${TYPES}.worksheet+xml`)),
      override('/xl/styles.xml', `${TYPES}.styles+xml`),
      override('/xl/sharedStrings.xml', `${TYPES}.sharedStrings+xml`),
      override('/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'),
      '</Types>',
    ],
  ]
  const relation = (id: number, type: string, target: string) => `<Relationship Id="rId${id}" Type="${type}" Target="${target}"/>`
  const relations = (lines: readonly string[]) =>
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${lines.join('')}</Relationships>`
  yield [
    '_rels/.rels',
    [
      relations([
        relation(1, `${OFFICE}/officeDocument`, 'xl/workbook.xml'),
        relation(2, `${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'),
      ]),
    ],
  ]
  yield [
    'xl/_rels/workbook.xml.rels',
    [
      relations([
        ...numbers.map(n => relation(n, `${OFFICE}/worksheet`, `worksheets/sheet${n}.xml`)),
        relation(sheets.length + 1, `${OFFICE}/styles`, 'styles.xml'),
        relation(sheets.length + 2, `${OFFICE}/sharedStrings`, 'sharedStrings.xml'),
      ]),
    ],
  ]
  yield ['xl/workbook.xml', [workbookPart(sheets)]]
  yield ['xl/styles.xml', [HEAD, STYLES]]
  yield ['docProps/core.xml', [corePart(title, created)]]
  for (const [k, sheet] of sheets.entries()) yield [`xl/worksheets/sheet${k + 1}.xml`, sheetPart(sheet, shared, k === 0)]
  yield ['xl/sharedStrings.xml', shared.strings.part()]
}

function workbookPart(sheets: readonly SheetText[]): string {
  const list = sheets.map(({ name }, k) => `<sheet name="${escaped(name)}" sheetId="${k + 1}" r:id="rId${k + 1}"/>`)
  const filters = sheets.flatMap(({ name, hasFilter, columns, count }, k) =>
    hasFilter
      ? [
          `<definedName name="_xlnm._FilterDatabase" localSheetId="${k}" hidden="1">'${escaped(name.replaceAll("'", "''"))}'!$A$1:$${columnLetters(columns.length - 1)}$${count + 1}</definedName>`,
        ]
      : [],
  )
  const names = filters.length === 0 ? '' : `<definedNames>${filters.join('')}</definedNames>`
  return `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr defaultThemeVersion="124226"/><bookViews><workbookView activeTab="0"/></bookViews><sheets>${list.join('')}</sheets>${names}</workbook>`
}

function corePart(title: string, created: string | null): string {
  const when = created === null ? '' : `<dcterms:created xsi:type="dcterms:W3CDTF">${escaped(created)}</dcterms:created>`
  return `${HEAD}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escaped(title)}</dc:title><dc:creator>Contango</dc:creator>${when}</cp:coreProperties>`
}

const LINES_A_PIECE = 500

function* sheetPart({ columns, lines, count, hasFilter }: SheetText, shared: Shared, isFirst: boolean): Generator<string> {
  const names = columns.map((_, k) => columnLetters(k))
  const whole = `A1:${names.at(-1)}${count + 1}`
  const widths = columns.map(({ width }, k) => `<col min="${k + 1}" max="${k + 1}" width="${width + 1}" customWidth="1"/>`)
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetPr><outlinePr summaryBelow="0"/></sheetPr><dimension ref="${whole}"/><sheetViews><sheetView${isFirst ? ' tabSelected="1"' : ''} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" outlineLevelRow="1"/><cols>${widths.join('')}</cols><sheetData>`
  yield `<row r="1">${columns.map(({ header }, k) => `<c r="${names[k]}1" s="${LOOKS.header}" t="s"><v>${shared.strings.at(header)}</v></c>`).join('')}</row>`
  let piece = ''
  let row = 1
  for (const line of lines) {
    row += 1
    piece += line.isChild ? `<row r="${row}" outlineLevel="1">` : `<row r="${row}">`
    for (let k = 0; k < columns.length; k++) {
      const text = line.cells[k]
      if (text !== null && text !== undefined && text !== '')
        piece += cellOf(`${names[k]}${row}`, text, columns[k]!, line, shared)
    }
    piece += '</row>'
    if (row % LINES_A_PIECE > 0) continue
    yield piece
    piece = ''
  }
  const texts = columns.flatMap(({ look }, k) => (look === 'text' ? [`${names[k]}2:${names[k]}${count + 1}`] : []))
  const ignored =
    texts.length === 0 || count === 0
      ? ''
      : `<ignoredErrors><ignoredError sqref="${texts.join(' ')}" numberStoredAsText="1"/></ignoredErrors>`
  yield `${piece}</sheetData>${hasFilter ? `<autoFilter ref="${whole}"/>` : ''}${ignored}</worksheet>`
}

/** Digits that a spreadsheet keeps of a number; one with more stays text, so that none is lost. */
const SHEET_DIGITS = 15
const NUMBER = /^-?\d+(\.\d+)?$/
const RUNS_AS_FORMULA = /^[=+\-@\t\r]/

/** What cells of all sheets share. */
interface Shared {
  readonly strings: Strings
  readonly toNumber: ToNumber
}

function cellOf(
  place: string,
  text: string,
  column: SheetColumn,
  { isBold, isChild }: SheetLine,
  { strings, toNumber }: Shared,
): string {
  const { look } = column
  const variant = { isBold: isBold === true, isIndented: isChild === true && column.isIndented === true }
  if (look === 'boolean') return `<c r="${place}" s="${styleOf('text', variant)}" t="b"><v>${text === 'TRUE' ? 1 : 0}</v></c>`
  const number = look === 'text' ? null : toNumber(text, look)
  if (number !== null) return `<c r="${place}" s="${styleOf(look, variant)}"><v>${number}</v></c>`
  const kept = RUNS_AS_FORMULA.test(text) ? 'formula' : 'text'
  return `<c r="${place}" s="${styleOf(kept, variant)}" t="s"><v>${strings.at(text)}</v></c>`
}

const DAYS_TO_1970 = 25_569
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})/
const SECONDS = 86_400
const MOST_SERIALS = 20_000

/** A text as the number that a spreadsheet stores; null where it has to stay text. */
type ToNumber = (text: string, look: Look) => string | null

/** Days are remembered: a sheet has few, each many times. */
function createNumbers(): ToNumber {
  const serials = new Map<string, string | null>()
  return (text, look) => {
    if (look === 'date' || look === 'instant') {
      const known = serials.get(text)
      if (known !== undefined) return known
      if (serials.size >= MOST_SERIALS) serials.clear()
      const found = serialOf(text, look)
      serials.set(text, found)
      return found
    }
    if (!NUMBER.test(text)) return null
    const digits = text.length - (text.startsWith('-') ? 1 : 0) - (text.includes('.') ? 1 : 0)
    return digits > SHEET_DIGITS ? null : text
  }
}

/** Days since the last one of 1899; before March 1900 spreadsheets count a day that never was, and text is safer. */
function serialOf(text: string, look: 'date' | 'instant'): string | null {
  const [, day, hours, minutes, seconds] = INSTANT.exec(text) ?? []
  const date = look === 'date' ? text : day
  if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date) || date < '1900-03-01') return null
  const serial = dayOfDate(date as Parameters<typeof dayOfDate>[0]) + DAYS_TO_1970
  if (look === 'date') return String(serial)
  const fraction = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) / SECONDS
  return String(serial + fraction)
}

interface Strings {
  at(text: string): number
  part(): Generator<string>
}

/** The texts of all cells, each once. */
function createStrings(): Strings {
  const known = new Map<string, number>()
  let used = 0
  return {
    at(text) {
      used += 1
      const before = known.get(text)
      if (before !== undefined) return before
      known.set(text, known.size)
      return known.size - 1
    },
    *part() {
      yield `${HEAD}<sst xmlns="${MAIN}" count="${used}" uniqueCount="${known.size}">`
      for (const text of known.keys()) yield `<si><t xml:space="preserve">${escaped(text)}</t></si>`
      yield '</sst>'
    },
  }
}

/** Letters of a cell in Excel. */
const LONGEST_CELL = 32_767
const SPECIAL = /[&<>"\p{Cc}\p{Cs}\uFFFE\uFFFF]|_x[\da-fA-F]{4}_/u
const UNWRITABLE = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu
const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text for XML. Signs that XML has no way to write go as workbooks write them, `_x0001_`. */
function escaped(text: string): string {
  const cut = text.length > LONGEST_CELL ? text.slice(0, LONGEST_CELL) : text
  if (!SPECIAL.test(cut)) return cut
  return cut
    .replaceAll(/_(?=x[\da-fA-F]{4}_)/g, '_x005F_')
    .replaceAll(/[&<>"]/g, sign => SIGNS[sign]!)
    .replaceAll(UNWRITABLE, sign => {
      const code = sign.charCodeAt(0)
      if (code > 0x7e) return code < 0xa0 ? sign : '\uFFFD'
      return sign === '\t' || sign === '\n' ? sign : `_x${code.toString(16).toUpperCase().padStart(4, '0')}_`
    })
}
