import { reasonOf } from '../../../contract/reasons.ts'
import { type InstrumentId, instrumentId, isInstrumentId } from '../../../core/kit/ids.ts'
import { type EpochMicros, fromMillis } from '../../../core/kit/time.ts'
import type { Bars } from '../../../core/market/bars.ts'
import type { AssetClass, Instrument, Liveness } from '../../../core/market/instrument.ts'
import type { FoundSymbol, RawDay, RawQuote, RawTrade } from '../source.ts'

/** The fields of a Yahoo quote that are used here; each may be missing, and off hours prices come as 0. */
export interface YahooQuote {
  readonly symbol: string
  readonly quoteType: string
  readonly shortName?: string | undefined
  readonly longName?: string | undefined
  readonly currency?: string | undefined
  readonly exchange?: string | undefined
  readonly fullExchangeName?: string | undefined
  readonly exchangeTimezoneName?: string | undefined
  readonly exchangeDataDelayedBy?: number | undefined
  readonly quoteSourceName?: string | undefined
  readonly marketState?: string | undefined
  readonly priceHint?: number | undefined
  readonly bid?: number | undefined
  readonly ask?: number | undefined
  readonly bidSize?: number | undefined
  readonly askSize?: number | undefined
  readonly regularMarketPrice?: number | undefined
  /** A Date from the client, seconds as sent, or text once it was kept on disk. */
  readonly regularMarketTime?: Date | number | string | undefined
  readonly regularMarketOpen?: number | undefined
  readonly regularMarketDayHigh?: number | undefined
  readonly regularMarketDayLow?: number | undefined
  readonly regularMarketPreviousClose?: number | undefined
  readonly regularMarketVolume?: number | undefined
}

export interface YahooChartRow {
  readonly date: Date
  readonly open: number | null
  readonly high: number | null
  readonly low: number | null
  readonly close: number | null
  readonly volume: number | null
}

const ASSET_CLASS: Readonly<Record<string, AssetClass>> = {
  EQUITY: 'equity',
  ETF: 'equity',
  MUTUALFUND: 'equity',
  INDEX: 'index',
  FUTURE: 'future',
  OPTION: 'option',
  CURRENCY: 'spot',
  CRYPTOCURRENCY: 'spot',
  MONEYMARKET: 'rate',
}

/** Contract sizes and units of the continuous futures people ask for; Yahoo does not send them. Source: CME Group contract specifications. */
const FUTURES: Readonly<Record<string, { readonly unit: string; readonly multiplier: number; readonly tickSize: number }>> = {
  'CL=F': { unit: 'USD/bbl', multiplier: 1000, tickSize: 0.01 },
  'BZ=F': { unit: 'USD/bbl', multiplier: 1000, tickSize: 0.01 },
  'NG=F': { unit: 'USD/MMBtu', multiplier: 10_000, tickSize: 0.001 },
  'HO=F': { unit: 'USD/gal', multiplier: 42_000, tickSize: 0.0001 },
  'RB=F': { unit: 'USD/gal', multiplier: 42_000, tickSize: 0.0001 },
  'GC=F': { unit: 'USD/oz', multiplier: 100, tickSize: 0.1 },
  'SI=F': { unit: 'USD/oz', multiplier: 5000, tickSize: 0.005 },
  'HG=F': { unit: 'USD/lb', multiplier: 25_000, tickSize: 0.0005 },
  'ES=F': { unit: '', multiplier: 50, tickSize: 0.25 },
  'NQ=F': { unit: '', multiplier: 20, tickSize: 0.25 },
}

const ENERGY_VENUES = new Set(['NYM', 'NYMEX'])
const EQUITY_FUTURES_VENUES = new Set(['CME', 'CBT', 'CBOT'])

/** Id of a Yahoo symbol, null where it has characters that an id cannot have. */
export function yahooId(symbol: string): InstrumentId | null {
  const id = `${symbol.toUpperCase()}.YAHOO`
  return isInstrumentId(id) ? instrumentId(id) : null
}

/** The instrument that a quote is of, null where its symbol cannot be one. */
export function instrumentOf(quote: YahooQuote): Instrument | null {
  const id = yahooId(quote.symbol)
  if (!id) return null
  const known = FUTURES[quote.symbol]
  const currency = quote.currency ?? 'USD'
  return {
    id,
    symbol: quote.symbol,
    name: quote.longName ?? quote.shortName ?? quote.symbol,
    assetClass: ASSET_CLASS[quote.quoteType] ?? 'spot',
    venue: 'YAHOO',
    source: 'yahoo',
    currency,
    unit: known?.unit ?? '',
    tickSize: known?.tickSize ?? 10 ** -Math.min(8, Math.max(0, quote.priceHint ?? 2)),
    multiplier: known?.multiplier ?? 1,
    calendar: calendarOf(quote),
    contractMonth: null,
    lastTradeDate: null,
  }
}

