import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from 'react'
import { type ChartColors, readColors } from './chart-colors.ts'
import css from './plot.module.css'
import { paintCursor } from './plot-cursor.ts'
import type { PlotCursor, PlotScene } from './plot-model.ts'
import { type PlotLayout, type PlotPlace, paintPlot } from './plot-paint.ts'
import { keyStretch, type PlotStretch, usePlotZoom } from './plot-zoom.ts'
import { useText } from './text.ts'

/** What others may do with a drawing from outside. */
export interface PlotHandle {
  /** The drawing as it stands, with lines of text above it, for a file. */
  picture(lines: readonly string[]): HTMLCanvasElement
}

export interface PlotProps {
  /** Name for screen readers. */
  readonly label: string
  readonly scene: PlotScene
  /** The cursor moved; null when it left. */
  onCursor?(cursor: PlotCursor | null): void
  /** What stands at that x, and that y where there are rows, in words: said when the keyboard moves the cursor there. */
  words?(x: number, y: number): string
  /** Enter or a press at the cursor; `y` is in units of that pane. */
  onChoose?(x: number, y: number): void
  /** The wheel, a drag or + and - ask for another stretch of x; null for all of it. */
  onView?(stretch: PlotStretch | null): void
  readonly ref?: Ref<PlotHandle>
}

interface Drawn {
  readonly place: PlotPlace
  readonly layout: PlotLayout
}

function placeOf(canvas: HTMLCanvasElement, frame: HTMLElement, ink: ChartColors): PlotPlace | null {
  const { width, height } = frame.getBoundingClientRect()
  const context = canvas.getContext('2d')
  if (!context || width < 40 || height < 40) return null
  const scale = globalThis.devicePixelRatio || 1
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, width, height)
  const looks = getComputedStyle(frame)
  const zoom = Number.parseFloat(looks.getPropertyValue('--zoom')) || 1
  return { context, width, height, ink, fontFamily: looks.fontFamily, fontSize: Math.round(11 * zoom) }
}

/** The stop nearest to a value of x, or the value itself where there are none. */
function nearestStop({ stops }: PlotScene, x: number): number {
  if (!stops || stops.length === 0) return x
  let best = stops[0]!
  for (let k = 1; k < stops.length; k++) if (Math.abs(stops[k]! - x) < Math.abs(best - x)) best = stops[k]!
  return best
}

/** Where a key takes the cursor; null where it takes it nowhere. */
function keyTarget(scene: PlotScene, key: string, at: number, isFast: boolean): number | null {
  const { stops, x } = scene
  const direction = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
  if (stops && stops.length > 0) {
    if (key === 'Home') return stops[0]!
    if (key === 'End') return stops[stops.length - 1]!
    if (direction === 0) return null
    let place = 0
    for (let k = 1; k < stops.length; k++) if (Math.abs(stops[k]! - at) < Math.abs(stops[place]! - at)) place = k
    return stops[Math.min(stops.length - 1, Math.max(0, place + direction * (isFast ? 10 : 1)))]!
  }
  if (key === 'Home') return x.from
  if (key === 'End') return x.to
  return direction === 0 ? null : Math.min(x.to, Math.max(x.from, at + ((x.to - x.from) * direction * (isFast ? 10 : 1)) / 200))
}

/** Where the up and down arrows take the cursor among rows; null where there are none. */
function rowTarget({ rows }: PlotScene, key: string, at: number | undefined): number | null {
  const direction = key === 'ArrowUp' ? 1 : key === 'ArrowDown' ? -1 : 0
  if (!rows || rows.length === 0 || direction === 0) return null
  const sorted = Array.from(rows).sort((a, b) => a - b)
  if (at === undefined) return sorted.at(-1)!
  const place = sorted.findIndex(value => Math.abs(value - at) < 0.5)
  return sorted[Math.min(sorted.length - 1, Math.max(0, place + direction))]!
}

/**
 * A drawing on canvas of numbers against numbers: lines, bars, marks and cells in panes over one x axis.
 *
 * It is drawn at most once a frame, follows theme, size and zoom, and is read with the pointer or with the arrow keys.
 */
