import { fieldOf } from '../rules/evaluate.ts'
import type { RuleRow } from '../rules/field.ts'
import { COLOR_FIELDS } from './color-columns.ts'
import { distance } from './color-row.ts'
import { diffStatus, type SectorLimit } from './sector-limits.ts'

/**
 * A row out of cells that somebody wrote down, as rules see it. Names of columns count without regard to case, others are left out.
 *
 * What is computed is computed anew where price and evaluated price stand there: a cell that was changed must not leave the
 * distance of another price behind.
 */
export function ruleRowOfCells(cells: Readonly<Record<string, string | null>>, limits: readonly SectorLimit[]): RuleRow {
  const row: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(cells)) {
    const field = fieldOf(COLOR_FIELDS, name)
    if (field) row[field.name] = value
  }
  const { PX, COV_PRICE, SECTOR } = row
  if (PX === undefined || COV_PRICE === undefined) return row
  const { priceDiff, percentDiff } = distance(PX, COV_PRICE)
  return {
    ...row,
    PRICE_DIFF: priceDiff,
    PERCENT_DIFF: percentDiff,
    DIFF_STATUS: diffStatus(SECTOR ?? '', PX, COV_PRICE, limits),
  }
}
