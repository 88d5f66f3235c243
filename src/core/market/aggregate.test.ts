import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromMillis, MICROS_PER_HOUR, MICROS_PER_MINUTE } from '../kit/time.ts'
import { aggregate, gapsBefore, mergeBars } from './aggregate.ts'
import { type Bars, TIMEFRAMES, type Timeframe } from './bars.ts'
import { CALENDARS, type TradingCalendar } from './sessions.ts'
import { bucketEnd, bucketOf, bucketStart, nextBucket } from './timeframes.ts'

const at = (text: string) => fromMillis(Date.parse(text))
const iso = (micros: number) => new Date(micros / 1000).toISOString().slice(0, 16)
const { nyse, demo, always } = CALENDARS
const energy = CALENDARS['cme-energy']

function barsOf(rows: readonly (readonly [time: number, o: number, h: number, l: number, c: number, v: number])[]): Bars {
  const column = (k: 0 | 1 | 2 | 3 | 4 | 5) => Float64Array.from(rows, row => row[k])
  return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) }
}

describe('where a bar starts', () => {
  test.each<[string, Timeframe, TradingCalendar, string]>([
    ['2026-11-20T15:29:00Z', '1h', nyse, '2026-11-20T14:30'],
    ['2026-11-20T15:31:00Z', '1h', nyse, '2026-11-20T15:30'],
    ['2026-11-20T14:29:00Z', '1h', nyse, '2026-11-20T14:00'],
    ['2026-11-20T20:59:00Z', '4h', nyse, '2026-11-20T18:30'],
    ['2026-11-19T23:05:00Z', '4h', energy, '2026-11-19T23:00'],
    ['2026-11-20T21:59:00Z', '4h', energy, '2026-11-20T19:00'],
    ['2026-11-22T23:30:00Z', '1d', energy, '2026-11-23T05:00'],
    ['2026-11-22T23:30:00Z', '1w', energy, '2026-11-23T05:00'],
    ['2026-11-30T23:30:00Z', '1M', energy, '2026-12-01T05:00'],
    ['2026-11-20T15:29:00Z', '1w', nyse, '2026-11-16T05:00'],
    ['2026-11-20T15:29:00Z', '1M', always, '2026-11-01T00:00'],
    ['2026-11-20T15:29:00Z', '2h', demo, '2026-11-20T14:30'],
  ])('%s in %s', (instant, timeframe, calendar, start) => {
    expect(iso(bucketStart(at(instant), timeframe, calendar))).toBe(start)
  })

  test('a bar stamp belongs to its own bar, and every instant of the bucket to it too', () => {
    const calendars = Object.values(CALENDARS) as TradingCalendar[]
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars),
        fc.constantFrom(...TIMEFRAMES),
        fc.integer({ min: at('2023-01-01T00:00:00Z') / 1e6, max: at('2027-01-01T00:00:00Z') / 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (calendar, timeframe, second, part) => {
          const instant = second * 1e6
          const bucket = bucketOf(instant, timeframe, calendar)
          expect(instant).toBeGreaterThanOrEqual(bucket.from)
          expect(instant).toBeLessThan(bucket.to)
          expect(bucketStart(bucket.start, timeframe, calendar)).toBe(bucket.start)
          const inside = Math.floor(bucket.from + part * (bucket.to - 1 - bucket.from))
          expect(bucketStart(inside, timeframe, calendar)).toBe(bucket.start)
          expect(bucketStart(bucketEnd(bucket.start, timeframe, calendar), timeframe, calendar)).toBeGreaterThan(bucket.start)
          expect(nextBucket(bucket.start, timeframe, calendar)).toBeGreaterThan(bucket.start)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('a day of 23 hours has 23 hourly bars on the endless New York clock, a day of 25 has 25', () => {
    const hours = (date: string) => {
      const from = at(`${date}T05:00:00Z`)
      const starts = new Set<number>()
      for (let k = 0; k < 27 * 60; k += 1) {
        const instant = from - MICROS_PER_HOUR + k * MICROS_PER_MINUTE
        if (bucketStart(instant, '1d', demo) === bucketStart(from, '1d', demo)) starts.add(bucketStart(instant, '30m', demo))
      }
      return starts.size / 2
    }
    expect(hours('2026-03-08')).toBe(23)
    expect(hours('2026-11-01')).toBe(25)
    expect(hours('2026-11-02')).toBe(24)
  })
})

describe('aggregating', () => {
  test('first open, highest high, lowest low, last close, summed volume, negative prices too', () => {
    const start = at('2020-04-20T18:00:00Z')
    const bars = barsOf([
      [start, 1.5, 2, -5, -4, 10],
      [start + MICROS_PER_MINUTE, -4, -3, -40.32, -37.63, 5],
      [start + 2 * MICROS_PER_MINUTE, -37.63, -10, -38, -12, Number.NaN],
      [start + 5 * MICROS_PER_MINUTE, -12, -11, -13, -11.5, Number.NaN],
    ])
    const five = aggregate(bars, '5m', energy)
    expect([...five.open]).toEqual([1.5, -12])
    expect([...five.high]).toEqual([2, -11])
    expect([...five.low]).toEqual([-40.32, -13])
    expect([...five.close]).toEqual([-12, -11.5])
    expect([...five.volume]).toEqual([15, Number.NaN])
  })

  test('a daily bar of CME takes the evening before, and no bar reaches over the daily break', () => {
    const bars = barsOf([
      [at('2026-11-19T21:59:00Z'), 1, 1, 1, 1, 1],
      [at('2026-11-19T23:00:00Z'), 2, 2, 2, 2, 1],
      [at('2026-11-20T21:59:00Z'), 3, 3, 3, 3, 1],
    ])
    expect([...aggregate(bars, '1d', energy).volume]).toEqual([1, 2])
    expect(aggregate(bars, '4h', energy).time.length).toBe(3)
  })

  test('weeks made of days equal weeks made of minutes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<TradingCalendar>(nyse, energy, demo, always),
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 9 })),
          { minLength: 1, maxLength: 80 },
        ),
        (calendar, raw) => {
          const from = at('2026-10-20T00:00:00Z')
          const minutes = [...new Map(raw.map(row => [row[0], row])).values()].sort((a, b) => a[0] - b[0])
          const bars = barsOf(minutes.map(([m, p, v]) => [from + m * MICROS_PER_MINUTE, p, p + v, p - v, p + 1 - (v % 2), v]))
          for (const [short, long] of [
            ['1m', '1h'],
            ['1h', '1d'],
            ['1d', '1w'],
            ['1d', '1M'],
            ['5m', '30m'],
          ] as const) {
            expect(aggregate(aggregate(bars, short, calendar), long, calendar)).toEqual(aggregate(bars, long, calendar))
          }
        },
      ),
    )
  })

  test('times that go back and columns that differ are refused', () => {
    const bars = barsOf([
      [2e6, 1, 1, 1, 1, 1],
      [1e6, 1, 1, 1, 1, 1],
    ])
    expect(() => aggregate(bars, '1h', always)).toThrow('row 1 is before row 0')
    expect(() => aggregate({ ...bars, low: new Float64Array(1) }, '1h', always)).toThrow('low had 1')
    expect(aggregate(barsOf([]), '1d', nyse).time.length).toBe(0)
  })
})

