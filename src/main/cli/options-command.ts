import { resolve } from 'node:path'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import type { BatchPlan } from '../../core/options/batch.ts'
import { BATCH_KINDS, readLayout } from '../../core/options/batch-columns.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { type BatchHead, readBatchHead, runBatch, schemeFor, threadsFor } from '../options/batch-run.ts'
import { type Arguments, UsageError } from './arguments.ts'
import type { Outcome } from './command-context.ts'
import { runOptionsChain } from './options-chain-command.ts'

export interface OptionsCommandContext {
  readonly worker: URL
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
  readonly isWatched: boolean
}

/** Prices or inverts every row of a file, with all processors, and writes the answers in the same order. */
export async function runOptions(args: Arguments, context: OptionsCommandContext): Promise<Outcome> {
  const [word, given] = args.given
  if (word === 'chain') return await runOptionsChain(args, context)
  const out = args.flags.get('out')?.[0]
  const kind = BATCH_KINDS.find(one => one === word)
  if (!kind)
    throw new UsageError(`options is followed by price, iv, american or chain${word === undefined ? '' : `; it was '${word}'`}.`)
  if (given === undefined || out === undefined)
    throw new UsageError(`options ${kind} needs a file and where to: npx contango options ${kind} FILE.csv --out FILE.csv`)
  const path = resolve(given)
  const target = resolve(out)
  if (path === target) throw new UsageError('--out must be another file than the one that is read.')
  const head = await headOf(path)
  const scheme = (args.flags.get('scheme')?.[0] as AmericanSchemeName | undefined) ?? schemeFor(head.size)
  const model = args.flags.get('model')?.[0]
  if (model === 'american' && kind === 'price') throw new UsageError('American prices are what options american gives.')
  const plan: BatchPlan = {
    kind,
    layout: readLayout(head.line, kind),
    scheme,
    isNormal: model === 'bachelier',
    isAmerican: model === 'american',
  }
  const pool = new WorkerPool<Jobs>(context.worker, threadsFor(plan, head.size))
  try {
    const { signal } = context
    const { problems, ...done } = await runBatch({ path, head, plan, target, pool, signal, onProgress: teller(context) })
    const states = Object.entries(done.byStatus).map(([status, count]) => `${status} ${count}`)
    const note = kind === 'american' ? ` Scheme ${scheme}.` : ''
    const [first] = problems
    const bad = first ? ` The first that cannot be read is line ${first.line}, column ${first.column}: '${first.text}'.` : ''
    return {
      json: { file: target, kind, ...(kind === 'american' ? { scheme } : {}), ...done, problems },
      text: `${target}: ${done.rows} rows (${states.join(', ') || 'none'}).${note}${bad}`,
      code: 0,
    }
  } finally {
    await pool.close()
  }
}

/** Fails: UsageError for a file that cannot be read, is no text, or is empty. */
async function headOf(path: string): Promise<BatchHead> {
  const head = await readBatchHead(path).catch(fault => {
    throw new UsageError(`${path} cannot be read (${fault.code ?? fault.message}).`)
  })
  if (!head) throw new UsageError('The file is empty: its first line must name the columns, as S,K,days,vol,r,q,cp.')
  return head
}

/** Says how far it is, every tenth. */
function teller({ tell, isWatched }: OptionsCommandContext): (fraction: number, rows: number) => void {
  let told = 0
  return (fraction, rows) => {
    const percent = Math.floor(100 * fraction)
    if (!isWatched || percent < told + 10 || percent === 100) return
    told = percent
    tell(`${percent} %, ${rows} rows`)
  }
}
