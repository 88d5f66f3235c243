import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock, systemClock } from './clock.ts'
import { openDataStore, QueryRefused, StoreUnavailable } from './data-store.ts'
import { silentLog } from './log.ts'
import { checksumOf } from './migrations.ts'
import { createWriteBehind } from './write-behind.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-behind-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const turns = async () => {
  for (let k = 0; k < 20; k++) await Promise.resolve()
}
const settings = { table: 'quotes', log: silentLog, everySeconds: 0.25, maxRows: 100, limit: 1000 }

test('rows wait for the quarter second, or for the batch to be full', async () => {
  const clock = manualClock()
  const sent: number[] = []
  const behind = createWriteBehind({
    ...settings,
    clock,
    store: { append: async (_, columns) => void sent.push(columns.bidSize === undefined ? columns.bid_size!.length : -1) },
  })
  behind.push({ bidSize: 1, source: 'demo' })
  await turns()
  expect(behind.pending()).toBe(1)
  clock.advance(0.25)
  await turns()
  expect([sent, behind.pending()]).toEqual([[1], 0])
  behind.pushMany(Array.from({ length: 100 }, (_, k) => ({ bidSize: k, source: 'demo' })))
  await turns()
  expect(sent).toEqual([1, 100])
  await behind.close()
})

test('rows wait while the store is away, in order, and the oldest are counted once there are too many', async () => {
  const clock = manualClock()
  let away = true
  const sent: number[] = []
  const behind = createWriteBehind({
    ...settings,
    clock,
    store: {
      append: async (_, columns) => {
        if (away) throw new StoreUnavailable('it restarts')
        sent.push(...(columns.n as Float64Array))
      },
    },
  })
  for (let n = 0; n < 1100; n++) {
    behind.push({ n })
    if (n === 50) clock.advance(0.25)
    await turns()
  }
  expect(behind.dropped()).toBeGreaterThan(0)
  expect(behind.pending() + behind.dropped()).toBe(1100)
  away = false
  const flushed = behind.flush()
  for (let k = 0; k < 20; k++) {
    clock.advance(0.25)
    await turns()
  }
  await flushed
  expect(sent).toHaveLength(1100 - behind.dropped())
  expect(sent.toSorted((a, b) => a - b)).toEqual(sent)
  expect(sent.at(-1)).toBe(1099)
  await behind.close()
})

test('a batch that the table refuses is counted and the next goes on', async () => {
  const clock = manualClock()
  const sent: number[] = []
  const behind = createWriteBehind({
    ...settings,
    clock,
    store: {
      append: async (_, columns) => {
        if ((columns.n as Float64Array)[0] === 1) throw new QueryRefused('no such column', null)
        sent.push(...(columns.n as Float64Array))
      },
    },
  })
  behind.push({ n: 1 })
  await behind.flush()
  behind.push({ n: 2 })
  await behind.flush()
  expect([sent, behind.dropped()]).toEqual([[2], 1])
  await behind.close()
})

test('through five kills of the data process every row arrives once', async () => {
  const clock = systemClock()
  const sql = 'create table quotes (n integer, instrument varchar);'
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('./data-process.ts', import.meta.url),
    log: silentLog,
    clock,
    migrations: [{ number: 1, name: '0001-q.sql', sql, sha256: checksumOf(sql) }],
  })
  const behind = createWriteBehind({ ...settings, store, clock, everySeconds: 0.005, limit: 1_000_000 })
  let n = 0
  for (let round = 0; round < 5; round++) {
    const end = performance.now() + 150
    while (performance.now() < end) {
      behind.pushMany(Array.from({ length: 40 }, () => ({ n: n++, instrument: 'CLZ26.DEMO' })))
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    const { pid } = store.state()
    process.kill(pid!, 'SIGKILL')
    while (store.state().phase !== 'up' || store.state().pid === pid) await new Promise(resolve => setTimeout(resolve, 10))
    // Deaths far apart in time are no crash loop; here they are close, so the fifth is the last that is allowed.
  }
  await behind.close()
  const { columns } = await store.query('select count(*), count(distinct n), min(n), max(n) from quotes')
  expect(columns.map(column => column[0])).toEqual([n, n, 0, n - 1])
  expect(behind.dropped()).toBe(0)
  await store.close()
}, 30_000)
