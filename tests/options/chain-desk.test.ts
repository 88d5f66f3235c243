import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src/contract/index.ts'
import type { ChainFrame, UnderlyingState } from '../../src/contract/options.ts'
import { ROW_STATUS } from '../../src/core/options/chain.ts'
import { createLiveChains } from '../../src/main/options/chain-live.ts'
import type { AnalysedChain } from '../../src/main/options/chain-service.ts'
import { demoChainFeed } from '../../src/main/options/feeds/demo.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { silentLog } from '../../src/platform/log.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { WorkerPool } from '../../src/platform/worker-pool.ts'
import type { Jobs } from '../../src/workers/jobs.ts'
import { freshFolder, installation, overPort, overRest, startHost, type Trial } from '../transport/lanes.ts'
import { demoChain, SEED, USUAL } from './chain-kit.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let trial: Trial
let desk: Client
let leave: () => void | Promise<void>
beforeAll(async () => {
  trial = await startHost()
  ;({ desk, leave } = overPort(trial))
})
afterAll(async () => {
  await leave?.()
  await trial?.end()
})

const SPY = 'SPY.DEMO'
const chains = () => trial.host.services.options.chains
const stateOf = (key: string) =>
  chains()
    .underlyings()
    .find(one => one.key === key)!
/** Reads a chain until the frame is as wanted, and leaves. */
async function frameOf(wanted: (frame: ChainFrame) => boolean, expiries: string[] = [], underlying = SPY): Promise<ChainFrame> {
  for await (const frame of await desk.options.chain({ underlying, expiries })) if (wanted(frame)) return frame
  throw new Error('the stream ended')
}
const isFitted = ({ expiries }: ChainFrame) =>
  expiries.length > 0 && expiries.every(({ smile, reason }) => smile !== null || reason)

describe('a chain as a stream', () => {
  test('the first frame is a whole one', async () => {
    const frame = await frameOf(() => true)
    expect(frame).toMatchObject({
      seq: 1,
      underlying: SPY,
      symbol: 'SPY',
      exercise: 'american',
      model: 'american',
      multiplier: 100,
    })
    expect(frame.provenance).toMatchObject({ source: 'demo', state: 'demo' })
    expect(frame.expiries.length).toBeGreaterThan(5)
    expect(Object.keys(frame.byStatus).every(name => (ROW_STATUS as readonly string[]).includes(name))).toBe(true)
    expect(Object.values(frame.byStatus).reduce((sum, count) => sum + count, 0)).toBe(stateOf(SPY).contracts)
  })

  test('only the expiries that were asked for come with rows: each strike once, every missing number null', async () => {
    const { expiries } = await frameOf(isFitted)
    const [, second] = expiries
    const frame = await frameOf(isFitted, [second!.date, '2031-01-17'])
    expect(frame.blocks.map(({ expiry }) => expiry)).toEqual([second!.date])
    const { strike, call, put } = frame.blocks[0]!
    expect([...new Set(strike)].sort((a, b) => a - b)).toEqual(strike)
    for (const side of [call, put])
      for (const column of Object.values(side)) {
        expect(column).toHaveLength(strike.length)
        expect(column.every(value => value === null || Number.isFinite(value))).toBe(true)
      }
    const { forward } = second!
    const near = strike.reduce((best, one, k) => (Math.abs(one - forward!) < Math.abs(strike[best]! - forward!) ? k : best), 0)
    expect(call.delta[near]).toBeGreaterThan(0.3)
    expect(call.delta[near]! - put.delta[near]!).toBeCloseTo(1, 1)
    expect(call.fitVol[near]).toBeGreaterThan(0.03)
  })

  test('at most four frames a second, and none ahead of a reader who does not say that he drew', async () => {
    const stream = await desk.options.chain({ underlying: SPY })
    const at: number[] = []
    const seqs: number[] = []
    const reading = (async () => {
      for await (const { seq } of stream) {
        at.push(performance.now())
        seqs.push(seq)
      }
    })()
    await vi.waitUntil(() => seqs.length >= 8, { timeout: 20_000 })
    await new Promise(done => setTimeout(done, 1500))
    // Eight are under way unacknowledged; the ninth waits.
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const gaps = at.slice(2).map((time, k) => time - at[k + 1]!)
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeGreaterThan(200)
    // Leaving while a read waits ends that read with an abort.
    await Promise.allSettled([stream.return?.(), reading])
  })

  test('it ends with its reader, and with the last reader the feed is left', async () => {
    await vi.waitUntil(() => stateOf(SPY).reason === 'reason.nothing-asked', { timeout: 5000 })
    const stream = await desk.options.chain({ underlying: SPY })
    await stream.next()
    expect(stateOf(SPY).state).toBe('demo')
    await stream.return?.()
    await vi.waitUntil(() => stateOf(SPY).reason === 'reason.nothing-asked', { timeout: 5000 })
  })

  test('a chain that there is not is refused by its name', async () => {
    const failure = (async () => {
      for await (const _ of await desk.options.chain({ underlying: 'NOPE.DEMO' })) return
    })()
    await expect(failure).rejects.toMatchObject({ code: 'UNDERLYING_UNKNOWN', data: { underlying: 'NOPE.DEMO' } })
  })
})

