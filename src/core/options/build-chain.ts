import { type EpochMicros, type IsoDate, isoDate } from '../kit/time.ts'
import type { ChainExpiry, OptionChain } from './chain.ts'
import { type Settlement, settlesAt } from './expiry-time.ts'

/** What a chain says of itself apart from its rows. */
export interface ChainHeader
  extends Pick<
    OptionChain,
    'underlying' | 'asOf' | 'exercise' | 'multiplier' | 'tickSize' | 'spotBid' | 'spotAsk' | 'spotTime' | 'isHalted'
  > {
  readonly settlement: Settlement
  readonly isOnFuture?: boolean
  /** Price of the future under each expiry, where options are on futures and somebody said it. */
  readonly futures?: ReadonlyMap<string, number>
  /** Instants that are known better than by the rule of the settlement. */
  readonly settlesAt?: ReadonlyMap<string, EpochMicros>
}

/** One contract as it came in; a number that nobody said is NaN or left out. */
export interface ChainRow {
  /** Expiry as YYYY-MM-DD. */
  readonly expiry: string
  readonly strike: number
  /** 1 for a call, -1 for a put. */
  readonly side: number
  readonly bid?: number
  readonly ask?: number
  readonly bidSize?: number
  readonly askSize?: number
  readonly last?: number
  readonly volume?: number
  readonly openInterest?: number
  readonly quoteTime?: number
}

/** Something in the rows that the chain does not hold, by the number of the row from 0. */
export interface ChainProblem {
  readonly row: number
  readonly reason: 'bad-expiry' | 'bad-strike' | 'bad-side' | 'duplicate' | 'not-a-number' | 'negative'
  /** The field at fault, and what stood there. */
  readonly field: string
  readonly value: string
  /** Whether the whole row is left out, or only that number. */
  readonly isDropped: boolean
}

const QUOTE_FIELDS = ['bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest', 'quoteTime'] as const
type QuoteField = (typeof QUOTE_FIELDS)[number]

interface Kept extends Record<QuoteField, number> {
  readonly row: number
  readonly expiry: IsoDate
  readonly strike: number
  readonly side: 1 | -1
}

/**
 * A chain of rows in any order: sorted, checked, no contract twice; and why anything of them is not in it.
 *
 * Nothing throws: a row without a meaning is left out, a number without one is NaN. Of two rows for a contract the one with the newer
 * quote stays, then the one with two sides, then the first. Strikes may be below zero for options on futures only.
 */
export function buildChain(
  header: ChainHeader,
  rows: readonly ChainRow[],
): { readonly chain: OptionChain; readonly problems: readonly ChainProblem[] } {
  const problems: ChainProblem[] = []
  const dates = new Map<string, IsoDate | null>()
  const kept = new Map<string, Kept>()
  rows.forEach((given, row) => {
    const one = readRow(given, row, { header, dates, problems })
    if (!one) return
    const key = `${one.expiry} ${one.strike} ${one.side}`
    const before = kept.get(key)
    const loser = before && (isBetter(one, before) ? before : one)
    if (loser) problems.push({ row: loser.row, reason: 'duplicate', field: 'strike', value: key, isDropped: true })
    if (loser !== one) kept.set(key, one)
  })
  const sorted = [...kept.values()].sort((a, b) =>
    a.expiry === b.expiry ? a.strike - b.strike || b.side - a.side : a.expiry < b.expiry ? -1 : 1,
  )
  problems.sort((a, b) => a.row - b.row)
  return { chain: { ...headerOf(header), expiries: expiriesOf(sorted, header), ...columnsOf(sorted) }, problems }
}

function headerOf(header: ChainHeader) {
  const { underlying, asOf, exercise, multiplier, tickSize, spotBid, spotAsk, spotTime, isHalted } = header
  const spot = { spotBid: spotBid > 0 ? spotBid : Number.NaN, spotAsk: spotAsk > 0 ? spotAsk : Number.NaN }
  const isOnFuture = header.isOnFuture ?? false
  return { underlying, asOf, exercise, multiplier, tickSize, ...spot, spotTime, isHalted, isOnFuture }
}

interface Reading {
  readonly header: ChainHeader
  readonly dates: Map<string, IsoDate | null>
  readonly problems: ChainProblem[]
}

function readRow(given: ChainRow, row: number, { header, dates, problems }: Reading): Kept | null {
  const refuse = (reason: ChainProblem['reason'], field: string, value: unknown, isDropped: boolean) => {
    problems.push({ row, reason, field, value: String(value), isDropped })
    return null
  }
  const expiry = dateOf(given.expiry, dates)
  if (expiry === null) return refuse('bad-expiry', 'expiry', given.expiry, true)
  const { strike, side } = given
  if (!Number.isFinite(strike) || (strike <= 0 && !header.isOnFuture)) return refuse('bad-strike', 'strike', strike, true)
  if (side !== 1 && side !== -1) return refuse('bad-side', 'side', side, true)
  const numbers = {} as Record<QuoteField, number>
  for (const field of QUOTE_FIELDS) {
    const value = given[field] ?? Number.NaN
    const isNegative = value < 0 && field !== 'quoteTime'
    if (isNegative) refuse('negative', field, value, false)
    else if (Math.abs(value) === Number.POSITIVE_INFINITY) refuse('not-a-number', field, value, false)
    numbers[field] = isNegative || !Number.isFinite(value) ? Number.NaN : value
  }
  return { row, expiry, strike: strike === 0 ? 0 : strike, side, ...numbers }
}

function dateOf(text: string, dates: Map<string, IsoDate | null>): IsoDate | null {
  const known = dates.get(text)
  if (known !== undefined) return known
  let date: IsoDate | null = null
  try {
    const read = isoDate(text)
    date = read > '1970' && read < '2200' ? read : null
  } catch {
    // What it was stands in the problem.
  }
  dates.set(text, date)
  return date
}

function isBetter(one: Kept, before: Kept): boolean {
  const [time, timeBefore] = [one.quoteTime || 0, before.quoteTime || 0]
  if (time !== timeBefore) return time > timeBefore
  return one.bid > 0 && one.ask > 0 && !(before.bid > 0 && before.ask > 0)
}

function expiriesOf(rows: readonly Kept[], header: ChainHeader): ChainExpiry[] {
  const expiries: ChainExpiry[] = []
  for (let from = 0; from < rows.length; ) {
    const date = rows[from]!.expiry
    let to = from
    while (to < rows.length && rows[to]!.expiry === date) to += 1
    const settles = header.settlesAt?.get(date) ?? settlesAt(date, header.settlement)
    const future = header.futures?.get(date)
    expiries.push({ date, settlesAt: settles, from, to, ...(future === undefined ? {} : { future }) })
    from = to
  }
  return expiries
}

function columnsOf(rows: readonly Kept[]) {
  const column = (field: QuoteField | 'strike') => Float64Array.from(rows, row => row[field])
  return {
    strike: column('strike'),
    side: Int8Array.from(rows, row => row.side),
    bid: column('bid'),
    ask: column('ask'),
    bidSize: column('bidSize'),
    askSize: column('askSize'),
    last: column('last'),
    volume: column('volume'),
    openInterest: column('openInterest'),
    quoteTime: column('quoteTime'),
  }
}
