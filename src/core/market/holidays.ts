import { civilOf, dayNumberOf, dayOfDate, weekdayOf } from '../kit/calendar.ts'
import { isoDate } from '../kit/time.ts'

/** A day on which a venue keeps other hours than usual. */
export interface Holiday {
  /** Days since 1970-01-01. */
  readonly day: number
  readonly name: string
  /** No trading; trading that counts to the next trading date; or a trading date that ends early. */
  readonly kind: 'closed' | 'rolled' | 'half'
  /** Minute of the local day at which all trading ends, where it differs from the calendar's usual one for such a day. */
  readonly halt?: number
  /** Minute at which the regular session ends on a half day, where it is not the end of all trading. */
  readonly regularClose?: number
}

/** Closures of NYSE outside its rules. Source: NYSE, "Special closings". */
const NYSE_SPECIAL: readonly (readonly [date: string, name: string])[] = [
  ['1985-09-27', 'Hurricane Gloria'],
  ['1994-04-27', 'Mourning for President Nixon'],
  ['2001-09-11', 'Terrorist attacks'],
  ['2001-09-12', 'Terrorist attacks'],
  ['2001-09-13', 'Terrorist attacks'],
  ['2001-09-14', 'Terrorist attacks'],
  ['2004-06-11', 'Mourning for President Reagan'],
  ['2007-01-02', 'Mourning for President Ford'],
  ['2012-10-29', 'Hurricane Sandy'],
  ['2012-10-30', 'Hurricane Sandy'],
  ['2018-12-05', 'Mourning for President G. H. W. Bush'],
  ['2025-01-09', 'Mourning for President Carter'],
]

const SUNDAY = 0
const MONDAY = 1
const THURSDAY = 4
const SATURDAY = 6
const NYSE_HALF_DAY_CLOSE = 13 * 60
const CME_ENERGY_HALT = 14 * 60 + 30
const CME_EQUITY_HALT = 13 * 60

/**
 * Holidays and half days of NYSE in a year.
 *
 * The rules are those in force since 1998, with Juneteenth from 2022; special closings are listed by date.
 * Source: NYSE Rule 7.2 and "Holidays & Trading Hours".
 */
export function nyseHolidays(year: number): readonly Holiday[] {
  const closed = usHolidays(year).map(({ day, name }): Holiday => ({ day, name, kind: 'closed' }))
  const special = NYSE_SPECIAL.filter(([date]) => date.startsWith(`${year}-`)).map(
    ([date, name]): Holiday => ({ day: dayOfDate(isoDate(date)), name, kind: 'closed' }),
  )
  return [...closed, ...special, ...halfDays(year).map(half => ({ ...half, regularClose: NYSE_HALF_DAY_CLOSE }))]
}

/** Holidays of NYMEX energy futures: closed on three days, on the others trading halts at 14:30 New York and counts to the next date. */
export function cmeEnergyHolidays(year: number): readonly Holiday[] {
  // The eve of Independence Day is an ordinary date for energy.
  const halves = halfDays(year).filter(({ day }) => civilOf(day).month !== 7)
  return [...cmeHolidays(year, CME_ENERGY_HALT), ...halves]
}

/** Holidays of CME equity index futures: as energy, with the halt at 13:00 New York and the half days of NYSE. */
export function cmeEquityHolidays(year: number): readonly Holiday[] {
  return [...cmeHolidays(year, CME_EQUITY_HALT), ...halfDays(year)]
}

/**
 * Western Easter Sunday as days since 1970-01-01.
 *
 * Source: the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
 */
export function easterSunday(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 19 * l) / 433)
  const month = Math.floor((h + l - 7 * m + 90) / 25)
  const day = (h + l - 7 * m + 33 * month + 19) % 32
  return dayNumberOf(year, month, day)
}

/** The n-th weekday of a month (the last one for n = -1) as days since 1970-01-01. */
export function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  if (n > 0) {
    const first = dayNumberOf(year, month, 1)
    return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1)
  }
  const last = dayNumberOf(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7)
}

interface NamedDay {
  readonly day: number
  readonly name: string
}

function usHolidays(year: number): NamedDay[] {
  const days: (NamedDay | null)[] = [
    observedNewYear(year),
    year >= 1998 ? { day: nthWeekday(year, 1, MONDAY, 3), name: 'Martin Luther King, Jr. Day' } : null,
    { day: nthWeekday(year, 2, MONDAY, 3), name: "Washington's Birthday" },
    { day: easterSunday(year) - 2, name: 'Good Friday' },
    { day: nthWeekday(year, 5, MONDAY, -1), name: 'Memorial Day' },
    year >= 2022 ? { day: observed(dayNumberOf(year, 6, 19)), name: 'Juneteenth' } : null,
    { day: observed(dayNumberOf(year, 7, 4)), name: 'Independence Day' },
    { day: nthWeekday(year, 9, MONDAY, 1), name: 'Labor Day' },
    { day: nthWeekday(year, 11, THURSDAY, 4), name: 'Thanksgiving Day' },
    { day: observed(dayNumberOf(year, 12, 25)), name: 'Christmas Day' },
  ]
  return days.filter(day => day !== null)
}

/** A New Year's Day on a Saturday is not kept: the Friday is the last day of the accounting year. */
function observedNewYear(year: number): NamedDay | null {
  const day = dayNumberOf(year, 1, 1)
  const weekday = weekdayOf(day)
  return weekday === SATURDAY ? null : { day: weekday === SUNDAY ? day + 1 : day, name: "New Year's Day" }
}

function observed(day: number): number {
  const weekday = weekdayOf(day)
  return weekday === SATURDAY ? day - 1 : weekday === SUNDAY ? day + 1 : day
}

function halfDays(year: number): Holiday[] {
  const days: Holiday[] = [{ day: nthWeekday(year, 11, THURSDAY, 4) + 1, name: 'Day after Thanksgiving', kind: 'half' }]
  const eve = dayNumberOf(year, 7, 3)
  if (weekdayOf(eve) >= MONDAY && weekdayOf(eve) <= THURSDAY)
    days.push({ day: eve, name: 'Eve of Independence Day', kind: 'half' })
  const christmasEve = dayNumberOf(year, 12, 24)
  if (weekdayOf(christmasEve) >= MONDAY && weekdayOf(christmasEve) <= THURSDAY)
    days.push({ day: christmasEve, name: 'Christmas Eve', kind: 'half' })
  return days
}

function cmeHolidays(year: number, halt: number): readonly Holiday[] {
  return usHolidays(year).map(({ day, name }): Holiday => {
    const closed = name === 'Good Friday' || name === 'Christmas Day' || name === "New Year's Day"
    return closed ? { day, name, kind: 'closed' } : { day, name, kind: 'rolled', halt }
  })
}
