import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ruleRowUnder } from '../../../core/color/color-fields.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import { createColorGenerator, generateColors } from '../../../core/color/generator.ts'
import { placeColors } from '../../../core/color/lineage.ts'
import { USUAL_LIMITS } from '../../../core/color/sector-limits.ts'
import { createRandom } from '../../../core/kit/random.ts'
import { systemClock } from '../../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../../platform/data-store.ts'
import { type Journal, openJournal } from '../../../platform/journal.ts'
import { silentLog } from '../../../platform/log.ts'
import { readMigrations } from '../../../platform/migrations.ts'
import { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import type { Publication } from './color-runs.ts'
import { createRunsService, type PublishStep, type RunsService } from './runs-service.ts'

// Each test opens both stores and a thread, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
const migrations = readMigrations(new URL('../../schema/', import.meta.url))
const dataEntry = new URL('../../../platform/data-process.ts', import.meta.url)
const workerEntry = new URL('../../../workers/entry.ts', import.meta.url)

interface Opened {
  readonly store: DataStore
  readonly journal: Journal
  readonly runs: RunsService
  readonly taken: Set<string>
}

let folder = ''
let pool: WorkerPool<Jobs>
const open: Opened[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-runs-'))
  pool = new WorkerPool<Jobs>(workerEntry, 1)
})
afterEach(async () => {
  for (const each of open.splice(0)) await close(each)
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
})

async function opened(): Promise<Opened> {
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const store = await openDataStore({ file: join(folder, 'market.duckdb'), entry: dataEntry, log: silentLog, clock, migrations })
  const taken = new Set<string>()
  const buffer = {
    expectWaiting: (ids: readonly string[]) => {
      const gone = ids.filter(id => taken.has(id))
      if (gone.length > 0) fail('UPLOADS_TAKEN', { names: gone.join(', '), by: 'run 1' })
    },
  }
  const runs = createRunsService({
    ...{ store, journal, folder, clock, log: silentLog, pool, buffer, targets: () => ['desk-folder'] },
    isInvented: id => id === 'invented',
    zone: () => 'America/New_York',
  })
  runs.onChange(({ uploads }) => {
    for (const id of uploads) taken.add(id)
  })
  const all = { store, journal, runs, taken }
  open.push(all)
  return all
}

async function close({ runs, store, journal }: Opened): Promise<void> {
  await runs.close()
  await store.close()
  journal.close()
}

async function reopened(): Promise<Opened> {
  for (const each of open.splice(0)) await close(each)
  return opened()
}

const colors = (rows: number, seed = 1): readonly ColorRow[] => [...generateColors({ seed, rows, until: '2026-11-20', days: 1 })]
const publication = (change: Partial<Publication> = {}): Publication => ({
  ...{
    id: 'run-a',
    kind: 'automated',
    user: 'ana',
    rows: colors(500),
    direction: 'highest',
    limits: USUAL_LIMITS,
    received: 520,
    quarantined: 12,
  },
  ...{ repeats: 8, excluded: 0, rules: [], ignoredRules: false, uploads: [], session: null, job: null, replaceToday: false },
  ...{ isDemo: false },
  ...change,
})
const keptRows = (rows: readonly ColorRow[]) =>
  placeColors(rows, 'highest').map(one => ({ ...one, diffStatus: ruleRowUnder(one.row, USUAL_LIMITS).DIFF_STATUS }))
const count = async ({ store }: Opened, sql: string) => Number((await store.query(sql)).columns[0]![0])
const files = () => readdirSync(join(folder, 'color', 'runs'))

