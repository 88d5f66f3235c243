import { parameterValues } from '../../kit/define.ts'
import { GATES, type GateValues } from './gates.ts'
import { DETECTORS } from './table.ts'

/** Thresholds of one detector, and whether it alerts at all. */
export interface DetectorSettings {
  readonly on: boolean
  readonly values: Readonly<Record<string, number | string>>
}

/** Everything that can be set about detection; each detector by its name. */
export interface DetectSettings {
  readonly gates: GateValues
  readonly detectors: Readonly<Record<string, DetectorSettings>>
}

/** Settings as they were given or stored: anything may be left out. */
export interface GivenSettings {
  readonly gates?: Readonly<Record<string, unknown>>
  readonly detectors?: Readonly<Record<string, { readonly on?: boolean; readonly values?: Readonly<Record<string, unknown>> }>>
}

/**
 * The given settings checked and completed; the legacy detector is off unless it was turned on.
 *
 * Fails: RangeError naming the first parameter that is unknown or out of its range.
 */
export function completeSettings({ gates, detectors = {} }: GivenSettings = {}): DetectSettings {
  const unknown = Object.keys(detectors).find(name => !DETECTORS.some(known => known.name === name))
  if (unknown !== undefined) throw new RangeError(`there is no detector '${unknown}'`)
  return {
    gates: parameterValues(GATES, gates),
    detectors: Object.fromEntries(
      DETECTORS.map(detector => [
        detector.name,
        {
          on: detectors[detector.name]?.on ?? detector.kind !== 'legacy',
          values: detector.values(detectors[detector.name]?.values),
        },
      ]),
    ),
  }
}
