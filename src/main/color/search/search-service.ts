import { join } from 'node:path'
import type { ColorAnswer, ColorQuery, FoundColor, SavedSearch } from '../../../contract/color-search.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { DataStore, Table } from '../../../platform/data-store.ts'
import type { FileChunk } from '../../../platform/file-chunks.ts'
import type { Log } from '../../../platform/log.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import type { User } from '../../user.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { CELLS_SQL, cellsOf, sortedSql } from '../engine/color-sql.ts'
import type { RunsService } from '../runs/runs-service.ts'
import { type FoundFormat, foundFile } from './found-file.ts'
import { openSearchHistory, type SearchRecord } from './search-history.ts'
import { type Where, whereOf } from './search-where.ts'
import { readTranches, type Suggestion, type Tranches } from './tranches.ts'

export interface SearchRequest {
  readonly query: ColorQuery
  readonly sort: { readonly field: string; readonly order: 'rising' | 'falling' } | null
  readonly offset: number
  readonly limit: number
}

export interface Facets {
  readonly facets: { column: 'SOURCE' | 'SECTOR' | 'BIAS' | 'ASSET_CLASS'; values: { value: string; rows: number }[] }[]
  readonly from: string | null
  readonly to: string | null
  readonly rows: number
  readonly isDemo: boolean
}

/** Colors of every run whose output stands, found by who asks for what he may see. */
export interface SearchService {
  /** Fails: CONFIG_INVALID. */
  find(request: SearchRequest, user: User, signal?: AbortSignal): Promise<ColorAnswer>
  suggest(text: string): Promise<readonly Suggestion[]>
  /** Fails: CONFIG_INVALID, SEARCH_TOO_LONG. */
  export(query: ColorQuery, format: FoundFormat, user: User, signal?: AbortSignal): AsyncGenerator<FileChunk, void, undefined>
  facets(user: User): Promise<Facets>
  /** What a query means as SQL, for others that ask about the same rows. */
  where(query: ColorQuery, user: User): Promise<Where>
  saved(user: User): { saved: SavedSearch[]; history: SearchRecord[] }
  save(search: SavedSearch, user: User): SavedSearch
  remove(id: string, user: User): void
}

interface Parts {
  readonly store: Pick<DataStore, 'query'>
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly runs: Pick<RunsService, 'list' | 'change'>
  readonly config: ConfigBook
  /** The workspace folder. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  /** Has something to show before it is first looked at. */
  readonly ready: () => Promise<void>
}

const FOUND_SQL = `run, run_number, processed_at, processing_type, row_id, is_parent, parent_row_id, children_count, is_demo, ${CELLS_SQL}`
const NEWEST = 'run_number desc, place'
const FACETS = [
  ['SOURCE', 'source'],
  ['SECTOR', 'sector'],
  ['BIAS', 'bias'],
  ['ASSET_CLASS', 'asset_class'],
] as const

export function createSearchService({ store, pool, runs, config, folder, clock, log, ready }: Parts): SearchService {
  const history = openSearchHistory(join(folder, 'color', 'searches.jsonl'))
  let known: { readonly change: number; readonly tranches: Promise<Tranches> } | null = null
  const tranches = (): Promise<Tranches> => {
    const change = runs.change()
    if (known?.change !== change) {
      const read = readTranches(store)
      known = { change, tranches: read }
      // What failed is not remembered: the store may be back at the next question.
      read.catch(() => {
        known = null
      })
    }
    return known.tranches
  }
  const where = async (query: ColorQuery, user: User) => {
    await ready()
    const gone = runs.list().flatMap(run => (run.deleted ? [run.number] : []))
    return whereOf(query, { tranches: await tranches(), gone, classes: user.assetClasses ?? null })
  }
  const remember = (one: SearchRecord) => {
    try {
      history.add(one)
    } catch (fault) {
      log.warn('color.search-history-unwritten', { reason: String(fault) })
    }
  }
  return {
    where,
    async find({ query, sort, offset, limit }, user, signal) {
      const started = clock.monotonic()
      const wanted = await where(query, user)
      const answer = await found(store, wanted, { order: orderOf(sort), offset, limit }, signal)
      const isAsked = query.text.trim() !== '' || query.when !== null || query.cusips.length > 0
      if (offset === 0 && isAsked) remember({ at: clock.now(), user: user.name, query, total: answer.total })
      return { ...answer, readings: [...wanted.readings], seconds: clock.monotonic() - started }
    },
    async *export(query, format, user, signal) {
      yield* foundFile({ store, pool, folder }, await where(query, user), format, signal)
    },
    async suggest(text) {
      await ready()
      return (await tranches()).suggest(text, 20)
    },
    async facets(user) {
      const { sql, params } = await where(EVERYTHING, user)
      const counts = FACETS.map(([column, name]) =>
        store
          .query(
            `select ${name}, count(*) as n from color_rows where ${sql} and ${name} is not null group by 1 order by n desc, 1 limit 500`,
            { params },
          )
          .then(table => ({
            column,
            values: Array.from({ length: table.rows }, (_, k) => ({
              value: String(table.columns[0]?.[k]),
              rows: Number(table.columns[1]?.[k]),
            })),
          })),
      )
      const bounds = store.query(
        `select cast(min(day) as varchar), cast(max(day) as varchar), count(*), coalesce(bool_or(is_demo), false) from color_rows where ${sql}`,
        { params },
      )
      const [facets, { columns }] = await Promise.all([Promise.all(counts), bounds])
      return {
        facets,
        from: (columns[0]?.[0] as string | null) ?? null,
        to: (columns[1]?.[0] as string | null) ?? null,
        rows: Number(columns[2]?.[0]),
        isDemo: columns[3]?.[0] === true,
      }
    },
    saved: user => ({
      saved: config.list('searches').map(({ id, name, revision, value }) => ({ id, name, revision, query: value.query })),
      history: [...history.newestFirst(user.name)],
    }),
    save({ id, name, revision, query }, user) {
      const [kept] = config.save('searches', [{ id, name, revision, value: { query } }], user.name)
      return { id: kept!.id, name: kept!.name, revision: kept!.revision, query: kept!.value.query }
    },
    remove: (id, user) => config.remove('searches', [id], user.name),
  }
}

