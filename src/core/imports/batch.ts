import { type SeriesKind, SLOTS } from './mapping.ts'

/** Marks beside the QUALITY bits while an import is under way; they are taken off before anything is stored. */
export const MARKS = {
  /** The row broke a rule that flags it. */
  flagged: 1 << 20,
  /** Day and month of the row may be the other way round. */
  ambiguous: 1 << 21,
} as const
export const QUALITY_MASK = (1 << 20) - 1

/** Rows as columns: `columns` are time, then the slots of the kind, then quality, then the line of the file. */
export interface Batch {
  rows: number
  readonly columns: readonly Float64Array[]
}

/** Names of the columns of a batch of that kind, in their order. */
export function columnNames(kind: SeriesKind): readonly string[] {
  return ['time', ...SLOTS[kind], 'quality', 'line']
}

/** An empty batch with room for so many rows. */
export function createBatch(kind: SeriesKind, capacity: number): Batch {
  return { rows: 0, columns: columnNames(kind).map(() => new Float64Array(capacity)) }
}

/** A batch as bytes: the count of rows as one double, then each column. */
export function encodeBatch({ rows, columns }: Batch): Uint8Array {
  const doubles = new Float64Array(1 + rows * columns.length)
  doubles[0] = rows
  columns.forEach((column, k) => {
    doubles.set(column.subarray(0, rows), 1 + k * rows)
  })
  return new Uint8Array(doubles.buffer)
}

/** Bytes that a batch of so many rows takes. */
export function batchBytes(rows: number, columns: number): number {
  return 8 * (1 + rows * columns)
}

/** The batch in those bytes, which must be aligned to 8. */
export function decodeBatch(bytes: ArrayBuffer, kind: SeriesKind): Batch {
  const doubles = new Float64Array(bytes)
  const rows = doubles[0]!
  return { rows, columns: columnNames(kind).map((_, k) => doubles.subarray(1 + k * rows, 1 + (k + 1) * rows)) }
}

/** Order of the rows by time, rows of one time by their line; null where they are so already. */
export function orderOf({ rows, columns }: Batch): Uint32Array | null {
  const time = columns[0]!
  const line = columns.at(-1)!
  let isSorted = true
  for (let k = 1; k < rows && isSorted; k++) isSorted = time[k]! >= time[k - 1]!
  if (isSorted) return null
  const order = Uint32Array.from({ length: rows }, (_, k) => k)
  return order.sort((a, b) => time[a]! - time[b]! || line[a]! - line[b]!)
}

/** The same rows in that order. */
export function reordered({ rows, columns }: Batch, order: Uint32Array): Batch {
  return { rows, columns: columns.map(column => Float64Array.from(order, k => column[k]!)) }
}
