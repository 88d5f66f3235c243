import { readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type CsvRow, createCsvSplitter, fieldText } from '../../core/imports/csv.ts'
import { detectKind, type Encoding } from '../../core/imports/encoding.ts'
import { fromMillis } from '../../core/kit/time.ts'
import { type ChainReading, createChainCollector } from '../../core/options/read-chain/chain-of-rows.ts'
import { type ChainGuess, guessChain } from '../../core/options/read-chain/guess-chain.ts'
import type { ChainMapping } from '../../core/options/read-chain/mapping.ts'
import { decoderOf, eachPiece, readPart } from './imports-text.ts'

export interface ChainFileInput {
  readonly path: string
  /** What was already decided about it. */
  readonly fixed: Partial<ChainMapping>
  /** A person says that it is a chain, whatever its columns are called. */
  readonly isMeant?: boolean
}

export type ChainFileOutput =
  | {
      readonly kind: 'chain'
      readonly guess: ChainGuess
      readonly reading: ChainReading
      /** First records of data, as text. */
      readonly rows: readonly (readonly string[])[]
    }
  /** Text, but nothing in it says that it is a chain; the guess shows what was found. */
  | { readonly kind: 'other'; readonly guess: ChainGuess; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string }

const HEAD_BYTES = 256 * 1024
const HEAD_RECORDS = 500
const SHOWN = 50
/** A chain of a whole year unpacks to less; more is a file made to fill the memory. */
const MOST_UNPACKED = 600 * 1024 * 1024

/**
 * Reads a file of option quotes: what it is, how it is to be read, and the chain in it.
 *
 * A file packed with gzip is unpacked in memory. Fails: never for what stands in the file; that is the answer.
 */
export function readChainFile(
  { path, fixed, isMeant = false }: ChainFileInput,
  report: (fraction: number) => void,
): ChainFileOutput {
  const stat = statSync(path)
  if (stat.size === 0) return { kind: 'empty' }
  const unpacked = isGzip(readPart(path, 0, 2)) ? unpack(path) : null
  if (unpacked && 'reason' in unpacked) return { kind: 'unreadable', reason: unpacked.reason }
  const head = unpacked ? unpacked.bytes.subarray(0, HEAD_BYTES) : readPart(path, 0, HEAD_BYTES)
  if (head.length === 0) return { kind: 'empty' }
  const found = detectKind(head)
  if (found.kind === 'parquet') return { kind: 'unreadable', reason: 'it is a Parquet file; a chain is read from CSV' }
  if (found.kind === 'binary') return { kind: 'unreadable', reason: `it is ${found.what}` }
  const encoding = fixed.encoding ?? found.encoding
  const skip = encoding === found.encoding ? found.bomBytes : 0
  const isWhole = (unpacked ? unpacked.bytes.length : stat.size) <= HEAD_BYTES
  const split = headSplitter(new TextDecoder(encoding).decode(head.subarray(skip)), isWhole)
  const guess = guessChain(split, { encoding, isSureOfEncoding: found.isSure || fixed.encoding !== undefined, fixed })
  const { mapping } = guess
  const records = split(mapping.delimiter)
  if (records.every(record => record.every(cell => cell.trim() === ''))) return { kind: 'empty' }
  const rows = records.slice(mapping.headerRows, mapping.headerRows + SHOWN).map(record => [...record])
  if (!guess.isChain && !isMeant && fixed.columns === undefined) return { kind: 'other', guess, rows }
  const collector = createChainCollector(mapping, fromMillis(stat.mtimeMs))
  const splitter = createCsvSplitter(mapping.delimiter.charCodeAt(0))
  const onRow = rowTaker(mapping, collector)
  const use = (bytes: Uint8Array, length: number, isLast: boolean) => splitter.split(bytes, length, isLast, onRow)
  if (unpacked) {
    const bytes = asUtf8(unpacked.bytes.subarray(skip), encoding)
    use(bytes, bytes.length, true)
  } else {
    const onRead = (_: Uint8Array, sofar: number, total: number) => report(sofar / Math.max(1, total))
    eachPiece(path, { encoding, skip, onRead }, use)
  }
  return { kind: 'chain', guess, reading: collector.finish(), rows }
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

function unpack(path: string): { readonly bytes: Uint8Array } | { readonly reason: string } {
  try {
    return { bytes: gunzipSync(readFileSync(path), { maxOutputLength: MOST_UNPACKED }) }
  } catch (fault) {
    const tooLarge = (fault as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return { reason: tooLarge ? 'it unpacks to more than 600 MB' : 'it is a damaged gzip archive' }
  }
}

/** Wide text as UTF-8, so that the splitter sees an ASCII-compatible encoding. */
function asUtf8(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  return encoding.startsWith('utf-16') ? new TextEncoder().encode(new TextDecoder(encoding).decode(bytes)) : bytes
}

function headSplitter(text: string, isWhole: boolean) {
  const bytes = new TextEncoder().encode(text)
  const decode = decoderOf('utf-8')
  const known = new Map<string, string[][]>()
  return (delimiter: string): readonly (readonly string[])[] => {
    const before = known.get(delimiter)
    if (before) return before
    const records: string[][] = []
    createCsvSplitter(delimiter.charCodeAt(0)).split(bytes, bytes.length, isWhole, row => {
      if (records.length < HEAD_RECORDS && row.trouble === null) records.push(cellsOf(row, decode))
    })
    known.set(delimiter, records)
    return records
  }
}

function cellsOf(row: CsvRow, decode: (bytes: Uint8Array) => string): string[] {
  return Array.from({ length: row.count }, (_, k) => fieldText(row, k, decode))
}

/** Hands the records of data to the collector; what stands before them, and blank lines, are nothing. */
function rowTaker({ headerRows, encoding }: ChainMapping, collector: ReturnType<typeof createChainCollector>) {
  const decode = decoderOf(encoding)
  let seen = 0
  return (row: CsvRow) => {
    if (row.trouble === null) seen += 1
    if (row.trouble === null && seen <= headerRows) return
    if (row.trouble !== null) {
      collector.refuse(row.trouble, row.line, row.count > 0 ? fieldText(row, 0, decode) : '')
      return
    }
    if (row.count === 1 && fieldText(row, 0, decode).trim() === '') return
    collector.take({ count: row.count, text: k => fieldText(row, k, decode) }, row.line)
  }
}
