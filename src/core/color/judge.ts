import { inOrder, type Rule } from '../rules/condition.ts'
import { compileCondition } from '../rules/evaluate.ts'
import { COLOR_FIELDS } from './color-columns.ts'
import { ruleRowUnder } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import type { SectorLimit } from './sector-limits.ts'

/** How often a rule met a row, and how often it was the one that is credited. */
export interface RuleTally {
  readonly rule: Rule
  readonly hits: number
  readonly credited: number
}

/** Rules at work: which one excludes a row, and what each came to. */
export interface Judge {
  /** Id of the rule that is credited; null where the row stays. */
  excludes(row: ColorRow): string | null
  /** In the order in which rules are credited; those that are off have no hits. */
  tally(): readonly RuleTally[]
}

/**
 * Asks every active rule about every row, so that each hit counts and not only the credited one.
 *
 * Fails: RangeError for a rule that cannot be used.
 */
export function createJudge(rules: readonly Rule[], limits: readonly SectorLimit[]): Judge {
  const all = inOrder(rules).map(rule => ({
    rule,
    meets: rule.active ? compileCondition(rule.when, COLOR_FIELDS) : () => false,
    hits: 0,
    credited: 0,
  }))
  return {
    excludes(color) {
      if (all.length === 0) return null
      const row = ruleRowUnder(color, limits)
      const met = all.filter(({ meets }) => meets(row))
      for (const one of met) one.hits += 1
      if (met[0]) met[0].credited += 1
      return met[0]?.rule.id ?? null
    },
    tally: () => all.map(({ rule, hits, credited }) => ({ rule, hits, credited })),
  }
}
