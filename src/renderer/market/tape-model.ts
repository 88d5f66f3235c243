import type { TradeRow } from '../../contract/market.ts'
import { QUALITY } from '../../core/market/instrument.ts'

/** Trades of one instrument as they came, newest last, with what was left out on the way. */
export interface Tape {
  readonly trades: readonly TradeRow[]
  /** Trades that the host left out because more came than a screen can show, since the panel opened. */
  readonly skipped: number
}

export const EMPTY_TAPE: Tape = { trades: [], skipped: 0 }
export const TAPE_LENGTH = 2000

/**
 * The tape with newly received trades at its end, cut to its newest 2,000.
 *
 * A trade that is there already is not taken twice: after a reconnection the host sends the recent ones again.
 */
export function withTrades(tape: Tape, received: readonly TradeRow[], skipped: number): Tape {
  const newest = tape.trades.at(-1)?.seq ?? Number.NEGATIVE_INFINITY
  const isAfterAll = received.every((trade, at) => trade.seq > (received[at - 1]?.seq ?? newest))
  let trades: readonly TradeRow[]
  if (isAfterAll) trades = [...tape.trades, ...received]
  else {
    const bySeq = new Map([...tape.trades, ...received].map(trade => [trade.seq, trade]))
    trades = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
  }
  return { trades: trades.length > TAPE_LENGTH ? trades.slice(-TAPE_LENGTH) : trades, skipped: tape.skipped + skipped }
}

/** Sums over the trades shown. */
export interface Tally {
  readonly count: number
  readonly volume: number
  /** Volume-weighted average price, NaN where nothing was traded. */
  readonly vwap: number
  /** Share of the volume that was bought at the ask, of what is known to be bought or sold; NaN where nothing is known. */
  readonly boughtShare: number
}

/** Sums of trades; one that was sent twice is counted once. */
export function tallyOf(trades: readonly TradeRow[]): Tally {
  let volume = 0
  let turnover = 0
  let bought = 0
  let known = 0
  for (const { price, size, aggressor, quality } of trades) {
    if (quality & QUALITY.duplicate) continue
    volume += size
    turnover += price * size
    if (aggressor === 'unknown') continue
    known += size
    if (aggressor === 'buy') bought += size
  }
  return { count: trades.length, volume, vwap: turnover / volume, boughtShare: bought / known }
}
