import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import { type BatchPlan, batchHeader, isBatchRow, MOST_PROBLEMS } from '../../core/options/batch.ts'
import { readHeader } from '../../core/options/batch-columns.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'

/** Bytes of a piece that one thread answers at a time: big enough to fill it, small enough to share, to tell of, and to cancel. */
const PIECE = { price: 2_000_000, iv: 2_000_000, fast: 40_000, accurate: 12_000, precise: 2_000 } as const
const LONGEST_HEAD = 1_000_000
const READ_AHEAD = 65_536

/** The file is no text that a line can be read from; the message says what it is instead, as the end of a sentence. */
export class FileUnusable extends Error {
  override readonly name = 'FileUnusable'
}

/** The beginning of a file of options. */
export interface BatchHead {
  /** The first line that is no comment: the names of the columns. */
  readonly line: string
  /** The byte behind it, and how many lines there are up to there. */
  readonly end: number
  readonly lines: number
  readonly size: number
  /** The first rows behind it, as they stand. */
  readonly rows: readonly string[]
}

/** A row that cannot be read; `line` counts from 1 in the file, `column` is as the file names it. */
export interface BatchFault {
  readonly line: number
  readonly column: string
  readonly text: string
}

export interface BatchDone {
  readonly rows: number
  readonly byStatus: Readonly<Record<string, number>>
  /** The first rows that cannot be read. */
  readonly problems: readonly BatchFault[]
}

export interface BatchOrder {
  readonly path: string
  readonly head: BatchHead
  readonly plan: BatchPlan
  /** It stands there whole or not at all. */
  readonly target: string
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly signal: AbortSignal
  onProgress(fraction: number, rows: number): void
}

/** The exactest scheme that answers a file of this size within a minute or so. */
export function schemeFor(bytes: number): AmericanSchemeName {
  return bytes < 500_000 ? 'precise' : bytes < 10_000_000 ? 'accurate' : 'fast'
}

function pieceOf({ kind, scheme, isAmerican }: Pick<BatchPlan, 'kind' | 'scheme' | 'isAmerican'>): number {
  return kind === 'american' || isAmerican ? PIECE[scheme] : PIECE[kind]
}

/** Threads that a file of that size keeps busy. */
export function threadsFor(plan: Pick<BatchPlan, 'kind' | 'scheme' | 'isAmerican'>, bytes: number): number {
  return Math.max(1, Math.min(8, availableParallelism(), Math.ceil(bytes / pieceOf(plan))))
}

/**
 * The names of the columns and the first rows of a file; null for a file without either.
 *
 * Fails: FileUnusable for what is no text; with what the file system says.
 */
export async function readBatchHead(path: string, wantedRows = 0): Promise<BatchHead | null> {
  const source = await open(path, 'r')
  try {
    const { size } = await source.stat()
    const { buffer, bytesRead } = await source.read(
      Buffer.alloc(Math.min(size, LONGEST_HEAD)),
      0,
      Math.min(size, LONGEST_HEAD),
      0,
    )
    const start = buffer.subarray(0, bytesRead)
    expectText(start)
    for (let from = 0, lines = 1; from < bytesRead; lines++) {
      const found = start.indexOf(10, from)
      const end = found < 0 ? bytesRead : found
      const line = start
        .toString('utf8', from, end)
        .replace(/^\uFEFF/, '')
        .trim()
      const next = Math.min(end + 1, bytesRead)
      if (isBatchRow(line))
        return { line, end: next, lines, size, rows: firstRows(start.subarray(next), size > bytesRead, wantedRows) }
      from = end + 1
    }
    return null
  } finally {
    await source.close()
  }
}

function expectText(start: Buffer): void {
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff))
    throw new FileUnusable('it is text in UTF-16; save it as CSV in UTF-8')
  if (start[0] === 0x50 && start[1] === 0x4b) throw new FileUnusable('it is a spreadsheet or an archive; save the sheet as CSV')
  if (start.includes(0)) throw new FileUnusable('it is no plain text; save it as CSV')
}

/** Whole lines only: the last one of a piece may go on behind it. */
function firstRows(piece: Buffer, isCut: boolean, wanted: number): string[] {
  if (wanted === 0) return []
  const lines = piece.toString('utf8').split(/\r?\n/)
  return (isCut ? lines.slice(0, -1) : lines).filter(isBatchRow).slice(0, wanted)
}

/** The first byte of a line at or behind a place. */
async function lineStart(source: FileHandle, place: number, size: number): Promise<number> {
  const piece = Buffer.alloc(READ_AHEAD)
  for (let at = place; at < size; at += READ_AHEAD) {
    const { bytesRead } = await source.read(piece, 0, READ_AHEAD, at)
    const found = piece.subarray(0, bytesRead).indexOf(10)
    if (found >= 0) return at + found + 1
  }
  return size
}

/**
 * Prices or inverts every row of a file on the threads of a pool, and writes the answers in the same order.
 *
 * Pieces go to the threads in order and are written in order; no more are under way than keep the threads busy.
 *
 * Fails: with the signal's reason, and with what the file system says; then nothing stands at the target.
 */
export async function runBatch(order: BatchOrder): Promise<BatchDone> {
  const { path, head, plan, target, pool, signal, onProgress } = order
  const partial = `${target}.${randomUUID().slice(0, 8)}.part`
  const source = await open(path, 'r')
  try {
    const under = 2 * threadsFor(plan, head.size - head.end)
    const done = createTally(head)
    const waiting: { to: number; answer: ReturnType<typeof ask> }[] = []
    const ask = (from: number, to: number) => pool.run('options.batch', { path, from, to, plan }, { signal })
    const sink = await open(partial, 'w')
    try {
      await sink.writeFile(`${batchHeader(plan.kind)}\n`)
      for (let place = head.end; place < head.size || waiting.length > 0; ) {
        signal.throwIfAborted()
        while (place < head.size && waiting.length < under) {
          const end = await lineStart(source, Math.min(head.size, place + pieceOf(plan)), head.size)
          const answer = ask(place, end)
          // It is awaited in its turn; until then a failure must not count as one that nobody hears.
          answer.catch(() => {})
          waiting.push({ to: end, answer })
          place = end
        }
        const first = waiting.shift()
        if (!first) break
        const piece = await first.answer
        await sink.writeFile(piece.bytes)
        done.add(piece)
        onProgress(first.to / head.size, done.rows())
      }
      await sink.sync()
    } finally {
      await sink.close()
    }
    await rename(partial, target)
    return done.whole()
  } finally {
    await source.close()
    await rm(partial, { force: true })
  }
}

type Piece = Awaited<ReturnType<Jobs['options.batch']>>

/** Counts of the pieces so far, with the problems' places in the whole file. */
function createTally(head: BatchHead) {
  const { columns, layout } = readHeader(head.line)
  const byStatus: Record<string, number> = {}
  const problems: BatchFault[] = []
  let rows = 0
  let lines = head.lines
  return {
    rows: () => rows,
    add(piece: Piece): void {
      for (const { line, field, text } of piece.problems.slice(0, MOST_PROBLEMS - problems.length))
        problems.push({ line: lines + line + 1, column: columns[layout[field]]?.name ?? field, text })
      for (const [status, count] of Object.entries(piece.byStatus)) byStatus[status] = (byStatus[status] ?? 0) + count
      rows += piece.rows
      lines += piece.lines
    },
    whole: (): BatchDone => ({ rows, byStatus, problems }),
  }
}
