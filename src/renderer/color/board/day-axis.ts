import type { Format } from '../../ui/format.ts'
import type { PlotAxis } from '../../ui/plot-model.ts'

const MS_PER_DAY = 86_400_000
const MICROS_PER_MS = 1000

/** A day as a whole number that grows by one from day to day. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY
}

/** The day of such a number. */
export function dayOf(number: number): string {
  return new Date(Math.round(number) * MS_PER_DAY).toISOString().slice(0, 10)
}

/** An axis of days, a little wider than its ends, so that a single day stands in the middle. */
export function dayAxis(first: number, last: number, format: Format, air = 1): PlotAxis {
  const [from, to] = [first - air, last + air]
  return {
    ...{ from, to },
    format: at => format.instant(Math.round(at) * MS_PER_DAY * MICROS_PER_MS, 'date', 'UTC'),
    ticks: count => {
      const least = Math.max(1, Math.ceil((to - from) / Math.max(1, count)))
      // Whole weeks, so that lines stand where weeks begin.
      const step = least > 7 ? Math.ceil(least / 7) * 7 : least
      const begin = Math.ceil(first)
      return Array.from({ length: Math.max(1, Math.floor((last - begin) / step) + 1) }, (_, k) => begin + k * step)
    },
  }
}
