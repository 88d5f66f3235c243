import type { ChartColors } from './chart-colors.ts'
import type { PlotAxis, PlotBox, PlotLayer, PlotPane, PlotScene } from './plot-model.ts'
import { linearScale, niceTicks, type PlotScale } from './plot-scale.ts'

/** What a painter needs of the place it draws in. */
export interface PlotPlace {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly ink: ChartColors
  readonly fontFamily: string
  /** Pixels of the small text. */
  readonly fontSize: number
}

/** Where the panes came to lie, for the pointer. */
export interface PlotLayout {
  readonly boxes: readonly PlotBox[]
  readonly x: PlotScale
  readonly y: readonly PlotScale[]
}

const PANE_GAP = 14
export const TICK_GAP = 6
const TOP = 8

interface Ticks {
  readonly step: number
  readonly values: readonly number[]
}

function ticksOf(axis: PlotAxis, count: number): Ticks {
  if (!axis.ticks) return niceTicks(axis.from, axis.to, count)
  const values = axis.ticks(count)
  return { step: values.length > 1 ? values[1]! - values[0]! : 1, values }
}

function widest(context: CanvasRenderingContext2D, axis: PlotAxis, { step, values }: Ticks): number {
  return values.reduce((most, value) => Math.max(most, context.measureText(axis.format(value, step)).width), 0)
}

interface PaneTicks {
  readonly left: Ticks
  readonly right: Ticks | null
}

/** Heights of the panes and margins wide enough for the longest number of any of them. */
function arrange(scene: PlotScene, place: PlotPlace): { layout: PlotLayout; ticks: readonly PaneTicks[] } {
  const { context, width, height, fontSize } = place
  const bottom = fontSize + (scene.x.title ? fontSize + 12 : 10)
  const shares = scene.panes.reduce((sum, pane) => sum + pane.share, 0)
  const free = Math.max(20, height - TOP - bottom - PANE_GAP * (scene.panes.length - 1))
  const heights = scene.panes.map(pane => (free * pane.share) / shares)
  const count = (pane: number) => Math.max(2, Math.floor(heights[pane]! / 34))
  const ticks = scene.panes.map(({ y, right }, k) => ({
    left: ticksOf(y, count(k)),
    right: right ? ticksOf(right, count(k)) : null,
  }))
  const leftWidth = Math.max(...scene.panes.map(({ y }, k) => widest(context, y, ticks[k]!.left)))
  const rightWidth = Math.max(
    0,
    ...scene.panes.map(({ right }, k) => (right ? widest(context, right, ticks[k]!.right!) + TICK_GAP : 0)),
  )
  const left = Math.ceil(leftWidth + TICK_GAP + 6)
  const inner = Math.max(20, width - left - Math.ceil(rightWidth) - 10)
  let top = TOP
  const boxes = heights.map((paneHeight): PlotBox => {
    const box = { left, top, width: inner, height: paneHeight }
    top += paneHeight + PANE_GAP
    return box
  })
  const x = linearScale(scene.x.from, scene.x.to, left, left + inner)
  const y = boxes.map((box, k) => {
    const { from, to } = scene.panes[k]!.y
    return linearScale(from, to, box.top + box.height, box.top)
  })
  return { layout: { boxes, x, y }, ticks }
}

/** Ticks of the x axis whose texts stay apart. */
function xTicks(scene: PlotScene, { context }: PlotPlace, box: PlotBox): Ticks {
  let count = Math.max(2, Math.floor(box.width / 60))
  for (;;) {
    const ticks = ticksOf(scene.x, count)
    const wide = widest(context, scene.x, ticks) + 14
    const apart = box.width / Math.max(1, (scene.x.to - scene.x.from) / (ticks.step || 1))
    if (count <= 2 || apart >= wide) return ticks
    count = Math.max(2, Math.floor(count * 0.75))
  }
}

