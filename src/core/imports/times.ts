import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../kit/time.ts'

export const DATE_ORDERS = ['ymd', 'dmy', 'mdy', 'epoch-s', 'epoch-ms', 'epoch-us'] as const
export type DateOrder = (typeof DATE_ORDERS)[number]

/** Each order in the words of a sentence. */
export const ORDER_WORDS: Readonly<Record<DateOrder, string>> = {
  ymd: 'year, month, day',
  dmy: 'day, month, year',
  mdy: 'month, day, year',
  'epoch-s': 'seconds since 1970',
  'epoch-ms': 'milliseconds since 1970',
  'epoch-us': 'microseconds since 1970',
}

/** What a text says about time, before any zone. */
export interface TimeReading {
  isReadable: boolean
  /** Microseconds as if the written clock were UTC; epoch counts are instants already. */
  local: number
  /** A time of day was written, not only a date. */
  hasClock: boolean
  /** Minutes east of UTC where the text says so (`Z`, `+01:00`, epoch counts), else NaN. */
  offset: number
  /** What the row shows about the order of day and month: that it is as asked, the other way round, either, or nothing. */
  evidence: 'none' | 'asked' | 'other' | 'either'
}

/** A reading to be filled by the functions below. */
export function emptyReading(): TimeReading {
  return { isReadable: false, local: Number.NaN, hasClock: false, offset: Number.NaN, evidence: 'none' }
}

/** Years outside are taken for a misread column. */
const EARLIEST_YEAR = 1600
const LATEST_YEAR = 2200
/** Two-digit years from 70 on are of the last century, as spreadsheets and POSIX have it. */
const CENTURY_PIVOT = 70

const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'jan january ene enero',
    'feb february febrero',
    'mar march marzo',
    'apr april abr abril',
    'may mayo',
    'jun june junio',
    'jul july julio',
    'aug august ago agosto',
    'sep sept september septiembre setiembre',
    'oct october octubre',
    'nov november noviembre',
    'dec december dic diciembre',
  ].flatMap((names, k) => names.split(' ').map(name => [name, k + 1])),
)

const CLOCK =
  /^(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?\s?m\.?)?)?\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?$/i
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?=$|[T ,Zz+-])(.*)$/
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?$/
const COMPACT_CLOCK = /^(\d{4})(\d{2})(\d{2})([T ,].*)$/
const YEAR_LAST = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?=$|[T ,])(.*)$/
const DAY_MONTH_NAME = /^(\d{1,2})[-\s/.]*(?:de\s+)?([a-z]+)\.?[-\s/.,]*(?:del?\s+)?(\d{4}|\d{2})(?=$|[T ,])(.*)$/i
const MONTH_NAME_DAY = /^([a-z]+)\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4})(?=$|[T ,])(.*)$/i
const MONTH_NAME_YEAR = /^([a-z]+)\.?[-\s/]*(\d{4}|\d{2})$/i

/** Days from 1970-01-01 to a date of the Gregorian calendar, or NaN where there is no such day. */
export function daysFrom(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < EARLIEST_YEAR || year > LATEST_YEAR) return Number.NaN
  if (day > 28 && day > lengthOfMonth(year, month)) return Number.NaN
  // Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so the leap day is the last.
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/**
 * What a text says about time, in that order of day, month and year.
 *
 * A text with the year first, or with a month's name (English or Spanish), is read whatever the order.
 */
export function readTime(text: string, order: DateOrder, out: TimeReading): TimeReading {
  out.isReadable = false
  out.local = Number.NaN
  out.offset = Number.NaN
  out.hasClock = false
  out.evidence = 'none'
  const bare = text.trim()
  if (order.startsWith('epoch')) return epoch(bare, order, out)
  const found = YEAR_FIRST.exec(bare)
  if (found) return settle(Number(found[1]), Number(found[2]), Number(found[3] ?? 1), found[4] ?? '', out)
  const compact = COMPACT.exec(bare)
  if (compact) {
    const clock = compact[4] ? ` ${compact[4]}:${compact[5]}:${compact[6] ?? '00'}` : ''
    return settle(Number(compact[1]), Number(compact[2]), Number(compact[3]), clock, out)
  }
  const spaced = COMPACT_CLOCK.exec(bare)
  if (spaced) return settle(Number(spaced[1]), Number(spaced[2]), Number(spaced[3]), spaced[4]!, out)
  const last = YEAR_LAST.exec(bare)
  if (last) return yearLast(last, order, out)
  return named(bare.normalize('NFD').replace(/\p{M}/gu, ''), out)
}

function epoch(bare: string, order: DateOrder, out: TimeReading): TimeReading {
  if (!/^-?\d+(\.\d+)?$/.test(bare)) return out
  const perUnit = order === 'epoch-s' ? MICROS_PER_SECOND : order === 'epoch-ms' ? 1000 : 1
  const local = Math.round(Number(bare) * perUnit)
  if (local < daysFrom(EARLIEST_YEAR, 1, 1) * MICROS_PER_DAY || local > daysFrom(LATEST_YEAR, 1, 1) * MICROS_PER_DAY) return out
  out.isReadable = true
  out.local = local
  out.hasClock = true
  out.offset = 0
  return out
}

