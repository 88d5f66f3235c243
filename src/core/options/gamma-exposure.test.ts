import { describe, expect, test } from 'vitest'
import { analysisOf, type Contract } from '../../../tests/options/risk-book.ts'
import { type GammaOrder, gammaExposure } from './gamma-exposure.ts'

const NAIVE: GammaOrder = { convention: 'naive', expiries: 'all', addsVolume: false }

/** A call above and a put below: each of them pulls its own way, so that the total changes sign in between. */
const BOOK: readonly Contract[] = [
  { days: 73, strike: 105, side: 1, vol: 0.2, openInterest: 1200, volume: 300 },
  { days: 73, strike: 95, side: -1, vol: 0.25, openInterest: 800, volume: 50 },
]

describe('gamma exposure of a book of two options', () => {
  const found = gammaExposure(analysisOf(BOOK), NAIVE)
  test('is what a desk calculator gives', () => {
    // Spot 100, r 4 %, q 1 %, 0.2 years.
    // Call 105: sd 0.0894427, d1 = [ln(100/105) + (0.03 + 0.02) 0.2] / sd = -0.4336872, gamma = e^-0.002 n(d1) / (100 sd) = 0.0405186.
    // Put 95: sd 0.1118034, d1 = [ln(100/95) + (0.03 + 0.03125) 0.2] / sd = 0.5683485, gamma = 0.0303001.
    expect(found.calls).toBeCloseTo(0.0405186 * 1200 * 100 * 100 ** 2 * 0.01, -1)
    expect(found.puts).toBeCloseTo(-0.0303001 * 800 * 100 * 100 ** 2 * 0.01, -1)
    expect(found.net).toBeCloseTo(found.calls + found.puts, 6)
  })
  test('has its walls where its weight lies', () => {
    expect(found.callWall).toBe(105)
    expect(found.putWall).toBe(95)
    expect(found.byStrike.map(({ strike, net }) => [strike, Math.sign(net)])).toEqual([
      [95, -1],
      [105, 1],
    ])
  })
  test('turns over between the put and the call: the flip is bracketed, and nothing is left there', () => {
    expect(found.flips).toHaveLength(1)
    expect(found.flip).toBeGreaterThan(88)
    expect(found.flip).toBeLessThan(100)
    // A chain whose spot stands at the flip has no exposure.
    const scale = found.flip / 100
    const there = gammaExposure(analysisOf(BOOK, { spot: 100 * scale }), NAIVE)
    expect(Math.abs(there.net)).toBeLessThan(1e-6 * Math.abs(there.calls))
  })
  test('the profile at the present spot is the sum of the bars', () => {
    const middle = (found.profile.spots.length - 1) / 2
    expect(found.profile.spots[middle]).toBeCloseTo(100, 9)
    expect(found.profile.total[middle]).toBeCloseTo(found.net, 6)
  })
  test('is the same whenever it is computed again from the same chain', () =>
    expect(gammaExposure(analysisOf(BOOK), NAIVE)).toEqual(found))
})

describe('the sign of gamma exposure', () => {
  test('flow signs turn the naive ones over where customers bought the calls', () => {
    const analysis = analysisOf(BOOK)
    const naive = gammaExposure(analysis, NAIVE)
    // Rows are the put at 95 and the call at 105: three quarters of the call's flow were bought, so dealers are short half.
    const flow = gammaExposure(analysis, { ...NAIVE, convention: 'flow-signed', flowSign: Float64Array.of(Number.NaN, -0.5) })
    expect(flow.calls).toBeCloseTo(-0.5 * naive.calls, 6)
    expect(flow.puts).toBe(0)
    expect(flow.left.noSign).toBe(1)
    expect(flow.signedShare).toBeCloseTo(0.6, 12)
    expect(naive.signedShare).toBe(1)
  })
  test('without any flow nothing has a sign, and nothing is made up', () => {
    const none = gammaExposure(analysisOf(BOOK), { ...NAIVE, convention: 'flow-signed' })
    expect(none).toMatchObject({ net: 0, counted: 0, signedShare: 0, flips: [] })
    expect([none.flip, none.callWall, none.putWall]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })
})

describe('what is counted', () => {
  const mixed: readonly Contract[] = [
    { days: 0.2, strike: 100, side: 1, vol: 0.3, openInterest: 500 },
    { days: 30, strike: 100, side: 1, vol: 0.2, openInterest: 100, volume: 900 },
    { days: 30, strike: 101, side: 1, vol: Number.NaN, openInterest: 100 },
    { days: 30, strike: 102, side: -1, vol: 0.2 },
  ]
  test('expiries can be asked for by themselves, and add up to the whole', () => {
    const analysis = analysisOf(mixed)
    const all = gammaExposure(analysis, NAIVE)
    const today = gammaExposure(analysis, { ...NAIVE, expiries: 'today' })
    const later = gammaExposure(analysis, { ...NAIVE, expiries: analysis.chain.expiries[1]!.date })
    expect(all.byExpiry.map(({ isToday }) => isToday)).toEqual([true, false])
    expect(today.net + later.net).toBeCloseTo(all.net, 6)
    expect(all.byExpiry[0]!.net).toBeCloseTo(today.net, 6)
    expect(all.profile.today[60]).toBeCloseTo(today.net, 6)
  })
  test('rows without open interest or a volatility are counted as left out', () =>
    expect(gammaExposure(analysisOf(mixed), NAIVE).left).toEqual({ noOpenInterest: 1, noVol: 1, expired: 0, noSign: 0 }))
  test('the contracts of today can be added, as an upper bound', () => {
    const plain = gammaExposure(analysisOf(mixed.slice(1, 2)), NAIVE)
    const more = gammaExposure(analysisOf(mixed.slice(1, 2)), { ...NAIVE, addsVolume: true })
    expect(more.net / plain.net).toBeCloseTo(10, 9)
  })
  test('without a spot the options say it; without either there is nothing', () => {
    const analysis = analysisOf(BOOK)
    const blind = { ...analysis, chain: { ...analysis.chain, spotBid: Number.NaN, spotAsk: Number.NaN } }
    expect(gammaExposure(blind, NAIVE)).toMatchObject({ spotSource: 'forward', spot: expect.closeTo(100, 9) })
    const lost = { ...blind, expiries: analysis.expiries.map(one => ({ ...one, forward: Number.NaN })) }
    expect(gammaExposure(lost, NAIVE)).toMatchObject({ spotSource: 'none', net: 0, left: { noVol: 2 } })
  })
})
