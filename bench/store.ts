import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { systemClock } from '../src/platform/clock.ts'
import { type DataStore, openDataStore, type Value } from '../src/platform/data-store.ts'
import { appendColumns, readTable } from '../src/platform/duck-columns.ts'
import { silentLog } from '../src/platform/log.ts'
import { readMigrations } from '../src/platform/migrations.ts'

// One-minute bars of 500 symbols in the layout of docs/decisions/0008, read through the data process while 20,000 rows a second
// are written. The peer is the DuckDB client in this process on a copy of the same file: same SQL, same values, same writing,
// same reading of the columns, in turns. So the ratio is what the process border costs.

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

interface Side {
  readonly name: string
  ask(sql: string, params: readonly Value[]): Promise<number>
  append(columns: Readonly<Record<string, Float64Array>>): Promise<void>
  close(): Promise<void>
}

const SYMBOLS = 500
const MINUTES = 390
const FIRST_DAY = '2022-01-03'
const MEMORY = '2GB'
const WRITTEN_PER_SECOND = 20_000
const WRITES_PER_SECOND = 4
const MICROS_PER_DAY = 86_400_000_000

const folder = fileURLToPath(new URL('../build/bench/', import.meta.url))
const say = (text: string) => void process.stderr.write(`${text}\n`)
const clock = systemClock()
const migrations = readMigrations(new URL('../src/main/schema/', import.meta.url))

function openStore(file: string): Promise<DataStore> {
  const entry = new URL('../build/host/data-process.mjs', import.meta.url)
  return openDataStore({ file, entry, log: silentLog, clock, migrations, memory: MEMORY, threads: 2 })
}

/** Weekdays from the first day on, as microseconds at midnight. */
function weekdays(count: number): number[] {
  const days: number[] = []
  for (let day = Date.parse(FIRST_DAY); days.length < count; day += 86_400_000) {
    const weekday = new Date(day).getUTCDay()
    if (weekday !== 0 && weekday !== 6) days.push(day * 1000)
  }
  return days
}

function byMonth(days: readonly number[]): number[][] {
  const months = new Map<string, number[]>()
  for (const day of days) {
    const month = new Date(day / 1000).toISOString().slice(0, 7)
    months.set(month, [...(months.get(month) ?? []), day])
  }
  return [...months.values()]
}

/** Makes the file once: month by month, and in a month by symbol and time. Prices wander by a hash of symbol and minute. */
async function makeFile(file: string, days: readonly number[]): Promise<void> {
  const started = performance.now()
  const partial = `${file}.part`
  rmSync(partial, { force: true })
  await (await openStore(partial)).close()
  const instance = await DuckDBInstance.create(partial, { memory_limit: '4GB', threads: '2' })
  const connection = await instance.connect()
  for (const [k, month] of byMonth(days).entries()) {
    await connection.run(`insert into bars
      select s::integer, t, p, p + 0.25, p - 0.25, p + ((hash(s, t) % 50)::integer - 25) / 100.0, 1 + hash(t, s) % 5000, 0
      from (select s, make_timestamp(d + (810 + m) * 60000000) as t, 20 + s / 4 + (hash(s, d) % 400) / 100.0 + m / 100.0 as p
        from range(${SYMBOLS}) a(s), (select unnest([${month.join(', ')}]::bigint[]) as d), range(${MINUTES}) c(m)) order by s, t`)
    say(`bars of month ${k + 1} of ${byMonth(days).length} (${((performance.now() - started) / 1000).toFixed(0)} s)`)
  }
  await connection.run('checkpoint')
  connection.closeSync()
  instance.closeSync()
  renameSync(partial, file)
}

async function ourSide(file: string): Promise<Side> {
  const store = await openStore(file)
  return {
    name: 'ours',
    ask: async (sql, params) => (await store.query(sql, { params })).rows,
    append: columns => store.append('bars', columns),
    close: () => store.close(),
  }
}

async function peerSide(file: string): Promise<Side> {
  const instance = await DuckDBInstance.create(file, { memory_limit: MEMORY, threads: '2' })
  const [reader, writer] = [await instance.connect(), await instance.connect()]
  // As in platform/data-process.ts: with the pruner some answers are wrong, which is not to be compared with.
  await reader.run("set global disabled_optimizers = 'row_group_pruner'")
  const names = ['series', 'time', 'open', 'high', 'low', 'close', 'volume', 'quality']
  return {
    name: 'peer',
    ask: (sql, params) => askPeer(reader, sql, params),
    async append(columns) {
      await writer.run('begin')
      const appender = await writer.createAppender('bars')
      appendColumns(appender, names, columns)
      appender.closeSync()
      await writer.run('commit')
    },
    async close() {
      reader.closeSync()
      writer.closeSync()
      instance.closeSync()
    },
  }
}

async function askPeer(connection: DuckDBConnection, sql: string, params: readonly Value[]): Promise<number> {
  const prepared = await connection.prepare(sql)
  for (const [k, value] of params.entries()) prepared.bindBigInt(k + 1, BigInt(Number(value)))
  const table = await readTable(await prepared.run(), null)
  prepared.destroySync()
  return table.rows
}

/** New bars of all symbols, a quarter of a second's worth at a time, until stopped; `lag` is the longest time behind. */
function startWriting(side: Side, from: number) {
  let stopped = false
  let written = 0
  const rows = WRITTEN_PER_SECOND / WRITES_PER_SECOND
  const started = performance.now()
  const done = (async () => {
    for (let turn = 1; !stopped; turn++) {
      const column = (f: (k: number) => number) => Float64Array.from({ length: rows }, (_, k) => f(written + k))
      const price = column(k => 50 + (k % 97) / 10)
      const time = column(k => from + Math.floor(k / SYMBOLS) * 60_000_000)
      const columns = {
        series: column(k => k % SYMBOLS),
        time,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: price,
      }
      await side.append({ ...columns, quality: new Float64Array(rows) })
      written += rows
      const wait = started + (turn * 1000) / WRITES_PER_SECOND - performance.now()
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    }
  })()
  return {
    async stop() {
      const perSecond = written / ((performance.now() - started) / 1000)
      stopped = true
      await done
      return perSecond
    },
    newest: () => from + Math.floor(written / SYMBOLS) * 60_000_000,
  }
}

