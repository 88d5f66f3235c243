import { describe, expect, test } from 'vitest'
import { analysed, changed, fairChain, laterBy, rowAt, SPEC_STRIKES } from '../../../../tests/options/fair-chain.ts'
import type { OptionChain } from '../chain.ts'
import { type Alert, contractKey, type ScanState, scan, startState } from './scan.ts'
import { completeSettings, type DetectSettings } from './settings.ts'

const settings = completeSettings()
const HOURS = [6, 3, 1.5, 0.5]
const SHAPES = {
  flat: () => 0.14,
  skewed: (k: number) => 0.14 - 0.9 * k + 9 * k * k,
}

/** Looks at a chain as often as the gates ask, a second apart. */
function watch(chain: OptionChain, chosen: DetectSettings = settings, times = chosen.gates.persistScans): Alert[] {
  const fired: Alert[] = []
  let state: ScanState = startState()
  for (let second = 0; second < times; second++) {
    const result = scan(state, analysed(laterBy(chain, second)), chosen)
    state = result.state
    fired.push(...result.fired)
  }
  return fired
}

/** Bid and ask times a factor, in cents, a cent apart. */
function cheaper(chain: OptionChain, row: number, factor: number): OptionChain {
  return changed(chain, [row], i => {
    const bid = Math.max(0, Math.round(((chain.bid[i]! + chain.ask[i]!) / 2) * factor * 100 - 0.5)) / 100
    return { bid, ask: bid + 0.01 }
  })
}

describe.each(Object.entries(SHAPES))('a fair %s chain', (_, vol) => {
  test.each(HOURS)('raises nothing %s hours before the close', hours => {
    expect(watch(fairChain({ hours: [hours], vol }), settings, 6)).toEqual([])
  })

  test.each(HOURS)('with one strike 30 %% cheap raises exactly one alert, %s hours before the close', hours => {
    const chain = fairChain({ hours: [hours], vol })
    let tried = 0
    for (let row = 0; row < chain.strike.length; row++) {
      const mid = (chain.bid[row]! + chain.ask[row]!) / 2
      // 30 % of less than 13 cents is within two ticks of the ask, which no threshold can tell from rounding.
      if (mid < 0.13) continue
      tried++
      const fired = watch(cheaper(chain, row, 0.7))
      expect(
        fired.map(({ key }) => key),
        `${contractKey(chain, row)} at ${mid}`,
      ).toEqual([contractKey(chain, row)])
      expect(fired[0]!.findings.every(({ rows }) => rows.length > 0)).toBe(true)
    }
    expect(tried).toBeGreaterThan(30)
  })
})

test('the legacy detector flags on fair chains what the specification lists', () => {
  const flagged = (hours: number, threshold: number) => {
    const only = completeSettings({
      gates: { persistScans: 1 },
      detectors: { legacy: { on: true, values: { threshold } } },
    })
    return watch(fairChain({ hours: [hours], strikes: SPEC_STRIKES }), only, 1)
      .filter(({ detector }) => detector === 'legacy')
      .map(({ key }) => key.replace(/^legacy \S+ /, ''))
      .sort()
  }
  expect(flagged(6, 0.3)).toEqual([])
  expect(flagged(3, 0.3)).toEqual(['595 P', '596 P', '605 C'])
  expect(flagged(3, 0.5)).toEqual(['595 P', '596 P', '605 C'])
  expect(flagged(3, 1)).toEqual(['595 P', '605 C'])
  expect(flagged(1.5, 0.3)).toEqual(['596 P', '604 C', '605 C'])
  expect(flagged(1.5, 1)).toEqual(['596 P', '605 C'])
  expect(flagged(0.5, 0.3)).toEqual([])
})

test('nothing is raised before the third scan, and nothing a second time', () => {
  const fair = fairChain()
  const chain = cheaper(fair, rowAt(fair, 602, 1), 0.7)
  expect(watch(chain, settings, 2)).toEqual([])
  expect(watch(chain, settings, 40)).toHaveLength(1)
})

const BAD: Readonly<Record<string, (chain: OptionChain, row: number) => OptionChain>> = {
  stale: (chain, row) => changed(cheaper(chain, row, 0.7), [row], () => ({ quoteTime: chain.asOf - 10e6 })),
  wide: (chain, row) => changed(chain, [row], i => ({ bid: chain.bid[i]! * 0.4, ask: chain.ask[i]! * 0.7 + 0.3 })),
  crossed: (chain, row) => changed(chain, [row], i => ({ bid: chain.ask[i]! * 0.7, ask: chain.bid[i]! * 0.7 - 0.05 })),
  zero: (chain, row) => changed(chain, [row], () => ({ bid: 0, ask: 0 })),
  'one-sided': (chain, row) => changed(chain, [row], i => ({ bid: 0, ask: chain.ask[i]! * 0.7 })),
  locked: (chain, row) => changed(chain, [row], i => ({ bid: chain.bid[i]! * 0.7, ask: chain.bid[i]! * 0.7 })),
  missing: (chain, row) => changed(chain, [row], () => ({ bid: Number.NaN, ask: Number.NaN })),
  infinite: (chain, row) => changed(chain, [row], i => ({ bid: chain.bid[i]!, ask: Number.POSITIVE_INFINITY })),
  halted: (chain, row) => ({ ...cheaper(chain, row, 0.7), isHalted: true }),
  'crossed underlying': (chain, row) => ({ ...cheaper(chain, row, 0.7), spotBid: 600.5, spotAsk: 600.1 }),
}

