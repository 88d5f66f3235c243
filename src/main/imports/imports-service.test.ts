import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ImportReport } from '../../contract/imports.ts'
import { createBus } from '../../platform/bus.ts'
import { systemClock } from '../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../platform/data-store.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog } from '../../platform/log.ts'
import { readMigrations } from '../../platform/migrations.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { createLabService } from '../lab/lab-service.ts'
import { createSeriesService, type SeriesService } from '../market/series-service.ts'
import { createJobs, type JobsService } from '../system/jobs-service.ts'
import type { Topics } from '../topics.ts'
import type { StartImport } from './imports-parts.ts'
import { createImportsService, type ImportsService } from './imports-service.ts'

// Each test opens both stores and starts threads, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
const RECORDED = process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../../shared/data')
const isRecorded = existsSync(join(RECORDED, 'prices', 'wti-daily.csv'))
if (!isRecorded)
  console.log(`no recorded prices at ${RECORDED}: the import of them is skipped; CONTANGO_RECORDED names the folder`)

let folder: string
let store: DataStore
let journal: Journal
let pool: WorkerPool<Jobs>
let jobs: JobsService
let series: SeriesService
let imports: ImportsService

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contango-import-'))
  const log = silentLog
  const bus = createBus<Topics>({ onFault: () => {} })
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  pool = new WorkerPool<Jobs>(new URL('../../workers/entry.ts', import.meta.url), 2)
  jobs = createJobs({ clock, bus, log })
  store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('../../platform/data-process.ts', import.meta.url),
    log,
    clock,
    migrations: readMigrations(new URL('../schema/', import.meta.url)),
    memory: '512MB',
  })
  series = await createSeriesService({ store, journal, folder, clock, log, bus })
  imports = createImportsService({ folder, clock, log, pool, jobs, series, store })
})
afterEach(async () => {
  await jobs.close()
  await series.close()
  await store.close()
  await pool.close()
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function take(path: string, options: Partial<StartImport> = {}): Promise<ImportReport> {
  const preview = await imports.open(path)
  const request = {
    upload: preview.upload,
    series: preview.suggestedName,
    mapping: preview.mapping,
    dryRun: false,
    replace: false,
    ...options,
  }
  return imports.report((await imports.start(request, 'local')).job)
}

async function count(name: string): Promise<number> {
  const { columns } = await store.query('select count(*) as n from series where name = ?', { params: [name] })
  return Number(columns[0]?.[0])
}

const failing = (code: string, data?: object) =>
  expect.objectContaining({ code, ...(data ? { data: expect.objectContaining(data) } : {}) })

test('a dry run says what would be refused and stores nothing', async () => {
  const path = write('gas-daily.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,\n2020-01-06,3\n')
  expect(await take(path, { dryRun: true })).toMatchObject({
    series: 'gas',
    read: 3,
    accepted: 2,
    refused: 1,
    dryRun: true,
    byRule: { 'missing-price': 1 },
  })
  expect(series.find('gas')).toBeNull()
  expect(await take(path)).toMatchObject({ accepted: 2, dryRun: false })
  expect(await count('gas')).toBe(2)
  expect(series.find('gas')).toMatchObject({ kind: 'values', timeframe: '1d', rows: 2, refused: 1, source: 'file' })
})

test('an existing series is replaced only on purpose, and the same bytes are known again', async () => {
  const path = write('gas.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,2\n')
  await take(path)
  expect((await imports.open(path)).sameAs).toBe('gas')
  await expect(take(path)).rejects.toEqual(failing('SERIES_EXISTS', { series: 'gas', rows: 2 }))
  const longer = write('longer.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,2\n2020-01-06,3\n')
  expect((await imports.open(longer)).sameAs).toBeNull()
  await take(longer, { series: 'gas', replace: true })
  expect(await count('gas')).toBe(3)
})

test('a file sent in pieces is the file, also when a piece comes twice or too early', async () => {
  const content = Buffer.from(
    `Date,Price\n${Array.from({ length: 300 }, (_, k) => `${1990 + (k % 30)}-01-${String(1 + Math.floor(k / 30)).padStart(2, '0')},${k}\n`).join('')}`,
  )
  const { upload } = await imports.begin('sent.csv', content.length)
  const piece = (from: number, to: number) => imports.piece(upload, from, content.subarray(from, to).toString('base64'))
  await expect(imports.preview(upload)).rejects.toEqual(failing('FILE_UNREADABLE'))
  expect(await piece(0, 1000)).toEqual({ received: 1000 })
  expect(await piece(2000, 3000)).toEqual({ received: 1000 })
  expect(await piece(0, 1000)).toEqual({ received: 1000 })
  expect(await piece(1000, content.length)).toEqual({ received: content.length })
  const preview = await imports.preview(upload)
  expect(preview).toMatchObject({ file: 'sent.csv', bytes: content.length, suggestedName: 'sent' })
  const { job } = await imports.start(
    { upload, series: 'sent', mapping: preview.mapping, dryRun: false, replace: false },
    'local',
  )
  const { accepted, sha256 } = await imports.report(job)
  expect(accepted).toBe(300)
  expect(readFileSync(join(folder, 'raw', `${sha256}.csv`)).equals(content)).toBe(true)
})

test('Parquet comes in through the same rules, with rows counted from 1', async () => {
  const path = join(folder, 'p.parquet')
  await store.copyFiles(
    "select timestamp '2020-01-02 00:00:00' + interval (i) day as time, case when i = 2 then null else i * 1.5 end as price, [i] as nested from range(5) t(i)",
    path,
    'parquet',
  )
  const preview = await imports.open(path)
  expect(preview.mapping).toMatchObject({
    format: 'parquet',
    kind: 'values',
    timeframe: '1d',
    columns: [
      { name: 'time', role: 'time' },
      { name: 'price', role: 'value' },
    ],
  })
  const report = await take(path)
  expect(report).toMatchObject({
    read: 5,
    accepted: 4,
    refused: 1,
    problems: [
      { line: 3, rule: 'missing-price' },
      { line: 1, rule: 'non-positive' },
    ].sort((a, b) => a.line - b.line),
  })
  expect(await count('p')).toBe(4)
})

/** The list of problems as a reader receives it, checked against its hash. */
async function problemsOf(job: string): Promise<{ text: string; rows: number }> {
  const hash = createHash('sha256')
  const parts: Buffer[] = []
  let rows = 0
  let sha256: string | null = null
  for await (const piece of await imports.problems(job)) {
    const bytes = Buffer.from(piece.base64, 'base64')
    hash.update(bytes)
    parts.push(bytes)
    rows = piece.rows
    if (piece.done) sha256 = piece.sha256
  }
  expect(sha256).toBe(hash.digest('hex'))
  return { text: Buffer.concat(parts).toString(), rows }
}

async function started(path: string, dryRun: boolean): Promise<string> {
  const { upload, suggestedName, mapping } = await imports.open(path)
  return (await imports.start({ upload, series: suggestedName, mapping, dryRun, replace: true }, 'local')).job
}

test('all problems of an import can be had, not only those in its report, and each run keeps its own', async () => {
  const day = (k: number) => new Date(Date.UTC(2000, 0, 1 + k)).toISOString().slice(0, 10)
  const lines = Array.from({ length: 3000 }, (_, k) => `${day(k)},${k % 6 === 0 ? k + 1 : ''}`)
  const many = write('many.csv', `Date,Price\n${lines.join('\n')}\n`)
  const first = await started(many, true)
  const report = await imports.report(first)
  const total = Object.values(report.byRule).reduce((sum, one) => sum + one, 0)
  expect(report.problems).toHaveLength(1000)
  expect(total).toBeGreaterThanOrEqual(2500)
  const all = await problemsOf(first)
  expect(all.rows).toBe(total)
  expect(all.text.trimEnd().split('\r\n')).toHaveLength(total + 1)
  expect(all.text.startsWith('line,column,rule,outcome,reason,text\r\n')).toBe(true)
  const again = await started(many, false)
  await imports.report(again)
  expect((await problemsOf(first)).text).toBe(all.text)
  await expect(imports.problems('no-such-job')).rejects.toEqual(failing('JOB_UNKNOWN'))
})

test('a short list of problems is the same table, harmless in a spreadsheet', async () => {
  const few = write('few.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,"=1+1,""b"""\n2020-01-06,3\n')
  const { text, rows } = await problemsOf(await started(few, true))
  expect(rows).toBe(1)
  const [, line] = text.split('\r\n')
  expect(line).toMatch(/^3,Price,[a-z-]+,refused,/)
  expect(line).toContain(`"'=1+1,""b"""`)
  const clean = write('clean.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,2\n')
  expect(await problemsOf(await started(clean, true))).toEqual({ text: 'line,column,rule,outcome,reason,text\r\n', rows: 0 })
})

test('a series counts as flagged what its import flagged, also where no quality bit stands for it', async () => {
  const path = write('late.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,-2\n2035-01-04,3\n2035-01-05,4\n')
  const report = await take(path)
  expect(report).toMatchObject({ accepted: 4, flagged: 3 })
  expect(series.find('late')).toMatchObject({ flagged: 3, refused: 0 })
  const { columns } = await store.query("select flagged from series_info where name = 'late'")
  expect(Number(columns[0]![0])).toBe(3)
})

test('what cannot be read is said in a sentence', async () => {
  mkdirSync(join(folder, 'directory.csv'))
  await expect(imports.open(join(folder, 'missing.csv'))).rejects.toEqual(
    failing('FILE_UNREADABLE', { reason: 'there is no such file' }),
  )
  await expect(imports.open(join(folder, 'directory.csv'))).rejects.toEqual(
    failing('FILE_UNREADABLE', { reason: 'it is a folder' }),
  )
  await expect(imports.open(write('empty.csv', ''))).rejects.toEqual(failing('FILE_EMPTY', { file: 'empty.csv' }))
  await expect(imports.open(write('names.csv', 'Date,Price\n'))).rejects.toEqual(failing('FILE_EMPTY'))
  await expect(imports.open(write('zip.csv', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0])))).rejects.toEqual(
    failing('FILE_UNREADABLE'),
  )
  await expect(imports.open(write('torn.parquet', 'PAR1 and nothing more'))).rejects.toEqual(failing('FILE_UNREADABLE'))
  await expect(imports.preview('nobody')).rejects.toEqual(failing('UPLOAD_UNKNOWN'))
  await expect(imports.report('nothing')).rejects.toEqual(failing('JOB_UNKNOWN'))
  if (process.getuid?.() !== 0) {
    const secret = write('secret.csv', 'Date,Price\n2020-01-02,1\n')
    chmodSync(secret, 0)
    await expect(imports.open(secret)).rejects.toEqual(
      failing('FILE_UNREADABLE', { reason: 'you have no permission to read it' }),
    )
  }
})

