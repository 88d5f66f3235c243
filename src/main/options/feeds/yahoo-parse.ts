import { type EpochMicros, fromMillis } from '../../../core/kit/time.ts'
import { settlesAt } from '../../../core/options/expiry-time.ts'
import { parseOccSymbol } from '../../../core/options/occ-symbol.ts'
import { termsOf } from '../../../core/options/read-chain/terms.ts'
import type { ListedOption, OptionQuote } from '../chain-feed.ts'

/** One expiry of an underlying as Yahoo sent it. */
export interface YahooExpiry {
  readonly contracts: readonly ListedOption[]
  readonly quotes: readonly OptionQuote[]
  readonly spot: { readonly bid: number; readonly ask: number; readonly eventTime: number } | null
  /** All expiries that Yahoo lists, as it names them. */
  readonly expiries: readonly Date[]
  /** Records that cannot be used, with the reason. */
  readonly refused: readonly { readonly raw: string; readonly reason: string }[]
}

const LONGEST_RAW = 2000
const NO_NUMBER = Number.NaN

type Fields = Readonly<Record<string, unknown>>

/**
 * What one answer of Yahoo's options says.
 *
 * Quotes come through as they are: off hours bid and ask are both zero, and the analysis says so row by row. Yahoo's own volatilities
 * (1e-5 where it has none) are not read. Yahoo does not say when an option was quoted.
 * Fails: TypeError where the answer has another shape altogether.
 */
export function parseYahooOptions(answer: unknown, symbol: string): YahooExpiry {
  const { expirationDates, options, quote } = fieldsOf(answer)
  if (!Array.isArray(expirationDates) || !Array.isArray(options))
    throw new TypeError('the options answer has no list of expiries')
  const contracts: ListedOption[] = []
  const quotes: OptionQuote[] = []
  const refused: { raw: string; reason: string }[] = []
  const { settlement } = termsOf(symbol)
  for (const one of options.map(fieldsOf).flatMap(({ calls, puts }) => [...listOf(calls), ...listOf(puts)])) {
    const fields = fieldsOf(one)
    const key = typeof fields.contractSymbol === 'string' ? fields.contractSymbol : ''
    const occ = parseOccSymbol(key)
    const strike = numberOf(fields.strike)
    if (!occ || occ.strike !== strike) {
      const raw = JSON.stringify(one)?.slice(0, LONGEST_RAW) ?? String(one)
      refused.push({ raw, reason: 'the symbol of the contract and its strike do not say the same' })
      continue
    }
    // What a split or a merger changed, and minis, deliver something else under the same strike.
    if (/\d$/.test(occ.root) || (fields.contractSize !== undefined && fields.contractSize !== 'REGULAR')) continue
    contracts.push({ key, expiry: occ.expiry, settlesAt: settlesAt(occ.expiry, settlement), strike, side: occ.side })
    quotes.push(quoteOf(key, fields))
  }
  const dates = expirationDates.map(dateOf).filter(date => date !== null)
  return { contracts, quotes, spot: spotOf(fieldsOf(quote)), expiries: dates, refused }
}

function quoteOf(key: string, fields: Fields): OptionQuote {
  return {
    key,
    bid: numberOf(fields.bid),
    ask: numberOf(fields.ask),
    bidSize: NO_NUMBER,
    askSize: NO_NUMBER,
    last: numberOf(fields.lastPrice),
    // Yahoo leaves the volume out where nothing traded.
    volume: fields.volume === undefined ? 0 : numberOf(fields.volume),
    openInterest: numberOf(fields.openInterest),
    eventTime: NO_NUMBER,
  }
}

/** Off hours the last price of the regular session is the one that the options' quotes belong to. */
function spotOf(fields: Fields): YahooExpiry['spot'] {
  const [bid, ask, price] = [numberOf(fields.bid), numberOf(fields.ask), numberOf(fields.regularMarketPrice)]
  const at = dateOf(fields.regularMarketTime)
  const eventTime: number | EpochMicros = at ? fromMillis(at.getTime()) : NO_NUMBER
  if (fields.marketState === 'REGULAR' && bid > 0 && ask >= bid) return { bid, ask, eventTime }
  return price > 0 ? { bid: price, ask: price, eventTime } : null
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : NO_NUMBER
}

/** A Date from the client, or seconds as they are sent. */
function dateOf(value: unknown): Date | null {
  const date = value instanceof Date ? value : typeof value === 'number' ? new Date(value * 1000) : new Date(String(value))
  return Number.isNaN(date.getTime()) ? null : date
}
