import { emptyGreeks, type OptionColumns } from '../src/core/options/columns.ts'
import { priceEuropean } from '../src/core/options/european.ts'
import { priceEuropeanSimd } from '../src/core/options/european-simd.ts'
import { WorkerPool } from '../src/platform/worker-pool.ts'
import type { Jobs } from '../src/workers/jobs.ts'
import { columnsOf, cpuSeconds, type RatioResult, result, stream } from './peers/measure.ts'
import { openPeer, type PeerColumns } from './peers/quantlib.ts'

// Price and five Greeks of a million European options on one thread, in turns with QuantLib on the same inputs: its
// BlackCalculator, which is bare formulas, and its AnalyticEuropeanEngine, which is how a program would ask it. The plain loop
// is the reference and the fallback of the compiled one.

interface Options {
  readonly rows?: number
  readonly passes?: number
}

function options(rows: number): PeerColumns {
  const next = stream(20_260_101)
  return columnsOf(rows, () => {
    const days = 1 + Math.floor(1095 * next())
    const [spot, vol] = [20 + 130 * next(), 0.05 + 1.45 * next()]
    const strike = spot * Math.exp((5 * next() - 2.5) * vol * Math.sqrt(days / 365))
    return {
      spot,
      strike,
      days,
      vol,
      rate: 0.09 * next() - 0.01,
      yieldRate: 0.08 * next(),
      side: next() < 0.5 ? 1 : -1,
      price: 0,
    }
  })
}

/** The same columns in memory that threads share. */
function shared<T extends object>(columns: T): T {
  const copy = (column: Float64Array | Int8Array) => {
    const memory = new SharedArrayBuffer(column.byteLength)
    const made = column instanceof Int8Array ? new Int8Array(memory) : new Float64Array(memory)
    made.set(column as never)
    return made
  }
  return Object.fromEntries(
    Object.entries(columns as Record<string, Float64Array>).map(([name, column]) => [name, copy(column)]),
  ) as T
}

/** Two threads against one, by the clock: on a machine that is busy elsewhere the second one has no processor to itself. */
async function threads(columns: OptionColumns, rows: number, passes: number): Promise<RatioResult> {
  const [options, out] = [shared(columns), shared(emptyGreeks(rows))]
  const pool = new WorkerPool<Jobs>(new URL('../build/host/worker.mjs', import.meta.url), 2)
  const [PARTS, ROUNDS] = [16, 4]
  const parts = Array.from({ length: PARTS * ROUNDS }, (_, k) => k % PARTS)
  const ask = (k: number) =>
    pool.run('options.greeks', { options, out, from: Math.floor((rows * k) / PARTS), to: Math.floor((rows * (k + 1)) / PARTS) })
  const byOne = async () => {
    for (const k of parts) await ask(k)
  }
  const byTwo = () =>
    Promise.all(
      [parts.filter(k => k % 2 === 0), parts.filter(k => k % 2 === 1)].map(async half => {
        for (const k of half) await ask(k)
      }),
    )
  const seconds = async (work: () => Promise<unknown>) => {
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000
  }
  await byTwo()
  await byTwo()
  const [one, two]: [number[], number[]] = [[], []]
  for (let pass = 0; pass < passes; pass++) {
    one.push(await seconds(byOne))
    two.push(await seconds(byTwo))
  }
  await pool.close()
  const note = 'by the clock, through the worker pool; the limit is for an idle machine'
  const sides = { ours: two, peers: one, rows: rows * ROUNDS, note }
  return result({ ...sides, bench: 'greeks, two threads', unit: 'options/s', peer: 'one thread', limit: 1.8 })
}

/** Options a second for both peers; `--rows` and `--passes` change the size. */
export async function run({ rows = 1_000_000, passes = 7 }: Options): Promise<RatioResult[]> {
  const inputs = options(rows)
  const { spot, strike, vol, rate, yieldRate } = inputs
  const columns: OptionColumns = {
    spot,
    strike,
    vol,
    rate,
    yieldRate,
    tteYears: inputs.days.map(days => days / 365),
    side: Int8Array.from(inputs.side),
  }
  const out = emptyGreeks(rows)
  for (let warm = 0; warm < 3; warm++) {
    priceEuropean(columns, out)
    priceEuropeanSimd(columns, out)
  }
  const peer = openPeer(inputs)
  const [ours, simd, calculator, analytic]: [number[], number[], number[], number[]] = [[], [], [], []]
  let apart = 0
  for (let pass = 0; pass < passes; pass++) {
    ours.push(cpuSeconds(() => priceEuropean(columns, out)))
    simd.push(cpuSeconds(() => priceEuropeanSimd(columns, out)))
    if ('why' in peer) continue
    calculator.push(await peer.time('calculator'))
    if (pass === 0)
      peer.answers().forEach((value, i) => {
        apart = Math.max(apart, Math.abs(value - out.price[i]!) / Math.max(spot[i]!, strike[i]!))
      })
    if (pass < 3) analytic.push(await peer.time('analytic'))
  }
  if (!('why' in peer)) peer.close()
  const note = 'why' in peer ? peer.why : `processor time; largest difference of a price ${apart.toExponential(1)} of max(S, K)`
  const all = { unit: 'options/s', rows, note }
  const has = !('why' in peer)
  const engine = { ...all, peer: 'QuantLib AnalyticEuropeanEngine', peers: has ? analytic : null }
  const formulas = { ...all, peer: 'QuantLib BlackCalculator', peers: has ? calculator : null }
  return [
    await threads(columns, rows, passes),
    result({ ...engine, bench: 'greeks, JavaScript, against the engine', ours, limit: 25 }),
    result({ ...formulas, bench: 'greeks, JavaScript', ours, limit: 2.5 }),
    result({ ...engine, bench: 'greeks, WebAssembly, against the engine', ours: simd, limit: 25 }),
    result({ ...formulas, bench: 'greeks, WebAssembly', ours: simd, limit: 2.5 }),
  ]
}
