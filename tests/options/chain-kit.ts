import { type EpochMicros, epochMicros } from '../../src/core/kit/time.ts'
import type { AnalysisOptions } from '../../src/core/options/analyse-chain.ts'
import type { OptionChain } from '../../src/core/options/chain.ts'
import type { ChainAnalysis } from '../../src/core/options/chain-analysis.ts'
import { type DemoOptionRoot, demoOptionListing } from '../../src/core/options/demo/listing.ts'
import { demoOptionQuotes, demoOptionSpot } from '../../src/core/options/demo/quotes.ts'
import { createChainBook } from '../../src/main/options/chain-book.ts'
import type { AnalysedChain } from '../../src/main/options/chain-service.ts'

/** Wednesday 2026-03-11 16:00 UTC, noon in New York. */
export const NOON: EpochMicros = epochMicros(Date.UTC(2026, 2, 11, 16) * 1000)
export const SEED = 7
export const USUAL: AnalysisOptions = { usualRate: 0.04, staleSeconds: 60, scheme: 'fast' }

/** A chain of the demo market with every contract quoted. */
export function demoChain(root: DemoOptionRoot = 'SPY', at: EpochMicros = NOON): OptionChain {
  const { exercise, multiplier, tickSize, contracts } = demoOptionListing(SEED, root, at)
  const book = createChainBook(root)
  const refuse = (_: object, reason: string) => {
    throw new Error(reason)
  }
  book.list({ underlying: root, exercise, multiplier, tickSize, isOnFuture: root !== 'SPY', contracts }, refuse)
  const spot = demoOptionSpot(SEED, root, at)
  book.setSpot({ bid: spot.bid, ask: spot.ask, eventTime: spot.time }, refuse)
  book.quotes(demoOptionQuotes({ seed: SEED, root, at, keys: contracts.map(({ key }) => key) }), at, refuse)
  return book.chain(at)
}

/** The chain as the service would announce it. */
export function analysedAs(analysis: ChainAnalysis, over: Partial<AnalysedChain> = {}): AnalysedChain {
  const { underlying, asOf } = analysis.chain
  return {
    ...{ key: `${underlying}.DEMO`, symbol: underlying, name: underlying, analysis, isFile: false, isDemo: true },
    provenance: { source: 'demo', state: 'demo', asOf, reason: null },
    newestReceipt: asOf,
    ...over,
  }
}
