import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import {
  type Batch,
  batchBytes,
  columnNames,
  createBatch,
  decodeBatch,
  encodeBatch,
  orderOf,
  reordered,
} from '../../core/imports/batch.ts'
import type { SeriesKind } from '../../core/imports/mapping.ts'

/** Rows that are sorted in memory at once: 16 MB of bars. */
const RUN_ROWS = 1 << 18
/** Rows of one block of a file; a merge holds one block of every run. */
const BLOCK_ROWS = 1 << 14

/** A file of batches, one behind the other. */
export interface BatchWriter {
  add(columns: readonly Float64Array[], k: number): void
  close(): void
}

export function createBatchWriter(path: string, kind: SeriesKind): BatchWriter {
  const file = openSync(path, 'w', 0o600)
  const block = createBatch(kind, BLOCK_ROWS)
  const flush = () => {
    if (block.rows > 0) writeAll(file, encodeBatch(block))
    block.rows = 0
  }
  return {
    add(columns, k) {
      const { rows } = block
      for (let c = 0; c < columns.length; c++) block.columns[c]![rows] = columns[c]![k]!
      if (++block.rows === BLOCK_ROWS) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

function* readBatches(path: string, kind: SeriesKind): Generator<Batch> {
  const width = columnNames(kind).length
  const file = openSync(path, 'r')
  try {
    const head = new Float64Array(1)
    for (let at = 0; readSync(file, head, 0, 8, at) === 8; ) {
      const bytes = new ArrayBuffer(batchBytes(head[0]!, width))
      if (readSync(file, new Uint8Array(bytes), 0, bytes.byteLength, at) < bytes.byteLength) throw new Error(`${path} is cut off`)
      at += bytes.byteLength
      yield decodeBatch(bytes, kind)
    }
  } finally {
    closeSync(file)
  }
}

interface Run {
  readonly path: string
  readonly from: number
  readonly to: number
}

/** Rows on their way into order of time, in as much memory as one run takes, however many they are. */
export interface Sorter {
  /** A batch with room for a row. */
  into(): Batch
  /** Hands on every row, in order of time and then of line; `each` may be told a row of any block. */
  drain(each: (columns: readonly Float64Array[], k: number) => void): void
}

export function createSorter(folder: string, kind: SeriesKind): Sorter {
  const runs: Run[] = []
  let batch = createBatch(kind, 4096)
  const sorted = () => {
    const order = orderOf(batch)
    return order ? reordered(batch, order) : batch
  }
  const spill = () => {
    const run = sorted()
    const path = `${folder}/run-${runs.length}.bin`
    const writer = createBatchWriter(path, kind)
    for (let k = 0; k < run.rows; k++) writer.add(run.columns, k)
    writer.close()
    runs.push({ path, from: run.columns[0]![0]!, to: run.columns[0]![run.rows - 1]! })
    batch.rows = 0
  }
  return {
    into() {
      const capacity = batch.columns[0]!.length
      if (batch.rows < capacity) return batch
      if (capacity < RUN_ROWS) batch = grown(batch, kind, capacity * 4)
      else spill()
      return batch
    },
    drain(each) {
      if (runs.length === 0) return eachRow(sorted(), each)
      if (batch.rows > 0) spill()
      const rising = runs.every((run, k) => k === 0 || runs[k - 1]!.to <= run.from)
      const falling = runs.every((run, k) => k === 0 || run.to < runs[k - 1]!.from)
      if (rising || falling) {
        for (const run of rising ? runs : runs.toReversed()) for (const block of readBatches(run.path, kind)) eachRow(block, each)
      } else {
        merge(runs, kind, each)
      }
      for (const run of runs) rmSync(run.path, { force: true })
    },
  }
}

function grown(batch: Batch, kind: SeriesKind, capacity: number): Batch {
  const wider = createBatch(kind, Math.min(capacity, RUN_ROWS))
  wider.columns.forEach((column, k) => {
    column.set(batch.columns[k]!)
  })
  wider.rows = batch.rows
  return wider
}

function eachRow({ rows, columns }: Batch, each: (columns: readonly Float64Array[], k: number) => void): void {
  for (let k = 0; k < rows; k++) each(columns, k)
}

interface Cursor {
  readonly blocks: Generator<Batch>
  block: Batch
  k: number
}

/** Many sorted files into one order, with a heap of their next rows. */
function merge(runs: readonly Run[], kind: SeriesKind, each: (columns: readonly Float64Array[], k: number) => void): void {
  const heap: Cursor[] = []
  for (const run of runs) {
    const blocks = readBatches(run.path, kind)
    const first = blocks.next()
    if (!first.done) heap.push({ blocks, block: first.value, k: 0 })
  }
  for (let at = heap.length >> 1; at >= 0; at--) sink(heap, at)
  while (heap.length > 0) {
    const top = heap[0]!
    each(top.block.columns, top.k)
    if (++top.k === top.block.rows) {
      const next = top.blocks.next()
      if (next.done) {
        const last = heap.pop()!
        if (heap.length > 0) heap[0] = last
      } else {
        top.block = next.value
        top.k = 0
      }
    }
    sink(heap, 0)
  }
}

function comesBefore(a: Cursor, b: Cursor): boolean {
  const [timeA, timeB] = [a.block.columns[0]![a.k]!, b.block.columns[0]![b.k]!]
  return timeA < timeB || (timeA === timeB && a.block.columns.at(-1)![a.k]! < b.block.columns.at(-1)![b.k]!)
}

function sink(heap: Cursor[], from: number): void {
  for (let at = from; ; ) {
    let least = at
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && comesBefore(heap[child]!, heap[least]!)) least = child
    }
    if (least === at) return
    const moved = heap[at]!
    heap[at] = heap[least]!
    heap[least] = moved
    at = least
  }
}
