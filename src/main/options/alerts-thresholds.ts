import type { GivenThresholds, ThresholdParameter, Thresholds } from '../../contract/options-alerts.ts'
import type { ParameterSpecs } from '../../core/kit/define.ts'
import { GATES } from '../../core/options/detect/gates.ts'
import { scan, startState } from '../../core/options/detect/scan.ts'
import { completeSettings, type DetectSettings, type GivenSettings } from '../../core/options/detect/settings.ts'
import { DETECTORS } from '../../core/options/detect/table.ts'
import { fail } from '../fail.ts'
import type { AnalysedChain, ChainService } from './chain-service.ts'

/** Given thresholds checked and completed. Fails: THRESHOLD_INVALID. */
export function settingsOf(given: GivenThresholds): DetectSettings {
  try {
    return completeSettings(given as GivenSettings)
  } catch (fault) {
    if (fault instanceof RangeError) return fail('THRESHOLD_INVALID', { reason: fault.message })
    throw fault
  }
}

function parametersOf(specs: ParameterSpecs, values: Readonly<Record<string, number | string>>): ThresholdParameter[] {
  return Object.entries(specs).map(([name, spec]) => ({
    name,
    kind: spec.kind,
    from: spec.kind === 'choice' ? null : spec.from,
    to: spec.kind === 'choice' ? null : spec.to,
    step: spec.kind === 'number' ? spec.step : spec.kind === 'whole' ? 1 : null,
    usual: spec.usual,
    value: values[name] ?? spec.usual,
  }))
}

/** All thresholds with their ranges, as a form shows them. */
export function thresholdsOf(settings: DetectSettings, changedAt: number | null): Thresholds {
  return {
    gates: parametersOf(GATES, settings.gates),
    detectors: DETECTORS.map(({ name, kind, params }) => ({
      name,
      kind,
      on: settings.detectors[name]!.on,
      params: parametersOf(params, settings.detectors[name]!.values),
    })),
    changedAt,
  }
}

/**
 * Settings for moments that lie minutes apart, or for a chain that is there only once.
 *
 * Nothing can last three scans there, and the quotes are as old as whoever kept them left them.
 */
export function settingsForMoments(settings: DetectSettings): DetectSettings {
  return { ...settings, gates: { ...settings.gates, persistScans: 1, cooldownSeconds: 0, closeSeconds: 1 } }
}

interface Counts {
  total: number
  byDetector: Record<string, number>
}

/** Alerts of one pass over moments of one chain, oldest first. */
function count(moments: readonly AnalysedChain[], settings: DetectSettings): Counts {
  const counts: Counts = { total: 0, byDetector: {} }
  let state = startState()
  for (const { analysis } of moments) {
    const result = scan(state, analysis, settingsForMoments(settings))
    state = result.state
    for (const { detector } of result.fired) {
      counts.total++
      counts.byDetector[detector] = (counts.byDetector[detector] ?? 0) + 1
    }
  }
  return counts
}

function add(into: Counts, { total, byDetector }: Counts): void {
  into.total += total
  for (const [detector, n] of Object.entries(byDetector)) into.byDetector[detector] = (into.byDetector[detector] ?? 0) + n
}

/** Old against new alert counts on the newest kept moments of the chains. */
export async function previewThresholds(
  chains: Pick<ChainService, 'snapshots' | 'open'>,
  { keys, limit, before, after }: { keys: readonly string[]; limit: number; before: DetectSettings; after: DetectSettings },
) {
  const [old, fresh]: [Counts, Counts] = [
    { total: 0, byDetector: {} },
    { total: 0, byDetector: {} },
  ]
  const times: number[] = []
  for (const key of keys) {
    const listed = (await chains.snapshots(key, null, limit)).toReversed()
    const moments: AnalysedChain[] = []
    // One after the other: the thread that analyses has live chains to serve between them.
    for (const { id, at } of listed) {
      moments.push(await chains.open(id))
      times.push(at)
    }
    add(old, count(moments, before))
    add(fresh, count(moments, after))
  }
  return {
    moments: times.length,
    from: times.length > 0 ? Math.min(...times) : null,
    to: times.length > 0 ? Math.max(...times) : null,
    before: old,
    after: fresh,
  }
}