/** Draws a scene and says where its panes lie. */
export function paintPlot(scene: PlotScene, place: PlotPlace): PlotLayout {
  const { context, ink, fontFamily, fontSize } = place
  context.font = `${fontSize}px ${fontFamily}`
  const { layout, ticks } = arrange(scene, place)
  const across = xTicks(scene, place, layout.boxes[0]!)
  scene.panes.forEach((pane, k) => {
    const box = layout.boxes[k]!
    const right = pane.right ? linearScale(pane.right.from, pane.right.to, box.top + box.height, box.top) : null
    const scales = { x: layout.x, y: layout.y[k]!, right }
    context.save()
    context.beginPath()
    context.rect(box.left, box.top, box.width, box.height)
    context.clip()
    const first: readonly PlotLayer[] = pane.layers.filter(layer => layer.kind === 'cells' || layer.kind === 'band')
    for (const layer of first) paintLayer(layer, scales, box, place)
    paintLines(place, box, scales, across, ticks[k]!)
    for (const layer of pane.layers) if (!first.includes(layer)) paintLayer(layer, scales, box, place)
    context.restore()
    paintTicks(place, pane, box, { left: scales.y, right }, ticks[k]!)
    paintLabels(place, pane, box, scales)
  })
  const last = layout.boxes.at(-1)!
  context.fillStyle = ink('--text-2')
  context.textAlign = 'center'
  context.textBaseline = 'top'
  for (const value of across.values) {
    const at = layout.x.toPixel(value)
    if (at < last.left - 1 || at > last.left + last.width + 1) continue
    context.fillText(scene.x.format(value, across.step), at, last.top + last.height + 5)
  }
  if (scene.x.title) {
    context.fillStyle = ink('--text-3')
    context.textAlign = 'right'
    context.fillText(scene.x.title, last.left + last.width, last.top + last.height + fontSize + 9)
  }
  return layout
}

interface Scales {
  readonly x: PlotScale
  readonly y: PlotScale
  readonly right: PlotScale | null
}

/** A line of one pixel, on the pixel. */
export const crisp = (at: number): number => Math.round(at) + 0.5

function paintLines({ context, ink }: PlotPlace, box: PlotBox, { x, y }: Scales, across: Ticks, { left }: PaneTicks): void {
  context.strokeStyle = ink('--grid-line')
  context.lineWidth = 1
  context.setLineDash([])
  context.beginPath()
  for (const value of left.values) {
    const at = crisp(y.toPixel(value))
    context.moveTo(box.left, at)
    context.lineTo(box.left + box.width, at)
  }
  for (const value of across.values) {
    const at = crisp(x.toPixel(value))
    context.moveTo(at, box.top)
    context.lineTo(at, box.top + box.height)
  }
  context.stroke()
  if (!left.values.includes(0)) return
  context.strokeStyle = ink('--line-strong')
  context.beginPath()
  context.moveTo(box.left, crisp(y.toPixel(0)))
  context.lineTo(box.left + box.width, crisp(y.toPixel(0)))
  context.stroke()
}

function paintTicks(
  { context, ink, fontSize }: PlotPlace,
  pane: PlotPane,
  box: PlotBox,
  scales: { readonly left: PlotScale; readonly right: PlotScale | null },
  ticks: PaneTicks,
): void {
  context.textBaseline = 'middle'
  context.fillStyle = ink('--text-2')
  // A number half outside of its pane would stand in the next one's.
  const inside = (at: number) => at > box.top + 2 && at < box.top + box.height + 1
  context.textAlign = 'right'
  for (const value of ticks.left.values) {
    const at = scales.left.toPixel(value)
    if (inside(at)) context.fillText(pane.y.format(value, ticks.left.step), box.left - TICK_GAP, at)
  }
  context.textAlign = 'left'
  if (pane.right && scales.right && ticks.right)
    for (const value of ticks.right.values) {
      const at = scales.right.toPixel(value)
      if (inside(at)) context.fillText(pane.right.format(value, ticks.right.step), box.left + box.width + TICK_GAP, at)
    }
  context.textBaseline = 'top'
  context.fillStyle = ink('--text-3')
  context.font = context.font.replace(/^[\d.]+px/, `${fontSize}px`)
  if (pane.y.title) context.fillText(pane.y.title, box.left + 6, box.top + 2)
  context.textAlign = 'right'
  if (pane.right?.title) context.fillText(pane.right.title, box.left + box.width - 6, box.top + 2)
}

