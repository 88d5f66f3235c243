import { symbolOf } from '../../../core/kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import { aggregate, sliceBars } from '../../../core/market/aggregate.ts'
import type { Bars, Timeframe } from '../../../core/market/bars.ts'
import { calendarOf } from '../../../core/market/sessions.ts'
import { bucketStart } from '../../../core/market/timeframes.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { HistoryAnswer, HistoryRequest } from '../source.ts'
import type { YahooClient, YahooInterval } from './client.ts'
import { parseChart, type YahooChartRow } from './parse.ts'
import type { AnswerCache, KeptAnswer } from './politeness.ts'

/** The interval that is asked for; longer bars are made here, so that their stamps follow our calendar. */
const INTERVAL: Readonly<Record<Timeframe, YahooInterval>> = {
  '1m': '1m',
  '2m': '2m',
  '5m': '5m',
  '15m': '15m',
  '30m': '30m',
  '1h': '1h',
  '2h': '1h',
  '4h': '1h',
  '1d': '1d',
  '1w': '1d',
  '1M': '1d',
}

/** Days back for which Yahoo has bars of an interval: one request for all of them serves every later question. */
const REACH_DAYS: Readonly<Record<YahooInterval, number>> = {
  '1m': 7,
  '2m': 59,
  '5m': 59,
  '15m': 59,
  '30m': 59,
  '1h': 729,
  '1d': 45_000,
}

/** An answer is good for so long; days change only at their end, but the last one is running. */
const FRESH_SECONDS: Readonly<Record<YahooInterval, number>> = {
  '1m': 30,
  '2m': 60,
  '5m': 60,
  '15m': 120,
  '30m': 120,
  '1h': 300,
  '1d': 300,
}

/** Rows as they are kept on disk. */
type KeptRow = readonly [
  millis: number,
  open: number | null,
  high: number | null,
  low: number | null,
  close: number | null,
  volume: number | null,
]

/** Bars of Yahoo instruments: from the cache while it is fresh, else asked for, else from the cache as it is, with its age. */
export function createYahooHistory({
  clock,
  log,
  client,
  cache,
  onCacheHit,
}: {
  clock: Clock
  log: Log
  client: YahooClient
  cache: AnswerCache
  onCacheHit: () => void
}): (request: HistoryRequest) => Promise<HistoryAnswer> {
  const memory = new Map<string, KeptAnswer<readonly KeptRow[]>>()
  const underWay = new Map<string, Promise<KeptAnswer<readonly KeptRow[]>>>()

  async function known(key: string): Promise<KeptAnswer<readonly KeptRow[]> | null> {
    const held = memory.get(key) ?? (await cache.read<readonly KeptRow[]>(key))
    if (held) memory.set(key, held)
    return held
  }

  async function load(symbol: string, interval: YahooInterval, key: string): Promise<KeptAnswer<readonly KeptRow[]>> {
    const now = clock.now()
    const from = epochMicros(now - REACH_DAYS[interval] * MICROS_PER_DAY)
    const rows = await client.chart(symbol, interval, from, now)
    const answer = { at: now, value: rows.map(keptRow) }
    memory.set(key, answer)
    await cache.write(key, now, answer.value)
    return answer
  }

  function loadOnce(symbol: string, interval: YahooInterval, key: string): Promise<KeptAnswer<readonly KeptRow[]>> {
    const shared = underWay.get(key)
    if (shared) return shared
    const loading = load(symbol, interval, key).finally(() => underWay.delete(key))
    underWay.set(key, loading)
    return loading
  }

  return async ({ instrument, timeframe, from, to, signal }) => {
    const symbol = symbolOf(instrument.id)
    const interval = INTERVAL[timeframe]
    const key = `chart ${symbol} ${interval}`
    const held = await known(key)
    const age = held ? (clock.now() - held.at) / MICROS_PER_SECOND : Number.POSITIVE_INFINITY
    let rows = held
    let isCached = false
    // A clock that was set back makes an age negative; then nothing is known of it.
    if (age >= 0 && age < FRESH_SECONDS[interval]) onCacheHit()
    else {
      try {
        rows = await loadOnce(symbol, interval, key)
      } catch (fault) {
        if (!held) throw fault
        isCached = true
        onCacheHit()
        log.warn('yahoo.history', { symbol, reason: fault instanceof Error ? fault.message : String(fault) })
      }
    }
    signal.throwIfAborted()
    if (!rows) throw new Error('no answer came')
    const calendar = calendarOf(instrument.calendar)
    const stamp = (time: EpochMicros) => (interval === '1d' ? bucketStart(time, '1d', calendar) : time)
    const { bars, missing } = parseChart(rows.value.map(chartRow), stamp)
    if (missing > 0) log.debug('yahoo.history', { symbol, missing })
    const wanted = interval === timeframe ? bars : aggregate(bars, timeframe, calendar)
    return { bars: between(wanted, from, to), state: isCached ? 'cached' : 'delayed', asOf: rows.at }
  }
}

function keptRow({ date, open, high, low, close, volume }: YahooChartRow): KeptRow {
  return [date.getTime(), open, high, low, close, volume]
}

function chartRow([millis, open, high, low, close, volume]: KeptRow): YahooChartRow {
  return { date: new Date(millis), open, high, low, close, volume }
}

function between(bars: Bars, from: number, to: number): Bars {
  const first = bars.time.findIndex(time => time >= from)
  if (first < 0) return sliceBars(bars, 0, 0)
  const end = bars.time.findIndex(time => time >= to)
  return sliceBars(bars, first, end < 0 ? bars.time.length : end)
}
