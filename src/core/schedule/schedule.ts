import { civilOf, dayIn, fromWallClock, isTimeZone, offsetAt, wallClock, weekdayOf } from '../kit/calendar.ts'
import { ok, type Result, refused } from '../kit/result.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../kit/time.ts'
import { CALENDARS, type CalendarKey, calendarOf, sessionOn } from '../market/sessions.ts'
import { type Cron, type CronFault, cronSentence, parseCron, runsEveryHour } from './cron.ts'

/** What becomes of a run whose local time a clock change skips: at the first instant after it, or not at all. */
export const SKIPPED_RULES = ['next', 'skip'] as const
/** What becomes of a run whose local time a clock change repeats. */
export const REPEATED_RULES = ['first', 'second', 'both'] as const
export type SkippedRule = (typeof SKIPPED_RULES)[number]
export type RepeatedRule = (typeof REPEATED_RULES)[number]

/** When something is to run: by the clock of a zone, or by the regular session of a market. */
export type Schedule =
  | {
      readonly kind: 'cron'
      readonly line: string
      /** IANA name. */
      readonly zone: string
      readonly skipped: SkippedRule
      readonly repeated: RepeatedRule
    }
  | {
      readonly kind: 'market'
      readonly calendar: CalendarKey
      readonly at: 'open' | 'close'
      /** Minutes after it, before it where negative. Half days count with their own close. */
      readonly minutes: number
    }

/** Longest distance from open or close of a market. */
export const MARKET_MINUTES = 12 * 60

/** Why a run is where it is: moved out of a skipped hour, in one half of a repeated hour, after a half day; `dropped` is no run. */
export type RunMark = 'moved' | 'first' | 'second' | 'half-day' | 'dropped'

/** One planned run. */
export interface PlannedRun {
  readonly at: EpochMicros
  readonly mark: RunMark | null
}

export type ScheduleFault =
  | CronFault
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'calendar'; readonly calendar: string }
  | { readonly kind: 'minutes'; readonly from: number; readonly to: number }

/** A schedule that was checked and can be asked for its runs. */
export interface CheckedSchedule {
  readonly schedule: Schedule
  /** The zone in which its days are counted. */
  readonly zone: string
  readonly cron: Cron | null
}

/** No date that fits a line is further away: 29 February on a given weekday comes every 40 years at most. */
const FURTHEST_DAYS = 41 * 366
const MINUTES_PER_DAY = 1440

/** The schedule, once its line, zone or calendar is known to be one. */
export function checkSchedule(schedule: Schedule): Result<CheckedSchedule, ScheduleFault> {
  if (schedule.kind === 'market') {
    const { calendar, minutes } = schedule
    if (!Object.hasOwn(CALENDARS, calendar)) return refused({ kind: 'calendar', calendar })
    if (!Number.isInteger(minutes) || Math.abs(minutes) > MARKET_MINUTES)
      return refused({ kind: 'minutes', from: -MARKET_MINUTES, to: MARKET_MINUTES })
    return ok({ schedule, zone: calendarOf(calendar).zone, cron: null })
  }
  if (!isTimeZone(schedule.zone)) return refused({ kind: 'zone', zone: schedule.zone })
  const cron = parseCron(schedule.line)
  return cron.ok ? ok({ schedule, zone: schedule.zone, cron: cron.value }) : cron
}

/** The sentence of a fault for programs and logs; the page has its own words. */
export function scheduleSentence(fault: ScheduleFault): string {
  switch (fault.kind) {
    case 'zone':
      return `no time zone is named '${fault.zone}'; zones are written like America/New_York`
    case 'calendar':
      return `a trading calendar is one of ${Object.keys(CALENDARS).join(', ')}, was '${fault.calendar}'`
    case 'minutes':
      return `minutes from open or close are whole and lie between ${fault.from} and ${fault.to}`
    default:
      return cronSentence(fault)
  }
}

/**
 * Planned runs after an instant in ascending order, those that a rule drops among them with the mark `dropped`.
 *
 * No instant comes twice: runs that a clock change moves onto one another are one. Ends where no date fits any more.
 */
