import { DEEPEST_HEADER, type TextTable } from '../color-source.ts'
import { FileUnusable } from './byte-tools.ts'
import { type NumberShape, numberText } from './cell-values.ts'
import { nameCode, type XmlCursor } from './xml.ts'

/** A sheet as text, and what there is to say about it. */
export interface SheetTable extends TextTable {
  readonly formulas: number
  /** Cells whose formula has no stored value. */
  readonly withoutValue: number
  readonly hiddenRows: number
  /** As `A1:C1`. */
  readonly merges: readonly string[]
  /** Cells that stand further right than anything is read. */
  readonly beyond: number
}

/** What a sheet has from its workbook. */
export interface SheetGround {
  readonly name: string
  readonly strings: readonly string[]
  /** By the style of a cell. */
  readonly shapes: readonly NumberShape[]
  /** A number as its format shapes it. */
  shaped(value: number, shape: NumberShape): string
}

/** Rows of a sheet that are read into memory. */
export const MOST_ROWS = 1_000_000
const MOST_COLUMNS = 512
const MOST_MERGES = 10_000
const [ROW, CELL, VALUE, FORMULA, TEXT, PHONETIC] = ['row', 'c', 'v', 'f', 't', 'rPh'].map(nameCode) as [
  number,
  number,
  number,
  number,
  number,
  number,
]
const [R, S, T, EQUALS] = [114, 115, 116, 61] as const
const [ZERO, NINE, POINT, MINUS] = [48, 57, 46, 45] as const

interface CellMark {
  column: number
  row: number
  style: number
  type: string
}

/** Reads a sheet of a workbook into rows of text. Fails: FileUnusable for one with too many rows, or that is damaged. */
export function readSheet(xml: XmlCursor, ground: SheetGround): SheetTable {
  const rows: { readonly row: number; readonly cells: string[] }[] = []
  const faults = new Map<number, Map<number, string>>()
  const seen = { formulas: 0, withoutValue: 0, hiddenRows: 0, beyond: 0 }
  const merges: string[] = []
  let row = 0
  let column = 0
  let cells: string[] = []
  let hasValue = false
  const mark: CellMark = { column: 0, row: 0, style: 0, type: '' }
  const fault = (text: string) => {
    const known = faults.get(row) ?? new Map<number, string>()
    faults.set(row, known.set(column, text))
    hasValue = true
  }
  const endRow = () => {
    if (!hasValue) return
    if (rows.length >= MOST_ROWS)
      throw new FileUnusable(
        `its sheet '${ground.name}' has more than ${MOST_ROWS.toLocaleString('en')} rows; split it, or save it as CSV`,
      )
    for (let k = 0; k < cells.length; k++) cells[k] ??= ''
    rows.push({ row, cells })
  }
  for (let kind = xml.next(); kind !== 'end'; kind = xml.next()) {
    if (kind === 'close') {
      if (xml.code === ROW) endRow()
      continue
    }
    if (kind !== 'open') continue
    if (xml.code === ROW) {
      row = Number(xml.attribute('r') ?? row + 1)
      const hidden = xml.attribute('hidden')
      if (hidden === '1' || hidden === 'true') seen.hiddenRows += 1
      cells = []
      hasValue = false
      column = -1
    } else if (xml.code === CELL) {
      readMark(xml, mark)
      column = mark.column < 0 ? column + 1 : mark.column
      const cell = readCell(xml, mark, ground)
      if (cell.formula !== null) seen.formulas += 1
      if (column >= MOST_COLUMNS) {
        if (cell.text !== '') seen.beyond += 1
      } else if (cell.fault !== null) fault(cell.fault)
      else if (cell.text !== '') {
        cells[column] = cell.text
        hasValue = true
      } else if (cell.formula !== null && !cell.isStored) {
        seen.withoutValue += 1
        fault(`=${cell.formula}`)
      }
    } else if (xml.code === 0 && xml.name() === 'mergeCell' && merges.length < MOST_MERGES)
      merges.push(xml.attribute('ref') ?? '')
  }
  return { rows, heads: mergedHeads(rows, merges), faults, ...seen, merges }
}

/** Place, style and type of a cell; a column of -1 is the next one. */
function readMark({ bytes, from, to }: XmlCursor, mark: CellMark): void {
  mark.column = -1
  mark.style = 0
  mark.type = ''
  let at = from
  while (at < to) {
    while (at < to && bytes[at]! <= 32) at++
    const letter = bytes[at]
    const isShort = bytes[at + 1] === EQUALS
    while (at < to && bytes[at] !== EQUALS) at++
    const quote = bytes[at + 1]!
    const open = at + 2
    let close = open
    while (close < to && bytes[close] !== quote) close++
    if (isShort && letter === R) {
      let column = 0
      for (let k = open; k < close && bytes[k]! > NINE; k++) column = column * 26 + (bytes[k]! & 31)
      mark.column = column - 1
    } else if (isShort && letter === S) mark.style = digits(bytes, open, close)
    else if (isShort && letter === T) mark.type = typeOf(bytes, open, close)
    at = close + 1
  }
}