const EVERYTHING: ColorQuery = {
  ...{ text: '', cusips: [], sources: [], sectors: [], biases: [], assetClasses: [], processing: 'any' },
  ...{ from: null, to: null, priceFrom: null, priceTo: null, when: null, parentsOnly: false, hierarchy: false },
}

function orderOf(sort: SearchRequest['sort']): string {
  if (!sort) return NEWEST
  const column = sortedSql(sort.field) ?? fail('CONFIG_INVALID', { reason: `there is no column ${sort.field}` })
  return `${column} ${sort.order === 'rising' ? 'asc' : 'desc'} nulls last, ${NEWEST}`
}

interface Page {
  readonly order: string
  readonly offset: number
  readonly limit: number
}

/**
 * The rows of a page, in two steps: which rows they are out of the few columns that say so, and then all columns of those alone.
 *
 * Between the runs of the page lie all of its rows, so that the second step passes over the rest of the table.
 */
async function found(
  store: Pick<DataStore, 'query'>,
  { sql, params }: Where,
  { order, offset, limit }: Page,
  signal: AbortSignal | undefined,
): Promise<Omit<ColorAnswer, 'readings' | 'seconds'>> {
  const asked = { params, ...(signal ? { signal } : {}) }
  const [counted, places] = await Promise.all([
    store.query(`select count(*), count(distinct cusip) from color_rows where ${sql}`, asked),
    store.query(`select run_number, place from color_rows where ${sql} order by ${order} limit ${limit} offset ${offset}`, asked),
  ])
  const numbers = Array.from({ length: places.rows }, (_, k) => Number(places.columns[0]?.[k]))
  const total = Number(counted.columns[0]?.[0])
  if (numbers.length === 0) return { rows: [], total, cusips: Number(counted.columns[1]?.[0]) }
  const pairs = numbers.map((run, k) => `${run}.${places.columns[1]?.[k]}`).join(' ')
  const table = await store.query(
    `select ${FOUND_SQL}, run_number || '.' || place as pair from color_rows
     where run_number between ${Math.min(...numbers)} and ${Math.max(...numbers)} and ${sql}
       and run_number || '.' || place in (select unnest(string_split(?, ' ')))`,
    { ...asked, params: [...params, pairs] },
  )
  const byPair = new Map(Array.from({ length: table.rows }, (_, k) => [String(table.columns.at(-1)?.[k]), k]))
  const rows = pairs.split(' ').flatMap(pair => {
    const at = byPair.get(pair)
    return at === undefined ? [] : [foundColor(table, at)]
  })
  return { rows, total, cusips: Number(counted.columns[1]?.[0]) }
}

function foundColor({ columns, names }: Table, row: number): FoundColor {
  const cell = (name: string) => columns[names.indexOf(name)]?.[row]
  return {
    run: String(cell('run')),
    runNumber: Number(cell('run_number')),
    processedAt: Number(cell('processed_at')),
    processing: cell('processing_type') === 'AUTOMATED' ? 'AUTOMATED' : 'MANUAL',
    rowId: String(cell('row_id')),
    isParent: cell('is_parent') === true,
    parentRowId: (cell('parent_row_id') as string | null) ?? null,
    childrenCount: Number(cell('children_count')),
    isDemo: cell('is_demo') === true,
    cells: cellsOf(columns, names, row),
  }
}
