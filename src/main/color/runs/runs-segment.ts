import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { COLOR_COLUMNS, type ColorColumn } from '../../../core/color/color-columns.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import { type RunColumns, STORED_NAMES } from '../../../core/color/run-columns.ts'
import type { DataStore, Table } from '../../../platform/data-store.ts'
import { sha256OfFile } from '../../market/series-segments.ts'
import type { StoredRun } from './runs-fold.ts'

/** Stands for a missing cell in a CSV file that is taken. */
const NO_CELL = '\\N'

/** Files that the rows of runs are kept in: Parquet, whole or not at all, never changed. */
export interface RunSegments {
  path(segment: string): string
  /** Rows of one or several runs as a file; its hash. */
  write(segment: string, parts: readonly RunColumns[]): Promise<{ readonly sha256: string }>
  /** Rows of several runs that a thread wrote as CSV, with names, as such a file. */
  take(segment: string, csv: readonly string[]): Promise<{ readonly sha256: string }>
  remove(segment: string): void
  /** Null where the file is as it was written; else what is wrong with it. */
  trouble(run: StoredRun): Promise<string | null>
  /** The output of a run as it was published, in its order. */
  read(run: StoredRun): Promise<readonly PlacedColor[]>
}

const INTEGERS = new Set(['place', 'rank', 'confidence', 'receipt_order', 'children_count'])
const NAMES = [
  ...['run', 'place', 'row_id'],
  ...COLOR_COLUMNS.map(({ name }) => STORED_NAMES[name]),
  ...['receipt_order', 'is_parent', 'parent_row_id', 'children_count', 'excluded_by'],
]
/** Prices stand in their written form, so that an output has the very digits that came in. */
const TYPES = Object.fromEntries(
  NAMES.map(name => [name, name === 'is_parent' ? 'BOOLEAN' : INTEGERS.has(name) ? 'BIGINT' : 'VARCHAR']),
)
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Opens the folder, and removes what no entry of the journal names: what a kill left behind. */
export function openRunSegments(store: DataStore, folder: string, named: ReadonlySet<string>): RunSegments {
  mkdirSync(folder, { recursive: true })
  const path = (segment: string) => join(folder, segment)
  for (const name of readdirSync(folder)) if (!named.has(name)) rmSync(path(name), { force: true })
  return {
    path,
    async write(segment, parts) {
      const writer = await store.openSegment(TYPES)
      try {
        for (const { columns } of parts) await writer.append(columns)
        const { sha256 } = await writer.finish(path(segment), 'run, place')
        return { sha256 }
      } catch (fault) {
        await writer.discard().catch(() => undefined)
        throw fault
      }
    },
    async take(segment, csv) {
      const partial = `${path(segment)}.part`
      const columns = NAMES.map(name => `${name}::${TYPES[name]} as ${name}`).join(', ')
      const sql = `select ${columns} from read_csv([${csv.map(literal).join(', ')}], header = true, all_varchar = true, nullstr = ${literal(NO_CELL)},
        delim = ',', quote = '"', escape = '"') order by run, place`
      await store.copyFiles(sql, partial, 'parquet')
      const sha256 = await sha256OfFile(partial)
      const file = await open(partial, 'r')
      await file.sync().finally(() => file.close())
      await rename(partial, path(segment))
      return { sha256 }
    },
    remove: segment => rmSync(path(segment), { force: true }),
    async trouble({ segment, run: { sha256 } }) {
      const found = await sha256OfFile(path(segment)).catch(() => null)
      if (found === sha256) return null
      return `${segment} ${found === null ? 'is missing' : 'was changed or damaged'}`
    },
    async read({ segment, run }) {
      const sql = `from read_parquet(${literal(path(segment))}) where run = $1 and excluded_by is null order by place`
      return placedOf(await store.queryFiles(sql, { params: [run.id] }))
    },
  }
}

/**
 * A price as the store has it. Reading text into 128 bits takes 7 µs a cell, into 64 bits a hundredth of it: the wide way is for what
 * does not fit, which no price of a bond is.
 */
const decimalSql = (column: string) =>
  `coalesce(try_cast(${column} as decimal(18, 12))::decimal(38, 12), try_cast(${column} as decimal(38, 12)))`

/** SQL of the rows of a file with what the runs that they belong to are, in the order of the table `color_rows`. */
export function rowsOfSegment(file: string, runs: readonly StoredRun[]): string {
  const known = runs.map(
    ({ run: { id, number, at, kind, isDemo } }) =>
      `(${literal(id)}, ${number}, make_timestamp(${at}::bigint), ${literal(kind.toUpperCase())}, ${isDemo})`,
  )
  const business = COLOR_COLUMNS.map(({ name, type }) => {
    const column = `s.${STORED_NAMES[name]}`
    if (type === 'decimal') return decimalSql(column)
    if (type === 'date') return `try_cast(${column} as date)`
    return type === 'integer' ? `${column}::integer` : column
  })
  return `select s.run, v.run_number, s.place::integer, s.row_id, ${business.join(', ')}, s.receipt_order, s.is_parent,
      s.parent_row_id, s.children_count::integer, s.excluded_by, v.processed_at, v.processing_type, v.is_demo
    from read_parquet(${literal(file)}) s
    join (values ${known.join(', ')}) v(run, run_number, processed_at, processing_type, is_demo) on v.run = s.run
    order by v.run_number, s.place`
}

function placedOf({ names, columns, rows }: Table): readonly PlacedColor[] {
  const column = (name: string) => columns[names.indexOf(name)]!
  const of = (name: ColorColumn) => column(STORED_NAMES[name])
  const text = (name: ColorColumn, at: number) => of(name)[at] as string
  const maybe = (name: ColorColumn, at: number) => of(name)[at] as string | null
  return Array.from({ length: rows }, (_, at): PlacedColor => {
    const row: ColorRow = {
      ...{ rowId: column('row_id')[at] as string, messageId: text('MESSAGE_ID', at), ticker: text('TICKER', at) },
      ...{ sector: text('SECTOR', at), cusip: text('CUSIP', at), date: text('DATE', at), priceLevel: maybe('PRICE_LEVEL', at) },
      ...{
        bid: maybe('BID', at),
        ask: maybe('ASK', at),
        px: maybe('PX', at),
        source: text('SOURCE', at),
        bias: text('BIAS', at),
      },
      ...{ rank: of('RANK')[at] as number, covPrice: maybe('COV_PRICE', at), confidence: of('CONFIDENCE')[at] as number },
      ...{ date1: text('DATE_1', at), received: column('receipt_order')[at] as number, securityName: maybe('SECURITY_NAME', at) },
      ...{ bwicCover: maybe('BWIC_COVER', at), assetClass: maybe('ASSET_CLASS', at) },
    }
    const parentRowId = column('parent_row_id')[at] as string | null
    return { row, parentRowId, childrenCount: column('children_count')[at] as number, diffStatus: maybe('DIFF_STATUS', at) }
  })
}
