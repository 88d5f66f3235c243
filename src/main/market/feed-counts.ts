import { type EpochMicros, MICROS_PER_SECOND } from '../../core/kit/time.ts'

/** Latencies remembered for the median: one a batch, the newest this many. */
const SAMPLES = 240
const SAMPLE_SECONDS = 60
const RATE_SECONDS = 5

/** What one source has sent, counted by ingest and shown in the Sources panel. */
export interface FeedCounts {
  readonly received: number
  readonly refused: number
  readonly gaps: number
  readonly reconnects: number
  readonly cacheHits: number
  /** Records that were kept with a mark: late, crossed, off tick and so on. */
  readonly flagged: number
  readonly lastRecord: EpochMicros | null
  /** Monotonic seconds of the newest record, NaN before the first. */
  readonly heard: number
  messagesPerSecond(now: number): number
  /** Median seconds from the venue's clock to ours over the last minute, null where nothing came. */
  latencySeconds(now: number): number | null
}

export interface FeedCounter extends FeedCounts {
  /** `eventTime` is NaN for records that were not on their way from the venue just now. */
  records(count: number, eventTime: number, receiptTime: EpochMicros, now: number): void
  add(what: 'refused' | 'gaps' | 'reconnects' | 'cacheHits' | 'flagged', count?: number): void
}

export function createFeedCounter(): FeedCounter {
  const counts = { received: 0, refused: 0, gaps: 0, reconnects: 0, cacheHits: 0, flagged: 0 }
  const sampleAt = new Float64Array(SAMPLES).fill(Number.NEGATIVE_INFINITY)
  const sample = new Float64Array(SAMPLES)
  // Records of each of the last seconds, a slot a second.
  const slots = new Float64Array(RATE_SECONDS + 1)
  const slotOf = new Float64Array(RATE_SECONDS + 1).fill(-1)
  let samples = 0
  let lastRecord: EpochMicros | null = null
  let heard = Number.NaN

  return {
    get received() {
      return counts.received
    },
    get refused() {
      return counts.refused
    },
    get gaps() {
      return counts.gaps
    },
    get reconnects() {
      return counts.reconnects
    },
    get cacheHits() {
      return counts.cacheHits
    },
    get flagged() {
      return counts.flagged
    },
    get lastRecord() {
      return lastRecord
    },
    get heard() {
      return heard
    },
    records(count, eventTime, receiptTime, now) {
      counts.received += count
      lastRecord = receiptTime
      heard = now
      if (!Number.isNaN(eventTime)) {
        sampleAt[samples % SAMPLES] = now
        sample[samples++ % SAMPLES] = (receiptTime - eventTime) / MICROS_PER_SECOND
      }
      const second = Math.floor(now)
      const slot = second % slots.length
      if (slotOf[slot] !== second) {
        slotOf[slot] = second
        slots[slot] = 0
      }
      slots[slot]! += count
    },
    add(what, count = 1) {
      counts[what] += count
    },
    messagesPerSecond(now) {
      const current = Math.floor(now)
      let total = 0
      for (let at = 0; at < slots.length; at++)
        if (slotOf[at]! < current && slotOf[at]! >= current - RATE_SECONDS) total += slots[at]!
      return total / RATE_SECONDS
    },
    latencySeconds(now) {
      const recent: number[] = []
      for (let at = 0; at < SAMPLES; at++) if (now - sampleAt[at]! <= SAMPLE_SECONDS) recent.push(sample[at]!)
      recent.sort((a, b) => a - b)
      return recent[recent.length >> 1] ?? null
    },
  }
}
