import { dayOfDate } from '../kit/calendar.ts'
import { type EpochMicros, epochMicros, type IsoDate, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE } from '../kit/time.ts'
import { type ContractMonth, crudeOptionExpiry, gasOptionExpiry } from '../market/contracts.ts'
import { addTradingDays, CALENDARS, sessionAt, sessionOn, type TradingCalendar } from '../market/sessions.ts'

/** How the options of a class come to their end. */
export const SETTLEMENTS = [
  /** At the close of the regular session: 16:00 New York, 13:00 on half days. */
  'equity-close',
  /** A quarter of an hour after it, as options on broad funds (SPY, QQQ) and on indices trade. */
  'fund-close',
  /** At the opening of the regular session, as the third Fridays of SPX. */
  'index-open',
  /** At the settlement of NYMEX energy: 14:30 New York, or the halt of a half day. */
  'energy-settlement',
] as const
export type Settlement = (typeof SETTLEMENTS)[number]

const LATE_CLOSE = 15 * MICROS_PER_MINUTE
const DAYS_PER_YEAR = 365
/** Hours of a trading year, of 252 days from 09:30 to 16:00. */
const TRADING_HOURS_PER_YEAR = 252 * 6.5

/**
 * Instant from which an option that expires on a date is worth its intrinsic value and no more.
 *
 * A date without trading means the trading date before it: until February 2015 monthly options were dated on the Saturday, and some
 * years an expiry falls on Good Friday.
 */
export function settlesAt(date: IsoDate, settlement: Settlement): EpochMicros {
  const calendar: TradingCalendar = settlement === 'energy-settlement' ? CALENDARS['cme-energy'] : CALENDARS.nyse
  const day = dayOfDate(date)
  const session = sessionOn(day, calendar) ?? sessionOn(addTradingDays(day, -1, calendar), calendar)
  if (!session) throw new RangeError(`the calendar ${calendar.key} has no session at or before ${date}`)
  if (settlement === 'index-open') return session.regularOpen
  return settlement === 'fund-close' ? epochMicros(session.regularClose + LATE_CLOSE) : session.regularClose
}

/** Expiry and end of the monthly option on a crude oil or natural gas future. */
export function energyOption(root: 'CL' | 'NG', contract: ContractMonth): { date: IsoDate; settlesAt: EpochMicros } {
  const date = root === 'CL' ? crudeOptionExpiry(contract) : gasOptionExpiry(contract)
  return { date, settlesAt: settlesAt(date, 'energy-settlement') }
}

/** Which time an option is thought to age in. */
export type OptionClock = 'calendar' | 'trading'

/**
 * Years until an option settles; 0 from then on.
 *
 * Units: calendar time is ACT/365F to the microsecond; trading time counts the hours of NYSE's regular sessions, 252 days of 6.5 of
 * them to a year, so that an option does not age over night.
 */
export function tteYears(from: number, settles: number, clock: OptionClock = 'calendar'): number {
  if (!(settles > from)) return settles <= from ? 0 : Number.NaN
  if (clock === 'calendar') return (settles - from) / (DAYS_PER_YEAR * MICROS_PER_DAY)
  let micros = 0
  for (let at = from; at < settles; ) {
    const session = sessionAt(at, CALENDARS.nyse)
    micros += Math.max(0, Math.min(settles, session.regularClose) - Math.max(from, session.regularOpen))
    at = session.close
  }
  return micros / MICROS_PER_HOUR / TRADING_HOURS_PER_YEAR
}
