import type { AnalysisOptions } from '../../core/options/analyse-chain.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'
import { buffersOf, type WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'

/** Analyses chains in a thread, and remembers how, so that a kept chain gives the same answer again. */
export interface Analyser {
  /** The columns of the chain are given away; the answer has them. */
  analyse(chain: OptionChain, with_: AnalysisOptions): Promise<ChainAnalysis>
  /** How that analysis was made; null for one that was made elsewhere. */
  optionsOf(analysis: ChainAnalysis): AnalysisOptions | null
}

export function createAnalyser(pool: Pick<WorkerPool<Jobs>, 'run'>): Analyser {
  const made = new WeakMap<ChainAnalysis, AnalysisOptions>()
  return {
    async analyse(chain, options) {
      const analysis = await pool.run('options.analyse', { chain, options }, { transfer: buffersOf(chain) })
      made.set(analysis, options)
      return analysis
    },
    optionsOf: analysis => made.get(analysis) ?? null,
  }
}
