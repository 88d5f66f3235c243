import { type Condition, inOrder, type Rule, type Test } from './condition.ts'
import { fieldOf, problemOf } from './evaluate.ts'
import { DECIMAL_PLACES, normalText, type RuleField } from './field.ts'

/** The characters that JavaScript's trim takes away, for SQL's. */
const SPACES =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/**
 * SQL of a text column as rules compare it; empty becomes null. Made once for each column, not once for each rule.
 *
 * Plain ASCII without space around it, which nearly all text is, needs neither composing nor trimming, and trimming costs twenty times
 * as much as the rest.
 */
export function normalSql(column: string): string {
  const isPlain = `strlen(${column}) = length(${column}) and ${column}[1] > ' ' and ${column}[-1] > ' '`
  return `case when ${isPlain} then lower(${column}) else nullif(lower(trim(nfc_normalize(${column}), ${quoted(SPACES)})), '') end`
}

function literal(field: RuleField, text: string): string {
  const plain = text.trim()
  switch (field.type) {
    case 'integer':
      return `${quoted(plain)}::hugeint`
    case 'decimal':
      return `${quoted(plain)}::decimal(38, ${DECIMAL_PLACES})`
    case 'date':
      return `date ${quoted(plain)}`
    default:
      return quoted(normalText(plain))
  }
}

const COMPARE = {
  equal: '=',
  'not-equal': '<>',
  less: '<',
  greater: '>',
  'at-most': '<=',
  'at-least': '>=',
  is: '=',
  'is-not': '<>',
} as const

/**
 * A test as an SQL expression, null where the column is.
 *
 * Fails: RangeError for a test that cannot be used.
 */
export function testSql(test: Test, fields: readonly RuleField[], columnOf: (field: RuleField) => string): string {
  const problem = problemOf(test, fields)
  if (problem && problem !== 'between-reversed') throw new RangeError(`${test.field} ${test.operator} ${test.value}: ${problem}`)
  const field = fieldOf(fields, test.field) as RuleField
  const column = columnOf(field)
  const value = literal(field, test.value)
  switch (test.operator) {
    case 'between':
      return `${column} between ${value} and ${literal(field, test.value2 as string)}`
    case 'contains':
      return `contains(${column}, ${value})`
    case 'starts-with':
      return `starts_with(${column}, ${value})`
    case 'ends-with':
      return `suffix(${column}, ${value})`
    default:
      return `${column} ${COMPARE[test.operator]} ${value}`
  }
}

/** A condition as an SQL expression out of those of its tests; `isNegated` says that a test stands below a negation. */
export function treeSql(condition: Condition, testOf: (test: Test, isNegated: boolean) => string, isNegated = false): string {
  if (condition.kind === 'test') return testOf(condition, isNegated)
  if (condition.kind === 'not') return `not ${treeSql(condition.of, testOf, true)}`
  if (condition.of.length === 0) return condition.kind === 'all' ? 'true' : 'false'
  const parts = condition.of.map(part => treeSql(part, testOf, isNegated))
  return `(${parts.join(condition.kind === 'all' ? ' and ' : ' or ')})`
}

/**
 * A condition as an SQL expression that is true or false and never null, with the answers of compileCondition.
 *
 * `columnOf` gives the SQL of a field in its own type: HUGEINT, DECIMAL(38, 12), DATE, and text as normalSql makes it.
 * Fails: RangeError for a test that cannot be used.
 */
export function conditionSql(condition: Condition, fields: readonly RuleField[], columnOf: (field: RuleField) => string): string {
  return treeSql(condition, test => `coalesce(${testSql(test, fields, columnOf)}, false)`)
}

/** SQL of the id of the rule that excludes a row, null where none does: the same rule that compileRules credits. */
export function rulesSql(rules: readonly Rule[], fields: readonly RuleField[], columnOf: (field: RuleField) => string): string {
  const cases = inOrder(rules.filter(rule => rule.active)).map(
    ({ id, when }) => `when ${conditionSql(when, fields, columnOf)} then ${quoted(id)}`,
  )
  return cases.length === 0 ? 'null::varchar' : `case ${cases.join(' ')} end`
}
