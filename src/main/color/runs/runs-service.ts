import { join } from 'node:path'
import type { RunAttempt, RunDiff, RunEntry, RunRowsQuery } from '../../../contract/color-runs.ts'
import { problemsOfColor } from '../../../core/color/row-problems.ts'
import { dateIn } from '../../../core/kit/calendar.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import type { Journal, JournalEvent } from '../../../platform/journal.ts'
import type { Log } from '../../../platform/log.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import type { User } from '../../user.ts'
import { entitledTo } from '../entitled.ts'
import type { UploadsBuffer } from '../intake/uploads-buffer.ts'
import type { ColorRun, ColorRuns, Publication } from './color-runs.ts'
import {
  type EndedBody,
  foldRun,
  newRunsState,
  type PublishedBody,
  RUN_KINDS,
  type RunKind,
  type StartedBody,
  type StoredRun,
} from './runs-fold.ts'
import { createRunsQueries, diffOf, type RunRows } from './runs-queries.ts'
import { openRunSegments } from './runs-segment.ts'
import { createRunsStore } from './runs-store.ts'

/** A run that belongs to the past: only the invented history has such. */
export interface PastRun extends Omit<Publication, 'rows' | 'out' | 'limits'> {
  readonly at: EpochMicros
  readonly seconds: number
  readonly rows: number
  readonly parents: number
}

/** Runs of the color desk with everything that their page and their jobs ask. */
export interface RunsService extends ColorRuns {
  /** Tries and published runs as one history, newest first. */
  history(query: { readonly before?: number | undefined; readonly limit: number }): { runs: RunEntry[]; total: number }
  /** Fails: RUN_UNKNOWN. */
  entry(id: string): { run: RunEntry; log: NonNullable<RunAttempt['ended']>['log']; previous: string | null }
  /** A window of the output. Fails: RUN_UNKNOWN, CONFIG_INVALID. */
  window(query: RunRowsQuery, user?: Pick<User, 'assetClasses'>): Promise<RunRows>
  /** What changed since another run, or since the one before of the same scope. Fails: RUN_UNKNOWN. */
  diff(id: string, other: string | null, user?: Pick<User, 'assetClasses'>): Promise<RunDiff>
  /** Sets the output aside; it can be brought back. Fails: RUN_UNKNOWN. */
  deleteOutput(id: string, user: string): ColorRun
  /** Fails: RUN_UNKNOWN. */
  restoreOutput(id: string, user: string): ColorRun
  /** A file with the rows of a run, as a source for SQL over files. Fails: RUN_UNKNOWN. */
  segmentOf(id: string): string
  /** Written before anything of a run is done. */
  started(id: string, body: StartedBody, user: string): void
  ended(id: string, body: EndedBody): void
  /** Several runs of the past in one transaction; their rows come as CSV with names. */
  publishPast(runs: readonly PastRun[], csv: readonly string[]): Promise<void>
  /** Fills an empty store from the files; gives the rows. */
  refill(signal: AbortSignal): Promise<number>
  /** Files that could not be taken back, with the reason. */
  problems(): readonly string[]
  /** Zone whose days the desk counts in. */
  zone(): string
  /** A number that grows with every change. */
  change(): number
  onAnyChange(hear: () => void): () => void
  /** Something beside the runs changed that their page shows. */
  changed(): void
  close(): Promise<void>
}

export interface RunsOptions {
  readonly store: DataStore
  readonly journal: Pick<Journal, 'read' | 'appendAll'>
  /** The workspace folder. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly buffer: Pick<UploadsBuffer, 'expectWaiting'>
  /** Ids of targets that a run is to be delivered to. */
  readonly targets?: (run: Pick<Publication, 'kind'>) => readonly string[]
  readonly zone: () => string
  /** Whether an upload is a file of invented quotes: a run that takes one is marked like the history that came with it. */
  readonly isInvented?: (upload: string) => boolean
  /** Called between the steps of publish, for tests that end the process there. */
  readonly atStep?: (step: PublishStep) => void
}

export type PublishStep = 'begun' | 'placed' | 'written' | 'journalled' | 'loaded'

