import { type ColorColumn, plainHeader } from './color-columns.ts'
import { type ColorMapping, type ColumnMeaning, findHeader, meaningsOf } from './color-header.ts'
import type { HeadRecord } from './color-source.ts'

/** How the columns of a layout were corrected before. */
export interface LearnedMapping {
  /** As layoutMark makes it. */
  readonly mark: string
  readonly mapping: ColorMapping
}

/** What tells a layout from others: its names in their order, as names are compared. */
export function layoutMark(names: readonly string[]): string {
  return names.map(plainHeader).join('|')
}

/** A column of a file, what it is taken for, and who says so. */
export interface ColumnChoice {
  readonly name: string
  readonly column: ColorColumn | null
  readonly by: 'own' | 'alias' | 'learned' | 'chosen' | 'run' | 'none'
}

/** The names of a file with what is known of them. */
export interface FileLayout {
  readonly head: HeadRecord
  readonly mark: string
  readonly isLearned: boolean
  readonly columns: readonly ColumnChoice[]
  /** What a reader is to be told. */
  readonly mapping: ColorMapping
}

/**
 * The layout of a file: one that was corrected before, else the record with most known names, else the fullest of the first ones, so
 * that somebody can say what its columns are. Null where there is nothing but blanks.
 */
export function layoutOf(
  heads: readonly HeadRecord[],
  learned: readonly LearnedMapping[],
  chosen: ColorMapping,
): FileLayout | null {
  const before = heads.flatMap(head =>
    learned.filter(({ mark }) => mark === layoutMark(head.names)).map(one => ({ head, one })),
  )[0]
  const found = before?.head ?? findHeader(heads, chosen)
  const head = typeof found === 'string' ? fullest(heads) : found
  if (!head) return null
  const taught = before?.one.mapping ?? {}
  const mapping = { ...taught, ...chosen }
  const proposed = meaningsOf(head.names)
  const columns = meaningsOf(head.names, mapping).map(({ name, column, by }, at): ColumnChoice => {
    if (by !== 'given') return { name, column, by: by === 'own-name' ? 'own' : by }
    if (Object.hasOwn(chosen, name) && (taught[name] ?? null) !== column) return { name, column, by: 'chosen' }
    // What was said is what would have been taken anyway.
    const usual: ColumnMeaning | undefined = proposed[at]
    if (usual && usual.column === column && usual.by !== 'given')
      return { name, column, by: usual.by === 'own-name' ? 'own' : usual.by }
    return { name, column, by: Object.hasOwn(taught, name) ? 'learned' : 'chosen' }
  })
  return { head, mark: layoutMark(head.names), isLearned: before !== undefined, columns, mapping }
}

function fullest(heads: readonly HeadRecord[]): HeadRecord | null {
  const filled = ({ names }: HeadRecord) => names.filter(name => name.trim() !== '').length
  const best = heads.reduce<HeadRecord | null>((first, other) => (first && filled(first) >= filled(other) ? first : other), null)
  return best && filled(best) > 0 ? best : null
}
