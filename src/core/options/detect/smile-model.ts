import type { DetectContext } from './detector.ts'
import { type SmilePoint, smileAround } from './smile-around.ts'

/** Options further in the money than this say little of volatility and much of the forward. */
export const DEEPEST_DELTA = 0.75

/** The usable quotes of an expiry as points of its smile, by strike. */
export function smilePoints({ analysis, quotes }: DetectContext, expiry: number): SmilePoint[] {
  const { chain, vol, greeks } = analysis
  const { forward } = analysis.expiries[expiry]!
  const { from, to } = chain.expiries[expiry]!
  const points: SmilePoint[] = []
  for (let row = from; row < to; row++) {
    const vega = greeks.vega[row]!
    if (quotes.usable[row] === 0 || !(vol[row]! > 0 && vega > 0) || Math.abs(greeks.delta[row]!) > DEEPEST_DELTA) continue
    // Within its spread the true price may lie anywhere: a uniform distribution, and never surer than half a tick.
    const sd = Math.max(quotes.halfSpread[row]!, chain.tickSize / 2) / Math.sqrt(3) / vega
    const strike = chain.strike[row]!
    points.push({ row, strike, k: Math.log(strike / forward), vol: vol[row]!, sd })
  }
  return points
}

/** The model's price of a row at another volatility, from its Greeks. */
export function priceAt({ analysis: { greeks, second, fitVol, vol } }: DetectContext, row: number, wanted: number): number {
  const base = fitVol[row]! > 0 ? fitVol[row]! : vol[row]!
  const by = wanted - base
  const volga = Number.isFinite(second.volga[row]!) ? second.volga[row]! : 0
  return greeks.price[row]! + by * (greeks.vega[row]! + 0.5 * by * volga)
}

/**
 * How far the middle of a row lies from what the other strikes say, in half spreads; where those are too few, from the smile of its
 * expiry, as a part of itself; 0 where nothing is known.
 *
 * `known` keeps the points of each expiry between questions.
 */
export function doubtOf(context: DetectContext, row: number, known: Map<number, readonly SmilePoint[]>): number {
  const { analysis, quotes } = context
  const { chain } = analysis
  const expiry = chain.expiries.findIndex(({ to }) => row < to)
  const points = known.get(expiry) ?? smilePoints(context, expiry)
  known.set(expiry, points)
  const around = smileAround(points, row, Math.log(chain.strike[row]! / analysis.expiries[expiry]!.forward))
  const mid = quotes.mid[row]!
  const off = around
    ? Math.abs(mid - priceAt(context, row, around.vol)) / quotes.halfSpread[row]!
    : Math.abs(mid - analysis.greeks.price[row]!) / mid
  return off > 0 ? off : 0
}