/** Problems that a refusal names. */
const NAMED = 5

/**
 * Runs over a store and a journal that are open.
 *
 * A kill between any two steps of `publish` leaves no run or the whole of it: until the journal has its entry the file is a leftover that
 * the next start removes, and from then on the store is filled from the file.
 */
export function createRunsService(options: RunsOptions): RunsService {
  const { store, journal, clock, log, pool, atStep = () => undefined } = options
  const state = newRunsState()
  for (const entry of journal.read({ kinds: RUN_KINDS })) foldRun(state, entry)
  const segments = openRunSegments(
    store,
    join(options.folder, 'color', 'runs'),
    new Set([...state.published.values()].map(({ segment }) => segment)),
  )
  const sql = createRunsStore(store)
  const queries = createRunsQueries(store)
  const problems: string[] = []
  const hearers = new Set<(run: ColorRun) => void>()
  const anyHearers = new Set<() => void>()
  const underWay = new Map<string, Promise<ColorRun>>()
  let line: Promise<unknown> = Promise.resolve()
  let changes = 0

  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = line.then(run, run)
    line = result.catch(() => undefined)
    return result
  }
  const write = (events: readonly (JournalEvent & { readonly kind: RunKind })[]): void => {
    for (const entry of journal.appendAll(events)) foldRun(state, entry)
    changes += 1
  }
  const tell = (ids: readonly string[] = []) => {
    for (const id of ids) for (const hear of hearers) hear(state.published.get(id)!.run)
    for (const hear of anyHearers) hear()
  }
  const expectRun = (id: string) => state.published.get(id) ?? fail('RUN_UNKNOWN', { run: id })
  const warn = (fault: unknown) => log.warn('color.store', { reason: fault instanceof Error ? fault.message : String(fault) })

  /** Rows of runs into the store, a file at a time; a damaged file is named and passed over. */
  const load = async (ids: readonly string[], signal?: AbortSignal): Promise<number> => {
    const bySegment = new Map<string, StoredRun[]>()
    for (const stored of ids.map(id => state.published.get(id)!)) {
      const held = bySegment.get(stored.segment)
      if (held) held.push(stored)
      else bySegment.set(stored.segment, [stored])
    }
    let rows = 0
    for (const [segment, runs] of bySegment) {
      signal?.throwIfAborted()
      const trouble = await segments.trouble(runs[0]!)
      if (trouble === null) rows += await sql.load(runs, segments.path(segment), signal)
      else if (!problems.includes(trouble)) {
        problems.push(trouble)
        log.error('color.damaged', { segment })
      }
    }
    return rows
  }
  const reconcile = async () => {
    const held = await sql.held()
    const all = [...state.published.values()].map(({ run }) => run)
    await sql.drop([...held.keys()].filter(id => !state.published.has(id)))
    await load(all.filter(({ id }) => !held.has(id)).map(({ id }) => id))
    await sql.mark(all.filter(({ id, deleted }) => held.get(id) && held.get(id)!.isDeleted !== (deleted !== null)))
  }
  const settleInterrupted = () => {
    const open = [...state.attempts.values()].filter(({ ended }) => ended === null)
    write(
      open.map(({ id }) => {
        const outcome = state.published.has(id) ? 'published' : 'interrupted'
        return {
          kind: 'color.run.ended',
          subject: id,
          user: 'system',
          body: { outcome, reason: null, log: [] } satisfies EndedBody,
        }
      }),
    )
  }
  settleInterrupted()
  const stopState = store.onState(() => {
    if (store.state().phase === 'up') inLine(reconcile).catch(warn)
  })
  if (store.state().phase === 'up') inLine(reconcile).catch(warn)

  const replacedBy = ({ replaceToday }: Pick<Publication, 'replaceToday'>, day: string) =>
    replaceToday ? [...state.published.values()].filter(({ run }) => run.day === day && run.deleted === null) : []
  const doPublish = async (publication: Publication): Promise<ColorRun> => {
    const { rows, out = [], limits, ...given } = publication
    const about = { ...given, isDemo: given.isDemo || given.uploads.some(id => options.isInvented?.(id)) }
    const began = clock.now()
    expectFit(publication)
    atStep('begun')
    const placed = await pool.run('color.place', { run: about.id, rows, excluded: out, direction: about.direction, limits })
    atStep('placed')
    const segment = `${plainName(about.id)}.parquet`
    const { sha256 } = await segments.write(segment, [placed])
    atStep('written')
    try {
      // From here to the entry nothing else can come in between: what waits now is what this run uses up.
      options.buffer.expectWaiting(about.uploads)
      const at = clock.now()
      const day = dateIn(at, options.zone())
      const { rows: count, parents } = placed
      const body = bodyOf({ ...about, rows: count, parents, at, seconds: (at - began) / 1e6 }, state.lastNumber + 1, {
        ...{ segment, sha256, day, targets: options.targets?.(about) ?? [] },
      })
      const aside = replacedBy(about, day).map(({ run }) => run.id)
      write([
        { kind: 'color.run.published', subject: about.id, user: about.user, body },
        ...aside.map(id => ({
          ...({ kind: 'color.run.deleted', subject: id, user: about.user } as const),
          body: { replacedBy: about.id },
        })),
      ])
      atStep('journalled')
      // A store that is down is filled once it is back: the run stands already.
      await inLine(async () => {
        await load([about.id])
        await sql.mark(aside.map(id => expectRun(id).run))
      }).catch(warn)
      atStep('loaded')
      tell([about.id, ...aside])
    } catch (fault) {
      if (!state.published.has(about.id)) segments.remove(segment)
      throw fault
    }
    return expectRun(about.id).run
  }
  const setDeleted = (id: string, kind: 'color.run.deleted' | 'color.run.restored', user: string): ColorRun => {
    const { run } = expectRun(id)
    if ((run.deleted === null) === (kind === 'color.run.restored')) return run
    write([{ kind, subject: id, user, body: kind === 'color.run.deleted' ? { replacedBy: null } : {} }])
    inLine(() => sql.mark([expectRun(id).run])).catch(warn)
    tell([id])
    return expectRun(id).run
  }
  const entries = (): RunEntry[] => {
    const ids = new Set([...state.attempts.keys(), ...state.published.keys()])
    return [...ids]
      .map(id => entryOf(state.attempts.get(id) ?? null, state.published.get(id)?.run ?? null))
      .sort((a, b) => b.at - a.at || (b.run?.number ?? 0) - (a.run?.number ?? 0))
  }
  /** The newest run before one that stands: of its job, or by hand as it was; where there is none, any before it. */
  const previousOf = (run: ColorRun): ColorRun | null => {
    const isBefore = (one: ColorRun) => one.number < run.number && one.deleted === null && one.isDemo === run.isDemo
    const all = [...state.published.values()].map(stored => stored.run).filter(isBefore)
    return all.findLast(one => one.kind === run.kind && one.job?.id === run.job?.id) ?? all.at(-1) ?? null
  }

  return {
    publish(publication) {
      const known = state.published.get(publication.id)
      if (known) return Promise.resolve(known.run)
      const under = underWay.get(publication.id) ?? doPublish(publication).finally(() => underWay.delete(publication.id))
      underWay.set(publication.id, under)
      return under
    },
    list: () => [...state.published.values()].map(({ run }) => run).reverse(),
    find: id => state.published.get(id)?.run ?? null,
    rows: async id => segments.read(expectRun(id)),
    segmentOf: id => segments.path(expectRun(id).segment),
    window: (query, user = {}) => queries.window(expectRun(query.run).run, query, user.assetClasses ?? null),
    async diff(id, otherId, user = {}) {
      const isEntitled = entitledTo(user)
      const { run } = expectRun(id)
      const other = otherId === null ? previousOf(run) : expectRun(otherId).run
      const sideOf = async (one: ColorRun) => ({
        run: one,
        rows: (await segments.read(expectRun(one.id))).filter(({ row }) => isEntitled(row.assetClass)),
      })
      return diffOf(await sideOf(run), other && (await sideOf(other)))
    },
    history({ before = Number.POSITIVE_INFINITY, limit }) {
      const all = entries()
      return { runs: all.filter(({ at }) => at < before).slice(0, limit), total: all.length }
    },
    entry(id) {
      const run = entries().find(one => one.id === id) ?? fail('RUN_UNKNOWN', { run: id })
      const stored = state.published.get(id)
      const previous = stored ? previousOf(stored.run) : null
      return { run, log: state.attempts.get(id)?.ended?.log ?? [], previous: previous?.id ?? null }
    },
    deleteOutput: (id, user) => setDeleted(id, 'color.run.deleted', user),
    restoreOutput: (id, user) => setDeleted(id, 'color.run.restored', user),
    started(id, body, user) {
      write([{ kind: 'color.run.started', subject: id, user, body }])
      tell()
    },
    ended(id, body) {
      write([{ kind: 'color.run.ended', subject: id, user: 'system', body }])
      tell()
    },
    async publishPast(runs, csv) {
      const segment = `${plainName(runs[0]!.id)}-${runs.length}.parquet`
      const { sha256 } = await segments.take(segment, csv)
      write(
        runs.map((run, k) => {
          const day = dateIn(run.at, options.zone())
          const body = bodyOf(run, state.lastNumber + 1 + k, { segment, sha256, day, targets: [] })
          return { kind: 'color.run.published', subject: run.id, user: run.user, body }
        }),
      )
      const ids = runs.map(({ id }) => id)
      await inLine(() => load(ids)).catch(warn)
      tell(ids)
    },
    refill: signal =>
      inLine(async () => {
        problems.length = 0
        return load([...state.published.keys()], signal)
      }),
    problems: () => problems,
    zone: options.zone,
    change: () => changes,
    onChange(hear) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    onAnyChange(hear) {
      anyHearers.add(hear)
      return () => void anyHearers.delete(hear)
    },
    changed() {
      changes += 1
      tell()
    },
    async close() {
      stopState()
      await inLine(async () => undefined)
    },
  }
}

