import type { ChartColors } from './chart-colors.ts'

/** One axis of a drawing. */
export interface PlotAxis {
  readonly from: number
  readonly to: number
  /** Text of a tick; `step` is how far the ticks are apart, so that no more decimals stand there than differ. */
  format(value: number, step: number): string
  /** Ticks where round numbers are none, as hours of a day; found by themselves where absent. */
  readonly ticks?: (count: number) => readonly number[]
  /** What it measures, with its unit. */
  readonly title?: string
}

type Column = ArrayLike<number>

/** Something drawn in a pane. Inks are names of tokens, as `--up`, or colours; a missing number is NaN and breaks a line. */
export type PlotLayer =
  | {
      readonly kind: 'line'
      readonly x: Column
      readonly y: Column
      readonly ink: string
      readonly width?: number
      readonly dash?: readonly number[]
      readonly axis?: 'left' | 'right'
      /** Fills towards zero. */
      readonly fill?: { readonly above: string; readonly below: string }
      /** Each value holds until the next one. */
      readonly isStepped?: boolean
    }
  | {
      readonly kind: 'bars'
      readonly x: Column
      readonly y: Column
      /** Where each bar begins; zero where absent. */
      readonly base?: Column
      /** Width in units of x. */
      readonly width: number
      readonly ink: string | ((value: number, at: number) => string)
    }
  | { readonly kind: 'spans'; readonly x: Column; readonly low: Column; readonly high: Column; readonly ink: string }
  | {
      readonly kind: 'dots'
      readonly x: Column
      readonly y: Column
      readonly ink: string
      readonly size?: number
      readonly isHollow?: boolean
    }
  | {
      readonly kind: 'vertical'
      readonly at: number
      readonly ink: string
      readonly label?: string
      readonly dash?: readonly number[]
    }
  | {
      readonly kind: 'horizontal'
      readonly at: number
      readonly ink: string
      readonly label?: string
      readonly dash?: readonly number[]
    }
  | { readonly kind: 'band'; readonly from: number; readonly to: number; readonly ink: string; readonly label?: string }
  | {
      readonly kind: 'cells'
      /** Edges of the columns and rows, one more than there are. */
      readonly xEdges: Column
      readonly yEdges: Column
      /** Colour of a cell, with the page's colours at hand; null leaves it empty. */
      color(column: number, row: number, ink: ChartColors): string | null
      /** What stands in a cell where there is room. */
      text?(column: number, row: number, ink: ChartColors): { readonly text: string; readonly ink: string } | null
    }

/** One drawing area; all panes of a scene share the x axis. */
export interface PlotPane {
  /** Share of the height. */
  readonly share: number
  readonly y: PlotAxis
  readonly right?: PlotAxis
  readonly layers: readonly PlotLayer[]
}

/** All that is drawn, as plain data. */
export interface PlotScene {
  readonly x: PlotAxis
  readonly panes: readonly PlotPane[]
  /** Values of x that the cursor goes to: strikes, seconds. Any value where absent. */
  readonly stops?: Column
  /** Values of y that the up and down arrows go to, where the first pane is a table of cells, each one unit wide and high. */
  readonly rows?: Column
}

/** Where the cursor is; `y` is in units of the pane that it stands in. */
export interface PlotCursor {
  readonly x: number
  readonly pane: number
  readonly y: number
  readonly by: 'pointer' | 'keyboard'
}

export interface PlotBox {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}
