import { describe, expect, test } from 'vitest'
import { hasReference, numbers, readTable, stream } from '../../../tests/options/reference.ts'
import { priceBachelier } from './bachelier.ts'
import type { ForwardColumns } from './columns.ts'
import { priceBlack76 } from './european.ts'
import { IMPLIED_STATUS, impliedBachelier, impliedBlack76, type PriceColumns } from './implied.ts'
import { impliedDeviation } from './implied-normalised.ts'

interface Row {
  readonly price: number
  readonly forward?: number
  readonly strike?: number
  readonly tteYears?: number
  readonly rate?: number
  readonly side?: number
}

const columns = (rows: readonly Row[]): PriceColumns => ({
  price: Float64Array.from(rows, row => row.price),
  forward: Float64Array.from(rows, row => row.forward ?? 100),
  strike: Float64Array.from(rows, row => row.strike ?? 110),
  tteYears: Float64Array.from(rows, row => row.tteYears ?? 1),
  rate: Float64Array.from(rows, row => row.rate ?? 0),
  side: Int8Array.from(rows, row => row.side ?? 1),
})
const black = (row: Row) => {
  const { vol, status } = impliedBlack76(columns([row]))
  return { vol: vol[0]!, status: IMPLIED_STATUS[status[0]!] }
}

describe.runIf(hasReference)('tables in 113-bit arithmetic', () => {
  const random = hasReference ? readTable('iv_black76_quad_2000.csv') : []
  const want = numbers(random, 'vol')
  const worst = (vol: Float64Array) => vol.reduce((most, value, i) => Math.max(most, Math.abs(value / want[i]! - 1)), 0)
  const solve = () =>
    impliedBlack76({
      price: numbers(random, 'price'),
      forward: numbers(random, 'F'),
      strike: numbers(random, 'K'),
      tteYears: numbers(random, 'T'),
      rate: new Float64Array(random.length),
      side: Int8Array.from(random, row => Number(row.cp)),
    })
  test('random options within 1e-12, none without an answer', () => {
    const { vol, status } = solve()
    expect(random.length).toBeGreaterThanOrEqual(1000)
    expect(status.every(code => IMPLIED_STATUS[code] === 'OK')).toBe(true)
    expect(worst(vol)).toBeLessThan(1e-12)
  })
  test('one wrong volatility is seen', () => {
    const { vol } = solve()
    vol[700] = vol[700]! * (1 + 2e-12)
    expect(worst(vol)).toBeGreaterThan(1e-12)
  })
  const extreme = hasReference ? readTable('extreme_normalised_quad.csv') : []
  test.each(extreme.map(row => [Number(row.x), Number(row.s), Number(row.beta), Number(row.attainable)] as const))(
    'x = %d, s = %d: beta %d within four times what can be attained',
    (x, s, beta, attainable) => {
      const found = impliedDeviation(-x, beta, Math.exp(x / 2) - beta)
      expect(Math.abs(found / s - 1)).toBeLessThanOrEqual(4 * attainable)
    },
  )
})

