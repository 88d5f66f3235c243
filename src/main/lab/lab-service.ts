import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { QueryResult } from '../../contract/lab.ts'
import type { Clock } from '../../platform/clock.ts'
import {
  type DataStore,
  QueryCancelled,
  QueryNotReadOnly,
  QueryRefused,
  StoreUnavailable,
  type Table,
} from '../../platform/data-store.ts'
import { type FileChunk, fileChunks } from '../../platform/file-chunks.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import { type Column, exactSelect, plainRows, quoted, toRows } from './cells.ts'
import { openQueryHistory, type QueryRecord } from './query-history.ts'

interface Parts {
  readonly store: Pick<DataStore, 'query' | 'copyOut'>
  readonly clock: Clock
  readonly log: Log
  /** The workspace folder. */
  readonly folder: string
}

export interface TableInfo {
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly rows: number | null
  readonly comment: string | null
  readonly columns: Column[]
}

/** The SQL console: reads what the market store holds, and nothing else. */
export interface LabService {
  run(o: { query: string; sql: string; limit: number }, signal?: AbortSignal): Promise<QueryResult>
  cancel(query: string): { cancelled: boolean }
  history(): QueryRecord[]
  tables(): Promise<TableInfo[]>
  export(
    o: { query: string; sql: string; format: 'csv' | 'parquet' | 'json' },
    signal?: AbortSignal,
  ): AsyncGenerator<FileChunk, void>
  close(): void
}

export function createLabService({ store, clock, log, folder }: Parts): LabService {
  const history = openQueryHistory(join(folder, 'lab-history.jsonl'))
  const running = createRunning()
  const remember = (one: QueryRecord) => {
    try {
      history.add(one)
    } catch (fault) {
      log.warn('lab.history-unwritten', { reason: String(fault) })
    }
  }
  return {
    async run({ query, sql, limit }, signal) {
      const own = running.enter(query, signal)
      const at = clock.now()
      const started = clock.monotonic()
      const took = () => clock.monotonic() - started
      try {
        const { columns, rows, truncated } = await answer(store, sql, limit, own.signal)
        remember({ at, sql, rows: rows.length, seconds: took(), failed: null })
        return { query, columns, rows, truncated, seconds: took() }
      } catch (fault) {
        remember({ at, sql, rows: 0, seconds: took(), failed: fault instanceof Error ? fault.message : String(fault) })
        throw translated(fault)
      } finally {
        own.leave()
      }
    },
    cancel: query => ({ cancelled: running.cancel(query) }),
    history: () => history.newestFirst(),
    tables: () => describeTables(store).catch(fault => Promise.reject(translated(fault))),
    export: (o, signal) => exportChunks({ store, folder: join(folder, 'uploads'), running }, o, signal),
    close: () => running.cancelAll(),
  }
}

type Running = ReturnType<typeof createRunning>

/** Statements under way by the name their caller gave them; a second one of the same name ends the first. */
function createRunning() {
  const byName = new Map<string, AbortController>()
  return {
    enter(query: string, outer?: AbortSignal) {
      byName.get(query)?.abort()
      const own = new AbortController()
      byName.set(query, own)
      return {
        signal: outer ? AbortSignal.any([outer, own.signal]) : own.signal,
        leave: () => {
          if (byName.get(query) === own) byName.delete(query)
        },
      }
    },
    cancel(query: string): boolean {
      const own = byName.get(query)
      own?.abort()
      return own !== undefined
    },
    cancelAll() {
      for (const own of byName.values()) own.abort()
    },
  }
}

interface Answer {
  readonly columns: Column[]
  readonly rows: (string | number | boolean | null)[][]
  readonly truncated: boolean
}

async function answer(store: Parts['store'], sql: string, limit: number, signal: AbortSignal): Promise<Answer> {
  const statement = sql.trim().replace(/[;\s]+$/, '')
  const columns = await columnsOf(store, statement, signal)
  if (columns === null) {
    const table = await store.query(sql, { limit, signal, untrusted: true })
    return { columns: columnsFrom(table), rows: plainRows(table), truncated: table.truncated }
  }
  const table = await store.query(exactSelect(statement, columns), { limit, signal, untrusted: true })
  return { columns, rows: toRows(table, columns), truncated: table.truncated }
}

function columnsFrom(table: Table): Column[] {
  return table.names.map((name, k) => ({ name, type: table.types[k] ?? '' }))
}

