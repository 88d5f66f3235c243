import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import type { SetupProblem } from './setup-check.ts'

/** A class of assets or a part of one, and the columns that mean nothing for its quotes. */
interface ClassPart {
  readonly name: string
  readonly hiddenColumns: readonly string[]
}

/** A main class with its parts; a part hides what its main class hides, and its own besides. */
export interface AssetClass extends ClassPart {
  readonly subs: readonly ClassPart[]
}

/** Everything that is hidden for quotes of one class. */
interface HiddenColumns {
  readonly assetClass: string
  readonly columns: readonly string[]
}

/** Without them nobody could say which security a row is of, and at what price. */
export const NEVER_HIDDEN: ReadonlySet<string> = new Set<ColorColumn>(['CUSIP', 'PX'])

const KNOWN: ReadonlySet<string> = new Set(COLOR_COLUMNS.map(({ name }) => name))

/** A name of a class as it is compared. */
export const plainClass = (name: string) => name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()

/** Main classes and their parts, each with all that is hidden for it. */
export function hiddenByClass(classes: readonly AssetClass[]): { assetClass: string; columns: string[] }[] {
  return classes.flatMap(({ name, hiddenColumns, subs }) => [
    { assetClass: name, columns: [...hiddenColumns] },
    ...subs.map(sub => ({ assetClass: sub.name, columns: [...new Set([...hiddenColumns, ...sub.hiddenColumns])] })),
  ])
}

/** Columns hidden in all of some classes. A class that nobody set up hides none, and so do no classes at all. */
export function hiddenInAll(hidden: readonly HiddenColumns[], classes: Iterable<string | null>): ReadonlySet<string> {
  const byName = new Map(hidden.map(({ assetClass, columns }) => [plainClass(assetClass), columns]))
  let common: readonly string[] | null = null
  for (const plain of new Set([...classes].map(name => (name === null ? null : plainClass(name))))) {
    const own: readonly string[] = (plain === null ? null : byName.get(plain)) ?? []
    common = common === null ? own : common.filter(column => own.includes(column))
  }
  return new Set((common ?? []).filter(column => !NEVER_HIDDEN.has(column)))
}

/** What keeps a class from being used beside the others: line 0 is the class itself, its parts follow. */
export function classProblems({ subs, ...main }: AssetClass, others: readonly AssetClass[]): readonly SetupProblem[] {
  const seen = new Set(others.flatMap(other => [other, ...other.subs]).map(({ name }) => plainClass(name)))
  return [main, ...subs].flatMap(({ name, hiddenColumns }, line): SetupProblem[] => {
    const kinds: SetupProblem['kind'][] = []
    const plain = plainClass(name)
    if (plain === '') kinds.push('class-missing')
    else if (seen.has(plain)) kinds.push('class-twice')
    seen.add(plain)
    if (hiddenColumns.some(column => NEVER_HIDDEN.has(column))) kinds.push('column-needed')
    if (hiddenColumns.some(column => !KNOWN.has(column))) kinds.push('column-unknown')
    return kinds.map(kind => ({ line, kind }))
  })
}