export function Plot({ label, scene, onCursor, words, onChoose, onView, ref }: PlotProps) {
  const { t } = useText()
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const ground = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const probe = useRef<HTMLSpanElement>(null)
  const ink = useRef<ChartColors | null>(null)
  const drawn = useRef<Drawn | null>(null)
  const cursor = useRef<PlotCursor | null>(null)
  const asked = useRef(0)
  const latest = useRef({ scene, onCursor })
  latest.current = { scene, onCursor }
  const [said, setSaid] = useState('')

  const placeIn = (canvas: HTMLCanvasElement | null) => {
    if (!canvas || !frame.current || !probe.current) return null
    ink.current ??= readColors(probe.current)
    return placeOf(canvas, frame.current, ink.current)
  }
  const paintOver = () => {
    const place = placeIn(over.current)
    if (place && drawn.current && cursor.current) paintCursor(latest.current.scene, drawn.current.layout, cursor.current, place)
  }
  const paint = () => {
    asked.current = 0
    const place = placeIn(ground.current)
    if (!place) return
    drawn.current = { place, layout: paintPlot(latest.current.scene, place) }
    paintOver()
  }
  const ask = useRef(() => {})
  ask.current = () => {
    if (asked.current === 0) asked.current = requestAnimationFrame(paint)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new scene is what there is to paint
  useEffect(() => ask.current(), [scene])
  useEffect(() => {
    const sizes = new ResizeObserver(() => ask.current())
    sizes.observe(frame.current!)
    const themes = new MutationObserver(() => {
      probe.current?.replaceChildren()
      ink.current = null
      ask.current()
    })
    const attributeFilter = ['data-theme', 'data-palette', 'data-zoom', 'style']
    themes.observe(document.documentElement, { attributes: true, attributeFilter })
    void document.fonts?.ready.then(() => ask.current())
    return () => {
      sizes.disconnect()
      themes.disconnect()
      cancelAnimationFrame(asked.current)
      asked.current = 0
    }
  }, [])
  useImperativeHandle(ref, () => ({ picture: lines => pictureOf(ground.current!, frame.current!, lines) }))

  const wasDragged = usePlotZoom(frame, () => (drawn.current ? { layout: drawn.current.layout, x: scene.x } : null), onView)

  const put = (next: PlotCursor | null) => {
    cursor.current = next
    paintOver()
    latest.current.onCursor?.(next)
  }
  const follow = (clientX: number, clientY: number) => {
    const at = frame.current?.getBoundingClientRect()
    const layout = drawn.current?.layout
    if (!at || !layout) return
    const [px, py] = [clientX - at.left, clientY - at.top]
    const pane = layout.boxes.findIndex(
      box => py >= box.top && py <= box.top + box.height && px >= box.left && px <= box.left + box.width,
    )
    if (pane < 0) return put(null)
    put({ x: nearestStop(scene, layout.x.toValue(px)), pane, y: layout.y[pane]!.toValue(py), by: 'pointer' })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && cursor.current) {
      event.stopPropagation()
      setSaid('')
      return put(null)
    }
    if (event.key === 'Enter' && cursor.current && onChoose) return onChoose(cursor.current.x, cursor.current.y)
    const stretch = onView ? keyStretch(scene.x, event.key, cursor.current?.x) : undefined
    if (stretch !== undefined) {
      event.preventDefault()
      return onView?.(stretch)
    }
    const middle = (scene.x.from + scene.x.to) / 2
    const row = rowTarget(scene, event.key, cursor.current?.y)
    const to = row === null ? keyTarget(scene, event.key, cursor.current?.x ?? middle, event.shiftKey) : null
    if (to === null && row === null) return
    event.preventDefault()
    const x = to ?? cursor.current?.x ?? nearestStop(scene, middle)
    const y = row ?? cursor.current?.y ?? scene.rows?.[scene.rows.length - 1] ?? 0
    put({ x, pane: cursor.current?.pane ?? 0, y, by: 'keyboard' })
    setSaid(words?.(x, y) ?? '')
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a form's, and a drawing that is read with keys is none
    <div
      ref={frame}
      role="group"
      aria-label={label}
      aria-describedby={`${id}-keys`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read values off it
      tabIndex={0}
      className={css.plot}
      onPointerMove={event => follow(event.clientX, event.clientY)}
      onPointerLeave={() => put(null)}
      onClick={() => {
        if (cursor.current && !wasDragged()) onChoose?.(cursor.current.x, cursor.current.y)
      }}
      onKeyDown={press}
    >
      <span ref={probe} hidden />
      <div aria-hidden="true">
        <canvas ref={ground} />
        <canvas ref={over} className={css.cursor} />
      </div>
      <span id={`${id}-keys`} className="visually-hidden">
        {t('plot.keys')}
      </span>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  )
}

function pictureOf(ground: HTMLCanvasElement, frame: HTMLElement, lines: readonly string[]): HTMLCanvasElement {
  const scale = ground.width / Math.max(1, frame.clientWidth)
  const looks = getComputedStyle(frame)
  const head = Math.round((lines.length * 18 + 10) * scale)
  const canvas = document.createElement('canvas')
  canvas.width = ground.width
  canvas.height = ground.height + head
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser gave no canvas to draw the picture on')
  context.fillStyle = looks.getPropertyValue('--bg-1').trim()
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.textBaseline = 'top'
  for (const [k, line] of lines.entries()) {
    context.fillStyle = looks.getPropertyValue(k === 0 ? '--text-1' : '--text-2').trim()
    context.font = `${k === 0 ? 600 : 400} ${12 * scale}px ${looks.fontFamily}`
    context.fillText(line, 8 * scale, (7 + k * 18) * scale)
  }
  context.drawImage(ground, 0, head)
  return canvas
}
