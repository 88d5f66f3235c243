import type { BoardData } from '../../../contract/color-board.ts'
import type { Format } from '../../ui/format.ts'
import type { PlotLayer, PlotScene } from '../../ui/plot-model.ts'
import { extentOf, padded } from '../../ui/plot-scale.ts'
import type { Translate } from '../../ui/text.ts'
import { dayAxis, dayNumber } from './day-axis.ts'

/** Which ink a quote type has; what is no price to deal on is hollow. */
const INKS: readonly { readonly biases: readonly string[]; readonly ink: string; readonly isHollow?: boolean }[] = [
  { biases: ['BID', 'COLOR', 'BWIC REO', 'DNT', 'DNT BEST'], ink: '--up' },
  { biases: ['OFFER'], ink: '--down' },
  { biases: ['BWIC COVER', 'TRADE CONFIRM'], ink: '--text-1' },
  { biases: ['BWIC TALK', 'VALUATION'], ink: '--text-3', isHollow: true },
]

/** Every price of a tranche by day and kind of quote, with the desk's evaluated price as a line. */
export function pricesScene(prices: BoardData['prices'], format: Format, t: Translate): PlotScene {
  const days = prices.map(({ day }) => dayNumber(day))
  const evaluated = prices.filter(({ evaluated: value }) => value !== null)
  const y = padded(
    extentOf(
      prices.map(({ px }) => px),
      evaluated.map(one => one.evaluated!),
    ) ?? [0, 1],
    0.1,
    0.5,
  )
  const dots = INKS.map(({ biases, ink, isHollow }): PlotLayer => {
    const own = prices.filter(({ bias }) => biases.includes(bias))
    return {
      ...{ kind: 'dots', ink, size: 2.5 },
      ...(isHollow ? { isHollow } : {}),
      x: own.map(({ day }) => dayNumber(day)),
      y: own.map(({ px }) => px),
    }
  })
  const line: PlotLayer = {
    ...{ kind: 'line', ink: '--accent', width: 1.5, isStepped: true },
    x: evaluated.map(({ day }) => dayNumber(day)),
    y: evaluated.map(one => one.evaluated!),
  }
  return {
    x: dayAxis(days[0]!, days.at(-1)!, format),
    stops: [...new Set(days)],
    panes: [
      {
        share: 1,
        y: {
          from: y[0],
          to: y[1],
          format: (value, step) => format.number(value, step < 1 ? 2 : 0),
          title: t('colorBoard.price'),
        },
        layers: [line, ...dots],
      },
    ],
  }
}
