import type { DryRun } from '../../../contract/color-rules.ts'
import { dateOfDay, dayIn } from '../../../core/kit/calendar.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'
import { inOrder, type Rule } from '../../../core/rules/condition.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { DataStore, Table } from '../../../platform/data-store.ts'
import { CELLS_SQL, cellsOf } from './color-sql.ts'
import { orderSql } from './place-query.ts'
import { planRules } from './rules-plan.ts'

/** What is to be compared, and over how many days up to today. */
export interface DryRunQuestion {
  /** In place of those in force; they need not be saved. */
  readonly rules: readonly Rule[]
  readonly inForce: readonly Rule[]
  readonly days: number
  readonly now: EpochMicros
}

/** Compares rules over the rows that runs received, also those that rules took out then. Fails: RangeError for a rule that cannot be used. */
export type ColorDryRun = (question: DryRunQuestion, signal?: AbortSignal) => Promise<DryRun>

const MOST_SAMPLES = 200

/** The rows that count: of runs whose output stands, with the direction that their run recorded. */
function scopeSql(columns: readonly string[]): string {
  const needed = new Set(['day', 'sector', 'cusip', ...columns])
  return `scope as not materialized (
    select r.rowid as id, r.run_number as part, ${[...needed].map(column => `r.${column}`).join(', ')}
    from color_rows r where r.day >= ?::date and r.run in (select run from color_runs where deleted_at is null))`
}

function questionSql({ rules, inForce }: DryRunQuestion): string {
  const plan = planRules([...rules, ...inForce].map(({ when }) => when))
  const active = inOrder(rules.filter(rule => rule.active))
  // Only rows that some rule takes out: the others meet none. A count_if costs half of a count behind a filter, and is
  // null of no rows.
  const hits = active.map(({ when }) => `coalesce(count_if(${plan.metSql(when)}), 0)`)
  const parentsOf = (side: string) => `parents_${side} as (
    select part, cusip, id from touched_rows where ${side}_rule is null
    qualify row_number() over (partition by part, cusip order by px is null, ${orderSql({ sql: 'direction' })}) = 1)`
  return `with ${[scopeSql(plan.columns), ...plan.dictionaries].join(',\n')},
  judged as materialized (select *, ${plan.excludedSql(rules)} as then_rule, ${plan.excludedSql(inForce)} as now_rule
    from (select scope.id, scope.part, scope.day, scope.sector, scope.cusip${plan.answers.map(answer => `, ${answer}`).join('')}
      from scope ${plan.joins})),
  counted as (select id, part, day, sector, cusip, now_rule, then_rule, now_rule is null and then_rule is not null as is_removed,
    now_rule is not null and then_rule is null as is_added from judged),
  touched as (select part, cusip from counted where is_removed or is_added group by all),
  touched_rows as materialized (select j.id, j.part, j.cusip, j.now_rule, j.then_rule, r.day, r.rank, r.px, r.bias, r.received_day,
      r.confidence, r.receipt_order, r.row_id, d.direction
    from judged j join touched t on j.part = t.part and j.cusip = t.cusip join color_rows r on r.rowid = j.id
    join color_runs d on d.run = r.run),
  ${parentsOf('now')}, ${parentsOf('then')},
  tranches as (select count(*) filter (where n.id <> t.id) as changed, count(*) filter (where t.id is null) as lost,
    count(*) filter (where n.id is null) as gained
    from parents_now n full join parents_then t on n.part = t.part and n.cusip = t.cusip)
  select 'rows' as what, null as key, count(*) as a, count(now_rule) as b, count(then_rule) as c,
    coalesce(count_if(is_removed), 0) as d, coalesce(count_if(is_added), 0) as e from counted
  union all select 'tranches', null, changed, lost, gained, (select count(*) from (select distinct part, cusip from judged)), 0 from tranches
  union all select 'day', day::varchar, count(*), count_if(is_removed), count_if(is_added), 0, 0 from counted group by day
  union all select 'sector', sector, count(*), count_if(is_removed), count_if(is_added), 0, 0 from counted group by sector
  union all select 'credited', null, then_rule, count(*), 0, 0, 0 from counted where then_rule is not null group by then_rule
  ${hits.length === 0 ? '' : `union all select 'hits', null, unnest(range(${hits.length})), unnest([${hits.join(', ')}]), 0, 0, 0 from judged where then_rule is not null`}
  union all (select 'removed', null, id, then_rule, 0, 0, 0 from counted where is_removed order by day desc, part desc, id limit ${MOST_SAMPLES})
  union all (select 'added', null, id, now_rule, 0, 0, 0 from counted where is_added order by day desc, part desc, id limit ${MOST_SAMPLES})`
}