/**
 * Names and types of a statement's result, or null where it is not one that can stand in a FROM.
 *
 * Whatever is wrong with a statement is left for the statement itself to say, so that line and position are the person's own.
 */
async function columnsOf(store: Parts['store'], statement: string, signal: AbortSignal): Promise<Column[] | null> {
  if (!/^\s*(\(|with\b|select\b|from\b|values\b|table\b)/i.test(withoutComments(statement))) return null
  try {
    const described = await store.query(`DESCRIBE SELECT * FROM (\n${statement}\n)`, { signal, untrusted: true })
    const [names, types] = described.columns
    // A result of no columns, or two of one name, which a subquery renames, still has its own names below.
    return Array.from({ length: described.rows }, (_, k) => ({ name: String(names?.[k]), type: String(types?.[k]) }))
  } catch (fault) {
    if (fault instanceof QueryRefused || fault instanceof QueryNotReadOnly) return null
    throw fault
  }
}

function withoutComments(sql: string): string {
  return sql.replace(/^(\s+|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '')
}

async function describeTables(store: Parts['store']): Promise<TableInfo[]> {
  const listed = await store.query(
    `SELECT table_name, 'table' AS kind, comment FROM duckdb_tables() WHERE NOT internal
     UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal ORDER BY 2, 1`,
  )
  const columns = await store.query(
    'SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index',
  )
  const cell = (table: Table, column: number, row: number) => String(table.columns[column]?.[row] ?? '')
  const counts = await countRows(store, listed)
  return Array.from({ length: listed.rows }, (_, row) => {
    const name = cell(listed, 0, row)
    const own = Array.from({ length: columns.rows }, (_, k) => k).filter(k => cell(columns, 0, k) === name)
    return {
      name,
      kind: cell(listed, 1, row) === 'view' ? 'view' : 'table',
      rows: counts.get(name) ?? null,
      comment: cell(listed, 2, row) || null,
      columns: own.map(k => ({ name: cell(columns, 1, k), type: cell(columns, 2, k) })),
    }
  })
}

/** Exact counts of the tables; of a view it might cost a scan, so it has none. */
async function countRows(store: Parts['store'], listed: Table): Promise<Map<string, number>> {
  const tables = Array.from({ length: listed.rows }, (_, row) => row)
    .filter(row => listed.columns[1]?.[row] === 'table')
    .map(row => String(listed.columns[0]?.[row]))
  if (tables.length === 0) return new Map()
  const each = tables.map((name, k) => `SELECT ${k} AS k, count(*) AS n FROM ${quoted(name)}`)
  const counted = await store.query(`${each.join(' UNION ALL ')} ORDER BY k`)
  return new Map(tables.map((name, k) => [name, Number(counted.columns[1]?.[k])]))
}

async function* exportChunks(
  { store, folder, running }: { store: Parts['store']; folder: string; running: Running },
  { query, sql, format }: { query: string; sql: string; format: 'csv' | 'parquet' | 'json' },
  signal?: AbortSignal,
): AsyncGenerator<FileChunk, void> {
  const own = running.enter(query, signal)
  const file = join(folder, `export-${randomUUID()}.${format}`)
  try {
    await mkdir(folder, { recursive: true })
    const { rows } = await store.copyOut(sql.trim().replace(/[;\s]+$/, ''), file, format, { signal: own.signal, untrusted: true })
    yield* fileChunks(file, rows, own.signal)
  } catch (fault) {
    throw translated(fault)
  } finally {
    own.leave()
    await rm(file, { force: true })
  }
}

/** The store's own faults as the failures that the contract declares. */
function translated(fault: unknown): unknown {
  if (fault instanceof QueryRefused) return caught(() => fail('QUERY_FAILED', { reason: fault.reason, line: fault.line ?? null }))
  if (fault instanceof QueryNotReadOnly) return caught(() => fail('QUERY_NOT_READ_ONLY', { statement: fault.statement }))
  if (fault instanceof StoreUnavailable) return caught(() => fail('STORE_UNAVAILABLE', { reason: fault.reason }))
  const aborted = fault instanceof Error && fault.name === 'AbortError'
  if (fault instanceof QueryCancelled || aborted) return caught(() => fail('QUERY_CANCELLED', {}))
  return fault
}

function caught(run: () => never): unknown {
  try {
    return run()
  } catch (failure) {
    return failure
  }
}
