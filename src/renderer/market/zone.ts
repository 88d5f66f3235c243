import { calendarFor } from './chart-bars.ts'

/**
 * The zone for times of an instrument that trades by that calendar, undefined where the zone of the page holds.
 *
 * With the setting `exchange` a trade stands under the same hour in the tape, in a watchlist and on the chart.
 */
export function marketZone(calendar: string | undefined, setting: unknown): string | undefined {
  return setting === 'exchange' && calendar !== undefined ? calendarFor(calendar).zone : undefined
}

/** What that zone is called, for the head of a column of times; null where each row has the zone of its own market. */
export function zoneName(calendar: string | undefined, setting: unknown): string | null {
  if (setting === 'exchange') return calendar === undefined ? null : calendarFor(calendar).zone
  return typeof setting === 'string' && setting !== 'local' ? setting : Intl.DateTimeFormat().resolvedOptions().timeZone
}
