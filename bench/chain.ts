import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { epochMicros } from '../src/core/kit/time.ts'
import { analyseChain } from '../src/core/options/analyse-chain.ts'
import { buildChain, type ChainRow } from '../src/core/options/build-chain.ts'
import type { OptionChain } from '../src/core/options/chain.ts'
import { scan, startState } from '../src/core/options/detect/scan.ts'
import { completeSettings } from '../src/core/options/detect/settings.ts'
import { priceEuropean } from '../src/core/options/european.ts'
import { settlesAt, tteYears } from '../src/core/options/expiry-time.ts'
import { fitSurface } from '../src/core/options/surface.ts'
import { smileVol, sviVariance } from '../src/core/options/svi.ts'
import { fitSvi } from '../src/core/options/svi-fit.ts'
import { readChainFile } from '../src/workers/jobs/chain-file.ts'
import { columnsOf, cpuSeconds, median, type RatioResult, stream } from './peers/measure.ts'
import { simplexSvi } from './peers/simplex-svi.ts'

// A whole SPY chain from quotes to volatilities, Greeks, smiles, arbitrage and anomalies; one slice of 21 strikes; 20 slices with
// their checks. The limits are those of the issue. The peer of a slice is the same least squares by Nelder and Mead's simplex over
// place and width of the bend, as the quasi-explicit method has it.

interface Options {
  readonly passes?: number
  readonly slices?: number
}

const RECORDED = 'options/spy/2020-08-02_SPY_Options_Data_25_expiries.csv'
const ROWS = 6150
const OPTIONS = { usualRate: 0.04, staleSeconds: Number.POSITIVE_INFINITY, scheme: 'fast' } as const

/** The recorded chain where it lies on this machine; else one of the same shape. */
function chainOf(): { chain: OptionChain; from: string } {
  const folder = process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../shared/data')
  const path = join(folder, RECORDED)
  if (existsSync(path)) {
    const found = readChainFile({ path, fixed: {} }, () => undefined)
    if (found.kind === 'chain' && found.reading.chain)
      return { chain: found.reading.chain, from: 'recorded SPY chain of 2 August 2020' }
  }
  return { chain: syntheticChain(), from: 'synthetic chain of the same shape: the recorded one is not on this machine' }
}

function syntheticChain(): OptionChain {
  const next = stream(20_260_105)
  const asOf = epochMicros(Date.UTC(2026, 10, 20, 15, 30) * 1000)
  const rows: ChainRow[] = []
  const perExpiry = ROWS / 25 / 2
  for (let e = 0; e < 25; e++) {
    const date = new Date(Date.UTC(2026, 10, 23 + 3 * e + e * e)).toISOString().slice(0, 10)
    const years = tteYears(asOf, settlesAt(date as never, 'fund-close'))
    const slice = { a: 0.008 * years, b: 0.09 * Math.sqrt(years) + 0.005, rho: -0.6, m: 0.02, sigma: 0.05 + 0.1 * years }
    const columns = columnsOf(2 * perExpiry, () => ({
      spot: 600,
      strike: 0,
      days: 0,
      vol: 0,
      rate: 0.04,
      yieldRate: 0.012,
      side: 0,
      price: 0,
    }))
    for (let i = 0; i < columns.strike.length; i++) {
      const place = ((i >> 1) / perExpiry - 0.6) * 8 * smileVol(slice, 0, years) * Math.sqrt(years)
      columns.strike[i] = Math.round(600 * Math.exp(place) * 2) / 2 + (i >> 1) / 1000
      columns.vol[i] = smileVol(slice, Math.log(columns.strike[i]! / 600), years)
      columns.side[i] = i % 2 ? -1 : 1
    }
    const fair = priceEuropean({ ...columns, tteYears: columns.spot.map(() => years), side: Int8Array.from(columns.side) }).price
    fair.forEach((price, i) => {
      const half = 0.01 + 0.004 * price * next()
      rows.push({
        expiry: date,
        strike: columns.strike[i]!,
        side: columns.side[i]!,
        bid: Math.max(0, price - half),
        ask: price + half,
      })
    })
  }
  const quote = { spotBid: 599.99, spotAsk: 600.01, spotTime: Number.NaN, isHalted: false }
  const header = {
    underlying: 'SPY',
    asOf,
    exercise: 'american',
    multiplier: 100,
    tickSize: 0.01,
    settlement: 'fund-close',
    ...quote,
  } as const
  return buildChain(header, rows).chain
}

