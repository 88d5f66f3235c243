import { createHash, type Hash } from 'node:crypto'
import { createCsvSplitter, LONGEST_ROW } from '../../core/imports/csv.ts'
import { csvFields, valueFields } from '../../core/imports/fields.ts'
import { createJsonSplitter, parseObject } from '../../core/imports/json.ts'
import type { Mapping } from '../../core/imports/mapping.ts'
import { createRowReader, type RowReader } from '../../core/imports/rows.ts'
import type { Problem } from '../../core/imports/rules.ts'
import { createSettler } from '../../core/imports/settle.ts'
import { createProblemList } from './imports-problems.ts'
import { type JsonShape, readColumns, type SampleInput, type SampleOutput, sampleFile } from './imports-sample.ts'
import { createBatchWriter, createSorter } from './imports-spill.ts'
import { decoderOf, eachPiece } from './imports-text.ts'

export interface ParseInput {
  readonly path: string
  readonly mapping: Mapping
  readonly jsonShape: JsonShape | null
  readonly bomBytes: number
  /** Epoch microseconds. */
  readonly now: number
  /** An empty folder for what does not fit into memory; `rows.bin` and `problems.csv` are left there. */
  readonly folder: string
  /** Taken from every line number: a file made from another has a header of its own. */
  readonly lineOffset: number
  /** False for a dry run, which leaves no rows.bin. */
  readonly keepRows: boolean
}

export interface ParseOutput {
  readonly read: number
  readonly accepted: number
  readonly refused: number
  readonly flagged: number
  readonly problems: readonly Problem[]
  readonly problemCount: number
  readonly byRule: Readonly<Record<string, number>>
  /** Epoch microseconds; NaN where no row was accepted. */
  readonly from: number
  readonly to: number
  /** Of the file as it was read. */
  readonly sha256: string
}

/** Share of the work that reading is; the rest is putting the rows in order. */
const READING_SHARE = 0.85

/**
 * Reads a whole file into rows in order of time, in bounded memory: what is good goes to `rows.bin`, what is not into the list.
 *
 * Fails: Error with a sentence where the file cannot be read at all.
 */
export function parseFile(input: ParseInput, report: (fraction: number) => void): ParseOutput {
  const { mapping, folder } = input
  const problems = createProblemList(`${folder}/problems.csv`)
  const sorter = createSorter(folder, mapping.kind)
  const onProblem = (problem: Problem) =>
    problems.add(input.lineOffset === 0 ? problem : { ...problem, line: problem.line + input.lineOffset })
  const reader = createRowReader({ mapping, now: input.now, onProblem, into: () => sorter.into() })
  const hash = createHash('sha256')
  const onRead = progressOf(hash, report)
  if (mapping.format === 'json' && input.jsonShape === 'columns') readJsonColumns(input, reader, onRead)
  else if (mapping.format === 'json') readJsonRecords(input, reader, onRead)
  else readCsv(input, reader, onRead)
  const settler = createSettler(mapping, reader.evidence, onProblem)
  const writer = input.keepRows ? createBatchWriter(`${folder}/rows.bin`, mapping.kind) : null
  let seen = 0
  const total = reader.counts.read - reader.counts.refused
  sorter.drain((columns, k) => {
    if (settler.keeps(columns, k)) writer?.add(columns, k)
    if ((++seen & 0xffff) === 0) report(READING_SHARE + (1 - READING_SHARE) * (seen / total))
  })
  writer?.close()
  const { first, byRule, total: problemCount } = problems.finish()
  const { accepted, flagged, refused, from, to } = settler.counts
  return {
    read: reader.counts.read,
    accepted,
    flagged,
    refused: reader.counts.refused + refused,
    problems: first,
    problemCount,
    byRule,
    from,
    to,
    sha256: hash.digest('hex'),
  }
}

type OnRead = (bytes: Uint8Array, sofar: number, total: number) => void

