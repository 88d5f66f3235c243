import { ORPCError } from '@orpc/server'
import type { RunAttempt } from '../../../contract/color-runs.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import type { PxDirection } from '../../../core/color/order.ts'
import type { Rule } from '../../../core/rules/condition.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import type { RunFacts } from '../../schedule/job-kind.ts'
import { keepingLog, reasonWords } from '../../schedule/job-run.ts'
import type { JobHandle } from '../../system/jobs-service.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { limitsInForce } from '../config/limits-in-force.ts'
import type { UploadsBuffer } from '../intake/uploads-buffer.ts'
import type { ColorRun } from './color-runs.ts'
import type { RunsService } from './runs-service.ts'

/** What a source of quotes gave. */
export interface FetchedColors {
  readonly rows: readonly ColorRow[]
  readonly read: number
  readonly quarantined: number
  readonly repeats: number
}

/** Somewhere quotes are fetched from when a run begins: a saved query, a folder. */
export interface ColorFetcher {
  readonly id: string
  readonly name: string
  fetch(signal: AbortSignal): Promise<FetchedColors>
}

/** One run as it was asked for. */
export interface FlowRequest extends Omit<RunAttempt, 'at' | 'ended'> {
  readonly direction: PxDirection
  /** False takes only what waits. */
  readonly fetches: boolean
}

export interface RunFlowParts {
  readonly runs: Pick<RunsService, 'started' | 'ended' | 'publish' | 'find'>
  readonly buffer: Pick<UploadsBuffer, 'waiting' | 'rows'>
  readonly config: Pick<ConfigBook, 'list' | 'find'>
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly clock: Clock
  /** Sources that are on. */
  readonly fetchers: () => readonly ColorFetcher[]
}

/** Automated runs: what waits and what sources give, as one list, through the rules, ranked and grouped once. */
export interface RunFlow {
  /** Fails: RUN_NOTHING where a person asked and nothing is there; else with what went wrong, which the history has too. */
  run(request: FlowRequest, handle: JobHandle & { readonly log: Log }): Promise<RunFacts>
  /** Fails: RUN_NOTHING, before anything is begun. */
  expectSomething(): void
}

/** A session may publish an upload while a run is under way; the run then begins anew with what is left. */
const TRIES = 3

interface Gathered extends FetchedColors {
  readonly lists: readonly (readonly ColorRow[])[]
  readonly uploads: readonly string[]
  readonly sources: number
  readonly failed: number
}

