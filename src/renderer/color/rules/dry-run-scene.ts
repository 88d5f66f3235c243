import type { DryRun } from '../../../contract/color-rules.ts'
import type { Format } from '../../ui/format.ts'
import type { PlotScene } from '../../ui/plot-model.ts'
import type { Translate } from '../../ui/text.ts'

type Days = DryRun['byDay']

/** Days that the plot has room for at least. */
const FEWEST = 20

const shortDay = (day: string | undefined) => (day ? day.slice(5) : '')

/** Rows that come back above the line, rows that go below it, day by day. */
export function dayScene(days: Days, format: Format): PlotScene {
  const x = days.map((_, k) => k)
  const most = Math.max(1, ...days.map(({ added }) => added))
  const least = Math.max(1, ...days.map(({ removed }) => removed))
  const hasAdded = days.some(({ added }) => added > 0)
  const hasRemoved = days.some(({ removed }) => removed > 0)
  return {
    stops: x,
    x: {
      from: -0.6,
      // A few days keep bars of the usual width.
      to: Math.max(days.length, FEWEST) - 0.4,
      format: value => shortDay(days[Math.round(value)]?.day),
      ticks: count => {
        const step = Math.max(1, Math.ceil(days.length / Math.max(1, count)))
        return x.filter(k => k % step === 0)
      },
    },
    panes: [
      {
        share: 1,
        y: {
          from: hasRemoved ? -1.08 * least : 0,
          to: hasAdded ? 1.08 * most : 0,
          format: value => format.whole(Math.abs(value)),
        },
        layers: [
          { kind: 'bars', x, y: days.map(({ removed }) => -removed), width: 0.7, ink: '--down' },
          { kind: 'bars', x, y: days.map(({ added }) => added), width: 0.7, ink: '--up' },
          { kind: 'horizontal', at: 0, ink: '--line-strong' },
        ],
      },
    ],
  }
}

/** A day of the plot in words. */
export function dayWords(days: Days, x: number, t: Translate, format: Format): string {
  const day = days[Math.round(x)]
  if (!day) return ''
  return t('colorRules.daySays', {
    day: day.day,
    removed: format.whole(day.removed),
    added: format.whole(day.added),
    rows: format.whole(day.rows),
  })
}
