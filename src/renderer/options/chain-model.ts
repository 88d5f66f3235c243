import type { ChainBlock, ChainFrame, ExpirySummary, SideColumns, UnderlyingState } from '../../contract/options.ts'
import { ROW_STATUS, type RowStatus } from '../../core/options/chain.ts'

export type Side = 'call' | 'put'

/** A contract of the chain on screen. */
export interface Contract {
  readonly expiry: string
  readonly strike: number
  readonly side: Side
}

/** Where the numbers of a row stand in the newest frame. */
export interface RowPlace {
  readonly block: ChainBlock
  readonly at: number
  readonly summary: ExpirySummary
}

/** Key of a row: both contracts of one strike and expiry. */
export function rowKey(expiry: string, strike: number): string {
  return `${expiry} ${strike}`
}

export function readRowKey(key: string): { readonly expiry: string; readonly strike: number } {
  const [expiry = '', strike = ''] = key.split(' ')
  return { expiry, strike: Number(strike) }
}

/** The rows of a chain by their keys; what a frame changes is found without searching. */
export interface ChainTable {
  frame(): ChainFrame | null
  /**
   * Takes the next frame; tells whether rows came, went or stand elsewhere.
   *
   * Blocks that the frame does not have go, but for those of the expiries to be kept: they are out of view and were not asked for.
   */
  take(frame: ChainFrame | null, keep?: readonly string[]): boolean
  place(row: string): RowPlace | null
  strikes(expiry: string): readonly number[]
}

const NO_STRIKES: readonly number[] = []

function isSameList(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a !== undefined && a.length === b.length && a.every((value, k) => value === b[k])
}

/** An empty table of a chain's rows. */
export function createChainTable(): ChainTable {
  let frame: ChainFrame | null = null
  const blocks = new Map<string, { block: ChainBlock; summary: ExpirySummary; index: Map<string, number> }>()

  function indexOf(block: ChainBlock): Map<string, number> {
    return new Map(block.strike.map((strike, at) => [rowKey(block.expiry, strike), at]))
  }
  return {
    frame: () => frame,
    take(next, keep = []) {
      frame = next
      const summaries = new Map(next?.expiries.map(summary => [summary.date, summary]))
      let changed = false
      const there = new Set<string>()
      for (const block of next?.blocks ?? []) {
        const summary = summaries.get(block.expiry)
        if (!summary) continue
        there.add(block.expiry)
        const known = blocks.get(block.expiry)
        const isSame = known !== undefined && isSameList(known.block.strike, block.strike)
        if (!isSame) changed = true
        blocks.set(block.expiry, { block, summary, index: isSame ? known.index : indexOf(block) })
      }
      for (const expiry of blocks.keys()) {
        if (there.has(expiry) || (keep.includes(expiry) && summaries.has(expiry))) continue
        blocks.delete(expiry)
        changed = true
      }
      return changed
    },
    place(row) {
      const known = blocks.get(row.slice(0, 10))
      const at = known?.index.get(row)
      return known && at !== undefined ? { block: known.block, at, summary: known.summary } : null
    },
    strikes: expiry => blocks.get(expiry)?.block.strike ?? NO_STRIKES,
  }
}

/** Middle of the underlying's quote; of a one-sided quote that side; null where there is none. */
export function spotOf({ spot }: Pick<ChainFrame, 'spot'>): number | null {
  if (spot.bid !== null && spot.ask !== null) return (spot.bid + spot.ask) / 2
  return spot.bid ?? spot.ask
}

/** Where the money is for an expiry: the underlying's price, or the forward that the options imply. */
export function moneyOf(frame: Pick<ChainFrame, 'spot'>, summary: Pick<ExpirySummary, 'forward'> | undefined): number | null {
  return spotOf(frame) ?? summary?.forward ?? null
}

/** Index of the strike nearest to a price; -1 where there is no strike or no price. Strikes ascend. */
export function nearestStrike(strikes: readonly number[], price: number | null): number {
  if (price === null || strikes.length === 0) return -1
  let best = 0
  for (let k = 1; k < strikes.length; k++) if (Math.abs(strikes[k]! - price) < Math.abs(strikes[best]! - price)) best = k
  return best
}

/** How many strikes on each side of the money are shown; null is all. */
export const RANGES = [10, 20, 40, null] as const
export type StrikeRange = (typeof RANGES)[number]

/** The strikes within a range around one of them. */
export function strikesWithin(strikes: readonly number[], around: number, range: StrikeRange): readonly number[] {
  if (range === null || around < 0) return strikes
  return strikes.slice(Math.max(0, around - range), around + range + 1)
}

/** Status of a contract; null where it is not listed. */
export function statusOf(side: SideColumns, at: number): RowStatus | null {
  const code = side.status[at]
  return code === null || code === undefined ? null : (ROW_STATUS[code] ?? null)
}

/** A number of a column as the core has it: NaN where it is missing. */
export function numberAt(column: readonly (number | null)[], at: number): number {
  return column[at] ?? Number.NaN
}

/** What the model's price leaves after crossing the spread: by buying at the ask or by selling at the bid, whichever is more. */
export function edgeOf(side: SideColumns, at: number): { readonly edge: number; readonly way: 'buy' | 'sell' } {
  const price = numberAt(side.price, at)
  const bought = price - numberAt(side.ask, at)
  const sold = numberAt(side.bid, at) - price
  if (Number.isNaN(bought)) return { edge: sold, way: 'sell' }
  return sold > bought ? { edge: sold, way: 'sell' } : { edge: bought, way: 'buy' }
}

/** Middle of a quote with both sides above zero; NaN otherwise. */
export function midOf(side: SideColumns, at: number): number {
  const bid = numberAt(side.bid, at)
  const ask = numberAt(side.ask, at)
  return bid > 0 && ask > 0 ? (bid + ask) / 2 : Number.NaN
}

const MEASURED: readonly string[] = ['OK', 'WIDE', 'LOCKED']

/** Contracts with a status other than those, that is without a volatility of their own. */
export function withoutVolatility(byStatus: Readonly<Record<string, number>>): number {
  return Object.entries(byStatus).reduce((sum, [status, count]) => (MEASURED.includes(status) ? sum : sum + count), 0)
}

/** The chain that a panel shows: the pinned one, else that of its symbol, else of the same symbol elsewhere; null where there is none. */
export function chainFor(
  chains: readonly UnderlyingState[],
  subject: string | null,
  pinned: string | null,
): UnderlyingState | null {
  if (pinned !== null) return chains.find(({ key }) => key === pinned) ?? null
  if (subject === null) return null
  const symbol = subject.slice(0, subject.lastIndexOf('.') < 0 ? undefined : subject.lastIndexOf('.'))
  return (
    chains.find(({ key }) => key === subject) ??
    chains.find(chain => chain.symbol === symbol && !isFileChain(chain.key)) ??
    chains.find(chain => chain.symbol === symbol) ??
    null
  )
}

export function isFileChain(key: string): boolean {
  return key.startsWith('file:')
}

const HOURS_PER_YEAR = 365 * 24

/** Time left in hours below two days, else in whole days. */
export function timeLeft(tteYears: number): { readonly unit: 'hours' | 'days'; readonly count: number } {
  const hours = Math.max(0, tteYears * HOURS_PER_YEAR)
  return hours < 48 ? { unit: 'hours', count: hours } : { unit: 'days', count: Math.round(hours / 24) }
}
