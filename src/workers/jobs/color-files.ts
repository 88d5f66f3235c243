import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { outputBook, quotesBook } from '../../core/color/color-book.ts'
import { type FileNote, type FileSheet, openColorFile } from '../../core/color/color-file.ts'
import type { ColorFileTrouble } from '../../core/color/color-problems.ts'
import type { ColorRow } from '../../core/color/color-row.ts'
import { tableSource } from '../../core/color/color-source.ts'
import { type ColorPlan, generateColors } from '../../core/color/generator.ts'
import { type LearnedMapping, layoutOf } from '../../core/color/learned-mapping.ts'
import type { PlacedColor } from '../../core/color/lineage.ts'
import { type ColorsRead, type ColorsUnusable, type ReadColorsOptions, readColors } from '../../core/color/read-colors.ts'
import { FileUnusable } from '../../core/color/workbook/byte-tools.ts'
import { type WorkbookText, writeWorkbook } from '../../core/color/workbook/write-workbook.ts'
import { type RunStamp, writeColors, writePlainRows, writeQuotes } from '../../core/color/write-colors.ts'
import { byteTools } from '../byte-tools.ts'

export interface ReadInput extends Omit<ReadColorsOptions, 'onRows'> {
  readonly path: string
  readonly sheet?: string | undefined
}

/** What a file of quotes is, and what it says. */
export interface ReadOutput {
  readonly format: 'csv' | 'xlsx' | 'xls'
  readonly sheets: readonly FileSheet[]
  readonly sheet: string | null
  readonly notes: readonly FileNote[]
  readonly bytes: number
  readonly sha256: string
  readonly result: ColorsRead | ColorsUnusable
}

/** Bytes of the largest file that is read into memory at once. */
const LARGEST = 1 << 30

/** Reads a file of quotes, delimited or a workbook. Fails: FileUnusable with the reason for what is no table. */
function readFile({ path, sheet, ...options }: ReadInput): ReadOutput {
  if (statSync(path).size > LARGEST) throw new FileUnusable('it has more than 1 GB; split it into parts')
  const bytes = readFileSync(path)
  const file = openColorFile(bytes, { sheet, mapping: options.mapping }, byteTools)
  const result = readColors(file.source, options)
  const { format, sheets } = file
  const row = result.kind === 'read' ? result.header.row : (result.head?.row ?? 0)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { format, sheets, sheet: file.sheet, notes: file.notes(row), bytes: bytes.length, sha256, result }
}

export interface TableInput extends Omit<ReadColorsOptions, 'onRows' | 'mapping'> {
  readonly header: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly learned: readonly LearnedMapping[]
}

/** What the rows of an answer are, without those that are set apart. */
export type TableOutput =
  | { readonly kind: 'unusable'; readonly trouble: ColorFileTrouble }
  | {
      readonly kind: 'rows'
      readonly rows: readonly ColorRow[]
      readonly read: number
      readonly quarantined: number
      readonly repeats: number
    }

/** Reads the answer of a database as if it were a sheet: its names stand in row 1. */
function readTable({ header, rows, learned, ...options }: TableInput): TableOutput {
  const cells = rows.map((row, k) => ({ row: k + 2, cells: row.map(cell => cell ?? '') }))
  const source = tableSource({
    rows: [{ row: 1, cells: header }, ...cells],
    heads: [{ row: 1, cells: header }],
    faults: new Map(),
  })
  const found = readColors(source, { ...options, mapping: layoutOf(source.heads(), learned, {})?.mapping })
  if (found.kind === 'unusable') return { kind: 'unusable', trouble: found.trouble }
  const { colors, read, quarantine, repeats } = found
  return { kind: 'rows', rows: colors.map(({ row }) => row), read, quarantined: quarantine.length, repeats: repeats.length }
}

interface Target {
  readonly file: string
  /** What is written under until it is whole. */
  readonly partial: string
}

export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

/** Writes pieces into a file that stands there whole or not at all, on the disk before this ends. */
function writeWhole({ file, partial }: Target, pieces: Iterable<Uint8Array | string>): WrittenFile {
  const hash = createHash('sha256')
  let bytes = 0
  const sink = openSync(partial, 'wx')
  try {
    try {
      for (const piece of pieces) {
        const plain = typeof piece === 'string' ? byteTools.encode(piece) : piece
        hash.update(plain)
        for (let at = 0; at < plain.length; ) at += writeSync(sink, plain, at)
        bytes += plain.length
      }
      fsyncSync(sink)
    } finally {
      closeSync(sink)
    }
    renameSync(partial, file)
  } catch (fault) {
    rmSync(partial, { force: true })
    throw fault
  }
  return { bytes, sha256: hash.digest('hex') }
}

export interface WriteInput extends Target {
  /** `rows` is the output for a machine. */
  readonly format: 'xlsx' | 'csv' | 'rows'
  readonly rows: readonly PlacedColor[]
  readonly stamp: RunStamp
}

const writeFile = ({ format, rows, stamp, ...target }: WriteInput): WrittenFile => {
  if (format === 'xlsx') return writeWhole(target, writeWorkbook(outputBook(rows, stamp), byteTools))
  return writeWhole(target, inPieces(format === 'csv' ? writeColors(rows, stamp) : writePlainRows(rows, stamp)))
}

/** Letters of a piece that is worth a call of the system. */
const PIECE = 1 << 18

function* inPieces(texts: Iterable<string>): Generator<string> {
  let held = ''
  for (const text of texts) {
    held += text
    if (held.length < PIECE) continue
    yield held
    held = ''
  }
  if (held !== '') yield held
}

export interface GenerateInput extends Target {
  readonly format: 'xlsx' | 'csv'
  readonly plan: ColorPlan
}

const generate = ({ format, plan, ...target }: GenerateInput): WrittenFile => {
  const rows = generateColors(plan)
  return writeWhole(target, format === 'csv' ? writeQuotes(rows) : writeWorkbook(quotesBook(rows, plan.rows), byteTools))
}

/** Bytes of their own: a small Buffer lies in a pool that cannot be given away. */
const sheetBytes = (book: WorkbookText): Uint8Array => new Uint8Array(Buffer.concat([...writeWorkbook(book, byteTools)]))

/** Jobs of files that come in and go out. */
export const colorFilesJobs = {
  'color.read': readFile,
  'color.table': readTable,
  'color.write': writeFile,
  'color.generate': generate,
  'color.sheets': sheetBytes,
} as const
