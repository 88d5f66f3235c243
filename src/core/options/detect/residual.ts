import { number, whole } from '../../kit/define.ts'
import type { ExpiryAnalysis } from '../chain-analysis.ts'
import { type DetectContext, defineDetector, severityOfEdge } from './detector.ts'
import type { Finding } from './finding.ts'
import { type SmilePoint, smileAround } from './smile-around.ts'
import { DEEPEST_DELTA, priceAt, smilePoints } from './smile-model.ts'

const TO_DEVIATION = 1.4826

/** Distance of an old spot from the discounted forward, as a part of it, from which it is not believed. */
const STALE_SPOT = 0.002

/** Residual of parity, in usual half spreads, beyond which an expiry contradicts itself. */
const INCOHERENT = 3

interface Values {
  readonly leastTicks: number
  readonly deviations: number
  readonly leastStrikes: number
  readonly leastDelta: number
}

/** The smile of one expiry as points, and how far quotes usually lie from it. */
interface Smile {
  readonly points: readonly SmilePoint[]
  readonly at: ExpiryAnalysis
  /** Robust standard deviation of middle less model, in half spreads. */
  readonly usual: number
}

/**
 * Whether calls and puts agree on a forward within their own spreads.
 *
 * Where they do not, the underlying's quote is of another moment than theirs, or a dividend is not known: then every option looks wrong.
 */
function isCoherent({ analysis: { chain }, quotes }: DetectContext, at: ExpiryAnalysis, points: readonly SmilePoint[]): boolean {
  if (at.source !== 'parity') return false
  // Early exercise is reckoned from the spot: an old one that the forward has left behind makes every American price wrong.
  const spot = 0.5 * (chain.spotBid + chain.spotAsk)
  if (!quotes.hasSpot && Math.abs((at.forward * at.discount) / spot - 1) > STALE_SPOT) return false
  const halves = Float64Array.from(points, ({ row }) => quotes.halfSpread[row]!).sort()
  return !(at.residual > INCOHERENT * Math.max(chain.tickSize, halves[halves.length >> 1] ?? 0))
}

function smileOf(context: DetectContext, expiry: number, { leastStrikes }: Values): Smile | null {
  const { analysis, quotes } = context
  const at = analysis.expiries[expiry]!
  if (!(at.forward > 0 && at.tteYears > 0)) return null
  const points = smilePoints(context, expiry)
  if (new Set(points.map(point => point.strike)).size < leastStrikes || !isCoherent(context, at, points)) return null
  const off = at.smile
    ? points.map(({ row }) => Math.abs(quotes.mid[row]! - analysis.greeks.price[row]!) / quotes.halfSpread[row]!)
    : points.flatMap(({ row, k, vol }) => {
        const around = smileAround(points, row, k)
        return around ? [(Math.abs(vol - around.vol) * analysis.greeks.vega[row]!) / quotes.halfSpread[row]!] : []
      })
  if (off.length === 0) return null
  const sorted = Float64Array.from(off).sort()
  return { points, at, usual: TO_DEVIATION * sorted[sorted.length >> 1]! }
}

function examine(context: DetectContext, expiry: number, smile: Smile, row: number, values: Values): Finding | null {
  const { analysis, quotes, gates } = context
  const { chain, greeks } = analysis
  const [bid, ask] = [chain.bid[row]!, chain.ask[row]!]
  const byFit = greeks.price[row]!
  const delta = Math.abs(greeks.delta[row]!)
  // So far out a tick is worth whole points of volatility; so far in a price tells of the forward, which arbitrage looks after.
  if (!(delta >= values.leastDelta && delta <= DEEPEST_DELTA)) return null
  // Most rows end here: nothing can be gained against the smile of the whole expiry.
  const isCheap = byFit > ask
  if (smile.at.smile && !isCheap && !(bid > byFit)) return null
  const around = smileAround(smile.points, row, Math.log(chain.strike[row]! / smile.at.forward))
  if (!around) return null
  const model = priceAt(context, row, around.vol)
  const cheap = model - ask
  const rich = bid - model
  const direction = cheap >= rich ? 'cheap' : 'rich'
  // Both the neighbours and the smile of the whole expiry must say it; the smaller claim counts.
  const byWhole = smile.at.smile ? (direction === 'cheap' ? byFit - ask : bid - byFit) : Number.POSITIVE_INFINITY
  const raw = Math.min(Math.max(cheap, rich), byWhole)
  const vega = greeks.vega[row]!
  const forwardError = Number.isFinite(smile.at.residual) ? delta * smile.at.residual : 0
  const threshold = Math.max(
    values.leastTicks * chain.tickSize,
    values.deviations * Math.max(smile.usual * quotes.halfSpread[row]!, Math.hypot(vega * around.error, forwardError)),
  )
  const edge = raw - gates.costPerContract / chain.multiplier - delta * gates.costPerShare
  if (!(raw >= threshold && edge > 0)) return null
  const action = direction === 'cheap' ? 'buy' : 'sell'
  const hedge = (direction === 'cheap') === greeks.delta[row]! > 0 ? 'sell' : 'buy'
  return {
    detector: 'smile-residual',
    rule: direction,
    direction,
    rows: [row],
    expiry,
    unit: 'price',
    value: direction === 'cheap' ? ask : bid,
    baseline: model,
    threshold,
    strength: raw / threshold,
    sampleSize: around.sampleSize,
    edge,
    edgeVol: vega > 0 ? raw / vega : Number.NaN,
    legs: [
      { row, action, units: 1, price: direction === 'cheap' ? ask : bid },
      { row: -1, action: hedge, units: delta, price: hedge === 'sell' ? chain.spotBid : chain.spotAsk },
    ],
  }
}

/** A quote that can be traded with profit against the smile of its expiry, with and without itself in it. */
export const smileResidual = defineDetector({
  name: 'smile-residual',
  kind: 'model',
  params: {
    /** Least executable distance from the model, in ticks. */
    leastTicks: number({ from: 1, to: 50, usual: 2, step: 0.5 }),
    /** The same in robust standard deviations. */
    deviations: number({ from: 1, to: 20, usual: 4, step: 0.5 }),
    leastStrikes: whole({ from: 5, to: 60, usual: 8 }),
    /** Least delta, without its sign. */
    leastDelta: number({ from: 0, to: 0.4, usual: 0.02, step: 0.01 }),
  },
  groups: 'contract',
  severity: severityOfEdge,
  detect(context, values) {
    const { chain } = context.analysis
    return chain.expiries.flatMap(({ from, to }, expiry) => {
      const smile = smileOf(context, expiry, values)
      if (!smile) return []
      const found: Finding[] = []
      for (let row = from; row < to; row++) {
        const finding = context.quotes.usable[row] === 1 ? examine(context, expiry, smile, row, values) : null
        if (finding) found.push(finding)
      }
      return found
    })
  },
})
