import * as z from 'zod'
import { PX_DIRECTIONS } from '../core/color/order.ts'
import { OPERATORS, type OperatorName } from '../core/rules/operators.ts'

const operatorNames = OPERATORS.map(({ name }) => name) as [OperatorName, ...OperatorName[]]

export const isoDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('YYYY-MM-DD')
/** A decimal as it was written; it never goes through a double. */
export const decimalText = z.string().max(60)
export const pxDirection = z.enum(PX_DIRECTIONS).describe('Which price comes first among rows of one date and rank')
export const columnName = z.string().min(1).max(60).describe('Name of a column, as CUSIP or PRICE_LEVEL')

export const conditionTest = z.object({
  kind: z.literal('test'),
  field: columnName,
  operator: z.enum(operatorNames),
  value: z.string().max(2000),
  value2: z.string().max(2000).optional(),
})

/** A tree of tests; groups hold groups to any depth that the file format allows. */
export type ConditionWire =
  | z.infer<typeof conditionTest>
  | { readonly kind: 'all' | 'any'; readonly of: readonly ConditionWire[] }
  | { readonly kind: 'not'; readonly of: ConditionWire }

export const condition: z.ZodType<ConditionWire> = z.lazy(() =>
  z.union([
    conditionTest,
    z.object({ kind: z.enum(['all', 'any']), of: z.array(condition).max(2000) }),
    z.object({ kind: z.literal('not'), of: condition }),
  ]),
)

const entityId = z.string().min(1).max(80)

export const rule = z.object({
  id: entityId,
  name: z.string().trim().min(1).max(120),
  priority: z.number().int().min(1).max(1_000_000).describe('1 is credited first'),
  active: z.boolean(),
  when: condition,
})

/** A color as it is shown: the 21 columns by their names, in written form; missing is null. */
export const colorCells = z.record(columnName, z.string().nullable())

/** A color and its place in its group. */
export const placedColor = z.object({
  rowId: z.string(),
  cells: colorCells,
  /** Null for a parent. */
  parentRowId: z.string().nullable(),
  childrenCount: z.number().int(),
})
export type PlacedColorWire = z.infer<typeof placedColor>

/** What is odd about a row, and whether it keeps the row out. */
export const colorProblem = z.object({
  /** As a spreadsheet counts; null for a row that came from elsewhere. */
  row: z.number().int().nullable(),
  column: z.string().nullable(),
  kind: z.string().describe('As no-price or number-ambiguous'),
  outcome: z.enum(['quarantine', 'mark']),
  text: z.string(),
})
export type ColorProblemWire = z.infer<typeof colorProblem>
