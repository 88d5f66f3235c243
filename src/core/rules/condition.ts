import type { OperatorName } from './operators.ts'

/** One comparison. What it compares with is written text, read by the type of the field. */
export interface Test {
  readonly kind: 'test'
  readonly field: string
  readonly operator: OperatorName
  readonly value: string
  /** The upper end of `between`. */
  readonly value2?: string | undefined
}

/** What a rule asks of a row: tests in groups, to any depth. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | Test

/** A rule that excludes rows. Several may meet a row; the one with the lowest priority number is credited. */
export interface Rule {
  readonly id: string
  readonly name: string
  readonly priority: number
  readonly active: boolean
  readonly when: Condition
}

/** Every test of a condition, in the order of reading. */
export function testsOf(condition: Condition): readonly Test[] {
  if (condition.kind === 'test') return [condition]
  if (condition.kind === 'not') return testsOf(condition.of)
  return condition.of.flatMap(testsOf)
}

/** Rules in the order in which they are credited. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return [...rules].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}
