import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { AGGRESSORS, ASSET_CLASSES } from '../core/market/instrument.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { column, fileChunk, instrumentKey, liveness, maybe, maybeColumn, micros, provenance, timeframe } from './wire.ts'

export const instrument = z.object({
  id: instrumentKey,
  symbol: z.string(),
  name: z.string(),
  assetClass: z.enum(ASSET_CLASSES),
  venue: z.string(),
  source: z.string(),
  currency: z.string(),
  unit: z.string(),
  tickSize: z.number().positive(),
  multiplier: z.number().positive(),
  calendar: z.string(),
  contractMonth: z.string().nullable(),
  lastTradeDate: z.string().nullable(),
})
export type InstrumentWire = z.infer<typeof instrument>

/** Newest values of some instruments as columns; row k is the instrument `instruments[index[k]]` of the subscription. */
export const quoteRows = z.object({
  index: z.array(z.number().int().nonnegative()),
  bid: z.array(maybe),
  ask: z.array(maybe),
  bidSize: z.array(maybe),
  askSize: z.array(maybe),
  last: z.array(maybe),
  lastSize: z.array(maybe),
  open: z.array(maybe),
  high: z.array(maybe),
  low: z.array(maybe),
  previousClose: z.array(maybe),
  volume: z.array(maybe),
  /** Venue's clock of the newest of quote and trade. */
  eventTime: z.array(micros.nullable()),
  receiptTime: z.array(micros.nullable()),
  state: z.array(liveness),
  /** Sum of the bits of QUALITY in core/market/instrument.ts. */
  quality: z.array(z.number().int()),
})
export type QuoteRows = z.infer<typeof quoteRows>

/** One message of a conflated stream: the first is a snapshot, deltas follow; acknowledge `seq` once it is drawn. */
export const quoteFrame = z.object({
  stream: z.string(),
  seq: z.number().int(),
  kind: z.enum(['snapshot', 'delta']),
  /** Host's clock when the frame left it. */
  sent: micros,
  rows: quoteRows,
})
export type QuoteFrame = z.infer<typeof quoteFrame>

export const tradeRow = z.object({
  seq: z.number().int(),
  time: micros,
  price: z.number(),
  size: z.number(),
  aggressor: z.enum(AGGRESSORS),
  quality: z.number().int(),
})
export type TradeRow = z.infer<typeof tradeRow>
export const tradeFrame = z.object({
  stream: z.string(),
  seq: z.number().int(),
  kind: z.enum(['snapshot', 'delta']),
  provenance,
  trades: z.array(tradeRow),
  /** Trades that were left out of this frame because more came than a screen can show. */
  skipped: z.number().int(),
})

export const bars = z.object({
  /** The instrument or series they are of. */
  instrument,
  timeframe,
  time: z.array(micros).max(20_000),
  open: column,
  high: column,
  low: column,
  close: column,
  volume: maybeColumn,
  /** Indices into the columns where a gap of at least one expected bar precedes the bar. */
  gapBefore: z.array(z.number().int()),
  provenance,
  /** More bars exist before the first one sent. */
  hasEarlier: z.boolean(),
})
export type BarsWire = z.infer<typeof bars>

export const barUpdate = z.object({
  stream: z.string(),
  seq: z.number().int(),
  /** The bar being built, and any bar that closed since the last update, oldest first. */
  bars: z.array(
    z.object({
      time: micros,
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: maybe,
      closed: z.boolean(),
    }),
  ),
  provenance,
})

export const seriesInfo = z.object({
  name: z.string(),
  kind: z.enum(['bars', 'values', 'ticks']),
  timeframe: timeframe.nullable(),
  unit: z.string(),
  timeZone: z.string(),
  rows: z.number().int(),
  from: micros.nullable(),
  to: micros.nullable(),
  source: z.string(),
  state: liveness,
  importedAt: micros.nullable(),
  /** SHA-256 of the raw file it was read from, where there was one. */
  sha256: z.string().nullable(),
  flagged: z.number().int(),
  refused: z.number().int(),
})
export type SeriesInfo = z.infer<typeof seriesInfo>

const read = { needs: 'market:read', changes: false } as const
const write = { needs: 'market:write', changes: true } as const

