import { createHash } from 'node:crypto'
import type { ChainSnapshot } from '../../contract/options.ts'
import type { Provenance } from '../../contract/wire.ts'
import type { EpochMicros, IsoDate } from '../../core/kit/time.ts'
import type { AnalysisOptions } from '../../core/options/analyse-chain.ts'
import type { ChainExpiry, OptionChain } from '../../core/options/chain.ts'
import type { AnalysedChain, WhyKept } from './chain-service.ts'

/** A missing number is null: the journal's JSON knows no NaN. */
type Maybe = number | null

/** What an expiry of a kept chain says of itself, with the figures that its history is drawn from. */
export interface KeptExpiry {
  readonly date: IsoDate
  readonly settlesAt: EpochMicros
  readonly future: Maybe
  readonly forward: Maybe
  readonly atmVol: Maybe
  readonly riskReversal25: Maybe
  readonly butterfly25: Maybe
}

/** Everything about a kept chain but its rows; it goes into the journal as it is. */
export interface SnapshotHeader {
  readonly id: string
  readonly key: string
  readonly symbol: string
  readonly name: string
  readonly at: EpochMicros
  readonly why: WhyKept
  readonly contracts: number
  readonly spot: Maybe
  readonly isFile: boolean
  readonly isDemo: boolean
  readonly newestReceipt: EpochMicros
  readonly provenance: Provenance
  readonly chain: {
    readonly exercise: OptionChain['exercise']
    readonly multiplier: number
    readonly tickSize: number
    readonly spotBid: Maybe
    readonly spotAsk: Maybe
    readonly spotTime: Maybe
    readonly isHalted: boolean
    readonly isOnFuture: boolean
  }
  /** How it was analysed; `staleSeconds` is null where age did not matter, as in a market that was closed. */
  readonly analysis: Omit<AnalysisOptions, 'staleSeconds'> & { readonly staleSeconds: Maybe }
  readonly expiries: readonly KeptExpiry[]
}

const maybe = (value: number | undefined): Maybe => (value !== undefined && Number.isFinite(value) ? value : null)
const number = (value: Maybe): number => value ?? Number.NaN

/** Begins with the instant, so that ids sort by time; the same chain kept twice for the same reason has the same one. */
export function snapshotId(key: string, at: EpochMicros, why: WhyKept): string {
  const own = createHash('sha256').update(`${key}\n${at}\n${why}`).digest('hex').slice(0, 10)
  return `${at.toString(36).padStart(11, '0')}-${own}`
}

/** Middle of the underlying's quote, or the one side there is. */
function spotOf({ spotBid, spotAsk }: OptionChain): Maybe {
  if (Number.isFinite(spotBid) && Number.isFinite(spotAsk)) return (spotBid + spotAsk) / 2
  return maybe(spotBid) ?? maybe(spotAsk)
}

export function headerOf(analysed: AnalysedChain, why: WhyKept, options: AnalysisOptions): SnapshotHeader {
  const { key, symbol, name, isFile, isDemo, newestReceipt, provenance } = analysed
  const { chain, expiries } = analysed.analysis
  const places = new Map(chain.expiries.map(one => [one.date, one]))
  return {
    ...{
      id: snapshotId(key, chain.asOf, why),
      key,
      symbol,
      name,
      at: chain.asOf,
      why,
      isFile,
      isDemo,
      newestReceipt,
      provenance,
    },
    contracts: chain.strike.length,
    spot: spotOf(chain),
    chain: {
      ...{ exercise: chain.exercise, multiplier: chain.multiplier, tickSize: chain.tickSize },
      ...{ spotBid: maybe(chain.spotBid), spotAsk: maybe(chain.spotAsk), spotTime: maybe(chain.spotTime) },
      ...{ isHalted: chain.isHalted, isOnFuture: chain.isOnFuture ?? false },
    },
    analysis: { ...options, staleSeconds: maybe(options.staleSeconds) },
    expiries: expiries.flatMap(({ date, forward, atmVol, riskReversal25, butterfly25 }) => {
      const place = places.get(date)
      if (!place) return []
      const figures = {
        ...{ forward: maybe(forward), atmVol: maybe(atmVol) },
        ...{ riskReversal25: maybe(riskReversal25), butterfly25: maybe(butterfly25) },
      }
      return [{ date, settlesAt: place.settlesAt, future: maybe(place.future), ...figures }]
    }),
  }
}

export function snapshotOf({ id, key, at, why, contracts, spot }: SnapshotHeader): ChainSnapshot {
  return { id, underlying: key, at, why, contracts, spot }
}

export function optionsOf({ analysis }: SnapshotHeader): AnalysisOptions {
  return { ...analysis, staleSeconds: analysis.staleSeconds ?? Number.POSITIVE_INFINITY }
}

/** Rows of a kept chain as the store gives them, in the order of a chain. */
export interface KeptRows
  extends Pick<OptionChain, 'strike' | 'bid' | 'ask' | 'bidSize' | 'askSize' | 'last' | 'volume' | 'openInterest' | 'quoteTime'> {
  readonly expiry: readonly IsoDate[]
  readonly side: Float64Array
}

/** The chain again, column for column as it was when it was kept. */
export function chainOf(header: SnapshotHeader, rows: KeptRows): OptionChain {
  const { exercise, multiplier, tickSize, spotBid, spotAsk, spotTime, isHalted, isOnFuture } = header.chain
  const { expiry, side, ...columns } = rows
  return {
    ...{ underlying: header.symbol, asOf: header.at, exercise, multiplier, tickSize, isHalted, isOnFuture },
    ...{ spotBid: number(spotBid), spotAsk: number(spotAsk), spotTime: number(spotTime) },
    expiries: stretches(header, expiry),
    side: Int8Array.from(side),
    ...columns,
  }
}

function stretches({ expiries }: SnapshotHeader, dates: readonly IsoDate[]): ChainExpiry[] {
  const known = new Map(expiries.map(one => [one.date, one]))
  const found: ChainExpiry[] = []
  for (let from = 0; from < dates.length; ) {
    const date = dates[from]!
    let to = from + 1
    while (dates[to] === date) to++
    const one = known.get(date)
    if (!one) throw new RangeError(`the rows of ${date} have no expiry in the header`)
    found.push({ date, settlesAt: one.settlesAt, from, to, ...(one.future === null ? {} : { future: one.future }) })
    from = to
  }
  return found
}