test('a thread that ends in the middle of a pass costs that pass: the next one has another', async () => {
  const pool = new WorkerPool<Jobs>(installation.worker, 1)
  const clock = systemClock()
  const analysed: AnalysedChain[] = []
  let passes = 0
  const live = createLiveChains({
    ...{ feeds: [demoChainFeed], clock, log: silentLog, metrics: createMetrics(), cacheFolder: '', fetch, seed: SEED },
    ...{ isEnabled: () => true, refused: () => {}, staleSeconds: () => 0, mostLines: () => 1000, nameOf: () => null },
    isQuoting: () => true,
    onAnalysed: chain => void analysed.push(chain),
    analyse(chain, staleSeconds) {
      // Ending a job that runs ends its thread.
      const signal = ++passes === 2 ? AbortSignal.timeout(1) : new AbortController().signal
      return pool.run('options.analyse', { chain, options: { ...USUAL, staleSeconds } }, { signal })
    },
  })
  const undo = live.follow(SPY)
  await vi.waitUntil(() => analysed.length >= 4, { timeout: 20_000 })
  undo()
  await live.close()
  expect(pool.stats().replaced).toBe(1)
  expect(passes).toBeLessThanOrEqual(analysed.length + 2)
  await pool.close()
})

describe('the list of underlyings', () => {
  const listOf = ({ value }: { value?: unknown }) => (value as { underlyings: UnderlyingState[] }).underlyings
  test('it comes at once and again when something in it changes', async () => {
    const stream = await desk.options.underlyings()
    const first = listOf(await stream.next())
    expect(first.find(({ key }) => key === SPY)).toMatchObject({ symbol: 'SPY', source: 'demo', watchedInBackground: false })
    const undo = chains().follow(SPY)
    const next = listOf(await stream.next())
    expect(next).not.toEqual(first)
    undo()
    await stream.return?.()
  })

  test.each([
    ['a source that there is not', { source: 'nobody', symbol: 'SPY' }, 'SOURCE_UNKNOWN'],
    ['a symbol that the source has not', { source: 'demo', symbol: 'NOPE' }, 'UNDERLYING_UNKNOWN'],
  ])('adding %s is refused', async (_, input, code) => {
    await expect(desk.options.add(input)).rejects.toMatchObject({ code })
  })

  test('adding one that is there gives it', async () => {
    expect((await desk.options.add({ source: 'demo', symbol: ' spy ' })).underlying.key).toBe(SPY)
  })

  test('a source that is off is said to be, and nothing is asked of it', async () => {
    await desk.sources.set({ name: 'demo', enabled: false })
    await vi.waitUntil(() => stateOf(SPY) !== undefined)
    await expect(desk.options.add({ source: 'demo', symbol: 'SPY' })).rejects.toMatchObject({ code: 'SOURCE_OFF' })
    const undo = chains().follow(SPY)
    expect(stateOf(SPY)).toMatchObject({ reason: 'reason.source-off' })
    await desk.sources.set({ name: 'demo', enabled: true })
    await vi.waitUntil(() => stateOf(SPY).state === 'demo', { timeout: 10_000 })
    undo()
  })
})

