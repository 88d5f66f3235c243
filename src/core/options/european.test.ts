import { describe, expect, test } from 'vitest'
import {
  hasReference,
  numbers,
  type OptionRow,
  optionColumns,
  quantlibOptions,
  readTable,
  slopeOf,
  stream,
} from '../../../tests/options/reference.ts'
import { emptyGreeks, type ForwardColumns, type GreekColumns } from './columns.ts'
import { priceBlack76, priceEuropean } from './european.ts'
import { toPositionGreeks, toScreenGreeks } from './screen-units.ts'
import { secondGreeks } from './second-greeks.ts'

const one = (row: OptionRow) => priceEuropean(optionColumns([row]))
const future = (side: number, strike: number): ForwardColumns => ({
  forward: Float64Array.of(70),
  strike: Float64Array.of(strike),
  tteYears: Float64Array.of(0.25),
  vol: Float64Array.of(0.35),
  rate: Float64Array.of(0.05),
  side: Int8Array.of(side),
})
const first = (out: GreekColumns) => ({
  price: out.price[0]!,
  delta: out.delta[0]!,
  gamma: out.gamma[0]!,
  vega: out.vega[0]!,
  theta: out.theta[0]!,
  rho: out.rho[0]!,
})

function randomRows(count: number, seed: number): OptionRow[] {
  const next = stream(seed)
  return Array.from({ length: count }, () => {
    const spot = 20 + 130 * next()
    const vol = 0.05 + 1.45 * next()
    const tteYears = (1 + Math.floor(1095 * next())) / 365
    const strike = spot * Math.exp((5 * next() - 2.5) * vol * Math.sqrt(tteYears))
    return { spot, strike, tteYears, vol, rate: 0.09 * next() - 0.01, yieldRate: 0.08 * next(), side: next() < 0.5 ? 1 : -1 }
  })
}

/** Worst errors against a table, by the measure demanded of each column. */
function worst(out: GreekColumns, want: GreekColumns, rows: readonly OptionRow[]) {
  const max = (f: (i: number) => number) => rows.reduce((most, _, i) => Math.max(most, f(i)), 0)
  const apart = (name: keyof GreekColumns) => (i: number) => Math.abs(out[name][i]! - want[name][i]!)
  const relative = (name: keyof GreekColumns) => (i: number) => apart(name)(i) / Math.abs(want[name][i]!)
  return {
    price: max(i => apart('price')(i) / Math.max(rows[i]!.spot, rows[i]!.strike)),
    priceRelative: max(relative('price')),
    delta: max(apart('delta')),
    gamma: max(relative('gamma')),
    vega: max(relative('vega')),
    theta: max(relative('theta')),
    rho: max(i => apart('rho')(i) / rows[i]!.spot),
  }
}

const DEMANDED = { price: 4e-15, priceRelative: 2e-12, delta: 5e-14, gamma: 2e-13, vega: 2e-13, theta: 1e-11, rho: 1e-14 }

describe.runIf(hasReference)('options in 113-bit arithmetic', () => {
  const table = hasReference ? readTable('euro_bsm_quad_1000.csv') : []
  const rows = table.map(row => ({
    spot: Number(row.S),
    strike: Number(row.K),
    tteYears: Number(row.days) / 365,
    vol: Number(row.vol),
    rate: Number(row.r),
    yieldRate: Number(row.q),
    side: Number(row.cp),
  }))
  const want: GreekColumns = {
    price: numbers(table, 'value'),
    delta: numbers(table, 'delta'),
    gamma: numbers(table, 'gamma'),
    vega: numbers(table, 'vega'),
    theta: numbers(table, 'theta'),
    rho: numbers(table, 'rho'),
  }
  test('price and five Greeks within what is demanded', () => {
    expect(rows.length).toBeGreaterThanOrEqual(500)
    const errors = worst(priceEuropean(optionColumns(rows)), want, rows)
    for (const [name, limit] of Object.entries(DEMANDED))
      expect(errors[name as keyof typeof errors], name).toBeLessThanOrEqual(limit)
  })
  test.each(Object.keys(DEMANDED).filter(name => name !== 'priceRelative'))('a wrong %s in one row is seen', name => {
    const out = priceEuropean(optionColumns(rows))
    const column = out[name as keyof GreekColumns]
    column[250] = column[250]! * (1 + 1e-9) + 1e-11
    expect(worst(out, want, rows)[name as keyof typeof DEMANDED]).toBeGreaterThan(DEMANDED[name as keyof typeof DEMANDED])
  })
})

