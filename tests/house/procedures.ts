import type { AnyContractProcedure } from '@orpc/contract'
import { contract } from '../../src/contract/index.ts'

type Table = { readonly [name: string]: AnyContractProcedure | Table }

/** Every procedure of the contract with its path of names; a domain may have tables within its own. */
export function proceduresOf(
  table: Table = contract,
  path: readonly string[] = [],
): { domain: string; name: string; procedure: AnyContractProcedure }[] {
  return Object.entries(table).flatMap(([key, entry]) => {
    const names = [...path, key]
    return '~orpc' in entry
      ? [{ domain: names[0]!, name: names.join('.'), procedure: entry as AnyContractProcedure }]
      : proceduresOf(entry, names)
  })
}
