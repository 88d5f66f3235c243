import { describe, expect, test } from 'vitest'
import type { ChainFrame } from '../../contract/options.ts'
import { greeksMap, isSignedValue } from './greeks-map-model.ts'
import { heatScale, shareOf, strided } from './heat-scale.ts'
import { surfaceGrid } from './surface-grid.ts'
import { atmBand, dayPlace, forwardVol, placeDays, termPoints } from './term-model.ts'

const smile = { a: 0.0012, b: 0.02, rho: -0.4, m: 0, sigma: 0.06 }

function columns(count: number, given: Readonly<Record<string, readonly (number | null)[]>>) {
  const none = Array.from({ length: count }, () => null)
  return new Proxy({} as Record<string, readonly (number | null)[]>, { get: (_, name: string) => given[name] ?? none })
}
const call = columns(3, {
  status: [0, 0, 0],
  gamma: [0.01, 0.02, 0.03],
  openInterest: [5, null, 7],
  bidVol: [0.2, 0.19, 0.18],
  askVol: [0.22, 0.21, 0.2],
  vol: [0.21, 0.2, 0.19],
})
const put = columns(3, {
  status: [0, 0, 0],
  gamma: [0.011, 0.021, 0.031],
  openInterest: [1, null, null],
  bidVol: [0.24, 0.2, 0.18],
  askVol: [0.26, 0.22, 0.2],
  vol: [0.25, 0.21, 0.19],
})
const frame = {
  asOf: 0,
  spot: { bid: 599, ask: 601, time: null },
  expiries: [
    { date: '2026-12-18', forward: 605, tteYears: 0.08, atmVol: 0.2, smile, rate: 0.04, yieldRate: 0.01 },
    { date: '2027-01-15', forward: 607, tteYears: 0.16, atmVol: 0.22, smile: null, rate: null, yieldRate: null },
  ],
  blocks: [{ expiry: '2026-12-18', strike: [590, 600, 610], call, put }],
  arbitrage: [],
} as unknown as ChainFrame

describe('the map over strikes and expiries', () => {
  const map = greeksMap(frame, 'gamma', 'both', null)
  test('has the highest strike at the top and marks the money', () => {
    expect(map.strikes).toEqual([610, 600, 590])
    expect(map.money).toBe(1)
  })
  test('shows the side out of the money where both are asked for', () => {
    expect(map.sides[0]).toBe('call')
    expect(map.values[0]).toBe(0.03)
    expect(map.sides[2]).toBe('put')
    expect(map.values[2]).toBe(0.021)
  })
  test('an expiry without rows stays empty', () => expect(Number.isNaN(map.values[1]!)).toBe(true))
  test('between two listed strikes the nearer one stands, but never for counts, and never beyond the ends', () => {
    const near = { expiry: '2027-01-15', strike: [580, 595, 605, 620], call: columns(4, {}), put: columns(4, {}) }
    const both = { ...frame, blocks: [...frame.blocks, near] } as unknown as ChainFrame
    const filled = greeksMap(both, 'gamma', 'both', null)
    expect(filled.strikes).toEqual([620, 610, 605, 600, 595, 590, 580])
    expect([...filled.listed].filter((_, k) => k % 2 === 0)).toEqual([Number.NaN, 610, 600, 600, 590, 590, Number.NaN])
    const counted = greeksMap(both, 'volume', 'both', null)
    expect([...counted.listed].filter((_, k) => k % 2 === 0)).toEqual([NaN, 610, NaN, 600, NaN, 590, NaN])
  })
  test('counts of both sides are added, and a missing one counts nothing', () => {
    const counted = greeksMap(frame, 'openInterest', 'both', null)
    expect(counted.values[4]).toBe(6)
    expect(counted.values[0]).toBe(7)
    expect(Number.isNaN(counted.values[2]!)).toBe(true)
  })
  test('delta has a direction only where both sides are shown', () => {
    expect(isSignedValue('delta', 'both')).toBe(true)
    expect(isSignedValue('delta', 'call')).toBe(false)
    expect(isSignedValue('theta', 'call')).toBe(true)
    expect(isSignedValue('gamma', 'both')).toBe(false)
  })
})

describe('the scale of colours', () => {
  const table = (values: readonly number[], isSigned = false) => ({
    columns: values.map(String),
    rows: ['one'],
    value: (column: number) => values[column]!,
    isSigned,
  })
  test('one absurd value does not press the others together', () => {
    const values = [...Array.from({ length: 99 }, (_, k) => k), 1e6]
    expect(heatScale(table(values), null).to).toBeLessThan(100)
  })
  test('a signed scale is even around zero', () => {
    const scale = heatScale(table([-4, 1, 2], true), null)
    expect(scale.from).toBe(-scale.to)
    expect(shareOf(scale, 0)).toBe(0)
    expect(shareOf(scale, -scale.to)).toBe(-1)
  })
  test('holds still while it serves', () => {
    const scale = heatScale(table([0, 10, 20, 30]), null)
    expect(heatScale(table([1, 10, 20, 28]), scale)).toEqual(scale)
    expect(heatScale(table([0, 1, 2, 3]), scale).to).toBeLessThan(4)
  })
  test('without a value it is still a scale', () => expect(shareOf(heatScale(table([Number.NaN]), null), 0.5)).toBe(0.5))
  test('ticks are left out evenly', () => expect(strided([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 3, 6]))
})

describe('the surface as cells', () => {
  test('nothing is drawn where nobody quotes', () => {
    const { columns: places, values, quotes } = surfaceGrid(frame, 'strike', 'mid')
    const at = places.findIndex(place => Math.abs(place - 600) < 1)
    expect(quotes[at]).toBeGreaterThan(0)
    expect(values[at]).toBeCloseTo(0.21, 9)
    expect(values.slice(places.length).every(Number.isNaN)).toBe(true)
  })
  test('the fit ends with the quotes', () => {
    const { columns: places, values } = surfaceGrid(frame, 'delta', 'fit')
    expect(Number.isNaN(values[0]!)).toBe(true)
    expect(Number.isNaN(values[places.indexOf(0.5)]!)).toBe(false)
  })
})

describe('the term structure', () => {
  test('bid and ask at the money lie between the strikes around the forward', () => {
    const band = atmBand(frame, frame.expiries[0]!)
    expect(band.bid).toBeCloseTo((0.2 + 0.18) / 2, 12)
    expect(band.ask).toBeCloseTo((0.22 + 0.2) / 2, 12)
    expect(Number.isNaN(atmBand(frame, frame.expiries[1]!).bid)).toBe(true)
  })
  test('volatility between two expiries comes from their variances', () => {
    const { vol } = forwardVol({ atmVol: 0.2, tteYears: 0.1 }, { atmVol: 0.2, tteYears: 0.3 })
    expect(vol).toBeCloseTo(0.2, 12)
    const points = termPoints(frame)
    expect(points[1]!.forwardVol ** 2 * 0.08 + 0.2 ** 2 * 0.08).toBeCloseTo(0.22 ** 2 * 0.16, 12)
    expect(points[0]!.carry).toBeCloseTo(0.03, 12)
  })
  test('variance that falls is no volatility but arbitrage', () =>
    expect(forwardVol({ atmVol: 0.4, tteYears: 0.1 }, { atmVol: 0.2, tteYears: 0.2 })).toEqual({
      vol: Number.NaN,
      variance: 'falls',
    }))
  test('an axis by the square root of time comes back', () => expect(placeDays(dayPlace(37))).toBeCloseTo(37, 12))
})
