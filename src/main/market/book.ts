import type { EpochMicros } from '../../core/kit/time.ts'
import { type Instrument, LIVENESS, type Liveness, QUALITY, type Quote, type Trade } from '../../core/market/instrument.ts'
import type { RawDay } from '../sources/source.ts'
import { type BookColumns, bookColumns, grow } from './book-columns.ts'

const LIVENESS_INDEX = Object.fromEntries(LIVENESS.map((name, index) => [name, index])) as Record<Liveness, number>
const NONE = LIVENESS_INDEX.none
const STALE = LIVENESS_INDEX.stale
const FIRST_CAPACITY = 256

/** Newest values of every instrument, as columns that grow by doubling. */
export interface Book {
  /** Row of that instrument, -1 where the book has none. */
  rowOf(id: string): number
  /** Brings an instrument in, or replaces what is known of it; its values will have that state. Answers its row. */
  add(instrument: Instrument, gives: Liveness): number
  instrument(row: number): Instrument
  find(id: string): Instrument | null
  instruments(): readonly Instrument[]
  readonly size: number
  /** The columns as they are now: read them at once, they are replaced when the book grows. */
  readonly columns: Readonly<BookColumns>
  /** Number of the newest change of any row. */
  readonly version: number
  /** A late record, and one whose price is not believed (yet), marks the row and leaves the newest good values standing. */
  putQuote(row: number, quote: Quote, heard: number): void
  putTrade(row: number, trade: Trade, heard: number): void
  putDay(row: number, day: RawDay, heard: number, receiptTime: EpochMicros): void
  /** Marks the row with a quality that came without a record, such as a gap. */
  mark(row: number, quality: number): void
  /** What the source says of its values for that row, with the reason where that needs words; shown from the next record. */
  believe(row: number, state: Liveness, reason: string | null): void
  /** The state that is shown, without touching what the source said; `back` returns to that. */
  show(row: number, state: Liveness | 'given', reason: string | null): void
  stateOf(row: number): Liveness
  reasonOf(row: number): string | null
}

