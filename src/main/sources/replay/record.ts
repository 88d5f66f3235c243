import { MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import type { Instrument } from '../../../core/market/instrument.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Origin, Source, SourceSink } from '../source.ts'
import type { RecordingHead } from './frames.ts'

/**
 * The source with everything it puts into its sink written down as well, a line a frame, so that it can be replayed.
 *
 * `write` is given whole lines without their end. What the records say is written as it is; only the time of each frame counts
 * from the start of the recording.
 */
export function recorded(source: Source, instruments: readonly Instrument[], write: (line: string) => void): Source {
  return {
    ...source,
    open(context) {
      const head: RecordingHead = { recording: 1, source: source.name, startedAt: context.clock.now(), instruments }
      write(JSON.stringify(head))
      return source.open({ ...context, sink: recordingSink(context.sink, context.clock, head.startedAt, write) })
    },
  }
}

/** Values out of a cache are no part of what a source sent. */
function isKept(origin: Origin | undefined): boolean {
  return origin !== undefined && origin !== 'past'
}

function recordingSink(sink: SourceSink, clock: Clock, startedAt: number, write: (line: string) => void): SourceSink {
  const line = (frame: Readonly<Record<string, unknown>>) =>
    write(JSON.stringify({ at: (clock.now() - startedAt) / MICROS_PER_SECOND, ...frame }))
  return {
    ...sink,
    quotes(rows, origin) {
      if (!isKept(origin)) line({ kind: 'quotes', rows })
      sink.quotes(rows, origin)
    },
    trades(rows, origin) {
      if (!isKept(origin)) line({ kind: 'trades', rows })
      sink.trades(rows, origin)
    },
    days(rows, kept) {
      if (!kept) line({ kind: 'days', rows })
      sink.days(rows, kept)
    },
    instruments(rows) {
      line({ kind: 'instruments', rows })
      sink.instruments(rows)
    },
    gap(gap) {
      line({ kind: 'gap', ...gap })
      sink.gap(gap)
    },
    refused(frame) {
      line({ kind: 'refused', ...frame })
      sink.refused(frame)
    },
  }
}