function paintLayer(layer: PlotLayer, scales: Scales, box: PlotBox, place: PlotPlace): void {
  const { context, ink } = place
  context.setLineDash([])
  if (layer.kind === 'line') paintLine(layer, scales, place)
  else if (layer.kind === 'bars') paintBars(layer, scales, place)
  else if (layer.kind === 'cells') paintCells(layer, scales, place)
  else if (layer.kind === 'band') {
    const from = scales.x.toPixel(layer.from)
    context.fillStyle = ink(layer.ink)
    context.fillRect(from, box.top, scales.x.toPixel(layer.to) - from, box.height)
  } else paintMark(layer, scales, box, place)
}

type Mark = Exclude<PlotLayer, { kind: 'line' | 'bars' | 'cells' | 'band' }>

function paintMark(layer: Mark, scales: Scales, box: PlotBox, { context, ink }: PlotPlace): void {
  context.strokeStyle = ink(layer.ink)
  context.fillStyle = ink(layer.ink)
  context.lineWidth = 1
  if (layer.kind === 'vertical' || layer.kind === 'horizontal') {
    context.setLineDash([...(layer.dash ?? [])])
    context.beginPath()
    const at = crisp(layer.kind === 'vertical' ? scales.x.toPixel(layer.at) : scales.y.toPixel(layer.at))
    if (layer.kind === 'vertical') {
      context.moveTo(at, box.top)
      context.lineTo(at, box.top + box.height)
    } else {
      context.moveTo(box.left, at)
      context.lineTo(box.left + box.width, at)
    }
    context.stroke()
  } else if (layer.kind === 'spans') {
    context.beginPath()
    for (let k = 0; k < layer.x.length; k++) {
      const [low, high] = [layer.low[k]!, layer.high[k]!]
      if (!Number.isFinite(low) || !Number.isFinite(high)) continue
      const at = crisp(scales.x.toPixel(layer.x[k]!))
      for (const end of [low, high]) {
        context.moveTo(at - 2, scales.y.toPixel(end))
        context.lineTo(at + 2, scales.y.toPixel(end))
      }
      context.moveTo(at, scales.y.toPixel(low))
      context.lineTo(at, scales.y.toPixel(high))
    }
    context.stroke()
  } else
    for (let k = 0; k < layer.x.length; k++) {
      if (!Number.isFinite(layer.y[k]!)) continue
      context.beginPath()
      context.arc(scales.x.toPixel(layer.x[k]!), scales.y.toPixel(layer.y[k]!), layer.size ?? 2.5, 0, 2 * Math.PI)
      if (layer.isHollow) context.stroke()
      else context.fill()
    }
}

type Of<K extends PlotLayer['kind']> = Extract<PlotLayer, { kind: K }>

function paintLine(layer: Of<'line'>, { x, y, right }: Scales, { context, ink }: PlotPlace): void {
  const scale = layer.axis === 'right' && right ? right : y
  const trace = () => {
    let isDown = false
    for (let k = 0; k < layer.x.length; k++) {
      const value = layer.y[k]!
      if (!Number.isFinite(value)) {
        isDown = false
        continue
      }
      const [px, py] = [x.toPixel(layer.x[k]!), scale.toPixel(value)]
      if (!isDown) context.moveTo(px, py)
      else {
        if (layer.isStepped) context.lineTo(px, scale.toPixel(layer.y[k - 1]!))
        context.lineTo(px, py)
      }
      isDown = true
    }
  }
  if (layer.fill && layer.x.length > 1) {
    const zero = scale.toPixel(0)
    const [first, last] = [x.toPixel(layer.x[0]!), x.toPixel(layer.x[layer.x.length - 1]!)]
    for (const [fill, side] of [
      [layer.fill.above, -1],
      [layer.fill.below, 1],
    ] as const) {
      context.save()
      context.beginPath()
      context.rect(first, side < 0 ? zero - 1e5 : zero, last - first, 1e5)
      context.clip()
      context.beginPath()
      trace()
      context.lineTo(last, zero)
      context.lineTo(first, zero)
      context.closePath()
      context.fillStyle = ink(fill)
      context.fill()
      context.restore()
    }
  }
  context.strokeStyle = ink(layer.ink)
  context.lineWidth = layer.width ?? 1.5
  context.lineJoin = 'round'
  context.setLineDash([...(layer.dash ?? [])])
  context.beginPath()
  trace()
  context.stroke()
  context.setLineDash([])
}

