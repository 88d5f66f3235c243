import { FileUnusable } from './byte-tools.ts'
import { columnLetters, createShaper, type NumberShape, numberText, shapeOf } from './cell-values.ts'
import { openCompound } from './compound.ts'
import { KINDS, type OldRecord, OldText, recordsFrom } from './old-records.ts'
import { mergedHeads, type SheetTable } from './sheet.ts'
import type { Workbook } from './workbook.ts'

const BIFF8 = 0x0600
const ERRORS: Readonly<Record<number, string>> = {
  ...{ 0: '#NULL!', 7: '#DIV/0!', 15: '#VALUE!', 23: '#REF!', 29: '#NAME?', 36: '#NUM!' },
}
const NOT_AVAILABLE = 0x2a

interface Globals {
  readonly sheets: readonly { readonly name: string; readonly isHidden: boolean; readonly at: number }[]
  readonly strings: readonly string[]
  /** A number of a cell as the style of that number shapes it. */
  readonly written: (value: number, style: number) => string
  readonly hasLinks: boolean
}

/**
 * Opens a workbook of Excel 97 to 2003.
 *
 * Fails: FileUnusable for one with a password, an older one, a damaged one, and for what is no workbook.
 */
export function openOldWorkbook(bytes: Uint8Array): Workbook {
  const file = openCompound(bytes)
  if (file.names.includes('EncryptedPackage')) throw new FileUnusable('it is protected with a password; save it without one')
  const stream = file.read('Workbook')
  if (!stream) {
    if (file.names.includes('Book')) throw new FileUnusable('it is older than Excel 97; open it and save it as .xlsx')
    throw new FileUnusable('it is a document of Office, but no workbook')
  }
  const { sheets, hasLinks, ...ground } = globalsOf(stream)
  if (sheets.length === 0) throw new FileUnusable('it has no sheet with cells')
  return {
    sheets: sheets.map(({ name, isHidden }) => ({ name, isHidden })),
    hasMacros: file.names.includes('_VBA_PROJECT_CUR'),
    hasLinks,
    read: at => readOldSheet(recordsFrom(stream, sheets[at]!.at), ground),
  }
}

function globalsOf(stream: Uint8Array): Globals {
  const sheets: { name: string; isHidden: boolean; at: number }[] = []
  const codes = new Map<number, string>()
  const formats: number[] = []
  const texts: Uint8Array[] = []
  let [is1904, hasLinks, last] = [false, false, 0]
  for (const { id, data, view } of recordsFrom(stream, 0)) {
    if (id === KINDS.begin && view.getUint16(0, true) !== BIFF8)
      throw new FileUnusable('it is older than Excel 97; open it and save it as .xlsx')
    if (id === KINDS.password) throw new FileUnusable('it is protected with a password; save it without one')
    if (id === KINDS.dateMode) is1904 = view.getUint16(0, true) === 1
    else if (id === KINDS.sheet && data[5] === 0)
      sheets.push({ name: new OldText([data], 6).text(1), isHidden: (data[4]! & 3) > 0, at: view.getUint32(0, true) })
    else if (id === KINDS.format) codes.set(view.getUint16(0, true), new OldText([data], 2).text(2))
    else if (id === KINDS.style) formats.push(view.getUint16(2, true))
    else if (id === KINDS.strings || (id === KINDS.continued && last === KINDS.strings)) texts.push(data)
    else if (id === KINDS.links) hasLinks ||= ![0x0401, 0x3a01].includes(view.getUint16(2, true))
    if (id !== KINDS.continued) last = id
  }
  const shapes = formats.map((format): NumberShape => shapeOf(format, codes.get(format)))
  const shaped = createShaper(is1904)
  const written = (value: number, style: number) => {
    const shape = shapes[style] ?? 'plain'
    return shape === 'plain' ? numberText(value) : shaped(value, shape)
  }
  return { sheets, strings: stringsOf(texts), written, hasLinks }
}

function stringsOf(parts: readonly Uint8Array[]): readonly string[] {
  const first = parts[0]
  if (!first || first.length < 8) return []
  const count = new DataView(first.buffer, first.byteOffset).getUint32(4, true)
  const bytes = parts.reduce((sum, { length }) => sum + length, 0)
  const text = new OldText(parts, 8)
  // No text takes less than three bytes, whatever the count says.
  return Array.from({ length: Math.min(count, bytes / 3) }, () => text.text(2))
}

