import type { ColorColumn } from './color-columns.ts'
import type { ColorCells } from './read-color-cells.ts'

/** Cells that somebody corrected, as a reader of files sees them. `nameOf` says how the file calls a column. */
export function correctedCells(
  fileRow: number,
  cells: Readonly<Partial<Record<ColorColumn, string | null>>>,
  nameOf: (column: ColorColumn) => string,
): ColorCells {
  const text = (column: ColorColumn) => cells[column]?.trim() ?? ''
  const damaged = (Object.keys(cells) as ColorColumn[]).find(column => text(column).includes('\uFFFD'))
  return {
    ...{ fileRow, nameOf, text, trouble: null, isBlank: false, surplus: null },
    damaged: damaged === undefined ? null : nameOf(damaged),
    fault: () => null,
  }
}
