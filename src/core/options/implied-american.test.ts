import { describe, expect, test } from 'vitest'
import { type OptionRow, optionColumns, stream } from '../../../tests/options/reference.ts'
import { priceAmerican } from './american.ts'
import { AMERICAN_STATUS } from './american-put.ts'
import { IMPLIED_STATUS, impliedBlack76 } from './implied.ts'
import { type AmericanPriceColumns, impliedAmerican } from './implied-american.ts'

const next = stream(53)
const rows: OptionRow[] = Array.from({ length: 600 }, () => ({
  spot: 100,
  strike: 70 + 60 * next(),
  tteYears: 0.02 + 2 * next(),
  vol: 0.1 + 0.7 * next(),
  rate: 0.08 * next(),
  yieldRate: 0.08 * next(),
  side: next() < 0.5 ? 1 : -1,
}))

describe('implied volatility of American options', () => {
  const options = optionColumns(rows)
  const { price, status: how } = priceAmerican(options, 'fast')
  const { vol, status } = impliedAmerican({ ...options, price }, 'fast')
  test('the volatility that made a price comes back', () => {
    let answered = 0
    for (const [i, row] of rows.entries()) {
      const name = IMPLIED_STATUS[status[i]!]
      if (AMERICAN_STATUS[how[i]!] === 'EXERCISE') expect(name).toBe('NO_TIME_VALUE')
      if (name === 'NO_TIME_VALUE') {
        const forward = row.spot * Math.exp(-row.yieldRate * row.tteYears) - row.strike * Math.exp(-row.rate * row.tteYears)
        expect(price[i]!).toBeCloseTo(Math.max(row.side * (row.spot - row.strike), row.side * forward), 10)
        continue
      }
      expect(name, JSON.stringify(row)).toBe('OK')
      answered++
      // As exactly as the price can tell: by what it moves for a ten-thousandth of volatility.
      const moved = priceAmerican(optionColumns([{ ...row, vol: row.vol + 1e-4 }]), 'fast').price[0]! - price[i]!
      const slope = Math.max(moved / 1e-4, 1e-6)
      expect(Math.abs(vol[i]! - row.vol)).toBeLessThan(1e-8 + 2e-9 / slope)
    }
    expect(answered).toBeGreaterThan(540)
  })
  test('the European inversion of the same price is wrong by points', () => {
    const put = optionColumns([{ spot: 90, strike: 100, tteYears: 1, vol: 0.2, rate: 0.08, yieldRate: 0, side: -1 }])
    const american = priceAmerican(put, 'fast').price
    const forward = Float64Array.of(90 * Math.exp(0.08))
    const wrong = impliedBlack76({ ...put, price: american, forward }).vol[0]!
    expect(wrong).toBeGreaterThan(0.22)
    expect(impliedAmerican({ ...put, price: american }, 'fast').vol[0]).toBeCloseTo(0.2, 8)
  })
})

test.each([
  ['NO_TIME_VALUE', { price: 10 }],
  ['BELOW_INTRINSIC', { price: 9.9 }],
  ['ABOVE_MAXIMUM', { price: 110 }],
  ['EXPIRED', { price: 12, tteYears: 0 }],
  ['NOT_A_NUMBER', { price: Number.NaN }],
  ['NOT_POSITIVE', { price: 12, spot: 0 }],
  ['OK', { price: 10.5 }],
] as const)('%s: %j', (want, change) => {
  const row = { spot: 100, strike: 110, tteYears: 0.5, rate: 0.05, yieldRate: 0, ...change }
  const columns = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Float64Array.of(value)]))
  const { vol, status } = impliedAmerican({ ...columns, side: Int8Array.of(-1) } as unknown as AmericanPriceColumns, 'fast')
  expect(IMPLIED_STATUS[status[0]!]).toBe(want)
  expect(Number.isNaN(vol[0]!)).toBe(want !== 'OK')
})
