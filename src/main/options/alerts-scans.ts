import { type EpochMicros, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { Severity } from '../../core/options/detect/finding.ts'
import { type ScanResult, type ScanState, startState } from '../../core/options/detect/scan.ts'
import type { DetectSettings } from '../../core/options/detect/settings.ts'
import type { ScanInput } from '../../workers/jobs/options.ts'
import type { Truth } from './alerts-precision.ts'
import { settingsForMoments } from './alerts-thresholds.ts'
import { plantedFaults } from './alerts-truth.ts'
import type { AnalysedChain } from './chain-service.ts'

/** An alert that was open when the last run ended. */
export interface OpenBefore {
  readonly underlying: string
  readonly key: string
  readonly since: EpochMicros
  readonly severity: Severity
  readonly lastSeenAt: number
}

/** One look at a chain, in whatever thread. */
export type Detect = (input: ScanInput) => Promise<ScanResult>

/** Each chain's own line of scans, and when it was looked at. */
export interface AlertScans {
  /** One look after the other for each chain, in the order of the calls. A look that failed is left out, and the next begins anew. */
  look(chain: AnalysedChain, settings: DetectSettings): Promise<ScanResult>
  /** What the demo market planted while somebody looked; null where nobody looked at it. */
  truth(seed: number): Truth | null
}

/** A longer pause between two scans is a time in which nobody looked. */
const PAUSE = 5 * MICROS_PER_SECOND

interface Span {
  readonly symbol: string
  readonly from: number
  to: number
}

/** Starts where the last run ended: what was open then is not raised again. */
export function createAlertScans(openBefore: readonly OpenBefore[], detect: Detect): AlertScans {
  const lines = new Map<string, Promise<unknown>>()
  const states = new Map<string, ScanState>()
  const spans = new Map<string, Span[]>()
  const begin = (key: string): ScanState => {
    const own = openBefore.filter(({ underlying }) => underlying === key)
    return startState(own, own.length > 0 ? Math.max(...own.map(({ lastSeenAt }) => lastSeenAt)) : Number.NaN)
  }
  const remember = ({ key, symbol, isDemo, analysis }: AnalysedChain) => {
    if (!isDemo) return
    const { asOf } = analysis.chain
    const own = spans.get(key) ?? []
    spans.set(key, own)
    const last = own.at(-1)
    if (last && asOf - last.to <= PAUSE) last.to = Math.max(last.to, asOf)
    else own.push({ symbol, from: asOf, to: asOf })
  }
  return {
    look(chain, settings) {
      remember(chain)
      // A chain of a file is there once, and nothing in it can last.
      const chosen = chain.isFile ? settingsForMoments(settings) : settings
      const { key, analysis } = chain
      const looked = (lines.get(key) ?? Promise.resolve()).then(async () => {
        const before = states.get(key) ?? begin(key)
        // Its columns go to the thread and come back with the answer: without that there is no state.
        states.delete(key)
        const result = await detect({ before, analysis, settings: chosen })
        states.set(key, result.state)
        return result
      })
      lines.set(
        key,
        looked.catch(() => undefined),
      )
      return looked
    },
    truth(seed) {
      const looks = [...spans.values()].flat()
      if (looks.length === 0) return null
      const all = looks.flatMap(({ symbol, from, to }) =>
        plantedFaults(seed, symbol, from, to).map(fault => ({ fault, from, to })),
      )
      const whole = all.filter(({ fault, from, to }) => fault.from >= from && fault.to <= to)
      const since = Math.min(...looks.map(({ from }) => from))
      return { since, all: all.map(({ fault }) => fault), whole: whole.map(({ fault }) => fault) }
    },
  }
}
