import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBus } from '../../platform/bus.ts'
import { systemClock } from '../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../platform/data-store.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog } from '../../platform/log.ts'
import { readMigrations } from '../../platform/migrations.ts'
import type { Topics } from '../topics.ts'
import { type ColumnsBatch, createSeriesService, type PutStep, type SeriesDraft, type SeriesService } from './series-service.ts'

// Each test opens both stores, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
const migrations = readMigrations(new URL('../schema/', import.meta.url))
const dataEntry = new URL('../../platform/data-process.ts', import.meta.url)
const DAY = 86_400_000_000
const START = Date.UTC(2020, 0, 1) * 1000

interface Opened {
  readonly store: DataStore
  readonly journal: Journal
  readonly series: SeriesService
  readonly heard: Topics['series'][]
}

let folder = ''
const open: Opened[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-series-'))
})
afterEach(async () => {
  for (const each of open.splice(0)) await close(each)
  rmSync(folder, { recursive: true, force: true })
})

async function opened(): Promise<Opened> {
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const store = await openDataStore({ file: join(folder, 'market.duckdb'), entry: dataEntry, log: silentLog, clock, migrations })
  const bus = createBus<Topics>({ onFault: (_, fault) => expect.fail(String(fault)) })
  const heard: Topics['series'][] = []
  bus.on('series', event => heard.push(event))
  const series = await createSeriesService({ store, journal, folder, clock, log: silentLog, bus })
  const all = { store, journal, series, heard }
  open.push(all)
  return all
}

async function close({ series, store, journal }: Opened): Promise<void> {
  await series.close()
  await store.close()
  journal.close()
}

async function reopened(): Promise<Opened> {
  for (const each of open.splice(0)) await close(each)
  return opened()
}

const draft = (name: string, change: Partial<SeriesDraft> = {}): SeriesDraft => ({
  ...{ name, kind: 'bars', timeframe: '1d', unit: 'USD', timeZone: 'UTC', source: 'test', state: 'cached' },
  ...{ rawFile: null, user: 'local', replace: false },
  ...change,
})

/** Days whose open is n, high n + 2, low n - 2, close n + 1 and volume 10 n, in two batches, the second one first. */
async function* days(count: number, base = 0): AsyncGenerator<ColumnsBatch> {
  const half = Math.floor(count / 2)
  for (const [from, to] of [
    [half, count],
    [0, half],
  ] as const) {
    const column = (f: (n: number) => number) => Float64Array.from({ length: to - from }, (_, k) => f(from + k))
    yield {
      time: column(n => START + n * DAY),
      open: column(n => base + n),
      high: column(n => base + n + 2),
      low: column(n => base + n - 2),
      close: column(n => base + n + 1),
      volume: column(n => 10 * n),
      quality: column(n => (n === 3 ? 32 : 0)),
    }
  }
}

const countOf = async (store: DataStore, name: string) =>
  Number((await store.query('select count(*) from series where name = ?', { params: [name] })).columns[0]![0])

