import { LINE_COLORS } from '../ui/chart-colors.ts'
import type { Format } from '../ui/format.ts'
import type { PlotAxis, PlotLayer, PlotScene } from '../ui/plot-model.ts'
import type { Translate } from '../ui/text.ts'
import { DELTA_TICKS, deltaText, type Smile, type SmileAxis, type SmilePoint } from './smile-model.ts'

/** Colour of the n-th smile on a picture. */
export function smileInk(n: number): string {
  return LINE_COLORS[n % LINE_COLORS.length]!
}

function decimalsFor(step: number): number {
  return Math.min(3, Math.max(0, Math.ceil(-Math.log10(Math.abs(step) || 1) - 1e-9)))
}

/** The axis that smiles stand on. */
export function smileAxis(axis: SmileAxis, [from, to]: readonly [number, number], format: Format, t: Translate): PlotAxis {
  if (axis === 'delta')
    return {
      from,
      to,
      format: deltaText,
      ticks: () => DELTA_TICKS.filter(tick => tick >= from && tick <= to),
      title: t('smile.axis.delta'),
    }
  return {
    from,
    to,
    format: (value, step) =>
      axis === 'strike' ? format.number(value, decimalsFor(step)) : format.change(value, 10 ** -Math.max(2, decimalsFor(step))),
    title: t(`smile.axis.${axis}`),
  }
}

const pick = (points: readonly SmilePoint[], of: (point: SmilePoint) => number) => points.map(of)

function layersOf(smile: Smile, n: number, t: Translate): PlotLayer[] {
  const ink = smileInk(n)
  const used = smile.points.filter(({ isUsed }) => isUsed)
  const left = smile.points.filter(({ isUsed }) => !isUsed)
  const points = (value: number) => value * 100
  const spans = (list: readonly SmilePoint[], colour: string): PlotLayer => ({
    kind: 'spans',
    x: pick(list, ({ x }) => x),
    low: pick(list, ({ bidVol }) => points(bidVol)),
    high: pick(list, ({ askVol }) => points(askVol)),
    ink: colour,
  })
  return [
    ...smile.breaches.map(
      ({ kind, later, from, to }): PlotLayer => ({
        kind: 'band',
        from,
        to,
        ink: '--bad-quiet',
        label: kind === 'butterfly' ? t('smile.butterfly') : t('smile.calendar', { later: later ?? '' }),
      }),
    ),
    spans(left, '--line-strong'),
    spans(used, ink),
    { kind: 'line', x: smile.lineX, y: smile.lineVol.map(points), ink, width: 1.8 },
    { kind: 'dots', x: pick(used, ({ x }) => x), y: pick(used, ({ vol }) => points(vol)), ink, size: 2.2 },
    { kind: 'dots', x: pick(left, ({ x }) => x), y: pick(left, ({ vol }) => points(vol)), ink, size: 2.6, isHollow: true },
  ]
}

/** The picture of some smiles: bid and ask as bars, middles as dots (hollow where the fit leaves them out), the fits as lines. */
export function smileScene(
  smiles: readonly Smile[],
  axis: SmileAxis,
  ranges: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  marked: { readonly x: number; readonly label: string } | null,
  format: Format,
  t: Translate,
): PlotScene {
  const forwards = smiles.flatMap(({ summary: { forward } }, n): PlotLayer[] => {
    if (axis === 'delta') return n === 0 ? [{ kind: 'vertical', at: 0.5, ink: '--text-3', dash: [2, 4] }] : []
    if (axis === 'moneyness') return n === 0 ? [{ kind: 'vertical', at: 0, ink: '--text-3', dash: [2, 4] }] : []
    return forward === null
      ? []
      : [
          {
            kind: 'vertical',
            at: forward,
            ink: smileInk(n),
            dash: [2, 4],
            ...(n === 0 ? { label: `F ${format.number(forward, 2)}` } : {}),
          },
        ]
  })
  const stops = [...new Set(smiles.flatMap(({ points }) => points.map(({ x }) => x)))]
    .filter(x => x >= ranges.x[0] && x <= ranges.x[1])
    .sort((a, b) => a - b)
  return {
    x: smileAxis(axis, ranges.x, format, t),
    panes: [
      {
        share: 1,
        y: {
          from: ranges.y[0] * 100,
          to: ranges.y[1] * 100,
          format: (value, step) => format.number(value, Math.max(1, decimalsFor(step))),
          title: t('smile.volTitle'),
        },
        layers: [
          ...forwards,
          ...(marked ? [{ kind: 'vertical' as const, at: marked.x, ink: '--accent-text', label: marked.label }] : []),
          ...smiles.flatMap((smile, n) => layersOf(smile, n, t)),
        ],
      },
    ],
    stops,
  }
}
