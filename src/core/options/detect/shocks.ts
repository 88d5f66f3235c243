import { number, whole } from '../../kit/define.ts'
import type { MovingColumn } from './baselines.ts'
import { type DetectContext, defineDetector, severityOfStrength } from './detector.ts'
import type { Finding } from './finding.ts'

interface ShockValues {
  readonly ratio: number
  readonly deviations: number
  readonly leastScans: number
}

/**
 * Rows whose figure left its own baseline by far more than the whole chain's did.
 *
 * Logarithms throughout: a spread that doubles and one that halves are equally far.
 */
function shocked(
  { analysis: { chain }, quotes }: DetectContext,
  column: MovingColumn,
  figure: (row: number) => number,
  { ratio, deviations, leastScans }: ShockValues,
): { row: number; off: number; threshold: number }[] {
  const rows: number[] = []
  const offs: number[] = []
  for (let i = 0; i < chain.strike.length; i++) {
    if (quotes.usable[i] === 0 || !(column.samples[i]! >= leastScans)) continue
    const off = Math.log(figure(i)) - column.mean[i]!
    if (!Number.isFinite(off)) continue
    rows.push(i)
    offs.push(off)
  }
  if (rows.length === 0) return []
  const sorted = Float64Array.from(offs).sort()
  const common = sorted[sorted.length >> 1]!
  return rows.flatMap((row, j) => {
    const off = offs[j]! - common
    const threshold = Math.max(Math.log(ratio), deviations * column.deviation[row]!)
    return Math.abs(off) >= threshold ? [{ row, off, threshold }] : []
  })
}

const PARAMS = {
  /** Times the usual, beyond what the whole chain does at the moment. */
  ratio: number({ from: 1.5, to: 50, usual: 4, step: 0.5 }),
  /** Mean absolute deviations of its own logarithm. */
  deviations: number({ from: 2, to: 50, usual: 8, step: 1 }),
  /** Scans that must be known before. */
  leastScans: whole({ from: 5, to: 10_000, usual: 60 }),
} as const

function shock(
  { analysis: { chain } }: DetectContext,
  found: { row: number; off: number; threshold: number },
  rest: Pick<Finding, 'detector' | 'unit' | 'value' | 'baseline' | 'sampleSize'>,
): Finding {
  return {
    ...rest,
    rule: 'shock',
    direction: found.off > 0 ? 'up' : 'down',
    rows: [found.row],
    expiry: chain.expiries.findIndex(({ to }) => found.row < to),
    threshold: Math.abs(rest.baseline * (Math.exp(found.threshold) - 1)),
    strength: Math.abs(found.off) / found.threshold,
    edge: Number.NaN,
    edgeVol: Number.NaN,
    legs: [],
  }
}

/** A spread far wider than that contract's own, while it may still be believed. */
export const spreadShock = defineDetector({
  name: 'spread-shock',
  kind: 'shift',
  params: {
    ...PARAMS,
    /** A spread of one tick that becomes four is no shock. */
    leastTicks: number({ from: 1, to: 100, usual: 6, step: 1 }),
  },
  groups: 'detector',
  severity: severityOfStrength,
  detect(context, { leastTicks, ...values }) {
    const { quotes, analysis, baselines } = context
    const spread = (row: number) => 2 * quotes.halfSpread[row]!
    return shocked(context, baselines.spread, spread, values).flatMap(found => {
      const value = spread(found.row)
      const baseline = Math.exp(baselines.spread.mean[found.row]!)
      if (found.off < 0 || value - baseline < leastTicks * analysis.chain.tickSize) return []
      const sampleSize = baselines.spread.samples[found.row]!
      return [shock(context, found, { detector: 'spread-shock', unit: 'price', value, baseline, sampleSize })]
    })
  },
})

/** Sizes far above or below that contract's own. */
export const sizeShock = defineDetector({
  name: 'size-shock',
  kind: 'shift',
  params: {
    ...PARAMS,
    ratio: number({ from: 1.5, to: 100, usual: 10, step: 0.5 }),
    leastContracts: whole({ from: 1, to: 100_000, usual: 500 }),
  },
  groups: 'detector',
  severity: severityOfStrength,
  detect(context, { leastContracts, ...values }) {
    const { chain } = context.analysis
    const { size: column } = context.baselines
    const size = (row: number) => chain.bidSize[row]! + chain.askSize[row]!
    return shocked(context, column, size, values).flatMap(found => {
      const value = size(found.row)
      const baseline = Math.exp(column.mean[found.row]!)
      if (Math.abs(value - baseline) < leastContracts) return []
      const sampleSize = column.samples[found.row]!
      return [shock(context, found, { detector: 'size-shock', unit: 'contracts', value, baseline, sampleSize })]
    })
  },
})
