import { COLOR_COLUMNS, type ColorColumn, columnOfHeader } from './color-columns.ts'
import type { ColorFileTrouble } from './color-problems.ts'
import type { HeadRecord } from './color-source.ts'

/** What names of columns mean where somebody said it: null for one that means nothing. */
export type ColorMapping = Readonly<Record<string, ColorColumn | null>>

/** A name of a file, what it means, and who says so: the name itself, one called alike, a person, or nobody. */
export interface ColumnMeaning {
  readonly name: string
  readonly column: ColorColumn | null
  /** `run` is a column that only an output has. */
  readonly by: 'own-name' | 'alias' | 'given' | 'run' | 'none'
}

/** Where the columns of a file are. */
export interface ColorHeader extends HeadRecord {
  /** One for each name, in the order of the file. */
  readonly meanings: readonly ColumnMeaning[]
  /** Field of a column, absent where the file has it not. */
  readonly fields: ReadonlyMap<ColorColumn, number>
  /** Names that mean nothing here. */
  readonly unknown: readonly string[]
}

/** One known name may be chance, as a title `Date` is. */
const FEWEST_NAMES = 3

/** The record that holds the names: the first with most known ones, whatever the delimiter. */
export function findHeader(heads: readonly HeadRecord[], mapping: ColorMapping = {}): HeadRecord | 'empty' | 'no-header' {
  let best: { readonly known: number; readonly head: HeadRecord } | null = null
  for (const head of heads) {
    const known = head.names.filter(name => isGiven(mapping, name) || columnOfHeader(name) !== null).length
    if (known > (best?.known ?? FEWEST_NAMES - 1)) best = { known, head }
  }
  if (best) return best.head
  return heads.some(({ names }) => names.some(name => name.trim() !== '')) ? 'no-header' : 'empty'
}

const isGiven = (mapping: ColorMapping, name: string) => Object.hasOwn(mapping, name.trim())

/**
 * What each name means. What a person said goes first; then a column under its own name before one that is merely called alike, which is
 * then as good as unknown.
 */
export function meaningsOf(names: readonly string[], mapping: ColorMapping = {}): readonly ColumnMeaning[] {
  const found = names.map((written): ColumnMeaning => {
    const name = written.trim()
    const given = isGiven(mapping, name) ? mapping[name] : undefined
    if (given !== undefined && name !== '') return { name, column: given, by: 'given' }
    const meant = columnOfHeader(name)
    if (meant === 'run') return { name, column: null, by: 'run' }
    return meant ? { name, column: meant.column, by: meant.isOwnName ? 'own-name' : 'alias' } : { name, column: null, by: 'none' }
  })
  const taken = (by: ColumnMeaning['by']) => new Set(found.flatMap(one => (one.by === by && one.column ? [one.column] : [])))
  const [given, own] = [taken('given'), taken('own-name')]
  return found.map(one => {
    if (one.column === null || one.by === 'given') return one
    const isOutdone = given.has(one.column) || (one.by === 'alias' && own.has(one.column))
    return isOutdone ? { ...one, column: null, by: 'none' } : one
  })
}

/** The places of the columns, or why rows cannot be read under these names. */
export function placeColumns(head: HeadRecord, mapping: ColorMapping = {}): ColorHeader | ColorFileTrouble {
  const meanings = meaningsOf(head.names, mapping)
  const fields = new Map<ColorColumn, number>()
  for (const [at, { name, column }] of meanings.entries()) {
    if (column === null) continue
    const before = fields.get(column)
    if (before !== undefined) return { kind: 'column-twice', column, headers: [meanings[before]!.name, name] }
    fields.set(column, at)
  }
  const isThere = (name: ColorColumn) => fields.has(name) || (name === 'PX' && (fields.has('BID') || fields.has('ASK')))
  const missing = COLOR_COLUMNS.filter(({ name, isRequired }) => isRequired && !isThere(name))
  if (missing.length > 0) return { kind: 'column-missing', columns: missing.map(({ name }) => name) }
  const names = meanings.map(({ name }, at) => name || `column ${at + 1}`)
  const unknown = meanings.flatMap(({ name, column, by }) => (name === '' || column !== null || by === 'run' ? [] : [name]))
  return { ...head, names, meanings, fields, unknown }
}
