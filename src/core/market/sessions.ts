import { dateOfDay, dayIn, fromWallClock, startOfDay, weekdayOf } from '../kit/calendar.ts'
import { type EpochMicros, type IsoDate, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../kit/time.ts'
import { cmeEnergyHolidays, cmeEquityHolidays, type Holiday, nyseHolidays } from './holidays.ts'

/** Trading hours of a venue. Minutes count from local midnight of the trading date; negative ones lie on the evening before. */
export interface TradingCalendar {
  readonly key: string
  readonly title: string
  readonly zone: string
  /** Stretches in which it trades; an intraday bar never reaches across a border between two of them. */
  readonly hours: readonly (readonly [from: number, to: number])[]
  readonly regular: readonly [from: number, to: number]
  readonly week: 'every day' | 'monday to friday'
  /** Minute at which all trading ends on a half day. */
  readonly halfDayClose: number
  readonly holidays: (year: number) => readonly Holiday[]
}

const everyDay = { week: 'every day', halfDayClose: 1440, holidays: () => [] } as const

/**
 * Trading calendars by key.
 *
 * Source: NYSE "Holidays & Trading Hours"; CME Group "Trading hours" for NYMEX energy and for equity index futures. CME publishes
 * the halts of each holiday anew; the table holds the usual ones.
 */
export const CALENDARS = {
  nyse: {
    key: 'nyse',
    title: 'NYSE and Nasdaq equities',
    zone: 'America/New_York',
    hours: [
      [4 * 60, 9 * 60 + 30],
      [9 * 60 + 30, 16 * 60],
      [16 * 60, 20 * 60],
    ],
    regular: [9 * 60 + 30, 16 * 60],
    week: 'monday to friday',
    halfDayClose: 17 * 60,
    holidays: nyseHolidays,
  },
  'cme-energy': {
    key: 'cme-energy',
    title: 'NYMEX energy futures',
    zone: 'America/New_York',
    hours: [[-6 * 60, 17 * 60]],
    regular: [9 * 60, 14 * 60 + 30],
    week: 'monday to friday',
    halfDayClose: 13 * 60 + 45,
    holidays: cmeEnergyHolidays,
  },
  'cme-equity': {
    key: 'cme-equity',
    title: 'CME equity index futures',
    zone: 'America/New_York',
    hours: [[-6 * 60, 17 * 60]],
    regular: [9 * 60 + 30, 16 * 60],
    week: 'monday to friday',
    halfDayClose: 13 * 60 + 15,
    holidays: cmeEquityHolidays,
  },
  demo: {
    key: 'demo',
    title: 'Demo market',
    zone: 'America/New_York',
    hours: [
      [0, 9 * 60 + 30],
      [9 * 60 + 30, 16 * 60],
      [16 * 60, 24 * 60],
    ],
    regular: [9 * 60 + 30, 16 * 60],
    ...everyDay,
  },
  always: { key: 'always', title: 'Around the clock, UTC', zone: 'UTC', hours: [[0, 1440]], regular: [0, 1440], ...everyDay },
} as const satisfies Record<string, TradingCalendar>

export type CalendarKey = keyof typeof CALENDARS

/** One trading date: when it trades, and when its regular session is. */
export interface TradingSession {
  readonly date: IsoDate
  /** Days since 1970-01-01 of the date. */
  readonly day: number
  readonly open: EpochMicros
  readonly close: EpochMicros
  readonly regularOpen: EpochMicros
  readonly regularClose: EpochMicros
  readonly stretches: readonly { readonly from: EpochMicros; readonly to: EpochMicros }[]
  readonly isHalfDay: boolean
}

/** Where an instant lies in the hours of a calendar. */
export interface SessionMoment {
  readonly phase: 'regular' | 'extended' | 'closed'
  /** The session that the instant lies in, or the next one. */
  readonly session: TradingSession
}

interface Memory {
  readonly sessions: Map<number, TradingSession | null>
  readonly holidays: Map<number, ReadonlyMap<number, Holiday>>
  recent: TradingSession | null
  /** Close of the session before the recent one: instants from here to its close belong to it. */
  recentFrom: number
}

const memories = new WeakMap<TradingCalendar, Memory>()
/** No venue here closes for longer than this many days (2001-09-11 closed NYSE for six with the weekend). */
const LONGEST_CLOSURE = 12

/**
 * The calendar of that key.
 *
 * Fails: RangeError naming the keys there are.
 */
export function calendarOf(key: string): TradingCalendar {
  if (!Object.hasOwn(CALENDARS, key))
    throw new RangeError(`a trading calendar is one of ${Object.keys(CALENDARS).join(', ')}, was '${key}'`)
  return CALENDARS[key as CalendarKey]
}

/** The holiday or half day that a venue keeps on a date, null on any other date. */
export function holidayOn(day: number, calendar: TradingCalendar): Holiday | null {
  const year = Number(dateOfDay(day).slice(0, 4))
  const memory = memoryOf(calendar)
  let days = memory.holidays.get(year)
  if (!days) {
    days = new Map(calendar.holidays(year).map(holiday => [holiday.day, holiday]))
    memory.holidays.set(year, days)
  }
  return days.get(day) ?? null
}

/** True when a venue has no trading date on that day because of a holiday; a half day is none, nor is a plain weekend. */
export function isHoliday(day: number, calendar: TradingCalendar): boolean {
  const holiday = holidayOn(day, calendar)
  return holiday !== null && holiday.kind !== 'half'
}

/** True when the day is a trading date of its own. */
export function isTradingDay(day: number, calendar: TradingCalendar): boolean {
  const weekday = weekdayOf(day)
  if (calendar.week === 'monday to friday' && (weekday === 0 || weekday === 6)) return false
  return !isHoliday(day, calendar)
}

/** The trading date `count` trading dates after a day (before it where negative); the day itself is never counted. */
export function addTradingDays(day: number, count: number, calendar: TradingCalendar): number {
  const step = Math.sign(count)
  let at = day
  for (let left = Math.abs(count); left > 0; ) {
    at += step
    if (isTradingDay(at, calendar)) left -= 1
  }
  return at
}

/** The session of a trading date, null when the day is none. */
export function sessionOn(day: number, calendar: TradingCalendar): TradingSession | null {
  const { sessions } = memoryOf(calendar)
  const known = sessions.get(day)
  if (known !== undefined) return known
  const made = isTradingDay(day, calendar) ? buildSession(day, calendar) : null
  sessions.set(day, made)
  return made
}

/** The session that an instant lies in, or the next one where the market is closed. */
export function sessionAt(instant: number, calendar: TradingCalendar): TradingSession {
  const memory = memoryOf(calendar)
  const recent = memory.recent
  if (recent && instant >= memory.recentFrom && instant < recent.close) return recent
  const first = dayIn(instant, calendar.zone)
  for (let day = first; day < first + LONGEST_CLOSURE; day += 1) {
    const session = sessionOn(day, calendar)
    if (!session || session.close <= instant) continue
    memory.recent = session
    memory.recentFrom = closeBefore(day, calendar)
    return session
  }
  throw new RangeError(`the calendar ${calendar.key} has no session within ${LONGEST_CLOSURE} days of ${dateOfDay(first)}`)
}

/** Instant from which everything belongs to the session of that trading date: the close of the one before. */
export function closeBefore(day: number, calendar: TradingCalendar): EpochMicros {
  for (let before = day - 1; before > day - LONGEST_CLOSURE; before -= 1) {
    const session = sessionOn(before, calendar)
    if (session) return session.close
  }
  throw new RangeError(`the calendar ${calendar.key} has no session within ${LONGEST_CLOSURE} days before ${dateOfDay(day)}`)
}

/** Whether an instant lies in regular or extended hours, with its session; while closed, the next session. */
export function momentOf(instant: EpochMicros, calendar: TradingCalendar): SessionMoment {
  const session = sessionAt(instant, calendar)
  const open = session.stretches.some(stretch => instant >= stretch.from && instant < stretch.to)
  const regular = instant >= session.regularOpen && instant < session.regularClose
  return { phase: !open ? 'closed' : regular ? 'regular' : 'extended', session }
}

/**
 * Trading date of an instant.
 *
 * The evening of a venue that opens on the evening before belongs to the next date, and so does any instant while it is closed.
 */
export function tradingDate(instant: EpochMicros, calendar: TradingCalendar): IsoDate {
  return sessionAt(instant, calendar).date
}

/** First instant at or after the given one at which the venue trades. */
export function nextOpen(instant: number, calendar: TradingCalendar): EpochMicros {
  const session = sessionAt(instant, calendar)
  for (const stretch of session.stretches) {
    if (instant < stretch.to) return (instant > stretch.from ? instant : stretch.from) as EpochMicros
  }
  return session.open
}

/** First instant after the given one at which a stretch of trading ends; a border inside continuous trading is no end. */
export function nextClose(instant: number, calendar: TradingCalendar): EpochMicros {
  const { stretches, close } = sessionAt(instant, calendar)
  for (const [k, stretch] of stretches.entries()) {
    if (instant < stretch.to && stretches[k + 1]?.from !== stretch.to) return stretch.to
  }
  return close
}

function memoryOf(calendar: TradingCalendar): Memory {
  let memory = memories.get(calendar)
  if (!memory) {
    memory = { sessions: new Map(), holidays: new Map(), recent: null, recentFrom: 0 }
    memories.set(calendar, memory)
  }
  return memory
}

function buildSession(day: number, calendar: TradingCalendar): TradingSession {
  const half = holidayOn(day, calendar)
  const closeMinute = half ? (half.halt ?? calendar.halfDayClose) : 1440
  const own = stretchesUntil(day, closeMinute, calendar)
  const stretches = [...rolledInto(day, calendar), ...own]
  const regularEnd = half?.regularClose ?? Math.min(calendar.regular[1], closeMinute)
  return {
    date: dateOfDay(day),
    day,
    open: stretches[0]!.from,
    close: stretches.at(-1)!.to,
    regularOpen: atMinute(day, calendar.regular[0], calendar.zone),
    regularClose: atMinute(day, regularEnd, calendar.zone),
    stretches,
    isHalfDay: half !== null,
  }
}

/** Trading on holidays that have no trading date of their own counts to the next one (CME on most US holidays). */
function rolledInto(day: number, calendar: TradingCalendar): { from: EpochMicros; to: EpochMicros }[] {
  const stretches: { from: EpochMicros; to: EpochMicros }[] = []
  for (let before = day - 1; before > day - LONGEST_CLOSURE && !isTradingDay(before, calendar); before -= 1) {
    const holiday = holidayOn(before, calendar)
    if (holiday?.kind === 'rolled') stretches.unshift(...stretchesUntil(before, holiday.halt ?? 0, calendar))
  }
  return stretches
}

function stretchesUntil(day: number, end: number, calendar: TradingCalendar): { from: EpochMicros; to: EpochMicros }[] {
  return calendar.hours
    .filter(([from]) => from < end)
    .map(([from, to]) => ({
      from: atMinute(day, from, calendar.zone),
      to: atMinute(day, Math.min(to, end), calendar.zone),
    }))
}

function atMinute(day: number, minute: number, zone: string): EpochMicros {
  if (minute % 1440 === 0) return startOfDay(day + minute / 1440, zone)
  return fromWallClock(day * MICROS_PER_DAY + minute * MICROS_PER_MINUTE, zone, 'later')
}
