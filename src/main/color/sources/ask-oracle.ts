import { failure } from '../../fail.ts'
import { detailOf } from '../outputs/output-faults.ts'
import { type AskPlace, askFailure, placeWords, plainQuery } from './asked-rows.ts'

/** What is used of the client of Oracle, which has no types of its own. */
interface OracleClient {
  readonly STRING: unknown
  readonly OUT_FORMAT_ARRAY: unknown
  getConnection(options: Readonly<Record<string, unknown>>): Promise<OracleConnection>
}
interface OracleConnection {
  callTimeout: number
  execute(
    sql: string,
    values: readonly unknown[],
    options?: Readonly<Record<string, unknown>>,
  ): Promise<{
    readonly rows?: readonly (readonly (string | null)[])[]
    readonly metaData?: readonly { readonly name: string }[]
  }>
  rollback(): Promise<void>
  close(options?: Readonly<Record<string, unknown>>): Promise<void>
}

const LOGIN_CODES = /^ORA-(01017|28000|28001)|^NJS-(101|105)/
const LINE_CODES = /^(NJS-(500|501|503|508|510|518)|ORA-(12\d{3}|03113|03114|03135))/
const SLOW_CODES = /^(NJS-123|NJS-510|DPI-1067|ORA-01013)/

/**
 * Asks Oracle, by its client that needs no libraries of Oracle, within a transaction that can only read. It was not tried against a real
 * server: only that it refuses and reports as the others do.
 *
 * Fails: COLOR_SOURCE_* of the catalogue, QUERY_CANCELLED.
 */
export const askOracle: AskPlace<'oracle'> = async (query, { secret, most, signal }) => {
  const { place, sql, seconds } = query
  const { host, port, service, user, encryption } = place
  if (!secret) throw failure('COLOR_SOURCE_SECRET_MISSING', { place: placeWords(place) })
  const { default: oracle } = (await import('oracledb')) as { default: OracleClient }
  let connection: OracleConnection | null = null
  const abort = () => void connection?.close({ drop: true }).catch(() => undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const protocol = encryption === 'verified' ? 'tcps' : 'tcp'
    const connectString = `${protocol}://${host}:${port}/${service}?connect_timeout=${seconds}&transport_connect_timeout=${seconds}&retry_count=0`
    connection = await oracle.getConnection({ user, password: secret.reveal(), connectString })
    signal.throwIfAborted()
    connection.callTimeout = seconds * 1000
    for (const setting of [
      "alter session set nls_date_format = 'YYYY-MM-DD HH24:MI:SS'",
      "alter session set nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS'",
      "alter session set nls_numeric_characters = '.,'",
      'set transaction read only',
    ])
      await connection.execute(setting, [])
    const found = await connection.execute(`select * from (${plainQuery(sql)}\n)`, [], {
      maxRows: most + 1,
      outFormat: oracle.OUT_FORMAT_ARRAY,
      // Values as text: a number of 38 digits must not go through a double.
      fetchTypeHandler: () => ({ type: oracle.STRING }),
    })
    await connection.rollback()
    return { header: (found.metaData ?? []).map(({ name }) => name), rows: found.rows ?? [] }
  } catch (fault) {
    const said = detailOf(fault)
    const words = placeWords(place)
    if (signal.aborted) throw failure('QUERY_CANCELLED', {})
    if (LOGIN_CODES.test(said)) throw failure('COLOR_SOURCE_LOGIN_REFUSED', { place: words, user })
    if (SLOW_CODES.test(said)) throw failure('COLOR_SOURCE_SLOW', { place: words, seconds })
    if (LINE_CODES.test(said)) throw failure('COLOR_SOURCE_UNREACHABLE', { place: words, detail: said })
    throw askFailure(fault, query, signal)
  } finally {
    signal.removeEventListener('abort', abort)
    await connection?.close().catch(() => undefined)
  }
}
