import type { BarsWire, QuoteFrame, SeriesInfo } from '../../contract/market.ts'
import { reasonOf } from '../../contract/reasons.ts'
import type { Provenance } from '../../contract/wire.ts'
import { type EpochMicros, epochMicros } from '../../core/kit/time.ts'
import type { Bar } from '../../core/market/bar-builder.ts'
import type { Bars, Timeframe } from '../../core/market/bars.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import type { Clock } from '../../platform/clock.ts'
import type { FileChunk } from '../../platform/file-chunks.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import type { SourcesService } from '../sources/sources-service.ts'
import type { HostBus } from '../topics.ts'
import { type BarsAnswer, createBarsService } from './bars-service.ts'
import type { Feed } from './feed.ts'
import { createHistoryKeeper } from './history-keeper.ts'
import { createInstrumentIndex } from './instrument-index.ts'
import { createLiveBars, type LiveBar } from './live-bars.ts'
import { createPacing, type Pacer } from './pacer.ts'
import { quoteFrames } from './quote-stream.ts'
import { createSeriesBook, type SeriesPort } from './series-book.ts'
import { exportChunks } from './series-export.ts'
import { endable } from './stream.ts'
import { type TapeFrame, tapeFrames } from './tape.ts'
import { barsWire } from './wire-bars.ts'

export interface MarketOptions {
  readonly feed: Feed
  readonly sources: SourcesService
  readonly series: SeriesPort
  readonly bus: HostBus
  readonly clock: Clock
  readonly log: Log
  /** Folder for files on their way out; they do not stay. */
  readonly scratch: string
  /** Seconds from a record's receipt until the frame with it leaves. */
  readonly onSent?: (seconds: number) => void
}

export interface BarUpdate {
  readonly stream: string
  readonly seq: number
  readonly bars: {
    readonly time: number
    readonly open: number
    readonly high: number
    readonly low: number
    readonly close: number
    readonly volume: number | null
    readonly closed: boolean
  }[]
  readonly provenance: Provenance
}

