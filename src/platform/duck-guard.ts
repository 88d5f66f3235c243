import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api'
import type { Fault } from './data-protocol.ts'

/** A task that ended with a fault that has a meaning of its own. */
export class DuckFault extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.kind)
    this.fault = fault
  }
}

const NAMES = new Map(Object.entries(StatementType).map(([name, type]) => [type as StatementType, name.replaceAll('_', ' ')]))

const READING: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN])

/**
 * Functions that a person's SELECT may not call: they touch files, run SQL out of a text (which hides what it calls), or change
 * the state of the database. Files outside the store are closed to the whole database anyway; this also closes its own.
 */
const CLOSED_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['read_csv', 'read_csv_auto', 'read_json', 'read_json_auto', 'read_json_objects', 'read_json_objects_auto', 'read_ndjson'],
  ...['read_ndjson_auto', 'read_ndjson_objects', 'read_parquet', 'parquet_scan', 'parquet_metadata', 'parquet_schema'],
  ...['parquet_file_metadata', 'parquet_full_metadata', 'parquet_kv_metadata', 'parquet_bloom_probe', 'read_blob', 'read_text'],
  ...[
    'read_duckdb',
    'sniff_csv',
    'glob',
    'query',
    'query_table',
    'json_execute_serialized_sql',
    'import_database',
    'copy_database',
  ],
  ...['enable_logging', 'disable_logging', 'truncate_duckdb_logs', 'write_log', 'checkpoint', 'force_checkpoint', 'arrow_scan'],
  ...['arrow_scan_dumb', 'seq_scan', 'duckdb_secrets', 'which_secret', 'enable_profiling', 'disable_profiling'],
])

function* functionNames(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const item of node) yield* functionNames(item)
  else if (node !== null && typeof node === 'object')
    for (const [key, value] of Object.entries(node)) {
      if (key === 'function_name' && typeof value === 'string') yield value.toLowerCase()
      else yield* functionNames(value)
    }
}

/**
 * The closed functions that a statement calls, from DuckDB's own syntax tree.
 *
 * SUMMARIZE, DESCRIBE and EXPLAIN have no such tree; there a closed name anywhere in the text counts, at worst once too often.
 */
async function closedIn(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const result = await connection.runAndReadAll('select json_serialize_sql(?::varchar)', [sql])
  const tree = JSON.parse(String(result.getRows()[0]?.[0] ?? '{"error":true}')) as { readonly error: boolean }
  const named = tree.error ? (sql.toLowerCase().match(/[a-z_]+/g) ?? []) : [...functionNames(tree)]
  return named.filter(name => CLOSED_FUNCTIONS.has(name))
}

const refused = (reason: string) => new DuckFault({ kind: 'refused', reason, line: null })

/**
 * Prepares a person's statement once it is known to be a single reading one.
 *
 * What a statement is, DuckDB itself says: its parser counts them, its binder gives the type. Run it inside a read-only
 * transaction all the same: EXPLAIN ANALYZE has the type of EXPLAIN and executes what it explains.
 */
export async function prepareReading(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  if (sql.trim() === '') throw refused('there is no statement')
  const extracted = await connection.extractStatements(sql).catch((fault: Error) => {
    // The binding has no message of its own where the text holds only comments.
    throw fault.message.includes('native callback') ? refused('there is no statement') : fault
  })
  if (extracted.count === 0) throw refused('there is no statement')
  if (extracted.count > 1)
    throw refused(
      'only one statement runs at a time (PIVOT without a list of values counts as two); run them one after the other',
    )
  const prepared = await extracted.prepare(0)
  if (!READING.has(prepared.statementType)) {
    const statement = NAMES.get(prepared.statementType) ?? 'this statement'
    prepared.destroySync()
    throw new DuckFault({ kind: 'not-read-only', statement })
  }
  const [closed] = await closedIn(connection, sql)
  if (closed === undefined) return prepared
  prepared.destroySync()
  throw refused(`${closed} is closed here: the console reads what is in the store, not files`)
}