describe('a publication', () => {
  test('is the rows in their places, in the store and after a restart', async () => {
    const first = await opened()
    const rows = colors(500)
    const run = await first.runs.publish(publication({ rows }))
    const placed = keptRows(rows)
    expect(run).toMatchObject({ number: 1, rows: 500, targets: ['desk-folder'], deleted: null })
    expect(run.parents).toBe(placed.filter(one => one.parentRowId === null).length)
    expect(run.parents + run.children).toBe(500)
    expect(await first.runs.rows('run-a')).toEqual(placed)
    expect(await count(first, 'select count(*) from colors')).toBe(500)
    const again = await reopened()
    expect(again.runs.list()).toEqual([run])
    expect(await again.runs.rows('run-a')).toEqual(placed)
  })

  test('keeps prices to the last digit and ids beyond 2^53', async () => {
    const all = await opened()
    const [one] = colors(1)
    const row = { ...one!, messageId: '90071992547409931', px: '99.50', bid: '99.50', ask: null, priceLevel: '0.100000000001' }
    await all.runs.publish(publication({ rows: [row] }))
    const [placed] = await all.runs.rows('run-a')
    expect(placed!.row).toEqual(row)
    const { rows } = await all.runs.window(windowOf())
    expect(rows[0]!.cells).toMatchObject({
      MESSAGE_ID: '90071992547409931',
      PX: '99.5',
      PRICE_LEVEL: '0.100000000001',
      ASK: null,
    })
  })

  test('asked twice with one id is one run, also at the same time and after a restart', async () => {
    const first = await opened()
    const [a, b] = await Promise.all([first.runs.publish(publication()), first.runs.publish(publication())])
    expect(b).toEqual(a)
    const again = await reopened()
    expect(await again.runs.publish(publication())).toEqual(a)
    expect(again.runs.list()).toHaveLength(1)
    expect(await count(again, 'select count(*) from color_rows')).toBe(500)
  })

  test('gives each of many at once its own number', async () => {
    const { runs } = await opened()
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, k) => runs.publish(publication({ id: `run-${k}`, rows: colors(50, k) }))),
    )
    expect(all.map(({ number }) => number).sort((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('of uploads that another run used up is refused, and leaves no file', async () => {
    const { runs } = await opened()
    await runs.publish(publication({ uploads: ['u1'] }))
    await expect(runs.publish(publication({ id: 'run-b', uploads: ['u1'] }))).rejects.toMatchObject({ code: 'UPLOADS_TAKEN' })
    expect(runs.list()).toHaveLength(1)
    expect(files()).toEqual(['run-a.parquet'])
  })

  test('with a row that cannot be converted is refused whole, naming the row', async () => {
    const { runs } = await opened()
    const rows = colors(10)
    const bad = [...rows.slice(0, 9), { ...rows[9]!, px: 'about par', bid: 'about par' }]
    const refused = await runs.publish(publication({ rows: bad })).catch(fault => fault)
    expect(refused).toMatchObject({ code: 'ROWS_UNFIT', data: { count: '1' } })
    expect(refused.message).toContain(`${rows[9]!.cusip} BID 'about par'`)
    expect(runs.list()).toEqual([])
  })

  test('keeps what rules took out apart from the output', async () => {
    const all = await opened()
    const rows = colors(20)
    const out = rows.slice(15).map(row => ({ row, rule: 'dear' }))
    await all.runs.publish(publication({ rows: rows.slice(0, 15), out, excluded: 5 }))
    expect(await all.runs.rows('run-a')).toHaveLength(15)
    expect(await count(all, 'select count(*) from colors')).toBe(15)
    expect(await count(all, `select count(*) from color_rows where excluded_by = 'dear'`)).toBe(5)
  })
})

test('a run that takes a file of invented quotes is marked as invented', async () => {
  const { runs } = await opened()
  expect(await runs.publish(publication({ id: 'a', uploads: ['u1'] }))).toMatchObject({ isDemo: false })
  expect(await runs.publish(publication({ id: 'b', uploads: ['u2', 'invented'] }))).toMatchObject({ isDemo: true })
})

describe('an output', () => {
  test('that is deleted goes from the views and comes back, also after a restart', async () => {
    const first = await opened()
    await first.runs.publish(publication())
    expect(first.runs.deleteOutput('run-a', 'ben').deleted).toMatchObject({ user: 'ben', replacedBy: null })
    await expect.poll(() => count(first, 'select count(*) from colors')).toBe(0)
    const again = await reopened()
    expect(again.runs.find('run-a')?.deleted?.user).toBe('ben')
    expect(await again.runs.rows('run-a')).toHaveLength(500)
    expect(again.runs.restoreOutput('run-a', 'ana').deleted).toBeNull()
    await expect.poll(() => count(again, 'select count(*) from colors')).toBe(500)
  })

  test('of today is put aside by the run that replaces it, in one entry with it, and can be brought back', async () => {
    const all = await opened()
    await all.runs.publish(publication({ id: 'a', rows: colors(100) }))
    await all.runs.publish(publication({ id: 'b', rows: colors(120, 2) }))
    await all.runs.publish(publication({ id: 'c', rows: colors(140, 3), replaceToday: true }))
    expect(all.runs.list().map(({ id, deleted }) => [id, deleted?.replacedBy ?? null])).toEqual([
      ['c', null],
      ['b', 'c'],
      ['a', 'c'],
    ])
    expect(await count(all, 'select count(*) from colors')).toBe(140)
    all.runs.restoreOutput('a', 'ana')
    await expect.poll(() => count(all, 'select count(*) from colors')).toBe(240)
  })

  test('shows the latest parent of a tranche across runs, and the one before once that is deleted', async () => {
    const all = await opened()
    const [row] = colors(1)
    await all.runs.publish(publication({ id: 'old', rows: [{ ...row!, bid: '98', px: '98' }] }))
    await all.runs.publish(publication({ id: 'new', rows: [{ ...row!, bid: '97', px: '97' }] }))
    const parent = async () => (await all.store.query('select run, px::double from color_parents')).columns.map(c => c[0])
    expect(await parent()).toEqual(['new', 97])
    all.runs.deleteOutput('new', 'ana')
    await expect.poll(parent).toEqual(['old', 98])
  })
})

const windowOf = (change: Partial<Parameters<RunsService['window']>[0]> = {}) => ({
  ...{ run: 'run-a', text: '', sort: null, opened: 'all' as const, offset: 0, limit: 1000 },
  ...change,
})

describe('a window of the output', () => {
  test('is the output in its order, parents alone, or with the children of some', async () => {
    const { runs } = await opened()
    const rows = colors(300)
    await runs.publish(publication({ rows }))
    const placed = placeColors(rows, 'highest')
    const all = await runs.window(windowOf())
    expect(all.rows.map(({ rowId }) => rowId)).toEqual(placed.map(one => one.row.rowId))
    const parents = await runs.window(windowOf({ opened: [] }))
    expect(parents.rows.map(({ rowId }) => rowId)).toEqual(
      placed.filter(one => one.parentRowId === null).map(one => one.row.rowId),
    )
    const big = placed.find(one => one.childrenCount > 2)!
    const some = await runs.window(windowOf({ opened: [big.row.rowId] }))
    expect(some.total).toBe(parents.total + big.childrenCount)
  })

  test('sorts by parents and keeps each group together in its order', async () => {
    const { runs } = await opened()
    const rows = colors(300)
    await runs.publish(publication({ rows }))
    const sorted = (await runs.window(windowOf({ sort: { field: 'PX', order: 'falling' } }))).rows
    const parents = sorted.filter(({ parentRowId }) => parentRowId === null).map(({ cells }) => Number(cells.PX))
    expect(parents).toEqual([...parents].sort((a, b) => b - a))
    const groups = new Map<string, string[]>()
    for (const { cells, rowId } of sorted) groups.set(cells.CUSIP!, [...(groups.get(cells.CUSIP!) ?? []), rowId])
    expect([...groups.values()].flat()).toEqual(sorted.map(({ rowId }) => rowId))
    for (const [cusip, ids] of groups)
      expect(ids).toEqual(
        placeColors(
          rows.filter(row => row.cusip === cusip),
          'highest',
        ).map(one => one.row.rowId),
      )
  })

  test('finds a text in any cell and shows the whole group', async () => {
    const { runs } = await opened()
    const rows = colors(300)
    await runs.publish(publication({ rows }))
    const wanted = rows[17]!
    const { rows: found } = await runs.window(windowOf({ text: wanted.messageId }))
    expect(found.length).toBeGreaterThan(0)
    const cusips = new Set(rows.filter(row => row.messageId === wanted.messageId).map(row => row.cusip))
    expect(found.map(({ cells }) => cells.CUSIP).every(cusip => cusips.has(cusip!))).toBe(true)
    expect(found).toHaveLength(rows.filter(row => cusips.has(row.cusip)).length)
  })
})

describe('the store', () => {
  test('that is lost is filled from the files again', async () => {
    const first = await opened()
    await first.runs.publish(publication({ id: 'a' }))
    await first.runs.publish(publication({ id: 'b', rows: colors(100, 2) }))
    first.runs.deleteOutput('a', 'ana')
    for (const each of open.splice(0)) await close(each)
    rmSync(join(folder, 'market.duckdb'))
    const again = await opened()
    await expect.poll(() => count(again, 'select count(*) from color_rows')).toBe(600)
    expect(await count(again, 'select count(*) from colors')).toBe(100)
  })

  test('names a file that was damaged, and shows the runs of the others', async () => {
    const first = await opened()
    await first.runs.publish(publication({ id: 'a' }))
    await first.runs.publish(publication({ id: 'b', rows: colors(100, 2) }))
    for (const each of open.splice(0)) await close(each)
    rmSync(join(folder, 'market.duckdb'))
    writeFileSync(join(folder, 'color', 'runs', 'a.parquet'), 'not what it was')
    const again = await opened()
    await expect.poll(() => again.runs.problems()).toEqual(['a.parquet was changed or damaged'])
    await expect.poll(() => count(again, 'select count(*) from color_rows')).toBe(100)
  })

  test('that dies during a publication costs nothing that was acknowledged', async () => {
    const all = await opened()
    await all.runs.publish(publication({ id: 'a' }))
    const { pid } = all.store.state()
    const publishing = all.runs.publish(publication({ id: 'b', rows: colors(5000, 2) })).catch(fault => fault)
    process.kill(pid!, 'SIGKILL')
    const result = await publishing
    await expect.poll(() => all.store.state().phase === 'up' && all.store.state().pid !== pid, { timeout: 10_000 }).toBe(true)
    const wanted = result instanceof Error ? 500 : 5500
    expect(all.runs.list()).toHaveLength(result instanceof Error ? 1 : 2)
    await expect.poll(() => count(all, 'select count(*) from colors').catch(() => -1), { timeout: 10_000 }).toBe(wanted)
  })
})

test('a difference names tranches that came and went, and the widest move of price first', async () => {
  const { runs } = await opened()
  const [a, b, c] = createColorGenerator({ seed: 1, rows: 224, until: '2026-11-20', days: 1 }).block(0).rows
  const at = (row: ColorRow, cusip: string, px: string) => ({ ...row, cusip, px, bid: px, ask: null })
  await runs.publish(publication({ id: 'old', rows: [at(a!, '037833100', '98'), at(b!, '594918104', '50.25')] }))
  await runs.publish(publication({ id: 'new', rows: [at(a!, '037833100', '98.5'), at(c!, '38259P508', '70')] }))
  const found = await runs.diff('new', null)
  expect(found.other?.id).toBe('old')
  expect(found).toMatchObject({ added: 1, removed: 1, changed: 1, otherPrice: 1 })
  expect(found.changes.map(({ cusip, kind, move }) => [cusip, kind, move])).toEqual([
    ['037833100', 'changed', '0.5'],
    ['38259P508', 'added', null],
    ['594918104', 'removed', null],
  ])
})

/** Another host in a process of its own, which publishes and ends itself at a step. */
function hostThatDies(step: PublishStep | 'never'): string {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  const script = `
    import { systemClock } from ${at('../../../platform/clock.ts')}
    import { openDataStore } from ${at('../../../platform/data-store.ts')}
    import { openJournal } from ${at('../../../platform/journal.ts')}
    import { silentLog as log } from ${at('../../../platform/log.ts')}
    import { readMigrations } from ${at('../../../platform/migrations.ts')}
    import { WorkerPool } from ${at('../../../platform/worker-pool.ts')}
    import { generateColors } from ${at('../../../core/color/generator.ts')}
    import { createRunsService } from ${at('./runs-service.ts')}
    import { writeSync } from 'node:fs'
    const [folder, stepToDie] = process.argv.slice(2)
    const clock = systemClock()
    const journal = openJournal({ file: folder + '/journal.sqlite', clock })
    const store = await openDataStore({ file: folder + '/market.duckdb', entry: new URL(${at('../../../platform/data-process.ts')}), log, clock,
      migrations: readMigrations(new URL(${at('../../schema/')})) })
    const atStep = step => { if (step === stepToDie) process.kill(process.pid, 'SIGKILL') }
    const runs = createRunsService({ store, journal, folder, clock, log, atStep, zone: () => 'UTC', buffer: { expectWaiting() {} },
      pool: new WorkerPool(new URL(${at('../../../workers/entry.ts')}), 1) })
    const rows = [...generateColors({ seed: 2, rows: 2000, until: '2026-11-20', days: 1 })]
    await runs.publish({ id: 'run-b', kind: 'automated', user: 'ana', rows, direction: 'highest', limits: [], received: 2000, quarantined: 0, repeats: 0,
      excluded: 0, rules: [], ignoredRules: false, uploads: ['u2'], session: null, job: null, replaceToday: true, isDemo: false })
    writeSync(1, 'acknowledged')
    process.kill(process.pid, 'SIGKILL')`
  // A file and not --eval, whose flags the thread would be started with too.
  const file = join(folder, 'dying-host.mts')
  writeFileSync(file, script)
  try {
    execFileSync(process.execPath, [file, folder, step], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (fault) {
    const { stdout, stderr, signal } = fault as { stdout: Buffer; stderr: Buffer; signal: string }
    if (signal !== 'SIGKILL') throw new Error(String(stderr))
    return String(stdout)
  }
  throw new Error('it did not die')
}

describe('kill -9 of the host during a publication', () => {
  test.each([
    ['begun', 500],
    ['placed', 500],
    ['written', 500],
    ['journalled', 2000],
    ['loaded', 2000],
    ['never', 2000],
  ] as const)('at the step %s leaves nothing of it or all of it, and no leftovers', async (step, standing) => {
    const first = await opened()
    await first.runs.publish(publication())
    for (const each of open.splice(0)) await close(each)
    expect(hostThatDies(step)).toBe(step === 'never' ? 'acknowledged' : '')
    // The data process of the dead host ends by itself and lets go of the file.
    const all = await opened()
    await expect.poll(() => all.store.state().phase, { timeout: 10_000 }).toBe('up')
    await expect.poll(() => count(all, 'select count(*) from colors').catch(() => -1), { timeout: 10_000 }).toBe(standing)
    expect(all.journal.verify()).toEqual({ ok: true })
    expect(all.runs.list().map(({ id }) => id)).toEqual(standing === 500 ? ['run-a'] : ['run-b', 'run-a'])
    expect(files().sort()).toEqual(standing === 500 ? ['run-a.parquet'] : ['run-a.parquet', 'run-b.parquet'])
    // Asked again with the same id, as whoever was not answered does: once and no more.
    const rows = colors(2000, 2)
    const again = await all.runs.publish(publication({ id: 'run-b', rows, uploads: ['u2'], replaceToday: true }))
    expect(again.number).toBe(2)
    expect(await count(all, 'select count(*) from colors')).toBe(2000)
    expect(all.journal.read({ kinds: ['color.run.published'] })).toHaveLength(2)
  })
})

test('the ids of random rows stay whole in any order', async () => {
  const { runs } = await opened()
  const rows = [...colors(200)]
  const random = createRandom(5)
  rows.sort(() => random.uniform() - 0.5)
  await runs.publish(publication({ rows }))
  expect(await runs.rows('run-a')).toEqual(keptRows(colors(200)))
})
