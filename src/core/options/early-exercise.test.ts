import { describe, expect, test } from 'vitest'
import { optionColumns, stream } from '../../../tests/options/reference.ts'
import { americanGreeks } from './american.ts'
import { createSidePricer, type OptionValue } from './early-exercise.ts'
import { priceEuropean } from './european.ts'

const blank = (): OptionValue => ({ value: 0, delta: 0, gamma: 0, premium: 0, isExercised: false })

/** Options of one expiry and side over strikes and volatilities as a real chain has them. */
function family(next: () => number) {
  const tteYears = 0.005 + 2 * next() ** 2
  const [rate, yieldRate] = [0.08 * next(), 0.06 * next()]
  const vol = 0.1 + 0.4 * next()
  const side: 1 | -1 = next() < 0.5 ? 1 : -1
  const rows = Array.from({ length: 25 }, () => ({
    spot: 100,
    strike: 100 * Math.exp((next() - 0.5) * 4 * vol * Math.sqrt(tteYears)),
    tteYears,
    vol: vol * (0.7 + 0.9 * next()),
    rate,
    yieldRate,
    side,
  }))
  return { rows, inputs: { rate, yieldRate, tteYears, side, lowVol: 0.6 * vol, highVol: 1.8 * vol, isAmerican: true } }
}

describe('a pricer of one side', () => {
  test('agrees with the American model itself on price, delta and gamma, whatever the volatility', () => {
    const next = stream(31)
    let worst = { value: 0, delta: 0, gamma: 0 }
    for (let n = 0; n < 60; n++) {
      const { rows, inputs } = family(next)
      const want = americanGreeks(optionColumns(rows), 'accurate')
      const { price } = createSidePricer(inputs, 'accurate')
      rows.forEach(({ spot, strike, vol }, i) => {
        const got = blank()
        price(spot, strike, vol, got)
        // At the boundary itself gamma jumps to nothing, and which side of it a spot lies on is rounding.
        const isAtEdge = want.price[i]! - inputs.side * (spot - strike) < 1e-4
        const size = 1 / (spot * vol * Math.sqrt(inputs.tteYears))
        worst = {
          value: Math.max(worst.value, Math.abs(got.value - want.price[i]!) / 100),
          delta: Math.max(worst.delta, Math.abs(got.delta - want.delta[i]!)),
          gamma: Math.max(worst.gamma, isAtEdge ? 0 : Math.abs(got.gamma - want.gamma[i]!) / size),
        }
      })
    }
    expect(worst.value).toBeLessThan(1e-5)
    expect(worst.delta).toBeLessThan(1e-3)
    expect(worst.gamma).toBeLessThan(1e-3)
  })

  test('without early exercise it is the European price, and its premium nothing', () => {
    const { rows, inputs } = family(stream(5))
    const want = priceEuropean(optionColumns(rows))
    const { price, premium, european } = createSidePricer({ ...inputs, isAmerican: false }, 'fast')
    rows.forEach(({ spot, strike, vol }, i) => {
      const got = blank()
      price(spot, strike, vol, got)
      expect(got.value).toBeCloseTo(want.price[i]!, 10)
      expect(got.delta).toBeCloseTo(want.delta[i]!, 10)
      expect(got.gamma).toBeCloseTo(want.gamma[i]!, 10)
      expect(european(spot, strike, vol)).toBe(got.value)
      expect(premium(spot, strike, vol)).toBe(0)
    })
  })

  test('an option to be exercised is worth exactly its intrinsic value', () => {
    const pricer = createSidePricer(
      { rate: 0.08, yieldRate: 0, tteYears: 0.5, side: -1, lowVol: 0.1, highVol: 0.3, isAmerican: true },
      'fast',
    )
    const got = blank()
    pricer.price(50, 100, 0.2, got)
    expect(got).toEqual({ value: 50, delta: -1, gamma: 0, premium: Number.POSITIVE_INFINITY, isExercised: true })
    expect(pricer.value(50, 100, 0.2)).toBeCloseTo(50, 10)
  })

  test('a call without yield is never exercised, so its premium is nothing; a wrong sign of the yield would show', () => {
    const inputs = { rate: 0.05, tteYears: 0.5, side: 1, lowVol: 0.1, highVol: 0.3, isAmerican: true } as const
    expect(createSidePricer({ ...inputs, yieldRate: 0 }, 'fast').premium(100, 80, 0.2)).toBe(0)
    expect(createSidePricer({ ...inputs, yieldRate: 0.1 }, 'fast').premium(100, 80, 0.2)).toBeGreaterThan(0.5)
  })

  test('below zero rates leave a floor, never a price below European or intrinsic', () => {
    for (const side of [1, -1] as const) {
      const pricer = createSidePricer(
        { rate: -0.01, yieldRate: -0.03, tteYears: 1, side, lowVol: 0.1, highVol: 0.3, isAmerican: true },
        'fast',
      )
      for (const strike of [60, 90, 100, 110, 160]) {
        const got = blank()
        pricer.price(100, strike, 0.2, got)
        expect(got.value).toBeGreaterThanOrEqual(Math.max(pricer.european(100, strike, 0.2), side * (100 - strike)) - 1e-12)
      }
    }
  })
})
