import type { ChainBlock, ChainFrame, ExpirySummary, SideColumns } from '../../contract/options.ts'
import type { EpochMicros, IsoDate } from '../../core/kit/time.ts'
import { type OptionChain, ROW_STATUS } from '../../core/options/chain.ts'
import type { ChainAnalysis, ExpiryAnalysis } from '../../core/options/chain-analysis.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Pacer } from '../market/pacer.ts'
import type { LineState } from './chain-rotation.ts'
import type { AnalysedChain } from './chain-service.ts'

/** A chain frame is large and read by eyes: more than four a second help nobody. */
const FRAME_SECONDS = 0.25

/** A frame of a chain without its place in a stream. */
export type ChainPicture = Omit<ChainFrame, 'stream' | 'seq'>

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
const instant = (value: number): number | null => (Number.isFinite(value) ? Math.round(value) : null)

const MODELS = { american: 'american', european: 'black-76' } as const

/** The chain in short, with the rows of those expiries that were asked for; a missing number is null. */
export function chainPicture(chain: AnalysedChain, wanted: readonly string[], lines: LineState | null): ChainPicture {
  const { analysis } = chain
  const { spotBid, spotAsk, spotTime, exercise, multiplier, tickSize, asOf, isHalted } = analysis.chain
  const blocks = wanted.flatMap(date => blockOf(analysis, date as IsoDate) ?? [])
  return {
    ...{ underlying: chain.key, symbol: chain.symbol, exercise, model: MODELS[exercise], multiplier, tickSize, asOf, isHalted },
    spot: { bid: finite(spotBid), ask: finite(spotAsk), time: instant(spotTime) },
    provenance: chain.provenance,
    byStatus: countStatus(analysis.status),
    expiries: summaries(analysis),
    blocks,
    arbitrage: analysis.arbitrage.map(finding => ({ ...finding })),
    lines: lines && { ...lines, turnSeconds: finite(lines.turnSeconds) },
  }
}

function countStatus(status: Uint8Array): Record<string, number> {
  const counts = new Array<number>(ROW_STATUS.length).fill(0)
  for (const index of status) counts[index]!++
  return Object.fromEntries(ROW_STATUS.flatMap((name, index) => (counts[index]! > 0 ? [[name, counts[index]!]] : [])))
}

function summaries({ chain, expiries }: ChainAnalysis): ExpirySummary[] {
  const places = new Map(chain.expiries.map(one => [one.date, one]))
  return expiries.flatMap(one => {
    const place = places.get(one.date)
    return place ? [summary(one, place.settlesAt, place.to - place.from)] : []
  })
}

function summary(one: ExpiryAnalysis, settlesAt: EpochMicros, contracts: number): ExpirySummary {
  const { date, tteYears, source, pairs, smile, reason, used } = one
  return {
    ...{ date, settlesAt, tteYears, contracts, forwardSource: source, parityPairs: pairs, reason, used },
    forward: finite(one.forward),
    discount: finite(one.discount),
    rate: finite(one.rate),
    yieldRate: finite(one.yieldRate),
    parityResidual: finite(one.residual),
    lowestForward: finite(one.lowest),
    highestForward: finite(one.highest),
    smile: smile && { a: smile.a, b: smile.b, rho: smile.rho, m: smile.m, sigma: smile.sigma },
    fitError: finite(one.fitError),
    atmVol: finite(one.atmVol),
    riskReversal25: finite(one.riskReversal25),
    butterfly25: finite(one.butterfly25),
    skew: finite(one.skew),
  }
}

// Several panels read the same expiry of the same pass; the rows are written once and go with the analysis.
const written = new WeakMap<ChainAnalysis, Map<IsoDate, ChainBlock>>()

function blockOf(analysis: ChainAnalysis, date: IsoDate): ChainBlock | null {
  const blocks = written.get(analysis) ?? new Map<IsoDate, ChainBlock>()
  written.set(analysis, blocks)
  const known = blocks.get(date)
  if (known) return known
  const place = analysis.chain.expiries.find(one => one.date === date)
  if (!place) return null
  const { strike, calls, puts } = pairs(analysis.chain, place.from, place.to)
  const block = { expiry: date, strike, call: sideOf(analysis, calls), put: sideOf(analysis, puts) }
  blocks.set(date, block)
  return block
}

/** Each strike of a stretch once, with the rows of its call and put, -1 where there is none. */
function pairs({ strike: strikes, side }: OptionChain, from: number, to: number) {
  const [strike, calls, puts]: [number[], number[], number[]] = [[], [], []]
  for (let row = from; row < to; row++) {
    if (strikes[row] !== strike.at(-1)) {
      strike.push(strikes[row]!)
      calls.push(-1)
      puts.push(-1)
    }
    const list = side[row] === 1 ? calls : puts
    list[list.length - 1] = row
  }
  return { strike, calls, puts }
}

function sideOf(
  { chain, status, vol, bidVol, askVol, fitVol, greeks, second }: ChainAnalysis,
  rows: readonly number[],
): SideColumns {
  const pick = (column: Float64Array | Uint8Array) => rows.map(row => (row < 0 ? null : finite(column[row]!)))
  const { bid, ask, bidSize, askSize, last, volume, openInterest, quoteTime } = chain
  const { price, delta, gamma, vega, theta, rho } = greeks
  const { vanna, volga, charm } = second
  const columns = {
    ...{ status, bid, ask, bidSize, askSize, last, volume, openInterest, quoteTime, vol, bidVol, askVol, fitVol },
    ...{ price, delta, gamma, vega, theta, rho, vanna, volga, charm },
  }
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, pick(column)])) as SideColumns
}

/**
 * A chain as a stream: the newest pass at once, then each newer one, at most four a second and none while the reader is behind.
 *
 * Nothing waits in it: what it sends is what is newest when it may send, so a slow reader misses passes and never sees an old one.
 */
export async function* chainFrames({
  newest,
  lines,
  expiries,
  pacer,
  clock,
  signal,
}: {
  readonly newest: () => AnalysedChain | null
  readonly lines: () => LineState | null
  readonly expiries: readonly string[]
  readonly pacer: Pacer
  readonly clock: Pick<Clock, 'monotonic'>
  readonly signal: AbortSignal
}): AsyncGenerator<ChainFrame, void, undefined> {
  let shown: AnalysedChain | null = null
  let sentAt = Number.NEGATIVE_INFINITY
  for (;;) {
    const chain = newest()
    if (chain && chain !== shown && clock.monotonic() - sentAt >= FRAME_SECONDS) {
      sentAt = clock.monotonic()
      shown = chain
      yield { stream: pacer.stream, seq: pacer.next(), ...chainPicture(chain, expiries, lines()) }
    }
    if (!(await pacer.turn(signal))) return
  }
}
