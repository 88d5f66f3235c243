import { type EpochMicros, type IsoDate, isoDate, MICROS_PER_DAY, MICROS_PER_HOUR } from '../../core/kit/time.ts'
import type { ChainExpiry, OptionChain } from '../../core/options/chain.ts'
import type { ChainListing, ListedOption, OptionQuote } from './chain-feed.ts'
import type { ContractPlace } from './chain-service.ts'

/** What comes in and is not taken goes here, with the reason. */
export type Refuse = (record: object, reason: string) => void

/** Newest listing and quotes of one underlying, as columns in the order of a chain. */
export interface ChainBook {
  /** Null before the first listing. */
  readonly listing: Omit<ChainListing, 'underlying' | 'contracts'> | null
  readonly expiries: readonly ChainExpiry[]
  readonly rows: number
  readonly strike: Float64Array
  readonly side: Int8Array
  /** Our clock at the newest quote of each row; NaN before the first. */
  readonly received: Float64Array
  /** Grows with every change of anything; a pass remembers what it has seen. */
  readonly version: number
  /** The same for the listing alone. */
  readonly listed: number
  readonly newestReceipt: EpochMicros | null
  /** Venue's clock of the newest quote of any row; NaN where nobody said. */
  readonly newestEvent: number
  /** Middle of the underlying's quote, or the side there is; NaN before the first. */
  readonly spot: number
  /** Quotes that were older than what is held, and so not taken. */
  readonly late: number
  keyAt(row: number): string
  /** Row of a contract, -1 where it is not listed. */
  rowOf(place: ContractPlace): number
  /** Replaces the listing; what is still listed on the same terms keeps its quote. */
  list(listing: ChainListing, refuse: Refuse): void
  /** Takes quotes; gives how many. */
  quotes(batch: readonly OptionQuote[], received: EpochMicros, refuse: Refuse): number
  setSpot(spot: { readonly bid: number; readonly ask: number; readonly eventTime: number }, refuse: Refuse): void
  setHalted(isHalted: boolean): void
  /** The chain as it is known now, in columns of its own. */
  chain(asOf: EpochMicros): OptionChain
}

const NUMBERS = ['bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest'] as const
/** Of these, a message that is silent does not take back what an earlier one said. */
const LASTING = new Set<(typeof NUMBERS)[number]>(['last', 'volume', 'openInterest'])
/** A venue's clock may be ahead of ours by this much. */
const FUTURE_MICROS = MICROS_PER_HOUR
/** Expiries stay for a day after they settled, marked as such; then nobody needs them. */
const SETTLED_MICROS = MICROS_PER_DAY

interface Columns {
  readonly keys: readonly string[]
  readonly strike: Float64Array
  readonly side: Int8Array
  readonly numbers: Readonly<Record<(typeof NUMBERS)[number], Float64Array>>
  /** Venue's clock where it says; else our clock at the receipt, which is the newest instant at which it was quoted so. */
  readonly quoteTime: Float64Array
  readonly eventTime: Float64Array
  readonly received: Float64Array
}

function emptyColumns(contracts: readonly ListedOption[]): Columns {
  const column = () => new Float64Array(contracts.length).fill(Number.NaN)
  return {
    keys: contracts.map(contract => contract.key),
    strike: Float64Array.from(contracts, contract => contract.strike),
    side: Int8Array.from(contracts, contract => contract.side),
    numbers: Object.fromEntries(NUMBERS.map(name => [name, column()])) as unknown as Columns['numbers'],
    quoteTime: column(),
    eventTime: column(),
    received: column(),
  }
}

const placeOf = ({ expiry, strike, side }: ContractPlace): string => `${expiry} ${strike} ${side}`

