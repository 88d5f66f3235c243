import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test as anyTest, expect } from 'vitest'
import { instrumentId } from '../../src/core/kit/ids.ts'
import { epochMicros } from '../../src/core/kit/time.ts'
import { createFeed, isOpen } from '../../src/main/market/feed.ts'
import { createMarketService } from '../../src/main/market/market-service.ts'
import { createSeriesService } from '../../src/main/market/series-service.ts'
import { yahooRefresh } from '../../src/main/schedule/yahoo-refresh.ts'
import { createSourcesService } from '../../src/main/sources/sources-service.ts'
import { yahooSource } from '../../src/main/sources/yahoo/source.ts'
import type { Topics } from '../../src/main/topics.ts'
import { createBus } from '../../src/platform/bus.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDataStore } from '../../src/platform/data-store.ts'
import { openJournal } from '../../src/platform/journal.ts'
import { silentLog } from '../../src/platform/log.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { readMigrations } from '../../src/platform/migrations.ts'
import { recordedYahoo, recording, responseOf, YAHOO_RECORDINGS } from './recordings.ts'

const test = anyTest.skipIf(!YAHOO_RECORDINGS)
const clock = systemClock()
const CHART = 'chart-AAPL-2020-08-31-to-2020-11-07.json'
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A workstation with real stores, the real Yahoo client, and Yahoo's answers as they were recorded. */
async function workstation(folder: string, online: boolean) {
  const bus = createBus<Topics>({ onFault: (_, fault) => expect.fail(String(fault)) })
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('../../src/platform/data-process.ts', import.meta.url),
    log: silentLog,
    clock,
    migrations: readMigrations(new URL('../../src/main/schema/', import.meta.url)),
  })
  const series = await createSeriesService({ store, journal, folder, clock, log: silentLog, bus })
  const writers = { quotes: () => {}, trades: () => {}, refused: () => {} }
  const feed = createFeed({ bus, clock, log: silentLog, metrics: createMetrics(), writers })
  const venue = recordedYahoo(url => {
    if (!online) throw new TypeError('fetch failed')
    return responseOf(recording(url.pathname.includes('/chart/') ? CHART : 'quote-AAPL.json'))
  })
  const sources = createSourcesService({
    sources: [yahooSource],
    ...feed,
    journal,
    bus,
    clock,
    log: silentLog,
    cacheFolder: join(folder, 'cache'),
    fetch: venue.fetch,
    seed: 1,
    isOpen,
  })
  const market = createMarketService({ feed, sources, series, bus, clock, log: silentLog, scratch: join(folder, 'uploads') })
  sources.start()
  await market.start()
  const close = async () => {
    market.close()
    await sources.close()
    feed.close()
    await series.close()
    await store.close()
    journal.close()
  }
  return { journal, store, series, sources, market, close }
}

async function until(holds: () => boolean): Promise<void> {
  for (let k = 0; k < 200 && !holds(); k++) await new Promise(done => setTimeout(done, 25))
  expect(holds()).toBe(true)
}

test('the recorded AAPL chart becomes a stored series, equal to the recording, and is there with Yahoo off', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contango-keeper-'))
  closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const first = await workstation(folder, true)
  closers.push(first.close)
  await first.sources.set('yahoo', true, 'local')
  const added = await first.sources.add('yahoo', 'AAPL', 'local')
  expect(added.id).toBe(instrumentId('AAPL.YAHOO'))
  const before = epochMicros(Date.UTC(2021, 0, 1) * 1000)
  const shown = await first.market.bars({ instrument: 'AAPL.YAHOO', timeframe: '1d', limit: 100, before })
  await until(() => first.series.find('AAPL.YAHOO') !== null)
  const sent = (
    recording(CHART).response.bodyJson as {
      chart: { result: { indicators: { quote: Record<string, number[]>[] } }[] }
    }
  ).chart.result[0]!.indicators.quote[0]!
  expect(first.series.find('AAPL.YAHOO')).toMatchObject({ rows: 49, source: 'yahoo', state: 'cached', timeframe: '1d' })
  // The journal has it first; the store is filled from the segment right after.
  const count = async () => (await first.store.query("select count(*) as n from series where name = 'AAPL.YAHOO'")).columns[0]![0]
  for (let k = 0; k < 200 && (await count()) !== 49; k++) await new Promise(done => setTimeout(done, 25))
  const stored = await first.store.query(
    "select open, high, low, close, volume from series where name = 'AAPL.YAHOO' order by time",
  )
  expect(stored.columns.map(column => [...column])).toEqual(['open', 'high', 'low', 'close', 'volume'].map(name => sent[name]))

  closers.pop()
  await first.close()
  const second = await workstation(folder, false)
  closers.push(second.close)
  await second.sources.set('yahoo', false, 'local')
  const offline = await second.market.bars({ instrument: 'AAPL.YAHOO', timeframe: '1d', limit: 100, before })
  expect([offline.time, offline.close]).toEqual([shown.time, shown.close])
  expect(offline.provenance).toMatchObject({ state: 'cached', reason: 'reason.source-off' })
  // One instrument, not a second one for the series of the same name.
  expect(second.market.search('AAPL', 10).instruments.map(one => one.id)).toEqual(['AAPL.YAHOO'])
}, 20_000)

test('the scheduled refresh stores what Yahoo sends, adds only what is new, and says when Yahoo is off or away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contango-refresh-'))
  closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  const first = await workstation(folder, true)
  closers.push(first.close)
  const refreshOf = ({ market, sources }: typeof first) =>
    yahooRefresh({
      market,
      watchlists: () => [{ id: 'w', name: 'Mine', instruments: ['AAPL.YAHOO', 'CLF27.DEMO'], revision: 1 }],
      instruments: () => market.search('', 100).instruments,
      isOn: name => sources.list().some(source => source.name === name && source.enabled),
    })
  const byHand = { job: { id: 'job', name: 'Days' }, run: '1', trigger: 'person', user: 'ana', skips: null } as const
  const handle = { signal: new AbortController().signal, progress: () => {}, log: silentLog, due: null, ...byHand }
  const run = (one: typeof first) => refreshOf(one).run(handle, { which: 'watchlists' } as never)
  await expect(run(first)).rejects.toMatchObject({ code: 'SOURCE_OFF' })
  await first.sources.set('yahoo', true, 'local')
  await first.sources.add('yahoo', 'AAPL', 'local')
  expect(await run(first)).toEqual({ instruments: 1, stored: 1, newBars: 49, failed: 0 })
  expect(first.series.find('AAPL.YAHOO')).toMatchObject({ rows: 49, source: 'yahoo' })
  expect(await run(first)).toEqual({ instruments: 1, stored: 1, newBars: 0, failed: 0 })
  closers.pop()
  await first.close()
  // Without the network and without a cache there is nothing to store, and what is stored stays.
  await rm(join(folder, 'cache'), { recursive: true, force: true })
  const second = await workstation(folder, false)
  closers.push(second.close)
  await expect(run(second)).rejects.toMatchObject({ code: 'SOURCE_FAILED' })
  expect(second.series.find('AAPL.YAHOO')).toMatchObject({ rows: 49 })
}, 20_000)
