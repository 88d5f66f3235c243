import { dateOfDay, dayOfDate } from '../../core/kit/calendar.ts'
import { type EpochMicros, type IsoDate, MICROS_PER_DAY } from '../../core/kit/time.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { DataStore, Statement } from '../../platform/data-store.ts'
import type { KeptRows, SnapshotHeader } from './snapshot-header.ts'

/** Figures of one expiry over the kept moments, oldest first; a missing number is null. */
export interface ChainHistory {
  readonly time: number[]
  readonly forward: (number | null)[]
  readonly atmVol: (number | null)[]
  readonly riskReversal25: (number | null)[]
  readonly butterfly25: (number | null)[]
}

/** The only SQL about kept chains. */
export interface SnapshotsStore {
  /** The moment is listed once all its rows are there. */
  write(header: SnapshotHeader, chain: OptionChain): Promise<void>
  /** The same with the rows taken from a segment; rows that an earlier try left are taken out first. Gives the rows. */
  load(headers: readonly SnapshotHeader[], file: string, signal?: AbortSignal): Promise<number>
  /** Rows of some moments as a file. */
  copyOut(ids: readonly string[], file: string): Promise<{ rows: number }>
  header(id: string): Promise<SnapshotHeader | null>
  rows(id: string): Promise<KeptRows>
  ids(): Promise<ReadonlySet<string>>
  list(key: string, before: number | null, limit: number): Promise<readonly SnapshotHeader[]>
  /** Regular moments of real feeds after an instant, oldest first: those that no segment has yet. */
  regularSince(at: number, limit: number): Promise<readonly SnapshotHeader[]>
  history(key: string, expiry: IsoDate, limit: number): Promise<ChainHistory>
  /** Takes out regular moments before an instant, those of the demo market before another; gives how many. */
  prune(before: number, demoBefore: number): Promise<number>
}

const QUOTES = ['strike', 'side', 'bid', 'ask', 'bid_size', 'ask_size', 'last', 'volume', 'open_interest', 'quote_time']
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
const inList = (ids: readonly string[]) => ids.map(literal).join(', ')
const dayColumn = (dates: readonly IsoDate[]) => Float64Array.from(dates, date => dayOfDate(date) * MICROS_PER_DAY)

function quoteColumns(id: string, chain: OptionChain): Record<string, Float64Array | string[]> {
  const n = chain.strike.length
  const expiry = new Float64Array(n)
  for (const { date, from, to } of chain.expiries) expiry.fill(dayOfDate(date) * MICROS_PER_DAY, from, to)
  const { strike, bid, ask, bidSize, askSize, last, volume, openInterest, quoteTime } = chain
  return {
    ...{ moment: new Array<string>(n).fill(id), expiry, strike, side: Float64Array.from(chain.side), bid, ask },
    ...{ bid_size: bidSize, ask_size: askSize, last, volume, open_interest: openInterest, quote_time: quoteTime },
  }
}

function expiryColumns(headers: readonly SnapshotHeader[]) {
  const rows = headers.flatMap(({ id, key, at, expiries }) => expiries.map(one => ({ id, key, at, ...one })))
  const column = (name: 'forward' | 'atmVol' | 'riskReversal25' | 'butterfly25') =>
    Float64Array.from(rows, row => row[name] ?? Number.NaN)
  return {
    moment: rows.map(row => row.id),
    underlying: rows.map(row => row.key),
    time: Float64Array.from(rows, row => row.at),
    expiry: dayColumn(rows.map(row => row.date)),
    ...{ forward: column('forward'), atm_vol: column('atmVol') },
    ...{ risk_reversal_25: column('riskReversal25'), butterfly_25: column('butterfly25') },
  }
}

function momentColumns(headers: readonly SnapshotHeader[]) {
  return {
    id: headers.map(header => header.id),
    underlying: headers.map(header => header.key),
    time: Float64Array.from(headers, header => header.at),
    why: headers.map(header => header.why),
    contracts: Float64Array.from(headers, header => header.contracts),
    spot: Float64Array.from(headers, header => header.spot ?? Number.NaN),
    source: headers.map(header => (header.isDemo ? 'demo' : header.provenance.source)),
    header: headers.map(header => JSON.stringify(header)),
  }
}

const outStatements = (where: string): Statement[] => [
  { sql: `delete from chain_quotes where moment in (${where})` },
  { sql: `delete from chain_expiries where moment in (${where})` },
]

