import type { RowWhy } from '../../../contract/color-rules.ts'
import { COLOR_COLUMNS, COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { inOrder, type Rule } from '../../../core/rules/condition.ts'
import { explain } from '../../../core/rules/evaluate.ts'
import type { RuleRow } from '../../../core/rules/field.ts'

/** What every rule says of a row, in the order in which rules are credited; those that are off are asked too. */
export function whyOf(row: RuleRow, rules: readonly Rule[]): RowWhy {
  const asked = inOrder(rules).map(({ id, name, active, when }) => {
    const trace = explain(when, row, COLOR_FIELDS)
    return { rule: id, name, active, met: trace.met, trace }
  })
  return {
    cells: Object.fromEntries(COLOR_COLUMNS.map(({ name }) => [name, row[name] ?? null])),
    excludedBy: asked.find(({ active, met }) => active && met)?.rule ?? null,
    rules: asked,
  }
}