/** Contracts that make sense, in the order of a chain, each once. */
function sorted({ contracts, isOnFuture = false }: ChainListing, refuse: Refuse): ListedOption[] {
  const settles = new Map<IsoDate, EpochMicros>()
  const keys = new Set<string>()
  const places = new Set<string>()
  const reasonAgainst = (one: ListedOption): string | null => {
    if (!isDate(one.expiry)) return 'its expiry is no date'
    if (!Number.isSafeInteger(one.settlesAt)) return 'its settlement is not a whole number of microseconds'
    if (!Number.isFinite(one.strike)) return 'its strike is not a number'
    if (one.strike <= 0 && !isOnFuture) return 'its strike is not above zero'
    if (one.side !== 1 && one.side !== -1) return 'its side is neither call nor put'
    if (keys.has(one.key)) return 'its key is listed twice'
    if (places.has(placeOf(one))) return 'its expiry, strike and side are listed twice'
    if ((settles.get(one.expiry) ?? one.settlesAt) !== one.settlesAt) return 'it settles at another instant than its expiry does'
    return null
  }
  const taken = contracts.filter(one => {
    const reason = reasonAgainst(one)
    if (reason !== null) refuse(one, reason)
    else {
      keys.add(one.key)
      places.add(placeOf(one))
      settles.set(one.expiry, one.settlesAt)
    }
    return reason === null
  })
  return taken.sort((a, b) => (a.expiry === b.expiry ? a.strike - b.strike || b.side - a.side : a.expiry < b.expiry ? -1 : 1))
}

function isDate(text: string): boolean {
  try {
    return isoDate(text) === text
  } catch {
    return false
  }
}

function stretches(contracts: readonly ListedOption[]): ChainExpiry[] {
  const expiries: ChainExpiry[] = []
  for (let from = 0; from < contracts.length; ) {
    const { expiry: date, settlesAt } = contracts[from]!
    let to = from + 1
    while (contracts[to]?.expiry === date) to++
    expiries.push({ date, settlesAt, from, to })
    from = to
  }
  return expiries
}

/** Why a quote is not taken; null where it is. Prices and sizes may be missing, and may be zero, as they really are off hours. */
function reasonAgainst(quote: OptionQuote, received: EpochMicros): string | null {
  for (const name of NUMBERS) {
    const value = quote[name]
    if (Math.abs(value) === Number.POSITIVE_INFINITY) return `its ${name} is infinite`
    if (value < 0) return `its ${name} is below zero`
  }
  if (Number.isNaN(quote.eventTime)) return null
  if (!Number.isSafeInteger(quote.eventTime)) return 'its time is not a whole number of microseconds'
  return quote.eventTime > received + FUTURE_MICROS ? 'its time is more than an hour ahead' : null
}

/**
 * Book of one underlying; the order of its rows is that of the chain, so that a chain costs a copy and no sort.
 *
 * A split or a new listing changes strikes under the same keys: a quote is kept only where the whole contract is the same.
 */
