import { reasonOf } from '../../contract/reasons.ts'
import { type EpochMicros, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { QUALITY, type Quote, type Trade } from '../../core/market/instrument.ts'
import { createTickChecks, type TickChecks, UNUSABLE } from '../../core/market/quality.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Kept, Origin, RawDay, RawQuote, RawTrade, Source, SourceSink } from '../sources/source.ts'
import type { HostBus } from '../topics.ts'
import type { Book } from './book.ts'
import { createFeedCounter, type FeedCounter, type FeedCounts } from './feed-counts.ts'
import { createSequence, type Sequence } from './sequence.ts'
import type { Tape } from './tape.ts'

/** Where records go to be kept: batches in the order they came, never waited for. */
export interface TickWriters {
  quotes(batch: readonly Quote[]): void
  trades(batch: readonly Trade[]): void
  refused(frame: { readonly source: string; readonly at: EpochMicros; readonly reason: string; readonly raw: string }): void
}

/** The steps of the way from a source's sink to the bus that are timed. */
export type IngestStep = 'check' | 'publish' | 'write'

/** A door for one source: its sink, its counts, and the key that shuts it. */
export interface Inlet {
  readonly sink: Pick<SourceSink, 'quotes' | 'trades' | 'days' | 'instruments' | 'liveness' | 'gap' | 'refused' | 'count'>
  readonly counts: FeedCounts
  /** Nothing that comes later gets through. */
  shut(): void
}

export interface Ingest {
  /** Counts go on where an earlier inlet of the same source stopped, its sequence numbers do not. */
  inlet(source: Pick<Source, 'name' | 'gives'>): Inlet
  counts(source: string): FeedCounts
}

const REFUSED_KEPT = 2000

interface Parts {
  readonly book: Book
  readonly tape: Tape
  readonly bus: HostBus
  readonly clock: Clock
  readonly log: Log
  readonly writers: TickWriters
  /** Seconds that a batch spent in a step. */
  readonly onTimed: (step: IngestStep, seconds: number) => void
}

/**
 * The way of every record from a source into the book, onto the bus and to disk.
 *
 * Cache, then publish: the book holds a value before anybody is told of it. Records with a doubtful quality are marked
 * and kept; what is no record at all goes to feed_refused. Nothing is awaited here: at tens of thousands of records a
 * second a promise each would cost more than the work.
 */
export function createIngest(parts: Parts): Ingest {
  const counters = new Map<string, FeedCounter>()
  const counterOf = (source: string): FeedCounter => {
    const counter = counters.get(source) ?? createFeedCounter()
    counters.set(source, counter)
    return counter
  }
  const checks = { ticks: createTickChecks(), rows: 0 }
  return {
    inlet: source => openInlet(parts, checks, source, counterOf(source.name)),
    counts: counterOf,
  }
}

function openInlet(parts: Parts, checks: Checks, source: Pick<Source, 'name' | 'gives'>, counter: FeedCounter): Inlet {
  const { book, tape, bus, clock, log, writers, onTimed } = parts
  const sequence = createSequence()
  const gaps = new Set<string>()
  let open = true

  const refuse = (raw: string, reason: string) => {
    counter.add('refused')
    log.warn('feed.refused', { source: source.name, reason })
    writers.refused({ source: source.name, at: clock.now(), reason, raw: raw.slice(0, REFUSED_KEPT) })
  }
  /** Row of a record that may be believed to be one, else -1 and the record is refused. */
  const admit = (record: { readonly instrument: string; readonly eventTime: number }): number => {
    const row = book.rowOf(record.instrument)
    if (row < 0) refuse(written(record), 'its instrument is not known')
    else if (!Number.isSafeInteger(record.eventTime)) {
      refuse(written(record), 'its time is not a whole number of microseconds')
      return -1
    }
    while (checks.rows <= row) checks.ticks.add(book.instrument(checks.rows++))
    return row
  }
  const received = (count: number, newest: Quote | Trade, now: number, origin: Origin | undefined) => {
    if (origin && origin !== 'past') return
    // How old the past is says nothing about how long records are on their way.
    counter.records(count, origin ? Number.NaN : newest.eventTime, newest.receiptTime, now)
  }
  // What a row held when the first of the past came for it; an earlier inlet of the source may have brought it.
  const heldUntil = new Map<number, number>()
  const isHeld = (row: number, eventTime: number): boolean => {
    const until = heldUntil.get(row) ?? book.columns.eventTime[row]!
    heldUntil.set(row, until)
    return eventTime <= until
  }
  const context: Stamping = { source: source.name, book, checks, sequence, gaps, clock, counter, admit, refuse, isHeld }

  /** Counts what was checked, then announces it and queues it for the store; what is past goes no further than the book. */
  function handOver<T extends Quote | Trade>(
    started: number,
    records: readonly T[],
    origin: Origin | undefined,
    announce: (records: readonly T[]) => void,
    write: (records: readonly T[]) => void,
  ): void {
    const newest = records.at(-1)
    if (!newest) return
    const checked = clock.monotonic()
    received(records.length, newest, checked, origin)
    if (origin) return
    onTimed('check', checked - started)
    announce(records)
    const published = clock.monotonic()
    onTimed('publish', published - checked)
    write(records)
    onTimed('write', clock.monotonic() - published)
  }

  return {
    counts: counter,
    shut: () => {
      open = false
    },
    sink: {
      quotes(batch, origin) {
        if (!open || batch.length === 0) return
        const started = clock.monotonic()
        handOver(started, stampQuotes(context, batch, origin), origin, list => bus.emit('quotes', list), writers.quotes)
      },
      trades(batch, origin) {
        if (!open || batch.length === 0) return
        const started = clock.monotonic()
        handOver(started, stampTrades(context, batch, origin, tape), origin, list => bus.emit('trades', list), writers.trades)
      },
      days(batch, kept) {
        if (!open) return
        const now = clock.monotonic()
        for (const day of batch) {
          const row = admit(day)
          if (row >= 0) putDay(book, row, day, now, clock.now(), kept)
        }
      },
      instruments(list) {
        if (!open) return
        for (const instrument of list) book.add(instrument, source.gives)
        bus.emit('instruments', list)
      },
      liveness(list) {
        if (!open) return
        for (const { instrument, state, reason } of list) {
          const row = book.rowOf(instrument)
          if (row >= 0) book.believe(row, state, reason)
        }
      },
      gap({ instrument, fromSeq, toSeq }) {
        if (!open) return
        sequence.skip(toSeq)
        counter.add('gaps')
        log.warn('feed.gap', { source: source.name, instrument, from: fromSeq, to: toSeq })
        const row = instrument === null ? -1 : book.rowOf(instrument)
        if (row >= 0) book.mark(row, QUALITY.gap)
        if (instrument !== null) gaps.add(instrument)
      },
      refused({ raw, reason }) {
        if (open) refuse(raw, reason)
      },
      count(what) {
        if (open) counter.add(what)
      },
    },
  }
}

interface Stamping {
  readonly source: string
  readonly book: Book
  readonly checks: Checks
  readonly sequence: Sequence
  /** Instruments of which records are known to be missing: the next record of each is marked. */
  readonly gaps: Set<string>
  readonly clock: Clock
  readonly counter: FeedCounter
  readonly refuse: (raw: string, reason: string) => void
  /** Whether the book had a record of the past before it was sent again. */
  readonly isHeld: (row: number, eventTime: number) => boolean
  readonly admit: (record: { readonly instrument: string; readonly eventTime: number }) => number
}

/** Rows of the checks are those of the book: added in the same order, before the first record of a row. */
interface Checks {
  readonly ticks: TickChecks
  rows: number
}

/** A record as text for feed_refused; JSON alone would write NaN and Infinity as null. */
function written(record: object): string {
  return JSON.stringify(record, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))
}

