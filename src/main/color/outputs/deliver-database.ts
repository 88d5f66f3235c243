import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { DatabaseTarget, DeliveryReceipt } from '../../../contract/color-outputs.ts'
import { COLOR_COLUMNS, RUN_COLUMNS } from '../../../core/color/color-columns.ts'
import { ruleRowOfPlaced } from '../../../core/color/color-fields.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { RunStamp } from '../../../core/color/write-colors.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import { failure } from '../../fail.ts'
import { detailOf } from './output-faults.ts'

/** A column of the table that runs are appended to. */
export interface TableColumn {
  readonly name: string
  /** The same word in DuckDB and PostgreSQL. */
  readonly type: 'TEXT' | 'INTEGER' | 'DATE' | 'NUMERIC(38,12)' | 'BOOLEAN' | 'TIMESTAMPTZ'
}

const TYPES = { id: 'TEXT', text: 'TEXT', date: 'DATE', integer: 'INTEGER', decimal: 'NUMERIC(38,12)' } as const
const RUN_TYPES: Readonly<Partial<Record<(typeof RUN_COLUMNS)[number], TableColumn['type']>>> = {
  PROCESSED_AT: 'TIMESTAMPTZ',
  IS_PARENT: 'BOOLEAN',
  CHILDREN_COUNT: 'INTEGER',
}

/** Every column of the output, by its name there. */
export const TABLE_COLUMNS: readonly TableColumn[] = [
  ...COLOR_COLUMNS.map(({ name, type }) => ({ name, type: TYPES[type] })),
  ...RUN_COLUMNS.map(name => ({ name, type: RUN_TYPES[name] ?? ('TEXT' as const) })),
]

/** A name as SQL takes it literally. */
export const quotedName = (name: string) => `"${name.replaceAll('"', '""')}"`
const quotedText = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Rows at a time: what awaits between two parts lets the host do other things. */
const ROWS_A_PART = 5000

/** The rows of a run as columns of text in the order of the table, a part at a time. */
export function* tableParts(
  placed: readonly PlacedColor[],
  stamp: RunStamp,
): Generator<readonly (readonly (string | null)[])[], void> {
  const messages = new Map(placed.map(({ row }) => [row.rowId, row.messageId]))
  const run: Record<(typeof RUN_COLUMNS)[number], (placed: PlacedColor) => string | null> = {
    ROW_ID: ({ row }) => row.rowId,
    RUN_ID: () => stamp.runId,
    PROCESSED_AT: () => stamp.processedAt,
    PROCESSING_TYPE: () => stamp.processingType,
    IS_PARENT: ({ parentRowId }) => String(parentRowId === null),
    PARENT_MESSAGE_ID: ({ parentRowId }) => (parentRowId === null ? null : (messages.get(parentRowId) ?? null)),
    PARENT_ROW_ID: ({ parentRowId }) => parentRowId,
    CHILDREN_COUNT: ({ parentRowId, childrenCount }) => (parentRowId === null ? String(childrenCount) : null),
  }
  for (let from = 0; from < placed.length; from += ROWS_A_PART) {
    const part = placed.slice(from, from + ROWS_A_PART)
    const cells = part.map(ruleRowOfPlaced)
    yield [
      ...COLOR_COLUMNS.map(({ name }) => cells.map(cell => cell[name])),
      ...RUN_COLUMNS.map(name => part.map(one => run[name](one))),
    ]
  }
}

export const createTable = (table: string) =>
  `create table if not exists ${table} (${TABLE_COLUMNS.map(({ name, type }) => `${quotedName(name)} ${type}`).join(', ')})`
const names = TABLE_COLUMNS.map(({ name }) => quotedName(name)).join(', ')
/** Appends what `from` gives, unless the run is there. One statement, so all of it or none. */
export const appendOnce = (table: string, from: string, runId: string) =>
  `insert into ${table} (${names}) select ${TABLE_COLUMNS.map(({ name, type }) => `cast(${quotedName(name)} as ${type})`).join(', ')}
   from ${from} where not exists (select 1 from ${table} where "RUN_ID" = ${runId})`

