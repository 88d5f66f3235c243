import type { Format } from '../ui/format.ts'
import type { PlotAxis, PlotLayer, PlotPane, PlotScene } from '../ui/plot-model.ts'
import type { Translate } from '../ui/text.ts'
import { dayPlace, placeDays, type TermPoint } from './term-model.ts'

type Range = readonly [number, number]

const DAY_TICKS: readonly number[] = [0, 1, 2, 7, 14, 30, 60, 90, 180, 270, 365, 545, 730, 1095, 1460]

/** Days to expiry by their square root, so that the near expiries do not stand on each other. */
export function dayAxis([from, to]: Range, format: Format, t: Translate): PlotAxis {
  return {
    from,
    to,
    format: place => {
      const days = placeDays(place)
      return t('chain.days', { count: format.number(days, days < 2 && Math.abs(days - Math.round(days)) > 0.05 ? 1 : 0) })
    },
    ticks: count =>
      thinned(
        DAY_TICKS.map(dayPlace).filter(place => place >= from && place <= to),
        (to - from) / Math.max(2, count),
      ),
    title: t('term.axis'),
  }
}

/** Ticks that are not closer to each other than `apart`. */
function thinned(ticks: readonly number[], apart: number): readonly number[] {
  const kept: number[] = []
  for (const tick of ticks) if (kept.length === 0 || tick - kept.at(-1)! >= apart) kept.push(tick)
  return kept
}

const points = (value: number) => value * 100
const volAxis = ([from, to]: Range, title: string, format: Format, isSigned = false): PlotAxis => ({
  from: points(from),
  to: points(to),
  format: (value, step) => {
    const digits = step < 0.1 ? 2 : 1
    return isSigned ? format.change(value, 10 ** -digits) : format.number(value, digits)
  },
  title,
})

/** Panes that a height has room for, each high enough to be read: volatility first, then the wings, then the forward. */
export function paneCount(height: number): 1 | 2 | 3 {
  if (height < 190) return 1
  return height < 290 ? 2 : 3
}

/** The picture of a term structure: volatility at the money with its bid and ask, the wings, and the forward. */
export function termScene(
  term: readonly TermPoint[],
  ranges: { readonly x: Range; readonly vol: Range; readonly wing: Range; readonly forward: Range },
  panes: 1 | 2 | 3,
  chosen: string | null,
  format: Format,
  t: Translate,
): PlotScene {
  const x = term.map(({ days }) => dayPlace(days))
  const of = (value: (point: TermPoint) => number) => term.map(value)
  const mark = term.find(({ summary }) => summary.date === chosen)
  const marked: readonly PlotLayer[] = mark
    ? [{ kind: 'vertical', at: dayPlace(mark.days), ink: '--accent-text', dash: [2, 3] }]
    : []
  // A forward volatility holds from the expiry before to its own: drawn as the stretch that it covers.
  const steps = term.flatMap(({ forwardVol }, k) => {
    const from = k === 0 ? dayPlace(0) : x[k - 1]!
    return [
      [from, points(forwardVol)],
      [x[k]!, points(forwardVol)],
      [x[k]!, Number.NaN],
    ] as const
  })
  const all: PlotPane[] = [
    {
      share: 5,
      y: volAxis(ranges.vol, t('term.vol'), format),
      layers: [
        ...marked,
        {
          kind: 'line',
          x: steps.map(([place]) => place),
          y: steps.map(([, vol]) => vol),
          ink: '--text-3',
          width: 1.5,
          dash: [4, 3],
        },
        {
          kind: 'spans',
          x,
          low: of(({ band }) => points(band.bid)),
          high: of(({ band }) => points(band.ask)),
          ink: '--accent',
        },
        { kind: 'line', x, y: of(({ atm }) => points(atm)), ink: '--accent', width: 1.8 },
        { kind: 'dots', x, y: of(({ atm }) => points(atm)), ink: '--accent', size: 2.8 },
      ],
    },
    {
      share: 3,
      y: volAxis(ranges.wing, t('term.wings'), format, true),
      layers: [
        ...marked,
        { kind: 'horizontal', at: 0, ink: '--line-strong' },
        { kind: 'line', x, y: of(({ reversal }) => points(reversal)), ink: '--link-a', width: 1.5 },
        { kind: 'dots', x, y: of(({ reversal }) => points(reversal)), ink: '--link-a', size: 2.4 },
        { kind: 'line', x, y: of(({ butterfly }) => points(butterfly)), ink: '--link-d', width: 1.5 },
        { kind: 'dots', x, y: of(({ butterfly }) => points(butterfly)), ink: '--link-d', size: 2.4 },
      ],
    },
    {
      share: 2,
      y: {
        from: ranges.forward[0],
        to: ranges.forward[1],
        format: value => format.number(value, 1),
        title: t('chain.forward'),
      },
      layers: [
        ...marked,
        { kind: 'line', x, y: of(({ forward }) => forward), ink: '--link-b', width: 1.5 },
        { kind: 'dots', x, y: of(({ forward }) => forward), ink: '--link-b', size: 2.4 },
      ],
    },
  ]
  return { x: dayAxis(ranges.x, format, t), stops: x, panes: all.slice(0, panes) }
}

/** Figures of one expiry over kept moments, as columns. */
export interface TermHistory {
  readonly time: readonly number[]
  readonly atm: readonly number[]
  readonly reversal: readonly number[]
  readonly butterfly: readonly number[]
  readonly forward: readonly number[]
}

/** The picture of one expiry over the kept moments. */
export function historyScene(
  history: TermHistory,
  ranges: { readonly x: Range; readonly vol: Range; readonly wing: Range; readonly forward: Range },
  panes: 1 | 2 | 3,
  format: Format,
  t: Translate,
): PlotScene {
  const x = history.time
  const line = (y: readonly number[], ink: string): PlotLayer[] => [
    { kind: 'line', x, y: y.map(points), ink, width: 1.6 },
    ...(x.length < 60 ? [{ kind: 'dots' as const, x, y: y.map(points), ink, size: 2.2 }] : []),
  ]
  const all: PlotPane[] = [
    { share: 5, y: volAxis(ranges.vol, t('term.vol'), format), layers: line(history.atm, '--accent') },
    {
      share: 3,
      y: volAxis(ranges.wing, t('term.wings'), format, true),
      layers: [...line(history.reversal, '--link-a'), ...line(history.butterfly, '--link-d')],
    },
    {
      share: 2,
      y: { from: ranges.forward[0], to: ranges.forward[1], format: value => format.number(value, 2), title: t('chain.forward') },
      layers: [{ kind: 'line', x, y: history.forward, ink: '--link-b', width: 1.6 }],
    },
  ]
  return {
    x: {
      from: ranges.x[0],
      to: ranges.x[1],
      format: (at, step) => format.instant(at, step > 80_000e6 ? 'monthDay' : step > 50e6 ? 'minute' : 'second'),
      ticks: count => timeTicks(ranges.x, count),
      title: t('term.historyAxis'),
    },
    stops: x,
    panes: all.slice(0, panes),
  }
}

const STEPS_SECONDS: readonly number[] = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800]

function timeTicks([from, to]: Range, count: number): readonly number[] {
  const least = (to - from) / Math.max(1, count)
  const step = (STEPS_SECONDS.find(seconds => seconds * 1e6 >= least) ?? STEPS_SECONDS.at(-1)!) * 1e6
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length < 100; at += step) ticks.push(at)
  return ticks
}
