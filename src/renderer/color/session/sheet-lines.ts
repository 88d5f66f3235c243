import type { GridColumn, GridLine, GridSort } from '../../ui/grid-model.ts'
import { TREE_COLUMN } from './sheet-columns.ts'

const ALL_LINES: GridLine[] = []
/** Lines of a list: the same objects each time, so that 100,000 of them cost nothing twice. */
export function linesFor(count: number): readonly GridLine[] {
  for (let at = ALL_LINES.length; at < count; at++) ALL_LINES.push({ kind: 'row', key: String(at) })
  return ALL_LINES.slice(0, count)
}

/** The column with the arrows stays first, and only what stands beside the edge can stay there while others pass. */
export function inPlace(columns: readonly GridColumn[]): GridColumn[] {
  const tree = columns.filter(({ key }) => key === TREE_COLUMN)
  const rest = columns.filter(({ key }) => key !== TREE_COLUMN)
  return [...tree, ...rest].map((column, at) => (column.pinned && at > 1 ? { ...column, pinned: false } : column))
}

/** Which way a press on the head of a column sorts. */
export const nextDirection = (sort: GridSort | null, column: string): GridSort['direction'] =>
  sort?.column === column && sort.direction === 'up' ? 'down' : 'up'
