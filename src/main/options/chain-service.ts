import type { ChainSnapshot, UnderlyingState } from '../../contract/options.ts'
import type { Provenance } from '../../contract/wire.ts'
import type { EpochMicros, IsoDate } from '../../core/kit/time.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'

/** A chain with everything that was derived from it, and what may be believed of it. */
export interface AnalysedChain {
  /** `SYMBOL.VENUE` of a feed, or `file:NAME`. */
  readonly key: string
  readonly symbol: string
  readonly name: string
  readonly analysis: ChainAnalysis
  readonly provenance: Provenance
  readonly isFile: boolean
  /** Host's clock when the newest quote in it arrived: what quote-to-alert is measured from. */
  readonly newestReceipt: EpochMicros
  /** Who feeds it is the demo market: planted faults are labelled there. */
  readonly isDemo: boolean
}

/** One contract of a chain, whatever its feed calls it. */
export interface ContractPlace {
  readonly expiry: IsoDate
  readonly strike: number
  /** 1 for a call, -1 for a put. */
  readonly side: 1 | -1
}

export type WhyKept = ChainSnapshot['why']

/** What is known of a chain that came from a file. */
export interface ChainFile {
  /** As it stands behind `file:`. */
  readonly name: string
  /** Name of the file as the person had it, for the list. */
  readonly file: string
  /** Takes the place of a chain of that name instead of being refused. */
  readonly replace: boolean
  readonly user: string
  /** Where its bytes lie in raw/, and their hash. */
  readonly raw?: { readonly file: string; readonly sha256: string }
}

/** Chains of all feeds and files: followed while somebody wants them, analysed when their quotes change. */
export interface ChainService {
  underlyings(): readonly UnderlyingState[]
  /** The newest analysis; null before the first, and for a key that is not known. */
  latest(key: string): AnalysedChain | null
  /** Told after each pass, in the host's thread; the answer ends it. */
  onAnalysed(hear: (chain: AnalysedChain) => void): () => void
  /**
   * Feeds and analyses the chain until the answer is called; `expiries` are those whose rows somebody looks at.
   *
   * Fails: UNDERLYING_UNKNOWN.
   */
  follow(key: string, expiries?: readonly IsoDate[]): () => void
  /** Streams these contracts before others until the answer is called, as those of open alerts. */
  watch(key: string, contracts: readonly ContractPlace[]): () => void
  /** Keeps the chain's quotes for ever (a regular moment: as long as the setting says); gives the id. Fails: STORE_UNAVAILABLE. */
  keep(chain: AnalysedChain, why: WhyKept): Promise<string>
  /** A kept moment, analysed by the same code. Fails: SNAPSHOT_UNKNOWN, STORE_UNAVAILABLE. */
  open(id: string): Promise<AnalysedChain>
  /** What the list says of one moment. Fails: SNAPSHOT_UNKNOWN. */
  snapshot(id: string): Promise<ChainSnapshot>
  /** Kept moments before an instant, newest first. */
  snapshots(key: string, before: number | null, limit: number): Promise<readonly ChainSnapshot[]>
  /** Makes a chain of a file an underlying of its own; gives its key. Fails: SERIES_EXISTS. */
  addFile(chain: OptionChain, file: ChainFile): Promise<string>
  /** Fails: UNDERLYING_UNKNOWN. */
  removeFile(key: string, user: string): void
}
