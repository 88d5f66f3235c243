import { useMemo } from 'react'
import type { BoardData } from '../../../contract/color-board.ts'
import { HeatMap, type HeatTable } from '../../options/heat-map.tsx'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import { dayNumber, dayOf } from './day-axis.ts'

/** Sectors that have a line of their own. */
const MOST_SECTORS = 10

/** Colors by sector and week as a heat map; a press opens the rows of a cell. */
export function VolumeMap({
  volume,
  onOpen,
}: {
  volume: BoardData['volume']
  onOpen(sector: string, from: string, to: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const { table, weeks, sectors } = useMemo(() => {
    const weeks = [...new Set(volume.map(({ week }) => week))]
    const totals = new Map<string, number>()
    for (const { sector, rows } of volume) totals.set(sector, (totals.get(sector) ?? 0) + rows)
    const sectors = [...totals]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST_SECTORS)
      .map(([sector]) => sector)
    const rows = new Map(volume.map(one => [`${one.week} ${one.sector}`, one.rows]))
    const table: HeatTable = {
      columns: weeks.map(week => week.slice(5)),
      rows: sectors,
      columnTitle: '',
      value: (column, row) => rows.get(`${weeks[column]} ${sectors[row]}`) ?? Number.NaN,
      text: value => format.whole(value),
      isSigned: false,
    }
    return { table, weeks, sectors }
  }, [volume, format])
  return (
    <HeatMap
      label={t('colorBoard.volume')}
      table={table}
      idle=""
      words={(column, row) =>
        `${sectors[row]}, ${weeks[column]}: ${format.whole(table.value(column, row) || 0)} ${t('colorBoard.rows')}`
      }
      onChoose={(column, row) => onOpen(sectors[row]!, weeks[column]!, dayOf(dayNumber(weeks[column]!) + 6))}
    />
  )
}