describe.runIf(hasReference)('Haug (1998)', () => {
  test('prices to the printed tolerance', () => {
    const table = readTable('quantlib/european_haug_values.csv')
    const out = priceEuropean(optionColumns(quantlibOptions(table)))
    expect(table.length).toBeGreaterThan(40)
    for (const [i, row] of table.entries())
      expect(Math.abs(out.price[i]! - Number(row.value)), JSON.stringify(row)).toBeLessThanOrEqual(1e-4)
  })
  test('Greeks to the printed digits', () => {
    const greeks: Readonly<Record<string, keyof GreekColumns>> = {
      delta: 'delta',
      gamma: 'gamma',
      vega: 'vega',
      theta: 'theta',
      rho: 'rho',
    }
    const table = readTable('quantlib/european_haug_greeks.csv').filter(row => row.greek! in greeks)
    const out = priceEuropean(optionColumns(quantlibOptions(table)))
    expect(table.length).toBe(8)
    for (const [i, row] of table.entries())
      expect(Math.abs(out[greeks[row.greek!]!][i]! - Number(row.value)), row.greek).toBeLessThanOrEqual(1e-4)
  })
})

// F = 70, T = 0.25, sigma = 0.35, r = 0.05: figures of an independent Black-76, good to 1e-9.
describe('Black-76', () => {
  test.each([
    [1, 70, 4.820183575, 0.528218783, 0.032039281, 0.137368418, -0.025684329],
    [-1, 75, 7.84314063, -0.612773513, 0.030684099, 0.131558074, -0.024155913],
    [1, 65, 7.526346392, null, null, null, null],
  ])('side %i strike %i', (side, strike, price, delta, gamma, vega, theta) => {
    const raw = first(priceBlack76(future(side, strike)))
    const screen = toScreenGreeks(raw)
    expect(screen.price).toBeCloseTo(price, 8)
    if (delta === null) return
    expect(screen.delta).toBeCloseTo(delta, 9)
    expect(screen.gamma).toBeCloseTo(gamma!, 9)
    expect(screen.vegaPerPoint).toBeCloseTo(vega!, 9)
    expect(screen.thetaPerDay).toBeCloseTo(theta!, 9)
    expect(raw.rho).toBeCloseTo(-0.25 * price, 9)
  })
  test('the spot formula on a future is another number, 5.2976', () => {
    const wrong = one({ spot: 70, strike: 70, tteYears: 0.25, vol: 0.35, rate: 0.05, yieldRate: 0, side: 1 })
    expect(wrong.price[0]).toBeCloseTo(5.2976, 4)
  })
  test('Greeks of 10 contracts of 1000 barrels', () => {
    const screen = toPositionGreeks(first(priceBlack76(future(1, 70))), 1000, 10)
    expect(screen.delta).toBeCloseTo(5282.18783, 4)
    expect(screen.vegaPerPoint).toBeCloseTo(1373.68418, 4)
  })
})

describe('identities', () => {
  const rows = randomRows(2000, 7)
  const calls = rows.map(row => ({ ...row, side: 1 }))
  const puts = rows.map(row => ({ ...row, side: -1 }))
  test('call less put is forward less strike, discounted; and so are their Greeks', () => {
    const [call, put] = [priceEuropean(optionColumns(calls)), priceEuropean(optionColumns(puts))]
    rows.forEach(({ spot, strike, tteYears: t, rate: r, yieldRate: q }, i) => {
      const [carry, paid] = [Math.exp(-q * t), strike * Math.exp(-r * t)]
      const scale = Math.max(spot, strike)
      expect(Math.abs(call.price[i]! - put.price[i]! - spot * carry + paid) / scale).toBeLessThan(4e-15)
      expect(Math.abs(call.delta[i]! - put.delta[i]! - carry)).toBeLessThan(1e-14)
      expect(Math.abs(call.rho[i]! - put.rho[i]! - t * paid) / scale).toBeLessThan(2e-14)
      expect(call.gamma[i]).toBe(put.gamma[i])
      expect(call.vega[i]).toBe(put.vega[i])
    })
  })
  test('price rises with volatility, falls (call) and bends upward with strike', () => {
    const ladder = Array.from({ length: 200 }, (_, k) => ({ ...calls[0]!, spot: 100, strike: 50 + k, tteYears: 0.5, vol: 0.3 }))
    const { price } = priceEuropean(optionColumns(ladder))
    for (let k = 1; k < 199; k++) {
      expect(price[k]!).toBeLessThan(price[k - 1]!)
      expect(price[k + 1]! - 2 * price[k]! + price[k - 1]!).toBeGreaterThan(-1e-13)
    }
    const vols = Array.from({ length: 100 }, (_, k) => ({ ...calls[0]!, vol: 0.05 + k / 50 }))
    const byVol = priceEuropean(optionColumns(vols)).price
    for (let k = 1; k < 100; k++) expect(byVol[k]!).toBeGreaterThanOrEqual(byVol[k - 1]!)
  })
})

