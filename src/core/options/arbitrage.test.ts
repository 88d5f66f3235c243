import { describe, expect, test } from 'vitest'
import { hasReference, numbers, readTable, stream } from '../../../tests/options/reference.ts'
import { isoDate } from '../kit/time.ts'
import { butterflies, calendars, durrleman, leastDensity } from './arbitrage.ts'
import type { SviSlice } from './chain-analysis.ts'
import { fromJumpWings, sviVariance, toJumpWings } from './svi.ts'
import { repairSlice } from './svi-repair.ts'

const VOGT: SviSlice = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 }
const DATE = isoDate('2026-12-18')
const LATER = isoDate('2027-01-15')

function randomSlice(next: () => number): SviSlice {
  const sigma = Math.exp(Math.log(0.005) + next() * Math.log(200))
  const rho = -0.98 + 1.96 * next()
  const b = Math.min(0.02 + 0.8 * next(), 1.99 / (1 + Math.abs(rho)))
  const least = Math.exp(Math.log(1e-4) + next() * Math.log(1000))
  return { a: least - b * sigma * Math.sqrt(1 - rho * rho), b, rho, m: -0.3 + 0.6 * next(), sigma }
}

/** Durrleman's g from differences of the variance alone. */
function plainG(slice: SviSlice, k: number): number {
  const h = 1e-4 * Math.max(1e-2, slice.sigma)
  const [low, w, high] = [sviVariance(slice, k - h), sviVariance(slice, k), sviVariance(slice, k + h)]
  const slope = (high - low) / (2 * h)
  return (1 - (k * slope) / (2 * w)) ** 2 - ((slope * slope) / 4) * (1 / w + 0.25) + (high - 2 * w + low) / (2 * h * h)
}

describe("Vogt's smile", () => {
  test.skipIf(!hasReference)('has the density of the reference at every place', () => {
    const rows = readTable('svi/vogt_g_of_k.csv')
    const g = numbers(rows, 'g')
    const w = numbers(rows, 'w')
    numbers(rows, 'k').forEach((k, i) => {
      expect(durrleman(VOGT, k)).toBeCloseTo(g[i]!, 12)
      expect(sviVariance(VOGT, k)).toBeCloseTo(w[i]!, 14)
    })
    // The sign of one term turned, and the first row would already be off.
    expect(Math.abs(durrleman({ ...VOGT, rho: -VOGT.rho }, -1.5) - g[0]!)).toBeGreaterThan(0.01)
  })
  test('is flagged with its stretch and its worst point, though no wing is too steep', () => {
    expect(VOGT.b * (1 + VOGT.rho)).toBeLessThan(2)
    const [found, ...others] = butterflies(VOGT, DATE)
    expect(others).toEqual([])
    expect(found).toMatchObject({ kind: 'butterfly', expiry: DATE, later: null })
    expect(found!.worst).toBeCloseTo(-0.03286354386, 6)
    expect(found!.worstAt).toBeCloseTo(0.879, 3)
    expect(found!.from).toBeCloseTo(0.6424, 4)
    expect(found!.to).toBeCloseTo(1.2569, 4)
  })
  test('is repaired: free everywhere, the money and its skew as they were', () => {
    const repaired = repairSlice(VOGT)
    expect(butterflies(repaired, DATE)).toEqual([])
    expect(leastDensity(repaired).value).toBeGreaterThan(0)
    const [before, after] = [toJumpWings(VOGT, 1), toJumpWings(repaired, 1)]
    expect(after.v).toBeCloseTo(before.v, 12)
    expect(after.psi).toBeCloseTo(before.psi, 12)
    // Nearer than the slice of SSVI that Gatheral and Jacquier give first: the call wing keeps more of its slope.
    expect(after.c).toBeGreaterThan(0.3493158)
    expect(after.c).toBeLessThan(before.c)
  })
  test.each([
    ['the slice of SSVI', 0.3493158, 0.01548182, 0.2704],
    ['the closer one', 0.8564763, 0.0116249, 0.0081],
  ])('the repair of the paper, %s, is free, by the density that was worked out for it', (_, c, least, g) => {
    const slice = fromJumpWings({ ...toJumpWings(VOGT, 1), c, least }, 1)!
    expect(leastDensity(slice, { from: -2, to: 2 }).value).toBeCloseTo(g, 4)
  })
})

