import { comparable } from '../rules/field.ts'
import { UNMAPPED_RANK } from './bias-rank.ts'
import { type ColorField, ROW_FIELDS } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import { cusipProblem } from './cusip.ts'

/** Something that is wrong with a row, and in which column. */
export interface ColorProblem {
  readonly field: string
  readonly kind: 'missing' | 'unreadable' | 'out-of-range' | 'bad-cusip' | 'no-price' | 'unmapped'
  /** What stands there. */
  readonly found: string
  /** Such a row cannot be converted into output; the others are marked and go on. */
  readonly blocks: boolean
}

/** Bounds of whole numbers, both ends allowed. */
const WHOLE_BOUNDS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  RANK: [1, UNMAPPED_RANK],
  CONFIDENCE: [0, 10],
}
const MESSAGE_ID = /^\d{1,38}$/
/** Prices may be missing, and so may what a file only adds; the rank of a quote type that nobody knows is given by us. */
const MAY_BE_EMPTY = new Set(['PRICE_LEVEL', 'BID', 'ASK', 'PX', 'COV_PRICE', 'SECURITY_NAME', 'BWIC_COVER', 'ASSET_CLASS'])

/** Why a text cannot stand in a column; null where it can. */
export function cellProblem({ name, type }: ColorField, text: string | null): 'missing' | 'unreadable' | 'out-of-range' | null {
  const plain = text?.trim() ?? ''
  if (plain === '') return MAY_BE_EMPTY.has(name) ? null : 'missing'
  const value = comparable(type, plain)
  if (value === null || (name === 'MESSAGE_ID' && !MESSAGE_ID.test(plain))) return 'unreadable'
  const bounds = WHOLE_BOUNDS[name]
  return bounds && (Number(plain) < bounds[0] || Number(plain) > bounds[1]) ? 'out-of-range' : null
}

/** All that is wrong with a row: cells that cannot be read, a CUSIP that is none, no price, a quote type without a rank. */
export function problemsOfColor(row: ColorRow): readonly ColorProblem[] {
  const problems: ColorProblem[] = []
  for (const field of ROW_FIELDS) {
    if (field.key === null) continue
    const value = row[field.key]
    const kind = cellProblem(field, value === null ? null : String(value))
    if (kind) problems.push({ field: field.name, kind, found: String(value ?? ''), blocks: true })
  }
  if (row.cusip.trim() !== '' && cusipProblem(row.cusip))
    problems.push({ field: 'CUSIP', kind: 'bad-cusip', found: row.cusip, blocks: false })
  if ((row.px ?? '').trim() === '') problems.push({ field: 'PX', kind: 'no-price', found: '', blocks: false })
  if (row.rank === UNMAPPED_RANK) problems.push({ field: 'BIAS', kind: 'unmapped', found: row.bias, blocks: false })
  return problems
}
