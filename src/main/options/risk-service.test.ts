import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { analysisOf, type Contract, MORNING } from '../../../tests/options/risk-book.ts'
import type { UnderlyingState } from '../../contract/options.ts'
import type { FlowFrame, GammaFrame } from '../../contract/options-risk.ts'
import { epochMicros, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { type Leg, scenarioGrid } from '../../core/options/portfolio.ts'
import { createBus } from '../../platform/bus.ts'
import { systemClock } from '../../platform/clock.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'
import type { HostBus, Topics } from '../topics.ts'
import type { AnalysedChain, ChainService } from './chain-service.ts'
import { createRiskService, type RiskService } from './risk-service.ts'

const BOOK: readonly Contract[] = [
  { days: 30, strike: 105, side: 1, vol: 0.2, openInterest: 1200, volume: 300, bid: 1.0, ask: 1.1, last: 1.05 },
  { days: 30, strike: 95, side: -1, vol: 0.25, openInterest: 800, volume: 50, bid: 0.9, ask: 1.0, last: 0.95 },
]
const PLAIN = { convention: 'naive', expiries: 'all', addsVolume: false } as const

let second: number
let latest: AnalysedChain | null
let bus: HostBus
let pool: WorkerPool<Jobs>
let risk: RiskService
let followed: string[]

/** Lets the desk analyse the book once more, a second later. */
function pass(contracts: readonly Contract[], isFile = false): void {
  const asOf = epochMicros(MORNING + ++second * MICROS_PER_SECOND)
  const since = (asOf - MORNING) / 86_400_000_000
  latest = {
    ...{ key: 'SPY.DEMO', symbol: 'SPY', name: 'SPDR S&P 500', isFile, newestReceipt: asOf, isDemo: true },
    analysis: analysisOf(
      contracts.map(one => ({ ...one, days: one.days - since })),
      { asOf },
    ),
    provenance: { source: 'demo', state: 'demo', asOf, reason: null },
  }
  bus.emit('chains', latest)
}

function stateOf(key: string): UnderlyingState {
  return {
    ...{ key, symbol: 'SPY', name: 'SPDR S&P 500', source: 'demo', state: 'demo', reason: null },
    ...{ expiries: 1, contracts: 2, asOf: null, watchedInBackground: false },
  }
}

beforeEach(() => {
  second = 0
  latest = null
  followed = []
  bus = createBus<Topics>({ onFault: (_, fault) => expect.unreachable(String(fault)) })
  pool = new WorkerPool<Jobs>(new URL('../../workers/entry.ts', import.meta.url), 1)
  const chains: Pick<ChainService, 'underlyings' | 'latest' | 'onAnalysed' | 'follow' | 'watch' | 'open'> = {
    underlyings: () => [stateOf('SPY.DEMO')],
    latest: key => (key === latest?.key ? latest : null),
    onAnalysed: hear => bus.on('chains', hear),
    follow(key) {
      if (key !== 'SPY.DEMO') return fail('UNDERLYING_UNKNOWN', { underlying: key })
      followed.push(key)
      return () => void followed.pop()
    },
    watch: () => () => {},
    open: async id => (id === 'kept' ? latest! : fail('SNAPSHOT_UNKNOWN', { snapshot: id })),
  }
  risk = createRiskService({ chains, bus, pool, clock: systemClock() })
})
afterEach(async () => {
  risk.close()
  await pool.close()
})

/** The first frames of a stream; it is left afterwards. */
async function first<T>(stream: AsyncGenerator<T, void, undefined>, count = 1): Promise<T[]> {
  const found: T[] = []
  for await (const one of stream) {
    found.push(one)
    if (found.length === count) break
  }
  return found
}

describe('gamma', () => {
  test('says what its numbers rest on, and follows the chain only while it is read', async () => {
    pass(BOOK)
    const [frame] = await first(risk.gamma('SPY.DEMO', PLAIN))
    // 27 November 2026 is the day after Thanksgiving: open interest is that of Wednesday.
    expect(frame).toMatchObject({ openInterestOf: '2026-11-25', convention: 'naive', spot: 100, callWall: 105, putWall: 95 })
    expect(frame!.byStrike.strike).toEqual([95, 105])
    expect(frame!.net).toBeCloseTo(frame!.calls + frame!.puts, 6)
    expect(followed).toEqual([])
  })
  test('a kept moment gives the very numbers that the live chain gave', async () => {
    pass(BOOK)
    const [live] = await first(risk.gamma('SPY.DEMO', PLAIN))
    expect(await risk.gammaOf('kept', PLAIN)).toEqual(live)
    await expect(risk.gammaOf('gone', PLAIN)).rejects.toMatchObject({ code: 'SNAPSHOT_UNKNOWN' })
  })
  test('the flow-signed convention turns with the flow that was seen', async () => {
    pass(BOOK)
    const order = { ...PLAIN, convention: 'flow-signed' } as const
    const [before] = await first(risk.gamma('SPY.DEMO', order))
    expect(before).toMatchObject({ net: 0, signedShare: 0, left: { noSign: 2 } })
    // Ten calls at the ask were bought by customers: whoever sold them is short gamma.
    pass([{ ...BOOK[0]!, volume: 310, last: 1.1 }, BOOK[1]!])
    const [after] = (await first(risk.gamma('SPY.DEMO', order))) as [GammaFrame]
    const [naive] = (await first(risk.gamma('SPY.DEMO', PLAIN))) as [GammaFrame]
    expect(after.calls).toBeCloseTo(-naive.calls, 6)
    expect(after.puts).toBe(0)
    expect(after.signedShare).toBeCloseTo(0.6, 12)
  })
  test('a chain that nobody has is refused before a stream begins', () => {
    expect(() => risk.gamma('XYZ.DEMO', PLAIN)).toThrow(/No option chain is named XYZ.DEMO/)
    expect(() => risk.flow('XYZ.DEMO')).toThrow(/No option chain/)
    expect(() => risk.position('XYZ.DEMO', [])).toThrow(/No option chain/)
  })
})

describe('flow', () => {
  test('is kept while nobody looks, sent whole first, then from the newest second on', async () => {
    pass(BOOK)
    pass([{ ...BOOK[0]!, volume: 310, last: 1.1 }, BOOK[1]!])
    const stream = risk.flow('SPY.DEMO')
    const next = async () => (await stream.next()).value as FlowFrame
    const whole = await next()
    expect(whole.kind).toBe('snapshot')
    expect(whole.points.calls).toEqual([0, 1100])
    expect(whole).toMatchObject({ coverage: 1, contracts: { quote: 10, tick: 0, none: 0 }, session: { date: '2026-11-27' } })
    expect(whole.largest).toMatchObject([{ strike: 105, kind: 'call', signedPremium: 1100, bought: 10, sold: 0 }])
    pass([
      { ...BOOK[0]!, volume: 310, last: 1.1 },
      { ...BOOK[1]!, volume: 60, last: 0.9 },
    ])
    const more = await next()
    expect(more.kind).toBe('delta')
    expect(more.points.time).toHaveLength(2)
    expect(more.points.puts).toEqual([0, -900])
    await stream.return()
  })
  test('of a file there is none, and it says so with an empty frame', async () => {
    pass(BOOK, true)
    const [frame] = await first(risk.flow('SPY.DEMO'))
    expect(frame).toMatchObject({ premium: 0, coverage: null, largest: [] })
  })
})

describe('positions', () => {
  test('each leg has the quotes of its own contract; one that is not listed says so', async () => {
    pass(BOOK)
    const expiry = latest!.analysis.chain.expiries[0]!.date
    const [frame] = await first(
      risk.position('SPY.DEMO', [
        { kind: 'put', expiry, strike: 95 },
        { kind: 'underlying', expiry: null, strike: 0 },
        { kind: 'call', expiry, strike: 500 },
      ]),
    )
    expect(frame!.quotes).toMatchObject([
      { isListed: true, bid: 0.9, ask: 1, fitVol: 0.25 },
      { isListed: true, bid: 99.99, ask: 100.01, delta: 1 },
      { isListed: false, bid: null, tteYears: expect.closeTo(30 / 365, 5) },
    ])
  })
  test('a ready position that the chain cannot give is refused in words', () => {
    pass(BOOK)
    const expiry = latest!.analysis.chain.expiries[0]!.date
    expect(() => risk.strategy('SPY.DEMO', 'condor', expiry)).toThrow(/too few strikes/)
    expect(() => risk.strategy('XYZ.DEMO', 'condor', expiry)).toThrow(/No option chain is named XYZ.DEMO/)
  })
  test('a scenario on a thread is the very grid of the core', async () => {
    const leg: Leg = {
      ...{ kind: 'put', quantity: -3, multiplier: 100, paid: 2, strike: 95, tteYears: 0.2, vol: 0.25 },
      ...{ rate: 0.04, yieldRate: 0.01, isAmerican: true },
    }
    const order = { legs: [leg], spots: [90, 100, 110], volShifts: [-0.05, 0], ahead: [0, 0.1] }
    const found = await risk.scenario({ ...order, scheme: 'fast' })
    const axes = { spots: Float64Array.of(90, 100, 110), volShifts: Float64Array.of(-0.05, 0), ahead: Float64Array.of(0, 0.1) }
    expect(found.profit).toEqual(scenarioGrid([leg], axes).profit)
    expect(found.greeks).toBeNull()
  })
})
