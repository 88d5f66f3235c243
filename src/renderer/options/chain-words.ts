import type { ChainFrame, ExpirySummary } from '../../contract/options.ts'
import type { Format } from '../ui/format.ts'
import type { Translate } from '../ui/text.ts'
import { timeLeft } from './chain-model.ts'

const dayIn = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' })

/** Noon of a calendar date, as an instant that every zone near UTC writes as that date. */
const noon = (date: string) => Date.parse(`${date}T12:00:00Z`) * 1000

/** An expiry's date, short; with its year where it is another than that of `asOf`. */
export function expiryText(date: string, asOf: number, format: Format): string {
  const day = format.instant(noon(date), 'monthDay', 'UTC')
  const year = date.slice(0, 4)
  return year === new Date(asOf / 1000).toISOString().slice(0, 4) ? day : `${day} ’${year.slice(2)}`
}

/** Whether options of that date expire on the exchange's day of `asOf`. */
export function isToday(date: string, asOf: number): boolean {
  return dayIn.format(asOf / 1000) === date
}

/** Time left to an expiry: hours on its last day, else days. */
export function leftText(summary: Pick<ExpirySummary, 'tteYears' | 'date'>, asOf: number, format: Format, t: Translate): string {
  const { unit, count } = timeLeft(summary.tteYears)
  if (count <= 0) return t('chain.expired')
  const words =
    unit === 'hours'
      ? t('chain.hours', { count: format.number(count, count < 10 ? 1 : 0) })
      : t('chain.days', { count: format.whole(count) })
  return isToday(summary.date, asOf) ? `0DTE ${words}` : words
}

/** A volatility in points, without its sign of percent: the unit stands beside the name. */
export function volText(vol: number | null, format: Format, digits = 2): string {
  return format.number(vol === null ? null : vol * 100, digits)
}

/** A difference of volatilities in points, with its sign. */
export function volChange(vol: number | null, format: Format): string {
  return format.change(vol === null ? null : vol * 100, 0.01)
}

/** What the Greeks and volatilities of a chain were made with. */
export function modelText(frame: Pick<ChainFrame, 'model' | 'exercise'>, t: Translate): string {
  return t(`chain.model.${frame.model}`)
}