function readOldSheet(records: Iterable<OldRecord>, { strings, written }: Pick<Globals, 'strings' | 'written'>): SheetTable {
  const rows = new Map<number, string[]>()
  const faults = new Map<number, Map<number, string>>()
  const merges: string[] = []
  let [formulas, hiddenRows, depth] = [0, 0, 0]
  let waiting: { row: number; column: number } | null = null
  const put = (row: number, column: number, text: string) => {
    const cells = rows.get(row) ?? []
    cells[column] = text
    rows.set(row, cells)
  }
  const error = (row: number, column: number, code: number) => {
    if (code === NOT_AVAILABLE) return
    const known = faults.get(row + 1) ?? new Map<number, string>()
    faults.set(row + 1, known.set(column, ERRORS[code] ?? '#ERROR'))
    put(row, column, '')
  }
  for (const { id, data, view } of records) {
    if (id === KINDS.begin) depth += 1
    else if (id === KINDS.end) depth -= 1
    // Cells of a chart are none of the sheet.
    if (depth !== 1 || data.length < 6) continue
    const [row, column, style] = [view.getUint16(0, true), view.getUint16(2, true), view.getUint16(4, true)]
    if (id === KINDS.label) put(row, column, strings[view.getUint32(6, true)] ?? '')
    else if (id === KINDS.number) put(row, column, written(view.getFloat64(6, true), style))
    else if (id === KINDS.shortNumber) put(row, column, written(shortNumber(view, 6), style))
    else if (id === KINDS.manyNumbers)
      for (let at = 4, k = column; at + 8 <= data.length; at += 6, k++)
        put(row, k, written(shortNumber(view, at + 2), view.getUint16(at, true)))
    else if (id === KINDS.oldLabel || id === KINDS.richLabel) put(row, column, new OldText([data], 6).text(2))
    else if (id === KINDS.truthOrError) {
      if (data[7] === 1) error(row, column, data[6]!)
      else put(row, column, data[6] === 1 ? 'TRUE' : 'FALSE')
    } else if (id === KINDS.formula) {
      formulas += 1
      if (view.getUint16(12, true) !== 0xffff) put(row, column, written(view.getFloat64(6, true), style))
      else if (data[6] === 0) waiting = { row, column }
      else if (data[6] === 1) put(row, column, data[8] === 1 ? 'TRUE' : 'FALSE')
      else if (data[6] === 2) error(row, column, data[8]!)
    } else if (id === KINDS.text && waiting) {
      put(waiting.row, waiting.column, new OldText([data], 0).text(2))
      waiting = null
    } else if (id === KINDS.row && data.length >= 14 && (view.getUint16(12, true) & 0x20) > 0) hiddenRows += 1
    else if (id === KINDS.merges) merges.push(...mergesOf(view))
  }
  const table = [...rows]
    .map(([row, cells]) => ({ row: row + 1, cells: Array.from(cells, cell => cell ?? '') }))
    .filter(({ row, cells }) => faults.has(row) || cells.some(cell => cell !== ''))
    .sort((a, b) => a.row - b.row)
  return { rows: table, heads: mergedHeads(table, merges), faults, formulas, withoutValue: 0, hiddenRows, merges, beyond: 0 }
}

/** A number in 30 bits: whole or the upper half of a double, either of them in hundredths. */
function shortNumber(view: DataView, at: number): number {
  const bits = view.getInt32(at, true)
  let value = bits >> 2
  if ((bits & 2) === 0) {
    const double = new DataView(new ArrayBuffer(8))
    double.setInt32(4, bits & ~3, true)
    value = double.getFloat64(0, true)
  }
  return bits & 1 ? value / 100 : value
}

function mergesOf(view: DataView): readonly string[] {
  const found: string[] = []
  for (let at = 2; at + 8 <= view.byteLength; at += 8) {
    const [top, bottom, left, right] = [0, 2, 4, 6].map(offset => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
      number,
    ]
    found.push(`${columnLetters(left)}${top + 1}:${columnLetters(right)}${bottom + 1}`)
  }
  return found
}