const TYPES = ['s', 'b', 'e', 'n', 'd', 'str', 'inlineStr'] as const

/** The type of a cell out of the bytes of its name; all of these differ in their length or first letter. */
function typeOf(bytes: Uint8Array, from: number, to: number): string {
  for (const type of TYPES) if (type.length === to - from && type.charCodeAt(0) === bytes[from]) return type
  return ''
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let k = from; k < to; k++) value = value * 10 + (bytes[k]! - ZERO)
  return value
}

interface CellRead {
  text: string
  formula: string | null
  isStored: boolean
  fault: string | null
}

/** One for all cells: a fresh object each would be much of the work. */
const cell: CellRead = { text: '', formula: null, isStored: false, fault: null }

function readCell(xml: XmlCursor, mark: CellMark, ground: SheetGround): CellRead {
  cell.text = ''
  cell.formula = null
  cell.isStored = false
  cell.fault = null
  if (xml.isEmpty) return cell
  let inside = 0
  let isPhonetic = false
  for (let kind = xml.next(); kind !== 'end'; kind = xml.next()) {
    if (kind === 'open') {
      inside = xml.code
      if (inside === FORMULA) cell.formula ??= ''
      else if (inside === PHONETIC) isPhonetic = true
    } else if (kind === 'close') {
      if (xml.code === CELL) break
      if (xml.code === PHONETIC) isPhonetic = false
      inside = 0
    } else if (inside === VALUE) {
      cell.isStored = true
      takeValue(xml, mark, ground)
    } else if (inside === TEXT && !isPhonetic) cell.text += xml.text()
    else if (inside === FORMULA) cell.formula = xml.text()
  }
  return cell
}

function takeValue(xml: XmlCursor, { type, style }: CellMark, ground: SheetGround): void {
  if (type === 's') cell.text = ground.strings[digits(xml.bytes, xml.from, xml.to)] ?? ''
  else if (type === 'str' || type === 'inlineStr') cell.text = xml.text()
  else if (type === 'b') cell.text = xml.text().trim() === '1' ? 'TRUE' : 'FALSE'
  else if (type === 'd')
    cell.text = xml
      .text()
      .trim()
      .replace('T', ' ')
      .replace(/( 00:00:00(\.0+)?)?Z?$/, '')
  else if (type === 'e') {
    const error = xml.text().trim()
    // What is not available is what desks write for no value at all.
    if (error !== '#N/A') cell.fault = error
  } else {
    const shape = ground.shapes[style] ?? 'plain'
    if (shape === 'plain' && isCanonical(xml)) {
      cell.text = String.fromCharCode.apply(null, xml.bytes.subarray(xml.from, xml.to) as unknown as number[])
      return
    }
    const text = xml.text().trim()
    const value = Number(text)
    if (text === '') return
    if (Number.isNaN(value)) cell.fault = text
    else cell.text = shape === 'plain' ? numberText(value) : ground.shaped(value, shape)
  }
}

/** Most bytes of a number that is its own shortest text. */
const SHORT = 13

/** Whether a number is written as numberText would: a point, no zeros that say nothing, few enough digits. */
function isCanonical({ bytes, from, to }: XmlCursor): boolean {
  if (to - from > SHORT || to === from) return false
  const first = bytes[from] === MINUS ? from + 1 : from
  let point = -1
  for (let k = first; k < to; k++) {
    const byte = bytes[k]!
    if (byte === POINT && point < 0 && k > first) point = k
    else if (byte < ZERO || byte > NINE) return false
  }
  if (bytes[first] === ZERO && point !== first + 1) return to - from === 1
  return point < 0 ? true : bytes[to - 1] !== ZERO && point < to - 1
}

const MERGE = /^([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)$/

/** The first rows with names that reach over several of them in each, as they look. */
export function mergedHeads(rows: SheetTable['rows'], merges: readonly string[]): SheetTable['rows'] {
  const heads = rows.slice(0, DEEPEST_HEADER).map(({ row, cells }) => ({ row, cells: [...cells] }))
  for (const merge of merges) {
    const [, letters, top, , bottom] = MERGE.exec(merge) ?? []
    if (letters === undefined || top === bottom || Number(top) > DEEPEST_HEADER) continue
    const column = Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
    const from = heads.find(({ row }) => row === Number(top))?.cells[column]
    if (!from) continue
    for (const { row, cells } of heads) {
      if (row <= Number(top) || row > Number(bottom)) continue
      for (let k = cells.length; k < column; k++) cells[k] = ''
      cells[column] ||= from
    }
  }
  return heads
}
