import type { GivenThresholds, ThresholdParameter, Thresholds } from '../../contract/options-alerts.ts'

type Values = Readonly<Record<string, number | string>>

/** Thresholds as a person has them in the form. */
export interface Draft {
  readonly gates: Values
  readonly detectors: Readonly<Record<string, { readonly on: boolean; readonly values: Values }>>
}

function build(
  { gates, detectors }: Thresholds,
  value: (parameter: ThresholdParameter) => number | string,
  on: (name: string, now: boolean) => boolean,
): Draft {
  const values = (params: readonly ThresholdParameter[]) => Object.fromEntries(params.map(one => [one.name, value(one)]))
  return {
    gates: values(gates),
    detectors: Object.fromEntries(detectors.map(one => [one.name, { on: on(one.name, one.on), values: values(one.params) }])),
  }
}

export function draftOf(thresholds: Thresholds): Draft {
  return build(
    thresholds,
    ({ value }) => value,
    (_, now) => now,
  )
}

/** What holds where nobody chose anything: the legacy detector is for comparison and off. */
export function usualDraft(thresholds: Thresholds): Draft {
  const legacy = new Set(thresholds.detectors.filter(({ kind }) => kind === 'legacy').map(({ name }) => name))
  return build(
    thresholds,
    ({ usual }) => usual,
    name => !legacy.has(name),
  )
}

export function givenOf({ gates, detectors }: Draft): GivenThresholds {
  return {
    gates: { ...gates },
    detectors: Object.fromEntries(
      Object.entries(detectors).map(([name, { on, values }]) => [name, { on, values: { ...values } }]),
    ),
  }
}

export function isSame(a: Draft, b: Draft): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
