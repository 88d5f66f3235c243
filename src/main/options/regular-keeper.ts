import { type EpochMicros, MICROS_PER_MINUTE } from '../../core/kit/time.ts'
import type { Log } from '../../platform/log.ts'
import type { AnalysedChain } from './chain-service.ts'
import type { Snapshots } from './snapshots.ts'

export interface RegularKeeperOptions {
  readonly snapshots: Pick<Snapshots, 'keep'>
  readonly log: Log
  /** Minutes between regular snapshots of a followed chain; 0 for none. */
  readonly snapshotMinutes: () => number
}

/**
 * Keeps a followed chain every so many minutes, at the first pass after each full stretch of the clock.
 *
 * Not where nothing came since the last one, nor in the stretch in which following began: then most quotes are still on their way.
 */
export function createRegularKeeper({ snapshots, snapshotMinutes, log }: RegularKeeperOptions): (chain: AnalysedChain) => void {
  const seen = new Map<string, { readonly stretch: number; readonly receipt: EpochMicros }>()
  return chain => {
    const minutes = snapshotMinutes()
    if (minutes <= 0 || chain.provenance.state === 'stale') return
    const stretch = Math.floor(chain.analysis.chain.asOf / (minutes * MICROS_PER_MINUTE))
    const last = seen.get(chain.key)
    if (last?.stretch === stretch) return
    seen.set(chain.key, { stretch, receipt: chain.newestReceipt })
    // A stretch that was left out means that nobody followed: this is a beginning as well.
    if (!last || last.stretch + 1 !== stretch || last.receipt === chain.newestReceipt) return
    snapshots.keep(chain, 'regular').catch(fault => log.warn('chain.unkept', { underlying: chain.key, fault }))
  }
}
