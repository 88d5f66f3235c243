import type { Condition, Test } from './condition.ts'
import type { OperatorName } from './operators.ts'

/** The words that a sentence about a rule is made of, in one language. */
export interface RuleWords {
  readonly and: string
  readonly or: string
  /** As `not {condition}`. */
  readonly not: string
  readonly everything: string
  readonly nothing: string
  /** As `{field} is above {value}`. */
  readonly operators: Readonly<Record<OperatorName, string>>
  readonly field: (name: string) => string
}

const fill = (template: string, values: Readonly<Record<string, string>>) =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

function describeTest({ field, operator, value, value2 = '' }: Test, words: RuleWords): string {
  return fill(words.operators[operator], { field: words.field(field), value, value2 })
}

/** A condition as a person would say it; groups inside groups stand in brackets. */
export function describeCondition(condition: Condition, words: RuleWords, isInner = false): string {
  if (condition.kind === 'test') return describeTest(condition, words)
  if (condition.kind === 'not') return fill(words.not, { condition: describeCondition(condition.of, words, true) })
  const { kind, of } = condition
  if (of.length === 0) return kind === 'all' ? words.everything : words.nothing
  if (of.length === 1) return describeCondition(of[0]!, words, isInner)
  const said = of.map(part => describeCondition(part, words, true)).join(` ${kind === 'all' ? words.and : words.or} `)
  return isInner ? `(${said})` : said
}
