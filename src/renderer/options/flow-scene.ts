import type { FlowFrame } from '../../contract/options-risk.ts'
import { MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { Format } from '../ui/format.ts'
import type { PlotLayer, PlotScene } from '../ui/plot-model.ts'
import { extentOf, padded } from '../ui/plot-scale.ts'
import type { Translate } from '../ui/text.ts'
import { moneyText } from './risk-money.ts'

/** Steps of an axis of time, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600]

/** Round instants of the page's clock within a stretch; zones with a half hour still read well from half hours down. */
function timeTicks(from: number, to: number, count: number): number[] {
  const span = (to - from) / MICROS_PER_SECOND
  const step = (STEPS.find(seconds => span / seconds <= count) ?? 43_200) * MICROS_PER_SECOND
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, k) => first + k * step)
}

const column = (values: readonly (number | null)[]) => Float64Array.from(values, value => value ?? Number.NaN)

/** Nobody looked for so long: a line would claim to know what was between. */
const GAP = 20 * MICROS_PER_SECOND

/** The values, missing at the first point behind a gap, so that the line begins anew. */
function withGaps(time: readonly number[], values: Float64Array): Float64Array {
  return values.map((value, k) => (k > 0 && time[k]! - time[k - 1]! > GAP ? Number.NaN : value))
}

/** Premium above with the underlying over it, hedging below, over one axis of time. */
export function flowScene(
  points: FlowFrame['points'],
  frame: FlowFrame,
  isToday: boolean,
  format: Format,
  t: Translate,
): PlotScene {
  const first = points.time[0] ?? frame.since
  const last = Math.max(points.time.at(-1) ?? frame.at, first + 30 * MICROS_PER_SECOND)
  const money = (value: number, step: number) => moneyText(value, format, t, { step })
  const spot = withGaps(points.time, column(points.spot))
  const premium = isToday ? [points.netToday] : [points.calls, points.puts, points.net]
  const hedge = isToday ? points.hedgeToday : points.hedgeCalls.map((value, k) => value + points.hedgePuts[k]!)
  const y = padded(extentOf([0], ...premium) ?? [0, 1], 0.14, 1)
  const hedges = padded(extentOf([0], hedge) ?? [0, 1], 0.14, 1)
  const seen = extentOf(spot) ?? [0, 1]
  // A price that stands still is not blown up to fill the height.
  const air = Math.max(0.3 * (seen[1] - seen[0]), 0.0004 * seen[1])
  const prices = [seen[0] - air, seen[1] + air] as const
  const line = (values: readonly number[], ink: string, width = 1.5): PlotLayer => ({
    ...{ kind: 'line', x: points.time, y: values, ink, width, isStepped: true },
  })
  const marks: PlotLayer[] = (['open', 'close'] as const).flatMap(name => {
    const at = frame.session[name]
    if (at <= first || at >= last) return []
    return [{ kind: 'vertical', at, ink: '--text-3', dash: [2, 3], label: t(`flow.${name}`) } as const]
  })
  return {
    x: {
      from: first,
      to: last,
      format: (at, step) => format.instant(at, step >= 60 * MICROS_PER_SECOND ? 'minute' : 'second'),
      ticks: count => timeTicks(first, last, count),
    },
    stops: points.time,
    panes: [
      {
        share: 0.64,
        y: { from: y[0], to: y[1], format: money, title: t('flow.premium') },
        right: {
          from: prices[0],
          to: prices[1],
          format: (value, step) => format.number(value, step >= 1 ? 0 : step >= 0.01 ? 2 : 3),
          title: frame.symbol,
        },
        layers: [
          ...marks,
          { kind: 'line', x: points.time, y: spot, ink: '--text-3', width: 1, axis: 'right' },
          ...(isToday ? [] : [line(points.calls, '--up'), line(points.puts, '--down')]),
          line(isToday ? points.netToday : points.net, '--text-1', 2),
        ],
      },
      {
        share: 0.36,
        y: { from: hedges[0], to: hedges[1], format: money, title: t('flow.hedge') },
        layers: [
          ...marks.map(({ ...mark }) => ({ ...mark, label: '' }) as PlotLayer),
          { ...line(hedge, '--accent'), fill: { above: '--accent-quiet', below: '--accent-quiet' } } as PlotLayer,
        ],
      },
    ],
  }
}
