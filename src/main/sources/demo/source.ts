import { DEMO_FIRST_DAY, demoBars, demoInstrument, demoInstruments, demoTicks } from '../../../core/demo/market.ts'
import { type InstrumentId, isInstrumentId } from '../../../core/kit/ids.ts'
import {
  type EpochMicros,
  epochMicros,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from '../../../core/kit/time.ts'
import { emptyBars, mergeBars } from '../../../core/market/aggregate.ts'
import type { Bars, Timeframe } from '../../../core/market/bars.ts'
import { CALENDARS } from '../../../core/market/sessions.ts'
import { bucketStart, minutesOf } from '../../../core/market/timeframes.ts'
import type { Stop } from '../../../platform/clock.ts'
import type { Origin, RawDay, RawQuote, RawTrade, Source, SourceContext, SourceSession } from '../source.ts'

/** The market is asked for what happened since, this often. */
const STEP_SECONDS = 0.1
/** A new subscription begins with so much of the past, so that there is a quote and a tape at once. */
const BACKFILL_SECONDS = 60
/** A contract far out trades seldom: its last trade is looked for so far back. */
const LAST_TRADE_HOURS = 24
/** The day's figures are read again this often while an instrument trades. */
const DAY_SECONDS = 2
/** A pause longer than this (the machine slept, the clock was set) is skipped, not replayed: history has it. */
const LONGEST_CATCH_UP_SECONDS = 120
/** Work on new subscriptions is put down for a moment after so long. */
const SLICE_SECONDS = 0.005
/** Bars made in one go before others get their turn. */
const BARS_A_TURN = 250

/** The invented market: every value is a function of the seed, the instrument and the time. */
export const demoSource: Source = {
  name: 'demo',
  title: 'Demo market',
  gives: 'demo',
  enabledAtFirst: true,
  // The farthest contracts are sent six messages a minute at night, unevenly.
  expectedIntervalSeconds: 20,
  credentials: [],
  open: openDemo,
}

/** How far one instrument has been sent. */
interface Sent {
  until: number
  dayReadAt: number
  traded: boolean
}

function openDemo({ clock, sink, seed }: SourceContext): SourceSession {
  const subscribed = new Map<InstrumentId, Sent>()
  /** Subscriptions whose beginning is not all sent yet, and how far those went that everybody left. */
  const beginning = new Map<InstrumentId, Generator<void, void, undefined>>()
  const leftAt = new Map<InstrumentId, number>()
  let waiting: Stop | null = null
  let listedOn = Number.NaN
  let seq = 0
  let closed = false

  /** Contracts expire and new months are listed: the list is told anew with each day. */
  const list = (now: EpochMicros) => {
    const day = bucketStart(now, '1d', CALENDARS.demo)
    if (day === listedOn) return
    listedOn = day
    sink.instruments(demoInstruments(now))
  }

  const sendDays = (now: number, ids: readonly InstrumentId[]) => {
    const days: RawDay[] = []
    for (const instrument of ids) days.push(dayOf(seed, instrument, now))
    if (days.length > 0) sink.days(days)
  }

  const step = () => {
    const now = clock.now()
    list(now)
    const quotes: RawQuote[] = []
    const trades: RawTrade[] = []
    const days: InstrumentId[] = []
    for (const [instrument, sent] of subscribed) {
      // The clock was set back: what it says now was sent already.
      if (now <= sent.until) {
        if (sent.until - now > LONGEST_CATCH_UP_SECONDS * MICROS_PER_SECOND) sent.until = now
        continue
      }
      const from = Math.max(sent.until, now - LONGEST_CATCH_UP_SECONDS * MICROS_PER_SECOND)
      sent.until = now
      const ticks = take(instrument, from, now)
      quotes.push(...ticks.quotes)
      trades.push(...ticks.trades)
      if (ticks.trades.length > 0) sent.traded = true
      if (sent.traded && now - sent.dayReadAt > DAY_SECONDS * MICROS_PER_SECOND) {
        sent.dayReadAt = now
        sent.traded = false
        days.push(instrument)
      }
    }
    send(quotes, trades)
    sendDays(now, days)
  }

  /** In the order of their numbers, which both lists share. */
  const send = (quotes: readonly RawQuote[], trades: readonly RawTrade[], origin?: Origin) => {
    let q = 0
    let t = 0
    while (q < quotes.length || t < trades.length) {
      const fromQuote = q
      while (q < quotes.length && !(trades[t] && trades[t]!.seq < quotes[q]!.seq)) q++
      if (q > fromQuote) sink.quotes(quotes.slice(fromQuote, q), origin)
      const fromTrade = t
      while (t < trades.length && !(quotes[q] && quotes[q]!.seq < trades[t]!.seq)) t++
      if (t > fromTrade) sink.trades(trades.slice(fromTrade, t), origin)
    }
  }

  /** What the feed sent of an instrument in a stretch, numbered as it goes out; holes are told as they are found. */
  const take = (instrument: InstrumentId, from: number, to: number): { quotes: RawQuote[]; trades: RawTrade[] } => {
    const ticks = demoTicks({ seed, instrument, from, to })
    // The market counts per instrument, a feed per connection: records are numbered in the order in which they are sent.
    for (const run of ticks.lost) {
      const count = run.toSeq - run.fromSeq + 1
      sink.gap({ instrument, fromSeq: seq + 1, toSeq: seq + count })
      seq += count
    }
    const quotes = ticks.quotes.map(quote => ({ ...quote, seq: ++seq }))
    return { quotes, trades: ticks.trades.map(trade => ({ ...trade, seq: ++seq })) }
  }

  /** The newest good trade in a stretch, looked for backwards in growing pieces. */
  function* lastTrade(instrument: InstrumentId, from: number, to: number): Generator<void, RawTrade | null, undefined> {
    let minutes = 1
    for (let end = to; end > from; ) {
      const begin = Math.max(from, end - minutes * MICROS_PER_MINUTE)
      const { trades, bad } = demoTicks({ seed, instrument, from: begin, to: end })
      const planted = new Set(bad.map(one => one.seq))
      const last = trades.findLast(trade => !planted.has(trade.seq))
      if (last) return last
      end = begin
      minutes = Math.min(minutes * 4, 60)
      yield
    }
    return null
  }

  /** The beginning of one subscription, in pieces: its last trade, the last minute, and the figures of the day. */
  function* begin(instrument: InstrumentId): Generator<void, void, undefined> {
    // What its days are made of is worked out first and kept: the longest piece of all, and nothing is sent of it.
    dayOf(seed, instrument, clock.now())
    yield
    const now = clock.now()
    const left = leftAt.get(instrument) ?? Number.NEGATIVE_INFINITY
    // What was sent before everybody left is not sent again, unless the clock was set back since.
    const known = left - now > LONGEST_CATCH_UP_SECONDS * MICROS_PER_SECOND ? Number.NEGATIVE_INFINITY : left
    const from = Math.max(known, now - BACKFILL_SECONDS * MICROS_PER_SECOND)
    const last = yield* lastTrade(instrument, Math.max(known, from - LAST_TRADE_HOURS * MICROS_PER_HOUR), from)
    if (last) sink.trades([{ ...last, seq: ++seq }], 'past')
    yield
    const until = Math.max(from, clock.now())
    if (until > from) {
      const { quotes, trades } = take(instrument, from, until)
      send(quotes, trades, 'past')
    }
    subscribed.set(instrument, { until, dayReadAt: until, traded: false })
    yield
    sendDays(clock.now(), [instrument])
  }

  /** Works at the beginnings until a slice of time is used up; a watchlist of sixty would hold everything up for a moment. */
  const goOn = () => {
    waiting?.()
    waiting = null
    const started = clock.monotonic()
    for (const [instrument, work] of beginning) {
      while (!work.next().done) {
        if (clock.monotonic() - started < SLICE_SECONDS) continue
        waiting = clock.after(0, goOn)
        return
      }
      beginning.delete(instrument)
    }
  }

  sink.phase('connecting')
  list(clock.now())
  sink.phase('up')
  const stop = clock.every(STEP_SECONDS, step)

  return {
    subscribe(ids) {
      if (closed) return
      for (const id of ids) if (!subscribed.has(id) && !beginning.has(id) && demoInstrument(id)) beginning.set(id, begin(id))
      if (waiting === null) goOn()
    },
    unsubscribe(ids) {
      for (const id of ids) {
        beginning.delete(id)
        const sent = subscribed.get(id)
        if (sent) leftAt.set(id, sent.until)
        subscribed.delete(id)
      }
    },
    async find(text) {
      const wanted = text.trim().toUpperCase()
      return demoInstruments(clock.now())
        .filter(one => one.symbol.startsWith(wanted) || one.name.toUpperCase().includes(wanted))
        .map(one => ({ symbol: one.symbol, name: one.name, kind: one.assetClass, venue: one.venue }))
    },
    async resolve(symbol) {
      const id = `${symbol.trim().toUpperCase()}.DEMO`
      return isInstrumentId(id) ? demoInstrument(id) : null
    },
    async history({ instrument, timeframe, from, to, signal }) {
      const now = clock.now()
      const until = Math.min(to, now)
      let bars = emptyBars(0)
      for (const [begin, end] of turns(Math.max(from, DEMO_FIRST_DAY * MICROS_PER_DAY), until, timeframe)) {
        const part = demoBars({ seed, instrument: instrument.id, timeframe, from: begin, to: end })
        bars = bars.time.length === 0 ? part : append(bars, part)
        await clock.sleep(0, signal)
      }
      return { bars, state: 'demo', asOf: epochMicros(Math.round(until)) }
    },
    async close() {
      closed = true
      stop()
      waiting?.()
      beginning.clear()
      subscribed.clear()
    },
  }
}

/** The day's figures so far, and the close before; missing where nothing has traded. */
function dayOf(seed: number, instrument: InstrumentId, now: number): RawDay {
  const { time, open, high, low, close, volume } = demoBars({
    seed,
    instrument,
    timeframe: '1d',
    // A contract far out may go days without a trade.
    from: now - 10 * MICROS_PER_DAY,
    to: now,
  })
  const last = time.length - 1
  const isToday = last >= 0 && time[last] === bucketStart(now, '1d', CALENDARS.demo)
  const today = isToday ? last : last + 1
  return {
    instrument,
    open: open[today] ?? Number.NaN,
    high: high[today] ?? Number.NaN,
    low: low[today] ?? Number.NaN,
    previousClose: close[today - 1] ?? Number.NaN,
    volume: volume[today] ?? 0,
    eventTime: epochMicros(now),
  }
}

/** Stretches of a range that begin and end with a bar, short enough that nobody has to wait for one. */
function* turns(from: number, to: number, timeframe: Timeframe): Generator<readonly [number, number], void, undefined> {
  const minutes = minutesOf(timeframe)
  const span = minutes === null ? BARS_A_TURN * MICROS_PER_DAY : BARS_A_TURN * minutes * 60 * MICROS_PER_SECOND
  for (let begin = from; begin < to; ) {
    const border = begin + span >= to ? to : bucketStart(begin + span, timeframe, CALENDARS.demo)
    const end = border > begin ? border : to
    yield [begin, end]
    begin = end
  }
}

function append(bars: Bars, more: Bars): Bars {
  return more.time.length === 0 ? bars : mergeBars(bars, more)
}
