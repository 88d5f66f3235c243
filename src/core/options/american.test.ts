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
import { americanGreeks, priceAmerican, priceWithDividends } from './american.ts'
import { AMERICAN_STATUS } from './american-put.ts'
import type { AmericanSchemeName } from './american-scheme.ts'
import { priceEuropean } from './european.ts'
import { solveOnGrid } from './finite-differences.ts'

const option = (change: Partial<OptionRow> = {}): OptionRow => ({
  spot: 100,
  strike: 100,
  tteYears: 1,
  vol: 0.25,
  rate: 0.05,
  yieldRate: 0.02,
  side: -1,
  ...change,
})
const price = (change: Partial<OptionRow>, scheme: AmericanSchemeName = 'precise') =>
  priceAmerican(optionColumns([option(change)]), scheme).price[0]!
const status = (change: Partial<OptionRow>) => AMERICAN_STATUS[priceAmerican(optionColumns([option(change)]), 'fast').status[0]!]

/** A binomial tree, for comparison only: it shares nothing with the method under test. */
function tree({ spot, strike, tteYears, vol, rate, yieldRate, side }: OptionRow, steps: number): number {
  const dt = tteYears / steps
  const up = Math.exp(vol * Math.sqrt(dt))
  const chance = (Math.exp((rate - yieldRate) * dt) - 1 / up) / (up - 1 / up)
  const discount = Math.exp(-rate * dt)
  const worth = (n: number, k: number) => side * (spot * up ** (2 * k - n) - strike)
  const values = Float64Array.from({ length: steps + 1 }, (_, k) => Math.max(0, worth(steps, k)))
  for (let n = steps - 1; n >= 0; n--)
    for (let k = 0; k <= n; k++)
      values[k] = Math.max(discount * (chance * values[k + 1]! + (1 - chance) * values[k]!), worth(n, k))
  return values[0]!
}

describe.runIf(hasReference)('QuantLib QdFp (64,16,64)', () => {
  const table = hasReference ? readTable('american_qdfp_1000.csv') : []
  const rows = table.map(row => ({
    spot: Number(row.S),
    strike: Number(row.K),
    tteYears: Number(row.days) / 365,
    vol: Number(row.vol),
    rate: Number(row.r),
    yieldRate: Number(row.q),
    side: Number(row.cp),
  }))
  const [a, b] = [numbers(table, 'price_FP_A'), numbers(table, 'price_FP_B')]
  const outside = (found: Float64Array) =>
    rows.filter((_, i) => !(Math.abs(found[i]! - a[i]!) <= Math.max(1e-6, 10 * Math.abs(a[i]! - b[i]!)))).length
  const rms = (found: Float64Array) => {
    const errors = [...found].map((value, i) => value / a[i]! - 1).filter((_, i) => a[i]! >= 0.5)
    return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
  }
  test('precise stays within the uncertainty of the reference on every row', () => {
    expect(rows.length).toBeGreaterThanOrEqual(400)
    expect(outside(priceAmerican(optionColumns(rows), 'precise').price)).toBe(0)
  })
  test.each([
    ['fast', 2e-5],
    ['accurate', 2e-6],
    ['precise', 1e-7],
  ] as const)('%s: relative error at most %d (root mean square)', (scheme, limit) =>
    expect(rms(priceAmerican(optionColumns(rows), scheme).price)).toBeLessThan(limit),
  )
  test('an error in one row is seen, and so is the European price', () => {
    const found = priceAmerican(optionColumns(rows), 'precise').price
    found[3] = found[3]! + 1e-3
    expect(outside(found)).toBe(1)
    expect(rms(priceEuropean(optionColumns(rows)).price)).toBeGreaterThan(1e-3)
  })
})

