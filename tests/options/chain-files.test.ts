import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import { readChainFile } from '../../src/workers/jobs/chain-file.ts'

const folder = join(process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'), 'options')
const hasChains = existsSync(folder)
if (!hasChains)
  console.log(`no recorded chains at ${folder}: tests that read them are skipped; CONTANGO_RECORDED names the folder above`)

function readingOf(path: string) {
  const found = readChainFile({ path: join(folder, path), fixed: {} }, () => undefined)
  if (found.kind !== 'chain') throw new Error(`${path} was taken for ${found.kind}`)
  return { ...found.reading, chain: found.reading.chain! }
}

test.skipIf(!hasChains)(
  'GOOG at 11:00 on 24 December 2015: every row is taken, near forwards lie between 748.5 and 749.7',
  () => {
    const { chain, accepted, refused, notes } = readingOf('derived/goog_chain_20151224_1100.csv.gz')
    expect([accepted, refused, chain.expiries.length, notes.length]).toEqual([2192, 0, 12, 0])
    expect(new Date(chain.asOf / 1000).toISOString()).toBe('2015-12-24T16:00:00.000Z')
    expect([chain.spotBid, chain.spotAsk]).toEqual([748.98, 749.46])
    const { expiries } = analyseChain(chain, { usualRate: 0.005, staleSeconds: 60, scheme: 'fast' })
    const near = expiries.filter(({ tteYears }) => tteYears > 0 && tteYears < 45 / 365)
    expect(near.length).toBeGreaterThan(4)
    for (const { forward, source } of near) {
      expect(source).toBe('parity')
      expect(forward).toBeGreaterThan(748.5)
      expect(forward).toBeLessThan(749.7)
    }
  },
)

test.skipIf(!hasChains)('SPY pulled on Sunday, 2 August 2020: quotes of the close on Friday, without a spot', () => {
  const { chain, accepted, refused, notes } = readingOf('spy/2020-08-02_SPY_Options_Data_25_expiries.csv')
  expect([accepted, refused, chain.expiries.length]).toEqual([5963, 0, 25])
  expect(new Date(chain.asOf / 1000).toISOString()).toBe('2020-07-31T20:00:00.000Z')
  expect(notes).toEqual(['no-spot', 'close-assumed', 'no-trading-date'])
  expect(Number.isNaN(chain.spotBid)).toBe(true)
  const { expiries } = analyseChain(chain, { usualRate: 0.002, staleSeconds: 60, scheme: 'fast' })
  // SPY closed at 326.52 on that Friday.
  const first = expiries.find(({ source }) => source === 'parity')!
  expect(Math.abs(first.forward - 326.5)).toBeLessThan(1.5)
})
