import { COLOR_PROBLEMS, type ColorProblem } from './color-problems.ts'
import type { Quality } from './quality.ts'
import type { ColorsRead } from './read-colors.ts'
import { qualityOfRead } from './read-quality.ts'

/** What a file says, in numbers, without its rows. */
export interface IntakeSummary {
  readonly counts: {
    readonly read: number
    readonly accepted: number
    readonly quarantined: number
    readonly repeats: number
    readonly marked: number
  }
  readonly byKind: readonly { readonly kind: string; readonly outcome: 'quarantine' | 'mark'; readonly count: number }[]
  readonly quality: Quality
  readonly bySource: readonly { readonly source: string; readonly quality: Quality }[]
}

/** Every problem of a file in the order of its rows. */
export function problemsInOrder(read: ColorsRead): readonly ColorProblem[] {
  return [...read.quarantine.flatMap(({ problems }) => problems), ...read.marks].sort((a, b) => a.row - b.row)
}

/** Counts what a file says. */
export function summaryOf(read: ColorsRead, problems: readonly ColorProblem[]): IntakeSummary {
  const counted = new Map<ColorProblem['kind'], number>()
  for (const { kind } of problems) counted.set(kind, (counted.get(kind) ?? 0) + 1)
  const byKind = [...counted].map(([kind, count]) => ({ kind, outcome: COLOR_PROBLEMS[kind], count }))
  byKind.sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1))
  const { file, bySource } = qualityOfRead(read)
  return {
    counts: {
      read: read.read,
      accepted: read.colors.length,
      quarantined: read.quarantine.length,
      repeats: read.repeats.length,
      marked: new Set(read.marks.map(({ row }) => row)).size,
    },
    byKind,
    quality: file,
    bySource,
  }
}