export function* plannedAfter(checked: CheckedSchedule, after: EpochMicros): Generator<PlannedRun, void, undefined> {
  const first = dayIn(after, checked.zone) - 1
  let last: number = after
  for (let day = first; day < first + FURTHEST_DAYS; day += 1) {
    for (const run of runsOnDay(checked, day)) {
      if (run.at <= last) continue
      last = run.at
      yield run
    }
  }
}

/** The next runs after an instant, at most `count` of them; dropped ones are left out. */
export function nextRuns(checked: CheckedSchedule, after: EpochMicros, count: number): PlannedRun[] {
  const runs: PlannedRun[] = []
  if (count <= 0) return runs
  for (const run of plannedAfter(checked, after)) {
    if (run.mark === 'dropped') continue
    runs.push(run)
    if (runs.length >= count) break
  }
  return runs
}

/** Runs after `from` and up to `to`, at most `most` of them. */
export function runsBetween(checked: CheckedSchedule, from: EpochMicros, to: EpochMicros, most: number): PlannedRun[] {
  const runs: PlannedRun[] = []
  for (const run of plannedAfter(checked, from)) {
    if (run.at > to || runs.length >= most) break
    if (run.mark !== 'dropped') runs.push(run)
  }
  return runs
}

function runsOnDay(checked: CheckedSchedule, day: number): readonly PlannedRun[] {
  const { schedule, cron } = checked
  if (schedule.kind === 'market') return marketRunsOn(schedule, day)
  return cron && fitsDay(cron, day) ? cronRunsOn(schedule, cron, day) : []
}

function marketRunsOn({ calendar, at, minutes }: Schedule & { kind: 'market' }, day: number): PlannedRun[] {
  const session = sessionOn(day, calendarOf(calendar))
  if (!session) return []
  const anchor = at === 'open' ? session.regularOpen : session.regularClose
  const mark = session.isHalfDay && at === 'close' ? 'half-day' : null
  return [{ at: epochMicros(anchor + minutes * MICROS_PER_MINUTE), mark }]
}

function fitsDay({ days, months, weekdays, eitherDay }: Cron, dayNumber: number): boolean {
  const { month, day } = civilOf(dayNumber)
  if (!months.includes(month)) return false
  const [fitsDate, fitsWeekday] = [days.includes(day), weekdays.includes(weekdayOf(dayNumber))]
  return eitherDay ? fitsDate || fitsWeekday : fitsDate && fitsWeekday
}

function cronRunsOn(schedule: Schedule & { kind: 'cron' }, cron: Cron, day: number): readonly PlannedRun[] {
  const { zone } = schedule
  const midnight = day * MICROS_PER_DAY
  const walls = cron.hours.flatMap(hour => cron.minutes.map(minute => midnight + (hour * 60 + minute) * MICROS_PER_MINUTE))
  const offset = offsetAt(midnight - MICROS_PER_DAY, zone)
  // Two days each way without a change: every reading of this day is one instant.
  if (offset === offsetAt(midnight + 2 * MICROS_PER_DAY, zone) && offset === offsetAt(midnight, zone))
    return walls.map(wall => ({ at: epochMicros(wall - offset), mark: null }))
  const rules = runsEveryHour(cron) ? ({ skipped: null, repeated: 'both' } as const) : schedule
  return walls.flatMap(wall => runsAtReading(wall, zone, rules)).sort((a, b) => a.at - b.at)
}

/** The runs of one reading of the wall clock; `skipped: null` neither moves nor mentions a reading that is not there. */
function runsAtReading(
  wall: number,
  zone: string,
  { skipped, repeated }: { readonly skipped: SkippedRule | null; readonly repeated: RepeatedRule },
): PlannedRun[] {
  const early = fromWallClock(wall, zone, 'earlier')
  const late = fromWallClock(wall, zone, 'later')
  if (early === late) return [{ at: early, mark: null }]
  if (wallClock(early, zone) === wall) {
    if (repeated === 'both')
      return [
        { at: early, mark: skipped === null ? null : 'first' },
        { at: late, mark: skipped === null ? null : 'second' },
      ]
    return [repeated === 'first' ? { at: early, mark: 'first' } : { at: late, mark: 'second' }]
  }
  if (skipped === null) return []
  return [{ at: changeBetween(early, late, zone), mark: skipped === 'next' ? 'moved' : 'dropped' }]
}

