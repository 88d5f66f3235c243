import { type Condition, testsOf } from '../rules/condition.ts'
import { compileCondition, fieldOf } from '../rules/evaluate.ts'
import type { RuleRow } from '../rules/field.ts'
import { COLOR_FIELDS, type ColorColumn } from './color-columns.ts'

/** A check of the desk's own: what is odd about a row that meets it, and whether that keeps the row out. */
export interface IntakeCheck {
  readonly name: string
  readonly when: Condition
  readonly outcome: 'quarantine' | 'mark'
  /** What whoever looks at the row is told. */
  readonly message: string
}

/** A check that can be asked. */
interface CompiledCheck {
  readonly kind: 'check-keeps-out' | 'check-marks'
  /** The first that it speaks about. */
  readonly column: ColorColumn | null
  readonly words: string
  readonly meets: (row: RuleRow) => boolean
}

/** Fails: RangeError for a check that cannot be used. */
export function compileChecks(checks: readonly IntakeCheck[]): readonly CompiledCheck[] {
  return checks.map(({ name, when, outcome, message }) => {
    const [first] = testsOf(when)
    const column = first ? ((fieldOf(COLOR_FIELDS, first.field)?.name as ColorColumn | undefined) ?? null) : null
    return {
      kind: outcome === 'quarantine' ? 'check-keeps-out' : 'check-marks',
      column,
      words: message.trim() === '' ? name : `${name}: ${message}`,
      meets: compileCondition(when, COLOR_FIELDS),
    }
  })
}
