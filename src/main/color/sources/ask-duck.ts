import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { SourceQuery } from '../../../contract/color-sources.ts'
import { type DataStore, QueryCancelled, type Table } from '../../../platform/data-store.ts'
import { failure } from '../../fail.ts'
import { type AskedRows, type AskPlace, type AskTerms, askFailure, plainQuery } from './asked-rows.ts'

export interface DuckParts {
  readonly store: Pick<DataStore, 'query'>
  /** Opens a database file in a process of its own. */
  readonly openStore: (file: string) => Promise<DataStore>
  /** Folder for copies; emptied with every start. */
  readonly scratch: string
}

async function ask(store: Pick<DataStore, 'query'>, query: SourceQuery, { most, signal }: AskTerms): Promise<AskedRows> {
  const limit = AbortSignal.timeout(query.seconds * 1000)
  try {
    // In a person's statement there are no files, no settings and no writing; that is for the store to see to.
    const table = await store.query(`select cast(columns(*) as varchar) from (${plainQuery(query.sql)}\n) as query`, {
      ...{ untrusted: true, limit: most + 1, signal: AbortSignal.any([signal, limit]) },
    })
    return { header: table.names, rows: rowsOf(table) }
  } catch (fault) {
    if (fault instanceof QueryCancelled && limit.aborted && !signal.aborted) throw askFailure(new Error('timeout'), query, signal)
    throw askFailure(fault, query, signal)
  }
}

function rowsOf({ columns, rows }: Table): AskedRows['rows'] {
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value))
  return Array.from({ length: rows }, (_, row) => columns.map(column => text(column[row])))
}

/** Asks the store of this workspace as a person would. Fails: COLOR_SOURCE_*, QUERY_CANCELLED. */
export function askWorkspace({ store }: DuckParts): AskPlace<'workspace'> {
  return (query, terms) => ask(store, query, terms)
}

/**
 * Asks a file of DuckDB: a copy of it, so that neither its lock nor its contents are touched, in a process of its own.
 *
 * Fails: COLOR_SOURCE_*, QUERY_CANCELLED.
 */
export function askDuckFile({ openStore, scratch }: DuckParts): AskPlace<'duckdb'> {
  return async (query, terms) => {
    const { path } = query.place
    const refused = (detail: string) => failure('COLOR_SOURCE_REFUSED', { place: path, detail })
    if (!isAbsolute(path)) throw refused('its path is not a whole one, from the root of the disk')
    const folder = join(scratch, randomUUID())
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const copy = join(folder, 'copy.duckdb')
      await copyFile(path, copy).catch(fault => {
        throw refused((fault as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (fault as Error).message)
      })
      // What another program has not yet written into the file itself.
      await copyFile(`${path}.wal`, `${copy}.wal`).catch(() => undefined)
      const store = await openStore(copy)
      try {
        const { phase, renewals } = store.state()
        if (phase !== 'up' || renewals > 0) throw refused('it is no database that can be opened here')
        return await ask(store, query, terms)
      } finally {
        await store.close()
      }
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    }
  }
}
