import type { ColorRow } from '../../core/color/color-row.ts'
import { createJudge, type RuleTally } from '../../core/color/judge.ts'
import { type MergedColors, mergeColors } from '../../core/color/merge-colors.ts'
import type { PxDirection } from '../../core/color/order.ts'
import { type ExcludedColor, type RunColumns, runColumns } from '../../core/color/run-columns.ts'
import type { SectorLimit } from '../../core/color/sector-limits.ts'
import type { Rule } from '../../core/rules/condition.ts'

/** What rules left of colors that came in several lists. */
export interface SiftedColors extends MergedColors {
  readonly excluded: readonly ExcludedColor[]
  readonly tally: readonly RuleTally[]
}

export interface SiftInput {
  readonly lists: readonly (readonly ColorRow[])[]
  readonly rules: readonly Rule[]
  readonly limits: readonly SectorLimit[]
}

function sift({ lists, rules, limits }: SiftInput): SiftedColors {
  const merged = mergeColors(lists)
  const judge = createJudge(rules, limits)
  const rows: ColorRow[] = []
  const excluded: ExcludedColor[] = []
  for (const row of merged.rows) {
    const rule = judge.excludes(row)
    if (rule === null) rows.push(row)
    else excluded.push({ row, rule })
  }
  return { rows, repeats: merged.repeats, excluded, tally: judge.tally() }
}

export interface PlaceInput {
  readonly run: string
  readonly rows: readonly ColorRow[]
  readonly excluded: readonly ExcludedColor[]
  readonly direction: PxDirection
  readonly limits: readonly SectorLimit[]
}

const place = ({ run, rows, excluded, ...manner }: PlaceInput): RunColumns => runColumns(run, rows, excluded, manner)

/** Work of the color desk that would hold the host up. */
export const colorRunsJobs = { 'color.sift': sift, 'color.place': place } as const
