import type { Random } from '../kit/random.ts'
import { rankOf, USUAL_RANKS } from './bias-rank.ts'
import type { ColorRow } from './color-row.ts'

/** What can be wrong with a row that a dealer sends. */
export const FAULTS = ['check-digit', 'no-price', 'unknown-type', 'lower-case', 'duplicate'] as const
export type Fault = (typeof FAULTS)[number]

/** Rows that are made together, in the order of receipt. */
export interface ColorBlock {
  /** As a dealer would send them: a CUSIP may be in lower case. */
  readonly rows: readonly ColorRow[]
  /** What was made wrong on purpose, by row id. */
  readonly faults: ReadonlyMap<string, Fault>
}

const UNKNOWN_TYPES = ['WHISPER', 'AXE', 'B/O', 'INDIC']

/** Rows of which a share has a fault each, and which has which. A duplicate says what the row before it said. */
export function spoilBlock(clean: readonly ColorRow[], share: number, random: Random): ColorBlock {
  const faults = new Map<string, Fault>()
  if (share === 0) return { rows: clean, faults }
  const rows: ColorRow[] = []
  for (const row of clean) {
    const isSpoilt = random.uniform() < share
    const fault = FAULTS[Math.floor(random.uniform() * FAULTS.length)] as Fault
    const before = rows.at(-1)
    // The first row of a block has none before it that it could repeat.
    if (!isSpoilt || (fault === 'duplicate' && !before)) rows.push(row)
    else {
      rows.push(spoil(row, fault, before, random))
      faults.set(row.rowId, fault)
    }
  }
  return { rows, faults }
}

function spoil(row: ColorRow, fault: Fault, before: ColorRow | undefined, random: Random): ColorRow {
  const draw = (many: number) => Math.floor(random.uniform() * many)
  switch (fault) {
    case 'check-digit':
      return { ...row, cusip: `${row.cusip.slice(0, -1)}${(Number(row.cusip.at(-1)) + 1 + draw(9)) % 10}` }
    case 'no-price':
      return { ...row, priceLevel: null, bid: null, ask: null, px: null }
    case 'unknown-type':
      return { ...row, ...rankOf(UNKNOWN_TYPES[draw(UNKNOWN_TYPES.length)] as string, row.bid !== null, USUAL_RANKS) }
    case 'lower-case':
      return { ...row, cusip: ` ${row.cusip.toLowerCase()}` }
    case 'duplicate':
      return { ...(before ?? row), rowId: row.rowId, received: row.received }
  }
}
