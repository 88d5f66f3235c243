import type { FieldType } from './field.ts'

type Value = bigint | string

/** One way to compare a value with what stands in a rule. */
export interface Operator {
  readonly name: string
  /** `order` compares numbers and dates, `words` text and ids. */
  readonly family: 'order' | 'words'
  readonly operands: 1 | 2
  /** Words that other systems use for it. */
  readonly aliases: readonly string[]
  /** Whether a value that is there meets it. */
  readonly test: (value: Value, operand: Value, second: Value) => boolean
}

function defineOperator<N extends string>(
  name: N,
  rest: Omit<Operator, 'name' | 'operands' | 'test'> & {
    readonly operands?: 2
    readonly test: (value: never, operand: never, second: never) => boolean
  },
): Operator & { readonly name: N } {
  return { operands: 1, ...rest, name, test: rest.test as Operator['test'] }
}

/** The twelve operators; editor, checks, SQL and the tests are made from this table. */
export const OPERATORS = [
  defineOperator('equal', {
    family: 'order',
    aliases: ['equal to', 'is equal to', 'equals', 'eq', '=', '=='],
    test: (a: bigint, b: bigint) => a === b,
  }),
  defineOperator('not-equal', {
    family: 'order',
    aliases: ['not equal to', 'is not equal to', 'ne', 'neq', '!=', '<>'],
    test: (a: bigint, b: bigint) => a !== b,
  }),
  defineOperator('less', {
    family: 'order',
    aliases: ['less than', 'lt', '<'],
    test: (a: bigint, b: bigint) => a < b,
  }),
  defineOperator('greater', {
    family: 'order',
    aliases: ['greater than', 'gt', '>'],
    test: (a: bigint, b: bigint) => a > b,
  }),
  defineOperator('at-most', {
    family: 'order',
    aliases: ['less than equal to', 'less than or equal to', 'lte', '<='],
    test: (a: bigint, b: bigint) => a <= b,
  }),
  defineOperator('at-least', {
    family: 'order',
    aliases: ['greater than equal to', 'greater than or equal to', 'gte', '>='],
    test: (a: bigint, b: bigint) => a >= b,
  }),
  defineOperator('between', {
    family: 'order',
    operands: 2,
    aliases: ['is between'],
    test: (a: bigint, b: bigint, c: bigint) => a >= b && a <= c,
  }),
  defineOperator('is', {
    family: 'words',
    aliases: ['equal to (exact words)', 'equal to', 'is equal to', 'equals', 'eq', '=', '=='],
    test: (a: string, b: string) => a === b,
  }),
  defineOperator('is-not', {
    family: 'words',
    aliases: ['not equal to (exact words)', 'not equal to', 'is not equal to', 'ne', 'neq', '!=', '<>'],
    test: (a: string, b: string) => a !== b,
  }),
  defineOperator('contains', { family: 'words', aliases: ['includes'], test: (a: string, b: string) => a.includes(b) }),
  defineOperator('starts-with', { family: 'words', aliases: ['begins with'], test: (a: string, b: string) => a.startsWith(b) }),
  defineOperator('ends-with', { family: 'words', aliases: [], test: (a: string, b: string) => a.endsWith(b) }),
] as const satisfies readonly Operator[]

export type OperatorName = (typeof OPERATORS)[number]['name']

/** The family of operators that a type of field has. */
export function familyOf(type: FieldType): Operator['family'] {
  return type === 'text' || type === 'id' ? 'words' : 'order'
}

/** The operator of that name; null where there is none. */
export function operatorOf(name: string): (typeof OPERATORS)[number] | null {
  return OPERATORS.find(one => one.name === name) ?? null
}

/** The operator that another system means by a word, for a field of that type; null where nobody uses the word. */
export function operatorByAlias(word: string, type: FieldType): (typeof OPERATORS)[number] | null {
  const plain = word
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s-]+/g, ' ')
  const family = OPERATORS.filter(one => one.family === familyOf(type))
  return (
    family.find(one => one.name.replaceAll('-', ' ') === plain) ??
    family.find(one => (one.aliases as readonly string[]).includes(plain)) ??
    null
  )
}
