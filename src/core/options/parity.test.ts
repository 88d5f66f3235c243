import { describe, expect, test } from 'vitest'
import { stream } from '../../../tests/options/reference.ts'
import { firstForward, fitParity } from './parity.ts'
import type { ParityPairs } from './parity-line.ts'

const YEARS = 0.25
const FORWARD = 603.7
const RATE = 0.045
const DISCOUNT = Math.exp(-RATE * YEARS)
const STRIKES = Array.from({ length: 41 }, (_, i) => 500 + 5 * i)
const USUAL = { tteYears: YEARS, belief: { rate: 0.04, spread: 0.02 }, reach: 1 }

/** Pairs whose call less put is exact but for `noise`; the put is any price, for parity says nothing of it. */
function pairs(noise: (i: number) => number = () => 0, slack = 0.05): ParityPairs {
  const put = Float64Array.from(STRIKES, k => Math.max(5, k - 560))
  return {
    strike: Float64Array.from(STRIKES),
    call: put.map((p, i) => p + DISCOUNT * (FORWARD - STRIKES[i]!) + noise(i)),
    put,
    slack: new Float64Array(STRIKES.length).fill(slack),
    dividend: new Float64Array(STRIKES.length),
    doubt: new Float64Array(STRIKES.length),
  }
}

describe('forward and discount of parity', () => {
  test('are exact for exact pairs, whatever rate was believed as long as it was not sure', () => {
    const fit = fitParity(pairs(), { ...USUAL, belief: { rate: -0.02, spread: 1e6 } })!
    expect(fit.forward).toBeCloseTo(FORWARD, 7)
    expect(fit.rate).toBeCloseTo(RATE, 9)
    expect(fit.residual).toBeLessThan(1e-7)
    // A parity with the strike on the wrong side would be off by hundreds.
    const { call, put, ...rest } = pairs()
    expect(Math.abs(fitParity({ ...rest, call: put, put: call }, USUAL)!.forward - FORWARD)).toBeGreaterThan(0.5)
  })

  test('hardly move with noise inside the spreads, and the forward lies where no conversion contradicts it', () => {
    const next = stream(3)
    for (let n = 0; n < 50; n++) {
      const fit = fitParity(
        pairs(() => 0.08 * (next() - 0.5)),
        USUAL,
      )!
      expect(Math.abs(fit.forward - FORWARD)).toBeLessThan(0.02)
      expect(Math.abs(fit.rate - RATE)).toBeLessThan(0.01)
      // As far as the discount is known: a strike a hundred away feels its error.
      expect(fit.lowest).toBeLessThan(FORWARD + 0.1)
      expect(fit.highest).toBeGreaterThan(FORWARD - 0.1)
    }
  })

  test('survive a quarter of the pairs being wrong by dollars, and do not use them', () => {
    const fit = fitParity(
      pairs(i => (i % 4 === 1 ? 3 + i / 10 : 0)),
      USUAL,
    )!
    expect(fit.forward).toBeCloseTo(FORWARD, 2)
    expect(fit.pairs).toBeLessThan(34)
    // Least squares without weights would have followed them.
    const wrong = STRIKES.map((_, i) => (i % 4 === 1 ? 3 + i / 10 : 0))
    expect(wrong.reduce((sum, x) => sum + x, 0) / wrong.length).toBeGreaterThan(1)
  })

  test('with two pairs take the believed rate, with one there is no line', () => {
    const few = (n: number): ParityPairs => {
      const all = pairs()
      const part = (column: Float64Array) => column.slice(20, 20 + n)
      return {
        strike: part(all.strike),
        call: part(all.call),
        put: part(all.put),
        slack: part(all.slack),
        dividend: part(all.dividend),
        doubt: part(all.doubt),
      }
    }
    const fit = fitParity(few(2), { ...USUAL, belief: { rate: 0.04, spread: 0.001 } })!
    expect(fit.rate).toBeCloseTo(0.04, 3)
    expect(fit.forward).toBeCloseTo(FORWARD, 1)
    expect(fitParity(few(1), USUAL)).toBeNull()
    expect(fitParity(few(0), USUAL)).toBeNull()
  })

  test('the share of dividends that calls hold is told, and the forward is not bent by it', () => {
    const dividend = Float64Array.from(STRIKES, k => 1.8 / (1 + Math.exp((k - FORWARD) / 20)))
    const held = { ...pairs(), dividend }
    const paid = { ...held, call: held.call.map((call, i) => call + 0.8 * dividend[i]!) }
    const belief = { rate: RATE, spread: 0.0025 }
    const fit = fitParity(paid, { ...USUAL, belief })!
    expect(fit.dividendShare).toBeCloseTo(0.8, 1)
    expect(Math.abs(fit.forward - FORWARD)).toBeLessThan(0.06)
    // Without the premium among the unknowns the forward is too high.
    expect(
      fitParity({ ...paid, dividend: new Float64Array(STRIKES.length) }, { ...USUAL, belief })!.forward - FORWARD,
    ).toBeGreaterThan(0.4)
  })

  test('the first guess is the median of where call and put cost the same', () => {
    expect(
      firstForward(
        pairs(i => (i === 20 ? 50 : 0)),
        DISCOUNT,
      ),
    ).toBeCloseTo(FORWARD, 6)
    const none = new Float64Array(0)
    expect(firstForward({ strike: none, call: none, put: none, slack: none, dividend: none, doubt: none }, 1)).toBeNaN()
  })
})
