import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { BOARD_WIDGETS, boardData } from '../../../contract/color-board.ts'
import type { ColorQuery } from '../../../contract/color-search.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
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
import { createSearchService } from '../search/search-service.ts'
import { type BoardService, createBoardService } from './board-service.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
const user = localUser()
const folder = mkdtempSync(join(tmpdir(), 'contango-board-'))
const everything: ColorQuery = {
  ...{ text: '', cusips: [], sources: [], sectors: [], biases: [], assetClasses: [], processing: 'any' },
  ...{ from: null, to: null, priceFrom: null, priceTo: null, when: null, parentsOnly: false, hierarchy: false },
}

let n = 0
const color = (cusip: string, date: string, bias: string, px: string | null, more: Partial<ColorRow> = {}): ColorRow => {
  n += 1
  return {
    ...{ rowId: `row-${n}`, messageId: `${10n ** 17n + BigInt(n)}`, ticker: `T ${cusip}`, sector: 'CLO mezz', cusip, date },
    ...{ priceLevel: px, bid: null, ask: null, px, source: 'Alder', bias, rank: 3, covPrice: '99', confidence: 5, date1: date },
    ...{ securityName: null, bwicCover: null, assetClass: null, received: n },
    ...more,
  }
}

const A = '037833100'
const B = '594918104'
const C = '38259P508'
// 2026-10-26 and 2026-11-02 are Mondays.
const OLD = [
  color(A, '2026-10-26', 'BWIC TALK', '98'),
  color(A, '2026-10-26', 'BWIC TALK', '100'),
  color(A, '2026-10-26', 'BWIC COVER', '99.5', { source: 'Birch' }),
  color(B, '2026-10-27', 'BWIC TALK', '90'),
  color(B, '2026-10-27', 'DNT', null),
  color(C, '2026-10-28', 'BID', '97', { sector: 'CLO senior' }),
]
const NEW = [
  color(A, '2026-11-03', 'BID', '98'),
  color(A, '2026-11-03', 'BID', '98.5'),
  color(A, '2026-11-03', 'OFFER', '99.25', { source: 'Birch' }),
  color(B, '2026-11-04', 'BID', '91', { covPrice: null }),
  color(B, '2026-11-04', 'OFFER', '90', { covPrice: null }),
]

let store: DataStore
let journal: Journal
let pool: WorkerPool<Jobs>
let runs: RunsService
let board: BoardService

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
  const config = openConfigBook(journal)
  const search = createSearchService({ store, pool, runs, config, folder, clock, log: silentLog, ready: async () => undefined })
  board = createBoardService({ store, search, runs: () => runs.list() })
})
afterAll(async () => {
  await runs?.close()
  await pool?.close()
  await store?.close()
  journal?.close()
  rmSync(folder, { recursive: true, force: true })
})

const publish = (id: string, rows: readonly ColorRow[]) =>
  runs.publish({
    ...{
      id,
      kind: 'manual',
      user: 'ana',
      rows,
      direction: 'highest',
      limits: USUAL_LIMITS,
      received: rows.length,
      quarantined: 0,
      repeats: 0,
    },
    ...{ excluded: 0, rules: [], ignoredRules: false, uploads: [], session: null, job: null, replaceToday: false, isDemo: false },
  })
const data = (query: Partial<ColorQuery> = {}, staleDays = 5) =>
  board.data({ query: { ...everything, ...query }, parts: BOARD_WIDGETS, staleDays }, user)

test('every part is there before anything was published', async () => {
  const empty = await data()
  expect(empty.summary).toMatchObject({ rows: 0, newest: null, before: null, lastRun: null, isDemo: false })
  for (const part of BOARD_WIDGETS) if (part !== 'summary') expect(empty[part]).toEqual([])
})

test('every part says what its rows say', async () => {
  await publish('old', OLD)
  await publish('new', NEW)
  const drawn = await data()
  for (const part of BOARD_WIDGETS) expect(boardData[part].parse(drawn[part])).toEqual(drawn[part])
  expect(drawn.summary).toMatchObject({
    ...{ rows: 11, cusips: 3, runs: 2, from: '2026-10-26', to: '2026-11-04' },
    newest: { day: '2026-11-04', rows: 2, cusips: 1 },
    before: { day: '2026-11-03', rows: 3, cusips: 1 },
    lastRun: { number: 2, rows: 5 },
  })
  expect(drawn.counts).toEqual([
    { month: '2026-10-01', rows: 6, parents: 3, cusips: 3 },
    { month: '2026-11-01', rows: 5, parents: 2, cusips: 2 },
  ])
  expect(drawn.share).toContainEqual({ month: '2026-10-01', bias: 'BWIC TALK', rows: 3 })
  // Cover 99.5 less the middle of talk, 99.
  expect(drawn.coverToTalk).toEqual([{ week: '2026-10-26', n: 1, mean: 0.5, low: 0.5, high: 0.5 }])
  expect(drawn.dnt).toEqual([{ week: '2026-10-26', listed: 2, notTraded: 1 }])
  // 99.25 - 98.5 = 0.75 and, crossed, 90 - 91 = -1.
  expect(drawn.twoWay).toEqual([{ week: '2026-11-02', n: 2, median: -0.125, crossed: 1 }])
  expect(drawn.volume).toContainEqual({ week: '2026-10-26', sector: 'CLO senior', rows: 1 })
  expect(drawn.stale).toEqual([
    { cusip: C, ticker: `T ${C}`, sector: 'CLO senior', last: '2026-10-28', days: 7, px: 97, rows: 1 },
  ])
  expect(drawn.runTimes!.map(({ run, rows }) => [run, rows])).toEqual([
    [1, 6],
    [2, 5],
  ])
})

test('a dealer is compared with the evaluated price over its own rows', async () => {
  const { dealers } = await data()
  const birch = dealers!.find(({ source }) => source === 'Birch')!
  // 0.5 and 0.25 away: mean 0.375, standard error half of what lies between them.
  expect(birch).toMatchObject({ n: 2, mean: 0.375, above: 1 })
  expect(birch.error).toBeCloseTo(0.125, 12)
})

test('a query narrows every part to its rows', async () => {
  const { prices, summary } = await data({ cusips: [A] })
  expect(summary!.cusips).toBe(1)
  expect(prices!.map(({ day, px, evaluated }) => [day, px, evaluated])).toEqual([
    ['2026-10-26', 100, 99],
    ['2026-10-26', 99.5, 99],
    ['2026-10-26', 98, 99],
    ['2026-11-03', 99.25, 99],
    ['2026-11-03', 98.5, 99],
    ['2026-11-03', 98, 99],
  ])
})