/** Ids come from elsewhere, and a file must not leave its folder. */
const plainName = (id: string) => id.replaceAll(/[^\w-]/g, '_').slice(0, 120)

/** Fails: ROWS_UNFIT naming the first rows that cannot be converted: nothing is dropped in silence. */
function expectFit({ rows, out = [] }: Publication): void {
  const bad = rows.flatMap(row =>
    problemsOfColor(row)
      .filter(({ blocks }) => blocks)
      .map(problem => ({ row, problem })),
  )
  const named = bad.slice(0, NAMED).map(({ row, problem }) => `${row.cusip || row.rowId} ${problem.field} '${problem.found}'`)
  if (bad.length > 0) fail('ROWS_UNFIT', { count: String(new Set(bad.map(({ row }) => row)).size), rows: named.join('; ') })
  const ids = [...rows, ...out.map(({ row }) => row)].map(({ rowId }) => rowId)
  if (new Set(ids).size < ids.length) throw new RangeError('row ids of a publication must be unique')
}

function bodyOf(
  about: PastRun,
  number: number,
  kept: Pick<PublishedBody, 'segment' | 'sha256' | 'day' | 'targets'>,
): PublishedBody {
  const { rows, parents } = about
  // Each tranche has one parent in a run.
  return { ...about, ...kept, number, rows, parents, children: rows - parents, cusips: parents }
}

function entryOf(attempt: RunAttempt | null, run: ColorRun | null): RunEntry {
  const wire = run && { ...run, rules: [...run.rules], uploads: [...run.uploads], targets: [...run.targets] }
  const status = run ? 'published' : (attempt?.ended?.outcome ?? 'running')
  return {
    ...{ id: (attempt ?? run)!.id, at: (attempt ?? run)!.at, user: (attempt ?? run)!.user, status, run: wire },
    trigger: attempt?.trigger ?? (run?.isDemo && run.kind === 'automated' ? 'schedule' : 'person'),
    job: (attempt ?? run)!.job,
    ignoredRules: (attempt ?? run)!.ignoredRules,
    replaceToday: (attempt ?? run)!.replaceToday,
    skippedNext: attempt?.skippedNext ?? false,
    reason: attempt?.ended?.reason ?? null,
  }
}
