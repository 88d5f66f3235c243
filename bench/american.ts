import { emptyAmerican, priceAmerican } from '../src/core/options/american.ts'
import type { OptionColumns } from '../src/core/options/columns.ts'
import { columnsOf, cpuSeconds, type RatioResult, result, stream } from './peers/measure.ts'
import { openPeer, type PeerColumns } from './peers/quantlib.ts'

// American options with nothing in common (so that no boundary is shared), in turns with QuantLib's QdFp engine by its fast and
// its accurate scheme. Errors of both are against our precise scheme, which the tests hold to QdFp (64,16,64).

interface Options {
  readonly rows?: number
  readonly passes?: number
}

function relativeError(found: Float64Array, want: Float64Array): string {
  let [sum, count] = [0, 0]
  want.forEach((value, i) => {
    if (value < 0.5 || i >= found.length) return
    sum += (found[i]! / value - 1) ** 2
    count++
  })
  return Math.sqrt(sum / count).toExponential(1)
}

/** Options a second by both schemes; `--rows` and `--passes` change the size. */
export async function run({ rows = 10_000, passes = 5 }: Options): Promise<RatioResult[]> {
  const next = stream(20_260_103)
  const inputs: PeerColumns = columnsOf(rows, () => ({
    spot: 100,
    strike: 60 + 80 * next(),
    days: 5 + Math.floor(1091 * next()),
    vol: 0.1 + 0.7 * next(),
    rate: 0.005 + 0.095 * next(),
    yieldRate: 0.1 * next(),
    side: next() < 0.5 ? 1 : -1,
    price: 0,
  }))
  const columns: OptionColumns = { ...inputs, tteYears: inputs.days.map(days => days / 365), side: Int8Array.from(inputs.side) }
  const out = emptyAmerican(rows)
  const few = optionsFrom(columns, Math.min(rows, 1000))
  const want = priceAmerican(few, 'precise').price
  const peer = openPeer(inputs)
  const results: RatioResult[] = []
  for (const [scheme, count] of [
    ['accurate', Math.min(passes, 3)],
    ['fast', passes],
  ] as const) {
    priceAmerican(columns, scheme, out)
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let pass = 0; pass < count; pass++) {
      ours.push(cpuSeconds(() => priceAmerican(columns, scheme, out)))
      if (!('why' in peer)) theirs.push(await peer.time(`american-${scheme}`))
    }
    const mine = `relative error ${relativeError(out.price.subarray(0, want.length), want)} (root mean square)`
    const note =
      'why' in peer
        ? `${peer.why}; ${mine}`
        : `processor time; ${mine}, peer's ${relativeError(peer.answers().subarray(0, want.length), want)}`
    results.push(
      result({
        bench: `american ${scheme}`,
        unit: 'options/s',
        rows,
        ours,
        peer: `QuantLib QdFp ${scheme}`,
        peers: 'why' in peer ? null : theirs,
        limit: 1,
        note,
      }),
    )
  }
  if (!('why' in peer)) peer.close()
  return results
}

function optionsFrom(all: OptionColumns, rows: number): OptionColumns {
  return {
    spot: all.spot.subarray(0, rows),
    strike: all.strike.subarray(0, rows),
    tteYears: all.tteYears.subarray(0, rows),
    vol: all.vol.subarray(0, rows),
    rate: all.rate.subarray(0, rows),
    yieldRate: all.yieldRate.subarray(0, rows),
    side: all.side.subarray(0, rows),
  }
}
