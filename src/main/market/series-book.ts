import type { SeriesInfo } from '../../contract/market.ts'
import { reasonOf } from '../../contract/reasons.ts'
import { emptyBars } from '../../core/market/aggregate.ts'
import type { Bars, Timeframe } from '../../core/market/bars.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import { longerOf } from '../../core/market/timeframes.ts'
import type { Log } from '../../platform/log.ts'
import type { HostBus } from '../topics.ts'
import type { BarsAnswer, BarsRequest, StoredBars } from './bars-service.ts'
import type { Book } from './book.ts'
import type { SeriesService } from './series-service.ts'

/** What the book needs of the stored series. */
export type SeriesPort = Pick<SeriesService, 'list' | 'find' | 'bars' | 'put' | 'instrumentOf' | 'exportTo'>

/** The stored series as instruments of the book: found by search, listed, charted like any other. */
export interface SeriesBook {
  /** Brings every stored series into the book. */
  load(): Promise<void>
  /** Id of the instrument with that id or of the series with that name; the text itself where it is neither. */
  idOf(key: string): string
  isSeries(instrument: Instrument): boolean
  read(request: BarsRequest): Promise<BarsAnswer>
  /** Bars that were stored under the id of an instrument of a source. */
  stored(instrument: Instrument, timeframe: Timeframe, before: number, limit: number): Promise<StoredBars | null>
  close(): void
}

export function createSeriesBook({
  book,
  series,
  bus,
  log,
}: {
  book: Book
  series: SeriesPort
  bus: HostBus
  log: Log
}): SeriesBook {
  const nameOf = new Map<string, string>()
  const idByName = new Map<string, string>()

  async function show(info: SeriesInfo): Promise<void> {
    // History kept of a source's own instrument goes by that instrument's id, and is no instrument of its own.
    if (book.find(info.name)) return
    const instrument = series.instrumentOf(info)
    nameOf.set(instrument.id, info.name)
    idByName.set(info.name, instrument.id)
    const row = book.add(instrument, info.state)
    bus.emit('instruments', [instrument])
    const newest = await series.bars({ name: info.name, timeframe: info.timeframe ?? '1d', limit: 2 })
    showNewest(book, row, info, newest)
  }

  async function change({ name, change: what }: { readonly name: string; readonly change: 'stored' | 'removed' }) {
    const info = what === 'stored' ? series.find(name) : null
    if (info) return await show(info)
    const id = idByName.get(name)
    if (id === undefined) return
    const row = book.rowOf(id)
    book.believe(row, 'none', reasonOf('removed'))
    idByName.delete(name)
    nameOf.delete(id)
  }

  const stop = bus.on('series', event => {
    change(event).catch(fault => log.warn('series.book', { name: event.name, reason: String(fault) }))
  })

  return {
    async load() {
      for (const info of await series.list()) await show(info)
    },
    idOf: key => (book.rowOf(key) >= 0 ? key : (idByName.get(key) ?? key)),
    isSeries: instrument => nameOf.has(instrument.id),
    async read({ instrument, timeframe, before, limit }) {
      const name = nameOf.get(instrument.id) ?? ''
      const info = series.find(name)
      const all = await series.bars({
        name,
        timeframe,
        ...(before === null ? {} : { to: before }),
        limit: limit + 1,
      })
      const bars = newestOf(all, limit)
      const newest = bars.time.at(-1)
      return {
        bars,
        timeframe: shownAs(info, timeframe),
        gapBefore: gapsByStep(bars.time),
        provenance: {
          source: info?.source ?? instrument.source,
          state: info?.state ?? 'none',
          asOf: newest === undefined ? null : Math.round(newest),
          reason: null,
        },
        hasEarlier: all.time.length > limit,
      }
    },
    async stored(instrument, timeframe, before, limit) {
      const info = series.find(instrument.id)
      if (!info) return null
      const bars = await series.bars({ name: info.name, timeframe, to: before, limit })
      return { bars, timeframe: shownAs(info, timeframe), state: 'cached', source: info.source }
    },
    close: stop,
  }
}

/** A series is never shown in shorter bars than it has; one of ticks or of values without a step is gathered to any. */
function shownAs(info: SeriesInfo | null, asked: Timeframe): Timeframe {
  return info === null || info.timeframe === null || info.kind === 'ticks' ? asked : longerOf(info.timeframe, asked)
}

/** The newest bar as the row's last value, with the bar before as its previous close. */
function showNewest(book: Book, row: number, info: SeriesInfo, { time, open, high, low, close, volume }: Bars): void {
  const at = time.length - 1
  if (at < 0) return
  const { columns } = book
  columns.last[row] = close[at]!
  columns.open[row] = open[at]!
  columns.high[row] = high[at]!
  columns.low[row] = low[at]!
  columns.volume[row] = volume[at]!
  columns.previousClose[row] = at > 0 ? close[at - 1]! : Number.NaN
  columns.eventTime[row] = time[at]!
  columns.receiptTime[row] = info.importedAt ?? Number.NaN
  // Nobody will send more of it: it is not silent, it is finished.
  columns.heard[row] = Number.POSITIVE_INFINITY
  book.believe(row, info.state, null)
  book.mark(row, 0)
}

/** Distances of bars beyond which something is missing, in usual distances: a week of work has four days off at most. */
const STEPS_UNTIL_GAP = 5

/**
 * Indices of bars before which a series pauses for longer than five times its usual step.
 *
 * Whose calendar an imported series follows is not known, so weekends and holidays must not count as gaps.
 */
export function gapsByStep(time: Float64Array): number[] {
  const steps = Float64Array.from({ length: Math.max(0, time.length - 1) }, (_, at) => time[at + 1]! - time[at]!)
  const usual = steps.slice().sort()[steps.length >> 1] ?? 0
  const gaps: number[] = []
  for (let at = 0; at < steps.length; at++) if (steps[at]! > STEPS_UNTIL_GAP * usual) gaps.push(at + 1)
  return gaps
}

function newestOf(bars: Bars, limit: number): Bars {
  const rows = bars.time.length
  if (rows <= limit) return rows === 0 ? emptyBars(0) : bars
  const cut = (column: Float64Array) => column.slice(rows - limit)
  return {
    time: cut(bars.time),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  }
}
