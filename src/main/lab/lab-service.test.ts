import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../platform/data-store.ts'
import { silentLog } from '../../platform/log.ts'
import { readMigrations } from '../../platform/migrations.ts'
import { createLabService, type LabService } from './lab-service.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
let folder: string
let store: DataStore
let lab: LabService
let next = 0
const run = (sql: string, limit = 100) => lab.run({ query: `q${next++}`, sql, limit })
const failing = (code: string) => expect.objectContaining({ code })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contango-lab-'))
  store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('../../platform/data-process.ts', import.meta.url),
    log: silentLog,
    clock,
    migrations: readMigrations(new URL('../schema/', import.meta.url)),
    memory: '512MB',
  })
  lab = createLabService({ store, clock, log: silentLog, folder })
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

test('every type comes out exact or as text, never bent', async () => {
  const { columns, rows } = await run(`select 9007199254740993::bigint as big, 42::bigint as small, 1.10::decimal(9,2) as dec,
    'nan'::double as nan, 'inf'::double as inf, 0.1 + 0.2::double as sum, null::double as none, true as yes, 'ñ' as word,
    timestamp '2020-04-20 18:30:00.25' as at, timestamptz '2020-04-20 18:30:00+02' as zoned, date '2020-04-20' as day,
    [1, 2] as list, {'a': 1} as struct, '\\xAB'::blob as blob`)
  expect(Object.fromEntries(columns.map(({ name }, k) => [name, rows[0]?.[k]]))).toEqual({
    big: '9007199254740993',
    small: 42,
    dec: '1.10',
    nan: 'NaN',
    inf: 'Infinity',
    sum: 0.30000000000000004,
    none: null,
    yes: true,
    word: 'ñ',
    at: '2020-04-20T18:30:00.25Z',
    zoned: '2020-04-20T16:30:00Z',
    day: '2020-04-20',
    list: '[1,2]',
    struct: '{"a":1}',
    blob: '\\xAB',
  })
  expect(columns.find(one => one.name === 'at')?.type).toBe('TIMESTAMP')
})

test('order, comments, a semicolon and repeated names survive', async () => {
  expect((await run('-- newest first\nselect i from range(5) t(i) order by i desc; -- done')).rows.flat()).toEqual([
    4, 3, 2, 1, 0,
  ])
  expect((await run('select 1 as a, 2 as a')).rows).toEqual([[1, 2]])
  expect((await run('with t as (from range(3)) from t')).rows).toHaveLength(3)
})

test('more rows than asked for are said to exist', async () => {
  expect(await run('from range(1000)', 10)).toMatchObject({ truncated: true, rows: { length: 10 } })
  expect(await run('from range(10)', 10)).toMatchObject({ truncated: false })
})

test('statements that are no SELECT still answer', async () => {
  expect((await run('describe series')).rows.map(row => row[0])).toEqual([
    'name',
    'time',
    'open',
    'high',
    'low',
    'close',
    'volume',
    'value',
    'quality',
  ])
  expect((await run('explain select 1')).rows.length).toBeGreaterThan(0)
  expect((await run('summarize select 1 as x')).rows[0]?.[0]).toBe('x')
})

test('writing, files and nonsense are refused with the reason and the line', async () => {
  await expect(run('drop view series')).rejects.toEqual(failing('QUERY_NOT_READ_ONLY'))
  await expect(run("select * from read_csv('/etc/passwd')")).rejects.toEqual(failing('QUERY_FAILED'))
  await expect(run('select 1; select 2')).rejects.toEqual(failing('QUERY_FAILED'))
  await expect(run('select 1,\n  nothing')).rejects.toMatchObject({
    code: 'QUERY_FAILED',
    data: { line: 2, reason: expect.stringContaining('nothing') },
  })
})

test('a running statement is cancelled by its name', async () => {
  const long = lab.run({ query: 'long', sql: 'select count(*) from range(100000000000)', limit: 1 })
  setTimeout(() => expect(lab.cancel('long')).toEqual({ cancelled: true }), 100)
  await expect(long).rejects.toEqual(failing('QUERY_CANCELLED'))
  expect(lab.cancel('long')).toEqual({ cancelled: false })
})

test('the history keeps what was asked and how it ended, over a restart and a torn line', async () => {
  await run('select 77 as x')
  await run('select nonsense').catch(() => {})
  appendFileSync(join(folder, 'lab-history.jsonl'), '{"at":1,"sq')
  const [failed, good] = createLabService({ store, clock, log: silentLog, folder }).history()
  expect(failed).toMatchObject({ sql: 'select nonsense', rows: 0, failed: expect.stringContaining('nonsense') })
  expect(good).toMatchObject({ sql: 'select 77 as x', rows: 1, failed: null })
})

test('tables and views are listed with their columns and counts', async () => {
  const tables = await lab.tables()
  expect(tables.find(one => one.name === 'series')).toMatchObject({
    kind: 'view',
    rows: null,
    comment: expect.stringContaining('stored series'),
  })
  expect(tables.find(one => one.name === 'bars')).toMatchObject({
    kind: 'table',
    rows: 0,
    columns: expect.arrayContaining([{ name: 'close', type: 'DOUBLE' }]),
  })
})

test('an export is the whole result in chunks whose hash the last one carries', async () => {
  const parts: Buffer[] = []
  let sha256: string | null = null
  for await (const chunk of lab.export({ query: 'e', sql: 'select i, i * 2 as two from range(100000) t(i);', format: 'csv' })) {
    parts.push(Buffer.from(chunk.base64, 'base64'))
    expect(chunk.rows).toBe(100_000)
    if (chunk.done) sha256 = chunk.sha256
  }
  const whole = Buffer.concat(parts)
  expect(sha256).toBe(createHash('sha256').update(whole).digest('hex'))
  expect(whole.toString().split('\n').slice(0, 2)).toEqual(['i,two', '0,0'])
  expect(parts.length).toBeGreaterThan(2)
  expect(readdirSync(join(folder, 'uploads'))).toEqual([])
})

test('an export that would write is refused', async () => {
  await expect(lab.export({ query: 'e', sql: 'delete from bars', format: 'csv' }).next()).rejects.toEqual(
    failing('QUERY_NOT_READ_ONLY'),
  )
})
