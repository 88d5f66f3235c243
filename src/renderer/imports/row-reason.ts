import { RULES } from '../../core/imports/rules.ts'
import { ORDER_WORDS } from '../../core/imports/times.ts'
import { isTextKey, type TextKey, type Translate, textOr } from '../ui/text.ts'

/** Why a row broke a rule, in the language of the page; as the host says it where it does not have the form of its rule. */
export function rowReason(rule: string, reason: string, t: Translate): string {
  const key = `import.reason.${rule}`
  if (!Object.hasOwn(RULES, rule) || !isTextKey(key)) return reason
  const sentence = RULES[rule as keyof typeof RULES].sentence
  const form = sentence.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>.*)')
  const found = new RegExp(`^${form}$`, 's').exec(reason)
  if (!found) return reason
  const filled = Object.entries(found.groups ?? {}).map(([name, value]) => [name, inWords(name, value)])
  return (t as (key: TextKey, values: object) => string)(key, Object.fromEntries(filled))
}

/** Values that are words themselves: the order of a date, and what a column is. */
function inWords(name: string, value: string): string {
  if (name === 'column') return textOr(`import.role.${value}`, value).toLowerCase()
  const order = name === 'order' ? Object.entries(ORDER_WORDS).find(([, words]) => words === value)?.[0] : undefined
  return order ? textOr(`import.order.${order}`, value).toLowerCase() : value
}
