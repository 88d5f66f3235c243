import { useLayoutEffect } from 'react'
import { CHOOSER, firstStub, type GridColumn } from './grid-model.ts'

/** Takes columns of which only a stub is in view out of sight; they stay where they are for keys and screen readers. */
export function useStubs(
  scroller: { current: HTMLElement | null },
  shown: readonly GridColumn[],
  widths: readonly number[],
): void {
  useLayoutEffect(() => {
    const element = scroller.current!
    let from = shown.length
    const hideFrom = (next: number) => {
      for (let at = from; at < next; at++) element.style.removeProperty(`--o${at}`)
      for (let at = next; at < from; at++) element.style.setProperty(`--o${at}`, '0')
      from = next
    }
    const look = () => hideFrom(firstStub(shown, widths, { left: element.scrollLeft, width: element.clientWidth - CHOOSER }))
    look()
    const resized = new ResizeObserver(look)
    resized.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      hideFrom(shown.length)
      resized.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [scroller, shown, widths])
}
