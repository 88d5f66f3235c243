import { dayIn, startOfDay } from '../kit/calendar.ts'
import type { InstrumentId } from '../kit/ids.ts'
import { type EpochMicros, epochMicros, MICROS_PER_MINUTE } from '../kit/time.ts'
import { aggregate, sliceBars } from '../market/aggregate.ts'
import type { Bars, Timeframe } from '../market/bars.ts'
import type { Quote, Trade } from '../market/instrument.ts'
import { CALENDARS } from '../market/sessions.ts'
import { bucketStart, minutesOf } from '../market/timeframes.ts'
import { MINUTES_PER_BLOCK } from './activity.ts'
import { barAt, type DemoDay, type DemoLine, demoLine, MICROS_PER_BLOCK } from './book.ts'
import { DEMO_ZONE } from './instruments.ts'
import { type BadKind, type Message, minuteMessages } from './minute.ts'
import type { TickBar } from './split.ts'

export { DEMO_FIRST_DAY, demoInstrument, demoInstruments } from './instruments.ts'

/** A quote as the demo feed sends it; the two instants and marks of a stored quote are ingest's. */
export type DemoQuote = Pick<Quote, 'instrument' | 'bid' | 'ask' | 'bidSize' | 'askSize' | 'eventTime' | 'seq'>
export type DemoTrade = Pick<Trade, 'instrument' | 'price' | 'size' | 'aggressor' | 'eventTime' | 'seq'>

/** What the demo feed sends in a stretch of time, and the truth about it. */
export interface DemoTicks {
  /** Ordered by seq, which counts quotes and trades of one instrument together. */
  readonly quotes: readonly DemoQuote[]
  readonly trades: readonly DemoTrade[]
  /** Planted bad records among them. Bars are made without them. */
  readonly bad: readonly { readonly seq: number; readonly kind: BadKind }[]
  /** Runs that the feed lost, with what was in them: history still knows their trades. */
  readonly lost: readonly {
    readonly fromSeq: number
    readonly toSeq: number
    readonly quotes: readonly DemoQuote[]
    readonly trades: readonly DemoTrade[]
  }[]
  /** Halts that overlap the stretch; while one lasts, quotes have no prices and nothing trades. */
  readonly halts: readonly { readonly from: EpochMicros; readonly to: EpochMicros }[]
}

interface Stretch {
  readonly seed: number
  readonly instrument: InstrumentId
  readonly from: number
  readonly to: number
}

type Unit = 'day' | 'block' | 'minute'

/**
 * Bars of the demo market that start in [from, to), as a source would know them at `to`.
 *
 * The bar that is not over at `to` holds what traded before `to`, so nothing of the future shows. Minutes without a trade have no
 * bar. Bars of every length agree: each is the aggregate of the shorter ones, and a minute is that of its trades, planted outliers
 * left out. Before an instrument is listed and after it expires there are none.
 * Fails: RangeError when the demo market has no such instrument.
 */
export function demoBars({ seed, instrument, timeframe, from, to }: Stretch & { readonly timeframe: Timeframe }): Bars {
  const line = demoLine(seed, instrument)
  const rows = createRows(line.ticksPerUnit)
  const minutes = minutesOf(timeframe)
  const unit: Unit = minutes === null ? 'day' : minutes >= MINUTES_PER_BLOCK ? 'block' : 'minute'
  // The bar that started before `from` is read whole and dropped: its rest must not make a bar of its own.
  const begin = bucketStart(from, timeframe, CALENDARS.demo)
  const firstDay = Math.max(line.first, dayIn(begin, DEMO_ZONE))
  const lastDay = Math.min(line.last, dayIn(to, DEMO_ZONE))
  for (let day = firstDay; day <= lastDay; day += 1) addDay(rows, line, day, unit, begin, to)
  const bars = aggregate(rows.bars(), timeframe, CALENDARS.demo)
  const skip = bars.time.findIndex(time => time >= from)
  return skip === 0 ? bars : sliceBars(bars, skip < 0 ? bars.time.length : skip, bars.time.length)
}

/**
 * Everything that the demo feed sends about an instrument in [from, to).
 *
 * The same question gives the same answer bit for bit, in one piece or in many.
 * Fails: RangeError when the demo market has no such instrument.
 */
