import type { Timeframe } from '../market/bars.ts'
import type { Encoding } from './encoding.ts'
import type { DateOrder } from './times.ts'

export const COLUMN_ROLES = [
  'time',
  'date',
  'timeOfDay',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'value',
  'bid',
  'ask',
  'bidSize',
  'askSize',
  'price',
  'size',
  'symbol',
  'skip',
] as const
export type ColumnRole = (typeof COLUMN_ROLES)[number]
export type SeriesKind = 'bars' | 'values' | 'ticks'

/** How a file is to be read. */
export interface Mapping {
  readonly format: 'csv' | 'parquet' | 'json'
  readonly encoding: Encoding
  readonly delimiter: string
  readonly decimal: '.' | ','
  /** Records before the first row of data: a preamble, and the names of the columns. */
  readonly headerRows: number
  readonly columns: readonly { readonly name: string; readonly role: ColumnRole }[]
  readonly dateOrder: DateOrder
  readonly timeZone: string
  readonly unit: string
  readonly kind: SeriesKind
  readonly timeframe: Timeframe | null
}

/** Numbers that a row of each kind carries, in the order of the columns of a batch. */
export const SLOTS = {
  bars: ['open', 'high', 'low', 'close', 'volume'],
  values: ['value'],
  ticks: ['price', 'size', 'bid', 'ask', 'bidSize', 'askSize'],
} as const satisfies Record<SeriesKind, readonly ColumnRole[]>

/** Why rows cannot be made with that mapping, in words; null where they can. */
export function mappingTrouble(mapping: Mapping, isZone: (name: string) => boolean): string | null {
  const has = (role: ColumnRole) => mapping.columns.some(column => column.role === role)
  const twice = COLUMN_ROLES.find(role => role !== 'skip' && mapping.columns.filter(column => column.role === role).length > 1)
  if (twice) return `two columns are the ${twice}`
  if (!isZone(mapping.timeZone)) return `no time zone is named ${mapping.timeZone}`
  if (mapping.format === 'csv' && mapping.delimiter.length !== 1) return 'the delimiter is one character'
  if (mapping.format === 'csv' && mapping.delimiter === mapping.decimal) return 'delimiter and decimal sign are the same'
  if (!has('time') && !has('date')) return 'no column is the time'
  if (has('time') && (has('date') || has('timeOfDay'))) return 'the time is one column, or a date and a time of day, not both'
  if (has('timeOfDay') && !has('date')) return 'a time of day needs a date beside it'
  return priceTrouble(mapping, has)
}

function priceTrouble({ kind, timeframe }: Mapping, has: (role: ColumnRole) => boolean): string | null {
  if (kind === 'values') return has('value') || has('close') ? null : 'no column is the value'
  if (kind === 'ticks') return has('price') || (has('bid') && has('ask')) ? null : 'ticks need a price, or a bid and an ask'
  const missing = (['open', 'high', 'low', 'close'] as const).find(role => !has(role))
  if (missing) return `bars need open, high, low and close; no column is the ${missing}`
  return timeframe === null ? 'bars need a timeframe' : null
}
