import { dateIn, dayNumberOf, dayOfDate } from '../kit/calendar.ts'
import { type InstrumentId, instrumentId, symbolOf, venueOf } from '../kit/ids.ts'
import type { EpochMicros } from '../kit/time.ts'
import {
  CONTRACT_ROOTS,
  type Contract,
  contractMonthText,
  contractOf,
  parseContract,
  type RootName,
  strip,
} from '../market/contracts.ts'
import type { Instrument } from '../market/instrument.ts'

/** Venue of everything invented: no id of a real market ends in it. */
export const DEMO_VENUE = 'DEMO'
export const DEMO_ZONE = 'America/New_York'
/** The demo market began on this day (days since 1970-01-01): 2006-01-01. */
export const DEMO_FIRST_DAY = dayNumberOf(2006, 1, 1)
/** A contract is listed so many days before its last trade date. */
const LISTED_DAYS = 1096
const STRIP: Readonly<Record<RootName, number>> = { CL: 24, NG: 24, ES: 2 }

/** An invented share: its price on 2026-01-01 before noise, its beta to the index, and its own volatility per year. */
export interface DemoShare {
  readonly symbol: string
  readonly name: string
  readonly price: number
  readonly beta: number
  readonly ownVol: number
  readonly growth: number
  /** Mean size of a trade in shares. */
  readonly tradeSize: number
}

/** Tickers are real, prices are invented. The first is the index fund. */
export const DEMO_SHARES: readonly DemoShare[] = [
  share('SPY', 'S&P 500 fund', 600, 1, 0, 0.06, 110),
  share('AAPL', 'Apple', 235, 1.15, 0.18, 0.08, 60),
  share('MSFT', 'Microsoft', 470, 0.95, 0.15, 0.08, 40),
  share('NVDA', 'Nvidia', 165, 1.7, 0.32, 0.09, 90),
  share('AMZN', 'Amazon', 225, 1.2, 0.21, 0.08, 60),
  share('GOOGL', 'Alphabet', 260, 1.1, 0.2, 0.08, 55),
  share('META', 'Meta Platforms', 640, 1.25, 0.25, 0.08, 35),
  share('TSLA', 'Tesla', 340, 1.8, 0.4, 0.08, 80),
  share('JPM', 'JPMorgan Chase', 300, 1.05, 0.15, 0.05, 50),
  share('XOM', 'Exxon Mobil', 112, 0.75, 0.17, 0.03, 70),
  share('JNJ', 'Johnson & Johnson', 175, 0.45, 0.12, 0.04, 45),
  share('KO', 'Coca-Cola', 70, 0.45, 0.11, 0.04, 90),
  share('BA', 'Boeing', 215, 1.3, 0.27, 0.03, 45),
]

/** One thing that the demo market trades. */
export type DemoAsset =
  | { readonly kind: 'share'; readonly share: DemoShare; readonly tickSize: number }
  | { readonly kind: 'future'; readonly contract: Contract; readonly tickSize: number }

/**
 * Everything that the demo market trades at an instant: the index fund, the shares, and the strips of WTI, Henry Hub and E-mini
 * contracts that have not expired.
 */
export function demoInstruments(at: EpochMicros): readonly Instrument[] {
  const today = dateIn(at, DEMO_ZONE)
  const futures = (Object.keys(STRIP) as RootName[]).flatMap(root => strip(root, today, STRIP[root]).map(futureInstrument))
  return [...DEMO_SHARES.map(shareInstrument), ...futures]
}

/** The instrument with that id, expired contracts included; null where the demo market knows none. */
export function demoInstrument(id: InstrumentId): Instrument | null {
  const asset = demoAsset(id)
  if (!asset) return null
  return asset.kind === 'share' ? shareInstrument(asset.share) : futureInstrument(asset.contract)
}

/** What stands behind an id of the venue DEMO, null for any other id. */
export function demoAsset(id: InstrumentId): DemoAsset | null {
  if (venueOf(id) !== DEMO_VENUE) return null
  const symbol = symbolOf(id)
  const found = DEMO_SHARES.find(one => one.symbol === symbol)
  if (found) return { kind: 'share', share: found, tickSize: 0.01 }
  const contract = parseContract(symbol)
  return contract && { kind: 'future', contract, tickSize: CONTRACT_ROOTS[contract.root].tickSize }
}

/** First and last day (days since 1970-01-01) on which an asset trades; shares have no last one. */
export function lifeOf(asset: DemoAsset): { readonly first: number; readonly last: number } {
  if (asset.kind === 'share') return { first: DEMO_FIRST_DAY, last: Number.POSITIVE_INFINITY }
  const last = dayOfDate(asset.contract.lastTradeDate)
  return { first: Math.max(DEMO_FIRST_DAY, last - LISTED_DAYS), last }
}

/** Last trade days of the contracts before one in its root, the nearest first, as far back as they trade together. */
export function earlierExpiries(contract: Contract): readonly number[] {
  const months: readonly number[] = CONTRACT_ROOTS[contract.root].months
  const first = lifeOf({ kind: 'future', contract, tickSize: 1 }).first
  const days: number[] = []
  for (let index = contract.year * 12 + contract.month - 2; ; index -= 1) {
    const month = (index % 12) + 1
    if (!months.includes(month)) continue
    const day = dayOfDate(contractOf(contract.root, { year: Math.floor(index / 12), month }).lastTradeDate)
    if (day < first) return days
    days.push(day)
  }
}

function share(
  symbol: string,
  name: string,
  price: number,
  beta: number,
  ownVol: number,
  growth: number,
  tradeSize: number,
): DemoShare {
  return { symbol, name, price, beta, ownVol, growth, tradeSize }
}

function shareInstrument({ symbol, name }: DemoShare): Instrument {
  return {
    id: instrumentId(`${symbol}.${DEMO_VENUE}`),
    symbol,
    name,
    assetClass: 'equity',
    venue: DEMO_VENUE,
    source: 'demo',
    currency: 'USD',
    unit: 'USD',
    tickSize: 0.01,
    multiplier: 1,
    calendar: 'demo',
    contractMonth: null,
    lastTradeDate: null,
  }
}

function futureInstrument(contract: Contract): Instrument {
  const { name, unit, tickSize, multiplier } = CONTRACT_ROOTS[contract.root]
  const contractMonth = contractMonthText(contract)
  return {
    id: instrumentId(`${contract.symbol}.${DEMO_VENUE}`),
    symbol: contract.symbol,
    name: `${name} ${contractMonth}`,
    assetClass: 'future',
    venue: DEMO_VENUE,
    source: 'demo',
    currency: 'USD',
    unit,
    tickSize,
    multiplier,
    calendar: 'demo',
    contractMonth,
    lastTradeDate: contract.lastTradeDate,
  }
}