interface Question {
  readonly name: string
  readonly limit: number
  readonly times: number
  readonly sql: string
  /** Values for the n-th time; the same for both sides. */
  params(n: number): readonly Value[]
}

const COLUMNS = 'time, open, high, low, close, volume'

/** The statements are those of main/market/series-store.ts. */
function questions(days: readonly number[]): Question[] {
  const pick = (n: number, of: number) => (n * 7919 + 13) % of
  const whole = Math.max(1, days.length - 260)
  return [
    {
      ...{ name: 'symbol-day', limit: 20, times: 60 },
      sql: `select ${COLUMNS} from bars where series = ? and time >= make_timestamp(?) and time < make_timestamp(?) order by time desc limit ?`,
      params(n) {
        const day = days[pick(n, days.length)]!
        return [pick(n, SYMBOLS), day, day + MICROS_PER_DAY, 1500]
      },
    },
    {
      ...{ name: 'resample-year', limit: 100, times: 20 },
      sql: `select time_bucket(interval 15 minutes, time, timestamp '2000-01-01') as time, arg_min(open, time) as open, max(high) as high,
        min(low) as low, arg_max(close, time) as close, sum(volume) as volume from bars
        where series = ? and time >= make_timestamp(?) and time < make_timestamp(?) group by 1 order by time desc limit ?`,
      params(n) {
        const day = days[pick(n, whole)]!
        return [pick(n, SYMBOLS), day, day + 365 * MICROS_PER_DAY, 20_000]
      },
    },
    {
      ...{ name: 'latest-of-500', limit: 100, times: 20 },
      sql: 'select series, max(time) as time, arg_max(close, time) as close from bars where time >= make_timestamp(?) group by series',
      params: () => [days.at(-1)!],
    },
  ]
}

function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN
}

function p50(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** One turn of one side: each question so many times, while rows are being written. */
async function turn(side: Side, list: readonly Question[], { round, from }: { round: number; from: number }) {
  const writing = startWriting(side, from)
  const taken = new Map<string, number[]>()
  for (const { name, times, sql, params } of list) {
    const samples: number[] = []
    for (let n = 0; n < times; n++) {
      const start = performance.now()
      const rows = await side.ask(sql, params(round * times + n))
      samples.push(performance.now() - start)
      if (rows === 0) throw new Error(`${name} found no rows for ${params(round * times + n).join(', ')} in ${side.name}`)
    }
    taken.set(name, samples)
  }
  const newest = writing.newest()
  return { taken, perSecond: await writing.stop(), newest: newest + MICROS_PER_DAY }
}

/** `--rows` for a smaller file, `--rounds` for more or fewer turns. */
export async function run({ rows = 100_000_000, rounds = 8 }: { rows?: number; rounds?: number } = {}): Promise<Result[]> {
  mkdirSync(folder, { recursive: true })
  const days = weekdays(Math.max(1, Math.round(rows / SYMBOLS / MINUTES)))
  const total = days.length * SYMBOLS * MINUTES
  const file = join(folder, `bars-${total}.duckdb`)
  if (!existsSync(file)) await makeFile(file, days)
  say(`${total} bars in ${(statSync(file).size / 1e9).toFixed(2)} GB`)
  const copies = ['ours', 'peer'].map(name => join(dirname(file), `${name}.duckdb`))
  for (const copy of copies) {
    rmSync(`${copy}.wal`, { force: true })
    copyFileSync(file, copy, constants.COPYFILE_FICLONE)
  }
  const [ours, peer] = [await ourSide(copies[0]!), await peerSide(copies[1]!)]
  const list = questions(days)
  const samples = { ours: new Map<string, number[]>(), peer: new Map<string, number[]>() }
  const next = { ours: days.at(-1)! + MICROS_PER_DAY, peer: days.at(-1)! + MICROS_PER_DAY }
  try {
    // The first turn of each side fills its cache and is not counted.
    for (let round = -1; round < rounds; round++) {
      const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)
      for (const name of order) {
        const done = await turn(name === 'ours' ? ours : peer, list, { round: Math.max(0, round), from: next[name] })
        next[name] = done.newest
        if (round < 0) continue
        for (const [question, values] of done.taken)
          samples[name].set(question, [...(samples[name].get(question) ?? []), ...values])
        const seen = [...done.taken].map(([question, v]) => `${question} ${p50(v).toFixed(1)}/${p95(v).toFixed(1)}`).join(', ')
        say(`round ${round + 1} of ${rounds}, ${name}: ${Math.round(done.perSecond)} rows/s written; p50/p95 in ms: ${seen}`)
      }
    }
  } finally {
    await ours.close()
    await peer.close()
    for (const copy of copies) for (const end of ['', '.wal']) rmSync(copy + end, { force: true })
  }
  return list.map(({ name, limit }) => {
    const [value, peerValue] = [p95(samples.ours.get(name)!), p95(samples.peer.get(name)!)]
    const round = (x: number) => Math.round(x * 100) / 100
    const about = { bench: `store/${name} p95`, unit: 'ms', peer: '@duckdb/node-api in this process' }
    return {
      ...about,
      value: round(value),
      peerValue: round(peerValue),
      ratio: round(peerValue / value),
      limit,
      within: value < limit,
      rows: total,
    }
  })
}
