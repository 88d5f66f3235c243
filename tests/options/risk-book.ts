import { dateIn } from '../../src/core/kit/calendar.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY } from '../../src/core/kit/time.ts'
import type { ChainExpiry } from '../../src/core/options/chain.ts'
import type { ChainAnalysis, ExpiryAnalysis } from '../../src/core/options/chain-analysis.ts'
import { emptyGreeks, emptySecondGreeks } from '../../src/core/options/columns.ts'
import { priceEuropean } from '../../src/core/options/european.ts'

/** One contract of a chain made by hand. */
export interface Contract {
  /** Days from the chain's instant. */
  readonly days: number
  readonly strike: number
  readonly side: 1 | -1
  readonly vol: number
  readonly openInterest?: number
  readonly volume?: number
  readonly bid?: number
  readonly ask?: number
  readonly last?: number
}

export interface Ground {
  readonly asOf?: EpochMicros
  readonly spot?: number
  readonly rate?: number
  readonly yieldRate?: number
  readonly exercise?: 'american' | 'european'
}

/** 27 November 2026, 15:00 UTC: ten in the morning in New York. */
export const MORNING: EpochMicros = epochMicros(Date.UTC(2026, 10, 27, 15) * 1000)

/** A chain with its analysis, as the desk has it, from contracts given one by one in any order. */
export function analysisOf(contracts: readonly Contract[], ground: Ground = {}): ChainAnalysis {
  const { asOf = MORNING, spot = 100, rate = 0.04, yieldRate = 0.01, exercise = 'european' } = ground
  const rows = [...contracts].sort((a, b) => a.days - b.days || a.strike - b.strike || b.side - a.side)
  const days = [...new Set(rows.map(row => row.days))]
  const expiries = days.map((day): ChainExpiry => {
    const settlesAt = epochMicros(Math.round(asOf + day * MICROS_PER_DAY))
    return {
      date: dateIn(settlesAt, 'America/New_York'),
      settlesAt,
      from: rows.findIndex(row => row.days === day),
      to: rows.findLastIndex(row => row.days === day) + 1,
    }
  })
  const column = (pick: (row: Contract) => number | undefined) => Float64Array.from(rows, row => pick(row) ?? Number.NaN)
  const n = rows.length
  const strike = column(row => row.strike)
  const vol = column(row => row.vol)
  const side = Int8Array.from(rows, row => row.side)
  const fill = (value: number) => new Float64Array(n).fill(value)
  const tteYears = column(row => row.days / 365)
  const greeks = priceEuropean(
    { spot: fill(spot), strike, tteYears, vol, rate: fill(rate), yieldRate: fill(yieldRate), side },
    emptyGreeks(n),
  )
  const analyses = days.map((day, k): ExpiryAnalysis => {
    const tte = day / 365
    const forward = spot * Math.exp((rate - yieldRate) * tte)
    return {
      date: expiries[k]!.date,
      tteYears: tte,
      forward,
      discount: Math.exp(-rate * tte),
      rate,
      yieldRate,
      source: 'parity',
      pairs: 0,
      residual: 0,
      lowest: forward,
      highest: forward,
      smile: null,
      reason: null,
      used: n,
      fitError: 0,
      atmVol: rows.find(row => row.days === day)!.vol,
      riskReversal25: Number.NaN,
      butterfly25: Number.NaN,
      skew: 0,
    }
  })
  return {
    chain: {
      underlying: 'TEST',
      asOf,
      exercise,
      isOnFuture: false,
      multiplier: 100,
      tickSize: 0.01,
      spotBid: spot - 0.01,
      spotAsk: spot + 0.01,
      spotTime: asOf,
      isHalted: false,
      expiries,
      strike,
      side,
      bid: column(row => row.bid),
      ask: column(row => row.ask),
      bidSize: fill(10),
      askSize: fill(10),
      last: column(row => row.last),
      volume: column(row => row.volume),
      openInterest: column(row => row.openInterest),
      quoteTime: fill(asOf),
    },
    expiries: analyses,
    arbitrage: [],
    status: new Uint8Array(n),
    vol,
    bidVol: vol,
    askVol: vol,
    fitVol: vol,
    greeks,
    second: emptySecondGreeks(n),
  }
}
