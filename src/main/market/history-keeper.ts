import { mergeBars } from '../../core/market/aggregate.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import { calendarOf } from '../../core/market/sessions.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { HistoryAnswer } from '../sources/source.ts'
import type { SeriesPort } from './series-book.ts'

/** The demo market is a function of its seed: what can always be computed again need not be kept. */
const NOT_KEPT = new Set(['demo', 'replay'])
/** Bars shorter than a day are many and soon refetched; days are the history that people study. */
const KEPT_TIMEFRAME: Timeframe = '1d'
/** The same history is not written more often than this. */
const AGAIN_SECONDS = 3600

/** Stores the daily bars that a source sent as a series named like the instrument, so that they are there without it. */
export interface HistoryKeeper {
  /** Returns at once; a failure to store is logged and changes nothing for the reader. */
  keep(instrument: Instrument, timeframe: Timeframe, answer: HistoryAnswer): void
  /** Stores it and waits; how many bars are kept now, and how many of them are new. */
  store(instrument: Instrument, answer: HistoryAnswer): Promise<{ readonly rows: number; readonly added: number }>
  /** Resolves when nothing is being stored. */
  settled(): Promise<void>
}

export function createHistoryKeeper({ series, log, clock }: { series: SeriesPort; log: Log; clock: Clock }): HistoryKeeper {
  const kept = new Map<string, { readonly at: number; readonly rows: number; readonly newest: number }>()
  let tail: Promise<void> = Promise.resolve()

  async function store(instrument: Instrument, { bars }: HistoryAnswer): Promise<{ rows: number; added: number }> {
    const known = series.find(instrument.id)
    const merged = known ? await series.bars({ name: instrument.id, timeframe: KEPT_TIMEFRAME, limit: 1_000_000 }) : null
    const rows = merged ? mergeBars(merged, bars) : bars
    await series.put(
      {
        name: instrument.id,
        kind: 'bars',
        timeframe: KEPT_TIMEFRAME,
        unit: instrument.unit,
        timeZone: calendarOf(instrument.calendar).zone,
        source: instrument.source,
        state: 'cached',
        rawFile: null,
        user: 'system',
        replace: true,
      },
      one(rows),
    )
    const count = rows.time.length
    return { rows: count, added: count - (merged?.time.length ?? 0) }
  }
  /** One after the other, so that two of one series never read the same old rows. */
  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = tail.then(run)
    tail = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  return {
    keep(instrument, timeframe, answer) {
      const rows = answer.bars.time.length
      if (timeframe !== KEPT_TIMEFRAME || rows === 0 || NOT_KEPT.has(instrument.source)) return
      const newest = answer.bars.time.at(-1) ?? 0
      const before = kept.get(instrument.id)
      const now = clock.monotonic()
      if (before && rows <= before.rows && newest <= before.newest && now - before.at < AGAIN_SECONDS) return
      kept.set(instrument.id, { at: now, rows: Math.max(rows, before?.rows ?? 0), newest })
      inLine(() => store(instrument, answer)).catch(fault => {
        kept.delete(instrument.id)
        log.warn('history.keep', { instrument: instrument.id, reason: String(fault) })
      })
    },
    store: (instrument, answer) => inLine(() => store(instrument, answer)),
    settled: () => tail,
  }
}

async function* one<T>(batch: T): AsyncGenerator<T, void, undefined> {
  yield batch
}
