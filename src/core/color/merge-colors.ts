import { dropRepeats } from './color-repeats.ts'
import type { ColorRow } from './color-row.ts'

/** Colors of several places as one list. */
export interface MergedColors {
  readonly rows: readonly ColorRow[]
  /** Rows that said what another one said. */
  readonly repeats: number
}

/**
 * One list of what came in several: later lists are received after earlier ones, repeats are one row, and row ids are unique.
 *
 * An id that a row of another list has gets a number behind it.
 */
export function mergeColors(lists: readonly (readonly ColorRow[])[]): MergedColors {
  const taken = new Map<string, number>()
  let received = 0
  const all = lists.flatMap(list =>
    [...list]
      .sort((a, b) => a.received - b.received || (a.rowId < b.rowId ? -1 : 1))
      .map(row => ({ ...row, rowId: freeId(row.rowId, taken), received: received++ })),
  )
  const { kept, repeats } = dropRepeats(all.map(row => ({ row, fileRow: row.received })))
  return { rows: kept.map(({ row }) => row), repeats: repeats.length }
}

function freeId(wanted: string, taken: Map<string, number>): string {
  let n = taken.get(wanted) ?? 0
  let id = wanted
  while (taken.has(id)) id = `${wanted}~${++n + 1}`
  taken.set(wanted, n)
  if (id !== wanted) taken.set(id, 0)
  return id
}