/** Monotonic instant at which a record was heard: earlier than now when it was kept from an earlier day of work. */
function heardAt(clock: Clock, kept: Kept | undefined): number {
  return kept ? clock.monotonic() - (clock.now() - kept.receiptTime) / MICROS_PER_SECOND : clock.monotonic()
}

function stampQuotes(to: Stamping, batch: readonly RawQuote[], origin: Origin | undefined): Quote[] {
  const kept = origin === 'past' ? undefined : origin
  const { book, checks, sequence, counter, source } = to
  const receiptTime = kept?.receiptTime ?? to.clock.now()
  const heard = heardAt(to.clock, kept)
  const out: Quote[] = []
  for (const raw of batch) {
    const row = to.admit(raw)
    if (row < 0) continue
    const gap = kept ? 0 : sequence.next(raw.seq)
    if (origin === 'past' && to.isHeld(row, raw.eventTime)) continue
    if (gap) counter.add('gaps')
    const judged = kept ? 0 : checks.ticks.quote(row, raw.bid, raw.ask, raw.bidSize, raw.askSize, raw.eventTime, raw.seq)
    if (judged === UNUSABLE) {
      to.refuse(written(raw), 'a price or size is infinite, or a size is negative')
      continue
    }
    const quality = gap | judged | (to.gaps.size > 0 && to.gaps.delete(raw.instrument) ? QUALITY.gap : 0)
    if (quality !== 0) counter.add('flagged')
    const quote: Quote = {
      instrument: raw.instrument,
      bid: raw.bid,
      ask: raw.ask,
      bidSize: raw.bidSize,
      askSize: raw.askSize,
      eventTime: raw.eventTime,
      receiptTime,
      // Stored as a whole number: 0 where the source does not count.
      seq: Number.isSafeInteger(raw.seq) ? raw.seq : 0,
      source,
      quality,
    }
    book.putQuote(row, quote, heard)
    if (kept) book.believe(row, 'cached', reasonOf('cached'))
    out.push(quote)
  }
  return out
}

