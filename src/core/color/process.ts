import type { Rule } from '../rules/condition.ts'
import { UNMAPPED_RANK } from './bias-rank.ts'
import { createJudge, type RuleTally } from './judge.ts'
import { type PlacedColor, placeColors } from './lineage.ts'
import type { PxDirection } from './order.ts'
import type { ReadColor } from './read-color.ts'
import type { ColorsRead } from './read-colors.ts'
import { USUAL_LIMITS } from './sector-limits.ts'

/** A color in its place, with where the file has it. */
export interface ProcessedColor extends PlacedColor {
  readonly color: ReadColor
  /** Message of the parent; null for a parent. */
  readonly parentMessageId: string | null
}

/** What came of the colors of a file. */
export interface ColorsProcessed {
  readonly direction: PxDirection
  /** In the order of the output: groups by sector and CUSIP, the parent first. */
  readonly placed: readonly ProcessedColor[]
  /** In the order of the file. */
  readonly excluded: readonly { readonly color: ReadColor; readonly rule: string }[]
  /** In the order in which rules are credited; those that are off have no hits. */
  readonly tally: readonly RuleTally[]
  readonly counts: {
    readonly read: number
    readonly quarantined: number
    readonly repeats: number
    readonly excluded: number
    readonly placed: number
    readonly parents: number
    readonly children: number
    /** Of those placed. */
    readonly withoutPrice: number
    /** Of those placed: quote types that no rank is known of. */
    readonly unmapped: number
  }
}

/**
 * Excludes what active rules meet, and ranks and groups the rest.
 *
 * Fails: RangeError for a rule that cannot be used.
 */
export function processColors(
  read: ColorsRead,
  rules: readonly Rule[],
  direction: PxDirection,
  limits = USUAL_LIMITS,
): ColorsProcessed {
  const judge = createJudge(rules, limits)
  const excluded: { color: ReadColor; rule: string }[] = []
  const left = new Map<string, ReadColor>()
  for (const color of read.colors) {
    const rule = judge.excludes(color.row)
    if (rule === null) left.set(color.row.rowId, color)
    else excluded.push({ color, rule })
  }
  const rows = [...left.values()].map(({ row }) => row)
  const placed = placeColors(rows, direction).map((one): ProcessedColor => {
    const parent = one.parentRowId === null ? undefined : left.get(one.parentRowId)
    return { ...one, color: left.get(one.row.rowId)!, parentMessageId: parent?.row.messageId ?? null }
  })
  const parents = placed.filter(({ parentRowId }) => parentRowId === null).length
  return {
    direction,
    placed,
    excluded,
    tally: judge.tally(),
    counts: {
      read: read.read,
      quarantined: read.quarantine.length,
      repeats: read.repeats.length,
      excluded: excluded.length,
      placed: placed.length,
      parents,
      children: placed.length - parents,
      withoutPrice: rows.filter(({ px }) => px === null).length,
      unmapped: rows.filter(({ rank }) => rank === UNMAPPED_RANK).length,
    },
  }
}
