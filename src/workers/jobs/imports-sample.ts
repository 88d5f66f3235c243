import { statSync } from 'node:fs'
import { createCsvSplitter, fieldText } from '../../core/imports/csv.ts'
import { detectKind, type Encoding, type FileKind } from '../../core/imports/encoding.ts'
import { type Guess, guessDelimiter, guessTable, type Sample } from '../../core/imports/guess.ts'
import { cellText, createJsonSplitter, parseObject } from '../../core/imports/json.ts'
import type { Mapping } from '../../core/imports/mapping.ts'
import { decoderOf, readPart } from './imports-text.ts'

const HEAD_BYTES = 512 * 1024
const PART_BYTES = 64 * 1024
const HEAD_RECORDS = 1000
const SHOWN = 50

export interface SampleInput {
  readonly path: string
  /** The name that a person gave it; its ending tells JSON from CSV where the content does not. */
  readonly file: string
  /** What was already decided about it. */
  readonly fixed: Partial<Mapping>
}

export type SampleOutput =
  | (Guess & {
      readonly kind: 'table'
      readonly rows: readonly (readonly string[])[]
      readonly bomBytes: number
      readonly jsonShape: JsonShape | null
    })
  | { readonly kind: 'parquet' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** How a JSON file holds its table. */
export type JsonShape = 'records' | 'columns'

/** Looks at the beginning, the middle and the end of a file, and guesses how it is to be read. */
export function sampleFile({ path, file, fixed }: SampleInput): SampleOutput {
  const { size } = statSync(path)
  if (size === 0) return { kind: 'empty' }
  const head = readPart(path, 0, HEAD_BYTES)
  const found = detectKind(head)
  if (found.kind === 'parquet') return { kind: 'parquet' }
  if (found.kind === 'binary') return { kind: 'unreadable', reason: `it is ${found.what}` }
  const encoding = fixed.encoding ?? found.encoding
  const bomBytes = encoding === found.encoding ? found.bomBytes : 0
  const texts = textsOf(path, size, head.subarray(bomBytes), encoding)
  const isJson = fixed.format === 'json' || (!fixed.format && looksJson(texts.head, file))
  const notes = encodingNotes(found, encoding, texts.head)
  const made = isJson ? sampleJson(path, size, texts, encoding) : sampleCsv(texts, encoding, fixed)
  if (made.kind !== 'table') return made
  const mapping: Mapping = { ...made.mapping, ...fixed, columns: mergedColumns(made.mapping, fixed) }
  return { ...made, mapping, notes: [...notes, ...made.notes], bomBytes }
}

function mergedColumns(guessed: Mapping, fixed: Partial<Mapping>): Mapping['columns'] {
  return fixed.columns && fixed.columns.length > 0 ? fixed.columns : guessed.columns
}

interface Texts {
  readonly head: string
  readonly parts: readonly string[]
  /** The head holds the whole file. */
  readonly isWhole: boolean
}

function textsOf(path: string, size: number, head: Uint8Array, encoding: Encoding): Texts {
  const decoder = new TextDecoder(encoding === 'windows-1252' ? 'windows-1252' : encoding)
  const isWhole = size <= HEAD_BYTES
  const starts = isWhole ? [] : [0.33, 0.66, 1].map(share => Math.max(HEAD_BYTES, Math.floor(share * (size - PART_BYTES)) & ~1))
  // The first line of a part is cut off, and so may the last be.
  const parts = starts.map(from =>
    decoder
      .decode(readPart(path, from, PART_BYTES))
      .split(/\r\n|\n|\r/)
      .slice(1, -1)
      .join('\n'),
  )
  return { head: decoder.decode(head), parts, isWhole }
}

function encodingNotes(found: Extract<FileKind, { kind: 'text' }>, encoding: Encoding, head: string): string[] {
  if (encoding !== found.encoding) return [`The bytes look like ${found.encoding}, not ${encoding}.`]
  if (!found.isSure) return ['The file is not UTF-8; it is read as windows-1252.']
  return /Ã[\u0080-\u00bf]|�/.test(head) ? ['Some letters look as if the file had been saved in a wrong encoding.'] : []
}

function looksJson(head: string, file: string): boolean {
  return /^\s*[[{]/.test(head) && (/\.(json|ndjson|jsonl)$/i.test(file) || /^\s*(\[\s*)?\{\s*"/.test(head))
}

function csvRecords(text: string, delimiter: string, isWhole: boolean, most: number): string[][] {
  const records: string[][] = []
  const bytes = Buffer.from(text, 'utf8')
  const decode = decoderOf('utf-8')
  createCsvSplitter(delimiter.charCodeAt(0)).split(bytes, bytes.length, isWhole, row => {
    if (records.length >= most || row.trouble === 'quote-unclosed') return
    records.push(Array.from({ length: row.count }, (_, k) => fieldText(row, k, decode)))
  })
  return records
}

function sampleCsv(texts: Texts, encoding: Encoding, fixed: Partial<Mapping>): SampleOutput {
  const few = texts.head.slice(0, 64 * 1024)
  const guessed = guessDelimiter(delimiter => csvRecords(few, delimiter, few.length === texts.head.length && texts.isWhole, 200))
  const delimiter = fixed.delimiter || guessed.delimiter
  const head = csvRecords(texts.head, delimiter, texts.isWhole, HEAD_RECORDS)
  if (head.every(record => record.every(cell => cell.trim() === ''))) {
    if (texts.isWhole) return { kind: 'empty' }
    return { kind: 'unreadable', reason: 'its first row is longer than a row of a table can be' }
  }
  const rest = texts.parts.flatMap(part => csvRecords(part, delimiter, true, HEAD_RECORDS))
  const sample: Sample = { head, rest }
  const guess = guessTable(sample, { format: 'csv', encoding, delimiter })
  const first = fixed.headerRows ?? guess.mapping.headerRows
  const rows = head.slice(first).filter(record => record.some(cell => cell.trim() !== ''))
  if (rows.length === 0) return { kind: 'empty' }
  const confidence = { ...guess.confidence, delimiter: guessed.confidence }
  return { ...guess, kind: 'table', confidence, rows: rows.slice(0, SHOWN), bomBytes: 0, jsonShape: null }
}

function sampleJson(path: string, size: number, texts: Texts, encoding: Encoding): SampleOutput {
  const bytes = Buffer.from(texts.head, 'utf8')
  const objects: Readonly<Record<string, unknown>>[] = []
  createJsonSplitter().split(bytes, bytes.length, record => {
    const parsed = objects.length < HEAD_RECORDS ? parseObject(bytes.toString('utf8', record.start, record.end)) : null
    if (parsed) objects.push(parsed)
  })
  const isColumns = objects.length <= 1 && /^\s*\{/.test(texts.head) && (objects.length === 0 || isTableOfColumns(objects[0]!))
  if (isColumns) {
    if (objects.length === 0 && texts.isWhole) return { kind: 'unreadable', reason: 'it is not complete JSON' }
    const columns = objects[0] ?? readColumns(path, size, encoding)
    if (typeof columns === 'string') return { kind: 'unreadable', reason: columns }
    return tableOf(recordsOf(columns), Object.keys(columns), encoding, 'columns')
  }
  if (objects.length === 0)
    return /^\s*\[\s*\]\s*$/.test(texts.head)
      ? { kind: 'empty' }
      : { kind: 'unreadable', reason: 'it holds no JSON objects with named values' }
  const names = [...new Set(objects.flatMap(one => Object.keys(one)))]
  return tableOf(
    objects.map(one => names.map(name => cellText(one[name]))),
    names,
    encoding,
    'records',
  )
}

function tableOf(
  records: readonly (readonly string[])[],
  names: readonly string[],
  encoding: Encoding,
  jsonShape: JsonShape,
): SampleOutput {
  if (records.length === 0) return { kind: 'empty' }
  const guess = guessTable(
    { head: records.slice(0, HEAD_RECORDS), rest: [] },
    { format: 'json', encoding, delimiter: '', hasHeader: names },
  )
  return { ...guess, kind: 'table', rows: records.slice(0, SHOWN), bomBytes: 0, jsonShape }
}

/** An object whose values are lists of one length is a table by columns. */
export function isTableOfColumns(value: Readonly<Record<string, unknown>>): boolean {
  const lists = Object.values(value)
  return (
    lists.length > 0 &&
    lists.every(list => Array.isArray(list)) &&
    new Set(lists.map(list => (list as unknown[]).length)).size === 1
  )
}

/** Larger than this, a file that is one single JSON value cannot be held in memory to read it. */
const LARGEST_VALUE = 256 * 1024 * 1024

/** The table of a file that is one object of columns, or why it cannot be read. */
export function readColumns(path: string, size: number, encoding: Encoding): Readonly<Record<string, unknown>> | string {
  if (size > LARGEST_VALUE) return 'it is one JSON object of more than 256 MB; write one object a line instead'
  const decoder = new TextDecoder(encoding === 'windows-1252' ? 'windows-1252' : encoding)
  const value = parseObject(decoder.decode(readPart(path, 0, size)))
  if (!value) return 'it is not JSON, or is cut off'
  return isTableOfColumns(value) ? value : 'it is one JSON object, but not of columns of one length'
}

function recordsOf(columns: Readonly<Record<string, unknown>>): string[][] {
  const lists = Object.values(columns) as unknown[][]
  return Array.from({ length: Math.min(HEAD_RECORDS, lists[0]!.length) }, (_, k) => lists.map(list => cellText(list[k])))
}
