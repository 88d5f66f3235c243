import { type NumberReading, readNumber } from '../imports/numbers.ts'
import type { ColorProblemKind } from './color-problems.ts'
import { unitsOf } from './color-row.ts'

/** What the numbers of a file show about its decimal sign. */
export type DecimalStyle = 'point' | 'comma' | 'unknown' | 'mixed'

const GROUPED_COMMA = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/
const POINT = /^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)?\.\d*$/
const COMMA = /^[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+)?,\d*$/
/** Three digits behind one point: a price with three decimals, or thousands where the comma is the decimal sign. */
const ONE_POINT_THREE = /^[+-]?[1-9]\d{0,2}\.\d{3}$/
const GROUPED_POINTS = /^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$/
const SCIENTIFIC = /^[+-]?\d+([.,]\d+)?e[+-]?\d+$/i

const reading: NumberReading = { kind: 'missing', value: Number.NaN }

/** Whether a cell says that there is no value: blank, or one of the usual marks for it. */
export function isMissing(text: string): boolean {
  // No mark for a missing value begins with a digit, and most cells do.
  return !/^\d/.test(text) && readNumber(text, '.', reading).kind === 'missing'
}

/** Looks at numbers one after another and says in the end what the decimal sign of all of them is. */
export function createStyleFinder(): { see(text: string): void; style(): DecimalStyle } {
  const seen = { point: false, comma: false }
  return {
    see(text) {
      const plain = text.trim()
      if (GROUPED_COMMA.test(plain) || ONE_POINT_THREE.test(plain)) {
        // More than one comma can only be of thousands.
        if (plain.indexOf(',') !== plain.lastIndexOf(',')) seen.point = true
      } else if (POINT.test(plain)) seen.point = true
      else if (COMMA.test(plain) || GROUPED_POINTS.test(plain)) seen.comma = true
    },
    style: () => (seen.point && seen.comma ? 'mixed' : seen.point ? 'point' : seen.comma ? 'comma' : 'unknown'),
  }
}

/** A decimal with a point and without marks of thousands, or why there is none; a missing one is null. */
export function readDecimal(
  text: string,
  style: DecimalStyle,
): { readonly value: string | null } | { readonly problem: ColorProblemKind } {
  if (isMissing(text)) return { value: null }
  const plain = text.trim()
  if (/^[+-]?\d+$/.test(plain)) return whole(plain)
  if (SCIENTIFIC.test(plain)) return { problem: 'number-scientific' }
  if (GROUPED_COMMA.test(plain)) return style === 'point' ? whole(plain.replaceAll(',', '')) : { problem: 'number-ambiguous' }
  if (ONE_POINT_THREE.test(plain)) return style === 'comma' || style === 'mixed' ? { problem: 'number-ambiguous' } : whole(plain)
  if (POINT.test(plain)) {
    // In a file with both signs, what has but a point reads one way only; a comma beside it does not.
    return style === 'mixed' && plain.includes(',') ? { problem: 'number-ambiguous' } : whole(plain.replaceAll(',', ''))
  }
  if (COMMA.test(plain) || GROUPED_POINTS.test(plain))
    return style === 'comma' ? whole(plain.replaceAll('.', '').replace(',', '.')) : { problem: 'number-ambiguous' }
  return { problem: 'number-unreadable' }
}

function whole(text: string): { readonly value: string } | { readonly problem: ColorProblemKind } {
  const full = text.replace(/^([+-]?)\./, '$10.').replace(/\.$/, '')
  return unitsOf(full) === null ? { problem: 'number-unreadable' } : { value: full }
}
