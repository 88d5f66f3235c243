import type { FoundColor } from '../../../contract/color-search.ts'
import type { Format } from '../../ui/format.ts'
import type { GridColumn } from '../../ui/grid-model.ts'
import type { Translate } from '../../ui/text.ts'
import { outputColumns } from '../runs/output-columns.ts'

/** A row of a run may stand in several runs, so a found row is known by both. */
export const keyOf = ({ run, rowId }: Pick<FoundColor, 'run' | 'rowId'>) => `${run} ${rowId}`

/** Columns of what was found: those of an output, and the run that each row stands in. */
export function foundColumns(rows: ReadonlyMap<string, FoundColor>, t: Translate, format: Format): readonly GridColumn[] {
  const find = (row: string) => rows.get(row)!
  const columns = outputColumns({ find, parentOf: find, isOpen: () => false, all: () => rows.values() }, t, format).map(column =>
    column.key === 'CUSIP' ? { ...column, cell: (row: string) => cusipCell(find(row), t) } : column,
  )
  const run: GridColumn = {
    ...{ key: 'run', title: t('colorSearch.run'), width: 56, align: 'end', usual: true },
    cell: row => ({
      text: String(find(row).runNumber),
      tone: 'quiet',
      hint: format.instant(find(row).processedAt, 'dateSecond'),
    }),
    sort: row => find(row).runNumber,
  }
  return [...columns, run]
}

function cusipCell({ cells, isParent, childrenCount }: FoundColor, t: Translate) {
  const text = cells.CUSIP ?? ''
  if (!isParent) return { text, tone: 'dim' as const, hint: t('colorSearch.child') }
  return { text, tone: 'strong' as const, hint: t('colorRuns.children', { count: childrenCount }) }
}
