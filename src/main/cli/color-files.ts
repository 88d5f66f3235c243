import { createHash, randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { COLOR_FIELDS } from '../../core/color/color-columns.ts'
import type { ColorFileTrouble } from '../../core/color/color-problems.ts'
import type { ColorText } from '../../core/color/color-source.ts'
import { detectKind, isUtf8 } from '../../core/imports/encoding.ts'
import { type Rule, testsOf } from '../../core/rules/condition.ts'
import { problemOf } from '../../core/rules/evaluate.ts'
import { readRulesFile } from '../../core/rules/rules-file.ts'
import { UsageError } from './arguments.ts'
import { RULES_FILE_WORDS, TEST_WORDS } from './color-words.ts'

/** Bytes of the largest file that is read into memory at once. */
const LARGEST = 1 << 30
const SHOWN_PROBLEMS = 10

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** Fails: UsageError for a file that cannot be read or is too large. */
export async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST) throw new UsageError(`${path} has more than 1 GB. Split it into parts.`)
    return await readFile(path)
  } catch (fault) {
    if (fault instanceof UsageError) throw fault
    throw new UsageError(`${path} cannot be read (${(fault as NodeJS.ErrnoException).code}).`)
  }
}

/** The bytes of a text file with their encoding found. Fails: UsageError for what is no text. */
export function textOf(path: string, bytes: Uint8Array): ColorText {
  if (bytes.length === 0) throw new UsageError(`${path} is empty.`)
  const found = detectKind(bytes.subarray(0, 1 << 18))
  if (found.kind === 'parquet') throw new UsageError(`${path} is a Parquet file; colors are read from CSV for now.`)
  if (found.kind === 'binary')
    throw new UsageError(
      /\.(xlsx|xlsm|xls)$/i.test(path)
        ? `${path} is a workbook; colors are read from CSV for now. Save the sheet as CSV UTF-8, with MESSAGE_ID as text.`
        : `${path} is ${found.what}.`,
    )
  const own = bytes.subarray(found.bomBytes)
  if (found.encoding === 'utf-16le' || found.encoding === 'utf-16be')
    return { bytes: Buffer.from(new TextDecoder(found.encoding).decode(own), 'utf8'), decode: decoder('utf-8') }
  // A line in each of two encodings: what is not UTF-8 comes out as U+FFFD, and its rows are set apart.
  const isAnsi = found.bomBytes === 0 && !isUtf8(own) && !hasWideUtf8(own)
  return { bytes: own, decode: decoder(isAnsi ? 'windows-1252' : 'utf-8') }
}

function decoder(encoding: 'utf-8' | 'windows-1252'): (bytes: Uint8Array) => string {
  const own = new TextDecoder(encoding)
  return bytes => own.decode(bytes)
}

/** Whether some line has letters beyond ASCII and is UTF-8. */
function hasWideUtf8(bytes: Uint8Array): boolean {
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(10, from)
    const line = bytes.subarray(from, found < 0 ? bytes.length : found)
    if (line.some(byte => byte >= 0x80) && isUtf8(line)) return true
    from += line.length + 1
  }
  return false
}

/** Why nothing of a file can be used, as a sentence. */
export function troubleSentence(path: string, trouble: ColorFileTrouble): string {
  switch (trouble.kind) {
    case 'empty':
      return `${path} is empty.`
    case 'no-header':
      return `${path} has no row with the names of the columns: MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,PX,SOURCE,BIAS. docs/color.md lists all.`
    case 'column-missing':
      return `${path} has no column ${trouble.columns.join(', ')}. docs/color.md lists the names that are understood.`
    case 'column-twice':
      return `${path} has two columns that are ${trouble.column}: '${trouble.headers.join("' and '")}'. Rename or remove one.`
  }
}

/** Rules of a file. Fails: UsageError that names each place where something is wrong. */
export function rulesOf(path: string, bytes: Uint8Array): readonly Rule[] {
  const { rules, problems } = readRulesFile(new TextDecoder().decode(bytes), COLOR_FIELDS)
  const unusable = rules.flatMap(rule =>
    testsOf(rule.when).flatMap(test => {
      const problem = problemOf(test, COLOR_FIELDS)
      // Turned ends are met by no row; that is told, not refused.
      if (problem === null || problem === 'between-reversed') return []
      return [`rule '${rule.name}', ${test.field} ${test.operator} '${test.value}': ${TEST_WORDS[problem]}`]
    }),
  )
  const told = [
    ...problems.map(
      ({ path: place, kind, found }) => `${place || 'the file'}: ${RULES_FILE_WORDS[kind]}${found && ` ('${found}')`}`,
    ),
    ...unusable,
  ]
  if (told.length === 0) return rules
  const more = told.length > SHOWN_PROBLEMS ? ` And ${told.length - SHOWN_PROBLEMS} more.` : ''
  throw new UsageError(
    `${path} cannot be used. ${told.slice(0, SHOWN_PROBLEMS).join('; ')}.${more} docs/color.md has the format.`,
  )
}

/**
 * Writes pieces of text to a file that stands there whole or not at all, and answers the hash of its bytes.
 *
 * Fails: with the signal's reason, and with what the file system says; then what stood there before still does.
 */
export async function writeWhole(target: string, pieces: Iterable<string>, signal: AbortSignal): Promise<string> {
  const partial = `${target}.${randomUUID().slice(0, 8)}.part`
  const hash = createHash('sha256')
  try {
    const sink = await open(partial, 'wx').catch(fault => {
      throw new UsageError(`${target} cannot be written (${(fault as NodeJS.ErrnoException).code}).`)
    })
    try {
      for (const piece of pieces) {
        signal.throwIfAborted()
        hash.update(piece)
        await sink.writeFile(piece)
      }
      await sink.sync()
    } finally {
      await sink.close()
    }
    signal.throwIfAborted()
    await rename(partial, target)
    return hash.digest('hex')
  } finally {
    await rm(partial, { force: true })
  }
}
