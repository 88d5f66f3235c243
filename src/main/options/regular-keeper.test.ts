import { expect, test } from 'vitest'
import { analysedAs, NOON, USUAL } from '../../../tests/options/chain-kit.ts'
import { fairChain } from '../../../tests/options/fair-chain.ts'
import { epochMicros, MICROS_PER_MINUTE } from '../../core/kit/time.ts'
import type { Liveness } from '../../core/market/instrument.ts'
import { analyseChain } from '../../core/options/analyse-chain.ts'
import { silentLog } from '../../platform/log.ts'
import { createRegularKeeper } from './regular-keeper.ts'

const ANALYSIS = analyseChain(fairChain(), USUAL)

/** Minutes from a full stretch of five at which passes came, and those of them that were kept. */
function kept(
  passes: readonly (number | readonly [minute: number, receipt: number])[],
  minutes = 5,
  state: Liveness = 'live',
): number[] {
  const found: number[] = []
  const keeper = createRegularKeeper({
    log: silentLog,
    snapshotMinutes: () => minutes,
    snapshots: {
      async keep({ analysis }, why) {
        expect(why).toBe('regular')
        found.push((analysis.chain.asOf - NOON) / MICROS_PER_MINUTE)
        throw new Error('the store is away')
      },
    },
  })
  for (const pass of passes) {
    const [minute, receipt] = typeof pass === 'number' ? [pass, pass] : pass
    const asOf = epochMicros(NOON + minute * MICROS_PER_MINUTE)
    const analysis = { ...ANALYSIS, chain: { ...ANALYSIS.chain, asOf } }
    const provenance = { source: 'feed', state, asOf, reason: null }
    keeper(analysedAs(analysis, { newestReceipt: epochMicros(NOON + receipt * MICROS_PER_MINUTE), provenance }))
  }
  return found
}

test('the first pass of each full stretch is kept, but not of the one in which following began', () => {
  expect(kept([1, 2, 4.9, 5, 5.1, 9.9, 10.2, 10.3, 15])).toEqual([5, 10.2, 15])
})

test('a chain to which nothing came since is not kept again, nor one that is stale', () => {
  expect(kept([1, [5, 1], [10, 1], [15, 14]])).toEqual([15])
  expect(kept([1, 5, 10], 5, 'stale')).toEqual([])
})

test('a chain that was left and followed again begins anew', () => {
  expect(kept([1, 5, 21, 22, 25])).toEqual([5, 25])
})

test('none is kept where a person wants none', () => {
  expect(kept([1, 5, 10, 15], 0)).toEqual([])
})