function stampTrades(to: Stamping, batch: readonly RawTrade[], origin: Origin | undefined, tape: Tape): Trade[] {
  const kept = origin === 'past' ? undefined : origin
  const { book, checks, sequence, counter, source } = to
  const receiptTime = kept?.receiptTime ?? to.clock.now()
  const heard = heardAt(to.clock, kept)
  const out: Trade[] = []
  for (const raw of batch) {
    const row = to.admit(raw)
    if (row < 0) continue
    const gap = kept ? 0 : sequence.next(raw.seq)
    if (origin === 'past' && to.isHeld(row, raw.eventTime)) continue
    if (gap) counter.add('gaps')
    const judged = kept ? 0 : checks.ticks.trade(row, raw.price, raw.size, raw.eventTime, raw.seq)
    if (judged === UNUSABLE) {
      to.refuse(written(raw), 'a price, size or time is missing or infinite, or the size is negative')
      continue
    }
    const quality = gap | judged | (to.gaps.size > 0 && to.gaps.delete(raw.instrument) ? QUALITY.gap : 0)
    if (quality !== 0) counter.add('flagged')
    const trade: Trade = {
      instrument: raw.instrument,
      price: raw.price,
      size: raw.size,
      aggressor: raw.aggressor,
      eventTime: raw.eventTime,
      receiptTime,
      // Stored as a whole number: 0 where the source does not count.
      seq: Number.isSafeInteger(raw.seq) ? raw.seq : 0,
      source,
      quality,
    }
    book.putTrade(row, trade, heard)
    if (kept) book.believe(row, 'cached', reasonOf('cached'))
    else tape.push(row, trade)
    out.push(trade)
  }
  return out
}

function putDay(book: Book, row: number, day: RawDay, now: number, at: EpochMicros, kept: Kept | undefined): void {
  const age = kept ? (at - kept.receiptTime) / MICROS_PER_SECOND : 0
  book.putDay(row, day, now - age, kept?.receiptTime ?? at)
  if (kept) book.believe(row, 'cached', reasonOf('cached'))
}
