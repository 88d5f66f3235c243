import {
  type EpochMicros,
  epochMicros,
  type IsoDate,
  isoDate,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from './time.ts'

/*
 * Offsets come from Intl.DateTimeFormat (the zone data that the runtime carries) and are kept as a table of transitions per zone,
 * so no dependency is needed and a lookup costs some nanoseconds instead of the microseconds of a formatter.
 */

/** What to do with a local time that a clock change skips or repeats. */
export type ClockChange = 'earlier' | 'later' | 'refuse'

/** Date and time on the wall clock of a zone. */
export interface LocalTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 to 999 999. */
  readonly micros: number
}

interface Zone {
  readonly format: Intl.DateTimeFormat
  /** Spans of one offset by number of the chunk of time they lie in. */
  readonly chunks: Map<number, readonly Span[]>
  recent: Span
}

interface Span {
  readonly from: number
  readonly to: number
  /** Microseconds to add to UTC. */
  readonly offset: number
}

const CHUNK = 512 * MICROS_PER_DAY
/** No zone has changed its clock twice within ten days; shorter steps would only cost more probes. */
const PROBE_STEP = 10 * MICROS_PER_DAY
const LOCAL_TEXT = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/
const zones = new Map<string, Zone>()

/** True when the runtime knows a time zone of that IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    zoneNamed(name)
    return true
  } catch {
    return false
  }
}

/**
 * Microseconds by which the clocks of a zone are ahead of UTC at an instant.
 *
 * Fails: RangeError when the zone is unknown.
 * Source: the IANA data of the runtime, through Intl.DateTimeFormat.
 */
export function offsetAt(instant: number, zone: string): number {
  const table = zoneNamed(zone)
  if (instant >= table.recent.from && instant < table.recent.to) return table.recent.offset
  const chunk = Math.floor(instant / CHUNK)
  let spans = table.chunks.get(chunk)
  if (!spans) {
    spans = spansOf(table.format, chunk)
    table.chunks.set(chunk, spans)
  }
  for (const span of spans) {
    if (instant < span.to) {
      table.recent = span
      return span.offset
    }
  }
  throw new RangeError(`an instant must be a finite number, was ${instant}`)
}

/** Reading of the wall clock as microseconds since 1970-01-01T00:00 local time; arithmetic on it ignores clock changes. */
export function wallClock(instant: number, zone: string): number {
  return instant + offsetAt(instant, zone)
}

/** Date and time that a clock in that zone shows at an instant. */
export function toLocal(instant: EpochMicros, zone: string): LocalTime {
  const wall = wallClock(instant, zone)
  const dayNumber = Math.floor(wall / MICROS_PER_DAY)
  const rest = wall - dayNumber * MICROS_PER_DAY
  const date = civilOf(dayNumber)
  return {
    ...date,
    hour: Math.floor(rest / MICROS_PER_HOUR),
    minute: Math.floor(rest / MICROS_PER_MINUTE) % 60,
    second: Math.floor(rest / MICROS_PER_SECOND) % 60,
    micros: rest % MICROS_PER_SECOND,
  }
}

/**
 * The instant at which a clock in that zone shows a date and time.
 *
 * A time that occurs twice gives its first instant with 'earlier', its second with 'later'. A time that is skipped is read with
 * the offset after the change with 'earlier' (an hour before on the clock), with the offset before it with 'later' (an hour
 * after): the rules of the same names in Temporal.
 * Fails: RangeError when the date or time does not exist on any clock, or on this one with 'refuse'.
 */
export function fromLocal(local: LocalTime, zone: string, rule: ClockChange): EpochMicros {
  const { year, month, day, hour, minute, second, micros } = local
  const days = dayNumberOf(year, month, day)
  const back = civilOf(days)
  const clock = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && micros >= 0 && micros < 1e6
  if (back.year !== year || back.month !== month || back.day !== day || !clock)
    throw new RangeError(`no clock shows ${year}-${month}-${day} ${hour}:${minute}:${second}`)
  const wall = days * MICROS_PER_DAY + hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND + micros
  return fromWallClock(wall, zone, rule)
}

/**
 * The instant at which the wall clock of a zone has a reading, as `wallClock` gives it.
 *
 * Fails: RangeError with 'refuse' when the reading is skipped or repeated.
 */
export function fromWallClock(wall: number, zone: string, rule: ClockChange): EpochMicros {
  const { first, last, kind } = readingsOf(wall, zone)
  if (kind !== 'once' && rule === 'refuse')
    throw new RangeError(`${new Date(wall / 1000).toISOString().slice(0, 19)} is ${kind} by the clocks of ${zone}`)
  return epochMicros(rule === 'later' ? last : first)
}

