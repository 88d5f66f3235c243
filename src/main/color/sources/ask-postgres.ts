import type { ClientConfig, QueryConfig } from 'pg'
import { failure } from '../../fail.ts'
import { detailOf } from '../outputs/output-faults.ts'
import { type AskedRows, type AskPlace, askFailure, placeWords, plainQuery } from './asked-rows.ts'

const ROWS_A_CALL = 5000
/** Values come as the server writes them: a number of 38 digits must not go through a double. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

/**
 * Asks PostgreSQL within a transaction that can only read, through a cursor, which nothing but a query can have.
 *
 * Fails: COLOR_SOURCE_* of the catalogue, QUERY_CANCELLED.
 */
export const askPostgres: AskPlace<'postgres'> = async (query, { secret, most, signal }) => {
  const { place, sql, seconds } = query
  const { host, port, database, user, encryption } = place
  if (!secret) throw failure('COLOR_SOURCE_SECRET_MISSING', { place: placeWords(place) })
  const options: ClientConfig = {
    ...{ host, port, database, user, password: secret.reveal(), application_name: 'Contango' },
    ssl: encryption === 'none' ? false : { rejectUnauthorized: encryption === 'verified' },
    ...{ connectionTimeoutMillis: seconds * 1000, query_timeout: seconds * 1000 + 1000, types: AS_TEXT },
  }
  // Loaded when the first database is spoken to: it would make every start slower.
  const { default: pg } = await import('pg')
  const client = new pg.Client(options)
  // A line that breaks while nothing is asked is an event of its own; the question that follows fails with it.
  client.on('error', () => undefined)
  const abort = () => void client.end().catch(() => undefined)
  signal.addEventListener('abort', abort, { once: true })
  // Of several statements the server refuses all when it is asked this way.
  const single = (text: string): QueryConfig => ({ text, values: [], queryMode: 'extended' }) as QueryConfig
  try {
    await client.connect()
    await client.query('begin transaction isolation level repeatable read read only')
    await client.query(`set local statement_timeout = ${seconds * 1000}`)
    await client.query("set local datestyle = 'ISO, YMD'")
    await client.query("set local timezone = 'UTC'")
    await client.query(single(`declare color_rows no scroll cursor for select * from (${plainQuery(sql)}\n) as query`))
    const rows: (string | null)[][] = []
    let header: readonly string[] = []
    while (rows.length <= most) {
      const wanted = Math.min(ROWS_A_CALL, most + 1 - rows.length)
      const piece = await client.query({ text: `fetch forward ${wanted} from color_rows`, rowMode: 'array' })
      header = piece.fields.map(({ name }) => name)
      for (const row of piece.rows as (string | null)[][]) rows.push(row)
      if (piece.rows.length < wanted) break
    }
    await client.query('rollback')
    return { header, rows } satisfies AskedRows
  } catch (fault) {
    const { code = '' } = (fault ?? {}) as { code?: string }
    if (code === '28P01' || code === '28000') throw failure('COLOR_SOURCE_LOGIN_REFUSED', { place: placeWords(place), user })
    if (/does not support SSL|certificate/i.test(detailOf(fault)))
      throw failure('COLOR_SOURCE_TLS', { place: placeWords(place), detail: detailOf(fault) })
    throw askFailure(fault, query, signal)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}
