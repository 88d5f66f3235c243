import type { BarsWire } from '../../contract/market.ts'
import type { Provenance } from '../../contract/wire.ts'
import { dayIn } from '../../core/kit/calendar.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import { CALENDARS, sessionAt, type TradingCalendar } from '../../core/market/sessions.ts'
import { minutesOf, nextBucket } from '../../core/market/timeframes.ts'
import { type ChartMarks, NO_MARKS } from '../ui/chart-marks.ts'
import type { ChartRows } from '../ui/chart-model.ts'

/** A bar of the live stream. */
export interface LiveBar {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number | null
}

const COLUMNS = ['micros', 'time', 'open', 'high', 'low', 'close', 'volume', 'day'] as const
type ColumnName = (typeof COLUMNS)[number]

/** The calendar of that key; one that this page does not know is taken as open around the clock. */
export function calendarFor(key: string): TradingCalendar {
  return Object.hasOwn(CALENDARS, key) ? CALENDARS[key as keyof typeof CALENDARS] : CALENDARS.always
}

/** Bars as the chart holds them: columns with room to grow at the end, of which the first `count` numbers count. */
export interface BarTable extends ChartRows {
  /** Start of each bar in epoch microseconds. */
  readonly micros: Float64Array
  /** Trading day of each bar as days since 1970-01-01. */
  readonly day: Float64Array
  readonly close: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly volume: Float64Array
  readonly instrument: BarsWire['instrument']
  /** Step in which prices are written. */
  readonly tick: number
  readonly timeframe: Timeframe
  readonly calendar: TradingCalendar
  readonly gapBefore: readonly number[]
  readonly hasEarlier: boolean
  provenance: Provenance
  /** Puts older bars in front; what overlaps is left out. Returns how many came. */
  prepend(older: BarsWire): number
  /** Takes bars of the live stream; returns the first row that changed, or null where all were older than what is here. */
  take(bars: readonly LiveBar[], provenance: Provenance): number | null
}

/** Trading day of a bar: the date it is stamped with from a day up, the session it lies in below. */
function dayOf(micros: number, timeframe: Timeframe, calendar: TradingCalendar): number {
  return minutesOf(timeframe) === null ? dayIn(micros, calendar.zone) : sessionAt(micros, calendar).day
}

/**
 * Step in which prices are written: the tick size, but for a stored series at least a millionth of its newest price.
 *
 * A series takes its tick from the decimals of its file, and 2874.56006 is what floating numbers left of 2874.56.
 */
function shownTick({ instrument, close }: BarsWire): number {
  const newest = Math.abs(close.at(-1) ?? 0)
  if (instrument.assetClass !== 'series' || newest === 0) return instrument.tickSize
  return Math.max(instrument.tickSize, 10 ** Math.ceil(Math.log10(newest * 1e-6)))
}