describe('a stored series', () => {
  test('has its extent, its flags and its hash, and its rows in order of time', async () => {
    const raw = join(folder, 'My Prices.CSV')
    writeFileSync(raw, 'date,price\n2020-01-01,1\n')
    const { series, store, heard } = await opened()
    const info = await series.put(draft('wti', { rawFile: raw, counts: () => ({ refused: 2 }) }), days(10))
    expect(info).toMatchObject({ name: 'wti', rows: 10, from: START, to: START + 9 * DAY, flagged: 1, refused: 2 })
    expect(await series.list()).toEqual([info])
    expect(series.find('wti')).toEqual(info)
    expect(series.sameAs(info.sha256!)).toBe('wti')
    expect(readFileSync(join(folder, 'raw', `${info.sha256}.csv`), 'utf8')).toBe(readFileSync(raw, 'utf8'))
    expect(heard).toEqual([{ name: 'wti', change: 'stored' }])
    const bars = await series.bars({ name: 'wti', timeframe: '1d', limit: 3 })
    expect(bars.time).toEqual(Float64Array.of(START + 7 * DAY, START + 8 * DAY, START + 9 * DAY))
    expect(bars.close).toEqual(Float64Array.of(8, 9, 10))
    const view = await store.query("select time, value, volume, quality from series where name = 'wti' order by time limit 4")
    expect(view.columns.map(column => column[3])).toEqual([START + 3 * DAY, 4, 30, 32])
  })

  test('is there after closing and opening', async () => {
    const first = await opened()
    const info = await first.series.put(draft('wti'), days(10))
    const { series, store } = await reopened()
    expect(series.find('wti')).toEqual(info)
    expect(await countOf(store, 'wti')).toBe(10)
  })

  test('is refused where one of that name is, and replaced on purpose', async () => {
    const { series, store } = await opened()
    await series.put(draft('wti'), days(10))
    await expect(series.put(draft('wti'), days(4))).rejects.toMatchObject({
      code: 'SERIES_EXISTS',
      data: { series: 'wti', rows: 10 },
    })
    await series.put(draft('wti', { replace: true }), days(4, 100))
    expect(await countOf(store, 'wti')).toBe(4)
    expect((await series.bars({ name: 'wti', timeframe: '1d', limit: 9 })).open).toEqual(Float64Array.of(100, 101, 102, 103))
    expect((await store.query('select count(*) from bars')).columns[0]![0]).toBe(4)
  })

  test('is removed and brought back with the same rows, also after a restart', async () => {
    const { series, store, heard } = await opened()
    await series.put(draft('wti'), days(10))
    expect(await series.remove('wti', 'local')).toBe(10)
    expect([series.find('wti'), await countOf(store, 'wti')]).toEqual([null, 0])
    await expect(series.remove('wti', 'local')).rejects.toMatchObject({ code: 'SERIES_UNKNOWN' })
    expect(heard.at(-1)).toEqual({ name: 'wti', change: 'removed' })
    const again = await reopened()
    expect(again.series.find('wti')).toBeNull()
    expect(await again.series.restore('wti', 'local')).toBe(10)
    expect(await countOf(again.store, 'wti')).toBe(10)
    await expect(again.series.restore('wti', 'local')).rejects.toMatchObject({ code: 'SERIES_EXISTS' })
  })

  test('of nothing is stored as nothing', async () => {
    const { series } = await opened()
    expect(await series.put(draft('empty'), days(0))).toMatchObject({ rows: 0, from: null, to: null })
    expect((await series.bars({ name: 'empty', timeframe: '1w', limit: 5 })).time).toHaveLength(0)
  })

  test('whose rows fail on the way leaves nothing behind', async () => {
    const { series, journal } = await opened()
    const failing = (async function* () {
      yield* days(10)
      throw new Error('the file ended in the middle of a row')
    })()
    await expect(series.put(draft('wti'), failing)).rejects.toThrow(/middle of a row/)
    expect(series.find('wti')).toBeNull()
    expect(journal.head().seq).toBe(0)
    expect(readdirSync(join(folder, 'segments'))).toEqual([])
  })

  test('goes out as a file', async () => {
    const { series } = await opened()
    await series.put(draft('wti'), days(3))
    const file = join(folder, 'out.csv')
    expect(await series.exportTo('wti', file, 'csv')).toEqual({ rows: 3 })
    expect(readFileSync(file, 'utf8').split('\n')[1]).toBe('2020-01-01 00:00:00,0.0,2.0,-2.0,1.0,0.0,0')
  })
})

describe('as an instrument', () => {
  test.each([
    ['wti', 'WTI.SERIES'],
    ['sp500', 'SP500.SERIES'],
    ['weather-new-york', 'WEATHER-NEW-YORK.SERIES'],
    ['WTI', /^WTI-[0-9A-F]{8}\.SERIES$/],
    ['WTI daily', /^WTI-DAILY-[0-9A-F]{8}\.SERIES$/],
    ['precio del petróleo', /^PRECIO-DEL-PETRO-LEO-[0-9A-F]{8}\.SERIES$/],
    ['原油', /^S-[0-9A-F]{8}\.SERIES$/],
  ])('%s has an id of its own', async (name, id) => {
    const { series } = await opened()
    const info = await series.put(draft(name), days(2))
    expect(series.instrumentOf(info)).toMatchObject({ id: expect.stringMatching(id), symbol: name, assetClass: 'series' })
  })

  test.each([
    [[1, 2, 3], 1],
    [[1.5, 2.25], 0.01],
    [[1438.359985, 1455.219971], 0.01],
    [[3.821, 2], 0.001],
    [[-37.63], 0.01],
  ])('the step of %j is %d', async (values, step) => {
    const { series } = await opened()
    const time = Float64Array.from(values, (_, k) => START + k * DAY)
    const rows = (async function* () {
      yield { time, value: Float64Array.from(values) }
    })()
    const info = await series.put(draft('x', { kind: 'values' }), rows)
    expect(series.instrumentOf(info).tickSize).toBe(step)
  })
})

