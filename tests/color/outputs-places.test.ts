import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseTarget, S3Target } from '../../src/contract/color-outputs.ts'
import { runReason } from '../../src/contract/schedule.ts'
import { runColumns } from '../../src/core/color/run-columns.ts'
import { USUAL_LIMITS } from '../../src/core/color/sector-limits.ts'
import { readExcluded } from '../../src/main/color/outputs/excluded-rows.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type DataStore, openDataStore } from '../../src/platform/data-store.ts'
import { silentLog } from '../../src/platform/log.ts'
import { readMigrations } from '../../src/platform/migrations.ts'
import { ANN, bid, createTrial, type Trial, USUAL_FOLDER, until } from './outputs-kit.ts'

const { zone, format, enabled, onAutomated, onManual, attachExcluded, attachDifference } = USUAL_FOLDER
const terms = { enabled, onAutomated, onManual, attachExcluded, attachDifference }
let trial: Trial
let isOpen = false
const begin = (over: Parameters<typeof createTrial>[0] = {}) => {
  trial = createTrial(over)
  isOpen = true
}
afterEach(async () => {
  if (isOpen) await trial.close()
  isOpen = false
})

interface Bucket {
  run(): Promise<{ port: number }>
  close(): Promise<void>
}

describe('a bucket', () => {
  let server: Bucket
  let folder: string
  let port: number
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contango-s3-'))
    // @ts-expect-error it brings no types
    const { default: S3rver } = (await import('s3rver')) as { default: new (options: object) => Bucket }
    const options = { port: 0, address: '127.0.0.1', silent: true, directory: folder, configureBuckets: [{ name: 'colors' }] }
    server = new S3rver(options)
    port = (await server.run()).port
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const s3 = (over: Partial<S3Target> = {}): S3Target => ({
    ...{
      kind: 's3',
      ...terms,
      format,
      zone,
      fileName: 'colors-{{number}}',
      perSector: true,
      endpoint: `http://127.0.0.1:${port}`,
    },
    ...{ region: 'us-east-1', bucket: 'colors', prefix: '/desk/out/', pathStyle: true, accessKeyId: 'S3RVER', ...over },
  })
  const open = async (target: S3Target, secret: string | null) => {
    begin()
    const id = trial.target(target)
    if (secret) await trial.outputs.setSecret(id, new (await import('../../src/platform/secret.ts')).Secret(secret), 'ann')
    return id
  }
  const tried = (id: string) => until(() => trial.delivery(id)?.attempts === 1 && trial.delivery(id))

  test('gets one file for each sector under its prefix, twice the same', async () => {
    const id = await open(s3(), 'S3RVER')
    const rows = [bid('a', '99'), bid('b', '98', { sector: 'ABS', cusip: '88160R101' })]
    const run = trial.runs.add(rows, { targets: [id] })
    const { state, receipt } = await tried(id)
    expect(state).toBe('delivered')
    expect(receipt!.places.map(({ place }) => place)).toEqual([
      's3://colors/desk/out/colors-1-ABS.csv',
      's3://colors/desk/out/colors-1-CLO 2.0.csv',
    ])
    expect(receipt!.said).toMatch(/^etag [0-9a-f]{32}, [0-9a-f]{32}$/)
    const stored = readdirSync(join(folder, 'colors', 'desk', 'out')).filter(name => name.endsWith('_object'))
    expect(stored).toHaveLength(2)
    await trial.outputs.send({ run: run.id, target: id, to: [], cc: [], bcc: [] }, ANN)
    const second = await until(() =>
      trial.outputs.view().deliveries.find(one => one.id !== `${run.id}/${id}` && one.state === 'delivered'),
    )
    expect(second.receipt!.said).toBe(receipt!.said)
    const [object] = stored.filter(name => name.includes('ABS'))
    expect(readFileSync(join(folder, 'colors', 'desk', 'out', object!), 'utf8')).toContain('88160R101')
  })

  test.each([
    ['that is not there', { bucket: 'nothere' }, 'S3RVER', /^There is no bucket nothere at http/],
    ['with another key', { accessKeyId: 'NOBODY' }, 'wrong', /refused the login of NOBODY/],
    ['without a key', {}, null, /^No password or key is kept for colors/],
  ])('%s is not asked again by itself', async (_, over, secret, words) => {
    const id = await open(s3(over), secret)
    trial.runs.add([bid('a', '99')], { targets: [id] })
    const { state, why } = await tried(id)
    expect(state).toBe('failed')
    expect(runReason(why!)).toMatch(words)
  })

  test('at a server that is down is waited for', async () => {
    const id = await open(s3({ endpoint: 'http://127.0.0.1:1' }), 'S3RVER')
    trial.runs.add([bid('a', '99')], { targets: [id] })
    const { state, why } = await tried(id)
    expect(state).toBe('waiting')
    expect(runReason(why!)).toMatch(/^http:\/\/127\.0\.0\.1:1 cannot be reached/)
  })

  test('that answers with an error of its own is tried again', async () => {
    const broken: Server = createServer((_, response) => void response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'))
    await new Promise<void>(done => broken.listen(0, '127.0.0.1', done))
    const at = (broken.address() as { port: number }).port
    const id = await open(s3({ endpoint: `http://127.0.0.1:${at}` }), 'S3RVER')
    trial.runs.add([bid('a', '99')], { targets: [id] })
    expect((await tried(id)).state).toBe('waiting')
    broken.close()
  })

  test('its test puts a small object there and takes it away', async () => {
    const id = await open(s3({ prefix: 'probe' }), 'S3RVER')
    expect((await trial.outputs.test({ id, target: s3({ prefix: 'probe' }), secret: null })).why).toBeNull()
    const left = readdirSync(join(folder, 'colors'), { recursive: true }).filter(name => String(name).includes('probe/.contango'))
    expect(left).toEqual([])
  })
})

describe('a DuckDB file', () => {
  let store: DataStore
  let workspace: string
  beforeAll(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'contango-duck-'))
    store = await openDataStore({
      ...{ file: join(workspace, 'market.duckdb'), log: silentLog, clock: systemClock() },
      migrations: readMigrations(new URL('../../src/main/schema/', import.meta.url)),
      entry: new URL('../../src/platform/data-process.ts', import.meta.url),
    })
  })
  afterAll(async () => {
    await store.close()
    rmSync(workspace, { recursive: true, force: true })
  })
  const duck = (path: string): DatabaseTarget => ({
    kind: 'database',
    ...terms,
    table: 'colors',
    place: { engine: 'duckdb', path },
  })

  test('gets the rows of a run once, however often it is delivered', async () => {
    begin({ store })
    const path = join(trial.out, 'desk.duckdb')
    const id = trial.target(duck(path))
    const rows = [
      bid('a', '99.125'),
      bid('b', '98', { date: '2026-11-19' }),
      bid('c', '1', { bid: null, px: null, cusip: '88160R101' }),
    ]
    const run = trial.runs.add(rows, { targets: [id] })
    const first = await until(() => trial.delivery(id)?.attempts === 1 && trial.delivery(id))
    expect(first).toMatchObject({ state: 'delivered', receipt: { said: '3 rows' } })
    expect(readdirSync(join(trial.folder, 'color', 'outgoing'))).toEqual([])
    await trial.outputs.send({ run: run.id, target: id, to: [], cc: [], bcc: [] }, ANN)
    await until(() => trial.outputs.view().deliveries.filter(one => one.state === 'delivered').length === 2)
    trial.runs.add(rows.slice(0, 1), { targets: [id] })
    await until(() => trial.outputs.view().deliveries.filter(one => one.state === 'delivered').length === 3)
    await store.queryFiles(`attach '${path}' as look (read_only)`)
    const sql = `select "RUN_ID", count(*)::int, count("PX")::int, max("PX")::varchar, min("DATE")::varchar, any_value("MESSAGE_ID")
      from look.colors group by 1 order by 1`
    const { columns } = await store.queryFiles(sql)
    await store.queryFiles('detach look')
    expect(columns.map(column => [...column])).toEqual([
      ['run-1', 'run-2'],
      [3, 1],
      [2, 1],
      ['99.125000000000', '99.125000000000'],
      ['2026-11-19', '2026-11-20'],
      ['90071992547409931', '90071992547409931'],
    ])
  })

  test('takes two tables at once', async () => {
    begin({ store })
    const path = join(trial.out, 'two.duckdb')
    const ids = ['one', 'two'].map(table => trial.target({ ...duck(path), table }, table))
    trial.runs.add([bid('a', '99')], { targets: ids })
    await until(() => ids.every(id => trial.delivery(id).attempts === 1))
    expect(ids.map(id => trial.delivery(id).state)).toEqual(['delivered', 'delivered'])
  })

  test('gives back the rows that rules took out of a run, as they were written', async () => {
    const out = [{ row: bid('x', '99.50', { sector: 'ABS', messageId: '90071992547409931' }), rule: 'dear' }]
    const { columns } = runColumns('run-1', [bid('a', '99')], out, { direction: 'highest', limits: USUAL_LIMITS })
    const types = Object.entries(columns).map(([name, values]) => [
      name,
      name === 'is_parent' ? 'BOOLEAN' : values instanceof Float64Array ? 'BIGINT' : 'VARCHAR',
    ])
    const segment = await store.openSegment(Object.fromEntries(types))
    await segment.append(columns)
    const file = join(workspace, 'run-1.parquet')
    await segment.finish(file, 'run, place')
    const found = await readExcluded(store, file, 'run-1')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      rule: 'dear',
      cells: { MESSAGE_ID: '90071992547409931', PX: '99.50', SECTOR: 'ABS', RANK: '3', DATE: '2026-11-20', ASK: null },
    })
    expect(await readExcluded(store, file, 'run-2')).toEqual([])
  })

  test('that is the own one of the workspace, or none at all, is refused', async () => {
    begin({ store, folder: workspace })
    const test = (path: string) => trial.outputs.test({ id: null, target: duck(path), secret: null })
    expect(runReason((await test(join(workspace, 'market.duckdb'))).why!)).toMatch(/lies in the folder of this workspace/)
    expect(runReason((await test(join(trial.out, 'no', 'desk.duckdb'))).why!)).toMatch(/^The database .* refused it/)
    expect((await test(join(trial.out, 'new.duckdb'))).why).toBeNull()
  })
})