export function createChainBook(underlying: string): ChainBook {
  let listing: ChainBook['listing'] = null
  let expiries: readonly ChainExpiry[] = []
  let columns = emptyColumns([])
  let byKey = new Map<string, number>()
  let byPlace = new Map<string, number>()
  let spot = { bid: Number.NaN, ask: Number.NaN, eventTime: Number.NaN }
  let isHalted = false
  let newestReceipt: EpochMicros | null = null
  let newestEvent = Number.NaN
  const counts = { version: 0, listed: 0, late: 0 }

  const put = (row: number, quote: OptionQuote, received: EpochMicros): boolean => {
    if (quote.eventTime < columns.eventTime[row]!) {
      counts.late++
      return false
    }
    for (const name of NUMBERS) if (!Number.isNaN(quote[name]) || !LASTING.has(name)) columns.numbers[name][row] = quote[name]
    columns.eventTime[row] = quote.eventTime
    columns.quoteTime[row] = Number.isNaN(quote.eventTime) ? received : quote.eventTime
    columns.received[row] = received
    if (!(quote.eventTime <= newestEvent) && !Number.isNaN(quote.eventTime)) newestEvent = quote.eventTime
    return true
  }

  return {
    get listing() {
      return listing
    },
    get expiries() {
      return expiries
    },
    get rows() {
      return columns.keys.length
    },
    get strike() {
      return columns.strike
    },
    get side() {
      return columns.side
    },
    get received() {
      return columns.received
    },
    get version() {
      return counts.version
    },
    get listed() {
      return counts.listed
    },
    get late() {
      return counts.late
    },
    get newestReceipt() {
      return newestReceipt
    },
    get newestEvent() {
      return newestEvent
    },
    get spot() {
      const { bid, ask } = spot
      return bid > 0 && ask > 0 ? (bid + ask) / 2 : bid > 0 ? bid : ask > 0 ? ask : Number.NaN
    },
    keyAt: row => columns.keys[row]!,
    rowOf: place => byPlace.get(placeOf(place)) ?? -1,
    list(given, refuse) {
      if (!(given.multiplier > 0) || !(given.tickSize > 0))
        return refuse({ ...given, contracts: given.contracts.length }, 'its multiplier or tick size is not above zero')
      const contracts = sorted(given, refuse)
      const next = emptyColumns(contracts)
      for (const [row, contract] of contracts.entries()) {
        const old = byKey.get(contract.key)
        if (old === undefined || old !== byPlace.get(placeOf(contract))) continue
        for (const name of NUMBERS) next.numbers[name][row] = columns.numbers[name][old]!
        for (const name of ['quoteTime', 'eventTime', 'received'] as const) next[name][row] = columns[name][old]!
      }
      const { exercise, multiplier, tickSize, isOnFuture = false } = given
      listing = { exercise, multiplier, tickSize, isOnFuture }
      expiries = stretches(contracts)
      columns = next
      byKey = new Map(contracts.map(({ key }, row) => [key, row]))
      byPlace = new Map(contracts.map((contract, row) => [placeOf(contract), row]))
      counts.listed = ++counts.version
    },
    quotes(batch, received, refuse) {
      let taken = 0
      for (const quote of batch) {
        const row = byKey.get(quote.key)
        const reason = row === undefined ? 'its contract is not listed' : reasonAgainst(quote, received)
        if (reason !== null) refuse(quote, reason)
        else if (put(row!, quote, received)) taken++
      }
      if (taken > 0) {
        newestReceipt = received
        counts.version++
      }
      return taken
    },
    setSpot(next, refuse) {
      if (Math.abs(next.bid) === Number.POSITIVE_INFINITY || Math.abs(next.ask) === Number.POSITIVE_INFINITY)
        return refuse(next, 'the price of the underlying is infinite')
      if (next.eventTime < spot.eventTime) {
        counts.late++
        return
      }
      spot = { bid: next.bid, ask: next.ask, eventTime: next.eventTime }
      counts.version++
    },
    setHalted(next) {
      if (next === isHalted) return
      isHalted = next
      counts.version++
    },
    chain(asOf) {
      const past = expiries.findIndex(one => one.settlesAt > asOf - SETTLED_MICROS)
      const kept = past < 0 ? [] : expiries.slice(past)
      const from = kept[0]?.from ?? columns.keys.length
      const { bid, ask, bidSize, askSize, last, volume, openInterest } = columns.numbers
      const part = (column: Float64Array) => column.slice(from)
      return {
        underlying,
        asOf,
        exercise: listing?.exercise ?? 'american',
        multiplier: listing?.multiplier ?? 1,
        tickSize: listing?.tickSize ?? 0.01,
        spotBid: spot.bid,
        spotAsk: spot.ask,
        spotTime: spot.eventTime,
        isHalted,
        isOnFuture: listing?.isOnFuture ?? false,
        expiries: kept.map(one => ({ ...one, from: one.from - from, to: one.to - from })),
        strike: part(columns.strike),
        side: columns.side.slice(from),
        bid: part(bid),
        ask: part(ask),
        bidSize: part(bidSize),
        askSize: part(askSize),
        last: part(last),
        volume: part(volume),
        openInterest: part(openInterest),
        quoteTime: part(columns.quoteTime),
      }
    },
  }
}