function paintBars(layer: Of<'bars'>, { x, y }: Scales, { context, ink }: PlotPlace): void {
  const half = Math.max(0.5, Math.abs(x.toPixel(layer.width) - x.toPixel(0)) / 2)
  for (let k = 0; k < layer.x.length; k++) {
    const value = layer.y[k]!
    const base = layer.base?.[k] ?? 0
    if (!Number.isFinite(value) || value === base) continue
    const [from, to] = [y.toPixel(base), y.toPixel(value)]
    context.fillStyle = ink(typeof layer.ink === 'string' ? layer.ink : layer.ink(value, k))
    context.fillRect(x.toPixel(layer.x[k]!) - half, Math.min(from, to), 2 * half, Math.max(0.5, Math.abs(to - from)))
  }
}

function paintCells(layer: Of<'cells'>, { x, y }: Scales, { context, fontSize, ink }: PlotPlace): void {
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let row = 0; row + 1 < layer.yEdges.length; row++)
    for (let column = 0; column + 1 < layer.xEdges.length; column++) {
      const color = layer.color(column, row, ink)
      if (color === null) continue
      const [left, right] = [x.toPixel(layer.xEdges[column]!), x.toPixel(layer.xEdges[column + 1]!)]
      const [bottom, top] = [y.toPixel(layer.yEdges[row]!), y.toPixel(layer.yEdges[row + 1]!)]
      context.fillStyle = color
      // Half a pixel over each edge, so that no hairline of the ground shines through between two.
      context.fillRect(left - 0.25, Math.min(top, bottom) - 0.25, right - left + 0.5, Math.abs(bottom - top) + 0.5)
      const said = Math.abs(bottom - top) >= fontSize + 4 ? layer.text?.(column, row, ink) : null
      if (!said || context.measureText(said.text).width > right - left - 4) continue
      context.fillStyle = said.ink
      context.fillText(said.text, (left + right) / 2, (top + bottom) / 2)
    }
}

/** Labels of marks, in rows so that none lies on another; those of x stand at the top, those of y at the right. */
function paintLabels(place: PlotPlace, pane: PlotPane, box: PlotBox, { x, y }: Scales): void {
  const { context, ink, fontSize } = place
  const rows: number[] = []
  context.textBaseline = 'top'
  context.textAlign = 'left'
  const marks = pane.layers
    .flatMap(layer => (layer.kind === 'vertical' && layer.label ? [{ layer, at: x.toPixel(layer.at) }] : []))
    .filter(({ at }) => at >= box.left && at <= box.left + box.width)
    .sort((a, b) => a.at - b.at)
  const titles = pane.y.title || pane.right?.title ? 1 : 0
  for (const { layer, at } of marks) {
    const wide = context.measureText(layer.label!).width + 8
    const start = Math.min(Math.max(box.left, at + 3), box.left + box.width - wide)
    let row = rows.findIndex(end => end <= start)
    if (row < 0) row = rows.length
    rows[row] = start + wide + 2
    const top = box.top + 3 + (row + titles) * (fontSize + 5)
    context.fillStyle = ink('--bg-1')
    context.globalAlpha = 0.85
    context.fillRect(start, top - 2, wide, fontSize + 4)
    context.globalAlpha = 1
    context.fillStyle = ink(layer.ink)
    context.fillText(layer.label!, start + 4, top)
  }
  context.textAlign = 'right'
  context.textBaseline = 'bottom'
  for (const layer of pane.layers)
    if (layer.kind === 'horizontal' && layer.label) {
      context.fillStyle = ink(layer.ink)
      context.fillText(layer.label, box.left + box.width - 4, y.toPixel(layer.at) - 2)
    }
}
