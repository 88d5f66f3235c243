import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { COLOR_COLUMNS } from '../../src/core/color/color-columns.ts'
import { ruleRowOf } from '../../src/core/color/color-fields.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { STORED_NAMES } from '../../src/core/color/run-columns.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type DataStore, openDataStore } from '../../src/platform/data-store.ts'
import { appendColumns } from '../../src/platform/duck-columns.ts'
import { silentLog } from '../../src/platform/log.ts'
import { readMigrations } from '../../src/platform/migrations.ts'

/** What a file of the store is to hold: so many runs, one for each business day up to `until`. */
export interface ColorFile {
  readonly runs: number
  readonly rowsEach: number
  readonly seed: number
}

export const UNTIL = '2026-11-20'
const AT_ONCE = 50_000
/** What the host gives its store, unless a person changed it. */
const MEMORY = '2048MB'

export function openColors(file: string): Promise<DataStore> {
  return openDataStore({
    ...{ file, log: silentLog, clock: systemClock(), memory: MEMORY, threads: 2 },
    entry: new URL('../../build/host/data-process.mjs', import.meta.url),
    migrations: readMigrations(new URL('../../src/main/schema/', import.meta.url)),
  })
}

/** The invented rows of a file, in the order of receipt. */
export function colorsOf({ runs, rowsEach, seed }: ColorFile): Generator<ColorRow, void> {
  return generateColors({ seed, rows: runs * rowsEach, until: UNTIL, days: runs })
}

/** A file of rows that the generator made before it was changed is another file. */
function fileOf(folder: string, spec: ColorFile): string {
  const digest = createHash('sha256')
  let rows = 0
  for (const row of colorsOf(spec)) {
    digest.update(JSON.stringify(row))
    if (++rows === 1000) break
  }
  return join(folder, `colors-${spec.runs}x${spec.rowsEach}-${digest.digest('hex').slice(0, 8)}.duckdb`)
}

/** Makes the file once, and says where it is: rows as runs keep them, in the order of receipt, none of them ranked yet. */
export async function makeColorFile(folder: string, spec: ColorFile, say: (text: string) => void): Promise<string> {
  const { runs, rowsEach } = spec
  const file = fileOf(folder, spec)
  if (existsSync(file)) return file
  const started = performance.now()
  mkdirSync(folder, { recursive: true })
  const partial = `${file}.part`
  rmSync(partial, { force: true })
  await (await openColors(partial)).close()
  const instance = await DuckDBInstance.create(partial, { memory_limit: '4GB', threads: '2' })
  const connection = await instance.connect()
  const names = ['row_id', ...COLOR_COLUMNS.map(({ name }) => STORED_NAMES[name])]
  await connection.run(`create temp table incoming (receipt_order double, ${names.map(name => `${name} varchar`).join(', ')})`)
  const typed = COLOR_COLUMNS.map(({ name, type }) => `${STORED_NAMES[name]}${TYPES[type]}`)
  let rows: ColorRow[] = []
  const flush = async () => {
    const cells = rows.map(ruleRowOf)
    const columns: Record<string, Float64Array | (string | null)[]> = {
      receipt_order: Float64Array.from(rows, row => row.received),
      row_id: rows.map(row => row.rowId),
    }
    for (const { name } of COLOR_COLUMNS) columns[STORED_NAMES[name]] = cells.map(cell => cell[name])
    const appender = await connection.createAppender('incoming')
    appendColumns(appender, ['receipt_order', ...names], columns)
    appender.closeSync()
    const number = `1 + (receipt_order::bigint // ${rowsEach})`
    await connection.run(`insert into color_rows (run, run_number, place, ${names.join(', ')}, receipt_order, is_parent, children_count,
        processed_at, processing_type, is_demo)
      select 'run-' || (${number}), ${number}, receipt_order, row_id, ${typed.join(', ')}, receipt_order::bigint, false, 0, day::timestamp,
        'MANUAL', true from incoming order by receipt_order`)
    await connection.run('delete from incoming')
    rows = []
  }
  for (const row of colorsOf(spec)) {
    rows.push(row)
    if (rows.length === AT_ONCE) await flush()
  }
  if (rows.length > 0) await flush()
  await connection.run(`insert into color_runs (run, run_number, kind, day, processed_at, seconds, user_name, direction, received, quarantined,
      repeats, excluded, row_count, parents, children, cusips, ignored_rules, replaced_today, is_demo, sha256)
    select run, run_number, 'automated', max(day), max(day)::timestamp, 1, 'local', 'highest', count(*), 0, 0, 0, count(*), 0, 0, 0, false,
      false, true, '' from color_rows group by run, run_number`)
  await connection.run('checkpoint')
  connection.closeSync()
  instance.closeSync()
  renameSync(partial, file)
  say(`${runs} runs of ${rowsEach} rows in ${file} (${((performance.now() - started) / 1000).toFixed(0)} s)`)
  return file
}

const TYPES = { text: '', id: '', integer: '::integer', decimal: '::decimal(38, 12)', date: '::date' } as const
