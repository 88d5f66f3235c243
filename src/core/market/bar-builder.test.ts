import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromMillis, MICROS_PER_MINUTE } from '../kit/time.ts'
import { aggregate } from './aggregate.ts'
import { type Bar, createBarBuilder } from './bar-builder.ts'
import { QUALITY } from './instrument.ts'
import { CALENDARS } from './sessions.ts'
import { bucketStart } from './timeframes.ts'

const start = fromMillis(Date.parse('2026-11-20T14:30:00Z'))
const { demo } = CALENDARS
const minuteBuilder = () => createBarBuilder({ timeframe: '1m', calendar: demo })

test('bars streamed from trades equal the trades aggregated at once, late ones within the bar included', () => {
  const trade = fc.record({
    micros: fc.integer({ min: 0, max: 30 * MICROS_PER_MINUTE }),
    ticks: fc.integer(),
    size: fc.nat(1000),
    key: fc.nat(),
  })
  fc.assert(
    fc.property(
      fc.array(trade, { minLength: 1, maxLength: 200 }),
      fc.constantFrom('1m', '5m', '15m', '1h', '1d'),
      (raw, timeframe) => {
        const bucket = (t: { micros: number }) => bucketStart(start + t.micros, timeframe, demo)
        // Any order within a bar, bars in order: what a feed may do without a record being late.
        const arrived = raw.toSorted((a, b) => bucket(a) - bucket(b) || a.key - b.key)
        const builder = createBarBuilder({ timeframe, calendar: demo })
        const streamed: Bar[] = []
        for (const { micros, ticks, size } of arrived) {
          const change = builder.trade({ price: ticks / 4, size, eventTime: start + micros })
          if (change.kind === 'opened' && change.closed) streamed.push(change.closed)
        }
        streamed.push(builder.current()!)
        const inTime = arrived.toSorted((a, b) => a.micros - b.micros)
        const price = Float64Array.from(inTime, t => t.ticks / 4)
        const batch = aggregate(
          {
            time: Float64Array.from(inTime, t => start + t.micros),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Float64Array.from(inTime, t => t.size),
          },
          timeframe,
          demo,
        )
        expect(streamed.map(bar => bar.time)).toEqual([...batch.time])
        for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
          expect(streamed.map(bar => bar[name])).toEqual([...batch[name]])
      },
    ),
  )
})

describe('a record at the wrong time', () => {
  test('within the open bar it counts, and can become the open', () => {
    const builder = minuteBuilder()
    builder.trade({ price: 10, size: 1, eventTime: start + 20e6 })
    builder.trade({ price: 12, size: 1, eventTime: start + 30e6 })
    const change = builder.trade({ price: 9, size: 2, eventTime: start + 1e6 })
    expect(change).toEqual({ kind: 'updated', bar: { time: start, open: 9, high: 12, low: 9, close: 12, volume: 4 } })
  })

  test('older than the open bar it is reported and changes nothing', () => {
    const builder = minuteBuilder()
    builder.trade({ price: 10, size: 1, eventTime: start + 61e6 })
    const before = builder.current()
    expect(builder.trade({ price: 1, size: 1, eventTime: start + 59e6 })).toEqual({ kind: 'late', time: start })
    expect(builder.current()).toEqual(before)
  })

  test('for a bar that the clock closed it is late as well', () => {
    const builder = minuteBuilder()
    builder.trade({ price: 10, size: 1, eventTime: start + 1e6 })
    expect(builder.closeAt(start + 59e6)).toBeNull()
    expect(builder.closeAt(start + 60e6)).toMatchObject({ time: start, close: 10 })
    expect(builder.current()).toBeNull()
    expect(builder.trade({ price: 10, size: 1, eventTime: start + 59e6 }).kind).toBe('late')
  })
})

test('quotes make bars of mids without volume; a crossed or one-sided quote makes none', () => {
  const builder = minuteBuilder()
  expect(builder.quote({ bid: 1, ask: 2, eventTime: start }).kind).toBe('opened')
  expect(builder.quote({ bid: 3, ask: 2, eventTime: start })).toEqual({ kind: 'ignored', reason: 'no price' })
  expect(builder.quote({ bid: Number.NaN, ask: 2, eventTime: start }).kind).toBe('ignored')
  expect(builder.current()).toMatchObject({ close: 1.5, volume: Number.NaN })
})

test('an outlier is kept out of bars, and a builder goes on from the bar of history', () => {
  const from: Bar = { time: start, open: 5, high: 6, low: 4, close: 5.5, volume: 100 }
  const builder = createBarBuilder({ timeframe: '1m', calendar: demo, from })
  expect(builder.trade({ price: 900, size: 1, eventTime: start + 5e6, quality: QUALITY.outlier }).kind).toBe('ignored')
  builder.trade({ price: 7, size: 1, eventTime: start + 5e6 })
  expect(builder.current()).toEqual({ time: start, open: 5, high: 7, low: 4, close: 7, volume: 101 })
})
