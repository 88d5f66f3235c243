import type { QuoteFrame, QuoteRows } from '../../contract/market.ts'
import { LIVENESS } from '../../core/market/instrument.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Book } from './book.ts'
import type { Pacer } from './pacer.ts'

/**
 * Newest quotes of some rows of the book, as a snapshot and then what changed since the last frame.
 *
 * The book itself is the merged state, so a stream holds no value at all: it remembers the version up to which it has
 * read, and a reader who falls behind costs nothing and sees the newest values when it wakes.
 */
export async function* quoteFrames({
  book,
  rows,
  pacer,
  clock,
  signal,
  onSent = () => {},
}: {
  book: Book
  /** Row of the book for each subscribed instrument, -1 while it has none; positions are what the frames call index. */
  rows: readonly number[]
  pacer: Pacer
  clock: Clock
  signal: AbortSignal
  /** Seconds from the receipt of the longest waiting record of a frame until the frame leaves. */
  onSent?: (seconds: number) => void
}): AsyncGenerator<QuoteFrame, void, undefined> {
  let read = 0
  let kind: QuoteFrame['kind'] = 'snapshot'
  let readAt = clock.monotonic()
  const changed: number[] = []
  for (;;) {
    changed.length = 0
    const { version } = book.columns
    for (let index = 0; index < rows.length; index++)
      if (kind === 'snapshot' || version[rows[index]!]! > read) changed.push(index)
    if (changed.length > 0 || kind === 'snapshot') {
      read = book.version
      const now = clock.monotonic()
      const waited = kind === 'delta' ? longestWait(book, rows, changed, readAt, now) : Number.NaN
      readAt = now
      if (!Number.isNaN(waited)) onSent(waited)
      yield { stream: pacer.stream, seq: pacer.next(), kind, sent: clock.now(), rows: quoteRows(book, rows, changed) }
      kind = 'delta'
    }
    if (!(await pacer.turn(signal))) return
  }
}

/** How long the first record since the last frame has waited; NaN where only states changed, which no record brought. */
function longestWait({ columns }: Book, rows: readonly number[], changed: readonly number[], since: number, now: number): number {
  let longest = Number.NaN
  for (const index of changed) {
    const heard = columns.heard[rows[index]!]!
    if (heard >= since && heard <= now && !(now - heard <= longest)) longest = now - heard
  }
  return longest
}

/** The rows with those indices as contract columns; a missing number is null. */
export function quoteRows(book: Book, rows: readonly number[], index: readonly number[]): QuoteRows {
  const columns = book.columns
  const n = index.length
  const pick = (column: Float64Array): (number | null)[] => {
    const out = new Array<number | null>(n)
    for (let i = 0; i < n; i++) {
      const value = column[rows[index[i]!]!]
      out[i] = value !== undefined && Number.isFinite(value) ? value : null
    }
    return out
  }
  return {
    index: index.slice(),
    bid: pick(columns.bid),
    ask: pick(columns.ask),
    bidSize: pick(columns.bidSize),
    askSize: pick(columns.askSize),
    last: pick(columns.last),
    lastSize: pick(columns.lastSize),
    open: pick(columns.open),
    high: pick(columns.high),
    low: pick(columns.low),
    previousClose: pick(columns.previousClose),
    volume: pick(columns.volume),
    eventTime: pick(columns.eventTime),
    receiptTime: pick(columns.receiptTime),
    state: index.map(i => LIVENESS[columns.state[rows[i]!] ?? -1] ?? 'none'),
    quality: index.map(i => columns.quality[rows[i]!] ?? 0),
  }
}
