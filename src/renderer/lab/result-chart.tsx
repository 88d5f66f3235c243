import { createChart, LineSeries, type Time } from 'lightweight-charts'
import { useEffect, useMemo, useRef } from 'react'
import type { QueryResult } from '../../contract/lab.ts'
import { useText } from '../ui/text.ts'
import { isNumeric, isTimelike, microsOf, numberOf } from './result-columns.ts'
import css from './sql.module.css'

const LINES = 4
const INKS = ['--accent', '--down', '--good', '--demo']

/** A line so many times larger or smaller than the first would be a flat one beside it: it is drawn to its own scale. */
const APART = 20

interface Line {
  readonly name: string
  readonly points: readonly { time: Time; value: number }[]
}

/**
 * Lines that a result can be drawn as: the first column of times against the first four of numbers, oldest first.
 *
 * Of several rows at one second the last is drawn, since a chart has one point a second.
 */
export function linesOfResult(result: QueryResult): { lines: Line[]; left: number } | null {
  const timeAt = result.columns.findIndex(({ type }) => isTimelike(type))
  const numbers = result.columns.flatMap(({ name, type }, at) => (isNumeric(type) ? [{ name, at }] : [])).slice(0, LINES)
  if (timeAt < 0 || numbers.length === 0) return null
  let left = 0
  const lines = numbers.map(({ name, at }): Line => {
    const bySecond = new Map<number, number>()
    for (const row of result.rows) {
      const second = Math.floor(microsOf(row[timeAt]) / 1e6)
      const value = numberOf(row[at])
      if (Number.isNaN(second) || !Number.isFinite(value)) left++
      else bySecond.set(second, value)
    }
    const points = [...bySecond].sort(([a], [b]) => a - b).map(([time, value]) => ({ time: time as Time, value }))
    return { name, points }
  })
  return { lines, left }
}

function sizeOf({ points }: Line): number {
  return points.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0)
}

/** A result with a column of times, drawn. */
export function ResultChart({ result }: { result: QueryResult }) {
  const { t } = useText()
  const place = useRef<HTMLDivElement>(null)
  const drawn = useMemo(() => linesOfResult(result), [result])
  useEffect(() => {
    const element = place.current
    if (!element || !drawn) return
    const styles = getComputedStyle(document.documentElement)
    const ink = (name: string) => styles.getPropertyValue(name).trim()
    const chart = createChart(element, {
      autoSize: true,
      layout: { background: { color: 'transparent' }, textColor: ink('--text-2'), fontFamily: ink('--font'), fontSize: 11 },
      grid: { vertLines: { color: ink('--grid-line') }, horzLines: { color: ink('--grid-line') } },
      rightPriceScale: { borderVisible: false },
      timeScale: { borderVisible: false, timeVisible: true },
    })
    const first = sizeOf(drawn.lines[0]!)
    drawn.lines.forEach((line, at) => {
      const own = sizeOf(line) > first * APART || sizeOf(line) * APART < first
      const options = {
        color: ink(INKS[at]!),
        lineWidth: 2,
        priceLineVisible: false,
        priceScaleId: own ? `own-${at}` : 'right',
      } as const
      chart.addSeries(LineSeries, options).setData([...line.points])
    })
    chart.timeScale().fitContent()
    return () => chart.remove()
  }, [drawn])
  if (!drawn) return <p className={css.quiet}>{t('sql.noTime')}</p>
  const columns = drawn.lines.map(({ name }) => name).join(', ')
  return (
    <div className={css.chart}>
      <div className={css.legend}>
        {drawn.lines.map(({ name }, at) => (
          <span key={name}>
            <i style={{ background: `var(${INKS[at]})` }} /> {name}
          </span>
        ))}
        {drawn.left > 0 ? <span className={css.quiet}>{t('sql.chartLeft', { count: drawn.left })}</span> : null}
      </div>
      <div ref={place} className={css.canvas} role="img" aria-label={t('sql.chartLabel', { columns })} />
    </div>
  )
}
