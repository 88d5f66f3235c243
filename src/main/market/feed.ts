import type { EpochMicros } from '../../core/kit/time.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import { calendarOf, momentOf, sessionAt } from '../../core/market/sessions.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { HostBus } from '../topics.ts'
import { type Book, createBook } from './book.ts'
import { createFreshness, type Freshness } from './freshness.ts'
import { createIngest, type Ingest, type TickWriters } from './ingest.ts'
import { createTape, type Tape } from './tape.ts'

/** The way in for everything that ticks: newest values, newest trades, and the checks before them. */
export interface Feed {
  readonly book: Book
  readonly tape: Tape
  readonly ingest: Ingest
  readonly freshness: Freshness
  close(): void
}

export function createFeed({
  bus,
  clock,
  log,
  metrics,
  writers,
}: {
  bus: HostBus
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'step'>
  writers: TickWriters
}): Feed {
  const book = createBook({ dayEndOf: (instrument, at) => sessionAt(at, calendarOf(instrument.calendar)).close })
  const tape = createTape()
  const steps = { check: metrics.step('check'), publish: metrics.step('publish'), write: metrics.step('write') }
  const ingest = createIngest({
    book,
    tape,
    bus,
    clock,
    log,
    writers,
    onTimed: (step, seconds) => steps[step].observe(seconds),
  })
  const freshness = createFreshness({ book, clock, isOpen })
  return { book, tape, ingest, freshness, close: freshness.close }
}

/** True while the venue of an instrument trades, in extended hours too. */
export function isOpen(instrument: Instrument, at: EpochMicros): boolean {
  return momentOf(at, calendarOf(instrument.calendar)).phase !== 'closed'
}
