import {
  createChartEx,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
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
import { faded, inkOn, readColors, sideColor } from './chart-colors.ts'
import { type ChartMarks, createMarksLayer } from './chart-marks.ts'
import type { ChartContent, ChartEvents, ChartFormats, ChartLayer, ChartStyle, ChartView } from './chart-model.ts'
import {
  chartOptions,
  firstAboveZero,
  layerLooks,
  layerPoint,
  mainLooks,
  mainPoint,
  seriesKind,
  volumePoint,
} from './chart-points.ts'

/**
 * Percent is the linear scale with other words: the library's own percentage measures each line from its own first value,
 * and bands around a price would no longer lie around it.
 */
const MODES = { linear: PriceScaleMode.Normal, log: PriceScaleMode.Logarithmic, percent: PriceScaleMode.Normal } as const
const MARK_KINDS = ['year', 'month', 'day', 'time', 'time'] as const
/** The pane of prices is so many times as high as each of the others, until someone drags the border. */
const MAIN_STRETCH = 3
const VOLUME_SHARE = 0.2
/** Width of a row in pixels at which candles have a body and few enough are lost. */
const COMFORTABLE_ROW = 8

type AnySeries = ISeriesApi<SeriesType>

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
  let lastLine: IPriceLine | null = null
  let lastNote = ''
  let volume: AnySeries | null = null
  let layers: { readonly layer: ChartLayer; readonly series: AnySeries; readonly label: IPriceLine | null }[] = []
  let structure = ''
  /** Rows that the library has been given. */
  let drawn = 0
  /** The row that percents are measured from, and its price. */
  let base = { row: -1, price: Number.NaN }
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
  chart.timeScale().subscribeVisibleLogicalRangeChange(range => {
    if (!range) return
    if (findBase()) rebase()
    events.onVisible(range)
  })

  /** Looks up the first price above zero in sight; true where it is another one than before. */
  function findBase(): boolean {
    if (content?.scale !== 'percent') return false
    const from = Math.max(0, Math.ceil(chart.timeScale().getVisibleLogicalRange()?.from ?? 0))
    const row = firstAboveZero(content.rows.close, from, content.rows.count)
    if (row === base.row && content.rows.close[row] === base.price) return false
    base = { row, price: content.rows.close[row] ?? Number.NaN }
    return true
  }

  function factorOf(layer: ChartLayer): number {
    if (!layer.isRebased || !content || content.scale !== 'percent') return 1
    const own = layer.values[firstAboveZero(layer.values, Math.max(0, base.row), content.rows.count)] ?? Number.NaN
    return base.price / own
  }

  function priceText(formats: ChartFormats): (value: number) => string {
    if (content?.scale !== 'percent' || !(base.price > 0)) return formats.price
    const from = base.price
    return value => formats.percent(value / from - 1)
  }

  /** Percents are measured from another row: new words on the axis, and new places for the lines with a start of their own. */
  function rebase(): void {
    if (!content || !main) return
    const { rows, formats } = content
    main.applyOptions({ priceFormat: { type: 'custom', minMove: formats.tick, formatter: priceText(formats) } })
    for (const { layer, series } of layers) {
      if (!layer.isRebased) continue
      const factor = factorOf(layer)
      series.setData(Array.from({ length: rows.count }, (_, i) => layerPoint(layer, rows, i, colors, factor)) as never)
    }
  }

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
        { priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false },
        pane,
      )
      if (layer.pane === 'volume') series.applyOptions({ priceScaleId: 'volume' })
      for (const price of layer.guides)
        series.createPriceLine({
          price,
          color: faded(colors('--text-3'), 0.6),
          lineStyle: LineStyle.Dotted,
          lineWidth: 1,
          axisLabelVisible: false,
          title: '',
        })
      const label =
        pane === 0 ? null : series.createPriceLine({ price: 0, lineVisible: false, axisLabelVisible: false, title: '' })
      return { layer, series: series as AnySeries, label }
    })
    // Room for the line of words at the top of each pane.
    for (const [i] of names.entries())
      if (i > 0) chart.priceScale('right', i).applyOptions({ scaleMargins: { top: 0.2, bottom: 0.1 } })
    for (const [i, name] of names.entries())
      chart.panes()[i]?.setStretchFactor(stretches.get(name) ?? (name === 'main' ? MAIN_STRETCH : 1))
  }

  function rebuildMain(next: ChartContent): void {
    if (mainStyle !== next.style || !main) {
      if (main) {
        main.detachPrimitive(marks)
        chart.removeSeries(main)
      }
      // The library's own label shows the newest price in sight, which is not the newest there is.
      main = chart.addSeries(seriesKind(next.style), { lastValueVisible: false, priceLineVisible: false }, 0) as AnySeries
      lastLine = null
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
      priceFormat: { type: 'custom', minMove: formats.tick, formatter: priceText(formats) },
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
    showLast()
  }

  /** The newest value of each line of a pane of its own, on the axis there. */
  function labelLayers(count: number): void {
    for (const { layer, label } of layers) {
      const price = layer.values[count - 1] ?? Number.NaN
      const color = colors(layer.draw === 'histogram' ? sideColor(price) : layer.color)
      label?.applyOptions(
        Number.isFinite(price)
          ? { price, axisLabelColor: color, axisLabelTextColor: inkOn(color), axisLabelVisible: true }
          : { axisLabelVisible: false },
      )
    }
  }

  /** The line at the newest price, in the direction of its bar. */
  function showLast(): void {
    if (!content || !main) return
    labelLayers(content.rows.count)
    const { rows, style } = content
    const price = rows.close[rows.count - 1] ?? Number.NaN
    if (!Number.isFinite(price)) {
      if (lastLine) main.removePriceLine(lastLine)
      lastLine = null
      return
    }
    const isBar = style === 'candles' || style === 'bars'
    const color = colors(!isBar ? '--accent' : price < rows.open[rows.count - 1]! ? '--down' : '--up')
    const looks = {
      price,
      color,
      axisLabelTextColor: inkOn(color),
      title: lastNote,
      lineStyle: LineStyle.Dotted,
      lineWidth: 1 as const,
      axisLabelVisible: true,
    }
    if (lastLine) lastLine.applyOptions(looks)
    else lastLine = main.createPriceLine(looks)
  }

  function showMarks(next: ChartMarks): void {
    marks.show(next, { shade: faded(colors('--text-3'), 0.055), line: colors('--line'), gap: colors('--warn') })
  }

  function fill(next: ChartContent): void {
    const { rows } = next
    drawn = rows.count
    const all = <T>(point: (i: number) => T): T[] => Array.from({ length: rows.count }, (_, i) => point(i))
    main?.setData(all(i => mainPoint(rows, i, next.style)) as never)
    volume?.setData(all(i => volumePoint(rows, i, colors)) as never)
    for (const { layer, series } of layers) series.setData(all(i => layerPoint(layer, rows, i, colors, factorOf(layer))) as never)
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
      findBase()
      rebuildMain(next)
      const nextStructure = [
        paneNames().join('|'),
        ...next.layers.map(({ id, pane, draw, guides }) => `${id} ${pane} ${draw} ${guides}`),
      ].join('\n')
      const isSameStructure = nextStructure === structure
      if (isSameStructure) layers = layers.map((drawnLayer, i) => ({ ...drawnLayer, layer: next.layers[i]! }))
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
        for (const { layer, series } of layers) {
          // The line that led here from the row before is taken away by that row's colour.
          if (i > 0 && i === from && layer.isBrokenBefore?.(i))
            series.update(layerPoint(layer, rows, i - 1, colors, factorOf(layer)) as never, true)
          series.update(layerPoint(layer, rows, i, colors, factorOf(layer)) as never, isOld)
        }
        drawn = Math.max(drawn, i + 1)
      }
      showLast()
    },
    setMarks(next) {
      if (content) content = { ...content, marks: next }
      showMarks(next)
    },
    setLastNote(text) {
      lastNote = text
      showLast()
    },
    visible: () => logical(),
    setVisible: setLogical,
    roomFor: () => Math.max(20, Math.round((chart.timeScale().width() || element.clientWidth) / COMFORTABLE_ROW)),
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
