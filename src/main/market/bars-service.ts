import { reasonOf } from '../../contract/reasons.ts'
import type { Provenance } from '../../contract/wire.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../../core/kit/time.ts'
import { emptyBars, gapsBefore, mergeBars, sliceBars } from '../../core/market/aggregate.ts'
import type { Bars, Timeframe } from '../../core/market/bars.ts'
import type { Instrument, Liveness } from '../../core/market/instrument.ts'
import { calendarOf } from '../../core/market/sessions.ts'
import { bucketEnd, minutesOf } from '../../core/market/timeframes.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HistoryAnswer, HistoryRequest } from '../sources/source.ts'

/** Tables of bars kept in memory, the least lately used leaving first. */
const KEPT_TABLES = 128
/** A table longer than this is cut at its old end: 20,000 is the most that one answer carries. */
const KEPT_BARS = 60_000
/** Times that the range asked for is doubled when nights and weekends left it too short. */
const WIDENINGS = 4
/** The first guess of how many calendar spans hold the wanted bars: a stock trades 6.5 of 24 hours on 5 of 7 days. */
const FIRST_WIDTH = 1.6
/** No market here closes for longer, so that an empty answer over this much means that there is nothing earlier. */
const LEAST_WIDTH = 4 * MICROS_PER_DAY
/** 1900-01-01: no source has bars before. */
const EARLIEST = -2_208_988_800_000_000

const DAYS: Readonly<Record<'1d' | '1w' | '1M', number>> = { '1d': 1, '1w': 7, '1M': 31 }

export interface BarsRequest {
  readonly instrument: Instrument
  readonly timeframe: Timeframe
  /** Newest bars that start before this instant; now where null. */
  readonly before: number | null
  readonly limit: number
  readonly signal: AbortSignal
}

export interface BarsAnswer {
  readonly bars: Bars
  /** What the bars really are: longer than asked for where nothing shorter is stored. */
  readonly timeframe: Timeframe
  readonly gapBefore: readonly number[]
  readonly provenance: Provenance
  readonly hasEarlier: boolean
}

/** What is stored of a series under that name; null where nothing is. */
export interface StoredBars {
  readonly bars: Bars
  readonly timeframe: Timeframe
  readonly state: Liveness
  readonly source: string
}

export interface BarsService {
  read(request: BarsRequest): Promise<BarsAnswer>
  /** Forgets what is in memory of one instrument, or of all. */
  forget(instrument?: string): void
}

interface Table {
  bars: Bars
  /** Instants between which every bar is held; `reachedStart` where the source has none before. */
  from: number
  to: number
  reachedStart: boolean
  state: Liveness
  asOf: EpochMicros | null
}

/**
 * Bars of instruments: from their source, or, while that is off or fails, from what was stored of it.
 *
 * Bars once read are kept in memory, so that paging back or opening a second chart asks the source only for what is missing.
 */