test('a mapping that makes no rows is refused before anything is read', async () => {
  const preview = await imports.open(write('x.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,2\n'))
  const start = (mapping: object) =>
    imports.start(
      { upload: preview.upload, series: 'x', mapping: { ...preview.mapping, ...mapping }, dryRun: true, replace: false },
      'local',
    )
  await expect(start({ kind: 'bars' })).rejects.toEqual(
    failing('MAPPING_INVALID', { reason: expect.stringContaining('no column is the open') }),
  )
  await expect(start({ timeZone: 'Mars/Olympus' })).rejects.toEqual(failing('MAPPING_INVALID'))
  await expect(start({ columns: [{ name: 'Date', role: 'skip' }] })).rejects.toEqual(failing('MAPPING_INVALID'))
})

test('a file of which no row is good stores nothing and says why', async () => {
  const preview = await imports.open(write('bad.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,2\n'))
  write('bad.csv', 'Date,Price\n2020-01-02,one\n2020-01-03,two\n')
  const { job } = await imports.start(
    { upload: preview.upload, series: 'bad', mapping: preview.mapping, dryRun: false, replace: false },
    'local',
  )
  expect(await imports.report(job)).toMatchObject({ accepted: 0, refused: 2 })
  expect(series.find('bad')).toBeNull()
})

