/** Newest values of the book, a column each; row k of every column is the same instrument. */
const NUMBERS = [
  'bid',
  'ask',
  'bidSize',
  'askSize',
  'last',
  'lastSize',
  'open',
  'high',
  'low',
  'previousClose',
  'volume',
  /** Venue's clock of the newest of quote and trade, and of each alone; NaN before the first. */
  'eventTime',
  'quoteTime',
  'tradeTime',
  'receiptTime',
  /** Monotonic seconds of the newest record: ages must survive a wall clock that is set. */
  'heard',
  /** Number of the change that touched the row last; a stream remembers how far it has read. */
  'version',
  /** First instant after the trading day that the day statistics are of. */
  'dayEnd',
] as const

type NumberColumn = (typeof NUMBERS)[number]

export type BookColumns = { [name in NumberColumn]: Float64Array } & {
  /** Sum of the QUALITY bits of the newest record. */
  quality: Int32Array
  /** Index into LIVENESS as it stands, and as it was last said by the source. */
  state: Uint8Array
  given: Uint8Array
  /** 1 where the venue sends day statistics itself, so that trades must not. */
  venueDay: Uint8Array
}

/** Empty columns for that many rows: numbers are NaN, versions 0. */
export function bookColumns(capacity: number): BookColumns {
  const numbers = Object.fromEntries(NUMBERS.map(name => [name, new Float64Array(capacity).fill(Number.NaN)]))
  const columns = {
    ...(numbers as Record<NumberColumn, Float64Array>),
    quality: new Int32Array(capacity),
    state: new Uint8Array(capacity),
    given: new Uint8Array(capacity),
    venueDay: new Uint8Array(capacity),
  }
  columns.version.fill(0)
  return columns
}

/** Gives the columns room for that many rows, in place, keeping what they hold. */
export function grow(columns: BookColumns, capacity: number): void {
  const wider = bookColumns(capacity)
  for (const name of Object.keys(wider) as (keyof BookColumns)[]) wider[name].set(columns[name] as never)
  Object.assign(columns, wider)
}