export const marketContract = {
  search: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/market/instruments',
      summary: 'Instruments and series whose symbol or name matches',
      tags: ['market'],
    })
    .input(z.object({ text: z.string().max(100).default(''), limit: z.coerce.number().int().min(1).max(5000).default(50) }))
    .output(z.object({ instruments: z.array(instrument), total: z.number().int() })),
  quotes: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/market/quotes',
      summary: 'Newest quotes as a conflated stream',
      description:
        'A snapshot, then only what changed, merged to the newest value per instrument and at most 30 times a second. rows are columns: row k is instruments[index[k]] of the request. Write the list as instruments[0]=A&instruments[1]=B. A reader that acknowledges keeps the stream at the pace at which it reads; one that does not still gets the newest values.',
      tags: ['market'],
    })
    .errors(failures('INSTRUMENT_UNKNOWN'))
    .input(z.object({ instruments: z.array(instrumentKey).max(5000) }))
    .output(eventIterator(quoteFrame)),
  trades: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/market/trades',
      summary: 'Time and sales of one instrument as a stream',
      description:
        'The last trades first (backfill), then each as it comes. skipped counts those that were left out of a message because more came than a screen can show; the store has them all.',
      tags: ['market'],
    })
    .errors(failures('INSTRUMENT_UNKNOWN'))
    .input(z.object({ instrument: instrumentKey, backfill: z.coerce.number().int().min(0).max(2000).default(200) }))
    .output(eventIterator(tradeFrame)),
  bars: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/market/bars',
      summary: 'Bars of an instrument or series',
      description:
        'Columns, oldest first; timeframes that the source does not have are made from shorter ones under the calendar of the exchange. Ask for earlier bars with before = time[0] while hasEarlier is true.',
      tags: ['market'],
    })
    .errors(failures('INSTRUMENT_UNKNOWN', 'SOURCE_FAILED', 'STORE_UNAVAILABLE'))
    .input(
      z.object({
        instrument: instrumentKey,
        timeframe,
        /** Newest bars before this instant; now where absent. */
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(20_000).default(1500),
      }),
    )
    .output(bars),
  liveBars: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/market/live-bars',
      summary: 'The bar being built, as a stream',
      description: 'The bar being built, again each time it changes, and once more with closed = true when it is over.',
      tags: ['market'],
    })
    .errors(failures('INSTRUMENT_UNKNOWN'))
    .input(z.object({ instrument: instrumentKey, timeframe }))
    .output(eventIterator(barUpdate)),
  acknowledge: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/market/acknowledge',
      summary: 'Say how far a stream was drawn',
      description: 'stream and seq are those of a message of market.quotes, market.trades or market.liveBars.',
      tags: ['market'],
    })
    .input(z.object({ stream: z.string(), seq: z.number().int() }))
    .output(z.object({})),
  series: procedure
    .meta(read)
    .route({ method: 'GET', path: '/market/series', summary: 'Stored series with their extent and origin', tags: ['market'] })
    .errors(failures('STORE_UNAVAILABLE'))
    .output(z.object({ series: z.array(seriesInfo) })),
  removeSeries: procedure
    .meta(write)
    .route({ method: 'DELETE', path: '/market/series/{name}', summary: 'Remove a stored series', tags: ['market'] })
    .errors(failures('SERIES_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ name: z.string().min(1).max(100) }))
    .output(z.object({ removed: z.number().int() })),
  /** Takes back the last removal of that name: the segment is kept until the workspace is tidied. */
  restoreSeries: procedure
    .meta(write)
    .route({ method: 'POST', path: '/market/series/{name}/restore', summary: 'Bring back a removed series', tags: ['market'] })
    .errors(failures('SERIES_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ name: z.string().min(1).max(100) }))
    .output(z.object({ restored: z.number().int() })),
  exportSeries: procedure
    .meta(read)
    .route({ method: 'GET', path: '/market/series/{name}/export', summary: 'A series as a file, in chunks', tags: ['market'] })
    .errors(failures('SERIES_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ name: z.string().min(1).max(100), format: z.enum(['csv', 'parquet', 'json']).default('csv') }))
    .output(eventIterator(fileChunk)),
}
