import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBus } from '../../platform/bus.ts'
import { systemClock } from '../../platform/clock.ts'
import { openDataStore } from '../../platform/data-store.ts'
import { openJournal } from '../../platform/journal.ts'
import { silentLog as log } from '../../platform/log.ts'
import { readMigrations } from '../../platform/migrations.ts'
import type { Topics } from '../topics.ts'
import { storeFirstSeries } from './first-series.ts'
import { createSeriesService } from './series-service.ts'

const clock = systemClock()
const resources = fileURLToPath(new URL('../../../node_modules/vega-datasets/data', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'contango-first-'))
const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
const store = await openDataStore({
  file: join(folder, 'market.duckdb'),
  entry: new URL('../../platform/data-process.ts', import.meta.url),
  ...{ log, clock, migrations: readMigrations(new URL('../schema/', import.meta.url)) },
})
const bus = createBus<Topics>({ onFault: (_, fault) => expect.fail(String(fault)) })
const series = await createSeriesService({ store, journal, folder, clock, log, bus })

beforeAll(() => storeFirstSeries({ series, journal, resources, log }))
afterAll(async () => {
  await series.close()
  await store.close()
  journal.close()
  rmSync(folder, { recursive: true })
})

test('a fresh workspace has real daily bars of the S&P 500 from 2000', async () => {
  expect(series.find('sp500')).toMatchObject({
    rows: 5105,
    source: 'vega-datasets',
    state: 'cached',
    timeframe: '1d',
    refused: 0,
  })
  const bars = await series.bars({ name: 'sp500', timeframe: '1d', limit: 10_000 })
  expect(new Date(bars.time[0]! / 1000).toISOString()).toBe('2000-01-03T00:00:00.000Z')
  expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]).toEqual([
    1469.25, 1478, 1438.359985, 1455.219971, 931_800_000,
  ])
  const months = await series.bars({ name: 'sp500', timeframe: '1M', limit: 1 })
  expect(months.time).toHaveLength(1)
})

test('and four years of temperatures of two cities', async () => {
  for (const name of ['weather-seattle', 'weather-new-york']) {
    expect(series.find(name)).toMatchObject({ rows: 1461, kind: 'values', unit: '°C' })
  }
  const bars = await series.bars({ name: 'weather-seattle', timeframe: '1d', limit: 2000 })
  expect(bars.close[0]).toBeCloseTo((12.8 + 5) / 2, 12)
})

test('one that was removed does not come back by itself', async () => {
  await series.remove('weather-seattle', 'local')
  const before = journal.head().seq
  await storeFirstSeries({ series, journal, resources, log })
  expect(series.find('weather-seattle')).toBeNull()
  expect(journal.head().seq).toBe(before)
})

test('a missing file costs its series and not the start', async () => {
  await expect(storeFirstSeries({ series, journal: { read: () => [] }, resources: folder, log })).resolves.toBeUndefined()
})