export function createSnapshotsStore(store: DataStore): SnapshotsStore {
  const describe = async (headers: readonly SnapshotHeader[]) => {
    await store.append('chain_expiries', expiryColumns(headers))
    await store.append('chain_moments', momentColumns(headers))
  }
  const headers = async (sql: string, params: readonly (string | number)[]): Promise<SnapshotHeader[]> => {
    const { columns } = await store.query(sql, { params })
    return (columns[0] as readonly string[]).map(text => JSON.parse(text) as SnapshotHeader)
  }
  return {
    async write(header, chain) {
      await store.append('chain_quotes', quoteColumns(header.id, chain))
      await describe([header])
    },
    async load(list, file, signal) {
      const { rows } = await store.load(
        {
          table: 'chain_quotes',
          sql: `from read_parquet(${literal(file)})`,
          before: outStatements(inList(list.map(header => header.id))),
          after: [],
        },
        signal,
      )
      await describe(list)
      return rows
    },
    copyOut: (ids, file) =>
      store.copyOut(`select * from chain_quotes where moment in (${inList(ids)}) order by moment`, file, 'parquet'),
    header: async id => (await headers('select header from chain_moments where id = ?', [id]))[0] ?? null,
    async rows(id) {
      const sql = `select expiry, ${QUOTES.join(', ')} from chain_quotes where moment = ? order by expiry, strike, side desc`
      const { columns } = await store.query(sql, { params: [id] })
      const [expiry, strike, side, bid, ask, bidSize, askSize, last, volume, openInterest, quoteTime] = columns as Float64Array[]
      const dates = new Map<number, IsoDate>()
      const dateAt = (micros: number) => {
        if (!dates.has(micros)) dates.set(micros, dateOfDay(micros / MICROS_PER_DAY))
        return dates.get(micros)!
      }
      return {
        ...{ expiry: Array.from(expiry!, dateAt), strike: strike!, side: side!, bid: bid!, ask: ask!, bidSize: bidSize! },
        ...{ askSize: askSize!, last: last!, volume: volume!, openInterest: openInterest!, quoteTime: quoteTime! },
      }
    },
    async ids() {
      const { columns } = await store.query('select id from chain_moments')
      return new Set(columns[0] as readonly string[])
    },
    list: (key, before, limit) =>
      headers(
        `select header from chain_moments where underlying = ? and time < make_timestamp(?::bigint) order by time desc, id limit ?`,
        [key, before ?? Number.MAX_SAFE_INTEGER, limit],
      ),
    regularSince: (at, limit) =>
      headers(
        `select header from chain_moments where why = 'regular' and source <> 'demo' and time > make_timestamp(?::bigint)
          order by time limit ?`,
        [at, limit],
      ),
    async history(key, expiry, limit) {
      // A moment that was kept twice, as for an alert and by itself, is one point.
      const sql = `select time, any_value(forward), any_value(atm_vol), any_value(risk_reversal_25), any_value(butterfly_25)
        from chain_expiries where underlying = ? and expiry = ?::date group by time order by time desc limit ?`
      const { columns } = await store.query(sql, { params: [key, expiry, limit] })
      const [time, forward, atmVol, riskReversal25, butterfly25] = (columns as Float64Array[]).map(column => [
        ...column.toReversed(),
      ])
      const maybe = (column: readonly number[] | undefined) => (column ?? []).map(value => (Number.isNaN(value) ? null : value))
      return {
        ...{ time: time ?? [], forward: maybe(forward), atmVol: maybe(atmVol) },
        ...{ riskReversal25: maybe(riskReversal25), butterfly25: maybe(butterfly25) },
      }
    },
    async prune(before, demoBefore) {
      const at = (instant: number) => `time < make_timestamp(${Math.floor(instant)}::bigint)`
      const old = `select id from chain_moments where why = 'regular' and ((source = 'demo' and ${at(demoBefore)}) or ${at(before)})`
      const found = Number((await store.query(`select count(*) from (${old})`)).columns[0]![0])
      if (found > 0) await store.transact([...outStatements(old), { sql: `delete from chain_moments where id in (${old})` }])
      // Rows of a moment that a kill kept from being listed belong to nobody.
      const orphans = 'moment not in (select id from chain_moments)'
      await store.transact(['chain_quotes', 'chain_expiries'].map(table => ({ sql: `delete from ${table} where ${orphans}` })))
      return found
    },
  }
}

/** Instant of the newest of some moments; 0 where there are none. */
export function newestOf(headers: readonly { readonly at: EpochMicros }[]): number {
  return headers.reduce((newest, { at }) => Math.max(newest, at), 0)
}
