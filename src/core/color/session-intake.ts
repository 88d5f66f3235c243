import { comparable } from '../rules/field.ts'
import { type BiasRanks, rankOf } from './bias-rank.ts'
import { type ColorRow, unitsOf } from './color-row.ts'
import { plainCusip } from './cusip.ts'
import type { SessionEvent } from './session-command.ts'
import type { HeldColor, RowChange } from './session-patch.ts'

const price = (text: string | null) => {
  const units = comparable('decimal', text)
  return units === null ? (text ?? '').trim() : `${units}`
}

/** What makes a row the same as another: who said what about which tranche in which message; prices compare as numbers. */
export function colorKey(row: ColorRow): string {
  const prices = [row.px, row.bid, row.ask, row.priceLevel].map(price)
  return JSON.stringify([row.messageId.trim(), row.cusip, row.bias, row.source.trim(), row.date, row.date1, ...prices])
}

/** A row as a session keeps it: the CUSIP plain, quote type and rank by the table. */
export function plainColor(row: ColorRow, ranks: BiasRanks): ColorRow {
  return { ...row, cusip: plainCusip(row.cusip), ...rankOf(row.bias, unitsOf(row.bid) !== null, ranks) }
}

/** Rows that come into a session. */
export interface Intake {
  readonly changes: readonly RowChange[]
  readonly same: readonly Extract<SessionEvent, { kind: 'same-row' }>[]
}

/**
 * What rows add to those that are there: a row that is there already, also one that was left out, does not come again.
 *
 * Of the same row twice the one received first stays. Later imports are received after earlier ones, and an id that another row has
 * gets a number behind it.
 */
export function takeIn(rows: readonly ColorRow[], there: ReadonlyMap<string, HeldColor>, ranks: BiasRanks): Intake {
  const known = new Map<string, string>()
  let last = -1
  for (const [rowId, { key, row }] of there) {
    known.set(key, rowId)
    last = Math.max(last, row.received)
  }
  const taken = new Set(there.keys())
  const changes: RowChange[] = []
  const same: Intake['same'][number][] = []
  const inOrder = [...rows].sort((a, b) => a.received - b.received || (a.rowId < b.rowId ? -1 : 1))
  for (const given of inOrder) {
    const plain = plainColor(given, ranks)
    const key = colorKey(plain)
    const as = known.get(key)
    if (as !== undefined) {
      same.push({ kind: 'same-row', rowId: given.rowId, as })
      continue
    }
    const rowId = freeId(given.rowId, taken)
    last += 1
    known.set(key, rowId)
    taken.add(rowId)
    changes.push({ kind: 'row', rowId, before: null, after: { row: { ...plain, rowId, received: last }, leftOut: null, key } })
  }
  return { changes, same }
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  let n = 2
  while (taken.has(`${wanted}~${n}`)) n += 1
  return `${wanted}~${n}`
}