export function createRunFlow(parts: RunFlowParts): RunFlow {
  const { runs, buffer, config, pool, clock } = parts
  // One at a time, whoever asks: two would take the same uploads.
  let line: Promise<unknown> = Promise.resolve()

  const gather = async (fetches: boolean, { signal, progress, log }: JobHandle & { readonly log: Log }): Promise<Gathered> => {
    const waiting = buffer.waiting()
    const fetchers = fetches ? parts.fetchers() : []
    const lists: (readonly ColorRow[])[] = []
    const sum = { read: 0, quarantined: 0, repeats: 0, failed: 0 }
    const add = (list: readonly ColorRow[], counts: Omit<FetchedColors, 'rows'>) => {
      lists.push(list)
      sum.read += counts.read
      sum.quarantined += counts.quarantined
      sum.repeats += counts.repeats
    }
    for (const upload of waiting) {
      signal.throwIfAborted()
      add(await buffer.rows(upload.id), upload)
      log.info('color.run-upload', { name: upload.name, rows: upload.rows, quarantined: upload.quarantined })
    }
    let fault: unknown = null
    for (const [k, source] of fetchers.entries()) {
      signal.throwIfAborted()
      progress(k / (fetchers.length + 1), source.name)
      try {
        const { rows, ...counts } = await source.fetch(signal)
        add(rows, counts)
        log.info('color.run-source', { source: source.name, rows: rows.length, quarantined: counts.quarantined })
      } catch (thrown) {
        signal.throwIfAborted()
        fault = thrown
        sum.failed += 1
        log.warn('color.run-source-failed', { source: source.name, reason: reasonWords(thrown) })
      }
    }
    // Sources that failed among others that came are in the facts and the log; with nothing else it is a failure.
    if (fault !== null && lists.length === 0) throw fault
    return { ...sum, rows: [], lists, uploads: waiting.map(({ id }) => id), sources: fetchers.length }
  }
  const rulesOf = () =>
    config.list('rules').map(({ id, name, revision, value }) => ({ revision, rule: { ...value, id, name } satisfies Rule }))

  const attempt = async (
    request: FlowRequest,
    handle: JobHandle & { readonly log: Log },
  ): Promise<Gathered & { run: ColorRun | null }> => {
    const gathered = await gather(request.fetches, handle)
    if (gathered.lists.every(list => list.length === 0)) {
      handle.log.info('color.run-nothing', {})
      return { ...gathered, run: null }
    }
    const known = request.ignoredRules ? [] : rulesOf().filter(({ rule }) => rule.active)
    const { signal } = handle
    // One table for rules and rows: somebody may change it while they are sifted.
    const limits = limitsInForce(config)
    const sifted = await pool.run(
      'color.sift',
      { lists: gathered.lists, rules: known.map(({ rule }) => rule), limits },
      { signal },
    )
    handle.log.info('color.run-rules', { rules: known.length, excluded: sifted.excluded.length, repeats: sifted.repeats })
    signal.throwIfAborted()
    const run = await runs.publish({
      ...{ id: request.id, kind: 'automated', user: request.user, rows: sifted.rows, out: sifted.excluded },
      ...{ direction: request.direction, limits, received: gathered.read, quarantined: gathered.quarantined },
      ...{ repeats: gathered.repeats + sifted.repeats, excluded: sifted.excluded.length },
      rules: sifted.tally.map(({ rule, hits, credited }) => {
        const { revision } = known.find(one => one.rule.id === rule.id)!
        return { id: rule.id, name: rule.name, revision, hits, credited }
      }),
      ...{ ignoredRules: request.ignoredRules, uploads: gathered.uploads, session: null, job: request.job },
      ...{ replaceToday: request.replaceToday, isDemo: false },
    })
    return { ...gathered, run }
  }
  const withTries = async (request: FlowRequest, handle: JobHandle & { readonly log: Log }) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(request, handle)
      } catch (fault) {
        const isTaken = fault instanceof ORPCError && ['UPLOADS_TAKEN', 'BUFFER_UNKNOWN'].includes(fault.code)
        if (!isTaken || tries === TRIES) throw fault
        handle.log.warn('color.run-again', { reason: reasonWords(fault) })
      }
    }
  }
  const begun = async (request: FlowRequest, outer: JobHandle & { readonly log: Log }): Promise<RunFacts> => {
    const known = runs.find(request.id)
    if (known) return factsOf(known)
    const lines: NonNullable<RunAttempt['ended']>['log'] = []
    const handle = { ...outer, log: keepingLog(outer.log, clock, lines) }
    const { id, fetches: _, direction: __, user, ...asked } = request
    runs.started(id, asked, user)
    try {
      const { run, sources, failed } = await withTries(request, handle)
      runs.ended(id, { outcome: run ? 'published' : 'nothing', reason: null, log: lines })
      return { ...(run ? factsOf(run) : { received: 0 }), ...(sources > 0 ? { sources } : {}), ...(failed > 0 ? { failed } : {}) }
    } catch (fault) {
      const isCancelled = outer.signal.aborted
      runs.ended(id, {
        outcome: isCancelled ? 'cancelled' : 'failed',
        reason: isCancelled ? null : reasonWords(fault),
        log: lines,
      })
      throw fault
    }
  }
  return {
    run(request, handle) {
      const result = line.then(() => begun(request, handle))
      line = result.catch(() => undefined)
      return result
    },
    expectSomething() {
      if (buffer.waiting().length === 0 && parts.fetchers().length === 0) fail('RUN_NOTHING', {})
    },
  }
}

function factsOf({ number, received, quarantined, repeats, excluded, rows, parents }: ColorRun): RunFacts {
  return { number, received, quarantined, repeats, excluded, published: rows, parents }
}