describe('aggregated', () => {
  test('days become weeks that begin on Monday and months', async () => {
    const { series } = await opened()
    await series.put(draft('wti'), days(60))
    const weeks = await series.bars({ name: 'wti', timeframe: '1w', limit: 3 })
    expect([...weeks.time].map(time => new Date(time / 1000).toISOString().slice(0, 10))).toEqual([
      '2020-02-10',
      '2020-02-17',
      '2020-02-24',
    ])
    expect([...weeks.open]).toEqual([40, 47, 54])
    expect([...weeks.close]).toEqual([47, 54, 60])
    const months = await series.bars({ name: 'wti', timeframe: '1M', limit: 9 })
    expect([...months.open]).toEqual([0, 31])
    expect([...months.volume]).toEqual([4650, 10 * ((31 + 59) / 2) * 29])
  })

  test('values stand for all four prices, and ticks are gathered', async () => {
    const { series } = await opened()
    const values = (async function* () {
      yield { time: Float64Array.of(START, START + DAY), value: Float64Array.of(5, -3) }
    })()
    await series.put(draft('v', { kind: 'values' }), values)
    const bars = await series.bars({ name: 'v', timeframe: '1d', limit: 9 })
    expect([bars.open, bars.high, bars.low, bars.close]).toEqual(new Array(4).fill(Float64Array.of(5, -3)))
    expect(bars.volume).toEqual(Float64Array.of(Number.NaN, Number.NaN))
    const ticks = (async function* () {
      yield {
        time: Float64Array.of(START + 1, START + 2e6, START + 3e6, START + 61e6),
        price: Float64Array.of(5, 9, 4, 6),
        size: Float64Array.of(1, 2, 3, 4),
      }
    })()
    await series.put(draft('t', { kind: 'ticks', timeframe: null }), ticks)
    const minutes = await series.bars({ name: 't', timeframe: '1m', limit: 9 })
    expect(minutes).toEqual({
      ...{ time: Float64Array.of(START, START + 60e6), open: Float64Array.of(5, 6), high: Float64Array.of(9, 6) },
      ...{ low: Float64Array.of(4, 6), close: Float64Array.of(4, 6), volume: Float64Array.of(6, 4) },
    })
    expect((await series.bars({ name: 't', timeframe: '1d', limit: 9 })).close).toEqual(Float64Array.of(6))
  })

  test('prepared in the store or not, the bars are the same as core makes them', async () => {
    const { aggregate } = await import('../../core/market/aggregate.ts')
    const { calendarOf } = await import('../../core/market/sessions.ts')
    const { series } = await opened()
    const n = 5000
    const column = (f: (k: number) => number) => Float64Array.from({ length: n }, (_, k) => f(k))
    const minutes = {
      time: column(k => START + (k + Math.floor(k / 400) * 1040) * 60e6),
      open: column(k => Math.sin(k) * 10),
      high: column(k => Math.sin(k) * 10 + 3),
      low: column(k => Math.sin(k) * 10 - 3),
      close: column(k => (k % 11 === 0 ? Number.NaN : Math.cos(k) * 5)),
      volume: column(k => k % 100),
    }
    await series.put(
      draft('m', { timeframe: '1m' }),
      (async function* () {
        yield minutes
      })(),
    )
    for (const timeframe of ['2m', '5m', '15m', '1h', '4h', '1d', '1w'] as const) {
      const expected = aggregate(minutes, timeframe, calendarOf('always'))
      const made = await series.bars({ name: 'm', timeframe, limit: 100_000 })
      expect(made.time, timeframe).toEqual(expected.time)
      expect(made.open).toEqual(expected.open)
      expect(made.high).toEqual(expected.high)
      expect(made.low).toEqual(expected.low)
      expect(made.close).toEqual(expected.close)
      expect(made.volume).toEqual(expected.volume)
      const few = await series.bars({ name: 'm', timeframe, limit: 4, to: START + 6 * DAY })
      const until = expected.time.filter(time => time < START + 6 * DAY).length
      expect(few.time, timeframe).toEqual(expected.time.slice(Math.max(0, until - 4), until))
    }
  })
})

