import type { Steps } from '../kit/steps.ts'
import { comparable } from '../rules/field.ts'
import { type BiasRanks, rankOf } from './bias-rank.ts'
import { type ColorRow, unitsOf } from './color-row.ts'
import { plainCusip } from './cusip.ts'
import type { ImportPart, SessionEvent } from './session-command.ts'
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
  /** How many rows of each part were there already. */
  readonly sameOf: readonly number[]
}

const ROWS_PER_STEP = 256

/**
 * What rows add to those that are there: a row that is there already, also one that was left out, does not come again.
 *
 * Of the same row twice the one received first stays, and it remembers every upload that brought it. Later parts are received after
 * earlier ones, and an id that another row has gets a number behind it.
 */
export function* takeIn(parts: readonly ImportPart[], there: ReadonlyMap<string, HeldColor>, ranks: BiasRanks): Steps<Intake> {
  const known = new Map<string, string>()
  let last = -1
  for (const [rowId, { key, row }] of there) {
    known.set(key, rowId)
    last = Math.max(last, row.received)
  }
  const changes = new Map<string, RowChange>()
  const same: Intake['same'][number][] = []
  const sameOf: number[] = []
  let seen = 0
  for (const { upload, rows } of parts) {
    const before = same.length
    const inOrder = [...rows].sort((a, b) => a.received - b.received || (a.rowId < b.rowId ? -1 : 1))
    for (const given of inOrder) {
      if (++seen % ROWS_PER_STEP === 0) yield
      const plain = plainColor(given, ranks)
      const key = colorKey(plain)
      const as = known.get(key)
      if (as !== undefined) {
        same.push({ kind: 'same-row', rowId: given.rowId, as })
        const change = withUpload(as, upload, changes.get(as), there.get(as))
        if (change) changes.set(as, change)
        continue
      }
      const rowId = freeId(given.rowId, id => there.has(id) || changes.has(id))
      last += 1
      known.set(key, rowId)
      const row = { ...plain, rowId, received: last }
      const after = { row, leftOut: null, key, came: row, uploads: upload === null ? [] : [upload] }
      changes.set(rowId, { kind: 'row', rowId, before: null, after })
    }
    sameOf.push(same.length - before)
  }
  return { changes: [...changes.values()], same, sameOf }
}

/** A row that came again with another upload; null where that is no news. */
function withUpload(
  rowId: string,
  upload: string | null,
  change: RowChange | undefined,
  there: HeldColor | undefined,
): RowChange | null {
  const held = change?.after ?? there
  if (!held || upload === null || held.uploads.includes(upload)) return null
  return { kind: 'row', rowId, before: there ?? null, after: { ...held, uploads: [...held.uploads, upload] } }
}

function freeId(wanted: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(wanted)) return wanted
  let n = 2
  while (isTaken(`${wanted}~${n}`)) n += 1
  return `${wanted}~${n}`
}
