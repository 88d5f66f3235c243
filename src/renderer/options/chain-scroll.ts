import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { GridLine } from '../ui/grid-model.ts'
import { type ChainWidths, cutColumns } from './chain-widths.ts'

interface Place {
  readonly current: HTMLElement | null
}

/** Width of an element, as it changes. */
export function useWidth(element: Place): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const place = element.current
    if (!place) return
    const watch = new ResizeObserver(() => setWidth(place.clientWidth))
    watch.observe(place)
    setWidth(place.clientWidth)
    return () => watch.disconnect()
  }, [element])
  return width
}

/** Height of the head that stays above the rows. */
export function useHeaderHeight(head: Place): number {
  const [height, setHeight] = useState(40)
  useLayoutEffect(() => {
    const measure = () => setHeight(before => head.current?.offsetHeight || before)
    measure()
    const watch = new ResizeObserver(measure)
    if (head.current) watch.observe(head.current)
    return () => watch.disconnect()
  }, [head])
  return height
}

/** When strikes come or go above what is read, the rows stay where they are on screen. */
export function useAnchor(scroller: Place, lines: readonly GridLine[], rowHeight: number): void {
  const before = useRef(lines)
  useLayoutEffect(() => {
    const old = before.current
    before.current = lines
    const place = scroller.current
    if (!place || old === lines || place.scrollTop === 0) return
    const top = Math.floor(place.scrollTop / rowHeight)
    const name = (line: GridLine | undefined) => (line?.kind === 'row' ? line.key : line?.name)
    const wanted = name(old[top])
    const now = wanted === undefined ? -1 : lines.findIndex(line => name(line) === wanted)
    if (now >= 0 && now !== top) place.scrollTop += (now - top) * rowHeight
  }, [scroller, lines, rowHeight])
}

/** Draws nothing of a column that an edge cuts. */
export function useCut(scroller: Place, placed: ChainWidths, middle: number): void {
  useLayoutEffect(() => {
    const place = scroller.current
    if (!place) return
    let written: readonly boolean[] = []
    const write = () => {
      const cut = cutColumns(placed, middle, { left: place.scrollLeft, width: place.clientWidth })
      for (const [k, isCut] of cut.entries()) if (isCut !== written[k]) place.style.setProperty(`--o${k}`, isCut ? '0' : '1')
      written = cut
    }
    write()
    place.addEventListener('scroll', write, { passive: true })
    const watch = new ResizeObserver(write)
    watch.observe(place)
    return () => {
      place.removeEventListener('scroll', write)
      watch.disconnect()
    }
  }, [scroller, placed, middle])
}

/** Puts the strike in the middle whenever the columns are placed anew. */
export function useCentre(scroller: Place, placed: ChainWidths, room: number): void {
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = Math.round((placed.spineFrom + placed.spineTo) / 2 - room / 2)
  }, [scroller, placed, room])
}

/** Scrolls as little as is needed to bring a column into view. */
export function revealColumn(
  place: HTMLElement | null,
  { widths, spineFrom, spineTo }: ChainWidths,
  middle: number,
  column: number,
): void {
  if (!place || column === middle) return
  const from = widths.slice(0, column).reduce((sum, width) => sum + width, 0)
  const to = from + widths[column]!
  const spine = spineTo - spineFrom
  const left = spineFrom < place.scrollLeft ? spine : 0
  const right = spineTo > place.scrollLeft + place.clientWidth ? spine : 0
  if (from < place.scrollLeft + left) place.scrollLeft = column < middle ? from : from - spine
  else if (to > place.scrollLeft + place.clientWidth - right)
    place.scrollLeft = to - place.clientWidth + (column < middle ? spine : 0)
}

interface MoneyPlace {
  readonly moneyLine: number
  readonly rowHeight: number
  readonly headerHeight: number
  readonly follows: boolean
  readonly lines: readonly GridLine[]
}

/** Keeps the money in view: it is centred when the rows first come, and after it left the middle while nobody points at the rows. */
export function useMoney(scroller: Place, place: MoneyPlace) {
  const [way, setWay] = useState<'up' | 'down' | null>(null)
  const known = useRef(place)
  known.current = place
  const isCentred = useRef(false)
  const centre = useCallback(() => {
    const { moneyLine, rowHeight, headerHeight } = known.current
    const element = scroller.current
    if (!element || moneyLine < 0) return
    element.scrollTop = Math.round((moneyLine + 0.5) * rowHeight - (element.clientHeight - headerHeight) / 2)
  }, [scroller])
  const look = useCallback(() => {
    const { moneyLine, rowHeight, headerHeight } = known.current
    const element = scroller.current
    if (!element || moneyLine < 0) return setWay(null)
    const top = moneyLine * rowHeight - element.scrollTop
    const height = element.clientHeight - headerHeight
    setWay(top < -rowHeight / 2 ? 'up' : top > height - rowHeight / 2 ? 'down' : null)
  }, [scroller])
  const first = place.lines[0]?.kind === 'row' ? place.lines[0].key.slice(0, 10) : place.lines.length > 0 ? 'blocks' : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows of another expiry begin at their own money
  useLayoutEffect(() => {
    isCentred.current = false
  }, [first])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines may have put the money elsewhere
  useLayoutEffect(() => {
    if (!isCentred.current && place.moneyLine >= 0) {
      isCentred.current = true
      centre()
    } else if (place.follows && place.moneyLine >= 0 && !scroller.current?.matches(':hover')) {
      const element = scroller.current!
      const height = element.clientHeight - place.headerHeight
      const top = place.moneyLine * place.rowHeight - element.scrollTop
      if (top < height * 0.2 || top > height * 0.8) centre()
    }
    look()
  }, [place.moneyLine, place.lines, place.follows, place.headerHeight, place.rowHeight, scroller, centre, look])
  useEffect(() => {
    const element = scroller.current
    element?.addEventListener('scroll', look, { passive: true })
    return () => element?.removeEventListener('scroll', look)
  }, [scroller, look])
  return { way, centre }
}
