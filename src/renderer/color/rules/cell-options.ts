import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import type { Test } from '../../../core/rules/condition.ts'
import { familyOf, operatorByAlias, operatorOf } from '../../../core/rules/operators.ts'
import type { Translate } from '../../ui/text.ts'
import { operatorLabel, operatorsFor, typeOf } from './rule-words.ts'

/** Something to choose while typing. */
export interface CellOption {
  readonly value: string
  readonly label: string
  /** What stands beside it: the type of a column, how many rows have a value. */
  readonly about: string
}

/** Options whose words begin with what was typed, then those that hold it. */
export function matching(options: readonly CellOption[], typed: string): readonly CellOption[] {
  const text = typed.trim().toLowerCase()
  if (text === '') return options
  const named = ({ label }: CellOption) => label.toLowerCase()
  const starts = options.filter(option => named(option).startsWith(text))
  return [...starts, ...options.filter(option => !starts.includes(option) && named(option).includes(text))]
}

export function fieldOptions(typed: string, t: Translate): readonly CellOption[] {
  const all = COLOR_FIELDS.map(({ name, type }) => ({ value: name, label: name, about: t(`colorRules.type.${type}`) }))
  return matching(all, typed)
}

/** Operators that fit the field; a sign such as >= is understood as well as its words. */
export function operatorOptions(test: Test, typed: string, t: Translate): readonly CellOption[] {
  const all = operatorsFor(test.field).map(name => ({
    value: name,
    label: operatorLabel(name, t),
    about: SIGNS[name] ?? '',
  }))
  const type = typeOf(test.field)
  const meant = type && typed.trim() !== '' ? operatorByAlias(typed, type) : null
  const found = matching(all, typed)
  return meant
    ? [...all.filter(({ value }) => value === meant.name), ...found.filter(({ value }) => value !== meant.name)]
    : found
}

const SIGNS: Readonly<Record<string, string>> = {
  equal: '=',
  'not-equal': '≠',
  less: '<',
  greater: '>',
  'at-most': '≤',
  'at-least': '≥',
  is: '=',
  'is-not': '≠',
}

/** The test with another field; an operator of the wrong family becomes the plainest of the right one. */
export function withField(test: Test, field: string): Partial<Test> {
  const type = typeOf(field)
  if (!type || operatorOf(test.operator)?.family === familyOf(type)) return { field }
  return { field, operator: familyOf(type) === 'words' ? 'is' : 'equal', value2: undefined }
}

export function withOperator(operator: string): Partial<Test> {
  const found = operatorOf(operator)
  if (!found) return {}
  return found.operands === 2 ? { operator: found.name } : { operator: found.name, value2: undefined }
}
