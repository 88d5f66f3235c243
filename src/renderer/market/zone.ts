import { calendarFor } from './chart-bars.ts'

/**
 * The zone for times of an instrument that trades by that calendar, undefined where the zone of the page holds.
 *
 * With the setting `exchange` a trade stands under the same hour in the tape, in a watchlist and on the chart.
 */
export function marketZone(calendar: string | undefined, setting: unknown): string | undefined {
  return setting === 'exchange' && calendar !== undefined ? calendarFor(calendar).zone : undefined
}