describe('the store follows the journal', () => {
  test('a deleted store is filled again at the next start', async () => {
    const { series } = await opened()
    await series.put(draft('wti'), days(100))
    await series.put(
      draft('v', { kind: 'values' }),
      (async function* () {
        yield { time: Float64Array.of(START), value: Float64Array.of(5) }
      })(),
    )
    for (const each of open.splice(0)) await close(each)
    for (const name of readdirSync(folder)) if (name.startsWith('market.duckdb')) rmSync(join(folder, name), { recursive: true })
    const again = await opened()
    expect([await countOf(again.store, 'wti'), await countOf(again.store, 'v')]).toEqual([100, 1])
  })

  test('a store that is damaged while open is replaced and filled', async () => {
    const { series, store } = await opened()
    await series.put(draft('wti'), days(100))
    for (const each of open.splice(0)) await close(each)
    writeFileSync(join(folder, 'market.duckdb'), 'gone')
    const again = await opened()
    expect(again.store.state()).toMatchObject({ phase: 'up', renewals: 1 })
    expect(await countOf(again.store, 'wti')).toBe(100)
    expect(store.state().phase).toBe('up')
  })

  test('a rebuild brings back the same rows, tells how far it is, and leaves no old file', async () => {
    const { series, store } = await opened()
    for (const name of ['a', 'b', 'c']) await series.put(draft(name), days(50, name.charCodeAt(0)))
    await series.put(draft('gone'), days(5))
    await series.remove('gone', 'local')
    const before = await store.query('select * from series order by name, time')
    const steps: [number, string][] = []
    const phases: string[] = []
    store.onState(() => phases.push(store.state().phase))
    const report = await series.rebuild(new AbortController().signal, (fraction, detail) => steps.push([fraction, detail]))
    expect(report).toEqual({ series: 3, rows: 150, problems: [], compared: true })
    expect(steps.map(([, detail]) => detail)).toEqual(['a', 'b', 'c', '', ''])
    expect(steps.at(-1)![0]).toBe(1)
    expect(phases).toContain('rebuilding')
    expect(store.state().phase).toBe('up')
    expect(await store.query('select * from series order by name, time')).toEqual(before)
    expect(readdirSync(folder).filter(name => name.includes('.aside-'))).toEqual([])
  })

  test('a rebuild says which segment was damaged, and brings back the rest', async () => {
    const { series, journal } = await opened()
    await series.put(draft('good'), days(50))
    await series.put(draft('bad'), days(50))
    const { segment } = journal.read({ subject: 'bad' })[0]!.body as { segment: string }
    appendFileSync(join(folder, 'segments', segment), 'x')
    const report = await series.rebuild(new AbortController().signal, () => undefined)
    expect(report).toMatchObject({ series: 2, rows: 50 })
    expect(report.problems).toEqual([{ name: 'bad', reason: expect.stringMatching(/changed or damaged/) }])
    expect(series.problems()).toHaveLength(1)
    expect(readdirSync(folder).some(name => name.startsWith('market.duckdb.aside-'))).toBe(true)
  })

  test('a store that dies during a put still has the series afterwards', async () => {
    const { series, store } = await opened()
    const killing = (async function* () {
      yield* days(100)
      setTimeout(() => process.kill(store.state().pid!, 'SIGKILL'), 1)
    })()
    const result = await series.put(draft('wti'), killing).catch(fault => fault)
    const { pid } = store.state()
    await expect
      .poll(() => (store.state().phase === 'up' && store.state().pid !== pid) || store.state().restarts > 0, { timeout: 5000 })
      .toBe(true)
    await expect.poll(() => store.state().phase, { timeout: 5000 }).toBe('up')
    if (result instanceof Error) expect(series.find('wti')).toBeNull()
    else await expect.poll(() => countOf(store, 'wti').catch(() => -1), { timeout: 5000 }).toBe(100)
  })
})

