import type { Brand } from './brand.ts'

/** Microseconds since 1970-01-01T00:00Z; exact as an integer until the year 2255, and DuckDB's TIMESTAMP unit. */
export type EpochMicros = Brand<number, 'EpochMicros'>

/** A calendar date without a time or a zone, as `2026-11-21`. */
export type IsoDate = Brand<string, 'IsoDate'>

export const MICROS_PER_MILLI = 1_000
export const MICROS_PER_SECOND = 1_000_000
export const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND
export const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE
export const MICROS_PER_DAY = 24 * MICROS_PER_HOUR

/**
 * The instant with that many microseconds since the epoch.
 *
 * Fails: RangeError when the value is not a safe integer.
 */
export function epochMicros(value: number): EpochMicros {
  if (!Number.isSafeInteger(value)) throw new RangeError(`epoch microseconds must be a safe integer, was ${value}`)
  return value as EpochMicros
}

/** The instant of a count of milliseconds since the epoch, rounded to the nearest microsecond. */
export function fromMillis(millis: number): EpochMicros {
  return epochMicros(Math.round(millis * MICROS_PER_MILLI))
}

/** Milliseconds since the epoch, with the microseconds as a fraction. */
export function toMillis(instant: EpochMicros): number {
  return instant / MICROS_PER_MILLI
}

/**
 * A calendar date, checked to exist.
 *
 * Fails: RangeError when the text is not `YYYY-MM-DD` or names a day that does not exist.
 */
export function isoDate(text: string): IsoDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const at = match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : Number.NaN
  if (!match || new Date(at).toISOString().slice(0, 10) !== text)
    throw new RangeError(`a date is written YYYY-MM-DD, was '${text}'`)
  return text as IsoDate
}
