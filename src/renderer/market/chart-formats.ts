import { useMemo } from 'react'
import { offsetAt } from '../../core/kit/calendar.ts'
import { minutesOf } from '../../core/market/timeframes.ts'
import { useSetting } from '../desk.tsx'
import type { ChartFormats } from '../ui/chart-model.ts'
import { useFormat } from '../ui/format.ts'
import type { BarTable } from './chart-bars.ts'

/** The zone that a table's times are shown in: from a day up always the exchange's, since a trading date has no other. */
export function zoneOf(table: BarTable, setting: unknown): string {
  if (minutesOf(table.timeframe) === null || setting === 'exchange' || typeof setting !== 'string') return table.calendar.zone
  return setting === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : setting
}

const MARKS = {
  year: { year: 'numeric' },
  month: { month: 'short' },
  day: { day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

/** How the axes of a table write their numbers and times, and the zone of the latter. */
export function useChartFormats(table: BarTable | null): { readonly formats: ChartFormats; readonly zone: string } | null {
  const format = useFormat()
  const [setting] = useSetting('timeZone')
  return useMemo(() => {
    if (!table) return null
    const zone = zoneOf(table, setting)
    const isIntraday = minutesOf(table.timeframe) !== null
    const tick = table.tick
    // The library hands over readings of the wall clock, so they are written as they are: in UTC.
    const marks = Object.fromEntries(
      Object.entries(MARKS).map(([kind, options]) => [
        kind,
        new Intl.DateTimeFormat(format.locale, { ...options, timeZone: 'UTC' }),
      ]),
    )
    const moment = new Intl.DateTimeFormat(format.locale, {
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      ...(isIntraday ? MARKS.time : {}),
      timeZone: 'UTC',
    })
    const formats: ChartFormats = {
      tick,
      price: value => format.price(value, tick),
      volume: value => format.volume(value),
      percent: fraction => format.percent(fraction, { signed: true }),
      offset: seconds => offsetAt(seconds * 1e6, zone) / 1e6,
      mark: (wall, kind) => marks[kind]!.format(wall * 1000),
      moment: wall => moment.format(wall * 1000),
    }
    return { formats, zone }
  }, [table, setting, format])
}
