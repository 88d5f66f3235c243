import type { Format } from '../ui/format.ts'
import type { PlotLayer, PlotScene } from '../ui/plot-model.ts'
import { extentOf, padded } from '../ui/plot-scale.ts'
import type { Translate } from '../ui/text.ts'
import type { PayoffPicture } from './payoff-model.ts'
import { moneyText } from './risk-money.ts'

/** Profit over the underlying's price: at the first expiry, now, and in the chosen scenario. */
export function payoffScene(picture: PayoffPicture, isNow: boolean, format: Format, t: Translate): PlotScene {
  const { end, now, later, spot, legs } = picture
  const spots = end.spots
  const [low, high] = padded(extentOf([0], end.profits, now.profits, isNow ? [] : later.profits) ?? [0, 1], 0.12, 1)
  const price = (value: number, step: number) => format.number(value, step >= 1 ? 0 : 2)
  const strikes = [...new Set(legs.flatMap(({ kind, strike }) => (kind === 'underlying' ? [] : [strike])))]
  const inView = (value: number) => value >= spots[0]! && value <= spots.at(-1)!
  return {
    x: { from: spots[0]!, to: spots.at(-1)!, format: price, title: t('payoff.price') },
    panes: [
      {
        share: 1,
        y: { from: low, to: high, format: (value, step) => moneyText(value, format, t, { step }), title: t('payoff.profitAxis') },
        layers: [
          ...strikes.filter(inView).map((at): PlotLayer => ({ kind: 'vertical', at, ink: '--line-strong', dash: [1, 4] })),
          {
            kind: 'line',
            x: spots,
            y: end.profits,
            ink: '--text-1',
            width: 1.8,
            fill: { above: '--up-quiet', below: '--down-quiet' },
          },
          { kind: 'line', x: spots, y: now.profits, ink: '--accent', width: 1.8 },
          ...(isNow ? [] : [{ kind: 'line', x: spots, y: later.profits, ink: '--link-b', width: 1.8, dash: [6, 4] } as const]),
          ...end.breakEvens
            .filter(inView)
            .map((at): PlotLayer => ({ kind: 'vertical', at, ink: '--warn', dash: [3, 3], label: format.number(at, 2) })),
          { kind: 'vertical', at: spot, ink: '--text-1', label: `${t('risk.spot')} ${format.number(spot, 2)}` },
        ],
      },
    ],
  }
}

/** Value of a line at a spot, straight between its points. */
export function lineAt(spots: Float64Array, values: Float64Array, spot: number): number | null {
  const k = spots.findIndex(at => at >= spot)
  if (k < 0) return null
  if (k === 0) return spots[0] === spot ? values[0]! : null
  const share = (spot - spots[k - 1]!) / (spots[k]! - spots[k - 1]!)
  return values[k - 1]! + share * (values[k]! - values[k - 1]!)
}
