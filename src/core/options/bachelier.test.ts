import { describe, expect, test } from 'vitest'
import { slopeOf, stream } from '../../../tests/options/reference.ts'
import { priceBachelier, secondBachelier } from './bachelier.ts'
import type { ForwardColumns, GreekColumns } from './columns.ts'
import { modelFor } from './screen-units.ts'

interface Row {
  readonly forward: number
  readonly strike: number
  readonly tteYears: number
  readonly vol: number
  readonly rate: number
  readonly side: number
}

const columns = (rows: readonly Row[]): ForwardColumns => ({
  forward: Float64Array.from(rows, row => row.forward),
  strike: Float64Array.from(rows, row => row.strike),
  tteYears: Float64Array.from(rows, row => row.tteYears),
  vol: Float64Array.from(rows, row => row.vol),
  rate: Float64Array.from(rows, row => row.rate),
  side: Int8Array.from(rows, row => row.side),
})
const greek = (row: Row, name: keyof GreekColumns) => priceBachelier(columns([row]))[name][0]!
const usual: Row = { forward: 70, strike: 70, tteYears: 0.25, vol: 24.5, rate: 0.05, side: 1 }

describe('Bachelier', () => {
  // An independent double-precision Bachelier, nine digits.
  test('F = K = 70, T = 0.25, normal vol 24.5, r = 0.05', () => expect(greek(usual, 'price')).toBeCloseTo(4.826335113, 9))
  // E max(K - F, 0) at d = 1.5 with sd 20: 20 (1.5 N(1.5) + n(1.5)), N and n from tables to ten digits.
  test('a forward below zero is an ordinary forward', () =>
    expect(greek({ forward: -20, strike: 10, tteYears: 1, vol: 20, rate: 0, side: -1 }, 'price')).toBeCloseTo(
      20 * (1.5 * 0.9331927987 + 0.1295175957),
      7,
    ))
  test('parity holds', () => {
    const next = stream(3)
    for (let k = 0; k < 500; k++) {
      const row = {
        forward: 200 * next() - 100,
        strike: 200 * next() - 100,
        tteYears: 3 * next(),
        vol: 50 * next(),
        rate: 0.1 * next(),
        side: 1,
      }
      const discounted = Math.exp(-row.rate * row.tteYears) * (row.forward - row.strike)
      expect(Math.abs(greek(row, 'price') - greek({ ...row, side: -1 }, 'price') - discounted)).toBeLessThan(1e-13)
    }
  })
  // 1 - x M(x) at x = 10 by its asymptotic series, summed by hand to 1e-6: n(10) (1/100 - 3/1e4 + 15/1e6 - 105/1e8 + 945/1e10 - ...).
  test('ten deviations out a price keeps its digits', () => {
    const density = Math.exp(-50) / Math.sqrt(2 * Math.PI)
    const series = 1e-2 - 3e-4 + 1.5e-5 - 1.05e-6 + 9.45e-8 - 1.0395e-8 + 1.35135e-9 - 2.027025e-10
    const price = greek({ forward: 0, strike: 10, tteYears: 1, vol: 1, rate: 0, side: 1 }, 'price')
    expect(Math.abs(price / (density * series) - 1)).toBeLessThan(1e-8)
  })
  test('each Greek is the derivative of the price', () => {
    const next = stream(5)
    for (let k = 0; k < 100; k++) {
      const row = {
        forward: 60 * next() - 20,
        strike: 60 * next() - 20,
        tteYears: 0.1 + 2 * next(),
        vol: 10 + 30 * next(),
        rate: 0.08 * next(),
        side: next() < 0.5 ? 1 : -1,
      }
      const second = secondBachelier(columns([row]))
      const of = (name: keyof GreekColumns, by: keyof Row, h: number) =>
        slopeOf(x => greek({ ...row, [by]: x }, name), row[by], h)
      const near = (got: number, want: number) => expect(Math.abs(got - want)).toBeLessThan(1e-6 * (1 + Math.abs(want)))
      near(greek(row, 'delta'), of('price', 'forward', 0.05))
      near(greek(row, 'gamma'), of('delta', 'forward', 0.05))
      near(greek(row, 'vega'), of('price', 'vol', 0.05))
      near(greek(row, 'theta'), -of('price', 'tteYears', row.tteYears * 2e-3))
      near(greek(row, 'rho'), of('price', 'rate', 1e-4))
      near(second.vanna[0]!, of('delta', 'vol', 0.05))
      near(second.volga[0]!, of('vega', 'vol', 0.05))
      near(second.charm[0]!, -of('delta', 'tteYears', row.tteYears * 2e-3))
    }
  })
  test('without volatility or time there is the intrinsic value; with a NaN there is none', () => {
    expect(greek({ ...usual, forward: -5, strike: -30, vol: 0, rate: 0 }, 'price')).toBe(25)
    expect(greek({ ...usual, tteYears: 0, strike: 60 }, 'delta')).toBe(1)
    expect(greek({ ...usual, strike: Number.NaN }, 'price')).toBeNaN()
  })
  test('it is chosen by hand, and without asking where a logarithm has no meaning', () => {
    expect(modelFor(70, 70, 'black-76')).toBe('black-76')
    expect(modelFor(70, 70, 'bachelier')).toBe('bachelier')
    expect(modelFor(-37.63, 10, 'black-76')).toBe('bachelier')
    expect(modelFor(10, 0, 'black-76')).toBe('bachelier')
  })
})
