import {
  AreaSeries,
  BarSeries,
  CandlestickSeries,
  type ChartOptions,
  createChartEx,
  type DeepPartial,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  PriceScaleMode,
  type SeriesType,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { type OffsetSeconds, wallClockScale } from './chart-clock.ts'
import { type ChartColors, faded, readColors } from './chart-colors.ts'
import { type ChartMarks, createMarksLayer } from './chart-marks.ts'

export const CHART_STYLES = ['candles', 'bars', 'line', 'area'] as const
export type ChartStyle = (typeof CHART_STYLES)[number]
export const CHART_SCALES = ['linear', 'log', 'percent'] as const
export type ChartScale = (typeof CHART_SCALES)[number]

/** Rows by columns; `time` is in seconds, ascending. Columns may be longer than `count`. */
export interface ChartRows {
  readonly count: number
  readonly time: ArrayLike<number>
  readonly open: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly close: ArrayLike<number>
  readonly volume: ArrayLike<number>
}

/** One more column to draw. Rows line up with the main ones; a missing number is NaN. */
export interface ChartLayer {
  readonly id: string
  /** `main` shares the scale of the prices, `volume` that of the volume; anything else names a pane of its own. */
  readonly pane: string
  readonly draw: 'line' | 'histogram' | 'dots'
  /** A token or a colour. */
  readonly color: string
  readonly values: ArrayLike<number>
  readonly guides: readonly number[]
  format(value: number): string
}

/** Words and numbers that the axes need. */
export interface ChartFormats {
  price(value: number): string
  volume(value: number): string
  /** Smallest step of a price. */
  readonly tick: number
  readonly offset: OffsetSeconds
  /** Text of a mark; `wall` is in seconds of the wall clock. */
  mark(wall: number, kind: 'year' | 'month' | 'day' | 'time'): string
  /** Text of the crosshair's time. */
  moment(wall: number): string
}

/** A chart that is fed by hand, outside of rendering. */
export interface ChartView {
  /** Everything anew: other rows, style or layers. The visible stretch stays where it is, counted from the newest row. */
  show(content: ChartContent): void
  /** The newest rows changed, from `from` on: cheap, for live data. */
  touch(from: number): void
  setMarks(marks: ChartMarks): void
  /** Text beside the newest price on its axis; empty for none. */
  setLastNote(text: string): void
  visible(): { readonly from: number; readonly to: number } | null
  setVisible(from: number, to: number): void
  toNewest(): void
  pan(rows: number): void
  zoom(factor: number): void
  setCrosshair(row: number | null): void
  /** Picture of all panes and axes. */
  picture(): HTMLCanvasElement
  /** Top of each pane in pixels, by its name; the main one is `main`. */
  paneTops(): ReadonlyMap<string, number>
  repaintTheme(): void
  close(): void
}

export interface ChartContent {
  readonly rows: ChartRows
  readonly style: ChartStyle
  readonly scale: ChartScale
  readonly showVolume: boolean
  readonly layers: readonly ChartLayer[]
  readonly marks: ChartMarks
  readonly formats: ChartFormats
}

export interface ChartEvents {
  /** The row under the pointer, null when it left. */
  onCrosshair(row: number | null): void
  onVisible(range: { readonly from: number; readonly to: number }): void
  onLayout(): void
}

const MODES = { linear: PriceScaleMode.Normal, log: PriceScaleMode.Logarithmic, percent: PriceScaleMode.Percentage } as const
const MARK_KINDS = ['year', 'month', 'day', 'time', 'time'] as const
/** The pane of prices is so many times as high as each of the others, until someone drags the border. */
const MAIN_STRETCH = 3
const VOLUME_SHARE = 0.2

type AnySeries = ISeriesApi<SeriesType>

function chartOptions(colors: ChartColors, font: string): DeepPartial<ChartOptions> {
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

function seriesKind(style: ChartStyle) {
  return { candles: CandlestickSeries, bars: BarSeries, line: LineSeries, area: AreaSeries }[style]
}

function mainLooks(style: ChartStyle, colors: ChartColors): object {
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

function layerLooks(layer: ChartLayer, colors: ChartColors): object {
  const color = colors(layer.color)
  if (layer.draw === 'histogram') return { color, base: 0 }
  if (layer.draw === 'dots') return { color, lineVisible: false, pointMarkersVisible: true, pointMarkersRadius: 1.5 }
  return { color, lineWidth: layer.pane === 'volume' ? 1 : 1.5 }
}

interface ChartPoint {
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

function layerPoint(layer: ChartLayer, rows: ChartRows, i: number, colors: ChartColors): ChartPoint {
  const time = rows.time[i] as UTCTimestamp
  const value = layer.values[i] ?? Number.NaN
  if (!Number.isFinite(value)) return { time }
  if (layer.draw !== 'histogram') return { time, value }
  // The side of zero is also the side of the base line, so the colour repeats what the place says.
  return { time, value, color: faded(colors(value < 0 ? '--down' : '--up'), 0.6) }
}

function volumePoint(rows: ChartRows, i: number, colors: ChartColors): ChartPoint {
  const time = rows.time[i] as UTCTimestamp
  const value = rows.volume[i]!
  if (!Number.isFinite(value)) return { time }
  return { time, value, color: faded(colors(rows.close[i]! < rows.open[i]! ? '--down' : '--up'), 0.32) }
}

/** A chart in that element. Colours and fonts come from the page's tokens. */
export function createChartView(element: HTMLElement, events: ChartEvents): ChartView {
  let colors = readColors(element)
  let content: ChartContent | null = null
  const offset: OffsetSeconds = seconds => content?.formats.offset(seconds) ?? 0
  const font = getComputedStyle(element).fontFamily
  const chart = createChartEx<Time, ReturnType<typeof wallClockScale>>(
    element,
    wallClockScale(offset),
    chartOptions(colors, font),
  ) as unknown as IChartApi
  const marks = createMarksLayer(() => chart)
  let main: AnySeries | null = null
  let mainStyle: ChartStyle | null = null
  let volume: AnySeries | null = null
  let layers: { readonly layer: ChartLayer; readonly series: AnySeries }[] = []
  let structure = ''
  /** Rows that the library has been given. */
  let drawn = 0
  const stretches = new Map<string, number>()

  const wallOf = (time: Time) => Number(time) + offset(Number(time))
  chart.applyOptions({
    localization: { timeFormatter: (time: Time) => content?.formats.moment(wallOf(time)) ?? '' },
    timeScale: {
      tickMarkFormatter: (time: Time, kind: number) => content?.formats.mark(wallOf(time), MARK_KINDS[kind] ?? 'time') ?? '',
    },
  })
  chart.subscribeCrosshairMove(({ logical }: MouseEventParams) => {
    const count = content?.rows.count ?? 0
    events.onCrosshair(logical === undefined || logical < 0 || logical >= count ? null : Math.round(logical))
  })
  chart.timeScale().subscribeVisibleLogicalRangeChange(range => range && events.onVisible(range))

  function paneNames(): string[] {
    return [
      'main',
      ...new Set((content?.layers ?? []).map(({ pane }) => pane).filter(pane => pane !== 'main' && pane !== 'volume')),
    ]
  }

  function keepStretches(): void {
    const panes = chart.panes()
    const names = structure === '' ? [] : structure.split('\n')[0]!.split('|')
    for (const [i, name] of names.entries()) if (panes[i]) stretches.set(name, panes[i].getStretchFactor())
  }

  function rebuildLayers(next: ChartContent): void {
    for (const { series } of layers) chart.removeSeries(series)
    const names = paneNames()
    layers = next.layers.map(layer => {
      const kind = layer.draw === 'histogram' ? HistogramSeries : LineSeries
      const pane = layer.pane === 'main' || layer.pane === 'volume' ? 0 : names.indexOf(layer.pane)
      const series = chart.addSeries(
        kind,
        { priceLineVisible: false, lastValueVisible: layer.pane !== 'main', crosshairMarkerVisible: false },
        pane,
      )
      if (layer.pane === 'volume') series.applyOptions({ priceScaleId: 'volume', lastValueVisible: false })
      for (const price of layer.guides)
        series.createPriceLine({
          price,
          color: faded(colors('--text-3'), 0.6),
          lineStyle: LineStyle.Dotted,
          lineWidth: 1,
          axisLabelVisible: false,
          title: '',
        })
      return { layer, series: series as AnySeries }
    })
    // Room for the line of words at the top of each pane.
    for (const [i] of names.entries()) if (i > 0) chart.priceScale('right', i).applyOptions({ scaleMargins: { top: 0.2, bottom: 0.1 } })
    for (const [i, name] of names.entries())
      chart.panes()[i]?.setStretchFactor(stretches.get(name) ?? (name === 'main' ? MAIN_STRETCH : 1))
  }

  function rebuildMain(next: ChartContent): void {
    if (mainStyle !== next.style || !main) {
      if (main) {
        main.detachPrimitive(marks)
        chart.removeSeries(main)
      }
      main = chart.addSeries(seriesKind(next.style), {}, 0) as AnySeries
      main.setSeriesOrder(0)
      main.attachPrimitive(marks)
      mainStyle = next.style
    }
    if (next.showVolume && !volume) {
      volume = chart.addSeries(
        HistogramSeries,
        { priceScaleId: 'volume', priceLineVisible: false, lastValueVisible: false },
        0,
      ) as AnySeries
      volume.setSeriesOrder(0)
    } else if (!next.showVolume && volume) {
      chart.removeSeries(volume)
      volume = null
    }
  }

  function applyLooks(next: ChartContent): void {
    const { formats } = next
    main?.applyOptions({
      ...mainLooks(next.style, colors),
      priceFormat: { type: 'custom', minMove: formats.tick, formatter: formats.price },
      priceLineStyle: LineStyle.Dotted,
    })
    volume?.applyOptions({ priceFormat: { type: 'custom', minMove: 1, formatter: formats.volume } })
    for (const { layer, series } of layers)
      series.applyOptions({
        ...layerLooks(layer, colors),
        priceFormat: { type: 'custom', minMove: layer.pane === 'main' ? formats.tick : 1e-8, formatter: layer.format },
      })
    const hasVolume = next.showVolume || next.layers.some(({ pane }) => pane === 'volume')
    chart.priceScale('right', 0).applyOptions({
      mode: MODES[next.scale],
      scaleMargins: { top: 0.1, bottom: hasVolume ? VOLUME_SHARE + 0.04 : 0.08 },
    })
    if (hasVolume)
      chart.priceScale('volume', 0).applyOptions({ scaleMargins: { top: 1 - VOLUME_SHARE, bottom: 0 }, visible: false })
    showMarks(next.marks)
  }

  function showMarks(next: ChartMarks): void {
    marks.show(next, { shade: faded(colors('--text-3'), 0.07), line: colors('--line-strong'), gap: colors('--warn') })
  }

  function fill(next: ChartContent): void {
    const { rows } = next
    drawn = rows.count
    const all = <T>(point: (i: number) => T): T[] => Array.from({ length: rows.count }, (_, i) => point(i))
    main?.setData(all(i => mainPoint(rows, i, next.style)) as never)
    volume?.setData(all(i => volumePoint(rows, i, colors)) as never)
    for (const { layer, series } of layers) series.setData(all(i => layerPoint(layer, rows, i, colors)) as never)
  }

  const logical = () => chart.timeScale().getVisibleLogicalRange()
  const setLogical = (from: number, to: number) => chart.timeScale().setVisibleLogicalRange({ from, to })
  const sizes = new ResizeObserver(() => events.onLayout())
  const watchPanes = () => {
    sizes.disconnect()
    for (const pane of chart.panes()) {
      const row = pane.getHTMLElement()
      if (row) sizes.observe(row)
    }
    events.onLayout()
  }

  return {
    show(next) {
      keepStretches()
      content = next
      rebuildMain(next)
      const nextStructure = [
        paneNames().join('|'),
        ...next.layers.map(({ id, pane, draw, guides }) => `${id} ${pane} ${draw} ${guides}`),
      ].join('\n')
      const isSameStructure = nextStructure === structure
      if (isSameStructure) layers = layers.map(({ series }, i) => ({ layer: next.layers[i]!, series }))
      else rebuildLayers(next)
      structure = nextStructure
      applyLooks(next)
      fill(next)
      // The library makes the panes' elements in its next frame.
      if (!isSameStructure) requestAnimationFrame(watchPanes)
    },
    touch(from) {
      if (!content || !main) return
      const { rows, style } = content
      for (let i = Math.max(0, from); i < rows.count; i++) {
        const isOld = i < drawn - 1
        main.update(mainPoint(rows, i, style) as never, isOld)
        volume?.update(volumePoint(rows, i, colors) as never, isOld)
        for (const { layer, series } of layers) series.update(layerPoint(layer, rows, i, colors) as never, isOld)
        drawn = Math.max(drawn, i + 1)
      }
    },
    setMarks(next) {
      if (content) content = { ...content, marks: next }
      showMarks(next)
    },
    setLastNote(text) {
      main?.applyOptions({ title: text })
    },
    visible: () => logical(),
    setVisible: setLogical,
    toNewest: () => chart.timeScale().scrollToRealTime(),
    pan(rows) {
      const range = logical()
      if (range) setLogical(range.from + rows, range.to + rows)
    },
    zoom(factor) {
      const range = logical()
      if (!range) return
      // Around the newest row where it is in sight, as wheels of charts do, else around the middle.
      const last = (content?.rows.count ?? 1) - 1
      const anchor = last >= range.from && last <= range.to ? last : (range.from + range.to) / 2
      const [from, to] = [anchor - (anchor - range.from) * factor, anchor + (range.to - anchor) * factor]
      if (to - from >= 4) setLogical(from, to)
    },
    setCrosshair(row) {
      const close = row === null ? undefined : content?.rows.close[row]
      if (row === null || close === undefined || !main || !Number.isFinite(close)) return chart.clearCrosshairPosition()
      chart.setCrosshairPosition(close, content!.rows.time[row] as UTCTimestamp, main)
      events.onCrosshair(row)
    },
    picture: () => chart.takeScreenshot(true, false),
    paneTops() {
      const top = element.getBoundingClientRect().top
      return new Map(
        paneNames().map((name, i) => [name, (chart.panes()[i]?.getHTMLElement()?.getBoundingClientRect().top ?? top) - top]),
      )
    },
    repaintTheme() {
      colors = readColors(element)
      chart.applyOptions(chartOptions(colors, font))
      if (!content) return
      rebuildLayersColors()
    },
    close() {
      sizes.disconnect()
      chart.remove()
    },
  }

  /** Points carry colours of their own, so a new theme fills them anew. */
  function rebuildLayersColors(): void {
    if (!content) return
    rebuildLayers(content)
    applyLooks(content)
    fill(content)
    requestAnimationFrame(watchPanes)
  }
}
