import { type Ref, useMemo, useRef, useState } from 'react'
import { inkOn } from '../ui/chart-colors.ts'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { magnitudeColor, signedColor } from '../ui/plot-colors.ts'
import type { PlotScene } from '../ui/plot-model.ts'
import { type HeatScale, heatScale, shareOf, strided } from './heat-scale.ts'
import css from './smile.module.css'

/** A table of numbers to be drawn as colours. */
export interface HeatTable {
  /** Texts of the columns from left to right, and of the rows from the top. */
  readonly columns: readonly string[]
  readonly rows: readonly string[]
  readonly columnTitle: string
  /** NaN where there is none: the cell stays empty. */
  value(column: number, row: number): number
  text(value: number): string
  /** The value stands for a neighbour, so its number is not repeated. */
  isRepeated?(column: number, row: number): boolean
  /** Values have a direction: the scale has a neutral middle at zero. */
  readonly isSigned: boolean
}

const STOPS = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]
const SIGNED_GROUND =
  'linear-gradient(90deg, color-mix(in srgb, var(--down) 80%, var(--bg-1)), var(--bg-1), color-mix(in srgb, var(--up) 80%, var(--bg-1)))'
const MAGNITUDE_GROUND = `linear-gradient(90deg, ${STOPS.map(magnitudeColor).join()})`

/**
 * A table as colours, each cell with its number where there is room, and a scale with its numbers under it.
 *
 * `words` says what stands in a cell; it is shown while the pointer or the keyboard is on it.
 */
export function HeatMap({
  label,
  table,
  idle,
  words,
  onChoose,
  ref,
}: {
  label: string
  table: HeatTable
  /** What stands in the place of the read-out while nothing is pointed at. */
  idle: string
  words(column: number, row: number): string
  onChoose?: ((column: number, row: number) => void) | undefined
  ref?: Ref<PlotHandle>
}) {
  const [cell, setCell] = useState<{ readonly column: number; readonly row: number } | null>(null)
  const held = useRef<HeatScale | null>(null)
  const scale = useMemo(() => {
    held.current = heatScale(table, held.current)
    return held.current
  }, [table])
  const rows = table.rows.length
  const place = (x: number, y: number) => {
    const column = Math.floor(x)
    const row = rows - 1 - Math.floor(y)
    return column >= 0 && column < table.columns.length && row >= 0 && row < rows ? { column, row } : null
  }
  const scene = useMemo(() => sceneOf(table, scale), [table, scale])
  const said = cell && cell.column < table.columns.length && cell.row < rows ? words(cell.column, cell.row) : ''
  return (
    <>
      <div className={css.stage}>
        <Plot
          {...(ref ? { ref } : {})}
          label={label}
          scene={scene}
          onCursor={cursor => setCell(cursor ? place(cursor.x, cursor.y) : null)}
          words={(x, y) => {
            const at = place(x, y)
            return at ? words(at.column, at.row) : ''
          }}
          {...(onChoose
            ? {
                onChoose: (x: number, y: number) => {
                  const at = place(x, y)
                  if (at) onChoose(at.column, at.row)
                },
              }
            : {})}
        />
      </div>
      <div className={css.legend}>
        <span>{table.text(scale.from)}</span>
        <span className={css.scale} style={{ background: table.isSigned ? SIGNED_GROUND : MAGNITUDE_GROUND }} />
        <span>{table.text(scale.to)}</span>
        <span className={css.readout} data-readout="">
          {said || idle}
        </span>
      </div>
    </>
  )
}

function sceneOf(table: HeatTable, scale: HeatScale): PlotScene {
  const wide = table.columns.length
  const high = table.rows.length
  const edges = (count: number) => Array.from({ length: count + 1 }, (_, k) => k)
  const middles = (count: number) => Array.from({ length: count }, (_, k) => k + 0.5)
  const colorOf: Extract<PlotScene['panes'][number]['layers'][number], { kind: 'cells' }>['color'] = (column, row, ink) => {
    const value = table.value(column, high - 1 - row)
    if (Number.isNaN(value)) return null
    const share = shareOf(scale, value)
    return table.isSigned ? signedColor(share, ink) : magnitudeColor(share)
  }
  return {
    x: {
      from: 0,
      to: wide,
      format: at => table.columns[Math.floor(at)] ?? '',
      ticks: count => strided(middles(wide), count),
      title: table.columnTitle,
    },
    panes: [
      {
        share: 1,
        y: {
          from: 0,
          to: high,
          format: at => table.rows[high - 1 - Math.floor(at)] ?? '',
          ticks: count => strided(middles(high), count * 1.8),
        },
        layers: [
          {
            kind: 'cells',
            xEdges: edges(wide),
            yEdges: edges(high),
            color: colorOf,
            text(column, row, ink) {
              const color = colorOf(column, row, ink)
              const value = table.value(column, high - 1 - row)
              const isSilent = color === null || table.isRepeated?.(column, high - 1 - row)
              return isSilent ? null : { text: table.text(value), ink: inkOn(color) }
            },
          },
        ],
      },
    ],
    stops: middles(wide),
    rows: middles(high),
  }
}
