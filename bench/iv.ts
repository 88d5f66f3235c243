import { priceBlack76 } from '../src/core/options/european.ts'
import { emptyImplied, impliedBlack76 } from '../src/core/options/implied.ts'
import { columnsOf, cpuSeconds, type RatioResult, result, stream } from './peers/measure.ts'
import { openPeer } from './peers/quantlib.ts'

// Implied volatilities of a million out-of-the-money prices within four deviations on one thread, in turns with QuantLib's
// blackFormulaImpliedStdDev at accuracy 1e-12 on a tenth of the rows. Errors are against the volatility that made the price.

interface Options {
  readonly rows?: number
  readonly passes?: number
}

const quantile = (sorted: Float64Array, share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!

function errorsOf(found: Float64Array, want: Float64Array): string {
  const all = found.map((vol, i) => Math.abs(vol / want[i]! - 1)).sort()
  return [0.5, 0.999, 1].map(share => quantile(all, share).toExponential(1)).join(' / ')
}

/** Volatilities a second; `--rows` and `--passes` change the size. */
export async function run({ rows = 1_000_000, passes = 7 }: Options): Promise<RatioResult[]> {
  const next = stream(20_260_102)
  const inputs = columnsOf(rows, () => {
    const days = 1 + Math.floor(1095 * next())
    const [spot, vol] = [20 + 130 * next(), 0.03 + 1.47 * next()]
    const strike = spot * Math.exp((8 * next() - 4) * vol * Math.sqrt(days / 365))
    return { spot, strike, days, vol, rate: 0, yieldRate: 0, side: strike >= spot ? 1 : -1, price: 0 }
  })
  const { spot: forward, strike, vol, rate } = inputs
  const tteYears = inputs.days.map(days => days / 365)
  const side = Int8Array.from(inputs.side)
  const { price } = priceBlack76({ forward, strike, tteYears, vol, rate, side })
  const columns = { price, forward, strike, tteYears, rate, side }
  const out = emptyImplied(rows)
  for (let warm = 0; warm < 2; warm++) impliedBlack76(columns, out)
  const few = Math.max(1, Math.floor(rows / 10))
  const first = Object.fromEntries(Object.entries({ ...inputs, price }).map(([name, column]) => [name, column.slice(0, few)]))
  const peer = openPeer(first as unknown as typeof inputs)
  const [ours, theirs]: [number[], number[]] = [[], []]
  let peerErrors = ''
  for (let pass = 0; pass < passes; pass++) {
    ours.push(cpuSeconds(() => impliedBlack76(columns, out)))
    if ('why' in peer) continue
    theirs.push(await peer.time('implied'))
    if (pass === 0) peerErrors = `, peer's ${errorsOf(peer.answers(), vol.subarray(0, few))}`
  }
  if (!('why' in peer)) peer.close()
  const failed = out.status.reduce((sum, code) => sum + (code === 0 ? 0 : 1), 0)
  const accuracy = `relative error median / p99.9 / max ${errorsOf(out.vol, vol)}${peerErrors}; ${failed} failures`
  const has = !('why' in peer)
  return [
    result({
      bench: 'iv',
      unit: 'vols/s',
      rows,
      ours,
      peer: 'QuantLib blackFormulaImpliedStdDev 1e-12',
      peers: has ? theirs : null,
      peerRows: few,
      limit: 4,
      note: has ? `processor time; ${accuracy}` : `${peer.why}; ${accuracy}`,
    }),
  ]
}