export function demoTicks({ seed, instrument, from, to }: Stretch): DemoTicks {
  const line = demoLine(seed, instrument)
  const quotes: DemoQuote[] = []
  const trades: DemoTrade[] = []
  const bad: { seq: number; kind: BadKind }[] = []
  const lost: { fromSeq: number; toSeq: number; quotes: DemoQuote[]; trades: DemoTrade[] }[] = []
  const halts: { from: EpochMicros; to: EpochMicros }[] = []
  const lastDay = Math.min(line.last, dayIn(to - 1, DEMO_ZONE))
  for (let at = Math.max(line.first, dayIn(from, DEMO_ZONE)); at <= lastDay; at += 1) {
    const day = line.day(at)
    const halt = haltTimes(day)
    if (halt && halt.from < to && halt.to > from) halts.push(halt)
    eachMessage(line, day, from, to, message => {
      if (message.isLost) {
        let run = lost.at(-1)
        if (run?.toSeq !== message.seq - 1) {
          run = { fromSeq: message.seq, toSeq: message.seq, quotes: [], trades: [] }
          lost.push(run)
        }
        run.toSeq = message.seq
        put(line, message, run.quotes, run.trades)
      } else {
        put(line, message, quotes, trades)
        if (message.bad) bad.push({ seq: message.seq, kind: message.bad })
      }
    })
  }
  return { quotes, trades, bad, lost, halts }
}

/** Rows of bars as they are found. */
interface Rows {
  add(time: number, open: number, high: number, low: number, close: number, volume: number): void
  bars(): Bars
}

function createRows(ticksPerUnit: number): Rows {
  const table: number[] = []
  return {
    add(time, open, high, low, close, volume) {
      table.push(time, open / ticksPerUnit, high / ticksPerUnit, low / ticksPerUnit, close / ticksPerUnit, volume)
    },
    bars() {
      const column = (k: number) => Float64Array.from({ length: table.length / 6 }, (_, row) => table[row * 6 + k]!)
      return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) }
    },
  }
}

function addDay(rows: Rows, line: DemoLine, at: number, unit: Unit, from: number, to: number): void {
  if (unit === 'day' && startOfDay(at + 1, DEMO_ZONE) <= to) {
    addBar(rows, startOfDay(at, DEMO_ZONE), line.dayBar(at))
    return
  }
  const divided = line.day(at)
  for (let block = 0; block < divided.slotOf.length; block += 1) {
    const start = divided.start + block * MICROS_PER_BLOCK
    if (start >= to) return
    if (start + MICROS_PER_BLOCK <= from) continue
    if (unit !== 'minute' && start + MICROS_PER_BLOCK <= to) addBar(rows, start, barAt(divided.blocks, block))
    else addMinutes(rows, line, divided, block, from, to)
  }
}

function addMinutes(rows: Rows, line: DemoLine, day: DemoDay, block: number, from: number, to: number): void {
  const minutes = line.minutes(day, block)
  for (let k = 0; k < MINUTES_PER_BLOCK; k += 1) {
    const start = day.start + block * MICROS_PER_BLOCK + k * MICROS_PER_MINUTE
    if (start >= to) return
    if (start + MICROS_PER_MINUTE <= from) continue
    if (start + MICROS_PER_MINUTE <= to) addBar(rows, start, barAt(minutes, k))
    else {
      for (const { kind, bad, sentAt, price, size } of minuteMessages(line, day, block, k)) {
        if (kind === 'trade' && !bad && sentAt < to) rows.add(sentAt, price, price, price, price, size)
      }
    }
  }
}

function addBar(rows: Rows, start: number, { open, high, low, close, volume }: TickBar): void {
  if (volume > 0) rows.add(start, open, high, low, close, volume)
}

function eachMessage(line: DemoLine, day: DemoDay, from: number, to: number, take: (message: Message) => void): void {
  const firstMinute = Math.max(0, Math.floor((from - day.start) / MICROS_PER_MINUTE))
  const lastMinute = Math.ceil((Math.min(to, day.end) - day.start) / MICROS_PER_MINUTE)
  for (let minute = firstMinute; minute < lastMinute; minute += 1) {
    const block = Math.floor(minute / MINUTES_PER_BLOCK)
    for (const message of minuteMessages(line, day, block, minute % MINUTES_PER_BLOCK)) {
      if (message.sentAt >= from && message.sentAt < to) take(message)
    }
  }
}

function haltTimes({ start, halt }: DemoDay): { from: EpochMicros; to: EpochMicros } | null {
  if (!halt) return null
  const block = start + halt.block * MICROS_PER_BLOCK
  return {
    from: epochMicros(block + halt.fromMinute * MICROS_PER_MINUTE),
    to: epochMicros(block + halt.toMinute * MICROS_PER_MINUTE),
  }
}

function put({ id, ticksPerUnit }: DemoLine, message: Message, quotes: DemoQuote[], trades: DemoTrade[]): void {
  const { bid, ask, bidSize, askSize, price, size, aggressor, seq } = message
  const eventTime = message.eventTime as EpochMicros
  if (message.kind === 'trade') trades.push({ instrument: id, price: price / ticksPerUnit, size, aggressor, eventTime, seq })
  else quotes.push({ instrument: id, bid: bid / ticksPerUnit, ask: ask / ticksPerUnit, bidSize, askSize, eventTime, seq })
}
