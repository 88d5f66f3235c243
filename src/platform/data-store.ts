import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BatchMark, Column, FileFormat, LoadRequest, SegmentFile, Statement, Table, Value } from './data-protocol.ts'
import { createSupervisor, type DataStoreOptions, type StoreState, type Supervisor } from './data-supervisor.ts'

export { QueryCancelled, QueryNotReadOnly, QueryRefused, StoreUnavailable } from './data-errors.ts'
export type { BatchMark, Column, FileFormat, Migration, SegmentFile, Statement, Table, Value } from './data-protocol.ts'
export type { DataPeer, SpawnData } from './data-spawn.ts'
export type { DataStoreOptions, StoreState } from './data-supervisor.ts'

/** How a statement is to be run. */
export interface QueryOptions {
  readonly params?: readonly Value[]
  readonly limit?: number
  readonly signal?: AbortSignal
  /** A person's SQL: one reading statement, without files, with a time limit. */
  readonly untrusted?: boolean
}

/** The market store as the host sees it: DuckDB in a process of its own, spoken to in columns. */
export interface DataStore {
  /** Resolves once the rows are committed; all of them or none. */
  append(
    table: string,
    columns: Readonly<Record<string, Float64Array | readonly (string | number | null)[]>>,
    /** A batch that may come twice: the second time the store passes over it. Numbers of one stream ascend. */
    once?: BatchMark,
  ): Promise<void>
  query(sql: string, options?: QueryOptions): Promise<Table>
  /** All statements or none. */
  transact(statements: readonly Statement[]): Promise<void>
  /** The result of a statement as a file, which is there complete or not at all. */
  copyOut(
    sql: string,
    file: string,
    format: FileFormat,
    options?: { readonly signal?: AbortSignal; readonly untrusted?: boolean },
  ): Promise<{ rows: number }>
  /** Starts a Parquet file that is filled by columns and never changed afterwards. `columns` gives DuckDB's type of each. */
  openSegment(columns: Readonly<Record<string, string>>): Promise<SegmentWriter>
  /** Rows of files into a table, with statements in the same transaction. */
  load(request: LoadRequest, signal?: AbortSignal): Promise<{ rows: number }>
  /** A query over files, in the database that holds nothing else; never with SQL that a person wrote. */
  queryFiles(sql: string, options?: Pick<QueryOptions, 'params' | 'limit' | 'signal'>): Promise<Table>
  /** The result of a query over files as another file, for the use of this host alone. */
  copyFiles(sql: string, file: string, format: FileFormat, signal?: AbortSignal): Promise<void>
  /** Sets the file aside, begins a new one, and says where the old one is. */
  renew(): Promise<{ aside: string | null }>
  /** Shows `rebuilding` instead of `up` until called with false. */
  rebuilding(on: boolean): void
  state(): StoreState
  onState(hear: () => void): () => void
  close(): Promise<void>
}

/** A Parquet file that is being filled; it exists once `finish` has resolved. */
export interface SegmentWriter {
  append(columns: Readonly<Record<string, Column>>): Promise<void>
  /** Sorts, writes and forces the file to disk. */
  finish(file: string, order: string): Promise<SegmentFile>
  discard(): Promise<void>
}

/**
 * Opens the store and resolves once it is up, or once it is known why not: then `state()` says so and every call throws
 * StoreUnavailable. A process that dies is replaced; one that keeps dying is given up with the reason.
 */
export async function openDataStore(options: DataStoreOptions): Promise<DataStore> {
  mkdirSync(dirname(options.file), { recursive: true })
  const supervisor = createSupervisor(options)
  await supervisor.start()
  return storeOn(supervisor, options)
}

function storeOn(supervisor: Supervisor, { untrustedSeconds = 60 }: DataStoreOptions): DataStore {
  const { call } = supervisor
  const terms = (untrusted: boolean | undefined) => ({
    untrusted: untrusted === true,
    seconds: untrusted ? untrustedSeconds : null,
  })
  let segments = 0
  return {
    async append(table, columns, once) {
      await call('append', { table, columns, once: once ?? null })
    },
    query: (sql, { params = [], limit, signal, untrusted } = {}) =>
      call('query', { sql, params, limit: limit ?? null, ...terms(untrusted) }, signal),
    async transact(statements) {
      await call('transact', statements)
    },
    copyOut: (sql, file, format, { signal, untrusted } = {}) =>
      call('copyOut', { sql, file, format, ...terms(untrusted) }, signal),
    async openSegment(columns) {
      const segment = String(++segments)
      await call('segmentOpen', { segment, columns })
      return {
        append: async part => void (await call('segmentAppend', { segment, columns: part })),
        finish: (file, order) => call('segmentClose', { segment, file, order }),
        discard: async () => void (await call('segmentDrop', { segment })),
      }
    },
    load: (request, signal) => call('load', request, signal),
    queryFiles: (sql, { params = [], limit, signal } = {}) => call('fileQuery', { sql, params, limit: limit ?? null }, signal),
    async copyFiles(sql, file, format, signal) {
      await call('fileCopy', { sql, file, format }, signal)
    },
    renew: () => supervisor.renew(),
    rebuilding: on => supervisor.rebuilding(on),
    state: () => supervisor.state(),
    onState: hear => supervisor.onState(hear),
    close: () => supervisor.close(),
  }
}
