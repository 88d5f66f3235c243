import { number, whole } from '../../kit/define.ts'
import { MICROS_PER_SECOND } from '../../kit/time.ts'
import { type DetectContext, defineDetector, severityOfStrength } from './detector.ts'
import type { Finding } from './finding.ts'

function expiryOf({ analysis: { chain } }: DetectContext, row: number): number {
  return chain.expiries.findIndex(({ to }) => row < to)
}

interface Burst {
  readonly detector: string
  readonly row: number
  readonly value: number
  readonly baseline: number
  readonly threshold: number
  readonly sampleSize: number
}

function burst(context: DetectContext, { detector, row, value, baseline, threshold, sampleSize }: Burst): Finding {
  return {
    detector,
    rule: 'burst',
    direction: value >= baseline ? 'up' : 'down',
    rows: [row],
    expiry: expiryOf(context, row),
    unit: 'contracts',
    value,
    baseline,
    threshold,
    strength: Math.abs(value - baseline) / threshold,
    sampleSize,
    edge: Number.NaN,
    edgeVol: Number.NaN,
    legs: [],
  }
}

/** Far more contracts of one option traded than usual, in the last ten to twenty seconds. */
export const volumeBurst = defineDetector({
  name: 'volume-burst',
  kind: 'shift',
  params: {
    leastContracts: whole({ from: 10, to: 100_000, usual: 500 }),
    /** Times the usual, after what the whole chain does at the moment. */
    ratio: number({ from: 2, to: 100, usual: 10, step: 1 }),
    /** Mean absolute deviations of its own buckets. */
    deviations: number({ from: 2, to: 100, usual: 12, step: 1 }),
    /** Buckets of ten seconds that must be known before. */
    leastBuckets: whole({ from: 3, to: 1000, usual: 12 }),
  },
  groups: 'detector',
  severity: severityOfStrength,
  detect(context, { leastContracts, ratio, deviations, leastBuckets }) {
    const { chain } = context.analysis
    const { volume, volumeAtStart, volumeBefore } = context.baselines
    const n = chain.strike.length
    const recent = (i: number) =>
      Math.max(0, chain.volume[i]! - volumeAtStart[i]!) + (volumeBefore[i]! >= 0 ? volumeBefore[i]! : 0)
    let traded = 0
    let usual = 0
    for (let i = 0; i < n; i++) {
      if (!(volume.samples[i]! >= leastBuckets)) continue
      const now = recent(i)
      if (Number.isNaN(now)) continue
      traded += now
      usual += 2 * volume.mean[i]!
    }
    const found: Finding[] = []
    for (let i = 0; i < n; i++) {
      if (!(volume.samples[i]! >= leastBuckets) || context.quotes.usable[i] === 0) continue
      const value = recent(i)
      const own = 2 * volume.mean[i]!
      // A busy minute of the whole chain is no burst of one contract; its own share is left out of that.
      const busy = Math.max(1, (traded - value) / Math.max(1, usual - own))
      const baseline = own * (Number.isFinite(busy) ? busy : 1)
      const threshold = Math.max(leastContracts, (ratio - 1) * baseline, deviations * 2 * volume.deviation[i]! * busy)
      if (!(value - baseline >= threshold)) continue
      found.push(burst(context, { detector: 'volume-burst', row: i, value, baseline, threshold, sampleSize: volume.samples[i]! }))
    }
    return found
  },
})

/** Open interest that a clearing day changed far more than usual. */
export const openInterestBurst = defineDetector({
  name: 'open-interest-burst',
  kind: 'shift',
  params: {
    leastContracts: whole({ from: 10, to: 1_000_000, usual: 5000 }),
    /** Change as a multiple of what was open before. */
    ratio: number({ from: 0.1, to: 100, usual: 1, step: 0.1 }),
    /** Seconds for which a change is news. */
    newsSeconds: whole({ from: 1, to: 86_400, usual: 300 }),
  },
  groups: 'detector',
  severity: severityOfStrength,
  detect(context, { leastContracts, ratio, newsSeconds }) {
    const { chain } = context.analysis
    const { openInterest, openInterestBefore, openInterestChange } = context.baselines
    const found: Finding[] = []
    for (let i = 0; i < chain.strike.length; i++) {
      // What comes with this very scan is not in the baselines yet.
      const isNow = openInterest[i]! > 0 && chain.openInterest[i]! >= 0 && chain.openInterest[i] !== openInterest[i]
      const before = isNow ? openInterest[i]! : openInterestBefore[i]!
      const age = isNow ? 0 : (chain.asOf - openInterestChange[i]!) / MICROS_PER_SECOND
      if (!(before > 0 && age <= newsSeconds) || context.quotes.usable[i] === 0) continue
      const value = chain.openInterest[i]!
      const threshold = Math.max(leastContracts, ratio * before)
      if (!(Math.abs(value - before) >= threshold)) continue
      found.push(burst(context, { detector: 'open-interest-burst', row: i, value, baseline: before, threshold, sampleSize: 1 }))
    }
    return found
  },
})
