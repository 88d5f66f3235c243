import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type OptionRow, optionColumns, stream } from '../../../tests/options/reference.ts'
import type { GreekColumns } from './columns.ts'
import { priceEuropean } from './european.ts'
import { hasSimd, priceEuropeanSimd } from './european-simd.ts'
import { GREEKS_SOURCE } from './greeks-wasm.ts'

const NAMES = ['price', 'delta', 'gamma', 'vega', 'theta', 'rho'] as const

function rows(count: number, seed: number): OptionRow[] {
  const next = stream(seed)
  return Array.from({ length: count }, () => {
    const spot = 20 + 130 * next()
    const vol = 0.05 + 1.45 * next()
    const tteYears = (1 + Math.floor(1095 * next())) / 365
    const strike = spot * Math.exp((12 * next() - 6) * vol * Math.sqrt(tteYears))
    return { spot, strike, tteYears, vol, rate: 0.09 * next() - 0.01, yieldRate: 0.08 * next(), side: next() < 0.5 ? 1 : -1 }
  })
}

/** Largest difference of each column, of the larger of spot and strike. */
function apart(a: GreekColumns, b: GreekColumns, of: readonly OptionRow[]): Record<string, number> {
  return Object.fromEntries(
    NAMES.map(name => [
      name,
      of.reduce((most, row, i) => Math.max(most, Math.abs(a[name][i]! - b[name][i]!) / Math.max(row.spot, row.strike)), 0),
    ]),
  )
}

test('it is compiled here, from the source that stands here', () => {
  expect(hasSimd()).toBe(true)
  const source = readFileSync(resolve(import.meta.dirname, '../../../scripts/tables/greeks.as'))
  expect(createHash('sha256').update(source).digest('hex')).toBe(GREEKS_SOURCE)
})

describe('two rows at a time', () => {
  test.each([1, 2, 3, 1023, 1024, 1025, 5001])('%i rows: equal to the reference but for rounding', count => {
    const all = rows(count, count)
    const found = priceEuropeanSimd(optionColumns(all))
    const want = priceEuropean(optionColumns(all))
    for (const [name, difference] of Object.entries(apart(found, want, all))) expect(difference, name).toBeLessThan(2e-15)
    // Six deviations out a price has its digits too.
    all.forEach((_, i) => {
      expect(Math.abs(found.price[i]! - want.price[i]!)).toBeLessThanOrEqual(2e-12 * want.price[i]! + 1e-300)
    })
  })
  test('a planted error of one in a trillion would be seen', () => {
    const all = rows(100, 1)
    const found = priceEuropeanSimd(optionColumns(all))
    const want = priceEuropean(optionColumns(all))
    found.vega[50] = found.vega[50]! * (1 + 1e-12) + 1e-12
    expect(apart(found, want, all).vega).toBeGreaterThan(2e-15)
  })
  test('rows at an edge are the reference’s own, wherever they stand', () => {
    const all = rows(2051, 9)
    const odd: Partial<OptionRow>[] = [
      { tteYears: 0 },
      { tteYears: -1 },
      { vol: 0 },
      { vol: Number.NaN },
      { vol: -0.1 },
      { spot: 0 },
      { spot: Number.NaN },
      { strike: 0 },
      { strike: Number.POSITIVE_INFINITY },
      { rate: Number.NaN },
      { yieldRate: Number.NEGATIVE_INFINITY },
      { tteYears: Number.NaN },
      { rate: 900, tteYears: 1 },
      { vol: 1e-120 },
      { vol: 1e4 },
      { spot: 1e-200 },
    ]
    const places = odd.map((_, k) => (k * 137) % 2051)
    places.forEach((place, k) => {
      all[place] = { ...all[place]!, ...odd[k] }
    })
    all[2050] = { ...all[2050]!, vol: Number.NaN }
    const found = priceEuropeanSimd(optionColumns(all))
    const want = priceEuropean(optionColumns(all))
    const isEdge = new Set([...places, 2050])
    for (const name of NAMES)
      all.forEach((row, i) => {
        const [a, b] = [found[name][i]!, want[name][i]!]
        if (Number.isNaN(b)) expect(a, `${name} ${i}`).toBeNaN()
        else
          expect(Math.abs(a - b), `${name} ${i}`).toBeLessThanOrEqual(
            isEdge.has(i) ? 1e-13 * Math.abs(b) : 2e-15 * Math.max(row.spot, row.strike),
          )
      })
  })
  test('columns of different lengths are refused', () =>
    expect(() => priceEuropeanSimd({ ...optionColumns(rows(4, 1)), vol: new Float64Array(3) })).toThrow('vol had 3'))
})