/** Smiles of 21 strikes with half a tick of noise, rising in time. */
function smiles(count: number, next: () => number) {
  return Array.from({ length: count }, (_, e) => {
    const years = 0.05 * ((e % 20) + 1)
    const slice = { a: 0.012 * years, b: 0.09 * Math.sqrt(years) + 0.01, rho: -0.55, m: 0.01, sigma: 0.08 + 0.1 * years }
    const k = Float64Array.from({ length: 21 }, (__, i) => ((i - 10) / 5) * Math.sqrt(sviVariance(slice, 0)))
    const vol = k.map(x => smileVol(slice, x, years) * (1 + 2e-3 * (next() - 0.5)))
    const variance = vol.map(v => v * v * years)
    const weight = vol.map(v => 1 / (2 * v * years * 0.002))
    return { k, vol, variance, weight, tteYears: years }
  })
}

/** Milliseconds of processor time; `--passes` and `--slices` change how often. */
export async function run({ passes = 15, slices = 200 }: Options): Promise<RatioResult[]> {
  const { chain, from } = chainOf()
  const settings = completeSettings({ gates: { persistScans: 1 } })
  const whole = () => {
    const analysis = analyseChain(chain, OPTIONS)
    return { analysis, alerts: scan(startState(), analysis, settings).fired.length }
  }
  for (let warm = 0; warm < 3; warm++) whole()
  const { analysis, alerts } = whole()
  const analysed = milliseconds(passes, () => void analyseChain(chain, OPTIONS))
  const all = milliseconds(passes, () => void whole())
  const scaled = all * (ROWS / chain.strike.length)
  const fitted = analysis.expiries.filter(({ smile }) => smile !== null).length

  const points = smiles(slices, stream(20_260_106))
  const fitAll = () => points.map(one => fitSvi(one)?.cost ?? Number.NaN)
  const peerAll = () => points.map(one => simplexSvi(one).cost)
  const [ours, theirs] = [fitAll(), peerAll()]
  const [slice, peer] = [milliseconds(passes, fitAll) / slices, milliseconds(Math.min(5, passes), peerAll) / slices]
  const worse = ours.filter((cost, i) => cost > theirs[i]! * 1.001).length
  const dated = points.slice(0, 20).map((quotes, e) => ({ date: `2027-01-${String(e + 1).padStart(2, '0')}` as never, quotes }))
  const surface = milliseconds(passes, () => void fitSurface(dated))
  const found = fitSurface(dated).findings.length
  const note = `${from}; ${chain.strike.length} rows, ${fitted} smiles, ${alerts} anomalies`
  return [
    limited({
      bench: 'chain, quotes to anomalies',
      value: scaled,
      limit: 100,
      note: `${note}; scaled to ${ROWS} rows, measured ${all.toFixed(1)} ms`,
    }),
    limited({ bench: 'chain, without anomalies', value: analysed, limit: null, note }),
    {
      ...limited({
        bench: 'slice of 21 strikes',
        value: slice,
        limit: 0.2,
        note: `${worse} of ${slices} fits worse than the peer's`,
      }),
      peer: "Nelder and Mead's simplex over the quasi-explicit slice",
      peerValue: peer,
      ratio: peer / slice,
    },
    limited({ bench: '20 slices with all checks', value: surface, limit: 10, note: `${found} findings of arbitrage` }),
  ]
}

function milliseconds(passes: number, work: () => void): number {
  return 1000 * median(Array.from({ length: passes }, () => cpuSeconds(work)))
}

function limited({
  bench,
  value,
  limit,
  note,
}: {
  bench: string
  value: number
  limit: number | null
  note: string
}): RatioResult {
  const ratio = limit === null ? null : limit / value
  const peer = limit === null ? 'none' : `limit of ${limit} ms`
  return {
    bench,
    value,
    unit: 'ms',
    peer,
    peerValue: limit,
    ratio,
    limit: limit === null ? null : 1,
    within: limit === null ? null : value <= limit,
    note: `processor time; ${note}`,
  }
}
