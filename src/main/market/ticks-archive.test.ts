import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { instrumentId } from '../../core/kit/ids.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import { createBus } from '../../platform/bus.ts'
import { manualClock, systemClock } from '../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../platform/data-store.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog as log } from '../../platform/log.ts'
import { readMigrations } from '../../platform/migrations.ts'
import type { Topics } from '../topics.ts'
import { createInstrumentsStore } from './instruments-store.ts'
import { createTicksArchive } from './ticks-archive.ts'

// Each test opens both stores, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const migrations = readMigrations(new URL('../schema/', import.meta.url))
const clock = manualClock()
let folder = ''
let store: DataStore
let journal: Journal
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contango-ticks-'))
  const entry = new URL('../../platform/data-process.ts', import.meta.url)
  store = await openDataStore({ file: join(folder, 'market.duckdb'), entry, log, clock: systemClock(), migrations })
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
})
afterEach(async () => {
  await store.close()
  journal.close()
  rmSync(folder, { recursive: true })
})

const flush = async () => undefined
const count = async (where = 'true') => Number((await store.query(`select count(*) from quotes where ${where}`)).columns[0]![0])

async function arrive(source: string, rows: number): Promise<void> {
  const same = (value: number) => new Float64Array(rows).fill(value)
  const ids = { instrument: new Array(rows).fill('CL=F.YAHOO'), source: new Array(rows).fill(source) }
  const numbers = {
    bid: same(1),
    ask: same(2),
    bid_size: same(1),
    ask_size: same(1),
    event_time: same(clock.now()),
    receipt_time: same(clock.now()),
  }
  await store.append('quotes', { ...ids, ...numbers, seq: Float64Array.from({ length: rows }, (_, k) => k), quality: same(0) })
}

test('records of live sources are in a rebuilt store once each, the demo market makes its own again', async () => {
  const archive = createTicksArchive({ store, journal, folder, clock, log, flush })
  await arrive('yahoo', 3)
  await arrive('demo', 5)
  clock.advance(1)
  await archive.archive()
  await arrive('yahoo', 4)
  clock.advance(1)
  await archive.archive()
  await archive.archive()
  expect(journal.read({ kinds: ['ticks.stored'] })).toHaveLength(2)
  await store.renew()
  expect(await archive.refill(new AbortController().signal)).toBe(7)
  expect([await count(), await count("source = 'yahoo'")]).toEqual([7, 7])
  await archive.close()
})

test('a segment that no entry names is a leftover of a kill and goes; its rows come with the next', async () => {
  const first = createTicksArchive({ store, journal, folder, clock, log, flush })
  await first.close()
  writeFileSync(join(folder, 'segments/ticks/quotes-2020-01-01-1.parquet'), 'half')
  await arrive('yahoo', 3)
  clock.advance(1)
  const archive = createTicksArchive({ store, journal, folder, clock, log, flush })
  await archive.close()
  expect(readdirSync(join(folder, 'segments/ticks'))).toHaveLength(1)
  expect(journal.read({ kinds: ['ticks.stored'] })[0]!.body).toMatchObject({ table: 'quotes', rows: 3 })
})

test('a damaged segment is named and the others come back', async () => {
  const archive = createTicksArchive({ store, journal, folder, clock, log, flush })
  for (let k = 0; k < 2; k++) {
    await arrive('yahoo', 3)
    clock.advance(1)
    await archive.archive()
  }
  const [damaged] = readdirSync(join(folder, 'segments/ticks')).sort()
  appendFileSync(join(folder, 'segments/ticks', damaged!), 'x')
  await store.renew()
  expect(await archive.refill(new AbortController().signal)).toBe(3)
  expect(archive.problems()).toEqual([`${damaged} was changed or damaged`])
  await archive.close()
})

test('old records leave the store: demo after hours, the rest after weeks', async () => {
  const archive = createTicksArchive({ store, journal, folder, clock, log, flush })
  await arrive('yahoo', 3)
  await arrive('demo', 5)
  clock.jump(7 * 3600)
  await archive.prune()
  expect(await count()).toBe(3)
  clock.jump(31 * 86_400)
  expect(await archive.prune()).toBe(0)
  expect(await count(), 'what no segment has is kept, however old').toBe(3)
  await archive.archive()
  expect(await archive.prune()).toBe(3)
  expect(await count()).toBe(0)
  expect(archive.retention()).toMatchObject({ keepDays: 30, demoHours: 6, pruned: 8 })
  await store.renew()
  clock.jump(-31 * 86_400)
  expect(await archive.refill(new AbortController().signal), 'the segment still has them').toBe(3)
  await archive.close()
})

test('demo records are kept for a day at most, and the first prune does not wait for a quarter hour', async () => {
  const lines: string[] = []
  const noted = { ...log, info: (event: string) => void lines.push(event) }
  const archive = createTicksArchive({ store, journal, folder, clock, log: noted, flush, keepDays: 365, demoHours: 900 })
  expect(archive.retention()).toMatchObject({ demoHours: 24, prunedAt: null })
  await arrive('demo', 5)
  clock.jump(25 * 3600)
  clock.advance(30)
  await expect.poll(() => count()).toBe(0)
  expect(lines).toContain('ticks.pruned')
  await archive.close()
})

test('every instrument of the book is a row that quotes can be joined with, the newest description wins', async () => {
  const bus = createBus<Topics>({ onFault: (_, fault) => void expect.unreachable(String(fault)) })
  const book: Instrument[] = [instrumentOf('SPY.DEMO', 'old'), instrumentOf('CL=F.YAHOO', 'Crude oil')]
  const kept = createInstrumentsStore({ book: { instruments: () => book }, store, bus, clock, log })
  await arrive('yahoo', 2)
  book[0] = instrumentOf('SPY.DEMO', 'new')
  for (let k = 0; k < 450; k++) book.push(instrumentOf(`X${k}.DEMO`, `number ${k}`))
  bus.emit('instruments', book)
  clock.advance(2)
  await kept.flush()
  book[0] = instrumentOf('SPY.DEMO', 'newest')
  await kept.flush()
  const joined = await store.query('select i.name, count(*) from quotes q join instruments i on i.id = q.instrument group by 1')
  expect([joined.rows, joined.columns[0]![0], Number(joined.columns[1]![0])]).toEqual([1, 'Crude oil', 2])
  const names = await store.query("select count(*), count(distinct id), max(name) filter (id = 'SPY.DEMO') from instruments")
  expect(names.columns.map(column => column[0])).toEqual([452, 452, 'newest'])
  store.rebuilding(true)
  await store.renew()
  store.rebuilding(false)
  clock.advance(2)
  await kept.flush()
  expect((await store.query('select count(*) from instruments')).columns[0]![0]).toBe(452)
  await kept.close()
})

function instrumentOf(id: string, name: string): Instrument {
  return {
    ...{
      id: instrumentId(id),
      symbol: id.split('.')[0]!,
      name,
      assetClass: 'future',
      venue: 'X',
      source: 'test',
      currency: 'USD',
    },
    ...{ unit: '', tickSize: 0.01, multiplier: 1, calendar: 'always', contractMonth: null, lastTradeDate: null },
  }
}
