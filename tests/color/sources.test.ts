import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SourcePlace, SourceQuery } from '../../src/contract/color-sources.ts'
import { createSourcesService, type SourcesService } from '../../src/main/color/sources/sources-service.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type DataStore, openDataStore } from '../../src/platform/data-store.ts'
import { silentLog } from '../../src/platform/log.ts'
import { Secret } from '../../src/platform/secret.ts'
import { WorkerPool } from '../../src/platform/worker-pool.ts'
import type { Jobs } from '../../src/workers/jobs.ts'
import { openIntake, type TestIntake } from './intake-kit.ts'
import { noPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

const clock = systemClock()
const openStore = (file: string): Promise<DataStore> =>
  openDataStore({
    ...{ file, entry: new URL('../../src/platform/data-process.ts', import.meta.url), log: silentLog, clock, migrations: [] },
  })

let folder: string
let desk: TestIntake
let store: DataStore
let pool: WorkerPool<Jobs>
let sources: SourcesService
const secrets = new Map<string, Secret>()
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contango-sources-'))
  desk = openIntake(folder)
  store = await openStore(join(folder, 'market.duckdb'))
  pool = new WorkerPool<Jobs>(new URL('../../src/workers/entry.ts', import.meta.url), 1)
  secrets.clear()
  sources = createSourcesService({
    ...{ folder, config: desk.config, intake: desk.intake, pool, clock, store, openStore },
    secrets: {
      has: name => secrets.has(name),
      get: async name => secrets.get(name) ?? null,
      set: async (name, value) => void secrets.set(name, value),
    },
  })
})
afterEach(async () => {
  await store.close()
  await pool.close()
  await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Quotes as a table of SQL, with the types that databases have: ids beyond doubles, decimals, days. */
const TABLE = `create table quotes as
  select cast(90071992547409931 + n as bigint) as message_id, 'SHELF ' || n as ticker, 'ABS' as sector, '037833100' as cusip,
    cast('2026-11-20' as date) as "date", cast(98.75 as decimal(12, 4)) + n as price_level, cast(98.75 as decimal(12, 4)) + n as px,
    '=DEALER' as source, 'BID' as bias, cast(null as varchar) as security_name
  from (values (0), (1), (2)) as v(n)`
const queryOf = (
  place: SourcePlace,
  sql = 'select * from quotes order by message_id;',
  more: Partial<SourceQuery> = {},
): SourceQuery => ({
  ...{ place, assetClass: 'CLO', sql, rowCap: 1000, seconds: 20, enabled: true, ...more },
})
const draftOf = (source: SourceQuery, secret: string | null = null) => ({ id: null, source, secret })
const workspace = { engine: 'workspace' } as const

/** What every place has to hold, given a table of quotes there. */
async function expectQuotes(place: SourcePlace, password: string | null): Promise<void> {
  const saved = sources.save({ id: null, name: 'Dealers', revision: 0, source: queryOf(place) }, 'ann')
  if (password !== null) await sources.setSecret(saved.id, new Secret(password), 'ann')
  expect(sources.list()).toMatchObject([{ name: 'Dealers', hasSecret: true }])
  expect((await sources.test({ id: saved.id, source: saved.source, secret: null })).columns.slice(0, 3)).toEqual([
    'message_id',
    'ticker',
    'sector',
  ])
  const preview = await sources.preview({ id: saved.id, source: saved.source, secret: null })
  expect(preview.missing).toEqual([])
  expect(preview.columns[0]).toEqual({ name: 'message_id', column: 'MESSAGE_ID' })
  expect(preview.rows).toHaveLength(3)
  expect(preview.rows[0]!.slice(0, 5)).toEqual(['90071992547409931', 'SHELF 0', 'ABS', '037833100', '2026-11-20'])
  const upload = await sources.fetch(saved.id, 'ann')
  expect(upload).toMatchObject({ name: 'Dealers', from: 'sql', counts: { read: 3, accepted: 3, quarantined: 0 } })
  const { rows } = await desk.intake.rows(upload.id, 0, 10)
  expect(rows.map(({ row }) => [row.messageId, row.date, Number(row.px), row.source, row.securityName])).toEqual([
    ['90071992547409931', '2026-11-20', 98.75, '=DEALER', null],
    ['90071992547409932', '2026-11-20', 99.75, '=DEALER', null],
    ['90071992547409933', '2026-11-20', 100.75, '=DEALER', null],
  ])
  const [fetcher] = sources.fetchers()
  const fetched = await fetcher!.fetch(new AbortController().signal)
  expect(fetched).toMatchObject({ read: 3, quarantined: 0, repeats: 0 })
  expect(fetched.rows.map(({ messageId }) => messageId)).toEqual(rows.map(({ row }) => row.messageId))
}

async function duckFile(name = 'desk.duckdb', sql = TABLE): Promise<string> {
  const file = join(folder, name)
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
  return file
}

describe('a query of the workspace and of a file of DuckDB', () => {
  test('gives its rows to the buffer, and to a run', async () => {
    await store.transact([{ sql: TABLE, params: [] }])
    await expectQuotes(workspace, null)
  })

  test('reads a copy of the file, which stays as it was, and leaves nothing behind', async () => {
    const path = await duckFile()
    const before = readFileSync(path)
    await expectQuotes({ engine: 'duckdb', path }, null)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(join(folder, 'color', 'asked'))).toEqual([])
  })

  test('reads a file that another program has open', async () => {
    const path = join(folder, 'busy.duckdb')
    const instance = await DuckDBInstance.create(path)
    const connection = await instance.connect()
    await connection.run(TABLE)
    const { rows } = await sources.preview(draftOf(queryOf({ engine: 'duckdb', path })))
    expect(rows).toHaveLength(3)
    connection.closeSync()
    instance.closeSync()
  })

  test.each([
    ['drop table quotes', /refused the query/],
    ['select 1) as a; drop table quotes; select (2', /refused the query/],
    ['delete from quotes returning *', /refused the query/],
    ["select * from read_csv('/etc/passwd')", /refused the query/],
    ['select * from nowhere', /refused the query: .*nowhere/],
  ])('%s is refused, and nothing is changed', async (sql, words) => {
    await store.transact([{ sql: TABLE, params: [] }])
    await expect(sources.preview(draftOf(queryOf(workspace, sql)))).rejects.toThrow(words)
    expect((await store.query('select count(*)::integer from quotes')).columns[0]![0]).toBe(3)
  })

  test('a comment at its end, and semicolons, are no part of it', async () => {
    await store.transact([{ sql: TABLE, params: [] }])
    expect((await sources.preview(draftOf(queryOf(workspace, 'select * from quotes -- all ;\n;; ')))).rows).toHaveLength(3)
  })

  test('what is no database is refused, and so is a path that is none', async () => {
    const path = join(folder, 'text.duckdb')
    writeFileSync(path, 'no database at all, only some text'.repeat(1000))
    const preview = (place: SourcePlace) => sources.preview(draftOf(queryOf(place)))
    await expect(preview({ engine: 'duckdb', path })).rejects.toThrow(/no database that can be opened/)
    await expect(preview({ engine: 'duckdb', path: join(folder, 'gone.duckdb') })).rejects.toThrow('there is no such file')
    await expect(preview({ engine: 'duckdb', path: 'here.duckdb' })).rejects.toThrow('not a whole one')
  })

  test('more rows than allowed are refused, and not cut; none are said to be none', async () => {
    await store.transact([{ sql: TABLE, params: [] }])
    const saved = (sql: string, rowCap: number) =>
      sources.save({ id: null, name: `${sql}${rowCap}`, revision: 0, source: queryOf(workspace, sql, { rowCap }) }, 'ann').id
    await expect(sources.fetch(saved('from quotes', 2), 'ann')).rejects.toThrow('gives more than 2 rows')
    await expect(sources.fetch(saved('select * from quotes where false', 2), 'ann')).rejects.toThrow('gave no rows')
    expect(desk.intake.uploads()).toEqual([])
    expect((await sources.fetch(saved('from quotes', 3), 'ann')).counts.accepted).toBe(3)
  })

  test('columns that are missing are named, before and when its rows are taken', async () => {
    await store.transact([{ sql: TABLE, params: [] }])
    const source = queryOf(workspace, 'select message_id, ticker, cusip, "date" from quotes')
    expect((await sources.preview(draftOf(source))).missing).toEqual(['SECTOR', 'PRICE_LEVEL', 'PX', 'SOURCE', 'BIAS'])
    const { id } = sources.save({ id: null, name: 'Bare', revision: 0, source }, 'ann')
    await expect(sources.fetch(id, 'ann')).rejects.toThrow('it has no column SECTOR, PRICE_LEVEL, PX, SOURCE, BIAS')
    await expect(sources.fetchers()[0]!.fetch(new AbortController().signal)).rejects.toThrow('it has no column SECTOR')
  })

  test('rows go through the checks of every file', async () => {
    await store.transact([{ sql: TABLE, params: [] }])
    const sql = "select * replace (case when ticker = 'SHELF 1' then null else sector end as sector) from quotes"
    const { id } = sources.save({ id: null, name: 'Odd', revision: 0, source: queryOf(workspace, sql) }, 'ann')
    expect((await sources.fetch(id, 'ann')).counts).toMatchObject({ read: 3, accepted: 2, quarantined: 1 })
    expect(await sources.fetchers()[0]!.fetch(new AbortController().signal)).toMatchObject({ read: 3, quarantined: 1 })
  })

  test('one that takes too long is ended and said to be slow', async () => {
    const source = queryOf(workspace, 'select count(*) as n from range(100000) a, range(100000) b where a.range + b.range = 7', {
      seconds: 1,
    })
    await expect(sources.test(draftOf(source))).rejects.toThrow('did not answer within 1 s')
  })
})

describe.skipIf(noPostgres !== null)(`a query of PostgreSQL (skipped where ${noPostgres ?? 'no server can be started'})`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    const client = await server.connect()
    await client.query(TABLE)
    await client.query(
      'create function strike() returns integer language plpgsql as $$ begin delete from quotes; return 1; end $$',
    )
    await client.end()
  }, 60_000)
  afterAll(() => server.end())

  const place = (over: Partial<Extract<SourcePlace, { engine: 'postgres' }>> = {}): SourcePlace => ({
    ...{
      engine: 'postgres',
      host: '127.0.0.1',
      port: server.port,
      user: 'desk',
      database: 'postgres',
      encryption: 'none',
      ...over,
    },
  })
  const asked = (sql: string, more: Partial<SourceQuery> = {}) =>
    sources.preview(draftOf(queryOf(place(), sql, more), server.password))

  test('gives its rows to the buffer, and to a run', () => expectQuotes(place(), server.password))

  test.each([
    ['drop table quotes'],
    ['select 1) as a; drop table quotes; select (2'],
    ['delete from quotes returning *'],
    ['with gone as (delete from quotes returning *) select * from gone'],
    ['select strike()'],
    ["copy quotes to program 'true'"],
    ['set transaction read write'],
    ['commit'],
    ['select * from nowhere'],
  ])('%s is refused, and nothing is changed', async sql => {
    await expect(asked(sql)).rejects.toThrow(/refused the query/)
    const client = await server.connect()
    expect((await client.query('select count(*)::int as n from quotes')).rows).toEqual([{ n: 3 }])
    await client.end()
  })

  test('more rows than a call brings come all, and more than allowed are refused', async () => {
    const many = (n: number) =>
      `select 90071992547409931 + n as message_id, 'X' as ticker, 'ABS' as sector, '037833100' as cusip, date '2026-11-20' as date, 1 as price_level, n as px, 'A' as source, 'BID' as bias from generate_series(1, ${n}) n`
    const { id } = sources.save(
      { id: null, name: 'Many', revision: 0, source: queryOf(place(), many(12_000), { rowCap: 12_000 }) },
      'ann',
    )
    await sources.setSecret(id, new Secret(server.password), 'ann')
    expect((await sources.fetch(id, 'ann')).counts.read).toBe(12_000)
    const [saved] = sources.list()
    sources.save({ ...saved!, source: queryOf(place(), many(12_001), { rowCap: 12_000 }) }, 'ann')
    await expect(sources.fetch(id, 'ann')).rejects.toThrow('gives more than 12000 rows')
  })

  test('a wrong password, no password, nobody who listens and no encryption are said', async () => {
    const query = queryOf(place())
    await expect(sources.test(draftOf(query, 'wrong'))).rejects.toThrow('refused the login of desk')
    await expect(sources.test(draftOf(query))).rejects.toThrow('No password is kept for 127.0.0.1')
    await expect(sources.test(draftOf(queryOf(place({ port: 1 })), 'x'))).rejects.toThrow('cannot be reached (ECONNREFUSED)')
    await expect(sources.test(draftOf(queryOf(place({ encryption: 'verified' })), server.password))).rejects.toThrow(
      'offers no encryption',
    )
  })

  test('one that takes too long is ended there, and one that is given up ends at once', async () => {
    await expect(asked('select pg_sleep(30)', { seconds: 1 })).rejects.toThrow('did not answer within 1 s')
    const stop = new AbortController()
    const waiting = sources.preview(draftOf(queryOf(place(), 'select pg_sleep(30)'), server.password), stop.signal)
    setTimeout(() => stop.abort(), 300)
    const from = performance.now()
    await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
    expect(performance.now() - from).toBeLessThan(3000)
  })
})

