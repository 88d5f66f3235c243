import { describe, expect, test } from 'vitest'
import type { Leg } from './portfolio.ts'
import { firstExpiry, positionFigures, profitAhead, profitAtFirstExpiry } from './position.ts'

const CALL: Leg = {
  kind: 'call',
  quantity: 2,
  multiplier: 100,
  paid: 4,
  strike: 100,
  tteYears: 0.25,
  vol: 0.2,
  rate: 0.04,
  yieldRate: 0.01,
  isAmerican: false,
}
const NOW = { spot: 100, volShift: 0, ahead: 0 }
const SPOTS = Float64Array.from({ length: 81 }, (_, k) => 60 + k)

describe('a position', () => {
  test.each([false, true])('has the Greeks that differences of its value give (American: %s)', isAmerican => {
    const legs: Leg[] = [
      { ...CALL, isAmerican },
      { ...CALL, kind: 'put', quantity: -3, strike: 95, isAmerican },
      { ...CALL, kind: 'underlying', quantity: 50, multiplier: 1 },
    ]
    const value = (by: Partial<typeof NOW>) => positionFigures(legs, { ...NOW, ...by }).price
    const found = positionFigures(legs, NOW)
    // The accurate American scheme is good to 2e-6 of a price of some 1500: a difference is no better than that over its step.
    const slack = isAmerican ? 0.02 : 1e-5
    expect(Math.abs(value({ spot: 100.5 }) - value({ spot: 99.5 }) - found.delta)).toBeLessThan(0.05 + slack)
    expect(Math.abs(value({ volShift: 0.005 }) - value({ volShift: -0.005 }) - found.vegaPerPoint)).toBeLessThan(0.02 + slack)
    expect(Math.abs(value({ ahead: 1 / 365 }) - value({}) - found.thetaPerDay)).toBeLessThan(0.15 + slack)
    expect(found.deltaCash).toBeCloseTo(100 * found.delta, 9)
    expect(found.gammaPerPercent).toBeCloseTo(100 * found.gamma, 9)
  })
  test('has won what it is worth less what was paid', () => {
    const { price, profit } = positionFigures([CALL], NOW)
    expect(profit).toBeCloseTo(price - 800, 9)
  })
  test('a leg that is over is worth its intrinsic value', () =>
    expect(positionFigures([CALL], { spot: 107, volShift: 0, ahead: 1 })).toMatchObject({
      price: 1400,
      thetaPerDay: 0,
      gamma: 0,
    }))
})

describe('profit at the first expiry', () => {
  test('of one expiry is the closed form, infinite ends and all', () => {
    const line = profitAtFirstExpiry([CALL], SPOTS)
    expect(line).toMatchObject({ isClosedForm: true, most: Number.POSITIVE_INFINITY, least: -800, breakEvens: [104] })
    expect(line.profits[SPOTS.indexOf(60)]).toBe(-800)
    expect(line.profits[SPOTS.indexOf(110)]).toBeCloseTo(2 * 100 * 6, 9)
  })
  test('of a calendar is what the model says the later leg is worth then', () => {
    const legs = [
      { ...CALL, quantity: -1, tteYears: 0.1, paid: 2.5 },
      { ...CALL, quantity: 1, tteYears: 0.25, paid: 4.3 },
    ]
    expect(firstExpiry(legs)).toBe(0.1)
    const line = profitAtFirstExpiry(legs, SPOTS)
    expect(line.isClosedForm).toBe(false)
    // Highest at the strike, lost far from it: a tent with two feet.
    expect(line.profits.indexOf(line.most)).toBe(SPOTS.indexOf(100))
    expect(line.breakEvens).toHaveLength(2)
    expect(line.least).toBeGreaterThan(-180.001)
    const there = positionFigures(legs, { spot: 100, volShift: 0, ahead: 0.1 })
    expect(line.most).toBeCloseTo(there.profit, 6)
  })
  test('now and later meet at expiry', () => {
    const soon = profitAhead([CALL], SPOTS, { volShift: 0, ahead: 0.25 })
    const end = profitAtFirstExpiry([CALL], SPOTS)
    soon.profits.forEach((profit, k) => {
      expect(profit).toBeCloseTo(end.profits[k]!, 6)
    })
  })
})
