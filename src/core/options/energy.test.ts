import { describe, expect, test } from 'vitest'
import { hasReference, readTable, slopeOf, stream } from '../../../tests/options/reference.ts'
import { type AsianOption, priceAsian } from './asian.ts'
import { priceBlack76 } from './european.ts'
import { priceSpread, type SpreadOption } from './spread.ts'

const crack: SpreadOption = {
  first: 95,
  second: 80,
  strike: 12,
  tteYears: 0.5,
  vol1: 0.35,
  vol2: 0.3,
  correlation: 0.8,
  rate: 0.04,
  side: 1,
}

/** Price of a spread option by the integral over the second forward: the first is lognormal given it. */
function byIntegral({ first, second, strike, tteYears: t, vol1, vol2, correlation: rho, rate }: SpreadOption): number {
  const steps = 400
  let sum = 0
  for (let k = 0; k <= steps; k++) {
    const z = -8 + (16 * k) / steps
    const weight = (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * (16 / steps)
    const other = second * Math.exp(vol2 * Math.sqrt(t) * z - 0.5 * vol2 * vol2 * t)
    const forward = first * Math.exp(rho * vol1 * Math.sqrt(t) * z - 0.5 * rho * rho * vol1 * vol1 * t)
    const one = (x: number) => Float64Array.of(x)
    const given = {
      forward: one(forward),
      strike: one(other + strike),
      tteYears: one(t),
      vol: one(vol1 * Math.sqrt(1 - rho * rho)),
      rate: one(0),
      side: Int8Array.of(1),
    }
    sum += weight * priceBlack76(given).price[0]!
  }
  return Math.exp(-rate * t) * sum
}

describe('spread options', () => {
  test.runIf(hasReference)('without a strike: Haug, exchange options', () => {
    const table = readTable('quantlib/margrabe_european.csv')
    expect(table.length).toBeGreaterThan(15)
    for (const row of table) {
      const at = (name: string) => Number(row[name])
      const t = at('t')
      const found = priceSpread({
        first: at('Q1') * at('s1') * Math.exp((at('r') - at('q1')) * t),
        second: at('Q2') * at('s2') * Math.exp((at('r') - at('q2')) * t),
        strike: 0,
        tteYears: t,
        vol1: at('v1'),
        vol2: at('v2'),
        correlation: at('rho'),
        rate: at('r'),
        side: 1,
      })
      expect(Math.abs(found.price - at('result'))).toBeLessThanOrEqual(at('tol'))
      const toSpot = (q: number, size: number) => size * Math.exp((at('r') - q) * t)
      expect(Math.abs(found.delta1 * toSpot(at('q1'), at('Q1')) - at('delta1'))).toBeLessThanOrEqual(at('tol'))
      expect(Math.abs(found.delta2 * toSpot(at('q2'), at('Q2')) - at('delta2'))).toBeLessThanOrEqual(at('tol'))
    }
  })
  test('with a strike: within a percent of the integral, and not equal to it', () => {
    for (const strike of [2, 5, 12]) {
      const exact = byIntegral({ ...crack, strike })
      const ratio = priceSpread({ ...crack, strike }).price / exact
      expect(Math.abs(ratio - 1)).toBeLessThan(0.01)
    }
    expect(Math.abs(byIntegral({ ...crack, strike: 0 }) / priceSpread({ ...crack, strike: 0 }).price - 1)).toBeLessThan(1e-8)
  })
  test('deltas are derivatives, parity holds', () => {
    for (const side of [1, -1]) {
      const option = { ...crack, side }
      const { delta1, delta2 } = priceSpread(option)
      expect(delta1).toBeCloseTo(
        slopeOf(x => priceSpread({ ...option, first: x }).price, 95, 0.1),
        7,
      )
      expect(delta2).toBeCloseTo(
        slopeOf(x => priceSpread({ ...option, second: x }).price, 80, 0.1),
        7,
      )
    }
    expect(priceSpread(crack).price - priceSpread({ ...crack, side: -1 }).price).toBeCloseTo(Math.exp(-0.02) * 3, 10)
  })
  test('what has no meaning is refused by name', () => {
    expect(() => priceSpread({ ...crack, strike: -80 })).toThrow('second plus strike must be above 0')
    expect(() => priceSpread({ ...crack, correlation: 1.2 })).toThrow('correlation')
    expect(() => priceSpread({ ...crack, first: -1 })).toThrow('first must be above 0, was -1')
  })
})

describe('average-price options', () => {
  // Haug's volatilities rise (or fall) by half a point from each fixing to the next, to 20 % at the last.
  test.runIf(hasReference)('Haug (2007), table 4-28', () => {
    const table = readTable('quantlib/asian_turnbull_wakeman_haug.csv')
    expect(table.length).toBe(30)
    for (const row of table) {
      const at = (name: string) => Number(row[name])
      const [count, first, last] = [at('fixings'), at('first'), at('expiry')]
      const times = Float64Array.from({ length: count }, (_, i) => first + (i * (last - first)) / (count - 1))
      const slope = row.slope === 'up' ? 0.005 : row.slope === 'down' ? -0.005 : 0
      const found = priceAsian({
        times,
        forwards: times.map(t => at('underlying') * Math.exp(at('b') * t)),
        vols: times.map((_, i) => at('vol') - slope * (count - 1 - i)),
        strike: at('strike'),
        tteYears: last,
        rate: at('r'),
        side: row.type === 'call' ? 1 : -1,
      })
      expect(Math.abs(found.price - at('expected')), JSON.stringify(row)).toBeLessThan(2.5e-3)
    }
  })
  const usual: AsianOption = {
    times: Float64Array.of(0.25, 0.5, 0.75, 1),
    forwards: Float64Array.of(100, 101, 102, 103),
    vols: Float64Array.of(0.3, 0.3, 0.3, 0.3),
    strike: 100,
    tteYears: 1,
    rate: 0.03,
    side: 1,
  }
  test('one fixing at the end is the plain option', () => {
    const one = (x: number) => Float64Array.of(x)
    const plain = priceBlack76({
      forward: one(103),
      strike: one(100),
      tteYears: one(1),
      vol: one(0.3),
      rate: one(0.03),
      side: Int8Array.of(1),
    })
    expect(priceAsian({ ...usual, times: one(1), forwards: one(103), vols: one(0.3) }).price).toBeCloseTo(plain.price[0]!, 12)
  })
  test('a simulation of the mean agrees within four deviations of its own', () => {
    const next = stream(77)
    const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
    let [sum, squares] = [0, 0]
    const paths = 60_000
    for (let path = 0; path < paths; path++) {
      let [log, mean] = [0, 0]
      for (let i = 0; i < 4; i++) {
        log += 0.3 * 0.5 * normal() - 0.5 * 0.09 * 0.25
        mean += (usual.forwards[i]! * Math.exp(log)) / 4
      }
      const paid = Math.exp(-0.03) * Math.max(0, mean - 100)
      sum += paid
      squares += paid * paid
    }
    const deviation = Math.sqrt((squares / paths - (sum / paths) ** 2) / paths)
    // Matching two moments is itself good to some thousandths of the price.
    expect(Math.abs(priceAsian(usual).price - sum / paths)).toBeLessThan(4 * deviation + 0.03)
  })
  test('with most fixings past the rest hardly matters', () => {
    const past = { count: 96, sum: 96 * 130 }
    const { price, mean } = priceAsian({ ...usual, past })
    expect(price).toBeCloseTo(Math.exp(-0.03) * (mean - 100), 10)
    expect(priceAsian({ ...usual, past, side: -1 }).price).toBe(0)
  })
  test('what has no meaning is refused', () => {
    expect(() => priceAsian({ ...usual, times: new Float64Array(0) })).toThrow('at least one fixing')
    expect(() => priceAsian({ ...usual, times: Float64Array.of(1, 0.5, 0.75, 1) })).toThrow('times must not fall, fixing 2')
    expect(() => priceAsian({ ...usual, vols: Float64Array.of(1) })).toThrow('4 rows')
  })
})
