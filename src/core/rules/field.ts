import { isoDate } from '../kit/time.ts'

/** What the values of a field are; it decides how they are compared. */
export const FIELD_TYPES = ['text', 'id', 'integer', 'decimal', 'date'] as const
export type FieldType = (typeof FIELD_TYPES)[number]

/** Something that a rule can speak about. */
export interface RuleField {
  readonly name: string
  readonly type: FieldType
  /** The values that it can have, where they are known. */
  readonly values?: readonly string[]
}

/** A row as rules see it: text or null by the name of the field, numbers and dates in their written form. */
export type RuleRow = Readonly<Record<string, string | null | undefined>>

/** Digits behind the point that a decimal may have, here and in SQL, so that both compare the very same numbers. */
export const DECIMAL_PLACES = 12
const DECIMAL = /^([+-]?)(\d{1,26})(?:\.(\d{1,12}))?$/
const INTEGER = /^[+-]?\d{1,38}$/
/** Nothing but printable ASCII, which no composition and no language changes. */
const PLAIN = /^[ -~]*$/
const DATE = /^\d{4}-\d{2}-\d{2}$/

/** Lower case one letter at a time: the word-wise rules of a language (a Greek sigma at an end) are not SQL's. */
function lower(text: string): string {
  let out = ''
  for (const letter of text) {
    const small = letter.toLowerCase()
    out += small.length === letter.length ? small : letter === '\u0130' ? 'i' : letter
  }
  return out
}

/** A text as it is compared: composed, without space around it, in lower case. */
export function normalText(text: string): string {
  // Every rule asks every row: what needs no care must cost none.
  return PLAIN.test(text) ? text.trim().toLowerCase() : lower(text.normalize('NFC').trim())
}

/**
 * A value as it is compared: numbers as whole units of 10^-12, dates as days in their written form, text as normalText.
 *
 * Null where the text is empty or no value of that type; a missing value meets no test.
 */
export function comparable(type: FieldType, text: string | null | undefined): bigint | string | null {
  if (text === null || text === undefined) return null
  const plain = text.trim()
  if (plain === '') return null
  switch (type) {
    case 'integer':
      return INTEGER.test(plain) ? BigInt(plain) : null
    case 'decimal': {
      const found = DECIMAL.exec(plain)
      if (!found) return null
      const [, sign, whole, fraction = ''] = found
      const units = BigInt(`${whole}${fraction.padEnd(DECIMAL_PLACES, '0')}`)
      return sign === '-' ? -units : units
    }
    case 'date':
      return isDate(plain) ? plain : null
    default:
      return normalText(plain)
  }
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false
  try {
    isoDate(text)
    return true
  } catch {
    return false
  }
}
