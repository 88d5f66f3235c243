import type { GammaFrame } from '../../contract/options-risk.ts'
import type { Format } from '../ui/format.ts'
import type { PlotLayer, PlotScene } from '../ui/plot-model.ts'
import { extentOf, padded } from '../ui/plot-scale.ts'
import type { Translate } from '../ui/text.ts'
import { moneyText } from './risk-money.ts'

/** A strike with less than this share of the largest is not worth the width that it would take. */
const FAINT = 0.02
const MOST_WIDTH = 0.12

/** The stretch of prices with anything in it: strikes that count, walls, flip and spot, within the profile. */
export function gammaStretch({ byStrike, spot, callWall, putWall, flip }: GammaFrame): readonly [number, number] {
  const size = (k: number) => Math.max(Math.abs(byStrike.calls[k]!), Math.abs(byStrike.puts[k]!))
  const most = byStrike.strike.reduce((largest, _, k) => Math.max(largest, size(k)), 0)
  const seen = byStrike.strike.filter((_, k) => size(k) >= FAINT * most)
  const marks = [callWall, putWall, flip, spot].filter(value => value !== null)
  const [low, high] = padded(extentOf(seen, marks) ?? [0, 1], 0.02, 1)
  if (spot === null) return [low, high]
  const least = 0.02 * spot
  return [
    Math.min(spot - least, Math.max(low, spot * (1 - MOST_WIDTH))),
    Math.max(spot + least, Math.min(high, spot * (1 + MOST_WIDTH))),
  ]
}

/** Width of a bar: most of the usual distance between two strikes. */
function barWidth(strikes: readonly number[], [from, to]: readonly [number, number]): number {
  const seen = strikes.filter(strike => strike >= from && strike <= to)
  const gaps = seen.slice(1).map((strike, k) => strike - seen[k]!)
  const usual = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? (to - from) / 40
  return 0.72 * usual
}

/** Bars by strike above, the total over prices below, over one axis of prices. */
export function gammaScene(frame: GammaFrame, stretch: readonly [number, number], format: Format, t: Translate): PlotScene {
  const { byStrike, profile, spot, callWall, putWall, flip } = frame
  const [from, to] = stretch
  const inView = (_: unknown, k: number) => byStrike.strike[k]! >= from && byStrike.strike[k]! <= to
  const width = barWidth(byStrike.strike, stretch)
  const price = (value: number, step: number) => format.number(value, step >= 1 ? 0 : 2)
  const strikeText = (strike: number) => format.number(strike, strike % 1 === 0 ? 0 : 2)
  const money = (value: number, step: number) => moneyText(value, format, t, { step })
  const marks = (withLabels: boolean): PlotLayer[] => [
    ...(spot === null ? [] : [mark(spot, '--text-1', withLabels ? `${t('risk.spot')} ${format.number(spot, 2)}` : undefined)]),
    ...(flip === null
      ? []
      : [mark(flip, '--warn', withLabels ? undefined : `${t('gamma.flip')} ${format.number(flip, 2)}`, [5, 4])]),
    ...(callWall === null || !withLabels
      ? []
      : [mark(callWall, '--up', `${t('gamma.callWall')} ${strikeText(callWall)}`, [2, 3])]),
    ...(putWall === null || !withLabels ? [] : [mark(putWall, '--down', `${t('gamma.putWall')} ${strikeText(putWall)}`, [2, 3])]),
  ]
  const bars = extentOf([0], byStrike.calls.filter(inView), byStrike.puts.filter(inView)) ?? [0, 1]
  const seen = profile.total.filter((_, k) => profile.spots[k]! >= from && profile.spots[k]! <= to)
  const totals = padded(extentOf([0], seen) ?? [0, 1], 0.12, 1)
  const hasToday = profile.today.some(value => value !== 0) && profile.today.some((value, k) => value !== profile.total[k])
  return {
    x: { from, to, format: price },
    stops: byStrike.strike.filter(inView),
    panes: [
      {
        share: 0.58,
        y: { from: bars[0] * 1.08, to: bars[1] * 1.22 || 1, format: money, title: t('gamma.byStrike') },
        layers: [
          { kind: 'bars', x: byStrike.strike, y: byStrike.calls, width, ink: '--up' },
          { kind: 'bars', x: byStrike.strike, y: byStrike.puts, width, ink: '--down' },
          { kind: 'dots', x: byStrike.strike, y: byStrike.net, ink: '--text-1', size: 1.6 },
          ...marks(true),
        ],
      },
      {
        share: 0.42,
        y: { from: totals[0], to: totals[1], format: money, title: t('gamma.profile') },
        layers: [
          {
            kind: 'line',
            x: profile.spots,
            y: profile.total,
            ink: '--text-1',
            fill: { above: '--up-quiet', below: '--down-quiet' },
          },
          ...(hasToday ? [{ kind: 'line', x: profile.spots, y: profile.today, ink: '--accent', dash: [4, 3] } as const] : []),
          ...marks(false),
        ],
      },
    ],
  }
}

function mark(at: number, ink: string, label: string | undefined, dash?: readonly number[]): PlotLayer {
  return { kind: 'vertical', at, ink, ...(label ? { label } : {}), ...(dash ? { dash } : {}) }
}

/** Total of the profile at a price, straight between its points. */
export function profileAt({ spots, total }: GammaFrame['profile'], price: number): number | null {
  const k = spots.findIndex(spot => spot >= price)
  if (k < 0 || (k === 0 && spots[0] !== price)) return null
  if (k === 0) return total[0]!
  const share = (price - spots[k - 1]!) / (spots[k]! - spots[k - 1]!)
  return total[k - 1]! + share * (total[k]! - total[k - 1]!)
}
