import { describe, expect, test } from 'vitest'
import type { FlowFrame } from '../../contract/options-risk.ts'
import { pointAt, shownPoints, withFrame } from './flow-model.ts'

const SECOND = 1_000_000

function frame(kind: FlowFrame['kind'], times: readonly number[], net: readonly number[]): FlowFrame {
  const column = [...net]
  return {
    ...{ underlying: 'SPY.DEMO', symbol: 'SPY', kind, session: { date: '2026-11-20', open: 0, close: 0 }, since: 0, at: 0 },
    provenance: { source: 'demo', state: 'demo', asOf: null, reason: null },
    points: {
      ...{ time: times.map(time => time * SECOND), calls: column, puts: column, net: column, netToday: column },
      ...{ hedgeCalls: column, hedgePuts: column, hedgeToday: column, spot: column },
    },
    ...{ premium: 0, classified: 0, coverage: null, contracts: { quote: 0, tick: 0, none: 0 }, resets: 0, largest: [] },
  }
}

describe('the flow on the page', () => {
  test('a later frame takes the place of the second that it repeats and goes on from there', () => {
    const first = withFrame(null, frame('snapshot', [1, 2, 3], [10, 20, 30]))
    const next = withFrame(first, frame('delta', [3, 4], [35, 40]))
    expect(next.points.time).toEqual([1, 2, 3, 4].map(time => time * SECOND))
    expect(next.points.net).toEqual([10, 20, 35, 40])
    expect(first.points.net).toEqual([10, 20, 30])
  })
  test('a snapshot starts anew, and an empty frame takes nothing away', () => {
    const first = withFrame(null, frame('snapshot', [1, 2], [1, 2]))
    expect(withFrame(first, frame('delta', [], [])).points.net).toEqual([1, 2])
    expect(withFrame(first, frame('snapshot', [9], [5])).points.net).toEqual([5])
  })
  test('a window shows its last stretch, and a day is thinned but keeps its newest point', () => {
    const times = Array.from({ length: 20_000 }, (_, k) => k)
    const { points } = frame('snapshot', times, times)
    expect(shownPoints(points, 'minutes').time[0]).toBe((19_999 - 600) * SECOND)
    const all = shownPoints(points, 'all')
    expect(all.time.length).toBeLessThanOrEqual(2400)
    expect(all.net.at(-1)).toBe(19_999)
  })
  test('an instant finds the point before it', () => {
    expect(pointAt([10, 20, 30], 25)).toBe(1)
    expect(pointAt([10, 20, 30], 30)).toBe(2)
    expect(pointAt([10, 20, 30], 5)).toBe(-1)
  })
})
