import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { dayOfDate, startOfDay } from '../../core/kit/calendar.ts'
import { isoDate, MICROS_PER_DAY } from '../../core/kit/time.ts'
import type { ChartView } from '../ui/chart-model.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { type BarTable, rowAt } from './chart-bars.ts'
import { beginOf, timeframeOf } from './chart-ranges.ts'
import type { ChartRange } from './chart-toolbar.tsx'

type Jump = { readonly range: ChartRange } | { readonly date: string }

/** Moves the view to a stretch or a date once the bars for it are there; older ones are loaded first. */
export function useJumps(
  view: RefObject<ChartView | null>,
  table: BarTable | null,
  loadOlder: (until?: number) => Promise<boolean>,
  say: (text: string) => void,
): (jump: Jump) => void {
  const { t } = useText()
  const format = useFormat()
  const waiting = useRef<Jump | null>(null)
  const jump = useCallback(
    async (to: Jump, bars: BarTable) => {
      if ('range' in to) {
        if (bars.timeframe !== timeframeOf(to.range)) {
          waiting.current = to
          return
        }
        waiting.current = null
        const begin = beginOf(to.range, bars)
        await loadOlder(begin)
        return view.current?.setVisible(begin <= bars.micros[0]! ? -1 : rowAt(bars, begin), bars.count + 3)
      }
      const { zone } = bars.calendar
      const day = dayOfDate(isoDate(to.date))
      const at = startOfDay(day, zone)
      const found = await loadOlder(at)
      if (!found) say(t('chart.gotoNone', { date: format.instant(bars.micros[0], 'date', zone) }))
      const range = view.current?.visible()
      const width = range ? range.to - range.from : 140
      const row = rowAt(bars, Math.max(at, bars.micros[0]!) + MICROS_PER_DAY - 1)
      view.current?.setVisible(row - width / 2, row + width / 2)
    },
    [view, loadOlder, say, t, format],
  )
  useEffect(() => {
    if (table && waiting.current) void jump(waiting.current, table)
  }, [table, jump])
  return to => {
    if (table) void jump(to, table)
  }
}
