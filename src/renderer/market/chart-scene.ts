import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { createStore, type StoreApi } from 'zustand'
import { LINE_COLORS } from '../ui/chart-colors.ts'
import type { ChartEvents, ChartFormats, ChartLayer, ChartScale, ChartStyle, ChartView } from '../ui/chart-model.ts'
import { useFormat } from '../ui/format.ts'
import { alignedCloses, type BarTable, marksOf } from './chart-bars.ts'
import type { BarChange } from './chart-data.ts'
import { layersOf, type RunningIndicator, runIndicator } from './chart-layers.ts'
import type { ComparedLine, Readout } from './chart-legend.tsx'
import type { ChartIndicator } from './chart-params.ts'

/** Empty places to the right of the newest row when a chart is opened. */
const RIGHT_ROWS = 6

/** What is drawn, and how. */
export interface SceneOptions {
  readonly table: BarTable | null
  readonly formats: ChartFormats | null
  readonly style: ChartStyle
  readonly scale: ChartScale
  readonly showVolume: boolean
  readonly indicators: readonly ChartIndicator[]
  /** Tables of the compared symbols, in the order they were added. */
  readonly others: ReadonlyMap<string, BarTable>
}

/** The drawn chart: its indicators as they run, and what to call when the bars change. */
export interface Scene {
  readonly running: readonly RunningIndicator[]
  readonly compared: readonly ComparedLine[]
  readonly readout: StoreApi<Readout>
  readonly events: ChartEvents
  /** The bars of the main symbol changed. */
  onBars(change: BarChange): void
  /** The bars of a compared symbol changed. */
  onOther(): void
}

/** Draws a table with its indicators and compared symbols on the view, and keeps it up to date outside of rendering. */
export function useScene(view: RefObject<ChartView | null>, options: SceneOptions, onFarLeft: () => void): Scene {
  const { table, formats, style, scale, showVolume, indicators, others } = options
  const format = useFormat()
  // Older bars and other tables change content without changing identity: the revision says that all is to be drawn anew.
  const [revision, setRevision] = useState(0)
  const readout = useMemo(() => createStore<Readout>(() => ({ row: null, version: 0, tops: new Map() })), [])
  const onLeft = useRef(onFarLeft)
  onLeft.current = onFarLeft

  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that the table holds other bars
  const running = useMemo(
    () => (table ? indicators.map(chosen => runIndicator(chosen, table)) : []),
    [table, indicators, revision],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that the tables hold other bars
  const compared = useMemo(() => (table ? comparedLines(table, others) : []), [table, others, revision])
  const drawn = useRef({ table, running, compared, others })
  drawn.current = { table, running, compared, others }

  useLayoutEffect(() => {
    if (!view.current || !table || !formats) return
    const layers: ChartLayer[] = [
      ...compared.map(line => ({
        id: `compare/${line.id}`,
        pane: 'main',
        draw: 'line' as const,
        color: line.color,
        get values() {
          return line.closes
        },
        guides: [],
        isRebased: true,
        format: formats.price,
      })),
      ...running.flatMap(one => layersOf(one, formats.tick, format)),
    ]
    view.current.show({ rows: table, style, scale, showVolume, layers, marks: marksOf(table), formats })
    readout.setState(before => ({ version: before.version + 1 }))
  }, [view, table, formats, style, scale, showVolume, running, compared, format, readout])

  // Only another symbol or timeframe moves the view: a change of looks must not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    readout.setState({ row: null })
    if (view.current && table && formats) showNewest(view.current, table)
  }, [table?.instrument.id, table?.timeframe, table === null])

  const events = useMemo<ChartEvents>(
    () => ({
      onCrosshair: row => readout.setState({ row }),
      onVisible({ from }) {
        if (from < 40 && drawn.current.table?.hasEarlier) onLeft.current()
      },
      onLayout: () => readout.setState({ tops: view.current?.paneTops() ?? new Map() }),
    }),
    [readout, view],
  )
  const onBars = useCallback(
    (change: BarChange) => {
      const now = drawn.current
      // Older rows move every index: who asked for them goes on with the new ones, so they are drawn before this returns.
      if (change.kind === 'older') return flushSync(() => setRevision(before => before + 1))
      if (change.kind === 'all') return setRevision(before => before + 1)
      if (!now.table || !view.current) return
      for (const one of now.running) one.follow(change.from)
      refreshCompared(now.table, now.compared, now.others)
      view.current.touch(change.from)
      if (change.from < now.table.count - 1) view.current.setMarks(marksOf(now.table))
      readout.setState(before => ({ version: before.version + 1 }))
    },
    [readout, view],
  )
  const onOther = useCallback(() => {
    const now = drawn.current
    if (!now.table || now.compared.length === 0) return
    refreshCompared(now.table, now.compared, now.others)
    view.current?.touch(now.table.count - 2)
    readout.setState(before => ({ version: before.version + 1 }))
  }, [readout, view])
  return { running, compared, readout, events, onBars, onOther }
}

/** Puts the newest rows in sight. */
export function showNewest(view: ChartView, table: BarTable): void {
  const room = view.roomFor()
  view.setVisible(Math.max(-2, table.count + RIGHT_ROWS - room), table.count - 1 + RIGHT_ROWS)
}

interface GrowingLine extends ComparedLine {
  closes: Float64Array
}

function comparedLines(table: BarTable, others: ReadonlyMap<string, BarTable>): readonly GrowingLine[] {
  return [...others].map(([id, other], k) => ({
    id,
    symbol: other.instrument.symbol,
    // From the end of the list: indicators take theirs from the front.
    color: LINE_COLORS[(LINE_COLORS.length - 2 - k + LINE_COLORS.length) % LINE_COLORS.length]!,
    closes: alignedCloses(table, other),
  }))
}

function refreshCompared(table: BarTable, lines: readonly ComparedLine[], others: ReadonlyMap<string, BarTable>): void {
  for (const line of lines as readonly GrowingLine[]) {
    const other = others.get(line.id)
    if (other) line.closes = alignedCloses(table, other)
  }
}
