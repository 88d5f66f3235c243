import type { BoardData, BoardWidget } from '../../../contract/color-board.ts'
import type { ColorQuery } from '../../../contract/color-search.ts'
import type { DataStore, Table } from '../../../platform/data-store.ts'
import type { User } from '../../user.ts'
import type { ColorRun } from '../runs/color-runs.ts'
import type { SearchService } from '../search/search-service.ts'
import { BOARD_SQL } from './board-sql.ts'

export interface BoardRequest {
  readonly query: ColorQuery
  readonly parts: readonly BoardWidget[]
  readonly staleDays: number
}

/** What the dashboard of the color desk draws, out of the rows that a search would find. */
export interface BoardService {
  /** Fails: CONFIG_INVALID. */
  data(request: BoardRequest, user: User, signal?: AbortSignal): Promise<Partial<BoardData>>
}

interface Parts {
  readonly store: Pick<DataStore, 'query'>
  readonly search: Pick<SearchService, 'where'>
  /** Newest first. */
  readonly runs: () => readonly ColorRun[]
}

/** Runs whose times are drawn. */
const RUNS_DRAWN = 200

export function createBoardService({ store, search, runs }: Parts): BoardService {
  return {
    async data({ query, parts, staleDays }, user, signal) {
      const { sql, params } = await search.where(query, user)
      const ask = (statement: string) => store.query(statement, { params, ...(signal ? { signal } : {}) })
      const read = async (part: BoardWidget): Promise<unknown> => {
        if (part === 'runTimes') return runTimes(runs())
        if (part === 'summary') return summaryOf(await ask(summarySql(sql)), runs())
        return objectsOf(await ask(BOARD_SQL[part](sql, staleDays)))
      }
      const wanted = [...new Set(parts)]
      const answers = await Promise.all(wanted.map(read))
      return Object.fromEntries(wanted.map((part, k) => [part, answers[k]])) as Partial<BoardData>
    },
  }
}

/** Rows of an answer by the names of its columns; a missing number is null. */
function objectsOf({ names, columns, rows }: Table): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      names.map((name, k) => {
        const value = columns[k]?.[row] ?? null
        return [name, typeof value === 'number' && Number.isNaN(value) ? null : value]
      }),
    ),
  )
}

const summarySql = (where: string) => `with hits as (select cusip, day, run_number, is_demo from color_rows where ${where}),
  days as (select day, count(*) as n, count(distinct cusip) as tranches, row_number() over (order by day desc) as k
    from hits where day is not null group by day)
  select count(*), count(distinct cusip), count(distinct run_number), cast(min(day) as varchar), cast(max(day) as varchar),
    coalesce(bool_or(is_demo), false), (select n from days where k = 1), (select tranches from days where k = 1),
    (select cast(day as varchar) from days where k = 2), (select n from days where k = 2), (select tranches from days where k = 2)
  from hits`

function summaryOf({ columns }: Table, runs: readonly ColorRun[]): BoardData['summary'] {
  const cell = (k: number) => columns[k]?.[0] ?? null
  const day = (at: unknown, rows: unknown, cusips: unknown) =>
    typeof at === 'string' ? { day: at, rows: Number(rows), cusips: Number(cusips) } : null
  const last = runs.find(run => !run.deleted)
  return {
    ...{ rows: Number(cell(0)), cusips: Number(cell(1)), runs: Number(cell(2)) },
    ...{ from: cell(3) as string | null, to: cell(4) as string | null, isDemo: cell(5) === true && Number(cell(0)) > 0 },
    newest: day(cell(4), cell(6), cell(7)),
    before: day(cell(8), cell(9), cell(10)),
    lastRun: last ? { number: last.number, at: last.at, rows: last.rows } : null,
  }
}

function runTimes(runs: readonly ColorRun[]): BoardData['runTimes'] {
  return runs
    .slice(0, RUNS_DRAWN)
    .map(({ number, at, seconds, rows, kind }) => ({ run: number, at, seconds, rows, kind }))
    .reverse()
}
