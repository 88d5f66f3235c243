import { type RefObject, useLayoutEffect, useState } from 'react'

/** Height of an element in pixels, as it changes. */
export function useHeight(element: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const place = element.current
    if (!place) return
    const watch = new ResizeObserver(() => setHeight(place.clientHeight))
    watch.observe(place)
    setHeight(place.clientHeight)
    return () => watch.disconnect()
  }, [element])
  return height
}
