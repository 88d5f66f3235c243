import type { RuleCase } from '../../../contract/color-rules.ts'
import { ruleRowOfCells } from '../../../core/color/color-cells.ts'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import { unusableParts } from '../../../core/rules/checks.ts'
import { type Condition, type Rule, testsOf } from '../../../core/rules/condition.ts'
import { compileCondition, type TestProblem } from '../../../core/rules/evaluate.ts'
import { fail } from '../../fail.ts'

/** Deeper than a file of rules may be, and larger than anybody reads; evaluation goes down by calls. */
const DEEPEST = 64
const MOST_TESTS = 2000

const WORDS: Readonly<Record<TestProblem, string>> = {
  'unknown-field': 'there is no such column',
  'operator-does-not-fit': 'the operator does not fit the column',
  'value-missing': 'a value is missing',
  'value-unreadable': 'the value cannot be read as what the column holds',
  'between-reversed': 'the lower end is above the upper end',
}

function depthOf(condition: Condition): number {
  if (condition.kind === 'test') return 0
  const parts = condition.kind === 'not' ? [condition.of] : condition.of
  return 1 + parts.reduce((deepest, part) => Math.max(deepest, depthOf(part)), 0)
}

/** As `when.of[1].of`, the way in which a file of rules names a place. */
function placeOf(condition: Condition, path: readonly number[]): string {
  let place = 'when'
  let part = condition
  for (const at of path) {
    if (part.kind === 'test') break
    place += part.kind === 'not' ? '.of' : `.of[${at}]`
    part = part.kind === 'not' ? part.of : part.of[at]!
  }
  return place
}

/** Fails: CONFIG_INVALID naming the rule, the place and what is wrong there. */
export function expectUsable({ name, when }: Pick<Rule, 'name' | 'when'>): void {
  const refuse = (what: string) => fail('CONFIG_INVALID', { reason: `${name}, ${what}` })
  if (depthOf(when) > DEEPEST) refuse(`when: groups stand more than ${DEEPEST} deep in each other`)
  const tests = testsOf(when).length
  if (tests === 0) refuse('when: it has no test')
  if (tests > MOST_TESTS) refuse(`when: ${tests} tests are more than the ${MOST_TESTS} that a rule may have`)
  const [first] = unusableParts(when, COLOR_FIELDS)
  if (!first) return
  const test = testAt(when, first.path)
  const said = test ? ` (${test.field} ${test.operator} ${test.value}${test.value2 === undefined ? '' : ` ${test.value2}`})` : ''
  refuse(`${placeOf(when, first.path)}${said}: ${WORDS[first.problem]}`)
}

function testAt(condition: Condition, path: readonly number[]) {
  let part = condition
  for (const at of path) {
    if (part.kind === 'test') break
    part = part.kind === 'not' ? part.of : part.of[at]!
  }
  return part.kind === 'test' ? part : null
}

/** The cases of a rule that it does not do as they expect. */
function failedCases(when: Condition, cases: readonly RuleCase[], limits: readonly SectorLimit[]): readonly RuleCase[] {
  const meets = compileCondition(when, COLOR_FIELDS)
  return cases.filter(({ cells, excluded }) => meets(ruleRowOfCells(cells, limits)) !== excluded)
}

/** Fails: RULE_CASES_FAILED naming the first rule and its cases. */
export function expectCasesPass(
  rules: readonly { readonly id: string; readonly name: string; readonly when: Condition; readonly cases: readonly RuleCase[] }[],
  limits: readonly SectorLimit[],
): void {
  const failed = rules.flatMap(rule => failedCases(rule.when, rule.cases, limits).map(one => ({ rule, one })))
  const [first] = failed
  if (!first) return
  const cases = failed.filter(({ rule }) => rule === first.rule).map(({ one }) => one.name)
  fail('RULE_CASES_FAILED', {
    rule: first.rule.name,
    cases: cases.join(', '),
    failed: failed.map(({ rule, one }) => ({ rule: rule.id, case: one.id })),
  })
}