interface Line {
  readonly key: string | null
  readonly numbers: readonly number[]
}

function linesOf({ columns, rows }: Table): (what: string) => Line[] {
  const byWhat = new Map<string, Line[]>()
  for (let row = 0; row < rows; row++) {
    const what = columns[0]![row] as string
    const lines = byWhat.get(what) ?? []
    byWhat.set(what, lines)
    lines.push({ key: columns[1]![row] as string | null, numbers: columns.slice(2).map(column => column[row] as number) })
  }
  return what => byWhat.get(what) ?? []
}

/** Compares rules by one query in the store; a signal ends it there. */
export function createColorDryRun(store: Pick<DataStore, 'query'>, clock: Pick<Clock, 'monotonic'>): ColorDryRun {
  const samplesOf = async (lines: readonly Line[], rules: readonly Rule[], signal?: AbortSignal) => {
    if (lines.length === 0) return []
    const ids = lines.map(({ numbers }) => numbers[0]!)
    const sql = `select rowid as id, run, row_id, ${CELLS_SQL} from color_rows where rowid in (${ids.join(', ')})`
    const { columns, names, rows } = await store.query(sql, signal ? { signal } : {})
    const at = new Map(Array.from({ length: rows }, (_, row) => [columns[0]![row] as number, row]))
    const active = inOrder(rules.filter(rule => rule.active))
    return lines.flatMap(({ numbers: [id, rule] }) => {
      const row = at.get(id!)
      if (row === undefined) return []
      const place = { run: columns[1]![row] as string, rowId: columns[2]![row] as string }
      return [{ ...place, rule: active[rule!]?.id ?? null, cells: cellsOf(columns, names, row) }]
    })
  }
  return async (question, signal) => {
    const started = clock.monotonic()
    const today = dayIn(question.now, 'UTC')
    const from = dateOfDay(today - question.days + 1)
    const table = await store.query(questionSql(question), { params: [from], ...(signal ? { signal } : {}) })
    const lines = linesOf(table)
    const newest = lines('day').reduce((last, { key }) => (key !== null && key > last ? key : last), '')
    // East of here it may be tomorrow already.
    const to = newest > dateOfDay(today) ? newest : dateOfDay(today)
    const [rows = 0, excludedNow = 0, excludedThen = 0, removed = 0, added = 0] = lines('rows')[0]?.numbers ?? []
    const [parentsChanged = 0, cusipsLost = 0, cusipsGained = 0, cusips = 0] = lines('tranches')[0]?.numbers ?? []
    const count = (what: string) => new Map(lines(what).map(({ numbers: [rule, n] }) => [rule!, n!]))
    const [hits, credited] = [count('hits'), count('credited')]
    const changes = ({ numbers: [all = 0, out = 0, back = 0] }: Line) => ({ rows: all, removed: out, added: back })
    const samplesRemoved = await samplesOf(lines('removed'), question.rules, signal)
    const samplesAdded = await samplesOf(lines('added'), question.inForce, signal)
    return {
      ...{ from, to, rows, cusips, excludedNow, excludedThen, removed, added, parentsChanged, cusipsLost, cusipsGained },
      byRule: inOrder(question.rules.filter(rule => rule.active)).map(({ id, name }, at) => ({
        ...{ rule: id, name },
        ...{ hits: hits.get(at) ?? 0, credited: credited.get(at) ?? 0 },
      })),
      byDay: lines('day')
        .map(line => ({ day: line.key ?? '', ...changes(line) }))
        .sort((a, b) => (a.day < b.day ? -1 : 1)),
      bySector: lines('sector')
        .map(line => ({ sector: line.key ?? '', ...changes(line) }))
        .sort((a, b) => b.removed + b.added - a.removed - a.added || b.rows - a.rows || (a.sector < b.sector ? -1 : 1)),
      samplesRemoved,
      samplesAdded,
      seconds: clock.monotonic() - started,
    }
  }
}
