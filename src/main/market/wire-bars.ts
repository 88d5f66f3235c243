import type { BarsWire } from '../../contract/market.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import type { BarsAnswer } from './bars-service.ts'

/** Bars as contract columns. A bar without a complete price cannot be drawn and is left out; its place shows as a gap. */
export function barsWire(instrument: Instrument, answer: BarsAnswer): BarsWire {
  const { bars } = answer
  const drawable: number[] = []
  const gapBefore: number[] = []
  const gaps = new Set(answer.gapBefore)
  let skipped = false
  for (let at = 0; at < bars.time.length; at++) {
    if (!Number.isFinite(bars.open[at]! + bars.high[at]! + bars.low[at]! + bars.close[at]!)) {
      skipped = true
      continue
    }
    if (gaps.has(at) || (skipped && drawable.length > 0)) gapBefore.push(drawable.length)
    skipped = false
    drawable.push(at)
  }
  const pick = (column: Float64Array) => drawable.map(at => column[at]!)
  return {
    instrument,
    timeframe: answer.timeframe,
    time: pick(bars.time),
    open: pick(bars.open),
    high: pick(bars.high),
    low: pick(bars.low),
    close: pick(bars.close),
    volume: drawable.map(at => (Number.isFinite(bars.volume[at]!) ? bars.volume[at]! : null)),
    gapBefore,
    provenance: answer.provenance,
    hasEarlier: answer.hasEarlier,
  }
}
