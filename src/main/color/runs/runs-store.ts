import { dayOfDate } from '../../../core/kit/calendar.ts'
import type { IsoDate } from '../../../core/kit/time.ts'
import { MICROS_PER_DAY } from '../../../core/kit/time.ts'
import type { DataStore, Statement, Value } from '../../../platform/data-store.ts'
import type { ColorRun } from './color-runs.ts'
import type { StoredRun } from './runs-fold.ts'
import { rowsOfSegment } from './runs-segment.ts'

/** The only SQL that writes runs of the color desk. */
export interface RunsStore {
  /** Runs that the store has, and whether it shows their output. */
  held(): Promise<ReadonlyMap<string, { readonly isDeleted: boolean }>>
  /** Rows of one file and what their runs were, in one transaction; what an earlier try left is taken out first. Gives the rows. */
  load(runs: readonly StoredRun[], file: string, signal?: AbortSignal): Promise<number>
  drop(runs: readonly string[]): Promise<void>
  /** Whether the output of each stands. */
  mark(runs: readonly ColorRun[]): Promise<void>
}

const COLUMNS = [
  ...['run', 'run_number', 'kind', 'day', 'processed_at', 'seconds', 'user_name', 'job', 'job_name', 'session', 'direction'],
  ...['received', 'quarantined', 'repeats', 'excluded', 'row_count', 'parents', 'children', 'cusips', 'ignored_rules'],
  ...['replaced_today', 'is_demo', 'sha256', 'deleted_at', 'deleted_by'],
]
const AS: Readonly<Record<string, string>> = {
  day: 'make_timestamp(?::bigint)::date',
  processed_at: 'make_timestamp(?::bigint)',
  deleted_at: 'make_timestamp(?::bigint)',
}

function insertOf(run: ColorRun): Statement {
  const params: readonly Value[] = [
    ...[run.id, run.number, run.kind, dayOfDate(run.day as IsoDate) * MICROS_PER_DAY, run.at, run.seconds, run.user],
    ...[run.job?.id ?? null, run.job?.name ?? null, run.session, run.direction, run.received, run.quarantined, run.repeats],
    ...[run.excluded, run.rows, run.parents, run.children, run.cusips, run.ignoredRules, run.replaceToday, run.isDemo],
    ...[run.sha256, run.deleted?.at ?? null, run.deleted?.user ?? null],
  ]
  return { sql: `insert into color_runs values (${COLUMNS.map(name => AS[name] ?? '?').join(', ')})`, params }
}

const dropOf = (ids: readonly string[]): Statement[] =>
  ['color_runs', 'color_rows'].map(table => ({
    sql: `delete from ${table} where run in (${ids.map(() => '?').join(', ')})`,
    params: ids,
  }))

export function createRunsStore(store: DataStore): RunsStore {
  return {
    async held() {
      const { columns } = await store.query('select run, deleted_at is not null from color_runs')
      const [ids, deleted] = columns as readonly [readonly string[], readonly boolean[]]
      return new Map(ids.map((id, k) => [id, { isDeleted: deleted[k] === true }]))
    },
    async load(runs, file, signal) {
      const after = runs.map(({ run }) => insertOf(run))
      const before = dropOf(runs.map(({ run }) => run.id))
      const { rows } = await store.load({ table: 'color_rows', sql: rowsOfSegment(file, runs), before, after }, signal)
      return rows
    },
    drop: async ids => {
      if (ids.length > 0) await store.transact(dropOf(ids))
    },
    async mark(runs) {
      const sql = 'update color_runs set deleted_at = make_timestamp(?::bigint), deleted_by = ? where run = ?'
      if (runs.length > 0)
        await store.transact(runs.map(({ id, deleted }) => ({ sql, params: [deleted?.at ?? null, deleted?.user ?? null, id] })))
    },
  }
}
