import { describe, expect, test } from 'vitest'
import { betaWeightedDelta, type Leg, payoffAtExpiry, scenarioGrid } from './portfolio.ts'

const leg = (change: Partial<Leg>): Leg => ({
  kind: 'call',
  quantity: 1,
  multiplier: 100,
  paid: 0,
  strike: 100,
  tteYears: 0.5,
  vol: 0.25,
  rate: 0.04,
  yieldRate: 0.01,
  isAmerican: false,
  ...change,
})

describe('payoff at expiry', () => {
  test('a bought call loses what was paid and wins without end', () => {
    const line = payoffAtExpiry([leg({ paid: 3 })])
    expect(line).toMatchObject({ spots: [0, 100], profits: [-300, -300], slopeAbove: 100, breakEvens: [103], least: -300 })
    expect(line.most).toBe(Number.POSITIVE_INFINITY)
  })
  test('an iron condor: two break-evens, both ends bounded', () => {
    const line = payoffAtExpiry([
      leg({ kind: 'put', strike: 90, paid: 1 }),
      leg({ kind: 'put', strike: 95, quantity: -1, paid: 2 }),
      leg({ strike: 105, quantity: -1, paid: 2 }),
      leg({ strike: 110, paid: 1 }),
    ])
    expect(line.breakEvens).toEqual([93, 107])
    expect([line.most, line.least]).toEqual([200, -300])
  })
  test('a covered call, and a share that is sold', () => {
    const share = leg({ kind: 'underlying', multiplier: 1, quantity: 100, paid: 98 })
    const covered = payoffAtExpiry([share, leg({ quantity: -1, paid: 2 })])
    expect(covered).toMatchObject({ slopeAbove: 0, most: 400, least: -9600, breakEvens: [96] })
    expect(payoffAtExpiry([{ ...share, quantity: -100 }]).least).toBe(Number.NEGATIVE_INFINITY)
  })
  test('no legs are refused', () => expect(() => payoffAtExpiry([])).toThrow('at least one leg'))
})

describe('scenario grid', () => {
  const axes = {
    spots: Float64Array.from({ length: 41 }, (_, k) => 80 + k),
    volShifts: Float64Array.from({ length: 21 }, (_, k) => (k - 10) / 100),
    ahead: Float64Array.from({ length: 10 }, (_, k) => k / 18),
  }
  const at = (time: number, vol: number, spot: number) => (time * 21 + vol) * 41 + spot
  test('the last time is expiry, where it is the payoff', () => {
    const legs = [leg({ paid: 4, quantity: 2 }), leg({ kind: 'put', strike: 95, quantity: -3, paid: 2 })]
    const { profit } = scenarioGrid(legs, axes)
    const line = payoffAtExpiry(legs)
    for (let k = 0; k < 41; k++) {
      const spot = 80 + k
      const j = line.spots.findLastIndex(one => one <= spot)
      const next = line.spots[j + 1]
      const slope = next === undefined ? line.slopeAbove : (line.profits[j + 1]! - line.profits[j]!) / (next - line.spots[j]!)
      expect(profit[at(9, 10, k)]).toBeCloseTo(line.profits[j]! + slope * (spot - line.spots[j]!), 8)
    }
  })
  test('a conversion (share, put, sold call) is a bond in every scenario', () => {
    const legs = [
      leg({ kind: 'underlying', multiplier: 1, quantity: 100 }),
      leg({ kind: 'put', yieldRate: 0 }),
      leg({ quantity: -1, yieldRate: 0 }),
    ]
    const { value, greeks } = scenarioGrid(legs, axes)
    for (const [t, v, s] of [
      [0, 0, 0],
      [3, 20, 40],
      [8, 10, 20],
    ] as const) {
      expect(value[at(t, v, s)]).toBeCloseTo(10_000 * Math.exp(-0.04 * (0.5 - t / 18)), 7)
      expect(greeks!.delta[at(t, v, s)]).toBeCloseTo(0, 9)
      expect(greeks!.vega[at(t, v, s)]).toBeCloseTo(0, 9)
    }
  })
  test('American legs are worth at least European ones', () => {
    const small = { ...axes, volShifts: Float64Array.of(0), ahead: Float64Array.of(0, 0.25) }
    const european = scenarioGrid([leg({ kind: 'put' })], small)
    const american = scenarioGrid([leg({ kind: 'put', isAmerican: true })], small)
    expect(american.greeks).toBeNull()
    american.value.forEach((worth, i) => {
      expect(worth).toBeGreaterThanOrEqual(european.value[i]! - 1e-9)
    })
    expect(american.value[0]! - european.value[0]!).toBeGreaterThan(10)
  })
  test('a bought call gains with spot and volatility and loses with time', () => {
    const { value } = scenarioGrid([leg({})], axes)
    expect(value[at(0, 10, 21)]!).toBeGreaterThan(value[at(0, 10, 20)]!)
    expect(value[at(0, 11, 20)]!).toBeGreaterThan(value[at(0, 10, 20)]!)
    expect(value[at(1, 10, 20)]!).toBeLessThan(value[at(0, 10, 20)]!)
  })
})

test('beta weight: 100 shares at 50 with a beta of 1.2 are 12 units of an index at 500', () =>
  expect(betaWeightedDelta({ delta: 100, spot: 50, beta: 1.2 }, 500)).toBeCloseTo(12, 12))
