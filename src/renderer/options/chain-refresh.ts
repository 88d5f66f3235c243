import { type RefObject, useEffect, useRef } from 'react'
import type { GridLine } from '../ui/grid-model.ts'
import type { GridView } from '../ui/grid-view.ts'

/** Animation frames over which the rows in view are written. */
const PARTS = 4
/** Rows that the view draws beyond its edges. */
const BEYOND = 6

/**
 * Writes the rows in view when the chain changed, a part of them in each animation frame.
 *
 * One tick of the underlying moves every number of a chain: written at once they would hold up the keyboard, over four frames
 * nobody sees the difference.
 */
export function useRefresh(
  scroller: RefObject<HTMLElement | null>,
  view: RefObject<GridView | null>,
  onChanges: (hear: () => void) => () => void,
  shown: { readonly lines: readonly GridLine[]; readonly rowHeight: number },
): void {
  const latest = useRef(shown)
  latest.current = shown
  useEffect(() => {
    let asked = 0
    let part = PARTS
    const write = () => {
      const { lines, rowHeight } = latest.current
      const place = scroller.current
      asked = 0
      if (!place) return
      const from = Math.max(0, Math.floor(place.scrollTop / rowHeight) - BEYOND)
      const to = Math.min(lines.length, Math.ceil((place.scrollTop + place.clientHeight) / rowHeight) + BEYOND)
      const step = Math.ceil((to - from) / PARTS)
      const rows = lines.slice(from + part * step, Math.min(to, from + (part + 1) * step))
      view.current?.refresh(new Set(rows.flatMap(line => (line.kind === 'row' ? [line.key] : []))))
      part++
      if (part < PARTS) asked = requestAnimationFrame(write)
    }
    const leave = onChanges(() => {
      part = 0
      if (asked === 0) asked = requestAnimationFrame(write)
    })
    return () => {
      leave()
      cancelAnimationFrame(asked)
    }
  }, [scroller, view, onChanges])
}

/** Lines beyond the edges whose expiries are told as well, so that a turn of the wheel finds them live. */
const AHEAD = 30
const REST_MS = 150

/** Tells which expiries are in view, once after each rest of scrolling. */
export function useInView(
  scroller: RefObject<HTMLElement | null>,
  { lines, rowHeight }: { readonly lines: readonly GridLine[]; readonly rowHeight: number },
  onView: (dates: readonly string[]) => void,
): void {
  const tell = useRef(onView)
  tell.current = onView
  useEffect(() => {
    const place = scroller.current
    if (!place) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      const from = Math.max(0, Math.floor(place.scrollTop / rowHeight) - AHEAD)
      const to = Math.ceil((place.scrollTop + place.clientHeight) / rowHeight) + AHEAD
      const dates = new Set(lines.slice(from, to).flatMap(line => (line.kind === 'row' ? [line.key.slice(0, 10)] : [])))
      tell.current([...dates])
    }
    const later = () => {
      clearTimeout(timer)
      timer = setTimeout(look, REST_MS)
    }
    later()
    place.addEventListener('scroll', later, { passive: true })
    return () => {
      clearTimeout(timer)
      place.removeEventListener('scroll', later)
    }
  }, [scroller, lines, rowHeight])
}
