import type { ConditionWire } from '../../../contract/color.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { columnWords } from './session-words.ts'
import type { SheetPlace } from './sheet.tsx'

/** The condition that rows meet which have the same in that column; null where nothing stands there. */
export function likeCell({ row, column }: SheetPlace): { readonly when: ConditionWire; readonly words: string } | null {
  const value = row.cells[column]?.trim() ?? ''
  const type = COLOR_COLUMNS.find(({ name }) => name === column)?.type
  if (value === '' || !type) return null
  const operator = type === 'text' || type === 'id' ? 'is' : 'equal'
  return { when: { kind: 'test', field: column, operator, value }, words: `${columnWords(column)} ${value}` }
}