export interface DuckTerms {
  readonly store: Pick<DataStore, 'openSegment' | 'queryFiles'>
  /** The workspace, whose own database nobody else may open. */
  readonly folder: string
  readonly scratch: string
  readonly signal: AbortSignal
  /** One at a time: two targets may be tables of one file, which cannot be opened twice. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

/** Appends a run to a table of a DuckDB file, once. */
export async function deliverToDuck(
  target: DatabaseTarget & { place: { engine: 'duckdb' } },
  placed: readonly PlacedColor[],
  stamp: RunStamp,
  terms: DuckTerms,
): Promise<DeliveryReceipt> {
  const { store, scratch, signal } = terms
  const part = join(
    scratch,
    `${createHash('sha256').update(`${stamp.runId} ${target.place.path} ${target.table}`).digest('hex').slice(0, 16)}.parquet`,
  )
  const segment = await store.openSegment(Object.fromEntries(TABLE_COLUMNS.map(({ name }) => [name, 'VARCHAR'])))
  try {
    for (const columns of tableParts(placed, stamp))
      await segment.append(Object.fromEntries(TABLE_COLUMNS.map(({ name }, k) => [name, columns[k]!])))
    await segment.finish(part, '"ROW_ID"')
  } catch (fault) {
    await segment.discard().catch(() => undefined)
    throw fault
  }
  const append = async (run: (sql: string) => Promise<unknown>, catalog: string): Promise<DeliveryReceipt> => {
    const table = `${catalog}.${quotedName(target.table)}`
    await run(createTable(table))
    await run(appendOnce(table, `read_parquet(${quotedText(part)})`, quotedText(stamp.runId)))
    const found = await store.queryFiles(`select count(*) as rows from ${table} where "RUN_ID" = ${quotedText(stamp.runId)}`, {
      signal,
    })
    const stored = Number(found.columns[0]?.[0] ?? 0)
    if (stored !== placed.length)
      throw new RangeError(`${stored} rows of the run stand there, it has ${placed.length}: somebody changed the table`)
    const place = `${target.place.path} · ${target.table}`
    return { places: [{ place, sha256: null, bytes: null }], accepted: [], rejected: [], said: `${stored} rows` }
  }
  return await terms.inTurn(() => withAttached(target, terms, append)).finally(() => rm(part, { force: true }))
}

/** Opens the file, and makes the table where it is not there. */
export async function probeDuck(target: DatabaseTarget & { place: { engine: 'duckdb' } }, terms: DuckTerms): Promise<void> {
  await terms.inTurn(() =>
    withAttached(target, terms, (run, catalog) => run(createTable(`${catalog}.${quotedName(target.table)}`))),
  )
}

async function withAttached<T>(
  { place }: DatabaseTarget & { place: { engine: 'duckdb' } },
  { store, folder, signal }: DuckTerms,
  use: (run: (sql: string) => Promise<unknown>, catalog: string) => Promise<T>,
): Promise<T> {
  const path = resolve(place.path)
  // The store holds its file open in the same process, where a second opening succeeds silently and loses rows.
  if (path.startsWith(resolve(folder) + sep))
    throw failure('OUTPUT_DATABASE_REFUSED', { place: path, detail: 'it lies in the folder of this workspace, which is its own' })
  const catalog = `out_${createHash('sha256').update(path).digest('hex').slice(0, 12)}`
  const run = (sql: string) => store.queryFiles(sql, { signal })
  try {
    await run(`attach ${quotedText(path)} as ${catalog}`)
    try {
      return await use(run, catalog)
    } finally {
      await store.queryFiles(`detach ${catalog}`).catch(() => undefined)
    }
  } catch (fault) {
    throw failure('OUTPUT_DATABASE_REFUSED', { place: path, detail: detailOf(fault) })
  }
}
