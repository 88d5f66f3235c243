import { useEffect, useState } from 'react'
import { type StoreApi, useStore } from 'zustand'
import { minutesOf } from '../../core/market/timeframes.ts'
import { sideColor } from '../ui/chart-colors.ts'
import { type Format, MISSING, useFormat } from '../ui/format.ts'
import { Age } from '../ui/liveness.tsx'
import { textOr, useText } from '../ui/text.ts'
import type { BarTable } from './chart-bars.ts'
import { Icon, type IconName } from './chart-icons.tsx'
import { outputFormat, type RunningIndicator } from './chart-layers.ts'
import css from './chart-panel.module.css'

/** What the legend reads out: the row under the crosshair, or the newest one where it is null. */
export interface Readout {
  readonly row: number | null
  /** Counts the changes of the bars, so that the newest row is read again. */
  readonly version: number
  /** Top of each pane in pixels. */
  readonly tops: ReadonlyMap<string, number>
}

export interface ComparedLine {
  readonly id: string
  readonly symbol: string
  readonly color: string
  readonly closes: Float64Array
}

interface LegendActions {
  edit(id: string): void
  hide(id: string): void
  remove(id: string): void
  removeCompare(id: string): void
}

const direction = (x: number) => (x > 0 ? 'up' : x < 0 ? 'down' : 'flat')

/** Readout over the chart: a line for the bars, one for each compared symbol and one for each indicator, in its pane. */
export function ChartLegend({
  table,
  zone,
  running,
  compared,
  readout,
  actions,
}: {
  table: BarTable
  /** Zone that times are written in. */
  zone: string | undefined
  running: readonly RunningIndicator[]
  compared: readonly ComparedLine[]
  readout: StoreApi<Readout>
  actions: LegendActions
}) {
  const { row, tops } = useStore(readout)
  const format = useFormat()
  const at = Math.min(row ?? table.count - 1, table.count - 1)
  if (at < 0) return null
  // A hidden indicator has no pane of its own: its line waits with the main ones, so that it can be shown again.
  const isApart = ({ indicator, chosen }: RunningIndicator) => indicator.pane === 'own' && !chosen.isHidden
  return (
    <div className={css.legends}>
      <div className={css.legend} style={{ top: 5 }}>
        <MainLine table={table} zone={zone} row={at} format={format} />
        {compared.map(line => (
          <CompareLine
            key={line.id}
            line={line}
            row={at}
            table={table}
            format={format}
            onRemove={() => actions.removeCompare(line.id)}
          />
        ))}
        {running
          .filter(one => !isApart(one))
          .map(one => (
            <IndicatorLine key={one.chosen.id} running={one} row={at} table={table} format={format} actions={actions} />
          ))}
      </div>
      {running.filter(isApart).map(one => {
        const top = tops.get(one.chosen.id)
        if (top === undefined) return null
        return (
          <div key={one.chosen.id} className={css.legend} style={{ top: top + 3 }}>
            <IndicatorLine running={one} row={at} table={table} format={format} actions={actions} />
          </div>
        )
      })}
    </div>
  )
}

function Value({
  label,
  title,
  text,
  dir,
  isDetail = false,
}: {
  label: string
  title: string
  text: string
  dir?: string | undefined
  /** Left out where the panel is narrow. */
  isDetail?: boolean
}) {
  return (
    <span className={`${css.field} ${isDetail ? css.detail : ''}`} title={title}>
      <span className={css.quiet}>{label}</span>
      <span className={css.number} data-dir={dir}>
        {text}
      </span>
    </span>
  )
}

function MainLine({ table, zone, row, format }: { table: BarTable; zone: string | undefined; row: number; format: Format }) {
  const { t } = useText()
  const { instrument } = table
  const tick = table.tick
  const close = table.close[row]!
  const before = row > 0 ? table.close[row - 1]! : Number.NaN
  const change = close - before
  const dir = direction(change)
  const style = minutesOf(table.timeframe) === null ? 'date' : 'dateMinute'
  const digits = { '--digits': `${format.price(close, tick).length}ch` } as React.CSSProperties
  return (
    <>
      <div className={css.line}>
        <span className={css.symbol}>{instrument.symbol}</span>
        <span className={css.quiet}>{table.timeframe}</span>
        <span className={`${css.hoverable}`}>
          <Age provenance={table.provenance} full />
        </span>
        <span className={`${css.quiet} ${css.rare}`} title={instrument.name}>
          {instrument.name === instrument.symbol ? '' : instrument.name}
        </span>
        <span className={`${css.quiet} ${css.rare}`}>{instrument.unit || instrument.currency}</span>
      </div>
      <div className={css.line} style={digits}>
        <span className={css.quiet}>{format.instant(table.micros[row], style, zone)}</span>
        <Value isDetail label={t('chart.open')} title={t('chart.openLong')} text={format.price(table.open[row], tick)} />
        <Value isDetail label={t('chart.high')} title={t('chart.highLong')} text={format.price(table.high[row], tick)} />
        <Value isDetail label={t('chart.low')} title={t('chart.lowLong')} text={format.price(table.low[row], tick)} />
        <Value label={t('chart.close')} title={t('chart.closeLong')} text={format.price(close, tick)} dir={dir} />
        <span className={css.number} data-dir={dir} title={t('chart.change')} style={{ minWidth: '15ch' }}>
          {format.change(change, tick)} ({before > 0 ? format.percent(change / before, { signed: true }) : MISSING})
        </span>
        <Value isDetail label={t('chart.vol')} title={t('chart.volume')} text={format.volume(table.volume[row])} />
        {table.gapBefore.includes(row) ? <span style={{ color: 'var(--warn)' }}>{t('chart.gap')}</span> : null}
      </div>
    </>
  )
}

