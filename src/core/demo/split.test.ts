import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../kit/random.ts'
import { type SplitPlan, splitBar, type TickBar } from './split.ts'

/** Bars that obey the rule of distinct prices: 1 unit one price, 2 the ends, 3 one reach, 4 or more both. */
const bar = fc
  .record({
    open: fc.integer({ min: 100, max: 200 }),
    close: fc.integer({ min: 100, max: 200 }),
    up: fc.integer({ min: 0, max: 60 }),
    down: fc.integer({ min: 0, max: 60 }),
    volume: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5000 })),
    variance: fc.double({ min: 0.01, max: 5000, noNaN: true }),
  })
  .map(({ open, close, up, down, volume, variance }): TickBar => {
    const end = volume === 1 ? open : close
    const reachUp = volume >= 3 ? up : 0
    const reachDown = volume >= 4 || (volume === 3 && reachUp === 0) ? down : 0
    return { open, close: end, high: Math.max(open, end) + reachUp, low: Math.min(open, end) - reachDown, volume, variance }
  })

function planOf(seed: number, n: number, idle: number): SplitPlan {
  const random = createRandom(seed)
  const column = (draw: () => number) => Float64Array.from({ length: n }, draw)
  const normal = () => random.normal()
  const weight = column(() => (random.uniform() < idle ? 0 : random.exponential() ** 3))
  weight[seed % n] = 1
  return {
    gap: column(() => 0.1),
    body: column(() => random.exponential() + 0.01),
    weight,
    gapNoise: column(normal),
    bodyNoise: column(normal),
    up: column(() => random.exponential()),
    down: column(() => random.exponential()),
  }
}

test('the slots of any bar give exactly that bar again, and none shows more prices than it trades units', () => {
  fc.assert(
    fc.property(
      bar,
      fc.nat(),
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (whole, seed, n, idle) => {
        const slots = splitBar(whole, planOf(seed, n, idle))
        const active = Array.from({ length: n }, (_, k) => k).filter(k => slots.volume[k]! > 0)
        expect(active.reduce((sum, k) => sum + slots.volume[k]!, 0)).toBe(whole.volume)
        expect(slots.open[active[0]!]).toBe(whole.open)
        expect(slots.close[active.at(-1)!]).toBe(whole.close)
        expect(Math.max(...active.map(k => slots.high[k]!))).toBe(whole.high)
        expect(Math.min(...active.map(k => slots.low[k]!))).toBe(whole.low)
        for (const k of active) {
          const [open, high, low, close] = [slots.open[k]!, slots.high[k]!, slots.low[k]!, slots.close[k]!]
          const reaches = Number(high > Math.max(open, close)) + Number(low < Math.min(open, close))
          expect(high).toBeGreaterThanOrEqual(Math.max(open, close))
          expect(low).toBeLessThanOrEqual(Math.min(open, close))
          expect(open === close && reaches === 0 ? 1 : 2 + reaches).toBeLessThanOrEqual(slots.volume[k]!)
        }
        for (const k of slots.close.keys()) expect(Number.isInteger(slots.close[k]) && slots.variance[k]! >= 0).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a bar with more distinct prices than trades is refused', () => {
  const impossible: TickBar = { open: 10, high: 12, low: 8, close: 10, volume: 2, variance: 1 }
  expect(() => splitBar(impossible, planOf(1, 1, 0))).toThrow('once for each of its distinct prices')
})