describe('the volatility that made a price comes back', () => {
  const next = stream(17)
  const rows = Array.from({ length: 40_000 }, () => {
    const tteYears = 10 ** (4 * next() - 3)
    const vol = 0.01 * 300 ** next()
    const deviations = 12 * next() - 6
    const forward = 10 ** (4 * next() - 1)
    return {
      forward,
      strike: forward * Math.exp(deviations * vol * Math.sqrt(tteYears)),
      tteYears,
      vol,
      rate: 0.1 * next() - 0.02,
      side: next() < 0.5 ? 1 : -1,
    }
  })
  const options: ForwardColumns = {
    forward: Float64Array.from(rows, row => row.forward),
    strike: Float64Array.from(rows, row => row.strike),
    tteYears: Float64Array.from(rows, row => row.tteYears),
    vol: Float64Array.from(rows, row => row.vol),
    rate: Float64Array.from(rows, row => row.rate),
    side: Int8Array.from(rows, row => row.side),
  }
  test('for Black-76, as exactly as the price can tell', () => {
    const { price, vega } = priceBlack76(options)
    const { forward, strike, tteYears, rate, side } = options
    const { vol, status } = impliedBlack76({ price, forward, strike, tteYears, rate, side })
    let answered = 0
    rows.forEach((row, i) => {
      if (status[i] !== 0) {
        // Only a price in the money may hide its time value, and only behind rounding.
        expect(side[i]! * (row.forward - row.strike)).toBeGreaterThan(0)
        expect(IMPLIED_STATUS[status[i]!]).toMatch(/NO_TIME_VALUE|BELOW_INTRINSIC/)
        return
      }
      answered++
      const isInside = side[i]! * (row.forward - row.strike) > 0
      const scale = isInside ? Math.max(row.forward, row.strike) : price[i]!
      // A vol cannot be known better than the price is, seven deviations out to 2e-12 of itself.
      const known = 8 * Number.EPSILON + (isInside ? 16 * Number.EPSILON * scale : 2e-12 * scale) / (vega[i]! * row.vol)
      expect(Math.abs(vol[i]! / row.vol - 1)).toBeLessThanOrEqual(4 * known)
    })
    expect(answered).toBeGreaterThan(34_000)
  })
  test('for Bachelier, with forwards below zero', () => {
    const shifted = {
      ...options,
      forward: options.forward.map(value => value - 50),
      strike: options.strike.map(value => value - 50),
    }
    shifted.vol.forEach((vol, i) => {
      shifted.vol[i] = vol * options.forward[i]!
    })
    const { price, vega } = priceBachelier(shifted)
    const { forward, strike, tteYears, rate, side } = shifted
    const { vol, status } = impliedBachelier({ price, forward, strike, tteYears, rate, side })
    let answered = 0
    for (let i = 0; i < price.length; i++) {
      // Below the smallest normal double a price has lost digits itself.
      if (status[i] !== 0 || price[i]! < 1e-290) continue
      answered++
      const isInside = side[i]! * (forward[i]! - strike[i]!) > 0
      const scale = Math.max(Math.abs(forward[i]!), Math.abs(strike[i]!))
      const known = 4e-13 + (isInside ? 32 * Number.EPSILON * scale : 0) / (vega[i]! * shifted.vol[i]!)
      expect(Math.abs(vol[i]! / shifted.vol[i]! - 1)).toBeLessThanOrEqual(4 * known)
    }
    expect(answered).toBeGreaterThan(25_000)
  })
})

describe('a row without a volatility says why', () => {
  test.each([
    ['NO_TIME_VALUE', { price: 0 }],
    ['BELOW_INTRINSIC', { price: -0.01 }],
    ['BELOW_INTRINSIC', { price: 9.99, side: -1 }],
    ['NO_TIME_VALUE', { price: 10, side: -1 }],
    ['ABOVE_MAXIMUM', { price: 100 }],
    ['ABOVE_MAXIMUM', { price: 110, side: -1 }],
    ['ABOVE_MAXIMUM', { price: Number.POSITIVE_INFINITY }],
    ['EXPIRED', { price: 1, tteYears: 0 }],
    ['EXPIRED', { price: 1, tteYears: -0.1 }],
    ['NOT_A_NUMBER', { price: Number.NaN }],
    ['NOT_A_NUMBER', { price: 1, strike: Number.NaN }],
    ['NOT_A_NUMBER', { price: 1, tteYears: Number.NaN }],
    ['NOT_POSITIVE', { price: 1, forward: -37.63 }],
    ['NOT_POSITIVE', { price: 1, strike: 0 }],
  ] as const)('%s: %j', (status, row) => expect(black(row)).toEqual({ vol: Number.NaN, status }))
  // 100 exp(-0.1) is the most a call on 100 can be worth today, 90.48.
  test('bounds are discounted ones', () => {
    expect(black({ price: 90.4, rate: 0.1 }).status).toBe('OK')
    expect(black({ price: 90.6, rate: 0.1 }).status).toBe('ABOVE_MAXIMUM')
    expect(black({ price: 9.1, rate: 0.1, side: -1 }).status).toBe('OK')
    expect(black({ price: 9.0, rate: 0.1, side: -1 }).status).toBe('BELOW_INTRINSIC')
  })
  test('both ends of the doubles have an answer', () => {
    for (const price of [1e-300, 1e-100, 1e-16, 99, 99.999, 100 - 1e-13]) expect(black({ price }).status).toBe('OK')
    for (const price of [1e-300, 1e-16, 99.9, 100 - 1e-13]) expect(black({ price, strike: 100 }).status).toBe('OK')
    for (const strike of [100 * (1 + 1e-15), 1e4, 1e8, 1e15]) {
      const { vol, status } = black({ price: 1e-3, strike })
      expect(status).toBe('OK')
      expect(vol).toBeGreaterThan(0)
    }
  })
})
