import {
  AreaSeries,
  BarSeries,
  CandlestickSeries,
  type ChartOptions,
  type DeepPartial,
  LineSeries,
  LineStyle,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { type ChartColors, faded, sideColor } from './chart-colors.ts'
import type { ChartLayer, ChartRows, ChartStyle } from './chart-model.ts'

/** Looks of the frame: background, grid, crosshair and axes. */
export function chartOptions(colors: ChartColors, font: string): DeepPartial<ChartOptions> {
  return {
    autoSize: true,
    layout: {
      background: { color: colors('--bg-1') },
      textColor: colors('--text-2'),
      fontFamily: font,
      fontSize: 11,
      panes: { separatorColor: colors('--line'), separatorHoverColor: colors('--accent-quiet') },
      attributionLogo: true,
    },
    grid: { vertLines: { color: colors('--grid-line') }, horzLines: { color: colors('--grid-line') } },
    crosshair: {
      mode: 0,
      vertLine: { color: colors('--text-3'), style: LineStyle.Dashed, width: 1, labelBackgroundColor: colors('--bg-3') },
      horzLine: { color: colors('--text-3'), style: LineStyle.Dashed, width: 1, labelBackgroundColor: colors('--bg-3') },
    },
    rightPriceScale: { borderColor: colors('--line'), minimumWidth: 64 },
    timeScale: {
      borderColor: colors('--line'),
      timeVisible: true,
      rightOffset: 6,
      minBarSpacing: 0.2,
      lockVisibleTimeRangeOnResize: true,
    },
  }
}

/** The kind of series that draws a style. */
export function seriesKind(style: ChartStyle) {
  return { candles: CandlestickSeries, bars: BarSeries, line: LineSeries, area: AreaSeries }[style]
}

/** Looks of the main series. */
export function mainLooks(style: ChartStyle, colors: ChartColors): object {
  const [up, down, line] = [colors('--up'), colors('--down'), colors('--accent')]
  switch (style) {
    case 'candles':
      return { upColor: up, downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down }
    case 'bars':
      return { upColor: up, downColor: down, thinBars: true }
    case 'line':
      return { color: line, lineWidth: 2 }
    case 'area':
      return { lineColor: line, lineWidth: 2, topColor: faded(line, 0.28), bottomColor: faded(line, 0.02) }
  }
}

/** Looks of a layer. */
export function layerLooks(layer: ChartLayer, colors: ChartColors): object {
  const color = colors(layer.color)
  if (layer.draw === 'histogram') return { color, base: 0 }
  if (layer.draw === 'dots') return { color, lineVisible: false, pointMarkersVisible: true, pointMarkersRadius: 1.5 }
  return { color, lineWidth: layer.pane === 'volume' ? 1 : 1.5 }
}

/** One place of a series; without numbers it is a blank one. */
export interface ChartPoint {
  readonly time: Time
  readonly value?: number
  readonly open?: number
  readonly high?: number
  readonly low?: number
  readonly close?: number
  readonly color?: string
}

/** One row as the library takes it; a row without numbers becomes a blank place on the axis. */
export function mainPoint(rows: ChartRows, i: number, style: ChartStyle): ChartPoint {
  const time = rows.time[i] as UTCTimestamp
  const close = rows.close[i]!
  if (!Number.isFinite(close)) return { time }
  if (style === 'line' || style === 'area') return { time, value: close }
  return { time, open: rows.open[i]!, high: rows.high[i]!, low: rows.low[i]!, close }
}

const NO_COLOR = 'rgba(0, 0, 0, 0)'

/** One row of a layer; `factor` brings it to the scale it is drawn on. */
export function layerPoint(layer: ChartLayer, rows: ChartRows, i: number, colors: ChartColors, factor: number): ChartPoint {
  const time = rows.time[i] as UTCTimestamp
  const value = (layer.values[i] ?? Number.NaN) * factor
  if (!Number.isFinite(value)) return { time }
  // The colour of a point is that of the piece of line that leaves it.
  if (layer.draw === 'line' && i + 1 < rows.count && layer.isBrokenBefore?.(i + 1)) return { time, value, color: NO_COLOR }
  if (layer.draw !== 'histogram') return { time, value }
  // The side of zero is also the side of the base line, so the colour repeats what the place says.
  return { time, value, color: faded(colors(sideColor(value)), 0.6) }
}

/** First row from `from` on with a number above zero; `count` where there is none. */
export function firstAboveZero(values: ArrayLike<number>, from: number, count: number): number {
  for (let i = from; i < count; i++) if (values[i]! > 0) return i
  return count
}

/** One row of the volume, in the colour of its bar. */
export function volumePoint(rows: ChartRows, i: number, colors: ChartColors): ChartPoint {
  const time = rows.time[i] as UTCTimestamp
  const value = rows.volume[i]!
  if (!Number.isFinite(value)) return { time }
  return { time, value, color: faded(colors(rows.close[i]! < rows.open[i]! ? '--down' : '--up'), 0.32) }
}