/** A table that begins with these bars. */
export function createBarTable(wire: BarsWire): BarTable {
  const calendar = calendarFor(wire.instrument.calendar)
  const { timeframe } = wire
  const columns = Object.fromEntries(COLUMNS.map(name => [name, new Float64Array(0)])) as Record<ColumnName, Float64Array>
  let count = 0
  let gaps: number[] = []
  let hasEarlier = wire.hasEarlier

  const reserve = (rows: number, before: number) => {
    if (before === 0 && rows <= columns.micros.length) return
    for (const name of COLUMNS) {
      const grown = new Float64Array(rows + 256)
      grown.set(columns[name].subarray(0, count), before)
      columns[name] = grown
    }
  }
  const put = (row: number, bar: LiveBar) => {
    columns.micros[row] = bar.time
    columns.time[row] = bar.time / 1e6
    columns.open[row] = bar.open
    columns.high[row] = bar.high
    columns.low[row] = bar.low
    columns.close[row] = bar.close
    columns.volume[row] = bar.volume ?? Number.NaN
    columns.day[row] = dayOf(bar.time, timeframe, calendar)
  }
  const rowOf = (from: BarsWire, i: number): LiveBar => ({
    time: from.time[i]!,
    open: from.open[i]!,
    high: from.high[i]!,
    low: from.low[i]!,
    close: from.close[i]!,
    volume: from.volume[i] ?? null,
  })
  const prepend = (older: BarsWire): number => {
    const limit = count > 0 ? columns.micros[0]! : Number.POSITIVE_INFINITY
    let come = 0
    while (come < older.time.length && older.time[come]! < limit) come++
    hasEarlier = older.hasEarlier && come > 0
    reserve(count + come, come)
    count += come
    for (let i = 0; i < come; i++) put(i, rowOf(older, i))
    gaps = [...older.gapBefore.filter(row => row < come), ...gaps.map(row => row + come)]
    return come
  }

  prepend(wire)
  hasEarlier = wire.hasEarlier
  return {
    get count() {
      return count
    },
    get micros() {
      return columns.micros
    },
    get time() {
      return columns.time
    },
    get open() {
      return columns.open
    },
    get high() {
      return columns.high
    },
    get low() {
      return columns.low
    },
    get close() {
      return columns.close
    },
    get volume() {
      return columns.volume
    },
    get day() {
      return columns.day
    },
    get gapBefore() {
      return gaps
    },
    get hasEarlier() {
      return hasEarlier
    },
    instrument: wire.instrument,
    tick: shownTick(wire),
    timeframe,
    calendar,
    provenance: wire.provenance,
    prepend,
    take(bars, provenance) {
      this.provenance = provenance
      let first: number | null = null
      for (const bar of bars) {
        const newest = count > 0 ? columns.micros[count - 1]! : Number.NEGATIVE_INFINITY
        // Every number must be there: a half-filled bar is not drawn as one.
        if (bar.time < newest || ![bar.open, bar.high, bar.low, bar.close].every(Number.isFinite)) continue
        if (bar.time > newest) {
          if (count > 0 && bar.time > nextBucket(newest, timeframe, calendar)) gaps = [...gaps, count]
          reserve(count + 1, 0)
          count++
        }
        put(count - 1, bar)
        first = first === null ? count - 1 : Math.min(first, count - 1)
      }
      return first
    },
  }
}

/** How many of the first `count` bars have a low of zero or less: such prices have no logarithm. */
export function barsNotAboveZero(rows: ChartRows): number {
  let found = 0
  for (let i = 0; i < rows.count; i++) if (rows.low[i]! <= 0) found++
  return found
}

/** True where every bar is one number, as a series of daily values is: candles of it would be dashes. */
export function isOneValueEach({ count, open, high, low, close }: ChartRows): boolean {
  for (let i = 0; i < count; i++) if (high[i] !== low[i] || open[i] !== close[i]) return false
  return count > 1
}

/** Borders of trading days, hours outside the regular session, and places where bars are missing. */
export function marksOf(table: BarTable): ChartMarks {
  if (minutesOf(table.timeframe) === null) return { ...NO_MARKS, gaps: table.gapBefore }
  const breaks: number[] = []
  const shaded: [number, number][] = []
  const gaps = new Set(table.gapBefore)
  let from = -1
  for (let i = 0; i < table.count; i++) {
    if (i > 0 && table.day[i] !== table.day[i - 1] && !gaps.has(i)) breaks.push(i)
    const session = sessionAt(table.micros[i]!, table.calendar)
    const isRegular = table.micros[i]! >= session.regularOpen && table.micros[i]! < session.regularClose
    if (!isRegular && from < 0) from = i
    if (isRegular && from >= 0) {
      shaded.push([from, i - 1])
      from = -1
    }
  }
  if (from >= 0) shaded.push([from, table.count - 1])
  // Bars of days that are shown in a shorter timeframe begin a session each: lines between all of them would say nothing.
  if (breaks.length > table.count / 3) return { ...NO_MARKS, gaps: table.gapBefore }
  return { breaks, shaded, gaps: table.gapBefore }
}

/** The close of another table's bar of the very same time, row by row; NaN where it has none: nothing is carried forward. */
export function alignedCloses(main: ChartRows & { readonly micros: Float64Array }, other: BarTable): Float64Array {
  const closes = new Float64Array(main.micros.length).fill(Number.NaN)
  for (let i = 0, k = 0; i < main.count; i++) {
    while (k < other.count && other.micros[k]! < main.micros[i]!) k++
    if (k < other.count && other.micros[k] === main.micros[i]) closes[i] = other.close[k]!
  }
  return closes
}

/** The last row that starts at or before an instant, 0 where all are later. */
export function rowAt(table: BarTable, micros: number): number {
  let low = 0
  let high = table.count
  while (low < high) {
    const middle = (low + high) >> 1
    if (table.micros[middle]! <= micros) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
