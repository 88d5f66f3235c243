import { type ChoiceSpec, isAllowed, type NumberSpec, type WholeSpec } from '../kit/define.ts'

/** A parameter that is a line of text: a folder, a list of symbols, the name of a secret. */
export interface TextSpec {
  readonly kind: 'text'
  readonly usual: string
  readonly longest: number
}

export type JobParameterSpec = WholeSpec | NumberSpec | ChoiceSpec | TextSpec
export type JobParameterSpecs = Readonly<Record<string, JobParameterSpec>>

/** The values that some specs describe, by the same names. */
export type JobValues<S extends JobParameterSpecs> = {
  readonly [K in keyof S]: S[K] extends ChoiceSpec<infer C> ? C : S[K] extends TextSpec ? string : number
}

/**
 * The values of a job checked against its kind's specs, those not given at their usual value.
 *
 * Fails: RangeError naming the first parameter that is unknown or not of its spec.
 */
export function jobValues<S extends JobParameterSpecs>(specs: S, given: Readonly<Record<string, unknown>>): JobValues<S> {
  const unknown = Object.keys(given).find(name => !Object.hasOwn(specs, name))
  if (unknown !== undefined) throw new RangeError(`parameters are ${Object.keys(specs).join(', ') || 'none'}, was '${unknown}'`)
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const value = given[name] ?? spec.usual
      if (!isFit(spec, value)) throw new RangeError(`${name} must be ${wanted(spec)}, was ${JSON.stringify(value)}`)
      return [name, value]
    }),
  ) as JobValues<S>
}

function isFit(spec: JobParameterSpec, value: unknown): boolean {
  if (spec.kind !== 'text') return isAllowed(spec, value)
  return typeof value === 'string' && value.length <= spec.longest && !/[\r\n]/.test(value)
}

function wanted(spec: JobParameterSpec): string {
  switch (spec.kind) {
    case 'text':
      return `one line of at most ${spec.longest} letters`
    case 'choice':
      return `one of ${spec.choices.join(', ')}`
    default:
      return `a ${spec.kind === 'whole' ? 'whole number' : 'number'} from ${spec.from} to ${spec.to}`
  }
}
