import { describe, expect, test } from 'vitest'
import { analysisOf, type Contract, MORNING } from '../../../tests/options/risk-book.ts'
import { epochMicros, MICROS_PER_SECOND } from '../kit/time.ts'
import { dealerSigns, type FlowState, flowCoverage, lookAtFlow } from './flow.ts'

const CALL: Contract = { days: 30, strike: 100, side: 1, vol: 0.2, bid: 2, ask: 2.2, last: 2.1, volume: 100 }
const PUT: Contract = { ...CALL, side: -1, bid: 1.5, ask: 1.6, last: 1.55, volume: 40 }

let second = 0
/** A look at a chain of those contracts, a second after the one before. */
function look(before: FlowState | null, contracts: readonly Contract[], session = '2026-11-27'): FlowState {
  const asOf = epochMicros(MORNING + ++second * MICROS_PER_SECOND)
  // The same settlement whenever it is looked: the days are counted from a fixed instant.
  const since = (asOf - MORNING) / 86_400_000_000
  const { chain, greeks } = analysisOf(
    contracts.map(one => ({ ...one, days: one.days - since })),
    { asOf },
  )
  return lookAtFlow(before, { chain, delta: greeks.delta, spot: 100, session })
}

describe('signed premium flow', () => {
  test('the first look remembers and counts nothing', () => {
    const { totals, memory } = look(null, [CALL, PUT])
    expect(totals).toMatchObject({ calls: 0, puts: 0, net: 0, premium: 0 })
    expect([...memory.volume]).toEqual([100, 40])
    expect(flowCoverage(totals)).toBeNaN()
  })
  test('contracts at the ask of the quote before were bought, at its bid sold', () => {
    const start = look(null, [CALL, PUT])
    const { totals, memory } = look(start, [
      { ...CALL, volume: 110, last: 2.2 },
      { ...PUT, volume: 45, last: 1.5 },
    ])
    expect(totals.calls).toBeCloseTo(10 * 2.2 * 100, 9)
    expect(totals.puts).toBeCloseTo(-5 * 1.5 * 100, 9)
    expect(totals.net).toBeCloseTo(2200 + 750, 9)
    expect(totals.contracts).toEqual({ quote: 15, tick: 0, none: 0 })
    expect(flowCoverage(totals)).toBe(1)
    const { chain } = analysisOf([CALL, { ...CALL, strike: 105 }, PUT])
    expect([...dealerSigns(memory, chain)]).toEqual([-1, 1, Number.NaN])
  })
  test('the quote that counts is the one before the print, not the one that it left behind', () => {
    const start = look(null, [CALL])
    // Bought at 2.2; the market then moved up, so that by the new quote it would have been a sale.
    const { totals } = look(start, [{ ...CALL, volume: 101, last: 2.2, bid: 2.3, ask: 2.5 }])
    expect(totals.calls).toBeCloseTo(220, 9)
  })
  test('at the middle the last change of the price decides', () => {
    const rising = look(look(null, [{ ...CALL, last: 2 }]), [{ ...CALL, volume: 103, last: 2.1 }])
    expect(rising.totals).toMatchObject({ calls: expect.closeTo(3 * 2.1 * 100, 9), contracts: { quote: 0, tick: 3, none: 0 } })
    const still = look(rising, [{ ...CALL, volume: 104, last: 2.1 }])
    expect(still.totals.contracts.tick).toBe(4)
    const falling = look(look(null, [{ ...CALL, last: 2.15 }]), [{ ...CALL, volume: 103, last: 2.1 }])
    expect(falling.totals.calls).toBeCloseTo(-630, 9)
  })
  test.each([
    ['no change of price to go by', CALL, { volume: 110 }],
    ['no quote before it', { ...CALL, bid: Number.NaN, ask: Number.NaN }, { volume: 110, last: 2.2 }],
    ['a crossed quote before it', { ...CALL, bid: 2.4, ask: 2.2 }, { volume: 110, last: 2.3 }],
  ] as const)('what cannot be classified counts against coverage: %s', (_, first, then) => {
    const { totals } = look(look(null, [first]), [{ ...first, ...then }])
    expect(totals.calls).toBe(0)
    expect(totals.premium).toBeGreaterThan(2000)
    expect(totals.contracts.none).toBe(10)
    expect(flowCoverage(totals)).toBe(0)
  })
  test('a volume that falls is a new day at the venue, and counts for nothing', () => {
    const bought = look(look(null, [CALL]), [{ ...CALL, volume: 110, last: 2.2 }])
    const fallen = look(bought, [{ ...CALL, volume: 3, last: 2.2 }])
    expect(fallen.totals.calls).toBeCloseTo(2200, 9)
    expect(fallen.resets).toBe(1)
    const on = look(fallen, [{ ...CALL, volume: 5, last: 2.2 }])
    expect(on.totals.calls).toBeCloseTo(2200 + 440, 9)
  })
  test('another session starts its sums at zero and still knows the volume', () => {
    const bought = look(look(null, [CALL]), [{ ...CALL, volume: 110, last: 2.2 }])
    const next = look(bought, [{ ...CALL, volume: 112, last: 2.2 }], '2026-11-30')
    expect(next.totals.calls).toBeCloseTo(440, 9)
    expect(next.memory.bought[0]).toBe(2)
    expect(next.since).toBe(next.at)
  })
  test('contracts that are listed or leave between two looks change nothing of the others', () => {
    const other = { ...CALL, strike: 95, volume: 7 }
    const start = look(null, [CALL, PUT])
    const more = look(start, [other, { ...CALL, volume: 110, last: 2.2 }, PUT])
    expect(more.totals.calls).toBeCloseTo(2200, 9)
    const fewer = look(more, [other, { ...PUT, volume: 41, last: 1.6 }])
    expect(fewer.totals).toMatchObject({ calls: expect.closeTo(2200, 9), puts: expect.closeTo(160, 9) })
  })
  test('hedging: who sold calls buys the underlying, who sold puts sells it', () => {
    const start = look(null, [CALL, PUT])
    const { totals, memory } = look(start, [
      { ...CALL, volume: 110, last: 2.2 },
      { ...PUT, volume: 50, last: 1.6 },
    ])
    const [call, put] = [10 * 100 * 100 * 0.5263, 10 * 100 * 100 * -0.4729]
    expect(totals.hedgeCalls / call).toBeCloseTo(1, 2)
    expect(totals.hedgePuts / put).toBeCloseTo(1, 2)
    expect(memory.hedged[0]).toBeCloseTo(totals.hedgeCalls, 6)
  })
  test('what is in options of the day itself is told apart', () => {
    const today = { ...CALL, days: 0.2 }
    const start = look(null, [today, CALL])
    const { totals } = look(start, [
      { ...today, volume: 101, last: 2.2 },
      { ...CALL, volume: 102, last: 2.2 },
    ])
    expect(totals.net).toBeCloseTo(660, 9)
    expect(totals.netToday).toBeCloseTo(220, 9)
  })
  test('the state it was given stays as it was', () => {
    const start = look(null, [CALL])
    const kept = structuredClone(start)
    look(start, [{ ...CALL, volume: 110, last: 2.2 }])
    expect(start).toEqual(kept)
  })
})
