import { MICROS_PER_DAY } from '../../kit/time.ts'

/** What the format of a number says that it is. */
export type NumberShape = 'plain' | 'date' | 'time' | 'percent'

const DATE_IDS = [
  [14, 17],
  [22, 22],
  [27, 36],
  [50, 58],
] as const
const TIME_IDS = [
  [18, 21],
  [45, 47],
] as const
const PERCENT_IDS = [[9, 10]] as const
const within = (id: number, ranges: readonly (readonly [number, number])[]) => ranges.some(([from, to]) => id >= from && id <= to)

/** What a format of the workbook makes of a number: its number, and its code where it is not one of the usual ones. */
export function shapeOf(id: number, code: string | undefined): NumberShape {
  if (code === undefined) {
    if (within(id, DATE_IDS)) return 'date'
    if (within(id, TIME_IDS)) return 'time'
    return within(id, PERCENT_IDS) ? 'percent' : 'plain'
  }
  // Only the part for positive numbers counts; text in quotation marks, colors and escaped letters are no format.
  const bare = code
    .split(';')[0]!
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, '')
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .toLowerCase()
  if (bare.includes('general')) return 'plain'
  if (/[yd]/.test(bare) || /mmm/.test(bare) || (/m/.test(bare) && !/[hs]/.test(bare))) return 'date'
  if (/[hs]/.test(bare)) return 'time'
  return bare.includes('%') ? 'percent' : 'plain'
}

/** A double holds so many digits that whoever typed them gets them back; spreadsheets show no more. */
const SHEET_DIGITS = 15
/** Places that rules compare. */
const MOST_PLACES = 12
const BEYOND_DIGITS = 1e15
const PERCENT_MARK = '%'

/**
 * A number of a cell as text: as short as it can be, with up to 15 digits and 12 places.
 *
 * Whole numbers of 16 digits and more come as 1.2E+17: the digits that are left over are not what somebody typed.
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Math.abs(value) >= BEYOND_DIGITS) {
    const [digits, exponent] = value.toExponential(SHEET_DIGITS - 1).split('e') as [string, string]
    return `${digits.replace(/\.?0+$/, '')}E${exponent}`
  }
  const text = String(Number(value.toPrecision(SHEET_DIGITS)))
  const places = text.includes('e')
    ? MOST_PLACES + 1
    : text.length - 1 - (text.indexOf('.') < 0 ? text.length : text.indexOf('.'))
  if (places <= MOST_PLACES) return text
  return value
    .toFixed(MOST_PLACES)
    .replace(/\.?0+$/, '')
    .replace(/^-0$/, '0')
}

/** Days from 1970 back to the day before the first of each system. */
const EPOCH_1900 = 25_569
const EPOCH_1904 = 24_107
/** A day that never was stands between February and March of 1900. */
const NO_DAY = 60
const LATEST = 2_958_466
const SECONDS = 86_400
const MILLIS_PER_DAY = MICROS_PER_DAY / 1000

/** A cell as its format shapes it: a date as `2026-11-20`, with a time of day where it has one. A date that is none stays a number. */
function shapedText(value: number, shape: NumberShape, is1904: boolean): string {
  if (shape === 'plain') return numberText(value)
  if (shape === 'percent') return numberText(value * 100) + PERCENT_MARK
  const seconds = Math.round((value - Math.floor(value)) * SECONDS)
  const serial = Math.floor(value) + (seconds === SECONDS ? 1 : 0)
  const clock = new Date((seconds % SECONDS) * 1000).toISOString().slice(11, 19)
  if (serial === 0 && shape === 'time') return clock
  if (value < 0 || serial >= LATEST || (!is1904 && (serial === NO_DAY || serial === 0))) return numberText(value)
  const days = is1904 ? serial - EPOCH_1904 : serial - EPOCH_1900 + (serial < NO_DAY ? 1 : 0)
  const day = new Date(days * MILLIS_PER_DAY).toISOString().slice(0, 10)
  return seconds % SECONDS === 0 ? day : `${day} ${clock}`
}

const MOST_KNOWN = 20_000

/** Texts of shaped numbers. They are remembered: a sheet has few days, each many times. */
export function createShaper(is1904: boolean): (value: number, shape: NumberShape) => string {
  const known: Record<NumberShape, Map<number, string>> = {
    plain: new Map(),
    date: new Map(),
    time: new Map(),
    percent: new Map(),
  }
  return (value, shape) => {
    const texts = known[shape]
    const before = texts.get(value)
    if (before !== undefined) return before
    const text = shapedText(value, shape, is1904)
    if (texts.size < MOST_KNOWN) texts.set(value, text)
    return text
  }
}

/** Name of a column: A, …, Z, AA. */
export function columnLetters(column: number): string {
  const rest = Math.floor(column / 26)
  return (rest > 0 ? columnLetters(rest - 1) : '') + String.fromCharCode(65 + (column % 26))
}
