import { type ColorRow, unitsOf } from './color-row.ts'
import { csvCell } from './csv-cell.ts'
import type { PlacedColor } from './lineage.ts'

/** The parent of a CUSIP in one run, and how many children it has. */
interface ParentState {
  readonly row: ColorRow
  readonly children: number
}

/** What is another between two runs. */
export const DIFF_PARTS = ['PX', 'SOURCE', 'BIAS', 'DATE', 'CHILDREN'] as const
type DiffPart = (typeof DIFF_PARTS)[number]

/** A CUSIP that came, went, or whose parent is another than it was. */
export interface CusipChange {
  readonly cusip: string
  readonly kind: 'added' | 'removed' | 'changed'
  /** Empty for what came or went. */
  readonly parts: readonly DiffPart[]
  readonly before: ParentState | null
  readonly after: ParentState | null
}

/** What became of each CUSIP between two runs, by CUSIP; prices are compared by value, so that 99.5 is 99.50. */
export function diffRuns(before: readonly PlacedColor[], after: readonly PlacedColor[]): readonly CusipChange[] {
  const [old, now] = [parentsOf(before), parentsOf(after)]
  const cusips = [...new Set([...old.keys(), ...now.keys()])].sort()
  return cusips.flatMap((cusip): CusipChange[] => {
    const [was, is] = [old.get(cusip) ?? null, now.get(cusip) ?? null]
    if (!was || !is) return [{ cusip, kind: was ? 'removed' : 'added', parts: [], before: was, after: is }]
    const parts = DIFF_PARTS.filter(part => !isSame(part, was, is))
    return parts.length === 0 ? [] : [{ cusip, kind: 'changed', parts, before: was, after: is }]
  })
}

function parentsOf(placed: readonly PlacedColor[]): ReadonlyMap<string, ParentState> {
  const parents = placed.filter(({ parentRowId }) => parentRowId === null)
  return new Map(parents.map(({ row, childrenCount }) => [row.cusip, { row, children: childrenCount }]))
}

function isSame(part: DiffPart, { row: a, children: was }: ParentState, { row: b, children: is }: ParentState): boolean {
  switch (part) {
    case 'PX':
      return unitsOf(a.px) === unitsOf(b.px)
    case 'SOURCE':
      return a.source === b.source
    case 'BIAS':
      return a.bias === b.bias
    case 'DATE':
      return a.date === b.date
    case 'CHILDREN':
      return was === is
  }
}

const HEADER = [
  ...['CHANGE', 'CUSIP', 'TICKER', 'SECTOR', 'WHAT', 'PX_BEFORE', 'PX_AFTER', 'SOURCE_BEFORE', 'SOURCE_AFTER'],
  ...['BIAS_BEFORE', 'BIAS_AFTER', 'DATE_BEFORE', 'DATE_AFTER', 'CHILDREN_BEFORE', 'CHILDREN_AFTER'],
]
const LINE_END = '\r\n'

/** The difference as CSV (RFC 4180): the names, then a line for each CUSIP. */
export function writeDiff(changes: readonly CusipChange[]): string {
  const lines = changes.map(({ kind, cusip, parts, before, after }) => {
    const { ticker, sector } = (after ?? before)!.row
    const pairs = [before, after].map(state => [
      ...[state?.row.px, state?.row.source, state?.row.bias, state?.row.date],
      state ? String(state.children) : null,
    ])
    const sides = pairs[0]!.flatMap((was, k) => [was, pairs[1]![k]])
    return [kind, cusip, ticker, sector, parts.join(' '), ...sides].map(value => csvCell(value ?? null)).join(',')
  })
  return [HEADER.join(','), ...lines].map(line => line + LINE_END).join('')
}
