/** What a text is as a number: a value, nothing at all, infinite, or not a number. */
export type NumberKind = 'value' | 'missing' | 'infinite' | 'unreadable'

/** A number as it was read; it is filled again and again, since a file has millions. */
export interface NumberReading {
  kind: NumberKind
  /** NaN unless kind is `value`. */
  value: number
}

const MISSING = new Set([
  '',
  '-',
  '--',
  '.',
  '—',
  '–',
  'na',
  'n/a',
  '#n/a',
  '#na',
  'nan',
  'null',
  'none',
  'nil',
  'nd',
  's/d',
  '?',
])
const INFINITE = /^[+-]?(inf|infinity|infinito|∞|#div\/0!)$/i
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** 10^0 to 10^22: the powers of ten that a double holds exactly. */
const TENS = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))

/**
 * The number that a text writes, in that decimal convention.
 *
 * Thousands may be set apart by a comma (or a point where the decimal is a comma), a space or an apostrophe, in groups of
 * three; a currency sign may stand before it, and parentheses mean negative. Missing is a blank or one of the usual marks.
 */
export function readNumber(text: string, decimal: '.' | ',', out: NumberReading): NumberReading {
  const bare = text.trim()
  out.value = Number.NaN
  if (MISSING.has(bare.toLowerCase())) {
    out.kind = 'missing'
  } else if (INFINITE.test(bare)) {
    out.kind = 'infinite'
  } else {
    const plain = normalised(bare, decimal)
    const value = PLAIN.test(plain) ? Number(plain) : Number.NaN
    out.kind = Number.isFinite(value) ? 'value' : PLAIN.test(plain) ? 'infinite' : 'unreadable'
    if (out.kind === 'value') out.value = value
  }
  return out
}

function normalised(bare: string, decimal: '.' | ','): string {
  const negative = /^\(.*\)$/.test(bare)
  const inner = negative ? bare.slice(1, -1) : bare
  const unsigned = inner.replace(/^([+-−]?)\s*(?:[$€£¥]|USD|EUR|GBP)\s*/u, '$1').replace('−', '-')
  const point = ungrouped(unsigned, decimal)
  return negative ? `-${point}` : point
}

/** Takes the marks of thousands away where the groups are right; else leaves them, so that the text does not read as a number. */
function ungrouped(text: string, decimal: '.' | ','): string {
  const [whole = '', ...fractions] = text.split(decimal)
  if (fractions.length > 1) return text
  const mark = decimal === '.' ? ',' : '.'
  const grouped = new RegExp(`^[+-]?\\d{1,3}(?:([${mark} '’\\u00a0\\u202f])\\d{3})(?:\\1\\d{3})*$`)
  const joined = grouped.test(whole) ? whole.replace(/[^\d+-]/g, '') : whole
  // A mark of thousands after the decimal sign, as in 1.234,5 read with a decimal point, is not a number.
  if (joined.includes(mark) || fractions[0]?.includes(mark)) return 'unreadable'
  return fractions.length === 1 ? `${joined}.${fractions[0]}` : joined
}

/**
 * The number in some bytes of ASCII, or NaN where it is not of the plain form `-123.45` with at most 15 digits.
 *
 * Exact: mantissa and power of ten are both exact doubles, so their quotient is the nearest double, as Number(text) gives.
 */
export function plainNumber(bytes: Uint8Array, from: number, to: number, decimal: number): number {
  let at = from
  let negative = false
  const sign = bytes[at]
  if (sign === 45 || sign === 43) {
    negative = sign === 45
    at++
  }
  let mantissa = 0
  let digits = 0
  let fraction = -1
  for (; at < to; at++) {
    const digit = bytes[at]! - 48
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digits++
      if (fraction >= 0) fraction++
    } else if (bytes[at] === decimal && fraction < 0) {
      fraction = 0
    } else {
      return Number.NaN
    }
  }
  if (digits === 0 || digits > 15) return Number.NaN
  const value = fraction > 0 ? mantissa / TENS[fraction]! : mantissa
  return negative ? -value : value
}