/** First instant of a day (a count of days since 1970-01-01) in a zone; where midnight is skipped, the instant of the change. */
export function startOfDay(day: number, zone: string): EpochMicros {
  const { first, last, kind } = readingsOf(day * MICROS_PER_DAY, zone)
  return epochMicros(kind === 'skipped' ? last : first)
}

/** Length of a day in a zone in microseconds: 23, 24 or 25 hours, seldom another. */
export function lengthOfDay(day: number, zone: string): number {
  return startOfDay(day + 1, zone) - startOfDay(day, zone)
}

/** Days since 1970-01-01 of the date that a zone has at an instant. */
export function dayIn(instant: number, zone: string): number {
  return Math.floor(wallClock(instant, zone) / MICROS_PER_DAY)
}

/** Calendar date that a zone has at an instant. */
export function dateIn(instant: EpochMicros, zone: string): IsoDate {
  return dateOfDay(dayIn(instant, zone))
}

/** Days since 1970-01-01 of a calendar date. */
export function dayOfDate(date: IsoDate): number {
  return dayNumberOf(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10)))
}

/** Calendar date of a count of days since 1970-01-01. */
export function dateOfDay(day: number): IsoDate {
  const { year, month, day: dayOfMonth } = civilOf(day)
  return isoDate(`${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`)
}

/** Day of the week of a count of days since 1970-01-01: 0 is Sunday, 6 Saturday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/**
 * Days since 1970-01-01 of a date of the Gregorian calendar; months and days beyond their ends carry over.
 *
 * Source: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
 */
export function dayNumberOf(year: number, month: number, day: number): number {
  const months = year * 12 + (month - 1)
  const y = Math.floor((months - 2) / 12)
  const shifted = (((months - 2) % 12) + 12) % 12
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * shifted + 2) / 5)
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear + day - 1 - 719_468
}

/** Year, month and day of a count of days since 1970-01-01; the inverse of dayNumberOf. */
export function civilOf(dayNumber: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = dayNumber + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

function zoneNamed(name: string): Zone {
  const known = zones.get(name)
  if (known) return known
  const format = formatterOf(name)
  const zone: Zone = { format, chunks: new Map(), recent: { from: 0, to: 0, offset: 0 } }
  zones.set(name, zone)
  return zone
}

function formatterOf(name: string): Intl.DateTimeFormat {
  const numeric = 'numeric'
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    })
  } catch {
    throw new RangeError(`no time zone is named '${name}'; zones are written like America/New_York`)
  }
}

function spansOf(format: Intl.DateTimeFormat, chunk: number): Span[] {
  const end = (chunk + 1) * CHUNK
  const spans: Span[] = []
  let from = chunk * CHUNK
  let offset = probe(format, from)
  for (let low = from; low < end; low += PROBE_STEP) {
    const high = Math.min(low + PROBE_STEP, end)
    const next = probe(format, high)
    if (next === offset) continue
    const change = changeBetween(format, low, high, offset)
    // A change exactly at the end opens the next chunk.
    if (change >= end) break
    spans.push({ from, to: change, offset })
    from = change
    offset = next
  }
  spans.push({ from, to: end, offset })
  return spans
}

/** First second after `low` whose offset is not the one given; clocks change on whole seconds. */
function changeBetween(format: Intl.DateTimeFormat, low: number, high: number, offset: number): number {
  let before = low / MICROS_PER_SECOND
  let after = high / MICROS_PER_SECOND
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (probe(format, middle * MICROS_PER_SECOND) === offset) before = middle
    else after = middle
  }
  return after * MICROS_PER_SECOND
}

function probe(format: Intl.DateTimeFormat, instant: number): number {
  const text = format.format(instant / 1000)
  const parts = LOCAL_TEXT.exec(text)?.slice(1).map(Number)
  if (!parts) throw new RangeError(`the runtime wrote a local time as '${text}', expected M/D/YYYY, H:MM:SS`)
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = parts
  const wall = dayNumberOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
  return wall * MICROS_PER_SECOND - instant
}

interface Readings {
  readonly first: number
  readonly last: number
  readonly kind: 'once' | 'skipped' | 'repeated'
}

/** Instants that show a reading; one day each way holds the offsets before and after any change near it. */
function readingsOf(wall: number, zone: string): Readings {
  const before = offsetAt(wall - MICROS_PER_DAY, zone)
  const after = offsetAt(wall + MICROS_PER_DAY, zone)
  const early = wall - before
  if (before === after) return { first: early, last: early, kind: 'once' }
  const late = wall - after
  const earlyHolds = offsetAt(early, zone) === before
  const lateHolds = offsetAt(late, zone) === after
  if (earlyHolds && lateHolds) return { first: Math.min(early, late), last: Math.max(early, late), kind: 'repeated' }
  if (earlyHolds) return { first: early, last: early, kind: 'once' }
  if (lateHolds) return { first: late, last: late, kind: 'once' }
  return { first: Math.min(early, late), last: Math.max(early, late), kind: 'skipped' }
}
