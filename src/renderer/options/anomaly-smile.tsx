import { useMemo } from 'react'
import type { AlertCard, AlertRow } from '../../contract/options-alerts.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { Plot } from '../ui/plot.tsx'
import type { PlotScene } from '../ui/plot-model.ts'
import { type Translate, useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { expiryText, volText } from './chain-words.ts'

type Fit = NonNullable<AlertCard['fit']>

const points = (column: readonly (number | null)[]) => column.map(vol => (vol === null ? Number.NaN : vol * 100))

/** The quotes around the strike as bars, the fit as a line, and the quote at fault in the colour of warnings. */
function sceneOf({ points: given, forward }: Fit, strike: number | null, format: Format, t: Translate): PlotScene | null {
  const x = given.strike
  const [bid, ask, fit, mid] = [points(given.bidVol), points(given.askVol), points(given.fitVol), points(given.vol)]
  const all = [...bid, ...ask, ...fit, ...mid].filter(Number.isFinite)
  if (x.length < 2 || all.length < 2) return null
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const margin = Math.max(0.2, (high - low) * 0.1)
  const at = x.indexOf(strike ?? Number.NaN)
  const others = x.flatMap((_, k) => (k === at ? [] : [k]))
  const pick = (column: readonly number[], rows: readonly number[]) => rows.map(k => column[k]!)
  const spans = (rows: readonly number[], ink: string) =>
    ({ kind: 'spans', x: pick(x, rows), low: pick(bid, rows), high: pick(ask, rows), ink }) as const
  return {
    x: {
      from: x[0]!,
      to: x.at(-1)!,
      format: (value, step) => format.number(value, step < 1 ? 2 : 0),
      title: t('alerts.strikeAxis'),
    },
    stops: x,
    panes: [
      {
        share: 1,
        y: { from: low - margin, to: high + margin, format: value => format.number(value, 1), title: t('alerts.volAxis') },
        layers: [
          ...(forward === null ? [] : [{ kind: 'vertical' as const, at: forward, ink: '--text-3', dash: [2, 4] }]),
          ...(at < 0 ? [] : [{ kind: 'vertical' as const, at: strike!, ink: '--warn', dash: [4, 3] }]),
          spans(others, '--line-strong'),
          { kind: 'line', x, y: fit, ink: '--accent', width: 1.6 },
          { kind: 'dots', x: pick(x, others), y: pick(mid, others), ink: '--text-2', size: 2 },
          ...(at < 0
            ? []
            : [spans([at], '--warn'), { kind: 'dots' as const, x: [strike!], y: [mid[at]!], ink: '--warn', size: 4 }]),
        ],
      },
    ],
  }
}

/** The smile at the moment of an alert, small. */
export function AlertSmile({ alert, card }: { alert: AlertRow; card: AlertCard }) {
  const { t } = useText()
  const format = useFormat()
  const { fit } = card
  const scene = useMemo(() => (fit ? sceneOf(fit, alert.strike, format, t) : null), [fit, alert.strike, format, t])
  if (!fit || !scene) return <p className={css.quiet}>{t('alerts.noFit')}</p>
  return (
    <>
      <div className={css.smile}>
        <Plot
          label={t('alerts.fitLabel', { expiry: expiryText(fit.expiry, card.asOf, format) })}
          scene={scene}
          words={x => {
            const k = fit.points.strike.indexOf(x)
            return `${format.number(x, 2)}: ${volText(fit.points.bidVol[k] ?? null, format)} / ${volText(fit.points.askVol[k] ?? null, format)}, ${volText(fit.points.fitVol[k] ?? null, format)}`
          }}
        />
      </div>
      <p className={css.quiet}>
        {t('alerts.fitWords', {
          used: format.whole(fit.used),
          error: volText(fit.fitError, format),
          atm: volText(fit.atmVol, format),
          forward: format.number(fit.forward, 2),
        })}
      </p>
    </>
  )
}
