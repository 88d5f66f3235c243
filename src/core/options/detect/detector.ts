import { type ParameterSpecs, parameterValues, type ValuesOf } from '../../kit/define.ts'
import type { ChainAnalysis } from '../chain-analysis.ts'
import type { Baselines } from './baselines.ts'
import type { Finding, Severity } from './finding.ts'
import type { GateValues, UsableQuotes } from './gates.ts'

/** What a detector is given: one analysed chain, which of its quotes count, and what earlier scans were like. */
export interface DetectContext {
  readonly analysis: ChainAnalysis
  readonly quotes: UsableQuotes
  readonly gates: GateValues
  /** Before this scan; its rows are the chain's. */
  readonly baselines: Baselines
}

/** What a file of this folder says about its detector. */
export interface DetectorDefinition<S extends ParameterSpecs> {
  /** Key in stored alerts and thresholds, and in the catalogue of texts (`alerts.detector.<name>`): never changed. */
  readonly name: string
  /** Arbitrage rests on executable quotes alone; a model may be wrong; a shift may have a cause; legacy is for comparison. */
  readonly kind: 'arbitrage' | 'model' | 'shift' | 'legacy'
  readonly params: S
  /** Findings of one scan are one alert by contract, or by detector where one cause moves many contracts at once. */
  readonly groups: 'contract' | 'detector'
  detect(context: DetectContext, values: ValuesOf<S>): Finding[]
  severity(finding: Finding, context: DetectContext): Severity
}

type Given = Readonly<Record<string, unknown>>

/** A detector whatever its parameters: what the scan, the thresholds' form and the tests work with. */
export interface Detector extends Omit<DetectorDefinition<ParameterSpecs>, 'detect'> {
  /** The given parameters checked and completed; RangeError where one is out of range. */
  values(given?: Given): Readonly<Record<string, number | string>>
  detect(context: DetectContext, given?: Given): Finding[]
}

/** Makes a detector of its definition; its parameters are checked where it is run. */
export function defineDetector<S extends ParameterSpecs>(definition: DetectorDefinition<S>): Detector {
  return {
    ...definition,
    values: given => parameterValues(definition.params, given),
    detect: (context, given) => definition.detect(context, parameterValues(definition.params, given)),
  }
}

/** Contracts that can be traded at once through all legs; 1 where a size is not known. */
function tradable({ analysis: { chain } }: DetectContext, { legs }: Finding): number {
  const sizes = legs.flatMap(({ row, action, units }) => {
    const size = row < 0 ? Number.NaN : action === 'buy' ? chain.askSize[row]! : chain.bidSize[row]!
    return Number.isFinite(size) ? [size / units] : []
  })
  return sizes.length === 0 ? 1 : Math.max(1, Math.floor(Math.min(...sizes)))
}

/** High from ten ticks after costs that bring 500 in currency at the shown sizes; medium from four ticks and 50. */
export function severityOfEdge(finding: Finding, context: DetectContext): Severity {
  const { tickSize, multiplier } = context.analysis.chain
  const ticks = finding.edge / tickSize
  const money = finding.edge * multiplier * tradable(context, finding)
  if (ticks >= 10 && money >= 500) return 'high'
  return ticks >= 4 && money >= 50 ? 'medium' : 'low'
}

/** For what has no price to take: how many times over its threshold. */
export function severityOfStrength({ strength }: Finding): Severity {
  if (strength >= 4) return 'high'
  return strength >= 2 ? 'medium' : 'low'
}
