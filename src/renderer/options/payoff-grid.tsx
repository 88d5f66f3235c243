import { useEffect, useMemo, useRef, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import type { Leg } from '../../core/options/portfolio.ts'
import { DAYS_PER_YEAR } from '../../core/options/screen-units.ts'
import { useDesk } from '../desk.tsx'
import { readColors } from '../ui/chart-colors.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { Plot } from '../ui/plot.tsx'
import { signedColor } from '../ui/plot-colors.ts'
import type { PlotScene } from '../ui/plot-model.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { type Translate, useText } from '../ui/text.ts'
import css from './payoff.module.css'
import type { gridAxes } from './payoff-model.ts'
import risk from './risk.module.css'
import { moneyText } from './risk-money.ts'

export type ScenarioWire = Awaited<ReturnType<Client['options']['risk']['scenario']>>
export type GridAxes = ReturnType<typeof gridAxes>
export interface Scenarios {
  readonly axes: GridAxes
  readonly grid: ScenarioWire
}

/** The grid of a position, asked for again at most once a second while its quotes move. */
export function useScenarios(legs: readonly Leg[], axes: GridAxes, isWanted: boolean) {
  const desk = useDesk()
  const [found, setFound] = useState<Scenarios | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef({ legs, axes })
  latest.current = { legs, axes }
  const shape = JSON.stringify([
    legs.map(({ kind, strike, quantity }) => [kind, strike, quantity]),
    axes.spots[0],
    axes.spots.at(-1),
  ])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other legs are asked for at once, other quotes of the same with the beat
  useEffect(() => {
    if (!isWanted) return
    const stop = new AbortController()
    const ask = async () => {
      const { legs, axes } = latest.current
      try {
        const grid = await desk.options.risk.scenario({ ...axes, legs: legs.map(leg => ({ ...leg })) }, { signal: stop.signal })
        if (stop.signal.aborted) return
        setFound({ axes, grid })
        setError(null)
      } catch (fault) {
        if (!stop.signal.aborted) setError(fault)
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), 2000)
    return () => {
      stop.abort()
      clearInterval(timer)
    }
  }, [desk, shape, isWanted])
  return { found, error }
}

/** Place of a scenario in the columns of a grid. */
export function placeIn({ volShifts, spots }: GridAxes, time: number, vol: number, spot: number): number {
  return (time * volShifts.length + vol) * spots.length + spot
}

function edges(values: readonly number[]): Float64Array {
  const half = (values[1]! - values[0]!) / 2
  return Float64Array.from({ length: values.length + 1 }, (_, k) => (k === 0 ? values[0]! - half : values[k - 1]! + half))
}

interface Slice {
  readonly axes: GridAxes
  /** Index of the time. */
  readonly time: number
  readonly profit: readonly number[]
  /** Largest profit or loss of the whole grid, so that colours mean the same at every time. */
  readonly most: number
}

function heatScene(
  { axes, time, profit, most }: Slice,
  spot: number,
  frame: HTMLElement,
  format: Format,
  t: Translate,
): PlotScene {
  const ink = readColors(frame)
  const at = (column: number, row: number) => profit[placeIn(axes, time, row, column)]!
  const color = (column: number, row: number) => signedColor(at(column, row) / most, ink)
  return {
    x: {
      from: axes.spots[0]!,
      to: axes.spots.at(-1)!,
      format: (value, step) => format.number(value, step >= 1 ? 0 : 2),
      title: t('payoff.price'),
    },
    stops: axes.spots,
    panes: [
      {
        share: 1,
        y: {
          from: axes.volShifts[0]! - 0.005,
          to: axes.volShifts.at(-1)! + 0.005,
          format: value => format.change(100 * value, 1),
        },
        layers: [
          {
            kind: 'cells',
            xEdges: edges(axes.spots),
            yEdges: edges(axes.volShifts),
            color,
          },
          { kind: 'vertical', at: spot, ink: '--text-1' },
        ],
      },
    ],
  }
}

/** The scenarios of one time as a heat map or as numbers. */
export function PayoffGrid({
  scenarios,
  error,
  view,
  time,
  spot,
  onTime,
}: {
  scenarios: Scenarios | null
  error: unknown
  view: 'map' | 'table'
  time: number
  spot: number
  onTime(time: number): void
}) {
  const { t } = useText()
  const format = useFormat()
  const frame = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<{ x: number; y: number } | null>(null)
  const [theme, setTheme] = useState(0)
  useEffect(() => {
    const themes = new MutationObserver(() => setTheme(before => before + 1))
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-palette'] })
    return () => themes.disconnect()
  }, [])
  const slice = useMemo((): Slice | null => {
    if (!scenarios) return null
    const { axes, grid } = scenarios
    const most = grid.profit.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-9)
    return { axes, time: Math.min(time, axes.ahead.length - 1), profit: grid.profit, most }
  }, [scenarios, time])
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew with another theme
  const scene = useMemo(
    () => (slice ? heatScene(slice, spot, frame.current ?? document.body, format, t) : null),
    [slice, spot, format, t, theme],
  )
  if (!scenarios && error) return <Failure error={error} />
  if (!scenarios || !slice || !scene) return <Loading waitsFor={t('payoff.gridWhat')} shape="chart" />
  const days = scenarios.axes.ahead.map(years => years * DAYS_PER_YEAR)
  return (
    <div className={css.grid} ref={frame}>
      {view === 'map' ? (
        <div className={css.stage}>
          <Plot
            label={t('payoff.gridLabel')}
            scene={scene}
            onCursor={at => setCursor(at && { x: at.x, y: at.y })}
            words={x => readCell(slice, { x, y: 0 }, format, t)}
          />
        </div>
      ) : (
        <Numbers slice={slice} format={format} t={t} />
      )}
      <div className={css.legend}>
        <span>{moneyText(-slice.most, format, t)}</span>
        <i
          className={css.scale}
          style={{
            background:
              'linear-gradient(90deg, color-mix(in srgb, var(--bg-1) 20%, var(--down)), var(--bg-1), color-mix(in srgb, var(--bg-1) 20%, var(--up)))',
          }}
          aria-hidden="true"
        />
        <span>{moneyText(slice.most, format, t, { signed: true })}</span>
        <span>
          {cursor ? readCell(slice, cursor, format, t) : t('payoff.gridSays', { time: format.duration(scenarios.grid.seconds) })}
        </span>
      </div>
      <div className={css.sliders}>
        <label>
          {t('payoff.ahead')}
          <input
            type="range"
            min={0}
            max={days.length - 1}
            step={1}
            value={slice.time}
            onChange={event => onTime(Number(event.currentTarget.value))}
          />
          <output>{t('payoff.days', { count: format.number(days[slice.time]!, 1) })}</output>
        </label>
      </div>
    </div>
  )
}