describe('a query of Oracle, without a server', () => {
  let deaf: Server
  const sockets = new Set<Socket>()
  let port: number
  beforeAll(async () => {
    deaf = createServer(socket => {
      sockets.add(socket.on('error', () => undefined))
      socket.end('this is no Oracle')
    })
    await new Promise<void>(done => deaf.listen(0, '127.0.0.1', done))
    port = (deaf.address() as { port: number }).port
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(done => deaf.close(done))
  })
  const place = (at: number): SourcePlace => ({
    ...{ engine: 'oracle', host: '127.0.0.1', port: at, user: 'desk', service: 'DESK', encryption: 'none' },
  })

  test('asks for a password, says who does not answer and what is no Oracle', async () => {
    await expect(sources.test(draftOf(queryOf(place(1))))).rejects.toThrow('No password is kept')
    await expect(sources.test(draftOf(queryOf(place(1)), 'x'))).rejects.toMatchObject({ code: 'COLOR_SOURCE_UNREACHABLE' })
    await expect(sources.test(draftOf(queryOf(place(port), undefined, { seconds: 3 }), 'x'))).rejects.toMatchObject({
      code: expect.stringMatching(/^COLOR_SOURCE_(UNREACHABLE|REFUSED|SLOW)$/),
    })
  })
})
