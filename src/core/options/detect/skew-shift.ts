import { number, whole } from '../../kit/define.ts'
import { defineDetector, severityOfStrength } from './detector.ts'

/** A 25-delta risk reversal that left its own baseline. */
export const skewShift = defineDetector({
  name: 'skew-shift',
  kind: 'shift',
  params: {
    /** Least move, in points of volatility. */
    leastPoints: number({ from: 0.1, to: 20, usual: 1, step: 0.1 }),
    /** Mean absolute deviations of its own moves. */
    deviations: number({ from: 2, to: 50, usual: 10, step: 1 }),
    /** Scans that must be known before. */
    leastScans: whole({ from: 5, to: 10_000, usual: 60 }),
    /** Quotes that the smile must rest on. */
    leastQuotes: whole({ from: 5, to: 200, usual: 10 }),
  },
  groups: 'detector',
  severity: severityOfStrength,
  detect({ analysis, baselines: { skew } }, { leastPoints, deviations, leastScans, leastQuotes }) {
    return analysis.expiries.flatMap((at, expiry) => {
      const value = at.riskReversal25
      if (!Number.isFinite(value) || !(skew.samples[expiry]! >= leastScans) || at.used < leastQuotes) return []
      const baseline = skew.mean[expiry]!
      // A fit that is itself uncertain by that much has shifted nothing.
      const threshold = Math.max(leastPoints / 100, deviations * skew.deviation[expiry]!, 4 * at.fitError)
      if (!(Math.abs(value - baseline) >= threshold)) return []
      return [
        {
          detector: 'skew-shift',
          rule: 'risk-reversal',
          direction: value > baseline ? ('up' as const) : ('down' as const),
          rows: [],
          expiry,
          unit: 'vol' as const,
          value,
          baseline,
          threshold,
          strength: Math.abs(value - baseline) / threshold,
          sampleSize: skew.samples[expiry]!,
          edge: Number.NaN,
          edgeVol: value - baseline,
          legs: [],
        },
      ]
    })
  },
})
