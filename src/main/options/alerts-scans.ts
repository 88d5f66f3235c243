import { type EpochMicros, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { Severity } from '../../core/options/detect/finding.ts'
import { type ScanResult, type ScanState, scan, startState } from '../../core/options/detect/scan.ts'
import type { DetectSettings } from '../../core/options/detect/settings.ts'
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

/** Each chain's own line of scans, and when it was looked at. */
export interface AlertScans {
  look(chain: AnalysedChain, settings: DetectSettings): ScanResult
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
export function createAlertScans(openBefore: readonly OpenBefore[]): AlertScans {
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
      const result = scan(states.get(chain.key) ?? begin(chain.key), chain.analysis, chosen)
      states.set(chain.key, result.state)
      return result
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
