import type { BoardData } from '../../../contract/color-board.ts'
import type { Format } from '../../ui/format.ts'
import type { PlotAxis, PlotLayer, PlotScene } from '../../ui/plot-model.ts'
import { extentOf, padded } from '../../ui/plot-scale.ts'
import type { Translate } from '../../ui/text.ts'
import { dayAxis, dayNumber, dayOf } from './day-axis.ts'

const WEEK = 7
const MONTH = 30

/** Quote types in the order in which they are stacked, the best evidence below, each with its ink; the rest is one. */
export const SHARE_BIASES = [
  { bias: 'TRADE CONFIRM', ink: '--text-1' },
  { bias: 'BWIC COVER', ink: '--link-b' },
  { bias: 'BID', ink: '--up' },
  { bias: 'OFFER', ink: '--down' },
  { bias: 'BWIC TALK', ink: '--link-d' },
  { bias: '', ink: '--text-3' },
] as const

const whole = (format: Format) => (value: number) => format.whole(value)
const numbers = (format: Format) => (value: number, step: number) => format.number(value, step < 0.1 ? 2 : step < 1 ? 1 : 0)

function bars(days: readonly string[], values: readonly number[], width: number, ink: string): PlotLayer {
  return { kind: 'bars', x: days.map(dayNumber), y: values, width, ink }
}

function scene(x: PlotAxis, y: PlotAxis, layers: readonly PlotLayer[], stops: readonly number[]): PlotScene {
  return { x, stops, panes: [{ share: 1, y, layers }] }
}

const spanOf = (days: readonly string[], format: Format, air: number) =>
  dayAxis(dayNumber(days[0]!), dayNumber(days.at(-1)!), format, air)

/** Rows by month. */
export function countsScene(counts: BoardData['counts'], format: Format, t: Translate): PlotScene {
  const days = counts.map(({ month }) => month)
  const most = Math.max(...counts.map(({ rows }) => rows))
  const y = { from: 0, to: most * 1.08, format: whole(format), title: t('colorBoard.rows') }
  return scene(
    { ...spanOf(days, format, MONTH), ticks: () => days.map(dayNumber), format: monthText },
    y,
    [
      bars(
        days,
        counts.map(({ rows }) => rows),
        MONTH * 0.7,
        '--accent',
      ),
    ],
    days.map(dayNumber),
  )
}

/** As 2026-11, as days stand beside it. */
function monthText(at: number): string {
  return dayOf(at).slice(0, 7)
}

/** Share of each quote type by month, stacked to a hundred. */
export function shareScene(share: BoardData['share'], format: Format): PlotScene {
  const months = [...new Set(share.map(({ month }) => month))]
  const known = new Set<string>(SHARE_BIASES.map(({ bias }) => bias))
  const total = (month: string) => share.reduce((sum, one) => sum + (one.month === month ? one.rows : 0), 0)
  const base = months.map(() => 0)
  const layers = SHARE_BIASES.map(({ bias, ink }): PlotLayer => {
    const tops = months.map((month, k) => {
      const own = share.filter(one => one.month === month && (known.has(one.bias) ? one.bias : '') === bias)
      const part = own.reduce((sum, one) => sum + one.rows, 0) / total(month)
      return base[k]! + part
    })
    const layer: PlotLayer = { kind: 'bars', x: months.map(dayNumber), y: tops, base: [...base], width: MONTH * 0.7, ink }
    for (const [k, top] of tops.entries()) base[k] = top
    return layer
  })
  return scene(
    { ...spanOf(months, format, MONTH), ticks: () => months.map(dayNumber), format: monthText },
    { from: 0, to: 1, format: value => format.percent(value, { decimals: 0 }) },
    layers,
    months.map(dayNumber),
  )
}

/** Cover less talk: the mean by week, and what holds the middle of it. */
export function coverScene(weeks: BoardData['coverToTalk'], format: Format, t: Translate): PlotScene {
  const days = weeks.map(({ week }) => week)
  const x = days.map(dayNumber)
  const y = padded(
    extentOf(
      [0],
      weeks.map(({ low }) => low),
      weeks.map(({ high }) => high),
    ) ?? [-1, 1],
    0.12,
    0.2,
  )
  return scene(
    spanOf(days, format, WEEK),
    { from: y[0], to: y[1], format: numbers(format), title: t('colorBoard.price') },
    [
      { kind: 'horizontal', at: 0, ink: '--text-3' },
      { kind: 'spans', x, low: weeks.map(({ low }) => low), high: weeks.map(({ high }) => high), ink: '--text-3' },
      { kind: 'line', x, y: weeks.map(({ mean }) => mean), ink: '--accent', width: 2 },
      { kind: 'dots', x, y: weeks.map(({ mean }) => mean), ink: '--accent', size: 2.5 },
    ],
    x,
  )
}

/** What did not trade of what was on a list, by week, over how much was. */
export function dntScene(weeks: BoardData['dnt'], format: Format, t: Translate): PlotScene {
  const days = weeks.map(({ week }) => week)
  const x = days.map(dayNumber)
  const share = weeks.map(({ listed, notTraded }) => notTraded / listed)
  const most = Math.max(...weeks.map(({ listed }) => listed))
  return {
    x: spanOf(days, format, WEEK),
    stops: x,
    panes: [
      {
        share: 0.65,
        y: { from: 0, to: Math.max(0.1, ...share) * 1.15, format: value => format.percent(value, { decimals: 0 }) },
        layers: [
          { kind: 'line', x, y: share, ink: '--down', width: 2 },
          { kind: 'dots', x, y: share, ink: '--down', size: 2.5 },
        ],
      },
      {
        share: 0.35,
        y: { from: 0, to: most * 1.1, format: whole(format), title: t('colorBoard.listed') },
        layers: [
          bars(
            days,
            weeks.map(({ listed }) => listed),
            WEEK * 0.7,
            '--text-3',
          ),
        ],
      },
    ],
  }
}

/** Best offer less best bid, by week. */
export function twoWayScene(weeks: BoardData['twoWay'], format: Format, t: Translate): PlotScene {
  const days = weeks.map(({ week }) => week)
  const x = days.map(dayNumber)
  const y = padded(
    extentOf(
      [0],
      weeks.map(({ median }) => median),
    ) ?? [0, 1],
    0.15,
    0.2,
  )
  return scene(
    spanOf(days, format, WEEK),
    { from: y[0], to: y[1], format: numbers(format), title: t('colorBoard.price') },
    [
      { kind: 'horizontal', at: 0, ink: '--text-3' },
      { kind: 'line', x, y: weeks.map(({ median }) => median), ink: '--accent', width: 2 },
      { kind: 'dots', x, y: weeks.map(({ median }) => median), ink: '--accent', size: 2.5 },
    ],
    x,
  )
}

/** How long runs took, one after the other. */
export function runTimesScene(runs: BoardData['runTimes'], format: Format): PlotScene {
  const x = runs.map(({ run }) => run)
  const most = Math.max(0.1, ...runs.map(({ seconds }) => seconds))
  return scene(
    { from: x[0]! - 1, to: x.at(-1)! + 1, format: value => `#${format.whole(value)}` },
    { from: 0, to: most * 1.1, format: numbers(format), title: 's' },
    [
      { kind: 'line', x, y: runs.map(({ seconds }) => seconds), ink: '--accent', width: 1.5 },
      { kind: 'dots', x, y: runs.map(({ seconds }) => seconds), ink: '--accent', size: 2 },
    ],
    x,
  )
}