describe('each Greek is the derivative of the price', () => {
  const rows = randomRows(120, 11)
  const priceAt = (row: OptionRow, change: Partial<OptionRow>) => one({ ...row, ...change }).price[0]!
  const out = priceEuropean(optionColumns(rows))
  const second = secondGreeks(optionColumns(rows))
  const near = (got: number, want: number, scale: number) => expect(Math.abs(got - want)).toBeLessThan(2e-6 * scale)
  test.each(rows.map((row, i) => [i, row] as const))('row %i', (i, row) => {
    const { spot, tteYears, vol, rate, strike } = row
    const [h, hv, ht] = [spot * 2e-3 * Math.min(1, vol * Math.sqrt(tteYears) * 4), vol * 2e-3, tteYears * 2e-3]
    near(
      out.delta[i]!,
      slopeOf(x => priceAt(row, { spot: x }), spot, h),
      1,
    )
    near(
      out.vega[i]!,
      slopeOf(x => priceAt(row, { vol: x }), vol, hv),
      spot,
    )
    near(out.theta[i]!, -slopeOf(x => priceAt(row, { tteYears: x }), tteYears, ht), spot / Math.min(1, tteYears))
    near(
      out.rho[i]!,
      slopeOf(x => priceAt(row, { rate: x }), rate, 1e-4),
      strike,
    )
    near(out.gamma[i]! * spot, slopeOf(x => one({ ...row, spot: x }).delta[0]!, spot, h) * spot, 1 / vol / Math.sqrt(tteYears))
    near(
      second.vanna[i]!,
      slopeOf(x => one({ ...row, vol: x }).delta[0]!, vol, hv),
      1 / vol,
    )
    near(
      second.volga[i]!,
      slopeOf(x => one({ ...row, vol: x }).vega[0]!, vol, hv),
      spot / vol,
    )
    near(second.charm[i]!, -slopeOf(x => one({ ...row, tteYears: x }).delta[0]!, tteYears, ht), 1 / tteYears)
  })
  test('a theta of the other sign would be seen', () => {
    const row = rows[0]!
    const rate = slopeOf(x => priceAt(row, { tteYears: x }), row.tteYears, row.tteYears * 2e-3)
    expect(Math.abs(out.theta[0]! - rate)).toBeGreaterThan(1e-3)
  })
})

describe('edges', () => {
  const usual = { spot: 100, strike: 120, tteYears: 1, vol: 0.2, rate: 0.05, yieldRate: 0.02, side: -1 }
  test('at expiry an option is worth its intrinsic value, with a delta of 1, 0 or -1', () => {
    expect(first(one({ ...usual, tteYears: 0 }))).toMatchObject({ price: 20, delta: -1, gamma: 0, vega: 0 })
    expect(first(one({ ...usual, tteYears: -1, side: 1 }))).toMatchObject({ price: 0, delta: 0 })
  })
  test('without volatility it is a forward or nothing', () =>
    expect(one({ ...usual, vol: 0 }).price[0]).toBeCloseTo(120 * Math.exp(-0.05) - 100 * Math.exp(-0.02), 12))
  test.each([
    ['spot', 0],
    ['strike', 0],
    ['vol', 1e-8],
    ['vol', 100],
    ['tteYears', 170],
    ['tteYears', 1e-9],
    ['spot', 1e10],
    ['strike', 1e10],
    ['yieldRate', 10],
  ] as const)('%s of %d gives numbers', (name, value) => {
    for (const side of [1, -1])
      for (const [greek, number] of Object.entries(first(one({ ...usual, side, [name]: value }))))
        expect(number, greek).not.toBeNaN()
  })
  test('a row with a NaN stays alone', () => {
    const out = priceEuropean(optionColumns([usual, { ...usual, vol: Number.NaN }, { ...usual, vol: -1 }, usual]))
    expect([...out.price].map(Number.isNaN)).toEqual([false, true, true, false])
    expect(out.price[0]).toBe(out.price[3])
  })
  test('columns of different lengths are refused by name', () => {
    const columns = { ...optionColumns([usual, usual]), vol: new Float64Array(1) }
    expect(() => priceEuropean(columns, emptyGreeks(2))).toThrow('vol had 1')
  })
})