describe.runIf(hasReference)('printed tables', () => {
  // Values of an approximation, good to one percent: a tree gives 1.990 where the table has 1.984.
  test('Ju (1999)', () => {
    const table = readTable('quantlib/american_ju1999_true.csv')
    const found = priceAmerican(optionColumns(quantlibOptions(table)), 'accurate').price
    expect(table.length).toBeGreaterThan(40)
    for (const [i, row] of table.entries())
      expect(Math.abs(found[i]! - Number(row.value)), JSON.stringify(row)).toBeLessThan(3e-3 + 0.012 * Number(row.value))
  })
  // Both tables hold values of approximations, which are off by what is published for them.
  test.each([
    ['quantlib/american_baw_haug.csv', 0.06],
    ['quantlib/american_bjerksund_haug.csv', 0.06],
  ])('%s: no further away than that approximation is', (name, limit) => {
    // At a volatility of 1000 % the approximation is off by 4.
    const table = readTable(name).filter(row => Number(row.vol) < 5)
    const found = priceAmerican(optionColumns(quantlibOptions(table)), 'accurate').price
    for (const [i, row] of table.entries())
      expect(Math.abs(found[i]! - Number(row.value)), JSON.stringify(row)).toBeLessThan(limit)
  })
  // Where early exercise matters the table's values are those of QuantLib's QD+ approximation: its engine gives 22.973832560036
  // for the first row and its QdFp (64,16,64) 23.000307 (system A) and 23.000316 (B). So these rows are held to QdFp.
  const EXACT: Readonly<Record<string, readonly [number, number]>> = {
    'standard put option': [23.000307453874, 1e-5],
    'call-put parity on standard option': [23.000307453874, 1e-5],
    'zero interest rate call': [8.8653652048, 1e-7],
    'extreme maturity call': [80.390250257207, 1e-5],
    'extreme vol call': [99.987487875281, 1e-5],
    // The perpetual call at its strike, (b - 1) (1 - 1/b)^b ... = 0.115937; the systems of QdFp differ by 0.118 here.
    'extreme dividend yield call': [0.115937, 1e-4],
    'put option at maturity': [20, 0],
    'extreme spot call': [9999999900, 0],
  }
  test('34 edge cases', () => {
    const table = readTable('quantlib/american_qd_edge_cases.csv')
    const rows = quantlibOptions(table)
    const found = americanGreeks(optionColumns(rows), 'precise')
    expect(table.length).toBe(34)
    for (const [i, row] of table.entries()) {
      const [want, tolerance] = EXACT[row.note!] ?? [Number(row.expected), Number(row.tol)]
      expect(Math.abs(found.price[i]! - want), row.note).toBeLessThanOrEqual(tolerance)
      for (const name of ['delta', 'gamma', 'vega', 'theta', 'rho'] as const)
        expect(found[name][i], `${row.note} ${name}`).not.toBeNaN()
    }
  })
})

describe('figures from papers and trees', () => {
  // Andersen, Lake and Offengenden (2016), table 2: K = S = 100, r = q = 5 %, vol 25 %, one year: premium 0.10695270.
  test('premium over the European put', () => {
    const change = { yieldRate: 0.05 }
    const european = priceEuropean(optionColumns([option(change)])).price[0]!
    expect(price(change) - european).toBeCloseTo(0.1069527, 8)
    expect(price(change, 'accurate') - european).toBeCloseTo(0.1069527, 5)
  })
  // On a future at 70, vol 35 %, rate 5 %, a quarter: trees of 4000 and 4001 steps.
  const future = { spot: 70, tteYears: 0.25, vol: 0.35, yieldRate: 0.05 }
  test.each([
    [-1, 75, 7.8657],
    [1, 65, 7.5485],
  ])('option on a future, side %i strike %i', (side, strike, want) =>
    expect(Math.abs(price({ ...future, side, strike }, 'fast') - want)).toBeLessThan(3e-4),
  )
  test('a tree and finite differences agree, with each other and with us', () => {
    const next = stream(23)
    for (let k = 0; k < 25; k++) {
      const one = option({
        strike: 75 + 50 * next(),
        tteYears: 0.1 + 2 * next(),
        vol: 0.15 + 0.5 * next(),
        rate: 0.1 * next(),
        yieldRate: 0.1 * next(),
        side: next() < 0.5 ? 1 : -1,
      })
      const found = price(one)
      expect(Math.abs(solveOnGrid(one, []).value - found)).toBeLessThan(2e-3)
      expect(Math.abs((tree(one, 400) + tree(one, 401)) / 2 - found)).toBeLessThan(3e-2)
    }
  })
})

