import { type InstrumentId, isInstrumentId } from '../../../core/kit/ids.ts'
import { type EpochMicros, epochMicros } from '../../../core/kit/time.ts'
import { emptyBars } from '../../../core/market/aggregate.ts'
import type { Instrument, Liveness } from '../../../core/market/instrument.ts'
import type { Stop } from '../../../platform/clock.ts'
import type { Source, SourceContext, SourceSession } from '../source.ts'
import { type Frame, parseFrame, parseHead } from './frames.ts'

export interface ReplayOptions {
  /** Lines of a recording, the head first. */
  readonly lines: readonly string[]
  /** 2 plays twice as fast. */
  readonly speed?: number
  /** True: the records carry the present instead of the time at which they were recorded. */
  readonly rebased?: boolean
  /** What its values are shown as; old ones where absent. */
  readonly gives?: Liveness
  readonly expectedIntervalSeconds?: number
}

/**
 * A source that plays a recording: the same records, with the same pauses, by the clock that it is given.
 *
 * With a manual clock that starts when the recording did, a day replays exactly. A line that cannot be read is refused like
 * a frame of any other source, and the rest is played.
 */
export function replaySource(options: ReplayOptions): Source {
  const { gives = 'cached', expectedIntervalSeconds = 5 } = options
  return {
    name: 'replay',
    title: 'Recording',
    gives,
    enabledAtFirst: false,
    expectedIntervalSeconds,
    credentials: [],
    open: context => openReplay(options, context),
  }
}

function openReplay({ lines, speed = 1, rebased = false }: ReplayOptions, { clock, sink }: SourceContext): SourceSession {
  const head = parseHead(lines[0] ?? '')
  if (!head.ok) throw new TypeError(`the recording cannot be played: ${head.error.reason}`)
  const instruments = new Map<string, Instrument>(head.value.instruments.map(one => [one.id, { ...one, source: 'replay' }]))
  const subscribed = new Set<InstrumentId>()
  const shift = rebased ? clock.now() - head.value.startedAt : 0
  const began = clock.monotonic()
  let next = 1
  let stop: Stop | null = null
  let closed = false

  const numbers = createRenumbering()
  const timed = <R extends { readonly instrument: InstrumentId; readonly eventTime: EpochMicros }>(row: R): R => ({
    ...row,
    eventTime: Number.isSafeInteger(row.eventTime) ? epochMicros(row.eventTime + shift) : row.eventTime,
  })
  const wanted = (row: { readonly instrument: InstrumentId }) => subscribed.has(row.instrument)
  /** Numbers of what nobody subscribed to are used up too, but must not look like gaps. */
  const numbered = <R extends { readonly instrument: InstrumentId; readonly eventTime: EpochMicros; readonly seq: number }>(
    rows: readonly R[],
  ): R[] => rows.map(row => ({ ...timed(row), seq: numbers.take(row.seq, wanted(row)) })).filter(wanted)

  const play = (frame: Frame) => {
    switch (frame.kind) {
      case 'quotes':
        return sink.quotes(numbered(frame.rows))
      case 'trades':
        return sink.trades(numbered(frame.rows))
      case 'days':
        return sink.days(frame.rows.filter(wanted).map(timed))
      case 'instruments':
        for (const one of frame.rows) instruments.set(one.id, { ...one, source: 'replay' })
        return sink.instruments(frame.rows.map(one => ({ ...one, source: 'replay' })))
      case 'gap':
        return sink.gap({
          instrument: frame.instrument !== null && isInstrumentId(frame.instrument) ? frame.instrument : null,
          ...numbers.gap(frame.toSeq),
        })
      case 'refused':
        return sink.refused({ raw: frame.raw, reason: frame.reason })
    }
  }

  /** Plays every frame that is due and waits for the next one. */
  const go = () => {
    while (!closed && next < lines.length) {
      const line = lines[next]!
      if (line.trim() === '') {
        next++
        continue
      }
      const frame = parseFrame(line)
      if (!frame.ok) {
        next++
        sink.refused({ raw: line, reason: frame.error.reason })
        continue
      }
      const wait = began + frame.value.at / speed - clock.monotonic()
      if (wait > 1e-9) {
        stop = clock.after(wait, go)
        return
      }
      next++
      play(frame.value)
    }
  }

  sink.instruments([...instruments.values()])
  sink.phase('up')
  stop = clock.after(0, go)

  return {
    subscribe(ids) {
      for (const id of ids) subscribed.add(id)
    },
    unsubscribe(ids) {
      for (const id of ids) subscribed.delete(id)
    },
    async find(text) {
      const wanted = text.trim().toUpperCase()
      return [...instruments.values()]
        .filter(one => one.symbol.toUpperCase().startsWith(wanted) || one.name.toUpperCase().includes(wanted))
        .map(one => ({ symbol: one.symbol, name: one.name, kind: one.assetClass, venue: one.venue }))
    },
    async resolve(symbol) {
      const wanted = symbol.trim().toUpperCase()
      return [...instruments.values()].find(one => one.symbol.toUpperCase() === wanted || one.id === wanted) ?? null
    },
    // A recording holds what was sent, and a source's history was asked for, not sent.
    history: async () => ({ bars: emptyBars(0), state: 'none', asOf: clock.now() }),
    async close() {
      closed = true
      stop?.()
    },
  }
}

/** Recorded numbers as those of a feed that sends only what was subscribed: holes stay holes, late ones stay late. */
function createRenumbering() {
  let recorded = Number.NaN
  let sent = 0
  return {
    take(seq: number, isWanted: boolean): number {
      if (!Number.isSafeInteger(seq)) return seq
      if (seq <= recorded) return sent - (recorded - seq)
      if (!Number.isNaN(recorded)) sent += seq - recorded - 1
      recorded = seq
      if (isWanted) sent++
      return sent
    },
    gap(toSeq: number): { readonly fromSeq: number; readonly toSeq: number } {
      const fromSeq = sent + 1
      if (toSeq > recorded) {
        sent += toSeq - recorded
        recorded = toSeq
      }
      return { fromSeq, toSeq: sent }
    },
  }
}
