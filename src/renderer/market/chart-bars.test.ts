import { describe, expect, test } from 'vitest'
import type { BarsWire } from '../../contract/market.ts'
import { indicatorNamed } from '../../core/indicators/table.ts'
import { markWeight } from '../ui/chart-clock.ts'
import { layerPoint, mainPoint } from '../ui/chart-points.ts'
import { createFormat } from '../ui/format.ts'
import { alignedCloses, barsNotAboveZero, createBarTable, isOneValueEach, marksOf, rowAt } from './chart-bars.ts'
import { chartCsv } from './chart-export.ts'
import { layersOf, runIndicator } from './chart-layers.ts'
import { countdown } from './chart-legend.tsx'
import { newIndicator } from './chart-params.ts'

/** 2026-11-20 09:30 in New York, a Friday. */
const OPEN = Date.UTC(2026, 10, 20, 14, 30) * 1000
const MINUTE = 60e6

function wire(first: number, closes: readonly number[], more: Partial<BarsWire> = {}): BarsWire {
  return {
    instrument: {
      id: 'SPY.DEMO',
      symbol: 'SPY',
      name: 'SPY',
      assetClass: 'equity',
      venue: 'DEMO',
      source: 'demo',
      currency: 'USD',
      unit: '',
      tickSize: 0.01,
      multiplier: 1,
      calendar: 'nyse',
      contractMonth: null,
      lastTradeDate: null,
    },
    timeframe: '5m',
    time: closes.map((_, i) => first + i * 5 * MINUTE),
    open: [...closes],
    high: closes.map(x => x + 1),
    low: closes.map(x => x - 1),
    close: [...closes],
    volume: closes.map((_, i) => (i === 1 ? null : 100)),
    gapBefore: [],
    provenance: { source: 'demo', state: 'demo', asOf: null, reason: null },
    hasEarlier: true,
    ...more,
  }
}
const live = (time: number, close: number) => ({ time, open: close, high: close, low: close, close, volume: 5 })
const demo = { source: 'demo', state: 'demo', asOf: 1, reason: null } as const

describe('a table of bars', () => {
  test('holds the wire as columns, a missing volume as NaN', () => {
    const table = createBarTable(wire(OPEN, [10, 11, 12]))
    expect(table.count).toBe(3)
    expect([table.time[0], table.time[1]]).toEqual([OPEN / 1e6, OPEN / 1e6 + 300])
    expect(table.volume[1]).toBeNaN()
  })
  test('older bars come in front, without those that are there already', () => {
    const table = createBarTable(wire(OPEN + 10 * MINUTE, [12, 13], { gapBefore: [1] }))
    expect(table.prepend(wire(OPEN, [10, 11, 99, 98], { gapBefore: [1, 2], hasEarlier: false }))).toBe(2)
    expect([...table.close].slice(0, table.count)).toEqual([10, 11, 12, 13])
    expect(table.gapBefore).toEqual([1, 3])
    expect(table.hasEarlier).toBe(false)
  })
  test('an empty answer ends the asking for older bars', () => {
    const table = createBarTable(wire(OPEN, [10]))
    expect(table.prepend(wire(OPEN, [], { hasEarlier: true }))).toBe(0)
    expect(table.hasEarlier).toBe(false)
  })
  test('a live bar replaces the newest, follows it, or is too old', () => {
    const table = createBarTable(wire(OPEN, [10, 11]))
    expect(table.take([live(OPEN + 5 * MINUTE, 11.5)], demo)).toBe(1)
    expect(table.take([live(OPEN + 5 * MINUTE, 11.7), live(OPEN + 10 * MINUTE, 12)], demo)).toBe(1)
    expect(table.take([live(OPEN, 1)], demo)).toBeNull()
    expect([...table.close].slice(0, table.count)).toEqual([10, 11.7, 12])
    expect(table.provenance).toEqual(demo)
  })
  test('a live bar after a hole is marked as such, one after the session break is not', () => {
    const table = createBarTable(wire(OPEN, [10]))
    table.take([live(OPEN + 20 * MINUTE, 12)], demo)
    expect(table.gapBefore).toEqual([1])
  })
  test('a half-filled live bar is not drawn', () => {
    const table = createBarTable(wire(OPEN, [10]))
    expect(table.take([{ ...live(OPEN + 5 * MINUTE, 1), high: Number.NaN }], demo)).toBeNull()
    expect(table.count).toBe(1)
  })
  test('a thousand live bars outgrow the columns and nothing is lost', () => {
    const table = createBarTable(wire(OPEN, [10]))
    for (let i = 1; i <= 1000; i++) table.take([live(OPEN + i * 5 * MINUTE, i)], demo)
    expect(table.count).toBe(1001)
    expect(table.close[1000]).toBe(1000)
    expect(table.close[0]).toBe(10)
  })
  test('rows are found by instant', () => {
    const table = createBarTable(wire(OPEN, [10, 11, 12]))
    expect(rowAt(table, OPEN - 1)).toBe(0)
    expect(rowAt(table, OPEN + 6 * MINUTE)).toBe(1)
    expect(rowAt(table, OPEN + 1e12)).toBe(2)
  })
  test('prices of zero or less are counted: they have no logarithm', () =>
    expect(barsNotAboveZero(createBarTable(wire(OPEN, [-37.63, 1, 0.5, 10])))).toBe(3))
})

