import { type ColorMapping, findHeader, placeColumns } from './color-header.ts'
import { type ColorSource, tableSource, textSource } from './color-source.ts'
import { colorTextOf } from './color-text.ts'
import { type ByteTools, FileUnusable } from './workbook/byte-tools.ts'
import { openOldWorkbook } from './workbook/old-workbook.ts'
import type { SheetTable } from './workbook/sheet.ts'
import { openWorkbook, type Workbook } from './workbook/workbook.ts'

/** What is worth knowing about a workbook though nothing is wrong with its rows. */
export interface FileNote {
  readonly kind:
    | 'hidden-sheets'
    | 'other-sheets'
    | 'sheet-is-hidden'
    | 'macros'
    | 'links'
    | 'formulas'
    | 'formulas-without-value'
    | 'hidden-rows'
    | 'merged-header'
    | 'merged-cells'
    | 'cells-beyond'
  readonly count: number
  /** Names of sheets, places of cells. */
  readonly text: string
}

/** A sheet of a workbook; of one that was not read nobody knows the rows. */
export interface FileSheet {
  readonly name: string
  readonly isHidden: boolean
  readonly rows: number | null
}

/** A file of quotes whose rows can be gone through. */
export interface ColorFile {
  readonly format: 'csv' | 'xlsx' | 'xls'
  readonly source: ColorSource
  /** None for a delimited file. */
  readonly sheets: readonly FileSheet[]
  readonly sheet: string | null
  /** What there is to say, given the row in which the names were found. */
  notes(headerRow: number): readonly FileNote[]
}

/** Which sheet of a workbook is meant, and what names of columns mean. */
interface OpenWishes {
  readonly sheet?: string | undefined
  readonly mapping?: ColorMapping | undefined
}

const OLD_WORKBOOK = [0xd0, 0xcf, 0x11, 0xe0] as const
const ARCHIVE = [0x50, 0x4b] as const
const startsWith = (bytes: Uint8Array, mark: readonly number[]) => mark.every((byte, k) => bytes[k] === byte)

/**
 * Opens a file of quotes, whatever it is called: what it is stands in its first bytes.
 *
 * Of a workbook without a sheet that was asked for, the first visible one is taken whose columns are understood. Fails: FileUnusable with
 * the reason for what is no table at all.
 */
export function openColorFile(bytes: Uint8Array, wishes: OpenWishes, tools: ByteTools): ColorFile {
  try {
    // Workbooks with a password are kept in the same kind of container as old ones.
    if (startsWith(bytes, OLD_WORKBOOK)) return openSheet(openOldWorkbook(bytes), 'xls', wishes)
    if (startsWith(bytes, ARCHIVE)) return openSheet(openWorkbook(bytes, tools), 'xlsx', wishes)
  } catch (fault) {
    // A length or a place that a damaged workbook says, and that is not there.
    if (fault instanceof RangeError) throw new FileUnusable('it is damaged, or was not copied to its end')
    throw fault
  }
  return { format: 'csv', source: textSource(colorTextOf(bytes, tools)), sheets: [], sheet: null, notes: () => [] }
}

function openSheet(book: Workbook, format: 'xlsx' | 'xls', wishes: OpenWishes): ColorFile {
  const known = new Map<number, SheetTable>()
  const tableOf = (at: number) => {
    const table = known.get(at) ?? book.read(at)
    known.set(at, table)
    return table
  }
  const at = chosenSheet(book, wishes, tableOf)
  const table = tableOf(at)
  return {
    format,
    source: tableSource(table),
    sheets: book.sheets.map((sheet, k) => ({ ...sheet, rows: known.get(k)?.rows.length ?? null })),
    sheet: book.sheets[at]!.name,
    notes: headerRow => [...bookNotes(book, at), ...sheetNotes(table, headerRow)],
  }
}

function chosenSheet(book: Workbook, { sheet, mapping }: OpenWishes, tableOf: (at: number) => SheetTable): number {
  if (sheet !== undefined) {
    const at = book.sheets.findIndex(({ name }) => name.toLowerCase() === sheet.trim().toLowerCase())
    if (at >= 0) return at
    throw new FileUnusable(`it has no sheet '${sheet}'; it has ${book.sheets.map(({ name }) => `'${name}'`).join(', ')}`)
  }
  const visible = book.sheets.flatMap(({ isHidden }, at) => (isHidden ? [] : [at]))
  const headOf = (at: number) => findHeader(tableSource(tableOf(at)).heads(), mapping)
  const isWhole = (at: number) => {
    const head = headOf(at)
    return typeof head !== 'string' && !('kind' in placeColumns(head, mapping))
  }
  const hasNames = (at: number) => typeof headOf(at) !== 'string'
  return visible.find(isWhole) ?? visible.find(hasNames) ?? visible.find(at => tableOf(at).rows.length > 0) ?? visible[0] ?? 0
}

function bookNotes({ sheets, hasMacros, hasLinks }: Workbook, at: number): readonly FileNote[] {
  const others = (isHidden: boolean) => sheets.filter((sheet, k) => k !== at && sheet.isHidden === isHidden)
  const note = (kind: FileNote['kind'], named: readonly { readonly name: string }[]): readonly FileNote[] =>
    named.length === 0 ? [] : [{ kind, count: named.length, text: named.map(({ name }) => name).join(', ') }]
  return [
    ...note('sheet-is-hidden', sheets[at]!.isHidden ? [sheets[at]!] : []),
    ...note('hidden-sheets', others(true)),
    ...note('other-sheets', others(false)),
    ...(hasMacros ? [{ kind: 'macros', count: 1, text: '' } as const] : []),
    ...(hasLinks ? [{ kind: 'links', count: 1, text: '' } as const] : []),
  ]
}

function sheetNotes(table: SheetTable, headerRow: number): readonly FileNote[] {
  const isHead = (merge: string) => rowOf(merge.split(':')[0]) <= headerRow
  const [heads, others] = [table.merges.filter(isHead), table.merges.filter(merge => !isHead(merge))]
  const counted = (kind: FileNote['kind'], count: number, text = ''): readonly FileNote[] =>
    count === 0 ? [] : [{ kind, count, text }]
  return [
    ...counted('formulas', table.formulas - table.withoutValue),
    ...counted('formulas-without-value', table.withoutValue),
    ...counted('hidden-rows', table.hiddenRows),
    ...counted('merged-header', heads.length, heads.slice(0, 20).join(', ')),
    ...counted('merged-cells', others.length, others.slice(0, 20).join(', ')),
    ...counted('cells-beyond', table.beyond),
  ]
}

const rowOf = (place: string | undefined) => Number(/\d+$/.exec(place ?? '')?.[0] ?? 0)
