import type { ChainExpiry, OptionChain } from '../chain.ts'

/** The strikes of one expiry, ascending, with the row of each call and put; -1 where there is none. */
export interface Ladder {
  readonly strike: readonly number[]
  readonly call: readonly number[]
  readonly put: readonly number[]
}

/** The ladder of an expiry with only the rows that `usable` marks; strikes with neither side are left out. */
export function ladderOf(chain: OptionChain, { from, to }: ChainExpiry, usable: Uint8Array): Ladder {
  const strike: number[] = []
  const call: number[] = []
  const put: number[] = []
  for (let row = from; row < to; row++) {
    if (usable[row] === 0) continue
    const at = chain.strike[row]!
    if (strike.at(-1) !== at) {
      strike.push(at)
      call.push(-1)
      put.push(-1)
    }
    const column = chain.side[row]! > 0 ? call : put
    column[column.length - 1] = row
  }
  return { strike, call, put }
}
