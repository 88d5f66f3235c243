import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import { type BatchPlan, batchHeader } from '../../core/options/batch.ts'
import { BATCH_KINDS, type BatchKind, readLayout } from '../../core/options/batch-columns.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { type Arguments, UsageError } from './arguments.ts'
import type { Outcome } from './command-context.ts'

export interface OptionsCommandContext {
  readonly worker: URL
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
  readonly isWatched: boolean
}

/** Bytes of a piece that one thread answers at a time: big enough to fill it, small enough to share and to cancel. */
const PIECE: Readonly<Record<BatchKind, number>> = { price: 2_000_000, iv: 2_000_000, american: 40_000 }
const LONGEST_HEAD = 1_000_000
const READ_AHEAD = 65_536

/** Prices or inverts every row of a file, with all processors, and writes the answers in the same order. */
export async function runOptions(args: Arguments, context: OptionsCommandContext): Promise<Outcome> {
  const [word, given] = args.given
  const out = args.flags.get('out')?.[0]
  const kind = BATCH_KINDS.find(one => one === word)
  if (!kind)
    throw new UsageError(`options is followed by price, iv or american${word === undefined ? '' : `; it was '${word}'`}.`)
  if (given === undefined || out === undefined)
    throw new UsageError(`options ${kind} needs a file and where to: npx contango options ${kind} FILE.csv --out FILE.csv`)
  const path = resolve(given)
  const target = resolve(out)
  if (path === target) throw new UsageError('--out must be another file than the one that is read.')
  const source = await open(path, 'r').catch(fault => {
    throw new UsageError(`${path} cannot be read (${fault.code ?? fault.message}).`)
  })
  const partial = `${target}.${randomUUID().slice(0, 8)}.part`
  try {
    const { size } = await source.stat()
    const head = await readHead(source)
    const scheme = (args.flags.get('scheme')?.[0] as AmericanSchemeName | undefined) ?? schemeFor(size)
    const model = args.flags.get('model')?.[0]
    if (model === 'american' && kind === 'price') throw new UsageError('American prices are what options american gives.')
    const plan: BatchPlan = {
      kind,
      layout: readLayout(head.line, kind),
      scheme,
      isNormal: model === 'bachelier',
      isAmerican: model === 'american',
    }
    const done = await answer({ source, path, size, from: head.end, plan, partial, context })
    await rename(partial, target)
    const states = Object.entries(done.byStatus).map(([status, count]) => `${status} ${count}`)
    const note = kind === 'american' ? ` Scheme ${scheme}.` : ''
    return {
      json: { file: target, kind, ...(kind === 'american' ? { scheme } : {}), ...done },
      text: `${target}: ${done.rows} rows (${states.join(', ') || 'none'}).${note}`,
      code: 0,
    }
  } finally {
    await source.close()
    await rm(partial, { force: true })
  }
}

/** The exactest scheme that answers a file of this size within a minute or so. */
function schemeFor(bytes: number): AmericanSchemeName {
  return bytes < 500_000 ? 'precise' : bytes < 10_000_000 ? 'accurate' : 'fast'
}

/** The first line that is no comment, and where the next one begins. Fails: UsageError where there is none. */
async function readHead(source: FileHandle): Promise<{ line: string; end: number }> {
  const { buffer, bytesRead } = await source.read(Buffer.alloc(LONGEST_HEAD), 0, LONGEST_HEAD, 0)
  for (let from = 0; from < bytesRead; ) {
    const found = buffer.subarray(0, bytesRead).indexOf(10, from)
    const end = found < 0 ? bytesRead : found
    const line = buffer
      .toString('utf8', from, end)
      .replace(/^\uFEFF/, '')
      .trim()
    if (line !== '' && !line.startsWith('#')) return { line, end: Math.min(end + 1, bytesRead) }
    from = end + 1
  }
  throw new UsageError('The file is empty: its first line must name the columns, as S,K,days,vol,r,q,cp.')
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

interface Work {
  readonly source: FileHandle
  readonly path: string
  readonly size: number
  readonly from: number
  readonly plan: BatchPlan
  readonly partial: string
  readonly context: OptionsCommandContext
}

interface Done {
  readonly rows: number
  readonly byStatus: Readonly<Record<string, number>>
}

/** Pieces go to the threads in order and are written in order; no more are under way than keep the threads busy. */
async function answer({ source, path, size, from, plan, partial, context }: Work): Promise<Done> {
  const { signal, tell, isWatched } = context
  const threads = Math.max(1, Math.min(8, availableParallelism(), Math.ceil((size - from) / PIECE[plan.kind])))
  const pool = new WorkerPool<Jobs>(context.worker, threads)
  const target = await open(partial, 'w')
  const byStatus: Record<string, number> = {}
  const waiting: { to: number; answer: ReturnType<typeof ask> }[] = []
  const ask = (start: number, end: number) => pool.run('options.batch', { path, from: start, to: end, plan }, { signal })
  let [rows, told, place] = [0, 0, from]
  try {
    await target.writeFile(`${batchHeader(plan.kind)}\n`)
    while (place < size || waiting.length > 0) {
      while (place < size && waiting.length < 2 * threads) {
        const end = await lineStart(source, Math.min(size, place + PIECE[plan.kind]), size)
        const asked = ask(place, end)
        // It is awaited in its turn; until then a failure must not count as one that nobody hears.
        asked.catch(() => {})
        waiting.push({ to: end, answer: asked })
        place = end
      }
      const first = waiting.shift()
      if (!first) break
      const piece = await first.answer
      await target.writeFile(piece.bytes)
      rows += piece.rows
      for (const [status, count] of Object.entries(piece.byStatus)) byStatus[status] = (byStatus[status] ?? 0) + count
      const percent = Math.floor((100 * first.to) / size)
      if (!isWatched || percent < told + 10 || first.to === size) continue
      told = percent
      tell(`${percent} %, ${rows} rows`)
    }
    await target.sync()
    return { rows, byStatus }
  } finally {
    await target.close()
    await pool.close()
  }
}
