import type { PxDirection } from '../../../core/color/order.ts'
import type { Rule } from '../../../core/rules/condition.ts'
import { PLACED_COLUMNS, placeSql } from './place-query.ts'
import { planRules } from './rules-plan.ts'

/** Rows that are to be excluded, ranked and grouped. */
export interface ProcessQuestion {
  /** A relation with the columns of `color_rows`, as it stands behind FROM. */
  readonly from: string
  /** What is grouped for itself, in SQL over that relation: a number, as that of a run. */
  readonly part: string
  readonly rules: readonly Rule[]
  readonly direction: PxDirection
}

/**
 * A limit that no table reaches. Conditions of all who read a common table are pushed into it, so that every rule would be asked once
 * for the condition and once more for the answer; they are not pushed through a limit.
 */
const EVERYTHING = 9_000_000_000_000

/**
 * One query that does what processColors does: what active rules meet goes out, the rest is ranked and grouped.
 *
 * Gives `id` (rowid in the relation), `rule` (place in the order of crediting of the active rule that takes the row out), and for rows
 * that stay `parent_id` (null for a parent), `place` (from 0, in the order of the output) and `children_count`.
 */
export function processSql({ from, part, rules, direction }: ProcessQuestion): string {
  const plan = planRules(rules.map(({ when }) => when))
  const columns = new Set([...PLACED_COLUMNS, ...plan.columns])
  return `with scope as not materialized (select rowid as id, ${part} as part, ${[...columns].join(', ')} from ${from}),
    ${plan.dictionaries.map(one => `${one},`).join('\n')}
    judged as materialized (select id, part, ${PLACED_COLUMNS.join(', ')}, ${plan.excludedSql(rules)} as rule
      from (select scope.*${plan.answers.map(one => `, ${one}`).join('')} from scope ${plan.joins})),
    kept as not materialized (select * from judged where rule is null),
    ${placeSql(direction)}
    select id, null::integer as rule, parent_id, place, children_count from placed
    union all select id, rule, null, null, null from (from judged limit ${EVERYTHING}) where rule is not null`
}