/** Another host in a process of its own, which puts a series and ends itself at a step. */
function hostThatDies(step: PutStep | 'never', { replace }: { replace: boolean }): string {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  const script = `
    import { createBus } from ${at('../../platform/bus.ts')}
    import { systemClock } from ${at('../../platform/clock.ts')}
    import { openDataStore } from ${at('../../platform/data-store.ts')}
    import { openJournal } from ${at('../../platform/journal.ts')}
    import { silentLog as log } from ${at('../../platform/log.ts')}
    import { readMigrations } from ${at('../../platform/migrations.ts')}
    import { createSeriesService } from ${at('./series-service.ts')}
    import { writeSync } from 'node:fs'
    const [folder, stepToDie] = process.argv.slice(1)
    const clock = systemClock()
    const journal = openJournal({ file: folder + '/journal.sqlite', clock })
    const store = await openDataStore({ file: folder + '/market.duckdb', entry: new URL(${at('../../platform/data-process.ts')}), log, clock,
      migrations: readMigrations(new URL(${at('../schema/')})) })
    const atStep = step => { if (step === stepToDie) process.kill(process.pid, 'SIGKILL') }
    const series = await createSeriesService({ store, journal, folder, clock, log, bus: createBus({ onFault() {} }), atStep })
    const n = 2000
    async function* rows() { yield { time: Float64Array.from({ length: n }, (_, k) => ${START} + k * 60e6), value: Float64Array.from({ length: n }, (_, k) => k) } }
    await series.put({ name: 'wti', kind: 'values', timeframe: '1m', unit: '', timeZone: 'UTC', source: 'file', state: 'cached',
      rawFile: folder + '/wti.csv', user: 'local', replace: ${replace} }, rows())
    writeSync(1, 'acknowledged')
    process.kill(process.pid, 'SIGKILL')`
  try {
    execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script, folder, step], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (fault) {
    const { stdout, stderr, signal } = fault as { stdout: Buffer; stderr: Buffer; signal: string }
    if (signal !== 'SIGKILL') throw new Error(String(stderr))
    return String(stdout)
  }
  throw new Error('it did not die')
}

describe('kill -9 of the host during a put', () => {
  test.each([
    ['begun', 100],
    ['archived', 100],
    ['written', 100],
    ['journalled', 2000],
    ['loaded', 2000],
    ['never', 2000],
  ] as const)(
    'at the step %s leaves the old series or the new one, and no leftovers',
    async (step, rows) => {
      writeFileSync(join(folder, 'wti.csv'), 'the raw file')
      const first = await opened()
      await first.series.put(draft('wti'), days(100))
      for (const each of open.splice(0)) await close(each)
      const said = hostThatDies(step, { replace: true })
      expect(said).toBe(step === 'never' ? 'acknowledged' : '')
      // The data process of the dead host ends by itself and lets go of the file.
      const { series, store, journal } = await opened()
      await expect.poll(() => store.state().phase, { timeout: 10_000 }).toBe('up')
      await expect.poll(() => countOf(store, 'wti').catch(() => -1), { timeout: 10_000 }).toBe(rows)
      expect(series.find('wti')?.rows).toBe(rows)
      expect(journal.verify()).toEqual({ ok: true })
      expect((await store.query('select count(*) from series_info')).columns[0]![0]).toBe(1)
      const named = journal.read({ kinds: ['series.stored'] }).map(entry => entry.body as { segment: string; raw: string | null })
      expect(readdirSync(join(folder, 'segments')).sort()).toEqual(named.map(body => body.segment).sort())
      expect(readdirSync(join(folder, 'raw'))).toEqual(named.flatMap(body => (body.raw === null ? [] : [body.raw])))
      expect(existsSync(join(folder, 'wti.csv'))).toBe(true)
    },
    30_000,
  )
})
