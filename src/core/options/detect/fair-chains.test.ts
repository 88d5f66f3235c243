import fc from 'fast-check'
import { expect, test } from 'vitest'
import { analysed, changed, fairChain, laterBy, SPEC_STRIKES } from '../../../../tests/options/fair-chain.ts'
import { stream } from '../../../../tests/options/reference.ts'
import type { OptionChain } from '../chain.ts'
import { type Alert, scan, startState } from './scan.ts'
import { completeSettings } from './settings.ts'

const settings = completeSettings()

/** Alerts of a few scans of each chain in turn. */
function watch(chains: readonly OptionChain[], usualRate = 0): Alert[] {
  const fired: Alert[] = []
  let state = startState()
  chains.forEach((chain, second) => {
    const result = scan(state, analysed(laterBy(chain, second), { usualRate }), settings)
    state = result.state
    fired.push(...result.fired)
  })
  return fired
}

const brief = (alerts: readonly Alert[]) =>
  alerts.map(({ key, detector, findings }) => ({ key, detector, edge: findings[0]!.edge }))

/**
 * The smile of index options: steeper in the strike the shorter they last, with wings that stay straight in variance.
 *
 * In variance an SVI with slopes far below 2, so that no strike and no expiry can be arbitraged against another.
 */
function indexSmile(level: number, skew: number, curve: number) {
  return (k: number, years: number) => {
    const z = k / (level * Math.sqrt(Math.max(years, 1e-4)))
    return level * Math.sqrt(1 + curve * (Math.sqrt(z * z + 1) - 1) - skew * z)
  }
}

test('random fair chains with realistic spreads and rounding raise nothing', () => {
  const shape = fc.record({
    hours: fc.double({ min: 0.4, max: 1600, noNaN: true }),
    level: fc.double({ min: 0.06, max: 0.9, noNaN: true }),
    curve: fc.double({ min: 0, max: 0.6, noNaN: true }),
    lean: fc.double({ min: -0.5, max: 0.9, noNaN: true }),
    spot: fc.double({ min: 40, max: 3000, noNaN: true }),
    step: fc.constantFrom(0.0015, 0.003, 0.01, 0.02),
    strikes: fc.integer({ min: 5, max: 60 }),
    wide: fc.double({ min: 0, max: 0.08, noNaN: true }),
    tick: fc.constantFrom(0.01, 0.05),
    rate: fc.double({ min: 0, max: 0.06, noNaN: true }),
    doubt: fc.double({ min: -0.015, max: 0.015, noNaN: true }),
    seed: fc.integer(),
  })
  fc.assert(
    fc.property(shape, ({ hours, level, lean, curve, spot, step, strikes, wide, tick, rate, doubt, seed }) => {
      const random = stream(seed)
      const grid = spot * step
      const first = Math.round(spot / grid) - Math.floor(strikes / 2)
      const chain = fairChain({
        spot,
        hours: [hours],
        strikes: Array.from({ length: strikes }, (_, k) => (first + k) * grid).filter(strike => strike > 0),
        vol: indexSmile(level, lean * curve, curve),
        rate,
        tickSize: tick,
        // European, since the prices are: an American one may not be worth less than its exercise.
        exercise: 'european',
        ticks: price => 1 + (wide * price * (0.5 + random())) / tick,
        place: random,
      })
      expect(brief(watch([chain, chain, chain], rate + doubt))).toEqual([])
    }),
    { numRuns: 150, seed: 20_261_122 },
  )
})

test('quotes that flicker within their spreads raise nothing', () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = stream(seed)
    const flicker = () =>
      fairChain({
        hours: [3, 9.5, 35],
        vol: indexSmile(0.16, 0.25, 0.4),
        ticks: price => 1 + 0.03 * price * 100 * random(),
        place: random,
      })
    const chains = Array.from({ length: 8 }, () => {
      const chain = flicker()
      return changed(
        chain,
        Array.from(chain.strike, (_, row) => row),
        () => ({ bidSize: 1 + Math.floor(300 * random()), askSize: 1 + Math.floor(300 * random()) }),
      )
    })
    expect(brief(watch(chains))).toEqual([])
  }
})

const OTHER_SHAPES: Readonly<Record<string, OptionChain>> = {
  'a steep smile': fairChain({ hours: [20], vol: k => 0.3 + 4 * Math.abs(k) }),
  'a kinked smile': fairChain({ hours: [13], vol: k => 0.2 - 2 * Math.min(k, 0) + 0.2 * k }),
  'an event between two expiries': fairChain({ hours: [6, 12.5], vol: (_, years) => (years > 0.005 ? 0.4 : 0.12) }),
  'five strikes': fairChain({ strikes: [598, 599, 600, 601, 602] }),
  'one strike': fairChain({ strikes: [600] }),
  'strikes with gaps': fairChain({ hours: [100], strikes: [500, 550, 575, 590, 595, 598, 600, 601, 603, 610, 650, 700] }),
  'penny spreads on 200 strikes': fairChain({ hours: [65], strikes: Array.from({ length: 200 }, (_, k) => 500 + k) }),
  'wide far wings': fairChain({
    hours: [65],
    strikes: Array.from({ length: 160 }, (_, k) => 440 + 2 * k),
    vol: indexSmile(0.16, 0.25, 0.45),
    ticks: price => (price < 0.3 ? 12 : 1 + price * 4),
    place: () => 0.5,
  }),
  'nickel ticks': fairChain({ hours: [130], tickSize: 0.05, ticks: () => 2, place: () => 0.5 }),
  'hardly any volatility': fairChain({ vol: () => 0.02 }),
  'a volatility of 300 %': fairChain({ hours: [30], vol: () => 3 }),
}

test.each(Object.entries(OTHER_SHAPES))('a fair chain with %s raises nothing', (_, chain) => {
  expect(brief(watch([chain, chain, chain, chain]))).toEqual([])
})

test('a fair chain of 25 expiries as wide as that of SPY raises nothing', () => {
  const random = stream(4)
  const days = [0.5, 1, 2, 3, 4, 5, 7, 9, 12, 14, 17, 22, 27, 32, 40, 55, 70, 90, 115, 150, 190, 250, 320, 430, 500]
  const chain = fairChain({
    hours: days.map(day => day * 6.5),
    strikes: Array.from({ length: 123 }, (_, k) => 478 + 2 * k),
    vol: (k, years) => indexSmile(0.15 + 0.04 * Math.sqrt(Math.min(1, years)), 0.2, 0.35)(k, years),
    ticks: price => 1 + price * (0.4 + random()),
    place: random,
  })
  expect(chain.strike.length).toBe(6150)
  expect(brief(watch([chain, chain, chain]))).toEqual([])
}, 60_000)

test('the shapes above are not simply out of reach: each has a contract whose fault is seen', () => {
  for (const name of ['a steep smile', 'penny spreads on 200 strikes', 'wide far wings', 'nickel ticks']) {
    const chain = OTHER_SHAPES[name]!
    const at = chain.strike.findIndex((strike, row) => strike >= 602 && chain.side[row]! > 0)
    const rich = changed(chain, [at], row => ({ bid: chain.bid[row]! * 1.4, ask: chain.bid[row]! * 1.4 + 2 * chain.tickSize }))
    expect(watch([rich, rich, rich]), name).toHaveLength(1)
  }
  expect(SPEC_STRIKES).toContain(602)
})