describe('what must hold', () => {
  const next = stream(31)
  const rows = Array.from({ length: 3000 }, () =>
    option({
      strike: 100 * Math.exp(1.2 * next() - 0.6),
      tteYears: 0.003 * 3000 ** next(),
      vol: 0.03 * 40 ** next(),
      rate: 0.16 * next() - 0.04,
      yieldRate: 0.16 * next() - 0.04,
      side: next() < 0.5 ? 1 : -1,
    }),
  )
  test.each(['fast', 'accurate'] as const)('%s: never a NaN, never below European or intrinsic value', scheme => {
    const usual = rows.filter(({ rate: r, yieldRate: q, side }) => !(side < 0 ? q < r && r < 0 : r < q && q < 0))
    const { price: found, status: how } = priceAmerican(optionColumns(usual), scheme)
    const european = priceEuropean(optionColumns(usual)).price
    usual.forEach(({ spot, strike, side }, i) => {
      expect(AMERICAN_STATUS[how[i]!]).not.toBe('NOT_A_NUMBER')
      expect(found[i]!).toBeGreaterThanOrEqual(Math.max(european[i]! - 2e-13, side * (spot - strike), 0))
      expect(found[i]!).toBeLessThanOrEqual(1.5 * Math.max(spot, strike))
    })
  })
  test('a call is the put with spot and strike, rate and yield exchanged', () => {
    const call = option({ side: 1, strike: 93, rate: 0.03, yieldRate: 0.07 })
    expect(price(call)).toBe(price({ ...call, side: -1, spot: 93, strike: 100, rate: 0.07, yieldRate: 0.03 }))
  })
  test('a call without a yield is European, and so is a put without a rate', () => {
    expect(status({ side: 1, yieldRate: 0 })).toBe('EUROPEAN')
    expect(status({ rate: 0 })).toBe('EUROPEAN')
    expect(status({ rate: -0.01, yieldRate: 0.01 })).toBe('EUROPEAN')
  })
  test('price falls and bends upward over the spot, through the boundary', () => {
    const spots = Array.from({ length: 400 }, (_, k) => option({ spot: 60 + k / 5 }))
    const { price: found, status: how } = priceAmerican(optionColumns(spots), 'accurate')
    expect(AMERICAN_STATUS[how[0]!]).toBe('EXERCISE')
    expect(AMERICAN_STATUS[how[399]!]).toBe('OK')
    for (let k = 1; k < 399; k++) {
      expect(found[k]!).toBeLessThan(found[k - 1]!)
      expect(found[k + 1]! - 2 * found[k]! + found[k - 1]!).toBeGreaterThan(-1e-5)
    }
  })
  test('each status has its case', () => {
    expect(status({})).toBe('OK')
    expect(status({ spot: 40 })).toBe('EXERCISE')
    expect(status({ vol: 1e-7, strike: 120 })).toBe('EXERCISE')
    expect(status({ vol: 1e-7, rate: 0.1, yieldRate: 0.3, spot: 110 })).toBe('NO_DIFFUSION')
    expect(status({ tteYears: 0 })).toBe('EXPIRED')
    expect(status({ rate: -0.01, yieldRate: -0.05 })).toBe('FINITE_DIFFERENCES')
    for (const name of ['spot', 'strike', 'vol', 'tteYears', 'rate', 'yieldRate'] as const) {
      expect(status({ [name]: Number.NaN })).toBe('NOT_A_NUMBER')
      expect(price({ [name]: Number.NaN })).toBeNaN()
    }
    expect(status({ vol: -0.1 })).toBe('NOT_A_NUMBER')
  })
  test('two boundaries: against a tree of 1000 steps', () => {
    const one = option({ vol: 0.2, rate: -0.01, yieldRate: -0.05 })
    expect(Math.abs(price(one) - (tree(one, 1000) + tree(one, 1001)) / 2)).toBeLessThan(2e-3)
  })
})

