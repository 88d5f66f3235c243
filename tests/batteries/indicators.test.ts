import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defineIndicator, type Indicator, type IndicatorBar } from '../../src/core/indicators/indicator.ts'
import { INDICATORS, indicatorNamed } from '../../src/core/indicators/table.ts'
import { number, whole } from '../../src/core/kit/define.ts'
import { faultsOf, TRIAL_NAMES, walk } from './indicator-battery.ts'

const root = resolve(import.meta.dirname, '../..')

/** Parameters at which definitions tend to break: the shortest, and every other choice. */
function corners(indicator: Indicator): Record<string, unknown>[] {
  const specs = Object.entries(indicator.params)
  const smallest = Object.fromEntries(specs.flatMap(([name, spec]) => (spec.kind === 'whole' ? [[name, spec.from]] : [])))
  const choices = specs.flatMap(([name, spec]) => (spec.kind === 'choice' ? spec.choices.map(value => ({ [name]: value })) : []))
  return [{}, smallest, ...choices]
}

describe('every indicator of the table', () => {
  const cases = INDICATORS.flatMap(indicator =>
    corners(indicator).map(given => [indicator.name, JSON.stringify(given), indicator, given] as const),
  )
  test.each(cases)('%s %s passes every trial', (_name, _given, indicator, given) =>
    expect(faultsOf(indicator, given)).toEqual([]),
  )

  test('names are unique, and a file that is not in the table is found', () => {
    expect(new Set(INDICATORS.map(({ name }) => name)).size).toBe(INDICATORS.length)
    const folder = resolve(root, 'src/core/indicators')
    const table = readFileSync(resolve(folder, 'table.ts'), 'utf8')
    const defining = readdirSync(folder).filter(
      file => file !== 'indicator.ts' && /= defineIndicator\(/.test(readFileSync(resolve(folder, file), 'utf8')),
    )
    expect(defining.filter(file => !table.includes(`'./${file}'`))).toEqual([])
    expect(defining.length).toBe(INDICATORS.length)
  })

  test('a parameter out of its range is refused by name', () => {
    expect(() => indicatorNamed('sma')!.compute(walk(3), { period: 0 })).toThrow(
      'period must be a whole number from 1 to 1000, was 0',
    )
    expect(() => indicatorNamed('sma')!.compute(walk(3), { length: 5 })).toThrow("parameters are period, price, was 'length'")
    expect(() => indicatorNamed('ema')!.values({ seed: 'last' })).toThrow('seed must be one of mean, first, was last')
  })

  test('columns of different lengths are refused', () =>
    expect(() => indicatorNamed('sma')!.compute({ ...walk(5), close: new Float64Array(4) })).toThrow('close had 4'))
})

describe('the battery catches what is wrong', () => {
  const base = {
    name: 'planted',
    params: { period: whole({ from: 1, to: 100, usual: 5 }), factor: number({ from: 0, to: 1, usual: 1, step: 1 }) },
    pane: 'price',
    outputs: [{ name: 'x', draw: 'line', unit: 'price' }],
    needs: () => ['close'] as const,
    warmup: () => ({ x: 0 }),
    shifted: 'follows',
    scaled: 'follows',
    source: 'planted',
  } as const
  const filling = (value: (bar: IndicatorBar) => number) => (bar: IndicatorBar, out: Float64Array) => {
    out[0] = value(bar)
  }
  const right = defineIndicator({ ...base, start: () => filling(bar => bar.close) })

  test('a right one passes', () => expect(faultsOf(right)).toEqual([]))

  const planted: readonly (readonly [trial: string, indicator: Indicator])[] = [
    ['warm-up', defineIndicator({ ...base, start: () => filling(bar => (bar.time > 1.7e15 ? bar.close : Number.NaN)) })],
    [
      'streaming = batch',
      defineIndicator({
        ...base,
        start() {
          // A memory of its own, which replaceLast cannot take back.
          let before = Number.NaN
          return (bar, out) => {
            out[0] = Number.isNaN(before) ? bar.close : (bar.close + before) / 2
            before = bar.close
          }
        },
      }),
    ],
    ['shift', defineIndicator({ ...base, start: () => filling(bar => bar.close * 1.001) })],
    ['scale', defineIndicator({ ...base, start: () => filling(bar => bar.close + 1) })],
    ['missing bars', defineIndicator({ ...base, needs: () => [], start: () => filling(bar => bar.close || 0) })],
    [
      'empty and one row',
      { ...right, compute: (bars, given) => (bars.time.length === 0 ? {} : right.compute(bars, given)) } satisfies Indicator,
    ],
    ['zero range', defineIndicator({ ...base, start: () => filling(bar => bar.close + 0 * (1 / (bar.high - bar.low)) || 1e9) })],
    [
      'same again',
      {
        ...right,
        compute(bars, given) {
          bars.close[0] = 1
          return right.compute(bars, given)
        },
      } satisfies Indicator,
    ],
    [
      'causal',
      {
        ...right,
        compute(bars) {
          const mean = bars.close.reduce((sum, x) => sum + x, 0) / bars.close.length
          return { x: bars.close.map(x => x - mean) }
        },
      } satisfies Indicator,
    ],
    [
      'spike',
      defineIndicator({
        ...base,
        start(_, memory) {
          const s = memory.scalars(1)
          return (bar, out) => {
            s[0] = bar.close > 1e9 ? Number.POSITIVE_INFINITY : s[0]!
            out[0] = s[0]! > 0 ? Number.NaN : bar.close
          }
        },
      }),
    ],
  ]
  test.each(planted)('%s', (trial, indicator) => expect(faultsOf(indicator).join('\n')).toContain(`${trial}: `))
  test('each trial has a planted fault', () => expect(planted.map(([trial]) => trial)).toEqual(TRIAL_NAMES))
})

interface Reference {
  readonly rows: number
  readonly runs: readonly {
    readonly indicator: string
    readonly params: Readonly<Record<string, number>>
    readonly outputs: Readonly<Record<string, { readonly first: number; readonly at: readonly (readonly [number, number])[] }>>
  }[]
}

describe('TA-Lib on twenty years of the S&P 500', () => {
  const text = readFileSync(resolve(root, 'fixtures/indicators/talib-sp500.json'), 'utf8')
  const about = JSON.parse(readFileSync(resolve(root, 'fixtures/indicators/talib-sp500.about.json'), 'utf8')) as {
    sha256: string
  }
  const reference = JSON.parse(text) as Reference
  const rows = readFileSync(resolve(root, 'node_modules/vega-datasets/data/sp500-2000.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(','))
  const column = (at: number) => Float64Array.from(rows, row => Number(row[at]))
  const bars = {
    time: Float64Array.from(rows, row => Date.parse(row[0]!) * 1000),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(6),
  }

  test('the fixture is the one described', () => {
    expect(createHash('sha256').update(text).digest('hex')).toBe(about.sha256)
    expect(rows.length).toBe(reference.rows)
  })
  test.each(reference.runs)('$indicator agrees to 1e-9 of the value', ({ indicator, params, outputs }) => {
    const found = indicatorNamed(indicator)!
    const values = found.compute(bars, params)
    for (const [name, { first, at }] of Object.entries(outputs)) {
      expect(found.warmup(params)[name]).toBe(first)
      expect(at.length).toBeGreaterThan(20)
      for (const [i, expected] of at)
        expect(Math.abs(values[name]![i]! - expected), `${name}[${i}]`).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(expected)),
        )
    }
  })
  test('the other convention of MACD starts elsewhere and meets TA-Lib later', () => {
    const together = indicatorNamed('macd')!.compute(bars, {}).macd!
    const apart = indicatorNamed('macd')!.compute(bars, { start: 'first bar' }).macd!
    expect(Math.abs(together[33]! - apart[33]!)).toBeGreaterThan(0.1)
    expect(Math.abs(together[400]! - apart[400]!)).toBeLessThan(1e-9)
  })
})

describe('worked examples that were published', () => {
  const lines = (close: readonly number[]) => {
    const column = Float64Array.from(close)
    return { time: column.map((_, i) => i * 8.64e10), open: column, high: column, low: column, close: column, volume: column }
  }

  test('RSI of the table in StockCharts ChartSchool (QQQQ, 14 days)', () => {
    const close = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614, 46.282,
      46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783,
      44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
    ]
    const published = [
      70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46, 37.3, 33.08,
      37.77,
    ]
    const rsi = indicatorNamed('rsi')!.compute(lines(close)).rsi!
    for (const [i, value] of published.entries()) expect(Math.abs(rsi[14 + i]! - value)).toBeLessThan(0.006)
  })

  test('volume-weighted mean of trades begins anew each session', () => {
    // Independent: the plain quotient of sums, per day, in the test itself.
    const bars = walk(240, 3)
    const vwap = indicatorNamed('vwap')!.compute(bars).vwap!
    for (const [from, to] of [
      [0, 80],
      [80, 160],
      [160, 240],
    ] as const) {
      let money = 0
      let volume = 0
      for (let i = from; i < to; i++) {
        money += ((bars.high[i]! + bars.low[i]! + bars.close[i]!) / 3) * bars.volume[i]!
        volume += bars.volume[i]!
        expect(vwap[i]!).toBeCloseTo(money / volume, 10)
      }
    }
  })

  test('Keltner channels are an exponential mean and multiples of ATR', () => {
    const bars = walk(120, 5)
    const channel = indicatorNamed('keltner')!.compute(bars, { period: 20, range: 10, width: 2 })
    const ema = indicatorNamed('ema')!.compute(bars, { period: 20 }).ema!
    const atr = indicatorNamed('atr')!.compute(bars, { period: 10 }).atr!
    for (let i = 19; i < 120; i++) {
      expect(channel.upper![i]).toBe(ema[i]! + 2 * atr[i]!)
      expect(channel.lower![i]).toBe(ema[i]! - 2 * atr[i]!)
    }
  })

  test('the deviation of large numbers that move little keeps its digits', () => {
    // 1e9 plus 0, 1, 0, 1…: the population standard deviation is exactly 0.5; E[x²] - E[x]² gives 0 here.
    const close = Array.from({ length: 50 }, (_, i) => 1e9 + (i % 2))
    const { deviation } = indicatorNamed('deviation')!.compute(lines(close), { period: 10 })
    for (const value of deviation!.subarray(9)) expect(value).toBeCloseTo(0.5, 12)
  })
})