describe('butterflies', () => {
  test('on random slices are those that a fine grid shows, the least density at its place', () => {
    const next = stream(21)
    let flagged = 0
    for (let i = 0; i < 250; i++) {
      const slice = randomSlice(next)
      const range = { from: -1.5, to: 1.5 }
      let least = Number.POSITIVE_INFINITY
      for (let k = -1.5; k <= 1.5; k += 1e-3) least = Math.min(least, durrleman(slice, k))
      const found = butterflies(slice, DATE, range)
      const best = leastDensity(slice, range).value
      expect(best, JSON.stringify(slice)).toBeLessThan(least + 1e-9)
      expect(found.length > 0, JSON.stringify(slice)).toBe(best < -1e-11)
      for (const { from, to, worst, worstAt } of found) {
        flagged += 1
        expect(worst).toBeLessThan(0)
        expect(worstAt).toBeGreaterThanOrEqual(from)
        expect(worstAt).toBeLessThanOrEqual(to)
        expect(durrleman(slice, 0.5 * (worstAt + Math.max(from, worstAt - 1e-6)))).toBeLessThan(0)
        if (from > -1.5)
          expect(Math.abs(durrleman(slice, from))).toBeLessThan(1e-6 * (1 + Math.abs(worst) / (worstAt - from + 1e-9)))
      }
    }
    expect(flagged).toBeGreaterThan(50)
  })
  test('the density is that of the differences of the variance', () => {
    for (const k of [-1, -0.3, 0, 0.2, 0.879, 1.4]) expect(durrleman(VOGT, k)).toBeCloseTo(plainG(VOGT, k), 5)
  })
  test('a slice without variance somewhere is flagged there', () => {
    const found = butterflies({ a: -0.05, b: 0.1, rho: 0, m: 0, sigma: 0.1 }, DATE).find(({ from, to }) => from < 0 && to > 0)!
    expect(found.worst).toBeCloseTo(-0.04, 6)
    expect(found.worstAt).toBeCloseTo(0, 3)
  })
  test('every random slice is repaired, and one that is free comes back untouched', () => {
    const next = stream(22)
    let repaired = 0
    for (let i = 0; i < 120; i++) {
      const slice = randomSlice(next)
      const range = { from: -1.5, to: 1.5 }
      const fixed = repairSlice(slice, { range })
      expect(leastDensity(fixed, range).value, JSON.stringify(slice)).toBeGreaterThanOrEqual(0)
      if (leastDensity(slice, range).value >= 0) expect(fixed).toBe(slice)
      else repaired += 1
    }
    expect(repaired).toBeGreaterThan(20)
  })
})

describe('calendars', () => {
  const slice: SviSlice = { a: 0.01, b: 0.1, rho: -0.4, m: 0, sigma: 0.2 }
  test('a later slice above the earlier one everywhere is free', () => {
    expect(calendars({ date: DATE, slice }, { date: LATER, slice: { ...slice, a: 0.0101 } })).toEqual([])
    expect(calendars({ date: DATE, slice }, { date: LATER, slice })).toEqual([])
  })
  test('a fall is found where it is, and how deep', () => {
    // w2 - w1 = 0.002 - 0.02 (sqrt(k² + 0.04) - 0.2): below zero beyond |k| = sqrt(0.3² - 0.2²).
    const later = { ...slice, a: slice.a + 0.002 + 0.02 * 0.2, b: 0.08, rho: (slice.b * slice.rho) / 0.08 }
    const found = calendars({ date: DATE, slice }, { date: LATER, slice: later }, { from: -1, to: 1 })
    expect(found.map(({ kind, expiry, later: to }) => [kind, expiry, to])).toEqual([
      ['calendar', DATE, LATER],
      ['calendar', DATE, LATER],
    ])
    expect(found[0]!.to).toBeCloseTo(-Math.sqrt(0.05), 6)
    expect(found[1]!.from).toBeCloseTo(Math.sqrt(0.05), 6)
    expect(found[0]!.worst).toBeCloseTo(0.006 - 0.02 * Math.sqrt(1.04), 9)
    expect(found[0]!.worstAt).toBe(-1)
  })
  test('a narrow dip between the points of a coarse grid is not missed', () => {
    const kink: SviSlice = { a: 0.0099, b: 0.1, rho: 0, m: 0.0123, sigma: 1e-5 }
    const flat: SviSlice = { a: 0.01, b: 0, rho: 0, m: 0, sigma: 1 }
    const [found] = calendars({ date: DATE, slice: flat }, { date: LATER, slice: kink })
    expect(found!.worstAt).toBeCloseTo(0.0123, 4)
    expect(found!.to - found!.from).toBeLessThan(0.003)
  })
})