test('a stored series is written in as many decimals as its size bears, a traded one in those of its tick', () => {
  const series = (tickSize: number, close: number, assetClass: 'series' | 'equity' = 'series') => {
    const bars = wire(OPEN, [close])
    return createBarTable({ ...bars, instrument: { ...bars.instrument, assetClass, tickSize } }).tick
  }
  expect(series(1e-6, 2874.560059)).toBe(0.01)
  expect(series(0.01, 61.42)).toBe(0.01)
  expect(series(1e-5, 1.08765)).toBe(1e-5)
  expect(series(0.01, 95_000, 'equity')).toBe(0.01)
  expect(series(0.01, 0)).toBe(0.01)
})

test('bars of one value each are told from bars with a range', () => {
  const closes = [10, 11, 12]
  expect(isOneValueEach(createBarTable(wire(OPEN, closes)))).toBe(false)
  expect(isOneValueEach(createBarTable(wire(OPEN, closes, { high: closes, low: closes })))).toBe(true)
})

describe('marks behind the bars', () => {
  test('hours outside the regular session are shaded and days are parted', () => {
    // 15:50, 15:55, 16:00, 16:05 of Friday, then 09:30 of Monday.
    const times = [0, 5, 10, 15].map(minutes => Date.UTC(2026, 10, 20, 20, 50 + minutes) * 1000)
    const monday = Date.UTC(2026, 10, 23, 14, 30) * 1000
    const table = createBarTable(wire(OPEN, [1, 2, 3, 4, 5], { time: [...times, monday] }))
    expect(marksOf(table)).toEqual({ shaded: [[2, 3]], breaks: [4], gaps: [] })
  })
  test('daily bars have neither, only gaps', () => {
    const table = createBarTable(wire(OPEN, [1, 2, 3], { timeframe: '1d', gapBefore: [2] }))
    expect(marksOf(table)).toEqual({ shaded: [], breaks: [], gaps: [2] })
  })
})

test('a compared symbol stands only where it has a bar of the same time', () => {
  const main = createBarTable(wire(OPEN, [1, 2, 3]))
  const other = createBarTable(wire(OPEN + 5 * MINUTE, [20, 30]))
  expect([...alignedCloses(main, other)].slice(0, 3)).toEqual([Number.NaN, 20, 30])
})

describe('indicators along live bars', () => {
  test('columns that were fed tick by tick equal those of all bars at once', () => {
    const closes = Array.from({ length: 60 }, (_, i) => 100 + 5 * Math.sin(i))
    const table = createBarTable(wire(OPEN, closes))
    const running = runIndicator(newIndicator('rsi', []), table)
    for (let i = 0; i < 400; i++) {
      const time = OPEN + (60 + i) * 5 * MINUTE
      for (const close of [90 + (i % 7), 95 + (i % 11)]) running.follow(table.take([live(time, close)], demo)!)
    }
    const { micros, open, high, low, close, volume } = table
    const cut = (column: Float64Array) => column.slice(0, table.count)
    const whole = indicatorNamed('rsi')!.compute({
      time: cut(micros),
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume),
    })
    expect(running.columns()[0]!.slice(0, table.count)).toEqual(whole.rsi)
  })
  test('a hidden indicator draws nothing, a shown one its outputs with its colours', () => {
    const table = createBarTable(wire(OPEN, [1, 2, 3]))
    const chosen = newIndicator('macd', [])
    const format = createFormat('en', 'UTC')
    expect(layersOf(runIndicator({ ...chosen, isHidden: true }, table), 0.01, format)).toEqual([])
    const layers = layersOf(runIndicator(chosen, table), 0.01, format)
    expect(layers.map(({ id, pane, draw }) => [id, pane, draw])).toEqual([
      ['macd-1/histogram', 'macd-1', 'histogram'],
      ['macd-1/macd', 'macd-1', 'line'],
      ['macd-1/signal', 'macd-1', 'line'],
    ])
  })
})

