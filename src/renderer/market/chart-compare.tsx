import { useEffect, useRef } from 'react'
import type { Timeframe } from '../../core/market/bars.ts'
import type { BarTable } from './chart-bars.ts'
import { useChartBars } from './chart-data.ts'

/**
 * Feeds one compared symbol: draws nothing itself.
 *
 * `from` is the oldest bar of the main symbol; older bars are loaded until that one is covered.
 */
export function CompareFeed({
  instrument,
  timeframe,
  from,
  onTable,
}: {
  instrument: string
  timeframe: Timeframe
  from: number
  onTable(instrument: string, table: BarTable | null): void
}) {
  const tell = useRef(onTable)
  tell.current = onTable
  const held = useRef<BarTable | null>(null)
  const bars = useChartBars(instrument, timeframe, () => {
    if (held.current) tell.current(instrument, held.current)
  })
  const { table, loadOlder } = bars
  held.current = table
  useEffect(() => {
    tell.current(instrument, table)
    return () => tell.current(instrument, null)
  }, [instrument, table])
  useEffect(() => {
    if (table && Number.isFinite(from)) void loadOlder(from)
  }, [table, from, loadOlder])
  return null
}
