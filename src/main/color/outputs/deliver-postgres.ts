import type { Client, ClientConfig } from 'pg'
import type { DatabaseTarget, DeliveryReceipt } from '../../../contract/color-outputs.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { RunStamp } from '../../../core/color/write-colors.ts'
import type { Secret } from '../../../platform/secret.ts'
import { failure } from '../../fail.ts'
import { createTable, quotedName, TABLE_COLUMNS, tableParts } from './deliver-database.ts'
import { detailOf, lineFailure } from './output-faults.ts'

type PostgresTarget = DatabaseTarget & { place: { engine: 'postgres' } }

export interface PostgresTerms {
  readonly secret: Secret | null
  readonly seconds: number
  readonly signal: AbortSignal
}

/** Appends a run to a table of PostgreSQL, once: a run that stands there is left as it is. */
export function deliverToPostgres(
  target: PostgresTarget,
  placed: readonly PlacedColor[],
  stamp: RunStamp,
  terms: PostgresTerms,
): Promise<DeliveryReceipt> {
  return withConnection(target, terms, async client => {
    const table = tableOf(target)
    await client.query('begin')
    try {
      // Two hosts that deliver at once wait for each other, so that neither misses the rows of the other.
      await client.query('select pg_advisory_xact_lock(hashtext($1))', [table])
      await client.query(createTable(table))
      const { rows: found } = await client.query(`select count(*)::int as rows from ${table} where "RUN_ID" = $1`, [stamp.runId])
      if (found[0].rows === 0) await insertAll(client, table, placed, stamp)
      await client.query('commit')
    } catch (fault) {
      await client.query('rollback').catch(() => undefined)
      throw fault
    }
    const place = `${placeOf(target)} · ${target.place.schema}.${target.table}`
    return { places: [{ place, sha256: null, bytes: null }], accepted: [], rejected: [], said: `${placed.length} rows` }
  })
}

async function insertAll(client: Client, table: string, placed: readonly PlacedColor[], stamp: RunStamp): Promise<void> {
  const names = TABLE_COLUMNS.map(({ name }) => quotedName(name)).join(', ')
  const casts = TABLE_COLUMNS.map(({ name, type }) => `cast(${quotedName(name)} as ${type})`).join(', ')
  const parts = TABLE_COLUMNS.map((_, k) => `$${k + 1}::text[]`).join(', ')
  const sql = `insert into ${table} (${names}) select ${casts} from unnest(${parts}) as part (${names})`
  for (const columns of tableParts(placed, stamp)) await client.query(sql, [...columns])
}

/** Connects, and makes the table where it is not there. */
export async function probePostgres(target: PostgresTarget, terms: PostgresTerms): Promise<void> {
  await withConnection(target, terms, client => client.query(createTable(tableOf(target))))
}

const tableOf = ({ place, table }: PostgresTarget) => `${quotedName(place.schema)}.${quotedName(table)}`
const placeOf = ({ place: { host, port, database } }: PostgresTarget) => `${host}:${port}/${database}`

async function withConnection<T>(target: PostgresTarget, terms: PostgresTerms, use: (client: Client) => Promise<T>): Promise<T> {
  const { host, port, database, user, encryption } = target.place
  const { secret, seconds, signal } = terms
  if (!secret) throw failure('OUTPUT_SECRET_MISSING', { place: placeOf(target) })
  const options: ClientConfig = {
    ...{ host, port, database, user, password: secret.reveal(), application_name: 'Contango' },
    ssl: encryption === 'none' ? false : { rejectUnauthorized: encryption === 'verified' },
    ...{ connectionTimeoutMillis: seconds * 1000, query_timeout: seconds * 1000 },
  }
  // Loaded when the first database is spoken to: it would make every start slower.
  const { default: pg } = await import('pg')
  const client = new pg.Client(options)
  // A line that breaks while nothing is asked is an event of its own; the question that follows fails with it.
  client.on('error', () => undefined)
  const abort = () => void client.end().catch(() => undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.connect()
    return await use(client)
  } catch (fault) {
    throw postgresFailure(fault, target, seconds)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}

function postgresFailure(fault: unknown, target: PostgresTarget, seconds: number): unknown {
  const place = placeOf(target)
  const { code = '', message = '' } = (fault ?? {}) as { code?: string; message?: string }
  if (code === '28P01' || code === '28000') return failure('OUTPUT_LOGIN_REFUSED', { place, user: target.place.user })
  if (/timeout/i.test(message)) return failure('OUTPUT_SLOW', { place, seconds })
  if (/does not support SSL/i.test(message)) return failure('OUTPUT_TLS', { place, detail: detailOf(fault) })
  return lineFailure(fault, place, seconds) ?? failure('OUTPUT_DATABASE_REFUSED', { place, detail: detailOf(fault) })
}
