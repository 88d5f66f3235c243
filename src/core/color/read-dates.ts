import { emptyReading, readTime } from '../imports/times.ts'
import { MICROS_PER_DAY, MICROS_PER_MILLI } from '../kit/time.ts'
import type { ColorProblemKind } from './color-problems.ts'

/** What the dates of one column show about the order of day and month. */
export type DayOrder = 'dmy' | 'mdy' | 'unknown' | 'mixed'

const YEAR_LAST = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?!\d)/
const SHORT_YEAR = /^\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}(?!\d)|^\d{1,2}[-\s/.]*[a-z]+\.?[-\s/.,]*\d{2}(?!\d)/i
/** A month without a day is no date, though a reader of series takes it for its first. */
const NO_DAY = /^(\d{4}[-/.]\d{1,2}|[a-z]+\.?[-\s/]*\d{2,4})$/i

const reading = emptyReading()

/** Looks at the dates of a column one after another and says in the end which comes first, day or month. */
export function createOrderFinder(): { see(text: string): void; order(): DayOrder } {
  const seen = { dmy: false, mdy: false }
  return {
    see(text) {
      const [, first, second] = YEAR_LAST.exec(text.trim()) ?? []
      if (first === undefined) return
      if (Number(first) > 12) seen.dmy = true
      else if (Number(second) > 12) seen.mdy = true
    },
    order: () => (seen.dmy && seen.mdy ? 'mixed' : seen.dmy ? 'dmy' : seen.mdy ? 'mdy' : 'unknown'),
  }
}

type DayRead = { readonly value: string } | { readonly problem: ColorProblemKind }

/** A file has few different days, each in thousands of rows. */
const MOST_KNOWN = 5000
const known = new Map<string, DayRead>()

/** A day as YYYY-MM-DD, or why there is none. A time of day behind it is left away; the day is the written one. */
export function readDay(text: string, order: DayOrder): DayRead {
  const key = `${order} ${text}`
  const before = known.get(key)
  if (before) return before
  const found = dayOf(text, order)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, found)
  return found
}

function dayOf(text: string, order: DayOrder): DayRead {
  const plain = text.trim()
  if (SHORT_YEAR.test(plain)) return { problem: 'date-short-year' }
  if (NO_DAY.test(plain)) return { problem: 'date-unreadable' }
  const [, first, second] = YEAR_LAST.exec(plain) ?? []
  // The same day and month read alike both ways.
  if (first !== undefined && Number(first) !== Number(second)) {
    if (order === 'mixed') return { problem: 'date-orders-mixed' }
    if (order === 'unknown') return { problem: 'date-ambiguous' }
  }
  const { isReadable, local } = readTime(plain, order === 'dmy' ? 'dmy' : 'mdy', reading)
  if (!isReadable) return { problem: 'date-unreadable' }
  const day = Math.floor(local / MICROS_PER_DAY) * MICROS_PER_DAY
  return { value: new Date(day / MICROS_PER_MILLI).toISOString().slice(0, 10) }
}
