import { number, type ValuesOf, whole } from '../../kit/define.ts'
import { MICROS_PER_SECOND } from '../../kit/time.ts'
import { type OptionChain, ROW_STATUS, type RowStatus } from '../chain.ts'
import type { ChainAnalysis } from '../chain-analysis.ts'

/** What every detector asks of quotes before it looks at them, what trading costs, and how alerts are kept few. */
export const GATES = {
  /** Scans in a row that must see a breach. */
  persistScans: whole({ from: 1, to: 100, usual: 3 }),
  /** Oldest quote that may alert, in seconds at the chain's own instant. */
  ageSeconds: number({ from: 0.5, to: 120, usual: 3, step: 0.5 }),
  /** Widest spread as a fraction of the middle; below `wideFloor` any spread will do. */
  wideFraction: number({ from: 0.02, to: 1, usual: 0.25, step: 0.01 }),
  wideFloor: number({ from: 0.01, to: 1, usual: 0.05, step: 0.01 }),
  /** Fewest contracts on both sides of a quote, where the sizes are known. */
  leastSize: whole({ from: 1, to: 10_000, usual: 1 }),
  /** Contracts of one expiry that may be at fault one by one; of more its quotes are not of one moment, which is one alert. */
  mostSuspects: whole({ from: 1, to: 1000, usual: 5 }),
  /** Commission and fees in currency for one contract and for one share of the underlying. */
  costPerContract: number({ from: 0, to: 20, usual: 0.65, step: 0.05 }),
  costPerShare: number({ from: 0, to: 1, usual: 0.005, step: 0.001 }),
  /** Seconds without a breach after which an alert is over, and for which the same contract stays quiet then. */
  closeSeconds: whole({ from: 1, to: 3600, usual: 15 }),
  cooldownSeconds: whole({ from: 0, to: 86_400, usual: 300 }),
} as const
export type GateValues = ValuesOf<typeof GATES>

/** Rows whose quotes may be believed and traded on; columns have the chain's rows. */
export interface UsableQuotes {
  /** 1 where every gate is passed. */
  readonly usable: Uint8Array
  readonly mid: Float64Array
  readonly halfSpread: Float64Array
  /** Whether the underlying has a two-sided quote of the chain's instant. */
  readonly hasSpot: boolean
}

const NEVER = new Set<RowStatus>(['NO_QUOTE', 'ONE_SIDED', 'CROSSED', 'WIDE', 'STALE', 'HALTED', 'EXPIRED'])
const BARRED = Uint8Array.from(ROW_STATUS, status => Number(NEVER.has(status)))

/** Age of a quote at the chain's instant in seconds; NaN where nobody said when it was made. */
export function quoteAge(chain: OptionChain, row: number): number {
  return (chain.asOf - chain.quoteTime[row]!) / MICROS_PER_SECOND
}

/**
 * Which rows may alert.
 *
 * A quote without a time of its own passes the gate of age: a file says nothing about it, and the card says that. Nothing passes while
 * the underlying is halted or its own quote is crossed.
 */
export function usableQuotes({ chain, status }: ChainAnalysis, gates: GateValues): UsableQuotes {
  const n = chain.strike.length
  const usable = new Uint8Array(n)
  const mid = new Float64Array(n)
  const halfSpread = new Float64Array(n)
  const isOpen = !chain.isHalted && !(chain.spotBid > chain.spotAsk)
  const twoTicks = 2 * chain.tickSize * 1.000001
  for (let i = 0; i < n; i++) {
    const bid = chain.bid[i]!
    const ask = chain.ask[i]!
    mid[i] = (bid + ask) / 2
    halfSpread[i] = (ask - bid) / 2
    if (!isOpen || BARRED[status[i]!] === 1 || !(bid > 0 && ask > bid && ask < Number.POSITIVE_INFINITY)) continue
    const spread = ask - bid
    if (spread > twoTicks && spread > Math.max(gates.wideFloor, gates.wideFraction * mid[i]!) * 1.000001) continue
    if (quoteAge(chain, i) > gates.ageSeconds) continue
    if (chain.bidSize[i]! < gates.leastSize || chain.askSize[i]! < gates.leastSize) continue
    usable[i] = 1
  }
  const spotAge = (chain.asOf - chain.spotTime) / MICROS_PER_SECOND
  const hasSpot = isOpen && chain.spotBid > 0 && chain.spotAsk >= chain.spotBid && !(spotAge > gates.ageSeconds)
  return { usable, mid, halfSpread, hasSpot }
}