function yearLast(parts: RegExpExecArray, order: DateOrder, out: TimeReading): TimeReading {
  const a = Number(parts[1])
  const b = Number(parts[2])
  if (a > 12 && b > 12) return out
  const actual = a > 12 ? 'dmy' : b > 12 ? 'mdy' : a === b ? 'same' : 'either'
  out.evidence = actual === 'same' ? 'none' : actual === 'either' ? 'either' : actual === order ? 'asked' : 'other'
  if (order === 'ymd' || out.evidence === 'other') return out
  const [day, month] = order === 'dmy' ? [a, b] : [b, a]
  return settle(wholeYear(parts[3]!), month, day, parts[4] ?? '', out)
}

function named(bare: string, out: TimeReading): TimeReading {
  // A weekday before it says nothing new.
  const text = bare.replace(/^(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mie|jue|vie|sab|dom)[a-z]*[.,]+\s*/i, '')
  const dayFirst = DAY_MONTH_NAME.exec(text)
  if (dayFirst) return settle(wholeYear(dayFirst[3]!), month(dayFirst[2]!), Number(dayFirst[1]), dayFirst[4] ?? '', out)
  const monthFirst = MONTH_NAME_DAY.exec(text)
  if (monthFirst) return settle(Number(monthFirst[3]), month(monthFirst[1]!), Number(monthFirst[2]), monthFirst[4] ?? '', out)
  const monthly = MONTH_NAME_YEAR.exec(text)
  return monthly ? settle(wholeYear(monthly[2]!), month(monthly[1]!), 1, '', out) : out
}

function month(name: string): number {
  return MONTHS[name.toLowerCase()] ?? Number.NaN
}

function wholeYear(text: string): number {
  const year = Number(text)
  return text.length === 4 ? year : year + (year >= CENTURY_PIVOT ? 1900 : 2000)
}

function settle(year: number, monthOf: number, day: number, rest: string, out: TimeReading): TimeReading {
  const days = daysFrom(year, monthOf, day)
  const clock = CLOCK.exec(rest.trimEnd())
  if (Number.isNaN(days) || !clock) return out
  const micros = clock[1] === undefined ? 0 : clockMicros(clock)
  if (Number.isNaN(micros)) return out
  out.isReadable = true
  out.local = days * MICROS_PER_DAY + micros
  out.hasClock = clock[1] !== undefined
  out.offset = clock[6] === undefined ? Number.NaN : offsetMinutes(clock[6])
  return out
}

function clockMicros(parts: RegExpExecArray): number {
  const half = parts[5]?.[0]?.toLowerCase()
  let hour = Number(parts[1])
  const minute = Number(parts[2])
  const second = Number(parts[3] ?? 0)
  if (half !== undefined && (hour < 1 || hour > 12)) return Number.NaN
  if (half !== undefined) hour = (hour % 12) + (half === 'p' ? 12 : 0)
  // 24:00 is the end of that day; a leap second is the last moment of its minute.
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return Number.NaN
  const fraction = Math.floor(Number(`0.${parts[4] ?? 0}`) * 1e6 + 1e-6)
  return hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + Math.min(second, 59) * MICROS_PER_SECOND + fraction
}

function offsetMinutes(text: string): number {
  if (/^[a-z]/i.test(text)) return 0
  const digits = text.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  return text.startsWith('-') ? -minutes : minutes
}

/** A time of day in a column of its own, as `09:30`, `9:30:15.250`, `930` or `4:00 PM`; microseconds of the day or NaN. */
export function readTimeOfDay(text: string): number {
  const bare = text.trim()
  const compact = /^(\d{1,2})(\d{2})(?:(\d{2}))?$/.exec(bare)
  const clock = CLOCK.exec(compact ? ` ${compact[1]}:${compact[2]}:${compact[3] ?? '00'}` : ` ${bare}`)
  return clock?.[1] === undefined ? Number.NaN : clockMicros(clock)
}

function two(bytes: Uint8Array, at: number): number {
  const a = bytes[at]! - 48
  const b = bytes[at + 1]! - 48
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : Number.NaN
}

/**
 * The commonest forms straight from bytes, `2020-04-20` and `2020-04-20 18:30[:15]` (or with a T); false where it is another form.
 *
 * It reads nothing that readTime reads differently; it is there because a big file is mostly such times.
 */
export function readIsoBytes(bytes: Uint8Array, from: number, to: number, out: TimeReading): boolean {
  const length = to - from
  if ((length !== 10 && length !== 16 && length !== 19) || bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return false
  const days = daysFrom(two(bytes, from) * 100 + two(bytes, from + 2), two(bytes, from + 5), two(bytes, from + 8))
  if (Number.isNaN(days)) return false
  let micros = 0
  if (length > 10) {
    const mark = bytes[from + 10]
    const hour = two(bytes, from + 11)
    const minute = two(bytes, from + 14)
    const second = length === 19 ? two(bytes, from + 17) : 0
    const isClock = (mark === 32 || mark === 84) && bytes[from + 13] === 58 && (length === 16 || bytes[from + 16] === 58)
    if (!isClock || !(hour < 24) || !(minute < 60) || !(second < 60)) return false
    micros = hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND
  }
  out.isReadable = true
  out.local = days * MICROS_PER_DAY + micros
  out.hasClock = length > 10
  out.offset = Number.NaN
  out.evidence = 'none'
  return true
}
