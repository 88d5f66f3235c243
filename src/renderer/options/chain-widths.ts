import type { GridColumn } from '../ui/grid-model.ts'

/** Widths of the columns of a chain, and where the strike stands. */
export interface ChainWidths {
  readonly widths: readonly number[]
  readonly total: number
  readonly spineFrom: number
  readonly spineTo: number
}

/** Columns may grow by so much to fill a wide panel; beyond it the numbers would lose each other. */
const MOST_STRETCH = 1.7

/**
 * Widths that fill `room`, the strike in the middle.
 *
 * Where all columns fit they share what is left. Where they do not, those next to the strike that fit whole take the room of
 * each side exactly, so that no number is cut while the strike stands in the middle; the others are reached by scrolling.
 */
export function chainWidths(columns: readonly GridColumn[], middle: number, room: number): ChainWidths {
  const base = columns.map(({ width }) => width)
  const spine = base[middle] ?? 0
  const beside = base.reduce((sum, width) => sum + width, 0) - spine
  const fits = beside + spine <= room
  const side = (from: number, step: 1 | -1) => {
    const stretch = new Map<number, number>()
    const half = Math.max(0, (room - spine) / 2)
    let sum = 0
    for (let at = from; at >= 0 && at < columns.length && sum + base[at]! <= half; at += step) {
      sum += base[at]!
      stretch.set(at, 1)
    }
    for (const at of stretch.keys()) stretch.set(at, sum > 0 ? half / sum : 1)
    return stretch
  }
  const stretched = fits ? null : new Map([...side(middle - 1, -1), ...side(middle + 1, 1)])
  const even = beside > 0 ? Math.min(MOST_STRETCH, (room - spine) / beside) : 1
  const widths = base.map((width, at) => {
    if (at === middle) return spine
    return Math.floor(width * (stretched ? (stretched.get(at) ?? 1) : even))
  })
  const spineFrom = widths.slice(0, middle).reduce((sum, width) => sum + width, 0)
  const total = widths.reduce((sum, width) => sum + width, 0)
  return { widths, total, spineFrom, spineTo: spineFrom + spine }
}

/** Which columns are cut by an edge of what is seen: of them only a stub would show, a number without its first digits. */
export function cutColumns(
  { widths, spineFrom, spineTo }: ChainWidths,
  middle: number,
  view: { readonly left: number; readonly width: number },
): readonly boolean[] {
  const spine = spineTo - spineFrom
  // The strike sticks to an edge when its own place is out of view, and covers what is there.
  const left = spineFrom < view.left ? view.left + spine : view.left
  const right = spineTo > view.left + view.width ? view.left + view.width - spine : view.left + view.width
  let start = 0
  return widths.map((width, at) => {
    const from = start
    start += width
    if (at === middle) return false
    return from < left - 2 || start > right + 2
  })
}
