import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { demoDays } from '../../../core/color/demo-colors.ts'
import { USUAL_LIMITS } from '../../../core/color/sector-limits.ts'
import { fromMillis } from '../../../core/kit/time.ts'
import { createBus } from '../../../platform/bus.ts'
import { manualClock, systemClock } from '../../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../../platform/data-store.ts'
import { type Journal, openJournal } from '../../../platform/journal.ts'
import { silentLog } from '../../../platform/log.ts'
import { readMigrations } from '../../../platform/migrations.ts'
import { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { createJobs } from '../../system/jobs-service.ts'
import type { Topics } from '../../topics.ts'
import { createRunsService, type RunsService } from '../runs/runs-service.ts'
import { createDemoHistory, type DemoHistory } from './demo-history.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

// A Monday: the last business day before it is Friday, 20 November.
const clock = manualClock(fromMillis(Date.parse('2026-11-23T15:00:00Z')))
const migrations = readMigrations(new URL('../../schema/', import.meta.url))

let folder = ''
let isOn = true
let store: DataStore
let journal: Journal
let pool: WorkerPool<Jobs>
let runs: RunsService
let demo: DemoHistory

beforeEach(async () => {
  isOn = true
  folder = mkdtempSync(join(tmpdir(), 'contango-demo-'))
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const entry = new URL('../../../platform/data-process.ts', import.meta.url)
  store = await openDataStore({ file: join(folder, 'market.duckdb'), entry, log: silentLog, clock: systemClock(), migrations })
  pool = new WorkerPool<Jobs>(new URL('../../../workers/entry.ts', import.meta.url), 1)
  const common = { folder, clock, log: silentLog, pool }
  runs = createRunsService({ ...common, store, journal, buffer: { expectWaiting: () => {} }, zone: () => 'America/New_York' })
  const bus = createBus<Topics>({ onFault: (_, fault) => expect.fail(String(fault)) })
  const jobs = createJobs({ clock, bus, log: silentLog })
  demo = createDemoHistory({ ...common, journal, runs, jobs, seed: 20260105, limits: () => USUAL_LIMITS, isOn: () => isOn })
})
afterEach(async () => {
  await runs.close()
  await store.close()
  await pool.close()
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const one = async (sql: string) => (await store.query(sql)).columns.map(column => column[0])

/** Prices go on from day to day, dealers lean, and covers lie near talk. */
async function expectBelievable(): Promise<void> {
  const [step, spread] = await one(`with mids as (
        select cusip, day, avg(px) as mid from colors where sector = 'US CLO 2.0 MEZZ' group by all having count(*) > 1),
      steps as (select abs(mid - lag(mid) over (partition by cusip order by day)) as step, mid from mids)
      select avg(step)::double, (select stddev(mid) from (select cusip, avg(mid) as mid from mids group by cusip))::double from steps`)
  expect(step as number).toBeLessThan((spread as number) / 3)
  const leans = await store.query(
    `select source, avg(price_diff)::double from colors where sector like '%MEZZ' and bias = 'BID' group by source order by 2`,
  )
  const by = leans.columns[1] as Float64Array
  expect(by.at(-1)! - by[0]!).toBeGreaterThan(0.1)
  const [toTalk, any] = await one(`with sides as (select cusip, run_number, avg(px) filter (bias = 'BWIC COVER') as cover,
        avg(px) filter (bias = 'BWIC TALK') as talk from colors where sector = 'US CLO 2.0 MEZZ' group by all)
      select avg(abs(cover - talk))::double, count(*) from sides where cover is not null and talk is not null`)
  expect(any as number).toBeGreaterThan(20)
  expect(toTalk as number).toBeLessThan(1)
}

describe('the invented history', () => {
  test('is three months of business days that end before today, every run marked', async () => {
    await Promise.all([demo.ensure(), demo.ensure()])
    const all = runs.list()
    expect(all).toHaveLength(65)
    expect(all.every(({ isDemo }) => isDemo)).toBe(true)
    expect(all[0]!.day).toBe('2026-11-20')
    expect(new Set(all.map(({ day }) => day)).size).toBe(65)
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 65 }, (_, k) => 65 - k))
    expect(await one('select count(*), count(distinct run_number), bool_and(is_demo) from colors')).toEqual([
      all.reduce((sum, { rows }) => sum + rows, 0),
      65,
      true,
    ])
    expect(all.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(65 * 1700)
    // Once, also where two ask, and never beside runs that are there.
    await demo.ensure()
    expect(runs.list()).toHaveLength(65)
    expect(demo.state()).toBe('there')
    await expectBelievable()
  })

  test('is not made where the demo source is off', async () => {
    isOn = false
    await demo.ensure()
    expect(runs.list()).toEqual([])
    expect(demo.state()).toBe('none')
  })
})

test('the invented file has faults of every kind to find, about tranches of the history', async () => {
  const { name, bytes } = await demo.file()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect([demo.isInvented(sha256), demo.isInvented('another')]).toEqual([true, false])
  const text = new TextDecoder().decode(bytes)
  expect(name).toBe('invented-quotes-2026-11-23.csv')
  expect(text.split('\r\n')).toHaveLength(8 * 224 + 2)
  expect(text).toContain('9.00720E+16')
  const known = new Set(
    demoDays(20260105, '2026-11-20', 65)
      .slice(-2)
      .flatMap(one => one.rows().map(({ cusip }) => cusip)),
  )
  const cusips = text
    .split('\r\n')
    .slice(1, -1)
    .map(line => line.split(',')[3]!.replaceAll(/["\s]/g, '').toUpperCase())
  expect(cusips.filter(cusip => known.has(cusip)).length).toBeGreaterThan(1_600)
})

test('the same seed invents the same days, another seed others', () => {
  const rowsOf = (seed: number) => demoDays(seed, '2026-11-20', 3)[1]!.rows()
  expect(rowsOf(1)).toEqual(rowsOf(1))
  expect(rowsOf(2)).not.toEqual(rowsOf(1))
  expect(demoDays(1, '2026-11-20', 3).map(({ day }) => day)).toEqual(['2026-11-18', '2026-11-19', '2026-11-20'])
})
