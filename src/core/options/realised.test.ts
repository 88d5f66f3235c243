import { describe, expect, test } from 'vitest'
import { stream } from '../../../tests/options/reference.ts'
import { REALISED_METHODS, type RealisedBars, type RealisedMethod, realisedVol, volCone } from './realised.ts'

const bars: RealisedBars = {
  open: Float64Array.of(100, 101, 103, 102),
  high: Float64Array.of(102, 104, 105, 103),
  low: Float64Array.of(99, 100, 101, 100),
  close: Float64Array.of(101, 103, 102, 101),
}
const last = (method: RealisedMethod, window: number) => realisedVol(bars, { method, window, barsPerYear: 252 })[3]!

// Each by its formula in a spreadsheet's order of operations, from the same four bars.
describe('windows of three bars, by hand', () => {
  const square = (x: number) => x * x
  test('close: deviation of ln(103/101), ln(102/103), ln(101/102)', () => {
    const r = [Math.log(103 / 101), Math.log(102 / 103), Math.log(101 / 102)]
    const mean = (r[0]! + r[1]! + r[2]!) / 3
    const variance = (square(r[0]! - mean) + square(r[1]! - mean) + square(r[2]! - mean)) / 2
    expect(last('close', 3)).toBeCloseTo(Math.sqrt(252 * variance), 14)
    expect(last('close', 3)).toBeCloseTo(0.265, 2)
  })
  test('Parkinson', () => {
    const sum = square(Math.log(104 / 100)) + square(Math.log(105 / 101)) + square(Math.log(103 / 100))
    expect(last('parkinson', 3)).toBeCloseTo(Math.sqrt((252 * sum) / (3 * 4 * Math.log(2))), 14)
  })
  test('Garman-Klass of two bars', () => {
    const one = 0.5 * square(Math.log(105 / 101)) - (2 * Math.log(2) - 1) * square(Math.log(102 / 103))
    const two = 0.5 * square(Math.log(103 / 100)) - (2 * Math.log(2) - 1) * square(Math.log(101 / 102))
    expect(last('garman-klass', 2)).toBeCloseTo(Math.sqrt(126 * (one + two)), 14)
  })
  test('Rogers-Satchell of two bars', () => {
    const one = Math.log(105 / 102) * Math.log(105 / 103) + Math.log(101 / 102) * Math.log(101 / 103)
    const two = Math.log(103 / 101) * Math.log(103 / 102) + Math.log(100 / 101) * Math.log(100 / 102)
    expect(last('rogers-satchell', 2)).toBeCloseTo(Math.sqrt(126 * (one + two)), 14)
  })
})

/** A year of bars of a known volatility: 30 % in the session, 10 % of it overnight, from many small steps. */
function made(days: number, steps: number, seed: number): RealisedBars {
  const next = stream(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const columns = {
    open: new Float64Array(days),
    high: new Float64Array(days),
    low: new Float64Array(days),
    close: new Float64Array(days),
  }
  let price = 100
  for (let day = 0; day < days; day++) {
    price *= Math.exp((0.1 * normal()) / Math.sqrt(252))
    let [high, low] = [price, price]
    columns.open[day] = price
    for (let k = 0; k < steps; k++) {
      price *= Math.exp((0.3 * normal()) / Math.sqrt(252 * steps))
      high = Math.max(high, price)
      low = Math.min(low, price)
    }
    columns.high[day] = high
    columns.low[day] = low
    columns.close[day] = price
  }
  return columns
}

describe('bars of a known volatility', () => {
  const all = made(2000, 400, 5)
  const whole = Math.sqrt(0.3 ** 2 + 0.1 ** 2)
  test.each([
    ['close', whole],
    ['yang-zhang', whole],
    ['parkinson', 0.3],
    ['garman-klass', 0.3],
    ['rogers-satchell', 0.3],
  ] as const)('%s finds it', (method, want) => {
    const found = realisedVol(all, { method, window: 1999, barsPerYear: 252 }).at(-1)!
    // Ranges seen at 400 steps miss some of the extremes, so they are a few percent low.
    expect(Math.abs(found / want - 1)).toBeLessThan(0.06)
  })
  test('the range estimators scatter less than the closes do', () => {
    const scatter = (method: RealisedMethod) => {
      const vols = [...realisedVol(all, { method, window: 20, barsPerYear: 252 })].filter(vol => !Number.isNaN(vol))
      const mean = vols.reduce((a, b) => a + b) / vols.length
      return Math.sqrt(vols.reduce((sum, vol) => sum + (vol - mean) ** 2, 0) / vols.length) / mean
    }
    for (const method of ['parkinson', 'garman-klass', 'rogers-satchell', 'yang-zhang'] as const)
      expect(scatter(method)).toBeLessThan(scatter('close') * 0.8)
  })
  test('a cone narrows with the window, and holds the newest', () => {
    const rows = volCone(all, { method: 'close', barsPerYear: 252, windows: [10, 60, 250], shares: [0, 0.25, 0.5, 0.75, 1] })
    const spread = (k: number) => rows[k]!.quantiles[4]! - rows[k]!.quantiles[0]!
    expect(spread(0)).toBeGreaterThan(spread(1))
    expect(spread(1)).toBeGreaterThan(spread(2))
    expect(rows.map(row => row.samples)).toEqual([1990, 1940, 1750])
    expect(rows[1]!.now).toBe(realisedVol(all, { method: 'close', window: 60, barsPerYear: 252 }).at(-1))
  })
})

test('a bar without a price spoils its windows and no others', () => {
  const spoilt = { ...bars, high: Float64Array.of(102, Number.NaN, 105, 103), low: Float64Array.of(99, 100, 101, 0) }
  const vol = realisedVol(spoilt, { method: 'parkinson', window: 2, barsPerYear: 252 })
  expect([...vol].map(Number.isNaN)).toEqual([true, true, true, true])
  expect(realisedVol(bars, { method: 'parkinson', window: 2, barsPerYear: 252 })[3]).toBeGreaterThan(0)
})

test('before a window is full there is nothing; a window of one is refused', () => {
  for (const method of REALISED_METHODS) {
    const vol = realisedVol(bars, { method, window: 2, barsPerYear: 252 })
    const first = method === 'close' || method === 'yang-zhang' ? 2 : 1
    expect(vol.findIndex(value => !Number.isNaN(value))).toBe(first)
  }
  expect(() => realisedVol(bars, { method: 'close', window: 1, barsPerYear: 252 })).toThrow('at least 2')
  expect(() => realisedVol({ ...bars, low: new Float64Array(2) }, { method: 'close', window: 2, barsPerYear: 252 })).toThrow(
    'low had 2',
  )
})
