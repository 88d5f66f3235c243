import type { ColorRow } from './color-row.ts'
import { type ColorProblem, problemsOfColor } from './row-problems.ts'

/** Something that makes rows worth less. */
export type QualityKind = ColorProblem['kind'] | 'same-row'

/** What one kind of problem takes from a score. */
export interface QualityPart {
  readonly kind: QualityKind
  /** Rows that have it. */
  readonly rows: number
  /** Points of a hundred. */
  readonly lost: number
}

/** How good rows are, from 0 to 100, with what was lost to what, the worst first. */
export interface Quality {
  readonly rows: number
  /** Null where there are no rows to judge. */
  readonly score: number | null
  readonly parts: readonly QualityPart[]
}

/** Points that a file loses if all of its rows have a problem: a row that cannot be converted is worth nothing. */
export const QUALITY_WEIGHTS: Readonly<Record<QualityKind, number>> = {
  missing: 100,
  unreadable: 100,
  'out-of-range': 100,
  'bad-cusip': 60,
  'no-price': 50,
  unmapped: 40,
  'same-row': 20,
}

const tenths = (points: number) => Math.round(points * 10) / 10

/** The quality of rows from how many of them have which problem. Fails: RangeError when more rows have one than there are. */
export function qualityOf(rows: number, counts: ReadonlyMap<QualityKind, number>): Quality {
  const parts = [...counts].flatMap(([kind, count]): QualityPart[] => {
    if (count > rows) throw new RangeError(`${count} of ${rows} rows have ${kind}`)
    return count === 0 ? [] : [{ kind, rows: count, lost: (QUALITY_WEIGHTS[kind] * count) / rows }]
  })
  parts.sort((a, b) => b.lost - a.lost || (a.kind < b.kind ? -1 : 1))
  const lost = parts.reduce((sum, part) => sum + part.lost, 0)
  const score = rows === 0 ? null : tenths(Math.max(0, 100 - lost))
  return { rows, score, parts: parts.map(part => ({ ...part, lost: tenths(part.lost) })) }
}

/** The quality of all rows of a file, and of those of each source in it; `same` are the ids of rows that came twice. */
export function qualityOfFile(
  rows: readonly ColorRow[],
  same: ReadonlySet<string>,
): { readonly file: Quality; readonly bySource: ReadonlyMap<string, Quality> } {
  const all = new Map<QualityKind, number>()
  const sources = new Map<string, { rows: number; readonly counts: Map<QualityKind, number> }>()
  for (const row of rows) {
    const source = sources.get(row.source) ?? { rows: 0, counts: new Map<QualityKind, number>() }
    sources.set(row.source, source)
    source.rows += 1
    // A row with two unreadable cells is one row that cannot be read.
    const kinds = new Set<QualityKind>(problemsOfColor(row).map(({ kind }) => kind))
    if (same.has(row.rowId)) kinds.add('same-row')
    for (const kind of kinds) for (const counts of [all, source.counts]) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const bySource = new Map([...sources].map(([name, source]) => [name, qualityOf(source.rows, source.counts)]))
  return { file: qualityOf(rows.length, all), bySource }
}