test('a cancelled import leaves no series and nothing in the folder of uploads', async () => {
  const lines = Array.from({ length: 400_000 }, (_, k) => `${1_500_000_000 + k * 60},${k}\n`)
  const preview = await imports.open(write('long.csv', `timestamp,value\n${lines.join('')}`))
  const { job } = await imports.start(
    { upload: preview.upload, series: 'long', mapping: preview.mapping, dryRun: false, replace: false },
    'local',
  )
  setTimeout(() => jobs.cancel(job), 150)
  await expect(imports.report(job)).rejects.toEqual(failing('QUERY_CANCELLED'))
  expect(jobs.list()[0]).toMatchObject({ phase: 'cancelled' })
  expect(series.find('long')).toBeNull()
})

describe.skipIf(!isRecorded)('the recorded prices', () => {
  test('WTI becomes a series of 10,226 rows that SQL can count', async () => {
    const report = await take(join(RECORDED, 'prices', 'wti-daily.csv'))
    expect(report).toMatchObject({ series: 'wti', read: 10226, accepted: 10226, refused: 0, flagged: 1, problemsFile: null })
    const lab = createLabService({ store, clock, log: silentLog, folder })
    const answer = await lab.run({
      query: 'q',
      sql: "select count(*) as n, min(value) as low from series where name = 'wti'",
      limit: 10,
    })
    expect(answer.rows).toEqual([[10226, -36.98]])
  })
})