describe('kept moments', () => {
  test('a person keeps the chain, finds it in the list and opens it with the rows asked for', async () => {
    const { expiries } = await frameOf(isFitted)
    const { snapshot } = await desk.options.keep({ underlying: SPY })
    expect(snapshot).toMatchObject({ underlying: SPY, why: 'person', contracts: stateOf(SPY).contracts })
    const { snapshots } = await desk.options.snapshots({ underlying: SPY, limit: 5 })
    expect(snapshots[0]).toEqual(snapshot)
    const opened = await desk.options.snapshot({ id: snapshot.id, expiries: [expiries[0]!.date] })
    expect(opened.snapshot).toEqual(snapshot)
    expect(opened.frame).toMatchObject({ asOf: snapshot.at, lines: null, provenance: { state: 'demo' } })
    expect(opened.frame.blocks.map(({ expiry }) => expiry)).toEqual([expiries[0]!.date])
    const history = await desk.options.history({ underlying: SPY, expiry: expiries[1]!.date })
    expect(history.time).toContain(snapshot.at)
    expect(history.atmVol.at(-1)).toBe(opened.frame.expiries.find(({ date }) => date === expiries[1]!.date)!.atmVol)
    await expect(desk.options.snapshot({ id: 'none' })).rejects.toMatchObject({ code: 'SNAPSHOT_UNKNOWN' })
  })

  test('the same over REST, where the expiries stand in the address', async () => {
    const { desk: rest } = overRest(trial)
    const { snapshots } = await rest.options.snapshots({ underlying: SPY, limit: 1 })
    const { frame } = await rest.options.snapshot({ id: snapshots[0]!.id, expiries: [] })
    expect(frame.blocks).toEqual([])
    expect(frame.expiries.length).toBeGreaterThan(5)
  })

  test('a chain of a file is listed, streamed once and removed', async () => {
    const key = await chains().addFile(demoChain('CL'), { name: 'oil', file: 'oil.csv', replace: false, user: 'local' })
    const frame = await frameOf(() => true, [], key)
    expect(frame).toMatchObject({
      underlying: 'file:oil',
      symbol: 'CL',
      lines: null,
      provenance: { source: 'oil.csv', state: 'cached' },
    })
    const stream = await desk.options.chain({ underlying: key })
    expect((await stream.next()).value).toMatchObject({ seq: 1 })
    const second = await Promise.race([stream.next(), new Promise(done => setTimeout(() => done('nothing more'), 700))])
    expect(second).toBe('nothing more')
    await Promise.allSettled([stream.return?.()])
    chains().removeFile(key, 'local')
    expect(
      chains()
        .underlyings()
        .some(one => one.key === key),
    ).toBe(false)
  })
})

test('after a restart the chains watched in the background are followed, files and moments are there', async () => {
  const folder = freshFolder()
  const first = await startHost({ folder })
  const { desk: before } = overPort(first)
  const { underlying } = await before.options.watchInBackground({ underlying: 'CL.DEMO', on: true })
  expect(underlying.watchedInBackground).toBe(true)
  await first.host.services.options.chains.addFile(demoChain(), { name: 'spy', file: 'spy.csv', replace: false, user: 'local' })
  await first.host.close()
  const second = await startHost({ folder })
  const service = second.host.services.options.chains
  await vi.waitUntil(() => service.latest('CL.DEMO'), { timeout: 20_000 })
  const { desk: after } = overPort(second)
  const { snapshots } = await after.options.snapshots({ underlying: 'file:spy' })
  expect(snapshots).toMatchObject([{ why: 'file' }])
  for await (const frame of await after.options.chain({ underlying: 'file:spy' })) {
    expect(frame.symbol).toBe('SPY')
    break
  }
  await after.options.watchInBackground({ underlying: 'CL.DEMO', on: false })
  expect(service.underlyings().find(({ key }) => key === 'CL.DEMO')!.reason).toBe('reason.nothing-asked')
  await second.end()
  rmSync(folder, { recursive: true, force: true })
})