export function createBarsService({
  clock,
  history,
  stored,
  onHistory,
}: {
  clock: Clock
  /** The instrument's source; null where it is off. */
  history: (request: HistoryRequest) => Promise<HistoryAnswer | null>
  stored: (instrument: Instrument, timeframe: Timeframe, before: number, limit: number) => Promise<StoredBars | null>
  /** New bars came from a source. */
  onHistory: (instrument: Instrument, timeframe: Timeframe, answer: HistoryAnswer) => void
}): BarsService {
  const tables = new Map<string, Table>()

  async function fetchInto(table: Table | null, request: BarsRequest, from: number, to: number): Promise<Table | null> {
    const { instrument, timeframe, signal } = request
    const answer = await history({ instrument, timeframe, from: whole(from), to: whole(to), signal })
    if (!answer) return null
    onHistory(instrument, timeframe, answer)
    if (!table) {
      return { bars: answer.bars, from, to, reachedStart: false, state: answer.state, asOf: answer.asOf }
    }
    const earlier = from < table.from
    const empty = answer.bars.time.length === 0 && table.to - from >= LEAST_WIDTH
    return {
      bars: earlier ? mergeBars(answer.bars, table.bars) : mergeBars(table.bars, answer.bars),
      from: Math.min(from, table.from),
      to: Math.max(to, table.to),
      reachedStart: table.reachedStart || (earlier && empty),
      state: earlier ? table.state : answer.state,
      asOf: earlier ? table.asOf : answer.asOf,
    }
  }

  /** The table of an instrument, made wide enough for the request; null where its source is off. */
  async function tableFor(request: BarsRequest, until: number): Promise<Table | null> {
    const key = `${request.instrument.id} ${request.timeframe}`
    let table = tables.get(key) ?? null
    const calendar = calendarOf(request.instrument.calendar)
    const span = spanOf(request.timeframe)
    const nights = calendar.week === 'every day' ? 1 : FIRST_WIDTH
    const least = calendar.week === 'every day' ? 0 : LEAST_WIDTH
    let width = Math.max(least, (request.limit + 2) * span * nights)
    const end = Math.min(clock.now() + 1, bucketEnd(until - 1, request.timeframe, calendar))
    if (table && until > table.to) {
      // The newest bar was perhaps not complete when it was read.
      const tail = table.bars.time.at(-1) ?? table.to
      table = await fetchInto(table, request, Math.min(tail, table.to), end)
      if (!table) return null
    }
    table ??= await fetchInto(null, request, Math.max(EARLIEST, until - width), Math.max(until, end))
    for (let k = 0; table && k < WIDENINGS; k++) {
      if (table.reachedStart || table.from <= EARLIEST || countBefore(table.bars, until) > request.limit) break
      width *= 2
      const from = Math.max(EARLIEST, until - width)
      // A bar is asked for up to its end: one that is cut by the end of a question would come incomplete.
      if (from < table.from) table = await fetchInto(table, request, from, table.bars.time[0] ?? table.from)
    }
    if (!table) return null
    const rows = table.bars.time.length
    if (rows > KEPT_BARS) {
      const bars = sliceBars(table.bars, rows - KEPT_BARS, rows)
      const kept: Table = { ...table, bars, from: bars.time[0]!, reachedStart: false }
      remember(tables, key, kept)
    } else remember(tables, key, table)
    return table
  }

  return {
    async read(request) {
      const until = request.before ?? clock.now() + 1
      const { timeframe } = request
      let table: Table | null = null
      let fault: unknown = null
      try {
        table = await tableFor(request, until)
      } catch (thrown) {
        if (request.signal.aborted) throw thrown
        fault = thrown
      }
      if (!table) {
        const kept = await stored(request.instrument, timeframe, until, request.limit + 1)
        const reason = fault ? messageOf(fault) : reasonOf('source-off')
        if (kept) return answerOf(request, until, { ...kept, asOf: null, reason, all: true })
        if (fault) throw fault
        return answerOf(request, until, { bars: emptyBars(0), timeframe, state: 'none', asOf: null, reason, all: true })
      }
      const all = table.reachedStart || table.from <= EARLIEST
      return answerOf(request, until, { bars: table.bars, timeframe, state: table.state, asOf: table.asOf, reason: null, all })
    },
    forget(instrument) {
      for (const key of [...tables.keys()]) if (instrument === undefined || key.startsWith(`${instrument} `)) tables.delete(key)
    },
  }
}

/** Bars as they are held, with what is known about them; `all` where there are none before the first. */
interface Held {
  readonly bars: Bars
  readonly timeframe: Timeframe
  readonly state: Liveness
  readonly asOf: EpochMicros | null
  readonly reason: string | null
  readonly all: boolean
}

/** The newest `limit` bars before an instant. */
function answerOf({ instrument, limit }: BarsRequest, until: number, held: Held): BarsAnswer {
  const end = countBefore(held.bars, until)
  const start = Math.max(0, end - limit)
  const bars = sliceBars(held.bars, start, end)
  const newest = bars.time.at(-1)
  return {
    bars,
    timeframe: held.timeframe,
    gapBefore: gapsBefore(bars, held.timeframe, calendarOf(instrument.calendar)),
    provenance: {
      source: instrument.source,
      state: held.state,
      asOf: held.asOf ?? (newest === undefined ? null : whole(newest)),
      reason: held.reason,
    },
    hasEarlier: start > 0 || (end > 0 && !held.all),
  }
}

function remember(tables: Map<string, Table>, key: string, table: Table): void {
  tables.delete(key)
  tables.set(key, table)
  if (tables.size <= KEPT_TABLES) return
  const [oldest] = tables.keys()
  if (oldest !== undefined) tables.delete(oldest)
}

function spanOf(timeframe: Timeframe): number {
  const minutes = minutesOf(timeframe)
  return minutes === null ? DAYS[timeframe as keyof typeof DAYS] * MICROS_PER_DAY : minutes * MICROS_PER_MINUTE
}

/** How many bars start before an instant; times ascend. */
function countBefore(bars: Bars, until: number): number {
  let low = 0
  let high = bars.time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars.time[middle]! < until) low = middle + 1
    else high = middle
  }
  return low
}

function whole(instant: number): EpochMicros {
  return epochMicros(Math.round(instant))
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
