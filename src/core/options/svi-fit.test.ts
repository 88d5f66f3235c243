import { describe, expect, test } from 'vitest'
import { stream } from '../../../tests/options/reference.ts'
import type { SviSlice } from './chain-analysis.ts'
import { fromJumpWings, smileSlope, smileVol, sviShape, sviVariance, toJumpWings } from './svi.ts'
import { fitSvi } from './svi-fit.ts'

const STRIKES = Float64Array.from({ length: 21 }, (_, i) => -1 + i / 10)
const NEAR = Float64Array.from({ length: 21 }, (_, i) => -0.1 + i / 100)
const ones = (k: Float64Array) => new Float64Array(k.length).fill(1)

/** Greatest error in volatility of the fit through exact points. */
function errorOf(slice: SviSlice, k = STRIKES): number {
  const variance = k.map(x => sviVariance(slice, x))
  const fit = fitSvi({ k, variance, weight: ones(k) })!
  return k.reduce((most, x, i) => Math.max(most, Math.abs(Math.sqrt(sviVariance(fit.slice, x)) - Math.sqrt(variance[i]!))), 0)
}

function randomSlice(next: () => number, reach = 1): SviSlice {
  const sigma = reach * Math.exp(Math.log(0.005) + next() * Math.log(200))
  const rho = -0.98 + 1.96 * next()
  const b = Math.min(0.02 + 0.6 * next(), 1.95 / (1 + Math.abs(rho)))
  const least = Math.exp(Math.log(1e-4) + next() * Math.log(1000))
  return { a: least - b * sigma * Math.sqrt(1 - rho * rho), b, rho, m: reach * (-0.3 + 0.6 * next()), sigma }
}

describe('a slice is found again from its own points', () => {
  test('two thousand random ones to 1e-8 in volatility, wide and near the money', () => {
    const next = stream(4)
    for (let i = 0; i < 1000; i++) {
      const slice = randomSlice(next)
      expect(errorOf(slice), JSON.stringify(slice)).toBeLessThan(1e-8)
      const near = randomSlice(next, 0.1)
      expect(errorOf(near, NEAR), JSON.stringify(near)).toBeLessThan(1e-8)
    }
  })

  test.each<[string, SviSlice]>([
    ["Vogt's, whose a is below zero", { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 }],
    ['an almost straight skew', { a: -1.488, b: 0.4, rho: -0.95, m: 4, sigma: 12 }],
    ['a kink', { a: 0.04, b: 0.2, rho: -0.5, m: 0.02, sigma: 1e-4 }],
    ['a flat smile', { a: 0.04, b: 0, rho: 0, m: 0, sigma: 0.1 }],
    ['a left wing alone', { a: 0.01, b: 0.3, rho: -0.999999, m: 0.1, sigma: 0.2 }],
    ['a right wing alone', { a: 0.01, b: 0.3, rho: 0.999999, m: -0.1, sigma: 0.2 }],
    ['its bend beyond the strikes', { a: 0.02, b: 0.1, rho: -0.3, m: 1.6, sigma: 0.4 }],
    ['its bend far beyond the strikes', { a: 0.02, b: 0.1, rho: -0.3, m: 2.5, sigma: 0.4 }],
    ['its bend far below the strikes', { a: 0.02, b: 0.1, rho: -0.3, m: -2.5, sigma: 1.4 }],
    ['a least variance of next to nothing', { a: 1e-7 - 0.1 * 0.1, b: 0.1, rho: 0, m: 0.05, sigma: 0.1 }],
    ['steep wings at the bound of Lee', { a: 0.02, b: 1.3333333, rho: -0.5, m: 0, sigma: 0.3 }],
  ])('%s', (_, slice) => {
    expect(errorOf(slice)).toBeLessThan(1e-8)
  })

  test('and its very parameters where it is a smile with a bend', () => {
    const slice = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 }
    const { slice: found } = fitSvi({ k: STRIKES, variance: STRIKES.map(k => sviVariance(slice, k)), weight: ones(STRIKES) })!
    for (const name of ['a', 'b', 'rho', 'm', 'sigma'] as const) expect(found[name]).toBeCloseTo(slice[name], 8)
  })

  test('a point that is off by a hundredth is seen: the fit is not blind', () => {
    const slice = { a: 0.01, b: 0.1, rho: -0.4, m: 0, sigma: 0.2 }
    const variance = STRIKES.map(k => sviVariance(slice, k))
    variance[5]! *= 1.01
    const fit = fitSvi({ k: STRIKES, variance, weight: ones(STRIKES) })!
    expect(Math.sqrt(fit.cost)).toBeGreaterThan(1e-4)
  })
})

describe('few points', () => {
  const slice = { a: 0.02, b: 0.1, rho: -0.4, m: 0, sigma: 0.3 }
  test('with none, one or two there is no smile; with three or four there is one through them', () => {
    for (const n of [0, 1, 2]) {
      const k = STRIKES.slice(10, 10 + n)
      expect(fitSvi({ k, variance: k.map(x => sviVariance(slice, x)), weight: ones(k) })).toBeNull()
    }
    for (const n of [3, 4]) {
      const k = Float64Array.from({ length: n }, (_, i) => -0.3 + (0.6 * i) / (n - 1))
      const variance = k.map(x => sviVariance(slice, x))
      const fit = fitSvi({ k, variance, weight: ones(k) })!
      for (const [i, x] of k.entries()) expect(sviVariance(fit.slice, x)).toBeCloseTo(variance[i]!, 4)
    }
  })
  test('points without weight do not count', () => {
    const variance = STRIKES.map((k, i) => (i % 2 ? 9 : sviVariance(slice, k)))
    const weight = STRIKES.map((_, i) => (i % 2 ? 0 : 1))
    const fit = fitSvi({ k: STRIKES, variance, weight })!
    expect(sviVariance(fit.slice, 0.05)).toBeCloseTo(sviVariance(slice, 0.05), 9)
  })
})

describe('a slice', () => {
  const slice = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 }
  test('has the slope and bend of its own differences', () => {
    const at = { value: 0, slope: 0, bend: 0 }
    for (const k of [-1, -0.2, 0, 0.3586, 1.2]) {
      const h = 1e-4
      sviShape(slice, k, at)
      const [low, middle, high] = [sviVariance(slice, k - h), sviVariance(slice, k), sviVariance(slice, k + h)]
      expect(at.value).toBe(middle)
      expect(at.slope).toBeCloseTo((high - low) / (2 * h), 7)
      expect(at.bend).toBeCloseTo((high - 2 * middle + low) / (h * h), 5)
      const slope = (smileVol(slice, k + h, 0.5) - smileVol(slice, k - h, 0.5)) / (2 * h)
      expect(smileSlope(slice, k, 0.5)).toBeCloseTo(slope, 6)
    }
  })
  test('is the same after jump wings and back, at any time to expiry', () => {
    const next = stream(9)
    for (let i = 0; i < 300; i++) {
      const one = randomSlice(next)
      const tte = 0.01 + 2 * next()
      const back = fromJumpWings(toJumpWings(one, tte), tte)
      if (!back) throw new Error(JSON.stringify(one))
      for (const k of STRIKES) expect(sviVariance(back, k)).toBeCloseTo(sviVariance(one, k), 7)
    }
  })
  test("Vogt's jump wings are those of the paper", () => {
    const { v, psi, p, c, least } = toJumpWings(slice, 1)
    expect([v, psi, p, c, least].map(x => Number(x.toPrecision(7)))).toEqual([
      0.01742625, -0.1752111, 0.6997381, 1.316798, 0.0116249,
    ])
  })
})
