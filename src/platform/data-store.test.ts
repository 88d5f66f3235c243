import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import {
  type DataStore,
  type DataStoreOptions,
  openDataStore,
  QueryCancelled,
  QueryNotReadOnly,
  QueryRefused,
  StoreUnavailable,
} from './data-store.ts'
import { DiskFull } from './journal.ts'
import { silentLog } from './log.ts'
import { checksumOf } from './migrations.ts'

const clock = systemClock()
const step = (number: number, sql: string) => ({
  number,
  name: `${String(number).padStart(4, '0')}-test.sql`,
  sql,
  sha256: checksumOf(sql),
})
const FIRST = step(10, 'create table t (name varchar, time timestamp, x double, n integer, b boolean);')

let folder = ''
const open: DataStore[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-store-'))
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function opened(options: Partial<DataStoreOptions> = {}): Promise<DataStore> {
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('./data-process.ts', import.meta.url),
    log: silentLog,
    clock,
    migrations: [FIRST],
    memory: '512MB',
    ...options,
  })
  open.push(store)
  return store
}

async function until(is: () => boolean, seconds = 5): Promise<number> {
  const start = performance.now()
  while (!is()) {
    if (performance.now() - start > seconds * 1000) throw new Error(`not within ${seconds} s`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  return (performance.now() - start) / 1000
}

const rows = (from: number, count: number) => ({
  name: Array.from({ length: count }, (_, k) => `row ${from + k}`),
  time: Float64Array.from({ length: count }, (_, k) => 1_600_000_000_000_001 + (from + k) * 1e6),
  x: Float64Array.from({ length: count }, (_, k) => (k % 7 === 3 ? Number.NaN : (from + k) / 8)),
  n: Float64Array.from({ length: count }, (_, k) => from + k),
})

const countOf = async (store: DataStore, table = 't') => (await store.query(`select count(*) from ${table}`)).columns[0]![0]

describe('columns', () => {
  test('come back as they were appended, over several chunks', async () => {
    const store = await opened()
    const sent = rows(0, 5000)
    await store.append('t', sent)
    const table = await store.query('select name, time, x, n, b from t order by n')
    expect(table).toMatchObject({ names: ['name', 'time', 'x', 'n', 'b'], rows: 5000, truncated: false })
    expect(table.types).toEqual(['VARCHAR', 'TIMESTAMP', 'DOUBLE', 'INTEGER', 'BOOLEAN'])
    expect(table.columns[0]).toEqual(sent.name)
    expect(table.columns[1]).toEqual(sent.time)
    expect(table.columns[2]).toEqual(sent.x)
    expect(table.columns[3]).toEqual(sent.n)
    expect(table.columns[4]).toEqual(new Array(5000).fill(null))
  })

  test.each([
    ['-9007199254740991::bigint', 'BIGINT', Float64Array.of(-9007199254740991)],
    ['12345678901::ubigint', 'UBIGINT', Float64Array.of(12345678901)],
    ['sum(n) from (select unnest([1,2,3]) as n)', 'HUGEINT', Float64Array.of(6)],
    ['12.50::decimal(18,2)', 'DECIMAL(18,2)', Float64Array.of(12.5)],
    ['null::double', 'DOUBLE', Float64Array.of(Number.NaN)],
    ["timestamp '1969-12-31 23:59:59.5'", 'TIMESTAMP', Float64Array.of(-500_000)],
    ["date '2020-02-29'", 'DATE', Float64Array.of(Date.UTC(2020, 1, 29) * 1000)],
    [
      "timestamptz '2020-01-01 00:00:00+02'",
      'TIMESTAMP WITH TIME ZONE',
      Float64Array.of((Date.UTC(2020, 0, 1) - 7_200_000) * 1000),
    ],
    ["timestamp_s '2020-01-01'", 'TIMESTAMP_S', Float64Array.of(Date.UTC(2020, 0, 1) * 1000)],
    ['true', 'BOOLEAN', [true]],
    ['[1, 2]', 'INTEGER[]', ['[1, 2]']],
    ["'é€😀'", 'VARCHAR', ['é€😀']],
    ["interval '3 hours'", 'INTERVAL', ['03:00:00']],
  ])('%s is read as it is', async (sql, type, column) => {
    const store = await opened()
    const table = await store.query(`select ${sql}`)
    expect(table.types).toEqual([type])
    expect(table.columns[0]).toEqual(column)
  })

  test('are cut at the limit, and it is said so', async () => {
    const store = await opened()
    const table = await store.query('from range(5000)', { limit: 3000 })
    expect(table).toMatchObject({ rows: 3000, truncated: true })
    expect(table.columns[0]).toHaveLength(3000)
    expect(await store.query('from range(3000)', { limit: 3000 })).toMatchObject({ rows: 3000, truncated: false })
    // The connection of a cut result serves the next.
    expect(await store.query('from range(3)', { limit: 3000 })).toMatchObject({ rows: 3 })
  })

  test('an append of a wrong shape writes nothing', async () => {
    const store = await opened()
    await expect(store.append('t', { name: ['a'], nothing: [1] })).rejects.toThrow(/no column nothing/)
    await expect(store.append('t', { name: ['a', 'b'], x: Float64Array.of(1) })).rejects.toThrow(/must have 2 rows, x had 1/)
    await expect(store.append('nowhere', { name: ['a'] })).rejects.toThrow(/no table nowhere/)
    expect(await countOf(store)).toBe(0)
  })

  test('statements with values run together or not at all', async () => {
    const store = await opened()
    await store.transact([
      { sql: 'insert into t (name, n) values (?, ?)', params: ["o'neil", 5] },
      { sql: 'update t set x = ? where n = ?', params: [2.5, 5] },
    ])
    await expect(store.transact([{ sql: 'delete from t' }, { sql: 'insert into nowhere values (1)' }])).rejects.toThrow(
      QueryRefused,
    )
    expect((await store.query('select name, x from t where name = ?', { params: ["o'neil"] })).columns).toEqual([
      ["o'neil"],
      Float64Array.of(2.5),
    ])
  })
})

describe("a person's statement", () => {
  // One store for all of these: each leaves it as it was, and that is looked at.
  const common = mkdtempSync(join(tmpdir(), 'contango-console-'))
  let store: DataStore
  beforeAll(async () => {
    store = await opened({ file: join(common, 'market.duckdb') })
    open.length = 0
    await store.append('t', rows(0, 2))
  })
  afterAll(async () => {
    await store.close()
    rmSync(common, { recursive: true, force: true })
  })

  test('an optimizer that loses rows stays off', async () => {
    const { columns } = await store.query("select current_setting('disabled_optimizers')", { untrusted: true })
    expect(columns).toEqual([['row_group_pruner']])
  })

  test.each([
    'select 1',
    'with a as (select 1 as x) select x from a',
    'from t limit 3',
    'describe t',
    'show tables',
    'summarize t',
    'explain select * from t',
    'explain analyze select * from t',
    'values (1), (2)',
    'table t',
    '-- a comment\nselect 1 -- and one more;',
    'select 1;',
    "select json_serialize_sql('select 1')",
  ])('%s reads and runs', async sql => {
    await expect(store.query(sql, { untrusted: true, limit: 100 })).resolves.toBeTruthy()
  })

  test.each([
    ["insert into t (name) values ('x')", 'INSERT'],
    ["insert into t (name) values ('x') returning *", 'INSERT'],
    ["update t set name = 'x'", 'UPDATE'],
    ['delete from t', 'DELETE'],
    ['drop table t', 'DROP'],
    ['create table u as select 1', 'CREATE'],
    ['create temp table u as select 1', 'CREATE'],
    ['alter table t add column z int', 'ALTER'],
    ["attach 'FOLDER/other.duckdb'", 'ATTACH'],
    ['install httpfs', 'LOAD'],
    ['load httpfs', 'LOAD'],
    ['pragma enable_profiling', 'PRAGMA'],
    ["set memory_limit = '90GB'", 'SET'],
    ['reset memory_limit', 'SET'],
    ['set enable_external_access = true', 'SET'],
    ['call pragma_version()', 'CALL'],
    ['checkpoint', 'CALL'],
    ['vacuum', 'VACUUM'],
    ['begin', 'TRANSACTION'],
    ['commit', 'TRANSACTION'],
    ['prepare p as select 1', 'PREPARE'],
    ['detach market', 'DETACH'],
    ["comment on table t is 'x'", 'ALTER'],
  ])('%s is refused by name', async (sql, statement) => {
    const refusal = await store.query(sql.replace('FOLDER', common), { untrusted: true }).catch(fault => fault)
    expect(refusal).toBeInstanceOf(QueryNotReadOnly)
    expect(refusal.statement).toBe(statement)
    expect(await countOf(store)).toBe(2)
  })

  test.each([
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "from 'FOLDER/secret.csv'",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('FOLDER/market.duckdb')",
    "select * from read_csv('https://example.com/x.csv')",
    "select * from glob('/etc/*')",
    "select * from sniff_csv('/etc/passwd')",
    "select * from parquet_metadata('FOLDER/x.parquet')",
    "select (select count(*) from read_text('/etc/hostname'))",
    "with a as (from read_text('/etc/hostname')) from a",
    "summarize from read_csv('/etc/passwd')",
    "explain analyze select * from read_text('/etc/passwd')",
    "select * from query('select * from t')",
    "select * from json_execute_serialized_sql(json_serialize_sql('from t'))",
    'select * from enable_logging()',
    'explain analyze select * from enable_logging()',
    'select * from force_checkpoint()',
    "explain analyze insert into t (name) values ('x')",
    'select 1; drop table t',
    'select 1; select 2',
    'drop table t; select 1',
    "copy t to 'FOLDER/out.csv'",
    "copy t from 'FOLDER/secret.csv'",
    "export database 'FOLDER/dump'",
    "import database 'FOLDER/dump'",
    "select getenv('HOME')",
    'select * from nowhere',
    'selec 1',
    '',
    '   ;  ',
    '-- nothing',
  ])('%s is refused with a reason', async sql => {
    writeFileSync(join(common, 'secret.csv'), 'a,b\n1,2\n')
    const refusal = await store.query(sql.replaceAll('FOLDER', common), { untrusted: true }).catch(fault => fault)
    expect(refusal).toSatisfy((fault: unknown) => fault instanceof QueryRefused || fault instanceof QueryNotReadOnly)
    expect(String(refusal.message).length).toBeGreaterThan(5)
    expect(await countOf(store)).toBe(2)
    expect(store.state()).toMatchObject({ phase: 'up', restarts: 0 })
  })

  test('a fault of syntax says the line', async () => {
    const store = await opened()
    const refusal = await store.query('select 1,\n  nowhere\nfrom t', { untrusted: true }).catch(fault => fault)
    expect(refusal).toMatchObject({ line: 2 })
  })

  test('is stopped at the time limit and the console goes on', async () => {
    const store = await opened({ untrustedSeconds: 0.3 })
    const start = performance.now()
    await expect(store.query('select count(*) from range(100000000) a, range(100000) b', { untrusted: true })).rejects.toThrow(
      /longer than 0.3/,
    )
    expect(performance.now() - start).toBeLessThan(2000)
    expect(await countOf(store)).toBe(0)
  })

  test('that needs more memory than there is is refused, and nothing dies', async () => {
    const store = await opened({ memory: '64MB' })
    const refusal = await store.query('select list(i) from range(100000000) t(i)', { untrusted: true }).catch(fault => fault)
    expect(refusal).toBeInstanceOf(QueryRefused)
    expect(refusal.message).toMatch(/memory/i)
    expect(store.state()).toMatchObject({ phase: 'up', restarts: 0 })
  }, 20_000)
})

test('a running statement is cancelled within 100 ms, a waiting one at once', async () => {
  const store = await opened()
  const slow = 'select count(*) from range(100000000) a, range(100000) b'
  const taken: number[] = []
  for (let round = 0; round < 5; round++) {
    const [running, waiting] = [new AbortController(), new AbortController()]
    const first = store.query(slow, { untrusted: true, signal: running.signal }).catch(fault => fault)
    const second = store.query(slow, { untrusted: true, signal: waiting.signal }).catch(fault => fault)
    await new Promise(resolve => setTimeout(resolve, 100))
    waiting.abort()
    const start = performance.now()
    running.abort()
    expect(await first).toBeInstanceOf(QueryCancelled)
    taken.push(performance.now() - start)
    expect(await second).toBeInstanceOf(QueryCancelled)
  }
  // The middle of five: a busy machine may hold up one, a statement that is not interrupted would hold up all for hours.
  expect(taken.toSorted((a, b) => a - b)[2]).toBeLessThan(100)
  expect(await countOf(store)).toBe(0)
})

describe('files', () => {
  test.each(['csv', 'json', 'parquet'] as const)('a result goes out as %s and can be read again', async format => {
    const store = await opened()
    await store.append('t', rows(0, 5000))
    const file = join(folder, `out'put.${format}`)
    expect(await store.copyOut('select n, x, n as n from t', file, format, { untrusted: true })).toEqual({ rows: 5000 })
    const read = { csv: 'read_csv', json: 'read_json', parquet: 'read_parquet' }[format]
    await store.load({
      table: 't',
      sql: `select 'back', null::timestamp, x, n::integer, null::boolean from ${read}('${file.replaceAll("'", "''")}')`,
      before: [{ sql: 'delete from t' }],
      after: [],
    })
    const table = await store.query('select count(*), sum(n), sum(x) from t')
    expect(table.columns.map(column => column[0])).toEqual([
      5000,
      12_497_500,
      (await store.query('select sum(x) from t')).columns[0]![0],
    ])
    expect(readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([])
  })

  test('a writing statement cannot go out', async () => {
    const store = await opened()
    await expect(store.copyOut('delete from t', join(folder, 'x.csv'), 'csv', { untrusted: true })).rejects.toThrow(
      QueryNotReadOnly,
    )
    expect(existsSync(join(folder, 'x.csv'))).toBe(false)
  })

  test('a segment is sorted, hashed and loaded in one transaction with its statements', async () => {
    const store = await opened()
    const segment = await store.openSegment({ time: 'TIMESTAMP', x: 'DOUBLE' })
    await segment.append({ time: Float64Array.of(3e6, 1e6), x: Float64Array.of(3, 1) })
    await segment.append({ time: Float64Array.of(2e6), x: Float64Array.of(Number.NaN) })
    const file = join(folder, 's.parquet')
    const made = await segment.finish(file, 'time')
    expect(made).toMatchObject({ rows: 3, bytes: statSync(file).size })
    expect(made.sha256).toMatch(/^[0-9a-f]{64}$/)
    const request = {
      table: 't',
      sql: `select 's', time, x, 1::integer, false from read_parquet('${file}')`,
      before: [{ sql: 'delete from t' }],
    }
    await expect(store.load({ ...request, after: [{ sql: 'insert into nowhere values (1)' }] })).rejects.toThrow(QueryRefused)
    expect(await countOf(store)).toBe(0)
    expect(await store.load({ ...request, after: [] })).toEqual({ rows: 3 })
    expect((await store.query('select time, x from t')).columns).toEqual([
      Float64Array.of(1e6, 2e6, 3e6),
      Float64Array.of(1, Number.NaN, 3),
    ])
  })
})

describe('when the data process dies', () => {
  test.each(['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const)(
    '%s: requests in flight fail with the reason, it is back in under 2 s with every acknowledged row',
    async signal => {
      const store = await opened()
      let acknowledged = 0
      let failed: unknown = null
      const slow = store.query('select count(*) from range(100000000) a, range(100000) b').catch(fault => fault)
      const appending = (async () => {
        for (let n = 0; failed === null; n++) {
          await store.append('t', rows(n * 100, 100)).then(
            () => (acknowledged += 100),
            fault => (failed = fault),
          )
        }
      })()
      await until(() => acknowledged >= 1000)
      process.kill(store.state().pid!, signal)
      await appending
      expect(failed).toBeInstanceOf(StoreUnavailable)
      expect(await slow).toBeInstanceOf(StoreUnavailable)
      expect(await until(() => store.state().phase === 'up')).toBeLessThan(2)
      const found = Number(await countOf(store))
      expect(found).toBeGreaterThanOrEqual(acknowledged)
      expect(found - acknowledged).toBeLessThanOrEqual(100) // The batch on its way is there whole or not at all.
      expect(found % 100).toBe(0)
      expect(store.state()).toMatchObject({ restarts: 1, reason: null })
    },
    15_000,
  )

  test('eight kills while rows are appended lose none that was acknowledged', async () => {
    const store = await opened()
    let acknowledged = 0
    for (let round = 0; round < 4; round++) {
      const until2 = performance.now() + 60 + 25 * round
      const kill = setTimeout(() => process.kill(store.state().pid!, 'SIGKILL'), 60 + 25 * round)
      try {
        while (performance.now() < until2 + 2000) {
          await store.append('t', rows(acknowledged, 50))
          acknowledged += 50
        }
      } catch (fault) {
        expect(fault).toBeInstanceOf(StoreUnavailable)
      }
      clearTimeout(kill)
      await until(() => store.state().phase === 'up')
      const found = Number(await countOf(store))
      expect(found).toBeGreaterThanOrEqual(acknowledged)
      acknowledged = found
    }
    expect((await store.query('select count(distinct n), count(*) from t')).columns.map(c => c[0])).toEqual([
      acknowledged,
      acknowledged,
    ])
  }, 30_000)

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s is left to the host, which closes it in order', async signal => {
    const store = await opened()
    process.kill(store.state().pid!, signal)
    await new Promise(resolve => setTimeout(resolve, 100))
    await store.append('t', rows(0, 10))
    expect([await countOf(store), store.state().restarts]).toEqual([10, 0])
  })

  test('one that keeps dying is given up with the reason, and a renewal starts it again', async () => {
    const store = await opened()
    let calls = 0
    while (store.state().phase !== 'failed') {
      if (store.state().phase === 'up') {
        calls++
        const { pid } = store.state()
        process.kill(pid!, 'SIGKILL')
        await until(() => store.state().pid !== pid)
      }
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(calls).toBe(6)
    expect(store.state().reason).toMatch(/6 times in a row/)
    await expect(store.query('select 1')).rejects.toThrow(StoreUnavailable)
    await store.renew()
    expect(store.state()).toMatchObject({ phase: 'up', renewals: 2 })
  }, 30_000)

  test('the host going away ends it', async () => {
    const script = `
      import { openDataStore } from ${JSON.stringify(new URL('./data-store.ts', import.meta.url).href)}
      import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)}
      import { silentLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)}
      const store = await openDataStore({ file: ${JSON.stringify(join(folder, 'market.duckdb'))}, clock: systemClock(), log: silentLog,
        entry: new URL(${JSON.stringify(new URL('./data-process.ts', import.meta.url).href)}), migrations: [] })
      process.stdout.write(String(store.state().pid), () => process.kill(process.pid, 'SIGKILL'))`
    let pid = 0
    try {
      execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (fault) {
      pid = Number((fault as { stdout: Buffer }).stdout)
    }
    expect(pid).toBeGreaterThan(0)
    await until(() => {
      try {
        process.kill(pid, 0)
        return false
      } catch {
        return true
      }
    })
  })
})

describe('a file that cannot be opened', () => {
  const file = () => join(folder, 'market.duckdb')

  async function filled(): Promise<void> {
    const store = await opened()
    await store.append('t', rows(0, 20_000))
    await store.close()
    open.length = 0
  }

  test.each([
    ['at its head', 100],
    ['in its header blocks', 4200],
  ])('damaged %s is kept aside and begun anew', async (_, at) => {
    await filled()
    const fd = openSync(file(), 'r+')
    writeSync(fd, Buffer.alloc(2000, 0x5a), 0, 2000, at - 100)
    if (at > 4096) writeSync(fd, Buffer.alloc(8192, 0x5a), 0, 8192, 4096)
    closeSync(fd)
    const damaged = readFileSync(file())
    const store = await opened()
    expect(store.state()).toMatchObject({ phase: 'up', renewals: 1 })
    expect(await countOf(store)).toBe(0)
    const [aside] = readdirSync(folder).filter(name => name.includes('.aside-'))
    expect(readFileSync(join(folder, aside!))).toEqual(damaged)
  })

  test('damaged in its rows is found when they are read, kept aside and begun anew', async () => {
    await filled()
    const { size } = statSync(file())
    const fd = openSync(file(), 'r+')
    for (let at = 3 * 4096 + 500; at < size; at += 4096) writeSync(fd, Buffer.from([0x5a, 0xa5]), 0, 2, at)
    closeSync(fd)
    const store = await opened()
    // Whether opening or reading finds it depends on the block; either way nothing wrong is ever served.
    if (store.state().renewals === 0)
      await expect(store.query('select sum(x), max(name) from t')).rejects.toThrow(StoreUnavailable)
    await until(() => store.state().phase === 'up' && store.state().renewals === 1)
    expect(await countOf(store)).toBe(0)
    expect(readdirSync(folder).some(name => name.includes('.aside-'))).toBe(true)
  }, 20_000)

  test('that is not a database at all is kept aside', async () => {
    writeFileSync(file(), 'these are my notes')
    const store = await opened()
    expect(store.state().phase).toBe('up')
    const [aside] = readdirSync(folder).filter(name => name.includes('.aside-'))
    expect(readFileSync(join(folder, aside!), 'utf8')).toBe('these are my notes')
  })

  test('held by another process is a clear state, and comes up once that has gone', async () => {
    const first = await opened()
    await first.append('t', rows(0, 10))
    const second = await opened()
    expect(second.state()).toMatchObject({ phase: 'failed' })
    expect(second.state().reason).toMatch(/open in another program/)
    await expect(second.query('select 1')).rejects.toThrow(/open in another program/)
    await first.close()
    await until(() => second.state().phase === 'up', 8)
    expect(await countOf(second)).toBe(10)
  }, 20_000)

  test('on a full disk fails clearly and goes on when there is room', async context => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      return context.skip('a small disk cannot be mounted here')
    }
    try {
      const store = await opened({ file: join(disk, 'market.duckdb') })
      let acknowledged = 0
      const fault = await (async () => {
        for (;;) {
          const noise = {
            ...rows(acknowledged, 5000),
            x: Float64Array.from({ length: 5000 }, (_, k) => Math.sin(acknowledged + k * 1.7) * 1e9),
          }
          await store.append('t', noise)
          acknowledged += 5000
        }
      })().catch(thrown => thrown)
      expect(fault).toSatisfy((thrown: unknown) => thrown instanceof DiskFull || thrown instanceof StoreUnavailable)
      expect(acknowledged).toBeGreaterThan(0)
      execFileSync('mount', ['-o', 'remount,size=64m', disk])
      await until(() => store.state().phase === 'up', 15)
      await store.append('t', rows(acknowledged, 10)).catch(() => undefined)
      await until(() => store.state().phase === 'up', 15)
      expect(Number(await countOf(store))).toBeGreaterThanOrEqual(acknowledged)
      await store.close()
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  }, 40_000)
})
