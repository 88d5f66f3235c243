import { expect, test } from 'vitest'
import { isoDate } from '../kit/time.ts'
import { energyOption, type Settlement, settlesAt, tteYears } from './expiry-time.ts'

const at = (iso: string) => Date.parse(iso) * 1000
const iso = (micros: number) => new Date(micros / 1000).toISOString().slice(0, 16)

test.each<[string, Settlement, string, string]>([
  ['2026-11-20', 'equity-close', '2026-11-20T21:00', 'winter time'],
  ['2026-07-17', 'equity-close', '2026-07-17T20:00', 'summer time'],
  ['2026-11-27', 'equity-close', '2026-11-27T18:00', 'the half day after Thanksgiving'],
  ['2026-11-27', 'fund-close', '2026-11-27T18:15', 'a fund on the half day'],
  ['2026-11-20', 'fund-close', '2026-11-20T21:15', 'a fund'],
  ['2026-11-20', 'index-open', '2026-11-20T14:30', 'an index settled in the morning'],
  ['2015-01-17', 'equity-close', '2015-01-16T21:00', 'a Saturday, as monthly options were dated'],
  ['2015-01-17', 'index-open', '2015-01-16T14:30', 'a Saturday of an index settled in the morning'],
  ['2019-04-19', 'equity-close', '2019-04-18T20:00', 'Good Friday'],
  ['2026-11-17', 'energy-settlement', '2026-11-17T19:30', 'an option on a future'],
])('%s %s settles at %s: %s', (date, settlement, want) => {
  expect(iso(settlesAt(isoDate(date), settlement))).toBe(want)
})

test('options on crude and gas futures expire before their futures, by the rules of the exchange', () => {
  // CME: LO expires three business days before CL's last trade (20 November 2025), ON one before NG's (25 November 2025).
  expect(energyOption('CL', { year: 2025, month: 12 })).toMatchObject({ date: '2025-11-17' })
  expect(energyOption('NG', { year: 2025, month: 12 })).toMatchObject({ date: '2025-11-24' })
  expect(iso(energyOption('CL', { year: 2025, month: 12 }).settlesAt)).toBe('2025-11-17T19:30')
})

test('calendar time is ACT/365F, to the minute and past a change of clocks', () => {
  expect(tteYears(at('2026-03-06T21:00:00Z'), at('2027-03-06T21:00:00Z'))).toBe(1)
  // From Friday 16:00 to Monday 16:00 over the start of summer time there are 71 hours, not 72.
  const weekend = tteYears(settlesAt(isoDate('2026-03-06'), 'equity-close'), settlesAt(isoDate('2026-03-09'), 'equity-close'))
  expect(weekend * 365 * 24).toBeCloseTo(71, 9)
  const minute = tteYears(at('2026-11-20T20:59:00Z'), settlesAt(isoDate('2026-11-20'), 'equity-close'))
  expect(minute * 365 * 24 * 60).toBeCloseTo(1, 9)
})

test('trading time stands still while the market is closed, and halves on a half day', () => {
  const close = settlesAt(isoDate('2026-11-20'), 'equity-close')
  const hours = (from: string) => tteYears(at(from), close, 'trading') * 252 * 6.5
  expect(hours('2026-11-20T18:00:00Z')).toBeCloseTo(3, 9)
  expect(hours('2026-11-20T14:30:00Z')).toBeCloseTo(6.5, 9)
  expect(hours('2026-11-20T03:00:00Z')).toBeCloseTo(6.5, 9)
  expect(hours('2026-11-19T14:30:00Z')).toBeCloseTo(13, 9)
  const half = settlesAt(isoDate('2026-11-27'), 'equity-close')
  expect(tteYears(at('2026-11-26T12:00:00Z'), half, 'trading') * 252 * 6.5).toBeCloseTo(3.5, 9)
})

test('an option that has settled has no time left, by either clock', () => {
  const close = settlesAt(isoDate('2026-11-20'), 'equity-close')
  expect(tteYears(close, close)).toBe(0)
  expect(tteYears(close + 1, close, 'trading')).toBe(0)
})