/** The instant at which the clocks of a zone change between two others; changes are on whole seconds. */
function changeBetween(low: number, high: number, zone: string): EpochMicros {
  const offset = offsetAt(low, zone)
  let before = Math.floor(low / MICROS_PER_SECOND)
  let after = Math.ceil(high / MICROS_PER_SECOND)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle * MICROS_PER_SECOND, zone) === offset) before = middle
    else after = middle
  }
  return epochMicros(after * MICROS_PER_SECOND)
}

/** What a cron line says, in parts that any language can put into words. */
export interface ScheduleWords {
  /** Minutes of the day at which it runs; null where a rhythm says it better. */
  readonly times: readonly number[] | null
  /** Every so many minutes within the hours below. */
  readonly everyMinutes: number | null
  /** Minutes of the hour, where it is no plain rhythm. */
  readonly minutes: readonly number[]
  /** Hours of the day, null for every one. */
  readonly hours: readonly number[] | null
  readonly days: readonly number[] | null
  readonly weekdays: readonly number[] | null
  readonly months: readonly number[] | null
  readonly eitherDay: boolean
}

/** More times a day than this are described by their rhythm. */
const MOST_TIMES = 6

/** The parts of a plain-language description. */
export function describeCron(cron: Cron): ScheduleWords {
  const { minutes, hours, days, months, weekdays, eitherDay } = cron
  const step = minutes.length > 1 ? minutes[1]! - minutes[0]! : null
  const isRhythm =
    step !== null &&
    60 % step === 0 &&
    minutes.length === 60 / step &&
    minutes.every((value, k) => value === minutes[0]! + k * step)
  const times = hours.flatMap(hour => minutes.map(minute => hour * 60 + minute))
  return {
    times: times.length <= MOST_TIMES && hours.length < 24 ? times : null,
    everyMinutes: isRhythm && minutes[0] === 0 ? step : null,
    minutes,
    hours: hours.length === 24 ? null : hours,
    days: days.length === 31 ? null : days,
    weekdays: weekdays.length === 7 ? null : weekdays,
    months: months.length === 12 ? null : months,
    eitherDay,
  }
}

/** Weekdays and times of day, the form of the plain editor; every weekday is seven of them. */
export interface WeekTimes {
  readonly weekdays: readonly number[]
  /** Minutes of the day. */
  readonly times: readonly number[]
}

/** The line as weekdays and times; null where it says more than those can. */
export function toWeekTimes({ minutes, hours, days, months, weekdays }: Cron): WeekTimes | null {
  if (days.length !== 31 || months.length !== 12) return null
  if (minutes.length > 1 && hours.length > 1) return null
  const times = hours.flatMap(hour => minutes.map(minute => hour * 60 + minute))
  return times.length <= MOST_TIMES ? { weekdays, times } : null
}

/**
 * The line of weekdays and times of day.
 *
 * Fails: RangeError when there is no day or no time, or the times share neither hour nor minute, which one line cannot say.
 */
export function fromWeekTimes({ weekdays, times }: WeekTimes): string {
  const hours = [...new Set(times.map(time => Math.floor(time / 60)))].sort((a, b) => a - b)
  const minutes = [...new Set(times.map(time => time % 60))].sort((a, b) => a - b)
  if (weekdays.length === 0 || times.length === 0) throw new RangeError('a plan needs a weekday and a time')
  if (times.some(time => time < 0 || time >= MINUTES_PER_DAY)) throw new RangeError('times are minutes of a day')
  if (hours.length * minutes.length !== new Set(times).size)
    throw new RangeError('one line can hold several hours at one minute, or several minutes of one hour')
  const days = weekdays.length === 7 ? '*' : rangesOf([...weekdays].sort((a, b) => a - b))
  return `${minutes.join(',')} ${hours.join(',')} * * ${days}`
}

/** 1,2,3,5 as `1-3,5`. */
function rangesOf(values: readonly number[]): string {
  const pieces: string[] = []
  for (let at = 0; at < values.length; ) {
    let end = at
    while (values[end + 1] === values[end]! + 1) end += 1
    pieces.push(end - at >= 2 ? `${values[at]}-${values[end]}` : values.slice(at, end + 1).join(','))
    at = end + 1
  }
  return pieces.join(',')
}
