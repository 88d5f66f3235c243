import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COLOR_FIELDS, type ColorColumn } from '../../src/core/color/color-columns.ts'
import { ruleRowOf } from '../../src/core/color/color-fields.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import type { PxDirection } from '../../src/core/color/order.ts'
import { STORED_NAMES } from '../../src/core/color/run-columns.ts'
import { comparable } from '../../src/core/rules/field.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type DataStore, openDataStore } from '../../src/platform/data-store.ts'
import { silentLog } from '../../src/platform/log.ts'
import { readMigrations } from '../../src/platform/migrations.ts'

/** The store with the real tables, in a folder of its own. */
export async function openColorStore(): Promise<{ readonly store: DataStore; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'contango-color-'))
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('../../src/platform/data-process.ts', import.meta.url),
    log: silentLog,
    clock: systemClock(),
    migrations: readMigrations(new URL('../../src/main/schema/', import.meta.url)),
    memory: '1GB',
    threads: 2,
  })
  return {
    store,
    async close() {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const quoted = (text: string | null) => (text === null ? 'null' : `'${text.replaceAll("'", "''")}'`)

/** A value as the table has it: null where the text is none of the column's type. */
function cellSql(column: ColorColumn, text: string | null): string {
  const { type } = COLOR_FIELDS.find(({ name }) => name === column)!
  if (type === 'text' || type === 'id') return quoted(text)
  return comparable(type, text) === null ? 'null' : `'${text!.trim()}'::${type === 'decimal' ? 'decimal(38, 12)' : type}`
}

/** A run and its rows, as they are kept; what a run works out of them is left at nothing, since the engine works it out anew. */
export async function insertRun(
  store: DataStore,
  {
    number,
    rows,
    direction = 'highest',
    isDeleted = false,
  }: {
    readonly number: number
    readonly rows: readonly ColorRow[]
    readonly direction?: PxDirection
    readonly isDeleted?: boolean
  },
): Promise<void> {
  const columns = Object.keys(STORED_NAMES) as ColorColumn[]
  const named = columns.map(column => STORED_NAMES[column]).join(', ')
  const values = rows.map((row, place) => {
    const cells = ruleRowOf(row)
    const said = columns.map(column => cellSql(column, cells[column])).join(', ')
    return `('run-${number}', ${number}, ${place}, ${quoted(row.rowId)}, ${said}, ${row.received}, false, 0, now()::timestamp, 'MANUAL', false)`
  })
  const statements = [
    {
      sql: `insert into color_runs (run, run_number, kind, day, processed_at, seconds, user_name, direction, received, quarantined, repeats,
        excluded, row_count, parents, children, cusips, ignored_rules, replaced_today, is_demo, sha256, deleted_at)
        values ('run-${number}', ${number}, 'manual', current_date, now()::timestamp, 0, 'ana', '${direction}', 0, 0, 0, 0, 0, 0, 0, 0, false, false,
        false, '', ${isDeleted ? 'now()::timestamp' : 'null'})`,
    },
    ...Array.from({ length: Math.ceil(values.length / 500) }, (_, k) => ({
      sql: `insert into color_rows (run, run_number, place, row_id, ${named}, receipt_order, is_parent, children_count, processed_at,
        processing_type, is_demo) values ${values.slice(500 * k, 500 * k + 500).join(', ')}`,
    })),
  ]
  await store.transact(statements)
}
