import type {
  IChartApi,
  IPrimitivePaneRenderer,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts'

/** Stretches and places along the time axis that are drawn behind the data; numbers are row indices. */
export interface ChartMarks {
  /** Rows [from, to] that get the quiet background. */
  readonly shaded: readonly (readonly [from: number, to: number])[]
  /** A fine line stands before each of these rows. */
  readonly breaks: readonly number[]
  /** Data is missing before each of these rows. */
  readonly gaps: readonly number[]
}

export const NO_MARKS: ChartMarks = { shaded: [], breaks: [], gaps: [] }

interface Looks {
  readonly shade: string
  readonly line: string
  readonly gap: string
}

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0]

/** A layer of the library that shows the marks it was given last. */
export interface MarksLayer extends ISeriesPrimitive<Time> {
  show(marks: ChartMarks, looks: Looks): void
}

/** First index of the ascending numbers that is not below `x`. */
function lowerBound(sorted: readonly number[], x: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

/** Draws session shades, session breaks and gaps behind the series it is attached to. */
export function createMarksLayer(chart: () => IChartApi): MarksLayer {
  let marks = NO_MARKS
  let looks: Looks = { shade: 'transparent', line: 'transparent', gap: 'transparent' }
  let request: (() => void) | null = null

  const draw = (target: Target) =>
    target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio: ratio, verticalPixelRatio }) => {
      const scale = chart().timeScale()
      const range = scale.getVisibleLogicalRange()
      if (!range) return
      const half = scale.options().barSpacing / 2
      const xOf = (row: number, shift: number) => ((scale.logicalToCoordinate(row as Logical) ?? -1e4) + shift) * ratio
      const height = bitmapSize.height
      context.fillStyle = looks.shade
      for (const [from, to] of marks.shaded) {
        if (to < range.from - 1 || from > range.to + 1) continue
        const left = Math.round(xOf(from, -half))
        context.fillRect(left, 0, Math.round(xOf(to, half)) - left, height)
      }
      const between = (rows: readonly number[]) => rows.slice(lowerBound(rows, range.from - 1), lowerBound(rows, range.to + 1))
      const width = Math.max(1, Math.floor(ratio))
      context.fillStyle = looks.line
      for (const row of between(marks.breaks)) context.fillRect(Math.round(xOf(row, -half)), 0, width, height)
      context.fillStyle = looks.gap
      const dash = Math.round(3 * verticalPixelRatio)
      for (const row of between(marks.gaps)) {
        const x = Math.round(xOf(row, -half))
        for (let y = 0; y < height; y += dash * 2) context.fillRect(x, y, width, dash)
      }
    })

  return {
    attached({ requestUpdate }: SeriesAttachedParameter<Time>) {
      request = requestUpdate
    },
    detached() {
      request = null
    },
    paneViews: () => [{ zOrder: () => 'bottom', renderer: () => ({ draw }) }],
    show(nextMarks, nextLooks) {
      marks = nextMarks
      looks = nextLooks
      request?.()
    },
  }
}
