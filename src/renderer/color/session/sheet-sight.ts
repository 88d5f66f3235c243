import { type RefObject, useEffect } from 'react'
import type { RowBook } from './row-book.ts'

/** Tells the book which lines are in sight, at most once a frame. */
export function useSight(
  scroller: RefObject<HTMLElement | null>,
  book: RowBook,
  { rowHeight, headerHeight, count }: { readonly rowHeight: number; readonly headerHeight: number; readonly count: number },
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: with another number of lines others are in sight
  useEffect(() => {
    const element = scroller.current!
    let frame = 0
    const look = () => {
      frame = 0
      const first = Math.floor(element.scrollTop / rowHeight)
      book.look(first, first + Math.ceil((element.clientHeight - headerHeight) / rowHeight))
    }
    const soon = () => {
      frame ||= requestAnimationFrame(look)
    }
    look()
    element.addEventListener('scroll', soon, { passive: true })
    const resized = new ResizeObserver(soon)
    resized.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      element.removeEventListener('scroll', soon)
      resized.disconnect()
    }
  }, [scroller, book, rowHeight, headerHeight, count])
}