function progressOf(hash: Hash, report: (fraction: number) => void): OnRead {
  return (bytes, sofar, total) => {
    hash.update(bytes)
    report(READING_SHARE * (sofar / Math.max(1, total)))
  }
}

function readCsv({ path, mapping, bomBytes }: ParseInput, reader: RowReader, onRead: OnRead): void {
  const splitter = createCsvSplitter(mapping.delimiter.charCodeAt(0))
  const decode = decoderOf(mapping.encoding)
  let fields: ReturnType<typeof csvFields> | null = null
  let skip = mapping.headerRows
  eachPiece(path, { encoding: mapping.encoding, skip: bomBytes, onRead }, (bytes, length, isLast) =>
    splitter.split(bytes, length, isLast, row => {
      if (skip > 0) {
        skip--
        return
      }
      fields ??= csvFields(row, mapping.decimal, decode)
      if (row.trouble) {
        const shown = decode(row.bytes.subarray(row.starts[0], Math.min(row.ends[0]!, row.starts[0]! + 200)))
        reader.refuse(row.trouble, row.line, shown, { limit: LONGEST_ROW })
      } else if (row.count > 1 || !fields.isBlank(0)) {
        reader.take(fields, row.line)
      }
    }),
  )
}

function readJsonRecords({ path, mapping, bomBytes }: ParseInput, reader: RowReader, onRead: OnRead): void {
  const splitter = createJsonSplitter()
  const decode = decoderOf(mapping.encoding)
  const names = mapping.columns.map(column => column.name)
  const fields = valueFields(mapping.decimal)
  eachPiece(path, { encoding: mapping.encoding, skip: bomBytes, onRead }, (bytes, length, isLast) => {
    const done = splitter.split(bytes, length, record => {
      const text = decode(record.bytes.subarray(record.start, record.end))
      const object = parseObject(text)
      if (!object) return reader.refuse('not-a-record', record.line, text)
      fields.hold(names.map(name => object[name]))
      reader.take(fields, record.line)
    })
    if (done === length || (!isLast && length - done <= LONGEST_ROW)) return done
    // An object without an end: the rest of the file is one, or it is not JSON.
    if (isLast) reader.refuse('not-a-record', splitter.line(), decode(bytes.subarray(done, Math.min(length, done + 200))))
    else throw new FileUnusable(`the JSON object on line ${splitter.line()} is longer than ${LONGEST_ROW} bytes`)
    return length
  })
}

function readJsonColumns({ path, mapping }: ParseInput, reader: RowReader, onRead: OnRead): void {
  let size = 0
  eachPiece(
    path,
    {
      encoding: 'utf-8',
      skip: 0,
      onRead(bytes, sofar, total) {
        size = total
        onRead(bytes, sofar, total)
      },
    },
    (_, length) => length,
  )
  const columns = readColumns(path, size, mapping.encoding)
  if (typeof columns === 'string') throw new FileUnusable(columns)
  const lists = mapping.columns.map(({ name }) => (columns[name] as unknown[] | undefined) ?? [])
  const fields = valueFields(mapping.decimal)
  const rows = Math.max(0, ...lists.map(list => list.length))
  for (let k = 0; k < rows; k++) {
    fields.hold(lists.map(list => list[k]))
    reader.take(fields, k + 1)
  }
}

/** SHA-256 of a file. */
function hashFile(path: string): string {
  const hash = createHash('sha256')
  eachPiece(path, { encoding: 'utf-8', skip: 0, onRead: bytes => void hash.update(bytes) }, (_, length) => length)
  return hash.digest('hex')
}

/** The file cannot be read as what the mapping says; the message is why, in words. */
class FileUnusable extends Error {
  override readonly name = 'FileUnusable'
}

/** Jobs of the imports domain. */
export const importsJobs = {
  'imports.hash': hashFile,
  'imports.sample': (input: SampleInput): SampleOutput => sampleFile(input),
  'imports.parse': parseFile,
} as const
