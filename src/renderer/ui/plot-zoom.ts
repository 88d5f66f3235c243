import { useEffect, useRef } from 'react'
import type { PlotAxis } from './plot-model.ts'
import type { PlotLayout } from './plot-paint.ts'

/** A stretch of the x axis. */
export type PlotStretch = readonly [from: number, to: number]

interface Shown {
  readonly layout: PlotLayout
  readonly x: PlotAxis
}

const PER_NOTCH = 1.2
/** A press that moves less is a press. */
const LEAST_DRAG = 4

/** The stretch that is shown after zooming by a factor around a value; the value keeps its place. */
export function zoomed({ from, to }: Pick<PlotAxis, 'from' | 'to'>, around: number, factor: number): PlotStretch {
  return [around - (around - from) / factor, around + (to - around) / factor]
}

/** What a key asks for; undefined where it asks for nothing, null for the whole axis. */
export function keyStretch(x: PlotAxis, key: string, around = (x.from + x.to) / 2): PlotStretch | null | undefined {
  if (key === '+' || key === '=') return zoomed(x, around, PER_NOTCH)
  if (key === '-') return zoomed(x, around, 1 / PER_NOTCH)
  return key === '0' ? null : undefined
}

/**
 * Lets the wheel zoom around the pointer, a drag move, and a double press show everything again.
 *
 * Gives a function that tells whether the press that has just ended was a drag.
 */
export function usePlotZoom(
  frame: { readonly current: HTMLElement | null },
  shown: () => Shown | null,
  onView: ((stretch: PlotStretch | null) => void) | undefined,
): () => boolean {
  const latest = useRef({ shown, onView })
  latest.current = { shown, onView }
  const dragged = useRef(false)
  const isOn = onView !== undefined
  useEffect(() => {
    const element = frame.current
    if (!element || !isOn) return
    let hold: { readonly at: number; readonly from: number; readonly to: number; readonly perPixel: number } | null = null
    const ask = (stretch: PlotStretch | null) => latest.current.onView?.(stretch)
    const onWheel = (event: WheelEvent) => {
      const now = latest.current.shown()
      if (!now) return
      event.preventDefault()
      const at = event.clientX - element.getBoundingClientRect().left
      const notches = Math.max(-3, Math.min(3, -event.deltaY / 100))
      ask(zoomed(now.x, now.layout.x.toValue(at), PER_NOTCH ** notches))
    }
    const onDown = (event: PointerEvent) => {
      const now = latest.current.shown()
      dragged.current = false
      if (event.button !== 0 || !now) return
      const perPixel = now.layout.x.toValue(1) - now.layout.x.toValue(0)
      hold = { at: event.clientX, from: now.x.from, to: now.x.to, perPixel }
    }
    const onMove = (event: PointerEvent) => {
      if (!hold) return
      const by = event.clientX - hold.at
      if (!dragged.current && Math.abs(by) < LEAST_DRAG) return
      if (!dragged.current) element.setPointerCapture(event.pointerId)
      dragged.current = true
      ask([hold.from - by * hold.perPixel, hold.to - by * hold.perPixel])
    }
    const onUp = () => {
      hold = null
    }
    const onDouble = () => ask(null)
    element.addEventListener('wheel', onWheel, { passive: false })
    element.addEventListener('pointerdown', onDown)
    element.addEventListener('pointermove', onMove)
    element.addEventListener('pointerup', onUp)
    element.addEventListener('pointercancel', onUp)
    element.addEventListener('dblclick', onDouble)
    return () => {
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('pointerdown', onDown)
      element.removeEventListener('pointermove', onMove)
      element.removeEventListener('pointerup', onUp)
      element.removeEventListener('pointercancel', onUp)
      element.removeEventListener('dblclick', onDouble)
    }
  }, [frame, isOn])
  return () => dragged.current
}