/** Hours are known for New York venues only; elsewhere the market counts as open, and its own answers say otherwise. */
function calendarOf(quote: YahooQuote): string {
  if (quote.quoteType === 'FUTURE') {
    if (ENERGY_VENUES.has(quote.exchange ?? '')) return 'cme-energy'
    if (EQUITY_FUTURES_VENUES.has(quote.exchange ?? '')) return 'cme-equity'
    return 'always'
  }
  const listed = quote.quoteType === 'EQUITY' || quote.quoteType === 'ETF' || quote.quoteType === 'INDEX'
  return listed && quote.exchangeTimezoneName === 'America/New_York' ? 'nyse' : 'always'
}

function millisOf(time: Date | number | string | undefined): number {
  if (typeof time === 'number') return time * 1000
  return time === undefined ? Number.NaN : new Date(time).getTime()
}

/** A price as Yahoo sends it: 0 stands for none outside trading hours. */
function priceOf(value: number | undefined): number {
  return value === undefined || value === 0 || !Number.isFinite(value) ? Number.NaN : value
}

function numberOf(value: number | undefined): number {
  return value === undefined || !Number.isFinite(value) ? Number.NaN : value
}

/** One polled quote as the records of the house; `trade` is the last sale, its size 0 because Yahoo does not tell it. */
export interface ParsedQuote {
  readonly instrument: Instrument
  readonly quote: Omit<RawQuote, 'seq'>
  readonly trade: Omit<RawTrade, 'seq'> | null
  readonly day: RawDay
  readonly state: Liveness
  readonly reason: string | null
}

/** Null where the quote has no usable symbol or no time: a value of unknown age is no value. */
export function parseQuote(quote: YahooQuote): ParsedQuote | null {
  const instrument = instrumentOf(quote)
  const millis = millisOf(quote.regularMarketTime)
  if (!instrument || !Number.isFinite(millis)) return null
  const eventTime = fromMillis(millis)
  const price = priceOf(quote.regularMarketPrice)
  const bid = priceOf(quote.bid)
  const ask = priceOf(quote.ask)
  const delayMinutes = quote.exchangeDataDelayedBy ?? 0
  const delayed = delayMinutes > 0 || !/real.?time/i.test(quote.quoteSourceName ?? '')
  return {
    instrument,
    quote: {
      instrument: instrument.id,
      bid,
      ask,
      bidSize: Number.isNaN(bid) ? Number.NaN : numberOf(quote.bidSize),
      askSize: Number.isNaN(ask) ? Number.NaN : numberOf(quote.askSize),
      eventTime,
    },
    trade: Number.isNaN(price) ? null : { instrument: instrument.id, price, size: 0, aggressor: 'unknown', eventTime },
    day: {
      instrument: instrument.id,
      open: priceOf(quote.regularMarketOpen),
      high: priceOf(quote.regularMarketDayHigh),
      low: priceOf(quote.regularMarketDayLow),
      previousClose: priceOf(quote.regularMarketPreviousClose),
      volume: numberOf(quote.regularMarketVolume),
      eventTime,
    },
    state: delayed ? 'delayed' : 'live',
    reason: delayed ? (delayMinutes > 0 ? reasonOf('delayed-by', delayMinutes) : reasonOf('delayed')) : null,
  }
}

/** Bars of a chart and how many of its rows had no price: Yahoo leaves holes as rows of nulls. */
export interface ParsedChart {
  readonly bars: Bars
  readonly missing: number
}

/**
 * Bars of chart rows in order of time; `startOf` turns Yahoo's time of a row into the start of its bar.
 *
 * Rows without a price are left out and counted, and of two rows for one bar the later one stands: Yahoo repeats the
 * running day.
 */
export function parseChart(rows: readonly YahooChartRow[], startOf: (time: EpochMicros) => number): ParsedChart {
  const byTime = new Map<number, YahooChartRow>()
  let missing = 0
  for (const row of rows) {
    const complete = [row.open, row.high, row.low, row.close].every(value => value !== null && Number.isFinite(value))
    if (!complete || !Number.isFinite(row.date.getTime())) missing++
    else byTime.set(startOf(fromMillis(row.date.getTime())), row)
  }
  const time = Float64Array.from(byTime.keys()).sort()
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume') =>
    Float64Array.from(time, at => byTime.get(at)?.[name] ?? Number.NaN)
  return {
    bars: {
      time,
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    },
    missing,
  }
}

/** Symbols of a search answer; entries that are no Yahoo instruments (firms of a start-up list) are left out. */
export function parseSearch(answer: unknown): FoundSymbol[] {
  const quotes = (answer as { quotes?: unknown } | null)?.quotes
  if (!Array.isArray(quotes)) throw new TypeError('the search answer has no list of quotes')
  const found: FoundSymbol[] = []
  for (const entry of quotes as Readonly<Record<string, unknown>>[]) {
    const symbol = entry['symbol']
    if (typeof symbol !== 'string' || !yahooId(symbol)) continue
    found.push({
      symbol,
      name: textOf(entry['longname']) ?? textOf(entry['shortname']) ?? symbol,
      kind: textOf(entry['typeDisp']) ?? textOf(entry['quoteType']) ?? '',
      venue: textOf(entry['exchDisp']) ?? textOf(entry['exchange']) ?? '',
    })
  }
  return found
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
