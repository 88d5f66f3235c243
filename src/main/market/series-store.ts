import type { SeriesInfo } from '../../contract/market.ts'
import type { Bars } from '../../core/market/bars.ts'
import type { Column, DataStore, Statement } from '../../platform/data-store.ts'

/** A series as the journal tells of it: `id` is the number of the entry that stored it. */
export interface StoredSeries {
  readonly id: number
  readonly info: SeriesInfo
  /** Name of the Parquet file in segments/. */
  readonly segment: string
  /** Of the segment. */
  readonly sha256: string
  /** Smallest step that its numbers show, for writing them. */
  readonly tickSize: number
}

/** The table that rows of a kind are in, and its columns after `series`. A segment has the same columns. */
const TABLES = {
  bars: { table: 'bars', columns: ['time', 'open', 'high', 'low', 'close', 'volume', 'quality'] },
  values: { table: 'points', columns: ['time', 'value', 'quality'] },
  ticks: { table: 'ticks', columns: ['time', 'bid', 'ask', 'bid_size', 'ask_size', 'price', 'size', 'quality'] },
} as const satisfies Record<SeriesInfo['kind'], { table: string; columns: readonly string[] }>

/** How a row of each kind becomes a bar: a value stands for all four prices, a tick for its price or its middle. */
const AS_BAR: Readonly<Record<SeriesInfo['kind'], string>> = {
  bars: 'time, open, high, low, close, volume',
  values: 'time, value as open, value as high, value as low, value as close, null::double as volume',
  ticks: `time, ${['open', 'high', 'low', 'close'].map(name => `coalesce(price, (bid + ask) / 2) as ${name}`).join(', ')}, size as volume`,
}

/** DuckDB's types of a segment's columns. */
export function segmentColumns(kind: SeriesInfo['kind']): Record<string, string> {
  const typeOf = (name: string) => (name === 'time' ? 'TIMESTAMP' : name === 'quality' ? 'INTEGER' : 'DOUBLE')
  return Object.fromEntries(TABLES[kind].columns.map(name => [name, typeOf(name)]))
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** What the store holds of one series, to compare before and after a rebuild: equal rows have an equal print. */
export interface SeriesPrint {
  readonly id: number
  readonly rows: number
  readonly print: string
}

export interface BarsSelection {
  readonly from: number | null
  readonly to: number | null
  /** Width of the buckets in minutes; null gives the rows as they are. */
  readonly minutes: number | null
  readonly limit: number
}

/** The only SQL about stored series. */
export interface SeriesStore {
  /** Number, name and row count of every series in the store. */
  held(): Promise<readonly { readonly id: number; readonly name: string; readonly rows: number }[]>
  /** Rows and description of a series in one transaction, those of the replaced ones out. */
  load(series: StoredSeries, file: string, replaced: readonly number[], signal?: AbortSignal): Promise<{ rows: number }>
  drop(ids: readonly number[]): Promise<void>
  /** The newest rows of a selection as bars, oldest first. */
  bars(series: StoredSeries, selection: BarsSelection): Promise<Bars>
  /** All rows as a person would write them. */
  exportSql(series: StoredSeries): string
  prints(): Promise<readonly SeriesPrint[]>
  print(series: StoredSeries): Promise<SeriesPrint>
}

function outStatements(ids: readonly number[]): Statement[] {
  if (ids.length === 0) return []
  const list = ids.map(Number).join(', ')
  return [
    ...Object.values(TABLES).map(({ table }) => ({ sql: `delete from ${table} where series in (${list})` })),
    { sql: `delete from series_info where id in (${list})` },
  ]
}

function infoStatement({ id, info }: StoredSeries): Statement {
  const { name, kind, timeframe, unit, timeZone, rows, from, to, source, state, importedAt, sha256, flagged, refused } = info
  return {
    sql: `insert into series_info values (?, ?, ?, ?, ?, ?, ?, make_timestamp(?::bigint), make_timestamp(?::bigint), ?, ?,
      make_timestamp(?::bigint), ?, ?, ?)`,
    params: [id, name, kind, timeframe, unit, timeZone, rows, from, to, source, state, importedAt, sha256, flagged, refused],
  }
}

/** `width` is in minutes; buckets count from midnight UTC, which all borders of sessions are a multiple of 15 minutes from. */
function bucketed(rows: string, width: number): string {
  return `select time_bucket(interval ${width} minutes, time, timestamp '2000-01-01') as time, arg_min(open, time) as open,
    max(high) as high, min(low) as low, arg_max(close, time) as close, sum(volume) as volume from (${rows}) group by 1`
}

function toBars(columns: readonly Column[]): Bars {
  const [time, open, high, low, close, volume] = columns.map(column => (column as Float64Array).toReversed())
  return { time: time!, open: open!, high: high!, low: low!, close: close!, volume: volume! }
}

const printSql = (kind: SeriesInfo['kind'], where: string) =>
  `select series, count(*), (bit_xor(hash(${TABLES[kind].columns.join(', ')})))::varchar from ${TABLES[kind].table} ${where} group by series`

async function printsOf(store: DataStore, sql: string): Promise<SeriesPrint[]> {
  const { columns, rows } = await store.query(sql)
  return Array.from({ length: rows }, (_, k) => ({
    id: Number(columns[0]![k]),
    rows: Number(columns[1]![k]),
    print: String(columns[2]![k]),
  }))
}

export function createSeriesStore(store: DataStore): SeriesStore {
  return {
    async held() {
      const { columns, rows } = await store.query('select id, name, row_count from series_info')
      return Array.from({ length: rows }, (_, k) => ({
        id: Number(columns[0]![k]),
        name: String(columns[1]![k]),
        rows: Number(columns[2]![k]),
      }))
    },
    load(series, file, replaced, signal) {
      const { table, columns } = TABLES[series.info.kind]
      const request = {
        table,
        sql: `select ${series.id}::integer as series, ${columns.join(', ')} from read_parquet(${literal(file)})`,
        before: outStatements(replaced),
        after: [infoStatement(series)],
      }
      return store.load(request, signal)
    },
    async drop(ids) {
      if (ids.length > 0) await store.transact(outStatements(ids))
    },
    async bars({ id, info }, { from, to, minutes, limit }) {
      const where = [
        'series = ?',
        from === null ? '' : 'time >= make_timestamp(?)',
        to === null ? '' : 'time < make_timestamp(?)',
      ]
      const rows = `select ${AS_BAR[info.kind]} from ${TABLES[info.kind].table} where ${where.filter(Boolean).join(' and ')}`
      const sql = `select time, open, high, low, close, volume from (${minutes === null ? rows : bucketed(rows, minutes)})
        order by time desc limit ?`
      const params = [id, from, to, limit].filter(value => value !== null)
      const { columns } = await store.query(sql, { params })
      return toBars(columns)
    },
    exportSql({ id, info }) {
      const { table, columns } = TABLES[info.kind]
      return `select ${columns.join(', ')} from ${table} where series = ${id} order by time`
    },
    async prints() {
      const kinds = Object.keys(TABLES) as SeriesInfo['kind'][]
      return (await Promise.all(kinds.map(kind => printsOf(store, printSql(kind, ''))))).flat()
    },
    async print({ id, info }) {
      const [found] = await printsOf(store, printSql(info.kind, `where series = ${id}`))
      return found ?? { id, rows: 0, print: '0' }
    },
  }
}
