import { type Indicator, type IndicatorBars, type IndicatorStream, readBar } from '../../core/indicators/indicator.ts'
import { indicatorNamed } from '../../core/indicators/table.ts'
import type { ChartLayer } from '../ui/chart-model.ts'
import type { Format } from '../ui/format.ts'
import type { BarTable } from './chart-bars.ts'
import { blankBar, type ChartIndicator } from './chart-params.ts'

/** An indicator on its way along the bars: its columns so far, and the stream that continues them. */
export interface RunningIndicator {
  readonly chosen: ChartIndicator
  readonly indicator: Indicator
  /** One column an output, as long as the table's columns. */
  columns(): readonly Float64Array[]
  /** Rows from `from` on are new; the row before may have changed. */
  follow(from: number): void
  /** True where the indicator begins anew at a row, after a stretch of more than that one row. */
  isBrokenBefore(row: number): boolean
}

/**
 * Runs an indicator over a table and keeps it running.
 *
 * The newest bar is replaced in the stream as long as it is open, so a tick costs one step and not a whole column.
 */
export function runIndicator(chosen: ChartIndicator, table: BarTable): RunningIndicator {
  const indicator = indicatorNamed(chosen.name)
  if (!indicator) throw new RangeError(`an indicator is one of the table, was '${chosen.name}'`)
  const bar = blankBar()
  let columns = indicator.outputs.map(() => new Float64Array(0))
  let stream: IndicatorStream = indicator.createStream(chosen.values)
  let done = 0

  const keep = (row: number, values: Float64Array) => {
    for (const [k, column] of columns.entries()) column[row] = values[k]!
  }
  const follow = (from: number) => {
    const bars = asBars(table)
    if (columns[0]!.length < table.micros.length) {
      columns = columns.map(column => {
        const grown = new Float64Array(table.micros.length).fill(Number.NaN)
        grown.set(column.subarray(0, done))
        return grown
      })
    }
    // Only the newest bar of the stream can be taken back: a change further behind starts over.
    if (from < done - 1) {
      stream = indicator.createStream(chosen.values)
      done = 0
    }
    if (done > 0 && from < done) keep(done - 1, stream.replaceLast(readBar(bars, done - 1, bar)))
    for (; done < table.count; done++) keep(done, stream.push(readBar(bars, done, bar)))
  }
  follow(0)
  const beginsAt = (row: number) =>
    row > 0 && (indicator.beginsAnew?.(table.day[row - 1]!, table.day[row]!, chosen.values) ?? false)
  // Where every bar is a stretch of its own, as a session's mean on bars of days, nothing but the line between them is left.
  const isBrokenBefore = (row: number) => beginsAt(row) && row > 1 && !beginsAt(row - 1)
  return { chosen, indicator, columns: () => columns, follow, isBrokenBefore }
}

/** The table's columns under the names that indicators know; they are read anew each time, since a table grows. */
function asBars(table: BarTable): IndicatorBars {
  const { micros: time, open, high, low, close, volume, day } = table
  return { time, open, high, low, close, volume, day }
}

/** How a number of an output is written: in the decimals of the price where it is one. */
export function outputFormat(
  unit: Indicator['outputs'][number]['unit'],
  tick: number,
  format: Format,
): (value: number) => string {
  if (unit === 'price') return value => format.price(value, Math.min(tick, 0.01))
  if (unit === 'volume') return value => format.volume(value)
  return value => format.number(value, 2)
}

/** What the chart draws for an indicator: its columns with their colours, in the pane it belongs to. */
export function layersOf(running: RunningIndicator, tick: number, format: Format): ChartLayer[] {
  const { chosen, indicator } = running
  if (chosen.isHidden) return []
  return indicator.outputs.map((output, k) => ({
    id: `${chosen.id}/${output.name}`,
    pane: indicator.pane === 'price' ? 'main' : indicator.pane === 'volume' ? 'volume' : chosen.id,
    draw: output.draw,
    color: chosen.colors[k]!,
    get values() {
      return running.columns()[k]!
    },
    isBrokenBefore: running.isBrokenBefore,
    guides: k === 0 ? (indicator.guides ?? []) : [],
    format: outputFormat(output.unit, tick, format),
  }))
}
