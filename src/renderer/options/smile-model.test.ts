import { describe, expect, test } from 'vitest'
import type { ChainFrame, ExpirySummary } from '../../contract/options.ts'
import { ROW_STATUS } from '../../core/options/chain.ts'
import { moneynessAtDelta } from '../../core/options/smile.ts'
import { smileVol } from '../../core/options/svi.ts'
import {
  axisPlace,
  deltaPlace,
  deltaText,
  moneynessOf,
  nearestPoint,
  smileOf,
  steadyRange,
  usualStretch,
  volExtent,
} from './smile-model.ts'

const tteYears = 30 / 365
const smile = { a: 0.0012, b: 0.02, rho: -0.4, m: 0, sigma: 0.06 }
const summary = { date: '2026-12-18', forward: 600, tteYears, smile, atmVol: smileVol(smile, 0, tteYears) } as ExpirySummary
const strikes = [560, 580, 600, 620, 640]
const vols = strikes.map(strike => smileVol(smile, Math.log(strike / 600), tteYears))
const code = (name: (typeof ROW_STATUS)[number]) => ROW_STATUS.indexOf(name)

function sideOf(status: readonly number[]) {
  return { status, vol: vols, bidVol: vols.map(vol => vol - 0.002), askVol: vols.map(vol => vol + 0.002) }
}
const statuses = [code('OK'), code('WIDE'), code('OK'), code('LOCKED'), code('OK')]
const frame = {
  blocks: [{ expiry: '2026-12-18', strike: strikes, call: sideOf(statuses), put: sideOf(statuses) }],
  arbitrage: [{ kind: 'butterfly', expiry: '2026-12-18', later: null, from: -0.02, to: 0.9, worstAt: 0, worst: -0.1 }],
} as unknown as ChainFrame

describe('a smile to be drawn', () => {
  const drawn = smileOf(frame, summary, 'strike', 'otm')
  test('shows puts below the forward and calls above it', () =>
    expect(drawn.points.map(({ side }) => side)).toEqual(['put', 'put', 'call', 'call', 'call']))
  test('tells the quotes that the fit uses from those it leaves out', () =>
    expect(drawn.points.map(({ isUsed }) => isUsed)).toEqual([true, false, true, true, true]))
  test('runs through the volatilities it was made of', () => {
    const at = drawn.lineX.findIndex(x => Math.abs(x - 600) < 0.3)
    expect(drawn.lineVol[at]).toBeCloseTo(vols[2]!, 3)
    expect(drawn.lineX[0]).toBeCloseTo(560, 9)
    expect(drawn.lineX.at(-1)).toBeCloseTo(640, 9)
  })
  test('a breach ends where the quotes do', () => {
    expect(drawn.breaches).toHaveLength(1)
    expect(drawn.breaches[0]!.from).toBeCloseTo(600 * Math.exp(-0.02), 9)
    expect(drawn.breaches[0]!.to).toBeCloseTo(640, 9)
  })
  test('without a forward there is no place and no line', () => {
    const none = smileOf(frame, { ...summary, forward: null, smile: null }, 'moneyness', 'otm')
    expect(none.lineX).toHaveLength(0)
    expect(Number.isNaN(moneynessOf(600, { forward: null }))).toBe(true)
  })
  test('the nearest quote is found, and the extent leaves out what the fit leaves out', () => {
    expect(nearestPoint(drawn, 608)?.strike).toBe(600)
    const [least, most] = volExtent([drawn], [570, 590])!
    expect(least).toBeGreaterThan(vols[2]! - 0.01)
    expect(most).toBeLessThan(vols[0]!)
  })
})

describe('the axis of deltas', () => {
  test('puts the 25-delta options a quarter from each end', () => {
    expect(deltaPlace(moneynessAtDelta(smile, tteYears, -0.25), summary)).toBeCloseTo(0.25, 6)
    expect(deltaPlace(moneynessAtDelta(smile, tteYears, 0.25), summary)).toBeCloseTo(0.75, 6)
    expect(axisPlace('delta', 600, summary)).toBeGreaterThan(0.4)
  })
  test('is named as desks say it', () => {
    expect(deltaText(0.25)).toBe('25P')
    expect(deltaText(0.9)).toBe('10C')
    expect(deltaText(0.5)).toBe('ATM')
  })
  test('is whole, the others are as wide as the money moves', () => {
    expect(usualStretch([smileOf(frame, summary, 'delta', 'otm')], 'delta')).toEqual([0, 1])
    const [from, to] = usualStretch([smileOf(frame, summary, 'strike', 'otm')], 'strike')
    expect(from).toBeCloseTo(560, 6)
    expect(to).toBeCloseTo(640, 6)
  })
})

describe('a steady range', () => {
  test('stays while it serves', () => {
    const range = steadyRange(null, [0.1, 0.2])
    expect(steadyRange(range, [0.102, 0.198])).toBe(range)
  })
  test('moves when it is left, or has become far too wide', () => {
    const range = steadyRange(null, [0.1, 0.2])
    expect(steadyRange(range, [0.1, 0.3])[1]).toBeGreaterThan(0.3)
    expect(steadyRange(range, [0.14, 0.16])[1]).toBeLessThan(0.17)
  })
  test('a single value still has room around it', () => {
    const [from, to] = steadyRange(null, [0.2, 0.2])
    expect(from).toBeLessThan(0.2)
    expect(to).toBeGreaterThan(0.2)
  })
})
