/** Pixels that a press must travel before it counts as a drag and no longer as a click. */
const THRESHOLD = 4

/** Follows a pressed pointer; `move` is called only once the press has become a drag, `end` always, with whether it had. */
export function followPointer(
  start: PointerEvent,
  { move, end }: { move(event: PointerEvent): void; end(wasDrag: boolean, event: PointerEvent | null): void },
): void {
  let isDrag = false
  const stop = new AbortController()
  const finish = (event: PointerEvent | null) => {
    stop.abort()
    end(isDrag, event)
  }
  const options = { signal: stop.signal }
  window.addEventListener(
    'pointermove',
    event => {
      if (event.pointerId !== start.pointerId) return
      isDrag ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > THRESHOLD
      if (isDrag) move(event)
    },
    options,
  )
  window.addEventListener('pointerup', event => event.pointerId === start.pointerId && finish(event), options)
  window.addEventListener('pointercancel', () => finish(null), options)
  window.addEventListener(
    'keydown',
    event => {
      if (event.key !== 'Escape') return
      isDrag = false
      finish(null)
    },
    options,
  )
}