test.each(Object.entries(BAD))('a %s quote raises nothing', (_, spoil) => {
  for (const hours of HOURS) {
    const fair = fairChain({ hours: [hours] })
    for (const strike of [598, 600, 601]) expect(watch(spoil(fair, rowAt(fair, strike, 1)), settings, 5)).toEqual([])
  }
})

test('a whole chain of crossed, zero or stale quotes raises nothing', () => {
  const fair = fairChain({ hours: [6, 12, 30] })
  const all = Array.from(fair.strike, (_, row) => row)
  expect(watch(changed(fair, all, row => ({ bid: fair.ask[row]!, ask: fair.bid[row]! })))).toEqual([])
  expect(watch(changed(fair, all, () => ({ bid: 0, ask: 0 })))).toEqual([])
  expect(watch(changed(fair, all, () => ({ quoteTime: fair.asOf - 60e6 })))).toEqual([])
})

test('an old spot raises no parity alert', () => {
  const fair = fairChain({ hours: [6] })
  const old = { ...fair, spotBid: 605, spotAsk: 605.02, spotTime: fair.asOf - 30e6 }
  expect(watch(old)).toEqual([])
  // The same spot, fresh, is a breach of every pair at once: so the gate is what kept it quiet.
  expect(watch({ ...old, spotTime: fair.asOf }).length).toBeGreaterThan(0)
})

test('an alert is over when its breach is, and stays quiet for a while', () => {
  const fair = fairChain()
  const cheap = cheaper(fair, rowAt(fair, 602, 1), 0.7)
  let state = startState()
  const heard: string[] = []
  for (let second = 0; second < 60; second++) {
    const isWrong = second < 5 || second > 35
    const result = scan(state, analysed(laterBy(isWrong ? cheap : fair, second)), settings)
    state = result.state
    for (const { key } of result.fired) heard.push(`${second} fired ${key}`)
    for (const key of result.closed) heard.push(`${second} closed ${key}`)
  }
  expect(heard).toEqual(['2 fired 2026-03-11 602 C', '19 closed 2026-03-11 602 C'])
})

test('what was open before a restart is not raised again, and closes', () => {
  const fair = fairChain()
  const cheap = cheaper(fair, rowAt(fair, 602, 1), 0.7)
  const [alert] = watch(cheap)
  let state = startState([alert!], fair.asOf + 2e6)
  const fired: Alert[] = []
  const closed: string[] = []
  for (let second = 10; second < 40; second++) {
    const result = scan(state, analysed(laterBy(second < 20 ? cheap : fair, second)), settings)
    state = result.state
    fired.push(...result.fired)
    closed.push(...result.closed)
  }
  expect({ fired, closed }).toEqual({ fired: [], closed: [alert!.key] })
})

test('what is there when quotes come back after ten minutes is late; what begins later is not', () => {
  const fair = fairChain({ hours: [6] })
  const cheap = cheaper(fair, rowAt(fair, 602, 1), 0.7)
  const other = cheaper(cheap, rowAt(fair, 597, -1), 0.7)
  let state = startState()
  const fired: Alert[] = []
  for (const [second, chain] of [
    [0, fair],
    [1, fair],
    ...[601, 602, 603].map(at => [at, cheap] as const),
    ...[604, 605, 606, 607].map(at => [at, other] as const),
  ] as const) {
    const result = scan(state, analysed(laterBy(chain, second)), settings)
    state = result.state
    fired.push(...result.fired)
  }
  expect(fired.map(({ key, isLate }) => [key, isLate])).toEqual([
    ['2026-03-11 602 C', true],
    ['2026-03-11 597 P', false],
  ])
})

test('a chain that is not newer is no scan', () => {
  const fair = fairChain()
  const cheap = analysed(cheaper(fair, rowAt(fair, 602, 1), 0.7))
  let state = startState()
  for (let k = 0; k < 10; k++) {
    const result = scan(state, cheap, settings)
    expect(result.fired).toEqual([])
    state = result.state
  }
})

test('the state of a scan is not changed by the next', () => {
  const fair = fairChain()
  const first = scan(startState(), analysed(fair), settings).state
  const copy = structuredClone(first)
  scan(first, analysed(laterBy(cheaper(fair, rowAt(fair, 602, 1), 0.7), 1)), settings)
  expect(first).toEqual(copy)
})
