import { COLOR_PROBLEMS, type ColorProblem, type ColorProblemKind } from './color-problems.ts'
import { type Quality, type QualityKind, qualityOf } from './quality.ts'
import type { ColorsRead } from './read-colors.ts'

/** What a problem of a reader is worth; what is not named costs nothing, unless it keeps the row out. */
const WORTH: Readonly<Partial<Record<ColorProblemKind, QualityKind>>> = {
  missing: 'missing',
  'confidence-range': 'out-of-range',
  'price-out-of-bounds': 'out-of-range',
  'check-keeps-out': 'out-of-range',
  'cusip-invalid': 'bad-cusip',
  'no-price': 'no-price',
  'bias-unmapped': 'unmapped',
}

const worthOf = (kind: ColorProblemKind): QualityKind | null =>
  WORTH[kind] ?? (COLOR_PROBLEMS[kind] === 'quarantine' ? 'unreadable' : null)

interface Tally {
  rows: number
  readonly counts: Map<QualityKind, number>
}

/** The quality of what a file says, and of what each source in it says: the same problems that its rows are shown with. */
export function qualityOfRead(read: ColorsRead): {
  readonly file: Quality
  readonly bySource: readonly { readonly source: string; readonly quality: Quality }[]
} {
  const all: Tally = { rows: 0, counts: new Map() }
  const sources = new Map<string, Tally>()
  const count = (source: string, kinds: ReadonlySet<QualityKind>) => {
    const own = sources.get(source) ?? { rows: 0, counts: new Map() }
    sources.set(source, own)
    for (const tally of [all, own]) {
      tally.rows += 1
      for (const kind of kinds) tally.counts.set(kind, (tally.counts.get(kind) ?? 0) + 1)
    }
  }
  const marks = new Map<number, Set<QualityKind>>()
  for (const { row, kind } of read.marks) {
    const worth = worthOf(kind)
    if (worth) marks.set(row, (marks.get(row) ?? new Set()).add(worth))
  }
  const none: ReadonlySet<QualityKind> = new Set()
  const sourceOfRow = new Map<number, string>()
  for (const { row, fileRow } of read.colors) {
    sourceOfRow.set(fileRow, row.source)
    count(row.source, marks.get(fileRow) ?? none)
  }
  for (const { of } of read.repeats) count(sourceOfRow.get(of) ?? '', new Set(['same-row']))
  for (const { cells, problems } of read.quarantine) count(cells.SOURCE ?? '', kindsOf(problems))
  const bySource = [...sources].map(([source, tally]) => ({ source, quality: qualityOf(tally.rows, tally.counts) }))
  bySource.sort((a, b) => (a.quality.score ?? 0) - (b.quality.score ?? 0) || (a.source < b.source ? -1 : 1))
  return { file: qualityOf(all.rows, all.counts), bySource }
}

/** A row with two unreadable cells is one row that cannot be read. */
function kindsOf(problems: readonly ColorProblem[]): ReadonlySet<QualityKind> {
  return new Set(problems.flatMap(({ kind }) => worthOf(kind) ?? []))
}
