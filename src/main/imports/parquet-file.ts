import { type DataStore, QueryRefused } from '../../platform/data-store.ts'
import { fail } from '../fail.ts'

type FileReader = Pick<DataStore, 'queryFiles' | 'copyFiles'>

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A cell as the text that the reader of CSV takes without loss; nested values are left out. */
function asText(name: string, type: string): string | null {
  const column = quoted(name)
  if (/^(STRUCT|MAP|UNION|BLOB)|\[\d*\]$/.test(type)) return null
  if (/^TIMESTAMP( WITH TIME ZONE|TZ)$/.test(type))
    return `CAST(make_timestamp(epoch_us(${column})) AS VARCHAR) || 'Z' AS ${column}`
  return `CAST(${column} AS VARCHAR) AS ${column}`
}

/**
 * Writes the rows of a Parquet file as CSV with one line of names, so that they meet the same rules as any other file.
 *
 * Fails: FILE_UNREADABLE when it is not Parquet or is damaged.
 */
export async function parquetToCsv(
  store: FileReader,
  o: { readonly path: string; readonly file: string; readonly to: string; readonly rows?: number; readonly signal?: AbortSignal },
): Promise<void> {
  const source = `read_parquet([${literal(o.path)}])`
  try {
    const described = await store.queryFiles(`DESCRIBE SELECT * FROM ${source}`, o.signal ? { signal: o.signal } : {})
    const [names, types] = described.columns
    const columns = Array.from({ length: described.rows }, (_, k) => asText(String(names?.[k]), String(types?.[k])))
    const list = columns.filter(column => column !== null)
    if (list.length === 0) return fail('FILE_UNREADABLE', { file: o.file, reason: 'it has no columns of plain values' })
    const some = o.rows === undefined ? '' : ` LIMIT ${o.rows}`
    await store.copyFiles(`SELECT ${list.join(', ')} FROM ${source}${some}`, o.to, 'csv', o.signal)
  } catch (fault) {
    if (fault instanceof QueryRefused) return fail('FILE_UNREADABLE', { file: o.file, reason: fault.reason.split('\n')[0]! })
    throw fault
  }
}
