import type { OffsetSeconds } from './chart-clock.ts'
import type { ChartMarks } from './chart-marks.ts'

export const CHART_STYLES = ['candles', 'bars', 'line', 'area'] as const
export type ChartStyle = (typeof CHART_STYLES)[number]
export const CHART_SCALES = ['linear', 'log', 'percent'] as const
export type ChartScale = (typeof CHART_SCALES)[number]

/** Rows by columns; `time` is in seconds, ascending. Columns may be longer than `count`. */
export interface ChartRows {
  readonly count: number
  readonly time: ArrayLike<number>
  readonly open: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly close: ArrayLike<number>
  readonly volume: ArrayLike<number>
}

/** One more column to draw. Rows line up with the main ones; a missing number is NaN. */
export interface ChartLayer {
  readonly id: string
  /** `main` shares the scale of the prices, `volume` that of the volume; anything else names a pane of its own. */
  readonly pane: string
  readonly draw: 'line' | 'histogram' | 'dots'
  /** A token or a colour. */
  readonly color: string
  readonly values: ArrayLike<number>
  readonly guides: readonly number[]
  /** True where a row has nothing to do with the one before: no line is drawn between them. */
  isBrokenBefore?(row: number): boolean
  /** In percent, measured from its own first value in sight; other layers of the main pane are measured as the prices are. */
  readonly isRebased?: boolean
  format(value: number): string
}

/** Words and numbers that the axes need. */
export interface ChartFormats {
  price(value: number): string
  volume(value: number): string
  /** A fraction of 0.0123 as +1.23 %. */
  percent(fraction: number): string
  /** Smallest step of a price. */
  readonly tick: number
  readonly offset: OffsetSeconds
  /** Text of a mark; `wall` is in seconds of the wall clock. */
  mark(wall: number, kind: 'year' | 'month' | 'day' | 'time'): string
  /** Text of the crosshair's time. */
  moment(wall: number): string
}

/** A chart that is fed by hand, outside of rendering. */
export interface ChartView {
  /** Everything anew: other rows, style or layers. The visible stretch stays where it is, counted from the newest row. */
  show(content: ChartContent): void
  /** The newest rows changed, from `from` on: cheap, for live data. */
  touch(from: number): void
  setMarks(marks: ChartMarks): void
  /** Text beside the newest price on its axis; empty for none. */
  setLastNote(text: string): void
  visible(): { readonly from: number; readonly to: number } | null
  setVisible(from: number, to: number): void
  /** How many rows stand side by side comfortably. */
  roomFor(): number
  toNewest(): void
  pan(rows: number): void
  zoom(factor: number): void
  setCrosshair(row: number | null): void
  /** Picture of all panes and axes. */
  picture(): HTMLCanvasElement
  /** Top of each pane in pixels, by its name; the main one is `main`. */
  paneTops(): ReadonlyMap<string, number>
  repaintTheme(): void
  close(): void
}

export interface ChartContent {
  readonly rows: ChartRows
  readonly style: ChartStyle
  readonly scale: ChartScale
  readonly showVolume: boolean
  readonly layers: readonly ChartLayer[]
  readonly marks: ChartMarks
  readonly formats: ChartFormats
}

export interface ChartEvents {
  /** The row under the pointer, null when it left. */
  onCrosshair(row: number | null): void
  onVisible(range: { readonly from: number; readonly to: number }): void
  onLayout(): void
}
