import { dayIn } from '../kit/calendar.ts'

/** The zone in which US listed options expire. */
const EXCHANGE_ZONE = 'America/New_York'

/** Whether an option that settles then is one of the instant's own trading date (0DTE): not settled yet, and of the same date. */
export function expiresToday(asOf: number, settlesAt: number): boolean {
  return settlesAt > asOf && dayIn(settlesAt, EXCHANGE_ZONE) === dayIn(asOf, EXCHANGE_ZONE)
}