function readCell({ axes, time, profit }: Slice, { x, y }: { x: number; y: number }, format: Format, t: Translate): string {
  const nearest = (values: readonly number[], to: number) =>
    values.reduce((best, value, k) => (Math.abs(value - to) < Math.abs(values[best]! - to) ? k : best), 0)
  const [spot, vol] = [nearest(axes.spots, x), nearest(axes.volShifts, y)]
  return t('payoff.cell', {
    spot: format.number(axes.spots[spot]!, 2),
    vol: format.change(100 * axes.volShifts[vol]!, 1),
    profit: moneyText(profit[placeIn(axes, time, vol, spot)]!, format, t, { signed: true }),
  })
}

/** Every fourth spot: eleven columns are what one reads. */
function Numbers({ slice, format, t }: { slice: Slice; format: Format; t: Translate }) {
  const { axes, time, profit } = slice
  const columns = axes.spots.map((_, k) => k).filter(k => k % 4 === 0)
  const rows = axes.volShifts.map((_, k) => k).reverse()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by the keyboard
    <section className={css.numbers} tabIndex={0} aria-label={t('payoff.gridLabel')}>
      <table className={risk.table}>
        <thead>
          <tr>
            <th scope="col">{t('payoff.volShift')}</th>
            {columns.map(k => (
              <th key={k} scope="col">
                {format.number(axes.spots[k]!, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row}>
              <th scope="row">{format.change(100 * axes.volShifts[row]!, 1)}</th>
              {columns.map(k => {
                const value = profit[placeIn(axes, time, row, k)]!
                return (
                  <td key={k} data-tone={value < 0 ? 'down' : 'up'}>
                    {moneyText(value, format, t, { signed: true })}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
