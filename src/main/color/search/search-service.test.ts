import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ColorQuery } from '../../../contract/color-search.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import { generateColors } from '../../../core/color/generator.ts'
import { USUAL_LIMITS } from '../../../core/color/sector-limits.ts'
import { systemClock } from '../../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../../platform/data-store.ts'
import { type Journal, openJournal } from '../../../platform/journal.ts'
import { silentLog } from '../../../platform/log.ts'
import { readMigrations } from '../../../platform/migrations.ts'
import { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { localUser } from '../../user.ts'
import { openConfigBook } from '../config/config-book.ts'
import { createRunsService, type RunsService } from '../runs/runs-service.ts'
import { createSearchService, type SearchService } from './search-service.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
const user = localUser()
const folder = mkdtempSync(join(tmpdir(), 'contango-search-'))
const everything: ColorQuery = {
  ...{ text: '', cusips: [], sources: [], sectors: [], biases: [], assetClasses: [], processing: 'any' },
  ...{ from: null, to: null, priceFrom: null, priceTo: null, when: null, parentsOnly: false, hierarchy: false },
}

let store: DataStore
let journal: Journal
let pool: WorkerPool<Jobs>
let runs: RunsService
let search: SearchService
/** Rows of both runs, by run. */
const published = new Map<string, readonly ColorRow[]>()

const publish = async (id: string, seed: number, kind: 'automated' | 'manual') => {
  const rows = [...generateColors({ seed, rows: 600, until: '2026-11-20', days: 1 })].map((row, k) => ({
    ...row,
    assetClass: k % 3 === 0 ? 'CLO' : 'Euro ABS',
  }))
  published.set(id, rows)
  await runs.publish({
    ...{
      id,
      kind,
      user: 'ana',
      rows,
      direction: 'highest',
      limits: USUAL_LIMITS,
      received: 600,
      quarantined: 0,
      repeats: 0,
      excluded: 0,
      rules: [],
    },
    ...{ ignoredRules: false, uploads: [], session: null, job: null, replaceToday: false, isDemo: false },
  })
}

beforeAll(async () => {
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('../../../platform/data-process.ts', import.meta.url),
    log: silentLog,
    clock,
    migrations: readMigrations(new URL('../../schema/', import.meta.url)),
  })
  pool = new WorkerPool<Jobs>(new URL('../../../workers/entry.ts', import.meta.url), 1)
  runs = createRunsService({
    ...{ store, journal, folder, clock, log: silentLog, pool, buffer: { expectWaiting: () => undefined } },
    zone: () => 'America/New_York',
  })
  search = createSearchService({
    ...{ store, pool, runs, config: openConfigBook(journal), folder, clock, log: silentLog, ready: async () => undefined },
  })
  await publish('first', 1, 'automated')
  await publish('second', 2, 'manual')
})
afterAll(async () => {
  await runs?.close()
  await pool?.close()
  await store?.close()
  journal?.close()
  rmSync(folder, { recursive: true, force: true })
})

const find = (
  query: Partial<ColorQuery>,
  rest: { limit?: number; offset?: number; sort?: { field: string; order: 'rising' | 'falling' } } = {},
) =>
  search.find(
    { query: { ...everything, ...query }, sort: rest.sort ?? null, offset: rest.offset ?? 0, limit: rest.limit ?? 5000 },
    user,
  )
const all = () => [...published.values()].flat()
const ids = (rows: readonly { rowId: string }[]) => rows.map(({ rowId }) => rowId).sort()

