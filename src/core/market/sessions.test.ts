import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { dateOfDay, dayOfDate } from '../kit/calendar.ts'
import { fromMillis, isoDate } from '../kit/time.ts'
import { easterSunday } from './holidays.ts'
import {
  addTradingDays,
  CALENDARS,
  calendarOf,
  holidayOn,
  isHoliday,
  isTradingDay,
  momentOf,
  nextClose,
  nextOpen,
  sessionOn,
  tradingDate,
} from './sessions.ts'

const at = (text: string) => fromMillis(Date.parse(text))
const day = (text: string) => dayOfDate(isoDate(text))
const { nyse, demo, always } = CALENDARS
const energy = CALENDARS['cme-energy']
const equity = CALENDARS['cme-equity']

describe('NYSE holidays', () => {
  // NYSE, "Holidays & Trading Hours" as published for 2023-2026; 2025-01-09 was a special closing.
  const published: Record<number, { closed: string; half: string }> = {
    2023: { closed: '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25', half: '07-03 11-24' },
    2024: { closed: '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25', half: '07-03 11-29 12-24' },
    2025: { closed: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25', half: '07-03 11-28 12-24' },
    2026: { closed: '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25', half: '11-27 12-24' },
  }
  test.each(Object.entries(published))('%s is as published', (year, { closed, half }) => {
    const all = nyse.holidays(Number(year))
    const list = (kind: string) =>
      all
        .filter(holiday => holiday.kind === kind)
        .map(holiday => dateOfDay(holiday.day).slice(5))
        .sort()
        .join(' ')
    expect(list('closed')).toBe(closed)
    expect(list('half')).toBe(half)
  })

  test('the trading dates of 2000 to 2020 are the dates of the S&P 500 in vega-datasets', () => {
    const file = new URL('../../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url)
    const dates = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.slice(0, 10))
    const from = day(dates[0]!)
    const to = day(dates.at(-1)!)
    const expected: string[] = []
    for (let d = from; d <= to; d += 1) if (isTradingDay(d, nyse)) expected.push(dateOfDay(d))
    expect(dates.length).toBeGreaterThan(5000)
    expect(dates).toEqual(expected)
  })

  test('New Year on a Saturday is not kept, Juneteenth only since 2022', () => {
    expect(isTradingDay(day('2021-12-31'), nyse)).toBe(true)
    expect(isTradingDay(day('2021-06-18'), nyse)).toBe(true)
    expect(holidayOn(day('2022-06-20'), nyse)?.name).toBe('Juneteenth')
  })

  test('Easter falls where the church tables put it', () => {
    const tables = { 1961: '04-02', 2000: '04-23', 2008: '03-23', 2024: '03-31', 2038: '04-25' }
    for (const [year, date] of Object.entries(tables)) expect(dateOfDay(easterSunday(Number(year)))).toBe(`${year}-${date}`)
  })
})

describe('NYSE hours', () => {
  test('before, during and after the regular session', () => {
    expect(momentOf(at('2026-11-20T14:29:59Z'), nyse).phase).toBe('extended')
    expect(momentOf(at('2026-11-20T14:30:00Z'), nyse).phase).toBe('regular')
    expect(momentOf(at('2026-11-20T21:00:00Z'), nyse).phase).toBe('extended')
    expect(momentOf(at('2026-11-21T01:00:00Z'), nyse)).toMatchObject({ phase: 'closed', session: { date: '2026-11-23' } })
  })

  test('a half day ends its regular session at 13:00', () => {
    const session = sessionOn(day('2026-11-27'), nyse)!
    expect(session.isHalfDay).toBe(true)
    expect(session.regularClose).toBe(at('2026-11-27T18:00:00Z'))
    expect(momentOf(at('2026-11-27T18:30:00Z'), nyse).phase).toBe('extended')
    expect(session.close).toBe(at('2026-11-27T22:00:00Z'))
  })

  test('the next open after a Friday close before a Monday holiday is Tuesday', () => {
    expect(nextOpen(at('2026-09-05T00:00:00Z'), nyse)).toBe(at('2026-09-08T08:00:00Z'))
    expect(nextClose(at('2026-09-04T14:00:00Z'), nyse)).toBe(at('2026-09-05T00:00:00Z'))
    expect(isHoliday(day('2026-09-07'), nyse)).toBe(true)
    expect(isHoliday(day('2026-09-06'), nyse)).toBe(false)
  })

  test('the clock change moves the open by an hour of UTC', () => {
    expect(sessionOn(day('2026-03-06'), nyse)!.regularOpen).toBe(at('2026-03-06T14:30:00Z'))
    expect(sessionOn(day('2026-03-09'), nyse)!.regularOpen).toBe(at('2026-03-09T13:30:00Z'))
  })
})

describe('CME hours', () => {
  test('the evening belongs to the next trading date, Sunday evening to Monday', () => {
    expect(tradingDate(at('2026-11-19T22:59:00Z'), energy)).toBe('2026-11-20')
    expect(tradingDate(at('2026-11-19T21:59:59Z'), energy)).toBe('2026-11-19')
    expect(tradingDate(at('2026-11-22T23:00:00Z'), energy)).toBe('2026-11-23')
  })

  test('an hour of break every day', () => {
    expect(momentOf(at('2026-11-19T22:30:00Z'), energy).phase).toBe('closed')
    expect(nextOpen(at('2026-11-19T22:30:00Z'), energy)).toBe(at('2026-11-19T23:00:00Z'))
  })

  test('trading on a US holiday counts to the day after it', () => {
    // Martin Luther King Day 2024: halted Monday 14:30 New York, trade date Tuesday.
    expect(tradingDate(at('2024-01-15T15:00:00Z'), energy)).toBe('2024-01-16')
    expect(momentOf(at('2024-01-15T15:00:00Z'), energy).phase).toBe('extended')
    expect(momentOf(at('2024-01-15T20:00:00Z'), energy).phase).toBe('closed')
    expect(nextOpen(at('2024-01-15T20:00:00Z'), energy)).toBe(at('2024-01-15T23:00:00Z'))
    expect(momentOf(at('2024-01-15T18:30:00Z'), equity).phase).toBe('closed')
    expect(isTradingDay(day('2024-01-15'), energy)).toBe(false)
  })

  test('the eve of Independence Day is a half day of equity index futures, not of energy', () => {
    // CME's schedule of July 2013: equity index closed at 12:15 Chicago on the 3rd, NYMEX at its regular hour.
    expect(sessionOn(day('2013-07-03'), equity)!.close).toBe(at('2013-07-03T17:15:00Z'))
    expect(sessionOn(day('2013-07-03'), energy)!.close).toBe(at('2013-07-03T21:00:00Z'))
  })

  test('closed at Christmas until the evening', () => {
    expect(momentOf(at('2026-12-25T02:00:00Z'), energy)).toMatchObject({ phase: 'closed', session: { date: '2026-12-28' } })
  })
})

test('the demo market and the endless calendar never close', () => {
  expect(momentOf(at('2026-11-21T23:00:00Z'), demo).phase).toBe('extended')
  expect(momentOf(at('2026-11-21T15:00:00Z'), demo).phase).toBe('regular')
  expect(tradingDate(at('2026-11-22T04:59:00Z'), demo)).toBe('2026-11-21')
  expect(momentOf(at('2026-11-21T23:00:00Z'), always).phase).toBe('regular')
  expect(tradingDate(at('2026-11-21T23:59:59Z'), always)).toBe('2026-11-21')
})

test('trading days are counted over weekends and holidays both ways', () => {
  expect(dateOfDay(addTradingDays(day('2026-11-25'), 1, nyse))).toBe('2026-11-27')
  expect(dateOfDay(addTradingDays(day('2026-11-27'), -1, nyse))).toBe('2026-11-25')
})

test('an unknown calendar is refused with the list', () => {
  expect(() => calendarOf('lse')).toThrow('one of nyse, cme-energy, cme-equity, demo, always')
})
