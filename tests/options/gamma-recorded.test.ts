import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import { gammaExposure } from '../../src/core/options/gamma-exposure.ts'
import { readChainFile } from '../../src/workers/jobs/chain-file.ts'

const folder = join(process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'), 'options')
const hasChains = existsSync(folder)
if (!hasChains) console.log(`no recorded chains at ${folder}: gamma on them is skipped; CONTANGO_RECORDED names the folder above`)

test.skipIf(!hasChains).each([
  ['spy/2020-08-02_SPY_Options_Data_25_expiries.csv', 326.5, [330, 290]],
  ['derived/goog_chain_20151224_1100.csv.gz', 749.2, [750, 725]],
] as const)(
  '%s: bars add up to what the rows give by themselves, walls stand, the flip has nothing left',
  (path, spot, walls) => {
    const found = readChainFile({ path: join(folder, path), fixed: {} }, () => undefined)
    if (found.kind !== 'chain') throw new Error(`${path} was taken for ${found.kind}`)
    const chain = found.reading.chain!
    const analysis = analyseChain(chain, { usualRate: 0.002, staleSeconds: Number.POSITIVE_INFINITY, scheme: 'fast' })
    const order = { convention: 'naive', expiries: 'all', addsVolume: false } as const
    const gex = gammaExposure(analysis, order)
    expect(Math.abs(gex.spot - spot)).toBeLessThan(1)
    expect([gex.callWall, gex.putWall]).toEqual(walls)
    // The rows' own gammas are American and of the same smile: early exercise is all that may differ.
    let [calls, puts] = [0, 0]
    chain.strike.forEach((_, i) => {
      const own = chain.openInterest[i]! * analysis.greeks.gamma[i]! * chain.multiplier * gex.spot ** 2 * 0.01
      if (!(own > 0)) return
      if (chain.side[i]! > 0) calls += own
      else puts -= own
    })
    expect(Math.abs(gex.calls / calls - 1)).toBeLessThan(0.02)
    expect(Math.abs(gex.puts / puts - 1)).toBeLessThan(0.02)
    // The profile is straight enough between two of its points for the flip to be found again on it.
    const { spots, total } = gex.profile
    const k = spots.findIndex(at => at > gex.flip)
    expect(total[k - 1]! * total[k]!).toBeLessThan(0)
    expect(gammaExposure(analysis, order)).toEqual(gex)
  },
)