describe('a search', () => {
  test('finds every row of a CUSIP, also by the ISIN that has it', async () => {
    const [one] = published.get('first')!
    const wanted = ids(all().filter(({ cusip }) => cusip === one!.cusip))
    const byCusip = await find({ text: ` ${one!.cusip.toLowerCase()} ` })
    expect(ids(byCusip.rows)).toEqual(wanted)
    expect(byCusip).toMatchObject({ total: wanted.length, cusips: 1, readings: [{ kind: 'cusip', cusips: 1 }] })
    expect(ids((await find({ text: `US${one!.cusip}0` })).rows)).toEqual(wanted)
  })

  test('finds a message by its id beyond 2^53 and by how it begins', async () => {
    const [one] = published.get('second')!
    const wanted = all().filter(({ messageId }) => messageId === one!.messageId)
    expect(ids((await find({ text: one!.messageId })).rows)).toEqual(ids(wanted))
    const start = one!.messageId.slice(0, 12)
    expect((await find({ text: start })).total).toBe(all().filter(({ messageId }) => messageId.startsWith(start)).length)
  })

  test('finds words of tickers and dealers, each of them somewhere', async () => {
    const [one] = published.get('first')!
    const ticker = one!.ticker.toLowerCase()
    const met = (row: ColorRow, word: string) =>
      [row.ticker, row.sector, row.securityName ?? '', row.source].some(text => text.toLowerCase().includes(word))
    expect((await find({ text: ticker })).total).toBe(all().filter(row => met(row, ticker)).length)
    const both = `${ticker.split(' ')[0]} ${one!.source.toLowerCase()}`
    expect((await find({ text: both })).rows.length).toBeGreaterThan(0)
    expect((await find({ text: 'nowhere at all' })).total).toBe(0)
    expect((await find({ text: 'nowhere' })).readings).toEqual([{ kind: 'nothing', text: 'nowhere', cusips: 0 }])
  })

  test('filters by dealer, sector, quote type, price and processing together', async () => {
    const [one] = published.get('first')!
    const wanted = all().filter(
      row => row.sector === one!.sector && row.bias === 'BID' && row.px !== null && Number(row.px) >= 50 && Number(row.px) <= 100,
    )
    const found = await find({ sectors: [one!.sector], biases: ['BID'], priceFrom: 50, priceTo: 100 })
    expect(ids(found.rows)).toEqual(ids(wanted))
    expect((await find({ processing: 'manual' })).total).toBe(600)
    expect((await find({ from: '2026-11-21' })).total).toBe(0)
  })

  test('gives the whole hierarchy of what was found', async () => {
    const child = (await find({})).rows.find(({ parentRowId }) => parentRowId !== null)!
    const found = await find({ text: child.cells.MESSAGE_ID!, hierarchy: true })
    const cusips = new Set(found.rows.map(({ cells }) => cells.CUSIP))
    expect(ids(found.rows)).toEqual(ids(all().filter(({ cusip }) => cusips.has(cusip))))
    expect(found.rows.some(({ isParent }) => isParent)).toBe(true)
  })

  test('pages in a total order, and sorts by a column with missing values last', async () => {
    const whole = await find({}, { limit: 1200 })
    const pages = await Promise.all([0, 500, 1000].map(offset => find({}, { offset, limit: 500 })))
    expect(pages.flatMap(({ rows }) => rows)).toEqual(whole.rows)
    const prices = (await find({}, { sort: { field: 'PX', order: 'rising' } })).rows.map(({ cells }) => cells.PX)
    const known = prices.filter(px => px !== null).map(Number)
    expect(known).toEqual(known.toSorted((a, b) => a - b))
    expect(prices.slice(known.length).every(px => px === null)).toBe(true)
  })

  test('shows nothing of a run whose output was set aside, and all of it once it is back', async () => {
    runs.deleteOutput('second', 'ana')
    expect((await find({})).total).toBe(600)
    runs.restoreOutput('second', 'ana')
    expect((await find({})).total).toBe(1200)
  })

  test('shows a user only the asset classes that are his', async () => {
    const own = { ...user, assetClasses: ['clo'] }
    const found = await search.find({ query: everything, sort: null, offset: 0, limit: 5000 }, own)
    expect(ids(found.rows)).toEqual(ids(all().filter(({ assetClass }) => assetClass === 'CLO')))
    expect((await search.facets(own)).rows).toBe(found.total)
    expect(
      (await search.find({ query: everything, sort: null, offset: 0, limit: 10 }, { ...user, assetClasses: [] })).total,
    ).toBe(0)
  })

  test('takes hostile text for text', async () => {
    for (const text of ["' or 1=1 --", '%', '\u0000', 'x'.repeat(200)]) expect((await find({ text })).total).toBe(0)
    await expect(find({ when: { kind: 'test', field: 'NOPE', operator: 'is', value: 'x' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
  })
})

test('what is being typed is completed, what begins with it first', async () => {
  const [one] = published.get('first')!
  const found = await search.suggest(one!.ticker.slice(0, 4).toLowerCase())
  expect(found.length).toBeGreaterThan(0)
  expect(found[0]!.value.toLowerCase().startsWith(one!.ticker.slice(0, 4).toLowerCase())).toBe(true)
  expect((await search.suggest(one!.source))[0]).toMatchObject({ kind: 'dealer', value: one!.source })
})

test('searches are kept by name for all and as a history for each', async () => {
  const saved = search.save({ id: 'wide', name: 'Wide', revision: 0, query: { ...everything, text: 'clo' } }, user)
  expect(search.saved(user).saved).toEqual([saved])
  await find({ text: 'mezz' })
  await find({ text: 'senior' })
  await find({ text: 'mezz' })
  const { history } = search.saved(user)
  expect(history.slice(0, 2).map(({ query }) => query.text)).toEqual(['mezz', 'senior'])
  expect(search.saved({ ...user, name: 'ben' }).history).toEqual([])
  search.remove('wide', user)
  expect(search.saved(user).saved).toEqual([])
})