function CompareLine({
  line,
  row,
  table,
  format,
  onRemove,
}: {
  line: ComparedLine
  row: number
  table: BarTable
  format: Format
  onRemove(): void
}) {
  const { t } = useText()
  return (
    <div className={`${css.line} ${css.hoverable}`}>
      <span className={css.swatch} style={{ background: cssColor(line.color) }} />
      <span>{line.symbol}</span>
      <span className={css.number}>{format.price(line.closes[row], table.tick)}</span>
      <span className={css.tools}>
        <Tool icon="close" label={t('chart.removeCompare', { symbol: line.symbol })} run={onRemove} />
      </span>
    </div>
  )
}

function IndicatorLine({
  running,
  row,
  table,
  format,
  actions,
}: {
  running: RunningIndicator
  row: number
  table: BarTable
  format: Format
  actions: LegendActions
}) {
  const { t } = useText()
  const { chosen, indicator } = running
  const name = shortName(running)
  const columns = running.columns()
  return (
    <div className={`${css.line} ${css.hoverable}`} style={chosen.isHidden ? { opacity: 0.6 } : undefined}>
      <span className={css.quiet} title={textOr(`indicator.${chosen.name}`, chosen.name)}>
        {name}
      </span>
      {chosen.isHidden
        ? null
        : indicator.outputs.map((output, k) => (
            <span
              key={output.name}
              className={css.number}
              title={textOr(`output.${output.name}`, output.name)}
              style={{ color: legible(output.draw === 'histogram' ? sideColor(columns[k]![row]!) : chosen.colors[k]!) }}
            >
              {outputFormat(output.unit, table.tick, format)(columns[k]![row]!)}
            </span>
          ))}
      <span className={css.tools}>
        <Tool icon="gear" label={t('chart.indicator.settings', { name })} run={() => actions.edit(chosen.id)} />
        <Tool
          icon={chosen.isHidden ? 'hidden' : 'eye'}
          label={chosen.isHidden ? t('chart.indicator.show', { name }) : t('chart.indicator.hide', { name })}
          run={() => actions.hide(chosen.id)}
        />
        <Tool icon="close" label={t('chart.indicator.remove', { name })} run={() => actions.remove(chosen.id)} />
      </span>
    </div>
  )
}

function Tool({ icon, label, run }: { icon: IconName; label: string; run(): void }) {
  return (
    <button type="button" className={css.tool} title={label} aria-label={label} onClick={run}>
      <Icon name={icon} />
    </button>
  )
}

/** `BB 20 2`: the short name and the numbers among its parameters. */
export function shortName({ chosen }: Pick<RunningIndicator, 'chosen'>): string {
  const numbers = Object.values(chosen.values).filter(value => typeof value === 'number')
  return [textOr(`indicator.${chosen.name}.short`, chosen.name), ...numbers].join(' ')
}

/** A stored colour as style sheets take it. */
export function cssColor(color: string): string {
  return color.startsWith('--') ? `var(${color})` : color
}

/** Colours of lines are mixed with that of the text, so that numbers in them can be read on both themes. */
function legible(color: string): string {
  return `color-mix(in srgb, ${cssColor(color)} 75%, var(--text-1))`
}

/** Seconds until an instant as `4:05`, `1:04:05` or, from a day up, `9d 5h`; empty once it has passed. */
export function countdown(seconds: number): string {
  if (!(seconds > 0)) return ''
  const whole = Math.ceil(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  if (hours >= 24) return `${Math.floor(hours / 24)}d ${hours % 24}h`
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** A sentence that goes away by itself. */
export function Said({ text, onGone }: { text: string; onGone(): void }) {
  const [shown] = useState(text)
  useEffect(() => {
    const timer = setTimeout(onGone, 6000)
    return () => clearTimeout(timer)
  }, [onGone])
  return (
    <div className={css.said} role="status">
      {shown}
    </div>
  )
}
