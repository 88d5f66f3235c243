import { type Condition, inOrder, type Rule, type Test } from './condition.ts'
import { comparable, type RuleField, type RuleRow } from './field.ts'
import { familyOf, operatorOf } from './operators.ts'

type Meets = (row: RuleRow) => boolean

/** What is wrong with a test, before any row is seen. */
export type TestProblem = 'unknown-field' | 'operator-does-not-fit' | 'value-missing' | 'value-unreadable' | 'between-reversed'

const known = new WeakMap<readonly RuleField[], ReadonlyMap<string, RuleField>>()

/** A field by its name, without regard to case; null where there is none. */
export function fieldOf(fields: readonly RuleField[], name: string): RuleField | null {
  let byName = known.get(fields)
  if (!byName) {
    byName = new Map(fields.map(field => [field.name.toLowerCase(), field]))
    known.set(fields, byName)
  }
  return byName.get(name.toLowerCase()) ?? null
}

/** Why a test cannot be used; null where it can. */
export function problemOf(test: Test, fields: readonly RuleField[]): TestProblem | null {
  const field = fieldOf(fields, test.field)
  if (!field) return 'unknown-field'
  const operator = operatorOf(test.operator)
  if (!operator || operator.family !== familyOf(field.type)) return 'operator-does-not-fit'
  const given = operator.operands === 2 ? [test.value, test.value2 ?? ''] : [test.value]
  if (given.some(value => value.trim() === '')) return 'value-missing'
  const [from, to] = given.map(value => comparable(field.type, value))
  if (from === null || to === null) return 'value-unreadable'
  return operator.operands === 2 && from! > to! ? 'between-reversed' : null
}

/**
 * Turns a test into a function of a row. A missing value meets no test, not even `is-not` and `not-equal`.
 *
 * Fails: RangeError for a test that cannot be used.
 */
function compileTest(test: Test, fields: readonly RuleField[]): Meets {
  const problem = problemOf(test, fields)
  if (problem && problem !== 'between-reversed') throw new RangeError(`${test.field} ${test.operator} ${test.value}: ${problem}`)
  const { name, type } = fieldOf(fields, test.field) as RuleField
  const { test: meets } = operatorOf(test.operator) as NonNullable<ReturnType<typeof operatorOf>>
  const operand = comparable(type, test.value) as never
  const second = comparable(type, test.value2 ?? test.value) as never
  return row => {
    const value = comparable(type, row[name])
    return value !== null && (meets as (...values: unknown[]) => boolean)(value, operand, second)
  }
}

/**
 * Turns a condition into a function of a row. An empty `all` is met by every row, an empty `any` by none.
 *
 * Fails: RangeError for a test that cannot be used.
 */
export function compileCondition(condition: Condition, fields: readonly RuleField[]): Meets {
  if (condition.kind === 'test') return compileTest(condition, fields)
  if (condition.kind === 'not') {
    const inner = compileCondition(condition.of, fields)
    return row => !inner(row)
  }
  const parts = condition.of.map(part => compileCondition(part, fields))
  return condition.kind === 'all' ? row => parts.every(part => part(row)) : row => parts.some(part => part(row))
}

/**
 * Turns rules into a function that gives the id of the rule which excludes a row, null where none does.
 *
 * Only active rules count. Which rows are excluded does not depend on the order; which rule is credited does.
 * Fails: RangeError for a test that cannot be used.
 */
export function compileRules(rules: readonly Rule[], fields: readonly RuleField[]): (row: RuleRow) => string | null {
  const compiled = inOrder(rules.filter(rule => rule.active)).map(({ id, when }) => ({
    id,
    meets: compileCondition(when, fields),
  }))
  return row => compiled.find(({ meets }) => meets(row))?.id ?? null
}

/** A condition with what it came to for one row. */
export type Trace =
  | { readonly kind: 'all' | 'any' | 'not'; readonly met: boolean; readonly of: readonly Trace[] }
  | {
      readonly kind: 'test'
      readonly met: boolean
      readonly test: Test /** Null where the row has no value. */
      readonly actual: string | null
    }

/**
 * Why a condition is met by a row or not: every part with its answer, every test with the value that it saw.
 *
 * Fails: RangeError for a test that cannot be used.
 */
export function explain(condition: Condition, row: RuleRow, fields: readonly RuleField[]): Trace {
  if (condition.kind === 'test') {
    const { name, type } = fieldOf(fields, condition.field) ?? { name: condition.field, type: 'text' as const }
    const actual = comparable(type, row[name]) === null ? null : (row[name] as string).trim()
    return { kind: 'test', met: compileTest(condition, fields)(row), test: condition, actual }
  }
  const of = (condition.kind === 'not' ? [condition.of] : condition.of).map(part => explain(part, row, fields))
  const met =
    condition.kind === 'not' ? !of[0]!.met : condition.kind === 'all' ? of.every(part => part.met) : of.some(part => part.met)
  return { kind: condition.kind, met, of }
}
