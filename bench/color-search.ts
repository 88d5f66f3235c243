import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import type { ColorQuery } from '../src/contract/color-search.ts'
import { cusipCheckDigit } from '../src/core/color/cusip.ts'
import { openConfigBook } from '../src/main/color/config/config-book.ts'
import type { ColorRun } from '../src/main/color/runs/color-runs.ts'
import { createSearchService } from '../src/main/color/search/search-service.ts'
import { localUser } from '../src/main/user.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDataStore } from '../src/platform/data-store.ts'
import { openJournal } from '../src/platform/journal.ts'
import { silentLog } from '../src/platform/log.ts'
import { readMigrations } from '../src/platform/migrations.ts'

// Searches of a person over a store of colors: a CUSIP, a ticker, an id of a message, a dealer, a sector with a price, the newest page.
// The peer is what one would write first: one LIKE over the texts of every row, counted and sorted.

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string
  readonly peerValue: number
  readonly ratio: number
  readonly limit: number
  readonly within: boolean
  readonly rows: number
}

const TRANCHES = 20_000
const PER_RUN = 1800
const ROUNDS = 12
const folder = fileURLToPath(new URL('../build/bench/color-search/', import.meta.url))
const say = (text: string) => void process.stderr.write(`${text}\n`)
const clock = systemClock()
const migrations = readMigrations(new URL('../src/main/schema/', import.meta.url))
const entry = new URL('../build/host/data-process.mjs', import.meta.url)

const cusipOf = (k: number) => {
  const body = (k * 7919 + 10_000_000).toString().padStart(8, '0').slice(0, 8)
  return body + String(cusipCheckDigit(body))
}
const tickerOf = (k: number) => `SHELF${k % 900} 20${10 + (k % 16)}-${k % 7}A ${'ABCDE'[k % 5]}`

/** A store of runs that follow each other, rows in the order of their output, as publishing leaves them. */
async function makeStore(file: string, rows: number): Promise<void> {
  await (await openDataStore({ file, entry, log: silentLog, clock, migrations })).close()
  const instance = await DuckDBInstance.create(file, { threads: '2', memory_limit: '4GB' })
  const db = await instance.connect()
  const list = Array.from({ length: TRANCHES }, (_, k) => `(${k}, '${cusipOf(k)}', '${tickerOf(k)}')`)
  await db.run('create temp table tranches (k integer, cusip varchar, ticker varchar)')
  await db.run(`insert into tranches values ${list.join(', ')}`)
  const runs = Math.ceil(rows / PER_RUN)
  for (let first = 0; first < runs; first += 500) {
    const last = Math.min(runs, first + 500)
    await db.run(`insert into color_rows
      select 'run-' || r, r, p, md5(r || '.' || p), (100000000000000000 + (r * ${PER_RUN} + p) * 7)::varchar, t.ticker, 'CLO bucket ' || (t.k % 30),
        t.cusip, date '2016-01-04' + (r * 2500 // ${runs})::integer, 90 + (h % 1500) / 100, null, null, 90 + (h % 1500) / 100,
        'Dealer ' || (h % 40), ['BID', 'OFFER', 'BWIC TALK', 'BWIC COVER'][1 + (h % 4)::integer], 3, 95, 1.25, 0.5, 5,
        date '2016-01-04' + (r * 2500 // ${runs})::integer, 'Small Difference', null, null, 'CLO', p, p % 6 = 0, null, 5, null,
        timestamp '2016-01-04' + interval (r) hour, 'MANUAL', false
      from range(${first}, ${last}) a(r), range(${PER_RUN}) b(p), lateral (select hash(r, p // 6) as g, hash(r, p) as h), tranches t
      where t.k = g % ${TRANCHES} order by r, p`)
    say(`${Math.round((last / runs) * 100)} % of ${rows} rows`)
  }
  await db.run('checkpoint')
  db.closeSync()
  instance.closeSync()
}

const everything: ColorQuery = {
  ...{ text: '', cusips: [], sources: [], sectors: [], biases: [], assetClasses: [], processing: 'any' },
  ...{ from: null, to: null, priceFrom: null, priceTo: null, when: null, parentsOnly: false, hierarchy: false },
}

/** What a person asks in one round; another tranche each time, so that nothing is remembered from the last. */
function questions(
  round: number,
  rows: number,
): readonly { readonly name: string; readonly query: ColorQuery; readonly like: string }[] {
  const k = (round * 811 + 17) % TRANCHES
  const message = String(100_000_000_000_000_000n + BigInt(((round * 7_654_321) % rows) * 7))
  const text = (name: string, of: string) => ({ name, query: { ...everything, text: of }, like: of })
  return [
    text('cusip', cusipOf(k)),
    text('ticker', tickerOf(k)),
    text('shelf', `SHELF${k % 900} `.trim()),
    text('message', message),
    text('dealer', `Dealer ${round % 40}`),
    {
      name: 'sector and price',
      query: { ...everything, sectors: [`CLO bucket ${round % 30}`], priceFrom: 95, priceTo: 96 },
      like: `CLO bucket ${round % 30}`,
    },
    { name: 'newest', query: everything, like: '' },
  ]
}

const p95 = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN
}

async function measure(rows: number, limit: number): Promise<Result> {
  const place = join(folder, String(rows))
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  await makeStore(join(place, 'market.duckdb'), rows)
  const journal = openJournal({ file: join(place, 'journal.sqlite'), clock })
  const store = await openDataStore({ file: join(place, 'market.duckdb'), entry, log: silentLog, clock, migrations })
  const search = createSearchService({
    ...{
      store,
      pool: { run: () => Promise.reject(new Error('nothing is exported here')) },
      config: openConfigBook(journal),
      folder: place,
      clock,
      log: silentLog,
      ready: async () => undefined,
    },
    runs: { list: (): readonly ColorRun[] => [], change: () => 1 },
  })
  const user = localUser()
  const ask = (query: ColorQuery) => search.find({ query, sort: null, offset: 0, limit: 200 }, user)
  await ask(everything)
  const ours: number[] = []
  const peers: number[] = []
  const byName = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, query, like } of questions(round, rows)) {
      const start = performance.now()
      const { total } = await ask(query)
      const took = performance.now() - start
      if (total === 0) throw new Error(`${name} found nothing`)
      ours.push(took)
      byName.set(name, [...(byName.get(name) ?? []), took])
      if (round >= 2) continue
      const from = performance.now()
      await store.query(
        `select *, count(*) over () from color_rows where excluded_by is null and concat_ws(' ', cusip, ticker, message_id, source, sector, security_name) ilike '%' || ? || '%'
         order by processed_at desc, place limit 200`,
        { params: [like] },
      )
      peers.push(performance.now() - from)
    }
  for (const [name, times] of byName) say(`${name}: p95 ${p95(times).toFixed(0)} ms of ${rows} rows`)
  await store.close()
  journal.close()
  rmSync(place, { recursive: true, force: true })
  const [value, peerValue] = [p95(ours), p95(peers)]
  return {
    ...{
      bench: `color-search-${rows / 1e6}m`,
      value,
      unit: 'ms, p95',
      peer: 'one LIKE over every row',
      peerValue,
      ratio: peerValue / value,
    },
    ...{ limit, within: value <= limit, rows },
  }
}

/** `--rows N` measures one size alone. */
export async function run({ rows }: { readonly rows?: number }): Promise<readonly Result[]> {
  if (rows) return [await measure(rows, rows > 1_000_000 ? 300 : 100)]
  return [await measure(1_000_000, 100), await measure(10_000_000, 300)]
}
