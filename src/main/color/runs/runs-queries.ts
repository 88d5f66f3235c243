import type { RunDiff, RunRowsQuery } from '../../../contract/color-runs.ts'
import { COLOR_COLUMNS, COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { distance } from '../../../core/color/color-row.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import { type CusipChange, diffRuns } from '../../../core/color/run-diff.ts'
import { fieldOf } from '../../../core/rules/evaluate.ts'
import { conditionSql, normalSql } from '../../../core/rules/to-sql.ts'
import type { DataStore, Value } from '../../../platform/data-store.ts'
import { fail } from '../../fail.ts'
import { CELLS_SQL, comparedSql, writtenSql } from '../engine/color-sql.ts'
import type { ColorRun } from './color-runs.ts'

/** A window of the output of a run. */
export interface RunRows {
  readonly total: number
  readonly parents: number
  readonly rows: {
    rowId: string
    cells: Record<string, string | null>
    parentRowId: string | null
    childrenCount: number
  }[]
}

export interface RunsQueries {
  /** Fails: CONFIG_INVALID for a filter that cannot be used. */
  window(run: ColorRun, query: RunRowsQuery, assetClasses: readonly string[] | null): Promise<RunRows>
}

/** Changes that an answer lists. */
const LISTED = 500

/** The rows of a run that meet a query, groups whole: a group is shown where one of its rows is met. */
function whereOf(query: RunRowsQuery): { readonly sql: string; readonly params: readonly Value[] } {
  const parts: string[] = []
  const params: Value[] = []
  if (query.text.trim() !== '') {
    parts.push(`contains(lower(concat_ws(chr(31), ${COLOR_FIELDS.map(writtenSql).join(', ')})), lower(?))`)
    params.push(query.text.trim())
  }
  if (query.when)
    try {
      parts.push(conditionSql(query.when, COLOR_FIELDS, comparedSql))
    } catch (fault) {
      fail('CONFIG_INVALID', { reason: (fault as RangeError).message })
    }
  if (parts.length === 0) return { sql: '', params }
  return { sql: `and cusip in (select cusip from one where ${parts.join(' and ')})`, params }
}

/** Rows of asset classes that somebody may see; of one that names none only who may see all. */
function entitledSql(assetClasses: readonly string[] | null): { readonly sql: string; readonly params: readonly Value[] } {
  if (assetClasses === null) return { sql: 'true', params: [] }
  const own = assetClasses.map(() => normalSql('cast(? as varchar)')).join(', ')
  return { sql: assetClasses.length === 0 ? 'false' : `${normalSql('asset_class')} in (${own})`, params: assetClasses }
}

/** What groups are sorted by: the value of their parent, which is the first of each. */
function orderOf({ sort }: RunRowsQuery): { readonly key: string; readonly order: string } {
  const field = sort && fieldOf(COLOR_FIELDS, sort.field)
  if (!field) return { key: 'null', order: 'place' }
  const way = sort!.order === 'falling' ? 'desc' : 'asc'
  return { key: comparedSql(field), order: `sort_key ${way} nulls last, group_place, place` }
}

export function createRunsQueries(store: DataStore): RunsQueries {
  return {
    async window(run, query, assetClasses) {
      const where = whereOf(query)
      const own = entitledSql(assetClasses)
      const { key, order } = orderOf(query)
      const { opened } = query
      const shown = opened === 'all' ? 'true' : `is_parent or parent_row_id in (${opened.map(() => '?').join(', ') || "''"})`
      const found = await store.query(
        `with one as (select * from color_rows where run_number = ${run.number} and excluded_by is null and ${own.sql}),
           keyed as (select *, first_value(${key}) over (partition by cusip order by place) as sort_key,
             min(place) over (partition by cusip) as group_place from one where true ${where.sql}),
           met as (select *, row_number() over (order by ${order}) as turn from keyed)
         select row_id, parent_row_id, children_count, ${CELLS_SQL}, count(*) over () as total,
           (select count(*) from met where is_parent) as parents
         from met where ${shown} order by turn limit ${query.limit} offset ${query.offset}`,
        { params: [...own.params, ...where.params, ...(opened === 'all' ? [] : opened)] },
      )
      const [ids, parentIds, children, ...rest] = found.columns
      const business = rest.slice(0, COLOR_COLUMNS.length)
      const [total, parents] = rest.slice(COLOR_COLUMNS.length) as readonly Float64Array[]
      return {
        total: total?.[0] ?? 0,
        parents: parents?.[0] ?? 0,
        rows: Array.from({ length: found.rows }, (_, at) => ({
          rowId: ids![at] as string,
          cells: Object.fromEntries(COLOR_COLUMNS.map(({ name }, k) => [name, business[k]![at] as string | null])),
          parentRowId: parentIds![at] as string | null,
          childrenCount: children![at] as number,
        })),
      }
    },
  }
}

/** What became of each tranche between two runs, the widest moves of price first. */
export function diffOf(after: RunSide, before: RunSide | null): RunDiff {
  const wire = ({ run }: RunSide) => ({ ...run, rules: [...run.rules], uploads: [...run.uploads], targets: [...run.targets] })
  const found = diffRuns(before?.rows ?? [], after.rows)
  const changes = found.map(({ cusip, kind, parts, before: was, after: is }) => ({
    ...{ cusip, kind, parts: [...parts], ticker: (is ?? was)!.row.ticker, sector: (is ?? was)!.row.sector },
    ...{ before: was && sideOf(was), after: is && sideOf(is), move: distance(is?.row.px ?? null, was?.row.px ?? null).priceDiff },
  }))
  const count = (meets: (change: (typeof changes)[number]) => boolean) => changes.filter(meets).length
  const size = ({ move }: (typeof changes)[number]) => Math.abs(Number(move ?? 0))
  const about = { run: wire(after), other: before && wire(before) }
  if (!before) return { ...about, added: 0, removed: 0, changed: 0, otherPrice: 0, changes: [] }
  return {
    ...about,
    added: count(({ kind }) => kind === 'added'),
    removed: count(({ kind }) => kind === 'removed'),
    changed: count(({ kind }) => kind === 'changed'),
    otherPrice: count(({ parts }) => parts.includes('PX')),
    changes: changes.sort((a, b) => size(b) - size(a) || (a.cusip < b.cusip ? -1 : 1)).slice(0, LISTED),
  }
}

/** A run and its output. */
interface RunSide {
  readonly run: ColorRun
  readonly rows: readonly PlacedColor[]
}

function sideOf({ row, children }: NonNullable<CusipChange['after']>) {
  return { source: row.source, bias: row.bias, px: row.px, day: row.date, children }
}
