import { type CsvRow, createCsvSplitter, fieldText } from '../imports/csv.ts'
import { DELIMITERS } from '../imports/guess.ts'
import type { ColorProblemKind } from './color-problems.ts'

/** One record of whatever colors come in: a line of a delimited file, a row of a sheet or of an answer. */
export interface ColorRecord {
  /** As a spreadsheet counts. */
  readonly fileRow: number
  /** Why the record as a whole cannot be used. */
  readonly trouble: ColorProblemKind | null
  readonly count: number
  /** The text of a cell, with the space around it. */
  text(k: number): string
  /** What stands in a cell that has no value though it is not blank, as the error of a formula; null elsewhere. */
  fault(k: number): string | null
}

/** A record that may hold the names of the columns. */
export interface HeadRecord {
  readonly row: number
  readonly names: readonly string[]
  /** What cells are cut by; empty where they are cells already. */
  readonly delimiter: string
}

/** Records that can be gone through again and again. */
export interface ColorSource {
  /** Records near the beginning, for each delimiter that is thinkable. */
  heads(): readonly HeadRecord[]
  /** Every record behind the names. The record is the same object each time. */
  each(header: Pick<HeadRecord, 'row' | 'delimiter'>, take: (record: ColorRecord) => void): void
}

/** The bytes of a delimited file in an encoding that has ASCII in it, and how they become text. */
export interface ColorText {
  readonly bytes: Uint8Array
  readonly decode: (bytes: Uint8Array) => string
}

/** Titles and blank lines may stand before the names; more of them than that are no preamble. */
export const DEEPEST_HEADER = 20
const HEAD_BYTES = 1 << 18

/** The records of a delimited file. */
export function textSource(text: ColorText): ColorSource {
  return {
    heads: () => DELIMITERS.flatMap(delimiter => firstRecords(text, delimiter)),
    each({ row, delimiter }, take) {
      let current: CsvRow | null = null
      let fileRow = 0
      // A record is decoded once: where every byte became one letter, as in nearly all files, its cells are slices of that.
      let whole: string | null = null
      const textOf = (k: number): string => {
        const { bytes, starts, ends, count, isQuoted } = current!
        const [from, to] = [starts[0]!, ends[count - 1]!]
        whole ??= text.decode(bytes.subarray(from, to))
        if (isQuoted[k] || whole.length !== to - from) return fieldText(current!, k, text.decode)
        return whole.slice(starts[k]! - from, ends[k]! - from)
      }
      const record = { fileRow: 0, trouble: null as ColorProblemKind | null, count: 0, text: textOf, fault: () => null }
      createCsvSplitter(delimiter.charCodeAt(0)).split(text.bytes, text.bytes.length, true, one => {
        fileRow += 1
        if (fileRow <= row) return
        current = one
        whole = null
        record.fileRow = fileRow
        record.trouble = one.trouble
        record.count = one.count
        take(record)
      })
    },
  }
}

function firstRecords({ bytes, decode }: ColorText, delimiter: string): readonly HeadRecord[] {
  const head = bytes.subarray(0, HEAD_BYTES)
  const found: HeadRecord[] = []
  let row = 0
  createCsvSplitter(delimiter.charCodeAt(0)).split(head, head.length, head.length === bytes.length, record => {
    row += 1
    if (row > DEEPEST_HEADER || record.trouble !== null) return
    found.push({ row, names: Array.from({ length: record.count }, (_, k) => fieldText(record, k, decode)), delimiter })
  })
  return found
}

/** Cells of a sheet, of an answer of a database, of what was pasted: text already. */
export interface TextTable {
  /** Rows with their number as a spreadsheet counts, in that order. */
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[]
  /** The first rows as they look, with names that reach over several of them in each; the rows themselves where it is left out. */
  readonly heads?: TextTable['rows']
  /** What stands in cells that have no value, by row and place. */
  readonly faults: ReadonlyMap<number, ReadonlyMap<number, string>>
}

/** The records of a table of text. */
export function tableSource({ rows, heads = rows, faults }: TextTable): ColorSource {
  return {
    heads: () => heads.filter(({ row }) => row <= DEEPEST_HEADER).map(({ row, cells }) => ({ row, names: cells, delimiter: '' })),
    each(header, take) {
      let cells: readonly string[] = []
      const record = {
        fileRow: 0,
        trouble: null,
        count: 0,
        text: (k: number) => cells[k] ?? '',
        fault: (k: number) => faults.get(record.fileRow)?.get(k) ?? null,
      }
      for (const one of rows) {
        if (one.row <= header.row) continue
        cells = one.cells
        record.fileRow = one.row
        record.count = cells.length
        take(record)
      }
    },
  }
}
