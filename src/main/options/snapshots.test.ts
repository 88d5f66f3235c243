import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { analysedAs, demoChain, NOON, USUAL } from '../../../tests/options/chain-kit.ts'
import { epochMicros, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../../core/kit/time.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'
import { manualClock, systemClock } from '../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../platform/data-store.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog as log } from '../../platform/log.ts'
import { readMigrations } from '../../platform/migrations.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { createAnalyser } from './analyser.ts'
import { createChainFiles } from './chain-files.ts'
import { createSnapshots, type Snapshots } from './snapshots.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const migrations = readMigrations(new URL('../schema/', import.meta.url))
const pool = new WorkerPool<Jobs>(new URL('../../workers/entry.ts', import.meta.url), 1)
const analyser = createAnalyser(pool)
const NEVER = new AbortController().signal
const minutes = (count: number) => epochMicros(NOON + count * MICROS_PER_MINUTE)
let folder = ''
let store: DataStore
let journal: Journal
let clock = manualClock(NOON)

const openStore = () =>
  openDataStore({
    ...{ file: join(folder, 'market.duckdb'), log, clock: systemClock(), migrations },
    entry: new URL('../../platform/data-process.ts', import.meta.url),
  })
beforeEach(async () => {
  clock = manualClock(NOON)
  folder = mkdtempSync(join(tmpdir(), 'contango-chains-'))
  store = await openStore()
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
})
afterEach(async () => {
  await store.close()
  journal.close()
  rmSync(folder, { recursive: true })
})
afterAll(() => pool.close())

const open = (): Snapshots => createSnapshots({ store, journal, folder, clock, log, analyser, usual: () => USUAL, keepDays: 30 })
const analysed = async (at = NOON) => analysedAs(await analyser.analyse(demoChain('SPY', at), USUAL))
/** The same with quotes of a feed that is not the demo market. */
const live = async (at = NOON) =>
  analysedAs(await analyser.analyse(demoChain('SPY', at), USUAL), {
    ...{ key: 'SPY.FEED', isDemo: false },
    provenance: { source: 'feed', state: 'live', asOf: at, reason: null },
  })
const count = async (table: string) => Number((await store.query(`select count(*) from ${table}`)).columns[0]![0])
const segments = () => readdirSync(join(folder, 'segments', 'chains'))

/** Whether all columns of two analyses are the same number for number; one NaN is as good as another. */
function expectSame(found: ChainAnalysis, wanted: ChainAnalysis): void {
  const columnsOf = ({ chain, greeks, second, ...rest }: ChainAnalysis) =>
    new Map(
      Object.entries({ ...chain, ...greeks, ...second, ...rest }).flatMap(([name, column]) =>
        ArrayBuffer.isView(column) ? [[name, column as Float64Array] as const] : [],
      ),
    )
  const columns = columnsOf(found)
  expect(columnsOf(wanted).size).toBeGreaterThan(20)
  for (const [name, column] of columnsOf(wanted)) {
    expect([name, columns.get(name)?.length]).toEqual([name, column.length])
    expect([name, column.findIndex((value, row) => !Object.is(value, columns.get(name)![row]))]).toEqual([name, -1])
  }
}

test('a kept moment opens with the same answer to the bit', async () => {
  const snapshots = open()
  const before = await analysed()
  // Not the rows of one moment alone in the table.
  for (const k of [1, 2, 3]) await snapshots.keep(await analysed(minutes(k)), 'regular')
  const { id, contracts, why, at } = await snapshots.keep(before, 'person')
  expect([contracts, why, at]).toEqual([before.analysis.chain.strike.length, 'person', NOON])
  const after = await snapshots.open(id)
  expect(after.analysis.expiries).toEqual(before.analysis.expiries)
  expect(after.analysis.arbitrage).toEqual(before.analysis.arbitrage)
  expect(after.analysis.chain.expiries).toEqual(before.analysis.chain.expiries)
  expectSame(after.analysis, before.analysis)
  expect(after.provenance).toEqual({ source: 'demo', state: 'demo', asOf: NOON, reason: null })
  await snapshots.close()
})

test('the same chain kept twice for one reason is one moment, for another reason another', async () => {
  const snapshots = open()
  const chain = await analysed()
  const [first, again] = await Promise.all([snapshots.keep(chain, 'alert'), snapshots.keep(chain, 'alert')])
  const third = await snapshots.keep(chain, 'alert')
  expect([again.id, third.id]).toEqual([first.id, first.id])
  expect((await snapshots.keep(chain, 'person')).id).not.toBe(first.id)
  expect(await count('chain_moments')).toBe(2)
  expect(await count('chain_quotes')).toBe(2 * first.contracts)
  await snapshots.close()
})

test('the list is newest first and can be paged; the history has a point an instant, with what the smile said', async () => {
  const snapshots = open()
  const chains = []
  for (const k of [0, 5, 10, 15]) {
    const chain = await analysed(minutes(k))
    chains.push(chain)
    await snapshots.keep(chain, 'regular')
  }
  await snapshots.keep(chains[1]!, 'alert')
  const page = await snapshots.list('SPY.DEMO', null, 2)
  expect(page.map(({ at }) => at)).toEqual([minutes(15), minutes(10)])
  const rest = await snapshots.list('SPY.DEMO', page.at(-1)!.at, 10)
  expect(rest.map(({ at, why }) => [at, why]).sort()).toEqual([
    [minutes(0), 'regular'],
    [minutes(5), 'alert'],
    [minutes(5), 'regular'],
  ])
  expect(await snapshots.list('CL.DEMO', null, 10)).toEqual([])
  const [, second] = chains[0]!.analysis.expiries
  const history = await snapshots.history('SPY.DEMO', second!.date, 3)
  expect(history.time).toEqual([minutes(5), minutes(10), minutes(15)])
  expect(history.atmVol).toEqual(
    chains.slice(1).map(({ analysis }) => analysis.expiries.find(({ date }) => date === second!.date)!.atmVol),
  )
  expect((await snapshots.history('SPY.DEMO', '2030-01-01', 3)).time).toEqual([])
  await snapshots.close()
})

test('a moment that is not kept is refused, by a name that never was as well', async () => {
  const snapshots = open()
  await expect(snapshots.open('nothing')).rejects.toMatchObject({ code: 'SNAPSHOT_UNKNOWN' })
  await expect(snapshots.info('nothing')).rejects.toMatchObject({ code: 'SNAPSHOT_UNKNOWN' })
  await snapshots.close()
})

test('a store that was removed is filled again: all that was wanted, and regular moments of real feeds', async () => {
  const first = open()
  const wanted = await first.keep(await analysed(minutes(1)), 'alert')
  await first.keep(await analysed(minutes(2)), 'regular')
  const regular = await first.keep(await live(minutes(3)), 'regular')
  const before = (await first.open(wanted.id)).analysis
  await first.close()
  expect(segments()).toHaveLength(2)
  await store.close()
  for (const end of ['', '.wal']) rmSync(join(folder, `market.duckdb${end}`), { force: true })
  store = await openStore()
  const again = open()
  const opened = await vi.waitUntil(() => again.open(wanted.id).catch(() => null), { timeout: 10_000 })
  expectSame(opened.analysis, before)
  await again.archive()
  expect((await again.list('SPY.FEED', null, 9)).map(({ id }) => id)).toEqual([regular.id])
  expect((await again.history('SPY.FEED', opened.analysis.expiries[1]!.date, 9)).time).toEqual([minutes(3)])
  expect((await again.list('SPY.DEMO', null, 9)).map(({ id }) => id)).toEqual([wanted.id])
  expect(await count('chain_quotes')).toBe(wanted.contracts + regular.contracts)
  await again.close()
  expect(segments()).toHaveLength(2)
})

test('a rebuild takes the rows from the segments, and names one that was damaged', async () => {
  const snapshots = open()
  const kept = [await snapshots.keep(await live(), 'person'), await snapshots.keep(await live(minutes(1)), 'person')]
  await store.renew()
  expect(await snapshots.refill(NEVER)).toBe(kept[0]!.contracts + kept[1]!.contracts)
  expect(snapshots.problems()).toEqual([])
  const damaged = segments().find(name => name.startsWith(kept[0]!.id))!
  appendFileSync(join(folder, 'segments', 'chains', damaged), 'x')
  await store.renew()
  expect(await snapshots.refill(NEVER)).toBe(kept[1]!.contracts)
  expect(snapshots.problems()).toEqual([`${damaged} was changed or damaged`])
  await snapshots.close()
})

test('a file that no entry names is the leftover of a kill and goes; rows without a moment go too', async () => {
  await open().close()
  writeFileSync(join(folder, 'segments', 'chains', 'half.parquet'), 'half')
  const snapshots = open()
  const { contracts } = await snapshots.keep(await analysed(), 'regular')
  const orphan = { moment: ['lost'], expiry: Float64Array.of(0), strike: Float64Array.of(1), side: Float64Array.of(1) }
  await store.append('chain_quotes', orphan)
  expect(segments()).toEqual([])
  clock.advance(31)
  await snapshots.archive()
  expect(await count('chain_quotes')).toBe(contracts)
  await snapshots.close()
})

test('regular moments leave after their time, those of the demo market after a day; what was wanted stays', async () => {
  const snapshots = open()
  const wanted = await snapshots.keep(await live(), 'person')
  await snapshots.keep(await live(minutes(1)), 'regular')
  await snapshots.keep(await analysed(minutes(1)), 'regular')
  clock.jump((1.5 * MICROS_PER_DAY) / 1e6)
  clock.advance(31)
  await snapshots.archive()
  expect((await snapshots.list('SPY.DEMO', null, 9)).length).toBe(0)
  expect((await snapshots.list('SPY.FEED', null, 9)).length).toBe(2)
  clock.jump((30 * MICROS_PER_DAY) / 1e6)
  clock.advance(3600)
  await snapshots.archive()
  expect((await snapshots.list('SPY.FEED', null, 9)).map(({ id }) => id)).toEqual([wanted.id])
  expect(await count('chain_quotes')).toBe(wanted.contracts)
  await snapshots.close()
})

test('while the store is away a wanted moment is refused with its reason, and nothing of it remains', async () => {
  const snapshots = open()
  const chain = await analysed()
  await snapshots.archive()
  await store.close()
  await expect(snapshots.keep(chain, 'person')).rejects.toMatchObject({ name: 'StoreUnavailable' })
  expect(journal.read({ kinds: ['options.kept'] })).toEqual([])
  store = await openStore()
})

test('a chain of a file is an underlying that survives a restart, is replaced on purpose and removed', async () => {
  const snapshots = open()
  const filesOf = (kept: Snapshots) => createChainFiles({ journal, snapshots: kept, analyser, usual: () => USUAL, clock })
  const files = filesOf(snapshots)
  const about = { name: 'Monday', file: 'spy.csv', replace: false, user: 'local' }
  const chain = demoChain()
  const key = await files.add(chain, about)
  expect(key).toBe('file:Monday')
  // The columns that were given are still the caller's.
  expect(chain.strike.length).toBeGreaterThan(0)
  expect(files.state(key)).toMatchObject({ symbol: 'SPY', source: 'spy.csv', state: 'cached', asOf: NOON })
  await expect(files.add(chain, about)).rejects.toMatchObject({ code: 'SERIES_EXISTS' })
  const before = files.latest(key)!.analysis
  const again = filesOf(snapshots)
  expect(again.latest(key)).toBe(null)
  const loaded = await again.load(key)
  expect(loaded).toMatchObject({ key, isFile: true, name: 'SPY Monday' })
  expectSame(loaded!.analysis, before)
  expect(await again.load(key)).toBe(null)
  await again.add(demoChain('CL'), { ...about, replace: true })
  expect(again.state(key).symbol).toBe('CL')
  again.remove(key, 'local')
  expect(() => again.remove(key, 'local')).toThrowError(expect.objectContaining({ code: 'UNDERLYING_UNKNOWN' }))
  expect(filesOf(snapshots).states()).toEqual([])
  await snapshots.close()
})
