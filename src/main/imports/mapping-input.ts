import type { Mapping as WireMapping } from '../../contract/imports.ts'
import type { Mapping } from '../../core/imports/mapping.ts'

/** The parts of a mapping that a caller decided; what is absent, or undefined, is left to the guess. */
export function chosen(given: { readonly [K in keyof WireMapping]?: WireMapping[K] | undefined } | undefined): Partial<Mapping> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as Partial<Mapping>
}
