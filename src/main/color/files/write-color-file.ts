import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { COLOR_COLUMNS, RUN_COLUMNS } from '../../../core/color/color-columns.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { RunStamp } from '../../../core/color/write-colors.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { sha256OfFile } from '../../market/series-segments.ts'

export interface ColorWriterParts {
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly store: Pick<DataStore, 'copyFiles'>
}

/** Rows of an output, in its order, and the file that they are to become. */
export interface WriteOrder {
  readonly file: string
  readonly format: 'xlsx' | 'csv' | 'parquet'
  readonly rows: readonly PlacedColor[]
  readonly stamp: RunStamp
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes the output of a run into a file that stands there whole or not at all, on the disk when this resolves.
 *
 * The same rows and stamp give the same bytes. Fails: FileUnusable for more rows than a sheet of a workbook holds, with the signal's
 * reason, and with what the file system says.
 */
export async function writeColorFile(
  parts: ColorWriterParts,
  { file, format, rows, stamp, signal }: WriteOrder,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const partial = `${file}.${randomUUID().slice(0, 8)}.part`
  const terms = signal ? { signal } : {}
  try {
    if (format !== 'parquet') return await parts.pool.run('color.write', { file, partial, format, rows, stamp }, terms)
    return await writeParquet(parts, { file, partial, rows, stamp, signal })
  } finally {
    // What a thread that was ended left behind.
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

const RUN_TYPES: Readonly<Record<(typeof RUN_COLUMNS)[number], string>> = {
  ...{ ROW_ID: 'varchar', RUN_ID: 'varchar', PROCESSED_AT: 'timestamp', PROCESSING_TYPE: 'varchar', IS_PARENT: 'boolean' },
  ...{ PARENT_MESSAGE_ID: 'varchar', PARENT_ROW_ID: 'varchar', CHILDREN_COUNT: 'integer' },
}
const TYPES = { id: 'varchar', text: 'varchar', decimal: 'decimal(38, 12)', integer: 'integer', date: 'date' } as const
const COLUMNS = [
  ...COLOR_COLUMNS.map(({ name, type }) => ({ name, type: TYPES[type] })),
  ...RUN_COLUMNS.map(name => ({ name, type: RUN_TYPES[name] })),
]
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

async function writeParquet(
  { pool, store }: ColorWriterParts,
  { file, partial, rows, stamp, signal }: Omit<WriteOrder, 'format'> & { readonly partial: string },
) {
  const plain = `${partial}.rows`
  const terms = signal ? { signal } : {}
  try {
    await pool.run('color.write', { file: plain, partial: `${plain}.part`, format: 'rows', rows, stamp }, terms)
    const names = COLUMNS.map(({ name }) => `${literal(name)}: 'varchar'`).join(', ')
    const casts = COLUMNS.map(({ name, type }) => `cast("${name}" as ${type}) as "${name}"`).join(', ')
    const reading = `header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', parallel = false, max_line_size = 16777216`
    await store.copyFiles(
      `select ${casts} from read_csv(${literal(plain)}, columns = {'PLACE': 'bigint', ${names}}, ${reading}) order by "PLACE"`,
      partial,
      'parquet',
      signal,
    )
    const handle = await open(partial, 'r+')
    await handle.sync().finally(() => handle.close())
    await rename(partial, file)
  } finally {
    await Promise.all([plain, `${plain}.part`].map(path => rm(path, { force: true }).catch(() => undefined)))
  }
  return { bytes: (await stat(file)).size, sha256: await sha256OfFile(file) }
}
