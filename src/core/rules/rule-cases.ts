import type { Condition } from './condition.ts'
import { compileCondition, explain, type Trace } from './evaluate.ts'
import type { RuleField, RuleRow } from './field.ts'

/** What a rule says of its cases. */
export interface CaseVerdicts {
  /** For each case whether the rule excludes it; null where the rule cannot be used as it is. */
  readonly excluded: readonly (boolean | null)[]
  readonly tests: number
  /** Places of the tests that no case meets, in the order of reading. */
  readonly unmet: readonly number[]
}

/** Judges the rows that a rule is tried with, and tells which of its tests none of them meets. */
export function judgeCases(when: Condition, cases: readonly RuleRow[], fields: readonly RuleField[]): CaseVerdicts {
  try {
    const meets = compileCondition(when, fields)
    const answers = cases.map(row => leavesOf(explain(when, row, fields)))
    const tests = answers[0]?.length ?? leavesOf(explain(when, {}, fields)).length
    const unmet = Array.from({ length: tests }, (_, k) => k).filter(k => !answers.some(answer => answer[k]))
    return { excluded: cases.map(row => meets(row)), tests, unmet }
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault
    return { excluded: cases.map(() => null), tests: 0, unmet: [] }
  }
}

function leavesOf(trace: Trace): readonly boolean[] {
  return trace.kind === 'test' ? [trace.met] : trace.of.flatMap(leavesOf)
}