describe('each Greek is the derivative of the price', () => {
  const next = stream(41)
  const rows = Array.from({ length: 60 }, () =>
    option({
      strike: 80 + 40 * next(),
      tteYears: 0.2 + 2 * next(),
      vol: 0.2 + 0.4 * next(),
      rate: 0.01 + 0.08 * next(),
      yieldRate: 0.01 + 0.08 * next(),
      side: next() < 0.5 ? 1 : -1,
    }),
  )
  const found = americanGreeks(optionColumns(rows), 'precise')
  const held = rows.map((row, i) => [i, row] as const).filter(([i]) => AMERICAN_STATUS[found.status[i]!] === 'OK')
  test.each(held)('row %i', (i, row) => {
    const at = (name: keyof OptionRow, x: number) => price({ ...row, [name]: x })
    const near = (got: number, want: number, tolerance: number) => expect(Math.abs(got - want)).toBeLessThan(tolerance)
    near(
      found.delta[i]!,
      slopeOf(x => at('spot', x), row.spot, 0.2),
      1e-5,
    )
    near(
      found.gamma[i]!,
      slopeOf(x => americanGreeks(optionColumns([{ ...row, spot: x }]), 'precise').delta[0]!, row.spot, 0.2),
      1e-4,
    )
    near(
      found.vega[i]!,
      slopeOf(x => at('vol', x), row.vol, 0.004),
      1e-3,
    )
    near(
      found.rho[i]!,
      slopeOf(x => at('rate', x), row.rate, 0.001),
      5e-3,
    )
    near(found.theta[i]!, -slopeOf(x => at('tteYears', x), row.tteYears, 0.01), 5e-3)
  })
  test('on a future rho moves yield and rate together', () => {
    const row = option({ rate: 0.05, yieldRate: 0.05, strike: 105 })
    const rho = americanGreeks(optionColumns([row]), 'precise', { holdsForward: true }).rho[0]!
    expect(rho).toBeCloseTo(
      slopeOf(x => price({ ...row, rate: x, yieldRate: x }), 0.05, 0.001),
      3,
    )
    expect(rho).toBeGreaterThan(-10)
  })
})

describe('dividends in cash', () => {
  const share = option({ side: 1, vol: 0.3, yieldRate: 0 })
  test('a call may be exercised just before one, so it is worth at least the call that ends there', () => {
    const long = priceWithDividends(share, [{ inYears: 0.5, amount: 10 }]).value
    const short = priceEuropean(optionColumns([{ ...share, tteYears: 0.5 }])).price[0]!
    const european = solveOnGrid({ ...share, european: true }, [{ inYears: 0.5, amount: 10 }]).value
    expect(long).toBeGreaterThan(short)
    expect(long).toBeGreaterThan(european + 0.5)
  })
  test('without one, or with one after expiry, it is the option that it was', () => {
    for (const dividends of [[], [{ inYears: 2, amount: 5 }]])
      expect(priceWithDividends({ ...share, side: -1 }, dividends).value).toBeCloseTo(price({ ...share, side: -1 }), 2)
  })
  // A European option on a share that pays at once is one on the share without the payment.
  test('a dividend tomorrow is a lower spot', () => {
    const found = solveOnGrid({ ...share, side: -1, european: true }, [{ inYears: 1e-4, amount: 5 }]).value
    expect(found).toBeCloseTo(priceEuropean(optionColumns([{ ...share, side: -1, spot: 95 }])).price[0]!, 2)
  })
  test('what makes no sense is refused', () => {
    expect(() => priceWithDividends({ ...share, vol: 0 }, [])).toThrow('vol must be above 0, was 0')
    expect(() => priceWithDividends(share, [{ inYears: 0.5, amount: -1 }])).toThrow('at least 0')
  })
})