describe('gaps', () => {
  test('a night, a weekend and a holiday are none, a missing minute and a missing day are', () => {
    const minutes = (...times: string[]) => barsOf(times.map(time => [at(time), 1, 1, 1, 1, 1]))
    expect(gapsBefore(minutes('2026-11-20T14:30Z', '2026-11-20T14:31Z', '2026-11-20T14:33Z'), '1m', nyse)).toEqual([2])
    expect(gapsBefore(minutes('2026-11-21T00:59Z', '2026-11-23T09:00Z'), '1m', nyse)).toEqual([])
    expect(gapsBefore(minutes('2026-11-20T05:00Z', '2026-11-23T05:00Z', '2026-11-25T05:00Z'), '1d', nyse)).toEqual([2])
    expect(gapsBefore(minutes('2026-11-25T05:00Z', '2026-11-27T05:00Z'), '1d', nyse)).toEqual([])
  })
})

test('where two tables have the same bar the later one wins', () => {
  const a = barsOf([
    [1, 1, 1, 1, 1, 1],
    [2, 1, 1, 1, 1, 1],
    [4, 1, 1, 1, 1, 1],
  ])
  const b = barsOf([
    [2, 9, 9, 9, 9, 9],
    [3, 9, 9, 9, 9, 9],
  ])
  const merged = mergeBars(a, b)
  expect([...merged.time]).toEqual([1, 2, 3, 4])
  expect([...merged.close]).toEqual([1, 9, 9, 1])
  expect(() =>
    mergeBars(
      barsOf([
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
      ]),
      b,
    ),
  ).toThrow('row 1 does not')
})
