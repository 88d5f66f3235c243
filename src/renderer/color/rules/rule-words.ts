import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import type { RuleFinding } from '../../../core/rules/checks.ts'
import type { Condition, Rule, Test } from '../../../core/rules/condition.ts'
import { describeCondition, type RuleWords } from '../../../core/rules/describe.ts'
import { fieldOf, problemOf } from '../../../core/rules/evaluate.ts'
import type { FieldType } from '../../../core/rules/field.ts'
import { familyOf, OPERATORS, type OperatorName } from '../../../core/rules/operators.ts'
import type { RulesFileProblem } from '../../../core/rules/rules-file.ts'
import { type Translate, translate } from '../../ui/text.ts'

/** The words of sentences about rules in the language of the page. */
export function ruleWords(t: Translate): RuleWords {
  const word = (name: OperatorName) =>
    translate(`colorRules.says.${name}`, { field: '{field}', value: '{value}', value2: '{value2}' })
  return {
    and: t('colorRules.and'),
    or: t('colorRules.or'),
    not: t('colorRules.notSays', { condition: '{condition}' }),
    everything: t('colorRules.everything'),
    nothing: t('colorRules.nothing'),
    operators: Object.fromEntries(OPERATORS.map(({ name }) => [name, word(name)])) as Record<OperatorName, string>,
    field: name => (name === '' ? '…' : name),
  }
}

/** A condition as a sentence, with a placeholder for what is not filled in yet. */
export function sentenceOf(condition: Condition, words: RuleWords, isInner = false): string {
  return describeCondition(condition, words, isInner)
}

/** Operators that fit a field, or all of them while there is no field yet. */
export function operatorsFor(field: string): readonly OperatorName[] {
  const known = fieldOf(COLOR_FIELDS, field)
  return OPERATORS.filter(({ family }) => !known || family === familyOf(known.type)).map(({ name }) => name)
}

export function typeOf(field: string): FieldType | null {
  return fieldOf(COLOR_FIELDS, field)?.type ?? null
}

export function operatorLabel(name: OperatorName, t: Translate): string {
  return t(`colorRules.op.${name}`)
}

/** Which cell of a test is wrong, and why, in words; null where the test can be used. */
export function cellProblem(
  test: Test,
  t: Translate,
): { readonly cell: 'field' | 'operator' | 'value'; readonly text: string } | null {
  const problem = problemOf(test, COLOR_FIELDS)
  if (problem === null) return null
  if (problem === 'unknown-field')
    return {
      cell: 'field',
      text: test.field === '' ? t('colorRules.problem.noField') : t('colorRules.problem.unknownField', { field: test.field }),
    }
  if (problem === 'operator-does-not-fit')
    return { cell: 'operator', text: t('colorRules.problem.operator', { field: test.field }) }
  if (problem === 'between-reversed') return { cell: 'value', text: t('colorRules.problem.reversed') }
  if (problem === 'value-missing') return { cell: 'value', text: t('colorRules.problem.valueMissing') }
  const type = typeOf(test.field) ?? 'text'
  return { cell: 'value', text: t(`colorRules.problem.unreadable.${type}`) }
}

const NEEDS_OTHER = {
  shadowed: 'colorRules.finding.shadowed',
  duplicate: 'colorRules.finding.duplicate',
  'same-name': 'colorRules.finding.sameName',
} as const
const ALONE = {
  empty: 'colorRules.finding.empty',
  'never-met': 'colorRules.finding.neverMet',
  'always-met': 'colorRules.finding.alwaysMet',
  'dead-part': 'colorRules.finding.deadPart',
} as const

/** A finding in words; what is wrong with one test is said in the words of its cell. */
export function findingText({ kind, other }: RuleFinding, test: Test | null, rules: readonly Rule[], t: Translate): string {
  if (kind in NEEDS_OTHER)
    return t(NEEDS_OTHER[kind as keyof typeof NEEDS_OTHER], { name: rules.find(({ id }) => id === other)?.name ?? '?' })
  if (kind in ALONE) return t(ALONE[kind as keyof typeof ALONE])
  return (test && cellProblem(test, t)?.text) ?? t('colorRules.problem.valueMissing')
}

/** Findings that keep a rule from being used; all others are advice. */
const BLOCKING: ReadonlySet<RuleFinding['kind']> = new Set<RuleFinding['kind']>([
  ...(['unknown-field', 'operator-does-not-fit', 'value-missing', 'value-unreadable'] as const),
  ...(['empty', 'same-name'] as const),
])

export function isBlocking({ kind }: RuleFinding): boolean {
  return BLOCKING.has(kind)
}

/** What is wrong in a file of rules, with its place. */
export function fileProblemText({ path, kind, found }: RulesFileProblem, t: Translate): string {
  const place = path === '' ? '' : `${path}: `
  return `${place}${t(`colorRules.file.${kind}`, { found: found.slice(0, 80) })}`
}
