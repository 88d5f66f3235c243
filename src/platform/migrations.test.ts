import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { type DataStore, type Migration, openDataStore } from './data-store.ts'
import { silentLog } from './log.ts'
import { readMigrations } from './migrations.ts'

const OURS = new URL('../main/schema/', import.meta.url)
let folder = ''
const open: DataStore[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-steps-'))
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function opened(migrations: readonly Migration[]): Promise<DataStore> {
  for (const store of open.splice(0)) await store.close()
  const entry = new URL('./data-process.ts', import.meta.url)
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry,
    log: silentLog,
    clock: systemClock(),
    migrations,
  })
  open.push(store)
  return store
}

/** Every table and view with its columns, and every comment. */
async function shapeOf(store: DataStore): Promise<unknown> {
  const columns = await store.query(
    "select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'main' order by all",
  )
  const notes = await store.query(
    'select table_name, comment from duckdb_tables() union all select view_name, comment from duckdb_views() where not internal order by all',
  )
  return [columns.columns, notes.columns]
}

describe('steps in a folder', () => {
  const copied = () => {
    const copy = join(folder, 'schema')
    cpSync(OURS, copy, { recursive: true })
    return { copy, url: pathToFileURL(`${copy}/`) }
  }

  test('are read in order and are those of the lock', () => {
    const steps = readMigrations(OURS)
    expect(steps.map(step => step.number)).toEqual(steps.map(step => step.number).toSorted((a, b) => a - b))
    expect(steps.length).toBeGreaterThan(1)
  })

  test('have one checksum whatever the line ends', () => {
    const { copy, url } = copied()
    const file = join(copy, '0010-market.sql')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
    expect(readMigrations(url).map(step => step.sha256)).toEqual(readMigrations(OURS).map(step => step.sha256))
  })

  test('are refused by name when one was edited, is missing, is not in the lock, or shares its number', () => {
    const { copy, url } = copied()
    const market = join(copy, '0010-market.sql')
    const text = readFileSync(market, 'utf8')
    writeFileSync(market, `${text}\nselect 1;`)
    expect(() => readMigrations(url)).toThrow(/0010-market.sql was edited/)
    rmSync(market)
    expect(() => readMigrations(url)).toThrow(/0010-market.sql is in migrations.lock but its file is missing/)
    writeFileSync(market, text)
    writeFileSync(join(copy, '0030-new.sql'), 'select 1;')
    expect(() => readMigrations(url)).toThrow(/0030-new.sql is not in migrations.lock/)
    rmSync(join(copy, '0030-new.sql'))
    writeFileSync(join(copy, 'new.sql'), 'select 1;')
    expect(() => readMigrations(url)).toThrow(/NNNN-domain.sql/)
    rmSync(join(copy, 'new.sql'))
    const lock = readFileSync(join(copy, 'migrations.lock'), 'utf8')
    writeFileSync(join(copy, '0020-twin.sql'), readFileSync(join(copy, '0020-feeds.sql')))
    writeFileSync(join(copy, 'migrations.lock'), lock + lock.split('\n')[1]!.replace('0020-feeds', '0020-twin'))
    expect(() => readMigrations(url)).toThrow(/have one number/)
  })
})

describe('a store', () => {
  test('comes to the same shape from every earlier step, with its rows', async () => {
    const steps = readMigrations(OURS)
    const fresh = await shapeOf(await opened(steps))
    for (let known = 0; known < steps.length; known++) {
      for (const store of open.splice(0)) await store.close()
      for (const end of ['', '.wal']) rmSync(join(folder, `market.duckdb${end}`), { force: true })
      const old = await opened(steps.slice(0, known))
      if (known > 0) await old.transact([{ sql: "insert into points values (1, timestamp '2020-01-01', 2.5, 0)" }])
      const now = await opened(steps)
      expect(await shapeOf(now)).toEqual(fresh)
      if (known > 0) expect((await now.query('select value from points')).columns).toEqual([Float64Array.of(2.5)])
      expect((await now.query('select count(*) from schema_steps')).columns[0]![0]).toBe(steps.length)
    }
  }, 30_000)

  test('of a newer app is refused with a sentence, and left as it is', async () => {
    const steps = readMigrations(OURS)
    await opened(steps)
    const store = await opened(steps.slice(0, 1))
    expect(store.state()).toMatchObject({
      phase: 'failed',
      reason: expect.stringContaining(`newer Contango (step ${steps.at(-1)!.number}, this one knows 10)`),
    })
    expect((await opened(steps)).state().phase).toBe('up')
  })

  test('whose applied step was edited afterwards is refused with its name', async () => {
    const steps = readMigrations(OURS)
    await opened(steps)
    const store = await opened(steps.map(step => (step.number === 10 ? { ...step, sha256: 'f'.repeat(64) } : step)))
    expect(store.state()).toMatchObject({ phase: 'failed', reason: expect.stringMatching(/0010-market.sql .*edited/) })
  })

  test('stays at the step before one that fails', async () => {
    const steps = readMigrations(OURS)
    const broken = {
      number: 30,
      name: '0030-broken.sql',
      sql: 'create table half (x int); create table bars (x int);',
      sha256: 'a',
    }
    const store = await opened([...steps, broken])
    expect(store.state().phase).not.toBe('up')
    const good = await opened(steps)
    expect((await good.query("select count(*) from duckdb_tables() where table_name = 'half'")).columns[0]![0]).toBe(0)
  }, 20_000)
})
