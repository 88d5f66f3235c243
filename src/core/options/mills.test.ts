import { expect, test } from 'vitest'
// @ts-expect-error: a plain script, without types
import { TABLES } from '../../../scripts/tables/mills.mjs'
import { mills, millsSlope, normalDistribution } from './mills.ts'
import { MILLS_TABLE, SLOPE_TABLE } from './mills-table.ts'

test('the tables are what their script makes', () => {
  expect([...MILLS_TABLE]).toEqual(TABLES.MILLS_TABLE())
  expect([...SLOPE_TABLE]).toEqual(TABLES.SLOPE_TABLE())
}, 60_000)

// Abramowitz and Stegun (1964), table 26.1, and the first terms of their 26.2.12 far out.
test.each([
  [0, 0.5],
  [1, 0.841344746068543],
  [2, 0.97724986805182],
  [-3, 0.00134989803163],
  [-5, 2.866515718791946e-7],
])('N(%d)', (x, want) => expect(normalDistribution(x) / want).toBeCloseTo(1, 10))

test('far out Mills is 1/x - 1/x³ + 3/x⁵ - 15/x⁷, and its slope the rest', () => {
  for (const x of [50, 1e3, 1e6, 1e12]) {
    expect(Math.abs(mills(x) * x - (1 - x ** -2 + 3 * x ** -4 - 15 * x ** -6))).toBeLessThan(1e-11)
    expect(Math.abs(millsSlope(x) * x * x - (1 - 3 * x ** -2 + 15 * x ** -4))).toBeLessThan(1e-7)
  }
})

test('M falls, and 1 - x M is the table of its slope', () => {
  for (let x = 0; x < 5; x += 0.01) {
    expect(mills(x + 0.01)).toBeLessThan(mills(x))
    expect(Math.abs(1 - x * mills(x) - millsSlope(x))).toBeLessThan(1e-15)
  }
})
