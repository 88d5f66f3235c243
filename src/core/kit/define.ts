/** A parameter that is a count: a period, a number of bars. */
export interface WholeSpec {
  readonly kind: 'whole'
  readonly from: number
  readonly to: number
  readonly usual: number
}

/** A parameter that is any number in a range; `step` is what one press of an arrow changes. */
export interface NumberSpec {
  readonly kind: 'number'
  readonly from: number
  readonly to: number
  readonly usual: number
  readonly step: number
}

/** A parameter that is one of some words. */
export interface ChoiceSpec<C extends string = string> {
  readonly kind: 'choice'
  readonly choices: readonly C[]
  readonly usual: C
}

export type ParameterSpec = WholeSpec | NumberSpec | ChoiceSpec
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>
export type ParameterValue = number | string

/** The values that some specs describe, by the same names. */
export type ValuesOf<S extends ParameterSpecs> = {
  readonly [K in keyof S]: S[K] extends ChoiceSpec<infer C> ? C : number
}

/** A whole number in a range. */
export function whole(spec: Omit<WholeSpec, 'kind'>): WholeSpec {
  return { kind: 'whole', ...spec }
}

/** Any number in a range. */
export function number(spec: Omit<NumberSpec, 'kind'>): NumberSpec {
  return { kind: 'number', ...spec }
}

/** One of some words. */
export function choice<C extends string>(choices: readonly C[], usual: C): ChoiceSpec<C> {
  return { kind: 'choice', choices, usual }
}

/** True where the value is one that the spec allows. */
export function isAllowed(spec: ParameterSpec, value: unknown): value is ParameterValue {
  if (spec.kind === 'choice') return typeof value === 'string' && spec.choices.includes(value)
  if (typeof value !== 'number' || !(value >= spec.from && value <= spec.to)) return false
  return spec.kind === 'number' || Number.isInteger(value)
}

function wanted(spec: ParameterSpec): string {
  if (spec.kind === 'choice') return `one of ${spec.choices.join(', ')}`
  return `a ${spec.kind === 'whole' ? 'whole number' : 'number'} from ${spec.from} to ${spec.to}`
}

/**
 * The given values checked against their specs, those not given at their usual value.
 *
 * Fails: RangeError naming the first parameter that is unknown or out of its range.
 */
export function parameterValues<S extends ParameterSpecs>(specs: S, given: Readonly<Record<string, unknown>> = {}): ValuesOf<S> {
  const unknown = Object.keys(given).find(name => !Object.hasOwn(specs, name))
  if (unknown !== undefined) throw new RangeError(`parameters are ${Object.keys(specs).join(', ') || 'none'}, was '${unknown}'`)
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const value = given[name] ?? spec.usual
      if (!isAllowed(spec, value)) throw new RangeError(`${name} must be ${wanted(spec)}, was ${String(value)}`)
      return [name, value]
    }),
  ) as ValuesOf<S>
}
