import { reasonOf } from '../../contract/reasons.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import { type Instrument, LIVENESS } from '../../core/market/instrument.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Book } from './book.ts'

const INTERVALS_UNTIL_STALE = 2
const SWEEP_SECONDS = 1

/**
 * Seconds of silence, while the market is open, after which the next sweep calls a value stale.
 *
 * The promise is stale within two expected intervals, so the time until the next sweep is taken off.
 */
export function silenceLimit(expectedIntervalSeconds: number): number {
  return Math.max(expectedIntervalSeconds, INTERVALS_UNTIL_STALE * expectedIntervalSeconds - SWEEP_SECONDS)
}

const NONE = LIVENESS.indexOf('none')
const STALE = LIVENESS.indexOf('stale')
/** Says its own age already, so silence adds nothing. */
const CACHED = LIVENESS.indexOf('cached')

/** Turns values stale when their feed goes silent: no record arrives to say so, hence a sweep does. */
export interface Freshness {
  /** From now on silence on that row counts; the same row may be watched anew with another interval. */
  watch(row: number, expectedIntervalSeconds: number): void
  unwatch(row: number): void
  sweep(): void
  close(): void
}

/** Ages are monotonic seconds, so that a wall clock that is set makes nothing stale and nothing young. */
export function createFreshness({
  book,
  clock,
  isOpen,
}: {
  book: Book
  clock: Clock
  isOpen: (instrument: Instrument, at: EpochMicros) => boolean
}): Freshness {
  const watched = new Map<number, { readonly limit: number; readonly since: number }>()

  function judge(row: number, limit: number, since: number, now: number, open: (row: number) => boolean): void {
    const { heard, state, given } = book.columns
    const never = Number.isNaN(heard[row]!)
    if (now - (never ? since : heard[row]!) < limit) return
    if (never) {
      if (state[row] === NONE) book.show(row, 'none', reasonOf('nothing-received'))
    } else if (state[row] !== STALE && given[row] !== CACHED && open(row)) {
      book.show(row, 'stale', reasonOf('silent'))
    }
  }

  function sweep(): void {
    const now = clock.monotonic()
    const at = clock.now()
    // Thousands of rows share a handful of calendars, and a calendar is dear to ask.
    const byCalendar = new Map<string, boolean>()
    const open = (row: number): boolean => {
      const instrument = book.instrument(row)
      let answer = byCalendar.get(instrument.calendar)
      if (answer === undefined) {
        answer = isOpen(instrument, at)
        byCalendar.set(instrument.calendar, answer)
      }
      return answer
    }
    for (const [row, { limit, since }] of watched) judge(row, limit, since, now, open)
  }

  const stop = clock.every(SWEEP_SECONDS, sweep)
  return {
    watch(row, expectedIntervalSeconds) {
      const limit = silenceLimit(expectedIntervalSeconds)
      const now = clock.monotonic()
      watched.set(row, { limit, since: now })
      if (Number.isNaN(book.columns.heard[row]!)) book.show(row, 'none', reasonOf('waiting'))
      else judge(row, limit, now, now, other => isOpen(book.instrument(other), clock.now()))
    },
    unwatch: row => void watched.delete(row),
    sweep,
    close: stop,
  }
}
