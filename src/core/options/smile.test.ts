import { describe, expect, test } from 'vitest'
import { normalDistribution } from './mills.ts'
import { moneynessAtDelta, summariseSmile, volAtDelta, volAtStrike } from './smile.ts'
import { smileVol } from './svi.ts'

const SLICE = { a: 0.004, b: 0.05, rho: -0.5, m: 0.01, sigma: 0.1 }
const YEARS = 0.25

describe('a smile in delta', () => {
  test.each([0.05, 0.1, 0.25, 0.5, 0.75, -0.75, -0.5, -0.25, -0.1, -0.05])('the option at delta %d has that delta', delta => {
    const k = moneynessAtDelta(SLICE, YEARS, delta)
    const sd = smileVol(SLICE, k, YEARS) * Math.sqrt(YEARS)
    const call = normalDistribution(-k / sd + 0.5 * sd)
    expect(delta > 0 ? call : call - 1).toBeCloseTo(delta, 10)
    expect(volAtDelta(SLICE, YEARS, delta)).toBe(smileVol(SLICE, k, YEARS))
  })
  test('a call and the put of the same strike differ in delta by one', () => {
    expect(moneynessAtDelta(SLICE, YEARS, 0.3)).toBeCloseTo(moneynessAtDelta(SLICE, YEARS, -0.7), 10)
  })
  test('a flat smile has no risk reversal, butterfly or skew; its strikes are those of Black', () => {
    const flat = { a: 0.04 * YEARS, b: 0, rho: 0, m: 0, sigma: 0.1 }
    const { atmVol, riskReversal25, butterfly25, skew } = summariseSmile(flat, YEARS)
    expect(atmVol).toBeCloseTo(0.2, 12)
    for (const none of [riskReversal25, butterfly25, skew]) expect(none).toBeCloseTo(0, 12)
    // N(d1) = 0.25 at d1 = -0.6744897502: k = 0.6744897502 * 0.1 + 0.005.
    expect(moneynessAtDelta(flat, YEARS, 0.25)).toBeCloseTo(0.07244897502, 9)
  })
  test('a skew down has a risk reversal below zero, and turned around one above', () => {
    const down = summariseSmile(SLICE, YEARS)
    const up = summariseSmile({ ...SLICE, rho: 0.5, m: -0.01 }, YEARS)
    expect(down.riskReversal25).toBeLessThan(-0.01)
    expect(up.riskReversal25).toBeGreaterThan(0.01)
    expect(down.skew).toBeCloseTo(-up.skew, 12)
    expect(down.butterfly25).toBeGreaterThan(0)
    const h = 1e-5
    expect(down.skew).toBeCloseTo((smileVol(SLICE, h, YEARS) - smileVol(SLICE, -h, YEARS)) / (2 * h), 6)
  })
})

test('in strike it is the same smile', () => {
  expect(volAtStrike(SLICE, { forward: 600, tteYears: YEARS }, 600)).toBe(smileVol(SLICE, 0, YEARS))
  expect(volAtStrike(SLICE, { forward: 600, tteYears: YEARS }, 540)).toBe(smileVol(SLICE, Math.log(0.9), YEARS))
})

test('a slice without variance has no delta, and says so', () => {
  expect(moneynessAtDelta({ a: -1, b: 0, rho: 0, m: 0, sigma: 0.1 }, YEARS, 0.25)).toBeNaN()
})
