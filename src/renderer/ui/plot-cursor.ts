import type { PlotAxis, PlotCursor, PlotScene } from './plot-model.ts'
import { crisp, type PlotLayout, type PlotPlace, TICK_GAP } from './plot-paint.ts'

/** The hair lines of the cursor, with the values that they stand at on the axes. */
export function paintCursor(scene: PlotScene, layout: PlotLayout, cursor: PlotCursor, place: PlotPlace): void {
  const { context, ink, fontSize, fontFamily } = place
  const [first, last] = [layout.boxes[0]!, layout.boxes.at(-1)!]
  const at = crisp(layout.x.toPixel(cursor.x))
  context.font = `${fontSize}px ${fontFamily}`
  if (scene.rows) {
    paintCell(layout, cursor, place)
    return
  }
  context.strokeStyle = ink('--text-3')
  context.lineWidth = 1
  context.setLineDash([3, 3])
  context.beginPath()
  context.moveTo(at, first.top)
  context.lineTo(at, last.top + last.height)
  const box = layout.boxes[cursor.pane]!
  const across = crisp(layout.y[cursor.pane]!.toPixel(cursor.y))
  if (cursor.by === 'pointer') {
    context.moveTo(box.left, across)
    context.lineTo(box.left + box.width, across)
  }
  context.stroke()
  context.setLineDash([])
  const tag = (text: string, x: number, y: number) => {
    const wide = context.measureText(text).width + 8
    const left = Math.min(Math.max(0, x - wide / 2), place.width - wide)
    context.fillStyle = ink('--bg-3')
    context.fillRect(left, y - fontSize / 2 - 3, wide, fontSize + 6)
    context.fillStyle = ink('--text-1')
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillText(text, left + wide / 2, y)
  }
  const fine = (axis: PlotAxis) => Math.abs(axis.to - axis.from) / 1000
  tag(scene.x.format(cursor.x, fine(scene.x)), at, last.top + last.height + 5 + fontSize / 2)
  const axis = scene.panes[cursor.pane]!.y
  if (cursor.by === 'pointer') {
    const text = axis.format(cursor.y, fine(axis))
    tag(text, box.left - TICK_GAP - context.measureText(text).width / 2, across)
  }
}

/** A frame around the cell at the cursor, where cells are one unit wide and high; hair lines would cross its number. */
function paintCell(layout: PlotLayout, cursor: PlotCursor, { context, ink }: PlotPlace): void {
  const y = layout.y[cursor.pane]!
  const [left, right] = [layout.x.toPixel(Math.floor(cursor.x)), layout.x.toPixel(Math.floor(cursor.x) + 1)]
  const [bottom, top] = [y.toPixel(Math.floor(cursor.y)), y.toPixel(Math.floor(cursor.y) + 1)]
  for (const [wide, color] of [
    [4, '--bg-0'],
    [2, '--text-1'],
  ] as const) {
    context.lineWidth = wide
    context.strokeStyle = ink(color)
    context.strokeRect(left, top, right - left, bottom - top)
  }
}
