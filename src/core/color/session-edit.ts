import { ok, type Result, refused } from '../kit/result.ts'
import { fieldOf } from '../rules/evaluate.ts'
import { type BiasRanks, rankOf } from './bias-rank.ts'
import { type ColorField, ROW_FIELDS } from './color-fields.ts'
import { type ColorRow, rankingPrice, unitsOf } from './color-row.ts'
import { plainCusip } from './cusip.ts'
import { cellProblem } from './row-problems.ts'
import type { SessionRefusal } from './session-command.ts'

/**
 * A row with one cell changed, and what follows from it: the ranking price from bid and ask, the rank from the quote type.
 *
 * A ranking price cannot be typed where a bid or an ask stands, since it would contradict it; a CUSIP with a wrong check digit can, and
 * is marked.
 */
export function editColor(row: ColorRow, name: string, text: string, ranks: BiasRanks): Result<ColorRow, SessionRefusal> {
  const field = fieldOf(ROW_FIELDS, name) as ColorField | null
  if (!field) return refused({ kind: 'unknown-field', field: name })
  const isDerived = field.key === 'px' && (unitsOf(row.bid) !== null || unitsOf(row.ask) !== null)
  if (field.key === null || isDerived) return refused({ kind: 'not-editable', field: field.name })
  // Without its text a quote type follows from the prices.
  const problem = field.key === 'bias' && text.trim() === '' ? null : cellProblem(field, text)
  if (problem) return refused({ kind: problem, field: field.name, found: text })
  return ok(withCell(row, field, text.trim(), ranks))
}

function withCell(row: ColorRow, { key, type }: ColorField, text: string, ranks: BiasRanks): ColorRow {
  switch (key) {
    case 'bid':
    case 'ask': {
      const priced = { ...row, [key]: text === '' ? null : text }
      return { ...priced, px: rankingPrice(priced.bid, priced.ask) }
    }
    case 'bias':
      return { ...row, ...rankOf(text, unitsOf(row.bid) !== null, ranks) }
    case 'cusip':
      return { ...row, cusip: plainCusip(text) }
    default:
      // Only what may be missing can be emptied.
      return { ...row, [key as string]: type === 'integer' ? Number(text) : text === '' ? null : text }
  }
}
