import { createCsvSplitter, fieldText } from '../imports/csv.ts'
import { DELIMITERS } from '../imports/guess.ts'
import { COLOR_COLUMNS, type ColorColumn, columnOfHeader } from './color-columns.ts'
import type { ColorFileTrouble } from './color-problems.ts'

/** The bytes of a delimited file in an encoding that has ASCII in it, and how they become text. */
export interface ColorText {
  readonly bytes: Uint8Array
  readonly decode: (bytes: Uint8Array) => string
}

/** Where the columns of a file are. */
export interface ColorHeader {
  readonly delimiter: string
  /** Record that holds the names, from 1. */
  readonly row: number
  readonly names: readonly string[]
  /** Field of a column, absent where the file has it not. */
  readonly fields: ReadonlyMap<ColorColumn, number>
  /** Names that mean nothing here. */
  readonly unknown: readonly string[]
}

/** Titles and blank lines may stand before the names; more of them than that are no preamble. */
const DEEPEST_HEADER = 20
const HEAD_BYTES = 1 << 18
/** One known name may be chance, as a title `Date` is. */
const FEWEST_NAMES = 3

/** The names of the columns of a file: the first record with most known names, whatever the delimiter. */
export function readColorHeader(text: ColorText): ColorHeader | ColorFileTrouble {
  let best: { known: number; delimiter: string; row: number; names: readonly string[] } | null = null
  let hasText = false
  for (const delimiter of DELIMITERS)
    for (const { row, names } of firstRecords(text, delimiter)) {
      hasText = hasText || names.some(name => name.trim() !== '')
      const known = names.filter(name => columnOfHeader(name) !== null).length
      if (known > (best?.known ?? FEWEST_NAMES - 1)) best = { known, delimiter, row, names }
    }
  if (!hasText) return { kind: 'empty' }
  return best ? placed(best) : { kind: 'no-header' }
}

function placed({ delimiter, row, names }: Pick<ColorHeader, 'delimiter' | 'row' | 'names'>): ColorHeader | ColorFileTrouble {
  const meant = names.map(columnOfHeader)
  // A column under its own name goes before one that is merely called alike; that one is then as good as unknown.
  const own = new Set(meant.flatMap(one => (one !== null && one !== 'run' && one.isOwnName ? [one.column] : [])))
  const fields = new Map<ColorColumn, number>()
  const unknown: string[] = []
  for (const [at, name] of names.entries()) {
    const found = meant[at]
    if (found === 'run' || name.trim() === '') continue
    if (!found || (own.has(found.column) && !found.isOwnName)) {
      unknown.push(name.trim())
      continue
    }
    const before = fields.get(found.column)
    if (before !== undefined) return { kind: 'column-twice', column: found.column, headers: [names[before]!.trim(), name.trim()] }
    fields.set(found.column, at)
  }
  const isThere = (name: ColorColumn) => fields.has(name) || (name === 'PX' && (fields.has('BID') || fields.has('ASK')))
  const missing = COLOR_COLUMNS.filter(({ name, isRequired }) => isRequired && !isThere(name))
  if (missing.length > 0) return { kind: 'column-missing', columns: missing.map(({ name }) => name) }
  return { delimiter, row, names: names.map((name, at) => name.trim() || `column ${at + 1}`), fields, unknown }
}

function firstRecords({ bytes, decode }: ColorText, delimiter: string): readonly { row: number; names: readonly string[] }[] {
  const head = bytes.subarray(0, HEAD_BYTES)
  const found: { row: number; names: readonly string[] }[] = []
  let row = 0
  createCsvSplitter(delimiter.charCodeAt(0)).split(head, head.length, head.length === bytes.length, record => {
    row += 1
    if (row > DEEPEST_HEADER || record.trouble !== null) return
    found.push({ row, names: Array.from({ length: record.count }, (_, k) => fieldText(record, k, decode)) })
  })
  return found
}