describe('data as a file', () => {
  test('carries source and state in every row, and leaves empty what is missing', () => {
    const table = createBarTable(wire(OPEN, [10, 11]))
    const lines = chartCsv(table, [runIndicator(newIndicator('sma', []), table)], [], { from: -3.2, to: 9 }).split('\n')
    expect(lines[0]).toBe('time,symbol,timeframe,open,high,low,close,volume,sma 20 close sma,source,state')
    expect(lines[1]).toBe('2026-11-20T14:30:00.000Z,SPY,5m,10,11,9,10,100,,demo,demo')
    expect(lines[2]).toBe('2026-11-20T14:35:00.000Z,SPY,5m,11,12,10,11,,,demo,demo')
    expect(lines).toHaveLength(4)
  })
  test('a name that a spreadsheet would run is made harmless', () => {
    const table = createBarTable(wire(OPEN, [10]))
    const named = createBarTable({ ...wire(OPEN, [10]), instrument: { ...table.instrument, symbol: '=1+1,"x"' } })
    expect(chartCsv(named, [], [], { from: 0, to: 1 })).toContain(`"'=1+1,""x"""`)
  })
})

describe('the time axis', () => {
  const wall = (text: string) => Date.parse(`${text}Z`) / 1000
  test.each([
    ['2026-01-01T00:00', '2025-12-31T23:55', 70],
    ['2026-02-02T09:30', '2026-01-30T15:55', 60],
    ['2026-02-03T09:30', '2026-02-02T15:55', 50],
    ['2026-02-03T12:00', '2026-02-03T11:55', 33],
    ['2026-02-03T10:00', '2026-02-03T09:55', 30],
    ['2026-02-03T10:30', '2026-02-03T10:25', 22],
    ['2026-02-03T10:31', '2026-02-03T10:30', 20],
  ])('%s after %s weighs %i', (now, before, weight) => expect(markWeight(wall(now), wall(before))).toBe(weight))
  test('a bar without numbers is a blank place, not a zero', () => {
    const table = createBarTable(wire(OPEN, [10]))
    const rows = { ...table, count: 1, time: table.time, close: Float64Array.of(Number.NaN) }
    expect(mainPoint(rows, 0, 'candles')).toEqual({ time: OPEN / 1e6 })
  })
  test.each([
    [4.2, '0:05'],
    [60, '1:00'],
    [3661, '1:01:01'],
    [798_566, '9d 5h'],
    [0, ''],
    [Number.NaN, ''],
  ])('%d seconds are written %s', (seconds, text) => expect(countdown(seconds)).toBe(text))
})

describe('the line of a VWAP', () => {
  const colors = (token: string) => token
  /** Two sessions of 78 bars of five minutes, or so many days. */
  const sessions = () => {
    const first = wire(OPEN, new Array(78).fill(10))
    const monday = wire(OPEN + 3 * 24 * 60 * MINUTE, new Array(78).fill(20))
    return createBarTable({ ...first, ...joined(first, monday), gapBefore: [] })
  }
  const joined = (a: BarsWire, b: BarsWire) =>
    Object.fromEntries(
      (['time', 'open', 'high', 'low', 'close', 'volume'] as const).map(name => [name, [...a[name], ...b[name]]]),
    ) as Pick<BarsWire, 'time' | 'open' | 'high' | 'low' | 'close' | 'volume'>
  const broken = (table: ReturnType<typeof createBarTable>, values: Record<string, string> = {}) => {
    const vwap = newIndicator('vwap', [])
    const [layer] = layersOf(
      runIndicator({ ...vwap, values: { ...vwap.values, ...values } }, table),
      0.01,
      createFormat('en', 'UTC'),
    )
    const points = Array.from({ length: table.count }, (_, i) => layerPoint(layer!, table, i, colors as never, 1))
    return points.flatMap((point, i) => (point.color === undefined ? [] : [i]))
  }

  test('breaks where a session begins, and nowhere else', () => {
    expect(broken(sessions())).toEqual([77])
    expect(broken(sessions(), { anchor: 'month' })).toEqual([])
    expect(broken(sessions(), { anchor: 'week' })).toEqual([77])
  })
  test('stays one where every bar is a session, since nothing else would be left of it', () => {
    const days = wire(OPEN, [10, 11, 12, 13], { timeframe: '1d' })
    const time = days.time.map((_, i) => OPEN + i * 24 * 60 * MINUTE)
    expect(broken(createBarTable({ ...days, time }))).toEqual([])
  })
})
