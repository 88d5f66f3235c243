import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { foundBook } from '../../../core/color/color-book.ts'
import { type OutputCells, writeCells } from '../../../core/color/write-colors.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import { type FileChunk, fileChunks } from '../../../platform/file-chunks.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import { CELLS_SQL, cellsOf } from '../engine/color-sql.ts'
import type { Where } from './search-where.ts'

export type FoundFormat = 'xlsx' | 'csv'

interface Parts {
  readonly store: Pick<DataStore, 'query'>
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  /** The workspace folder. */
  readonly folder: string
}

/** Rows of one file: a sheet has room for a million, but who sends it has to hold it. */
const LIMIT = 200_000
const ORDER = 'run_number desc, place'
/** The columns that an output has behind those of the color, in their order. */
const STAMP_SQL = `row_id as "ROW_ID", cast(run_number as varchar) as "RUN_ID", strftime(processed_at, '%Y-%m-%dT%H:%M:%S.%gZ') as "PROCESSED_AT",
  processing_type as "PROCESSING_TYPE", case when is_parent then 'TRUE' else 'FALSE' end as "IS_PARENT",
  (select any_value(p.message_id) from color_rows p where p.run = color_rows.run and p.row_id = color_rows.parent_row_id) as "PARENT_MESSAGE_ID",
  parent_row_id as "PARENT_ROW_ID", case when is_parent then cast(children_count as varchar) end as "CHILDREN_COUNT"`
const STAMPS = [
  ...['ROW_ID', 'RUN_ID', 'PROCESSED_AT', 'PROCESSING_TYPE', 'IS_PARENT'],
  ...['PARENT_MESSAGE_ID', 'PARENT_ROW_ID', 'CHILDREN_COUNT'],
]

/** What was found as a file in pieces, newest first. Fails: SEARCH_TOO_LONG. */
export async function* foundFile(
  { store, pool, folder }: Parts,
  { sql, params }: Where,
  format: FoundFormat,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileChunk, void, undefined> {
  const asked = { params, ...(signal ? { signal } : {}) }
  const { columns, names, rows } = await store.query(
    `select ${CELLS_SQL}, ${STAMP_SQL}, is_demo from color_rows where ${sql} order by ${ORDER} limit ${LIMIT + 1}`,
    asked,
  )
  if (rows > LIMIT) {
    const counted = await store.query(`select count(*) from color_rows where ${sql}`, asked)
    fail('SEARCH_TOO_LONG', { rows: Number(counted.columns[0]?.[0]), limit: LIMIT })
  }
  const scratch = join(folder, 'cache', 'color-export')
  const file = join(scratch, `${randomUUID()}.${format}`)
  await mkdir(scratch, { recursive: true })
  try {
    const cells = Array.from({ length: rows }, (_, row) => {
      const stamp = STAMPS.map(name => [name, (columns[names.indexOf(name)]?.[row] as string | null | undefined) ?? null])
      return { ...cellsOf(columns, names, row), ...Object.fromEntries(stamp) } as OutputCells
    })
    const isDemo = Array.from(columns[names.indexOf('is_demo')] ?? []).some(value => value === true)
    await writeFile(
      file,
      format === 'csv' ? [...writeCells(cells)].join('') : await pool.run('color.sheets', foundBook(cells, isDemo)),
    )
    yield* fileChunks(file, rows, signal)
  } finally {
    await rm(file, { force: true })
  }
}
