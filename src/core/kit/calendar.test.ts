import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  civilOf,
  dateIn,
  dateOfDay,
  dayIn,
  dayNumberOf,
  dayOfDate,
  fromLocal,
  fromWallClock,
  isTimeZone,
  type LocalTime,
  lengthOfDay,
  offsetAt,
  startOfDay,
  toLocal,
  wallClock,
  weekdayOf,
} from './calendar.ts'
import { epochMicros, fromMillis, isoDate, MICROS_PER_HOUR, MICROS_PER_SECOND } from './time.ts'

const ZONES = ['America/New_York', 'Europe/London', 'Asia/Karachi', 'Australia/Sydney', 'Australia/Lord_Howe', 'UTC']

function local(year: number, month: number, day: number, hour: number, minute = 0): LocalTime {
  return { year, month, day, hour, minute, second: 0, micros: 0 }
}

function utc(text: string) {
  return fromMillis(Date.parse(text))
}

describe('clock changes', () => {
  test.each([
    // Dates of the IANA data, and of the laws behind them.
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Europe/London', '2026-03-29', 23],
    ['Europe/London', '2026-10-25', 25],
    ['Australia/Sydney', '2026-04-05', 25],
    ['Australia/Sydney', '2026-10-04', 23],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Asia/Karachi', '2008-06-01', 23],
    ['Asia/Karachi', '2026-03-29', 24],
    ['America/New_York', '2026-07-01', 24],
  ])('%s on %s has %d hours', (zone, date, hours) => {
    expect(lengthOfDay(dayOfDate(isoDate(date)), zone) / MICROS_PER_HOUR).toBe(hours)
  })

  test('a skipped time is an hour off by the named rule, or refused', () => {
    const skipped = local(2026, 3, 8, 2, 30)
    expect(fromLocal(skipped, 'America/New_York', 'earlier')).toBe(utc('2026-03-08T06:30:00Z'))
    expect(fromLocal(skipped, 'America/New_York', 'later')).toBe(utc('2026-03-08T07:30:00Z'))
    expect(() => fromLocal(skipped, 'America/New_York', 'refuse')).toThrow('2026-03-08T02:30:00 is skipped')
  })

  test('a repeated time has a first and a second instant, or is refused', () => {
    const repeated = local(2026, 11, 1, 1, 30)
    expect(fromLocal(repeated, 'America/New_York', 'earlier')).toBe(utc('2026-11-01T05:30:00Z'))
    expect(fromLocal(repeated, 'America/New_York', 'later')).toBe(utc('2026-11-01T06:30:00Z'))
    expect(() => fromLocal(repeated, 'America/New_York', 'refuse')).toThrow('is repeated')
  })

  test('a day whose midnight is skipped starts at the change', () => {
    // Cuba changes at midnight: 2026-03-08 starts at 01:00.
    expect(toLocal(startOfDay(dayOfDate(isoDate('2026-03-08')), 'America/Havana'), 'America/Havana').hour).toBe(1)
  })

  test('the second of the change is exact', () => {
    const change = utc('2026-03-08T07:00:00Z')
    expect(offsetAt(change - 1, 'America/New_York') / MICROS_PER_HOUR).toBe(-5)
    expect(offsetAt(change, 'America/New_York') / MICROS_PER_HOUR).toBe(-4)
  })
})

test('a time that no clock shows is refused with what was asked', () => {
  expect(() => fromLocal(local(2026, 2, 30, 0), 'UTC', 'earlier')).toThrow('no clock shows 2026-2-30')
  expect(() => fromLocal(local(2026, 2, 3, 24), 'UTC', 'earlier')).toThrow(RangeError)
  expect(() => offsetAt(0, 'Mars/Olympus')).toThrow("no time zone is named 'Mars/Olympus'")
  expect(isTimeZone('Mars/Olympus')).toBe(false)
  expect(isTimeZone('Asia/Karachi')).toBe(true)
})

test('offsets are those of Intl at any instant from 1900 to 2100', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: -2_208_988_800, max: 4_102_444_800 }), (zone, second) => {
      const at = epochMicros(second * MICROS_PER_SECOND)
      const { year, month, day, hour, minute } = toLocal(at, zone)
      const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(
        second * 1000,
      )
      const pad = (value: number) => String(value).padStart(2, '0')
      expect(`${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}`).toBe(shown)
    }),
    { numRuns: 2000 },
  )
})

test('an instant is one of the two that its wall clock reading stands for', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 4_102_444_800 }), (zone, second) => {
      const at = second * MICROS_PER_SECOND
      const wall = wallClock(at, zone)
      expect([fromWallClock(wall, zone, 'earlier'), fromWallClock(wall, zone, 'later')]).toContain(at)
    }),
    { numRuns: 2000 },
  )
})

test('days and dates convert both ways for 800 years', () => {
  for (let day = -146_097; day <= 146_097; day += 1) {
    const { year, month, day: dayOfMonth } = civilOf(day)
    if (dayNumberOf(year, month, dayOfMonth) !== day) throw new Error(`day ${day} came back differently`)
  }
  expect(dayOfDate(isoDate('2026-11-21'))).toBe(Date.UTC(2026, 10, 21) / 86_400_000)
  expect(dateOfDay(0)).toBe('1970-01-01')
  expect(weekdayOf(dayOfDate(isoDate('2026-11-21')))).toBe(6)
  expect(dayNumberOf(2026, 0, 25)).toBe(dayNumberOf(2025, 12, 25))
  expect(dayNumberOf(2026, 13, 1)).toBe(dayNumberOf(2027, 1, 1))
})

test('the date is that of the zone, not that of UTC', () => {
  const evening = utc('2026-11-21T23:30:00Z')
  expect(dateIn(evening, 'America/New_York')).toBe('2026-11-21')
  expect(dateIn(evening, 'Asia/Karachi')).toBe('2026-11-22')
  expect(dayIn(epochMicros(-1), 'UTC')).toBe(-1)
})