/** `dayEndOf` is the first instant after the trading day that holds `at`: where open, high, low and volume start anew. */
export function createBook({ dayEndOf }: { dayEndOf: (instrument: Instrument, at: EpochMicros) => EpochMicros }): Book {
  const rows = new Map<string, number>()
  const instruments: Instrument[] = []
  const reasons = new Map<number, string>()
  const columns = bookColumns(FIRST_CAPACITY)
  let capacity = FIRST_CAPACITY
  let version = 0

  const touch = (row: number) => {
    columns.version[row] = ++version
  }
  const setState = (row: number, state: number, reason: string | null) => {
    if (columns.state[row] === state && (reasons.get(row) ?? null) === reason) return
    columns.state[row] = state
    if (reason === null) reasons.delete(row)
    else reasons.set(row, reason)
    touch(row)
  }
  const fresh = (row: number, heard: number, receiptTime: number, quality: number) => {
    columns.heard[row] = heard
    columns.receiptTime[row] = receiptTime
    columns.quality[row] = quality
    if (columns.state[row] === STALE || columns.state[row] === NONE) setState(row, columns.given[row]!, null)
    touch(row)
  }

  const doubt = (row: number, quality: number, heard: number) => {
    columns.heard[row] = heard
    columns.quality[row] = quality
    touch(row)
  }

  return {
    rowOf: id => rows.get(id) ?? -1,
    add(instrument, gives) {
      const known = rows.get(instrument.id)
      if (known !== undefined) {
        instruments[known] = instrument
        columns.given[known] = LIVENESS_INDEX[gives]
        touch(known)
        return known
      }
      const row = instruments.length
      if (row === capacity) {
        capacity *= 2
        grow(columns, capacity)
      }
      instruments.push(instrument)
      rows.set(instrument.id, row)
      columns.state[row] = NONE
      columns.given[row] = LIVENESS_INDEX[gives]
      touch(row)
      return row
    },
    instrument: row => instruments[row]!,
    find: id => instruments[rows.get(id) ?? -1] ?? null,
    instruments: () => instruments,
    get size() {
      return instruments.length
    },
    columns,
    get version() {
      return version
    },
    putQuote(row, quote, heard) {
      if (quote.quality & NOT_NEWEST) return doubt(row, quote.quality, heard)
      columns.bid[row] = quote.bid
      columns.ask[row] = quote.ask
      columns.bidSize[row] = quote.bidSize
      columns.askSize[row] = quote.askSize
      columns.quoteTime[row] = quote.eventTime
      columns.eventTime[row] = later(columns.eventTime[row]!, quote.eventTime)
      fresh(row, heard, quote.receiptTime, quote.quality)
    },
    putTrade(row, trade, heard) {
      // A late trade is still a part of the day's volume and range, so it is counted there, but it is not the last one.
      if (!columns.venueDay[row]) countDay(columns, row, trade, instruments[row]!, dayEndOf)
      if (trade.quality & NOT_NEWEST) return doubt(row, trade.quality, heard)
      columns.last[row] = trade.price
      columns.lastSize[row] = trade.size
      columns.tradeTime[row] = trade.eventTime
      columns.eventTime[row] = later(columns.eventTime[row]!, trade.eventTime)
      fresh(row, heard, trade.receiptTime, trade.quality)
    },
    putDay(row, day, heard, receiptTime) {
      columns.venueDay[row] = 1
      columns.open[row] = day.open
      columns.high[row] = day.high
      columns.low[row] = day.low
      columns.previousClose[row] = day.previousClose
      columns.volume[row] = day.volume
      columns.eventTime[row] = later(columns.eventTime[row]!, day.eventTime)
      fresh(row, heard, receiptTime, columns.quality[row]!)
    },
    mark(row, quality) {
      columns.quality[row]! |= quality
      touch(row)
    },
    believe(row, state, reason) {
      columns.given[row] = LIVENESS_INDEX[state]
      if (!Number.isNaN(columns.heard[row]!)) setState(row, LIVENESS_INDEX[state], reason)
    },
    show: (row, state, reason) => setState(row, state === 'given' ? columns.given[row]! : LIVENESS_INDEX[state], reason),
    stateOf: row => LIVENESS[columns.state[row]!]!,
    reasonOf: row => reasons.get(row) ?? null,
  }
}

function later(known: number, instant: number): number {
  return known > instant ? known : instant
}

/** Marks of records that are kept but must not replace the newest value. */
const NOT_NEWEST = QUALITY.outOfOrder | QUALITY.outlier

/** Marks that say a price was not one that the market traded at. */
const NOT_A_PRICE = QUALITY.nonPositive | QUALITY.outlier | QUALITY.duplicate

/** Open, high, low, volume and previous close from trades, for venues that do not send them. */
function countDay(
  columns: BookColumns,
  row: number,
  trade: Trade,
  instrument: Instrument,
  dayEndOf: (instrument: Instrument, at: EpochMicros) => EpochMicros,
): void {
  if (trade.quality & NOT_A_PRICE || !Number.isFinite(trade.price)) return
  // NaN (no day yet) compares false, so the first trade opens the first day.
  if (!(trade.eventTime < columns.dayEnd[row]!)) {
    columns.previousClose[row] = columns.last[row]!
    columns.open[row] = trade.price
    columns.high[row] = trade.price
    columns.low[row] = trade.price
    columns.volume[row] = 0
    columns.dayEnd[row] = dayEndOf(instrument, trade.eventTime)
  }
  if (trade.price > columns.high[row]!) columns.high[row] = trade.price
  if (trade.price < columns.low[row]!) columns.low[row] = trade.price
  if (trade.size > 0) columns.volume[row]! += trade.size
}