export interface BarsQuery {
  readonly instrument: string
  readonly timeframe: Timeframe
  readonly before?: number | undefined
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

export interface MarketService {
  /** Puts the stored series into the book, so that they are found and listed like any instrument. */
  start(): Promise<void>
  search(text: string, limit: number): { instruments: Instrument[]; total: number }
  /** The instrument with that id, or the one that a series of that name is. Fails: INSTRUMENT_UNKNOWN. */
  instrument(key: string): Instrument
  quotes(keys: readonly string[], signal?: AbortSignal): AsyncGenerator<QuoteFrame, void, undefined>
  trades(key: string, backfill: number, signal?: AbortSignal): AsyncGenerator<TapeFrame, void, undefined>
  bars(query: BarsQuery): Promise<BarsWire>
  /** The same as columns, for callers inside the host. */
  barColumns(query: BarsQuery): Promise<{ readonly instrument: Instrument; readonly bars: Bars }>
  liveBars(key: string, timeframe: Timeframe, signal?: AbortSignal): AsyncGenerator<BarUpdate, void, undefined>
  acknowledge(stream: string, seq: number): void
  listSeries(): Promise<SeriesInfo[]>
  /** A stored series as a file in chunks. Fails: SERIES_UNKNOWN. */
  exportSeries(name: string, format: 'csv' | 'parquet' | 'json', signal?: AbortSignal): AsyncGenerator<FileChunk, void, undefined>
  /**
   * Asks an instrument's source for all its daily bars and stores them as its series; null where the source is off or gives none.
   *
   * Fails: SOURCE_FAILED, INSTRUMENT_UNKNOWN; also where the source answered only from its cache.
   */
  storeDays(key: string, signal: AbortSignal): Promise<{ readonly rows: number; readonly added: number } | null>
  /** Open streams and their frames under way, for the Status panel. */
  streams(): { readonly open: number; readonly unacknowledged: number }
  close(): void
}

/** 1900-01-01: no source has bars before. */
const EARLIEST = epochMicros(-2_208_988_800_000_000)

/** Everything that can be asked about the market: what there is, what it is worth now, and what it was worth before. */
export function createMarketService(options: MarketOptions): MarketService {
  const { feed, sources, bus, clock, log, onSent = () => {} } = options
  const { book, tape } = feed
  const pacing = createPacing({ clock })
  const index = createInstrumentIndex(book.instruments)
  const live = createLiveBars({ bus, clock })
  const series = createSeriesBook({ book, series: options.series, bus, log })
  const keeper = createHistoryKeeper({ series: options.series, log, clock })
  const bars = createBarsService({
    clock,
    history: sources.history,
    stored: series.stored,
    onHistory: (instrument, timeframe, answer) => keeper.keep(instrument, timeframe, answer),
  })
  const stops = [
    bus.on('instruments', () => index.stale()),
    bus.on('series', ({ name }) => {
      bars.forget(series.idOf(name))
      index.stale()
    }),
    bus.on('sources', () => index.stale()),
  ]

  const find = (key: string): Instrument | null => book.find(series.idOf(key)) ?? null
  const instrument = (key: string): Instrument => find(key) ?? fail('INSTRUMENT_UNKNOWN', { instrument: key })

  const provenanceOf = (one: Instrument, asOf: EpochMicros | null = null): Provenance => {
    const row = book.rowOf(one.id)
    const at = book.columns.eventTime[row]!
    return {
      source: one.source,
      state: book.stateOf(row),
      asOf: Number.isNaN(at) ? asOf : (at as EpochMicros),
      reason: book.reasonOf(row),
    }
  }

  /** Opens a stream on some instruments: subscribed while it is read, and never longer. */
  async function* looking<T>(
    ids: readonly string[],
    run: (pacer: Pacer) => AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined> {
    const leave = sources.subscribe(ids)
    const pacer = pacing.open()
    try {
      yield* run(pacer)
    } finally {
      pacer.close()
      leave()
    }
  }

  async function read(query: BarsQuery): Promise<{ readonly instrument: Instrument; readonly answer: BarsAnswer }> {
    const one = instrument(query.instrument)
    const signal = query.signal ?? new AbortController().signal
    const request = { instrument: one, timeframe: query.timeframe, before: query.before ?? null, limit: query.limit, signal }
    const answer = series.isSeries(one) ? await series.read(request) : await bars.read(request)
    // Of an instrument that ticks, the book knows better than its history how fresh it is.
    const ticks = request.before === null && book.stateOf(book.rowOf(one.id)) !== 'none'
    if (!ticks || answer.provenance.state === 'cached' || series.isSeries(one)) return { instrument: one, answer }
    return { instrument: one, answer: { ...answer, provenance: provenanceOf(one, answer.provenance.asOf as EpochMicros | null) } }
  }

  /** Closed bars as history has them, where records were missing while they were built. */
  async function corrected(key: string, timeframe: Timeframe, built: LiveBar[], signal: AbortSignal): Promise<LiveBar[]> {
    const known = (await read({ instrument: key, timeframe, limit: built.length + 2, signal })).answer.bars
    return built.map(bar => {
      const at = known.time.indexOf(bar.time)
      return bar.closed && at >= 0 ? { ...barAt(known, at), closed: true } : bar
    })
  }

  return {
    start: series.load,
    search: (text, limit) => index.search(text, limit),
    instrument,
    quotes(keys, outer) {
      const ids = keys.map(series.idOf)
      if (ids.length > 0 && ids.every(id => book.rowOf(id) < 0)) fail('INSTRUMENT_UNKNOWN', { instrument: keys.join(', ') })
      return endable(outer, async function* (signal) {
        const rows = ids.map(book.rowOf)
        // One that is not known now may come: a source is turned on, a series is imported.
        const stop = bus.on('instruments', () => {
          for (let at = 0; at < rows.length; at++) if (rows[at]! < 0) rows[at] = book.rowOf(ids[at]!)
        })
        try {
          yield* looking(ids, pacer => quoteFrames({ book, rows, pacer, clock, signal, onSent }))
        } finally {
          stop()
        }
      })
    },
    trades(key, backfill, outer) {
      const one = instrument(key)
      const row = book.rowOf(one.id)
      const provenance = () => provenanceOf(one)
      return endable(outer, signal => looking([one.id], pacer => tapeFrames({ tape, row, backfill, pacer, provenance, signal })))
    },
    async bars(query) {
      const { instrument: one, answer } = await read(query)
      return barsWire(one, answer)
    },
    async barColumns(query) {
      const { instrument: one, answer } = await read(query)
      return { instrument: one, bars: answer.bars }
    },
    liveBars(key, timeframe, outer) {
      const one = instrument(key)
      return endable(outer, signal =>
        looking([one.id], async function* (pacer) {
          const newest = (await read({ instrument: key, timeframe, limit: 1, signal })).answer
          const { state: given } = provenanceOf(one)
          const builder = live.open(one, newest.timeframe, lastBar(newest.bars), given === 'live' || given === 'demo')
          let shown = ''
          try {
            for (;;) {
              const provenance = provenanceOf(one, newest.provenance.asOf as EpochMicros | null)
              const { bars: built, isDoubted } = builder.take()
              const changed = isDoubted ? await corrected(key, newest.timeframe, built, signal) : built
              const state = `${provenance.state} ${provenance.reason}`
              if (changed.length > 0 || state !== shown) {
                yield {
                  stream: pacer.stream,
                  seq: pacer.next(),
                  bars: changed.map(bar => ({ ...bar, volume: Number.isFinite(bar.volume) ? bar.volume : null })),
                  provenance,
                }
                shown = state
              }
              if (!(await pacer.turn(signal))) return
            }
          } finally {
            builder.close()
          }
        }),
      )
    },
    acknowledge: (stream, seq) => void pacing.acknowledge(stream, seq),
    listSeries: () => options.series.list(),
    exportSeries(name, format, outer) {
      if (!options.series.find(name)) fail('SERIES_UNKNOWN', { series: name })
      return endable(outer, signal => exportChunks(options.scratch, file => options.series.exportTo(name, file, format), signal))
    },
    async storeDays(key, signal) {
      const one = instrument(key)
      const answer = await sources.history({ instrument: one, timeframe: '1d', from: EARLIEST, to: clock.now(), signal })
      if (!answer || answer.bars.time.length === 0) return null
      if (answer.state === 'cached') fail('SOURCE_FAILED', { source: one.source, reason: reasonOf('cached') })
      return await keeper.store(one, answer)
    },
    streams: () => ({ open: pacing.streams, unacknowledged: pacing.unacknowledged() }),
    close() {
      for (const stop of stops) stop()
      series.close()
      live.close()
      pacing.close()
    },
  }
}

function lastBar(bars: Bars): Bar | null {
  return bars.time.length > 0 ? barAt(bars, bars.time.length - 1) : null
}

function barAt({ time, open, high, low, close, volume }: Bars, at: number): Bar {
  return {
    time: time[at]! as EpochMicros,
    open: open[at]!,
    high: high[at]!,
    low: low[at]!,
    close: close[at]!,
    volume: volume[at]!,
  }
}
