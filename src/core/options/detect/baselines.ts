import { MICROS_PER_SECOND } from '../../kit/time.ts'
import type { OptionChain } from '../chain.ts'
import type { ChainAnalysis } from '../chain-analysis.ts'
import type { UsableQuotes } from './gates.ts'

/** How one figure of each row usually is: its moving mean, its moving mean absolute deviation, and scans that it rests on. */
export interface MovingColumn {
  readonly mean: Float64Array
  readonly deviation: Float64Array
  readonly samples: Float64Array
}

/** What earlier scans of a chain were like. Columns of rows have the chain's rows; those of expiries its expiries. */
export interface Baselines {
  /** Instant of the newest scan; NaN before the first. */
  readonly at: number
  /** Logarithm of the spread, and of both sizes together. */
  readonly spread: MovingColumn
  readonly size: MovingColumn
  /** Contracts traded in a bucket. */
  readonly volume: MovingColumn
  /** Volume of the day when the running bucket began, contracts in the bucket before it, and when it began. */
  readonly volumeAtStart: Float64Array
  readonly volumeBefore: Float64Array
  readonly bucketStart: number
  /** Newest open interest, the one before its last change, and the instant of that change. */
  readonly openInterest: Float64Array
  readonly openInterestBefore: Float64Array
  readonly openInterestChange: Float64Array
  /** 25-delta risk reversal and at-the-money volatility of each expiry. */
  readonly skew: MovingColumn
}

/** Length of a bucket of volume. */
export const BUCKET_SECONDS = 10
/** Half life of every moving figure. */
const HALF_LIFE_SECONDS = 300
/** After a longer silence what was traded meanwhile belongs to no bucket. */
const GAP_SECONDS = 60
/** A figure this many mean deviations off moves its baseline no further, so that a shock does not become normal while it is looked at. */
const CLIP = 3
/** Deviation before anything is known, and the least that is ever believed, in logarithms: a tenth. */
const LEAST_LOG = 0.1
/** The least deviation of volume, in contracts, and of a risk reversal, in volatility. */
const LEAST_CONTRACTS = 1
const LEAST_VOL = 0.0005

function moving(n: number): MovingColumn {
  return { mean: new Float64Array(n).fill(Number.NaN), deviation: new Float64Array(n), samples: new Float64Array(n) }
}

/** Baselines of a chain that was never looked at. */
export function emptyBaselines(chain: OptionChain): Baselines {
  const n = chain.strike.length
  const nothing = () => new Float64Array(n).fill(Number.NaN)
  return {
    at: Number.NaN,
    spread: moving(n),
    size: moving(n),
    volume: moving(n),
    volumeAtStart: nothing(),
    volumeBefore: nothing(),
    bucketStart: Number.NaN,
    openInterest: nothing(),
    openInterestBefore: nothing(),
    openInterestChange: nothing(),
    skew: moving(chain.expiries.length),
  }
}

function sameRows(a: OptionChain, b: OptionChain): boolean {
  if (a.strike.length !== b.strike.length || a.expiries.length !== b.expiries.length) return false
  for (let e = 0; e < a.expiries.length; e++)
    if (a.expiries[e]!.date !== b.expiries[e]!.date || a.expiries[e]!.to !== b.expiries[e]!.to) return false
  for (let i = 0; i < a.strike.length; i++) if (a.strike[i] !== b.strike[i] || a.side[i] !== b.side[i]) return false
  return true
}

/** Baselines in the rows of another chain of the same underlying, as after an expiry or a new strike. */
export function alignBaselines(baselines: Baselines, from: OptionChain, to: OptionChain): Baselines {
  if (sameRows(from, to)) return baselines
  const rows = new Map<string, number>()
  const key = (chain: OptionChain, expiry: number, row: number) =>
    `${chain.expiries[expiry]!.date} ${chain.side[row]! * chain.strike[row]!}`
  from.expiries.forEach((one, e) => {
    for (let row = one.from; row < one.to; row++) rows.set(key(from, e, row), row)
  })
  const source = new Int32Array(to.strike.length).fill(-1)
  to.expiries.forEach((one, e) => {
    for (let row = one.from; row < one.to; row++) source[row] = rows.get(key(to, e, row)) ?? -1
  })
  const dates = new Map(from.expiries.map(({ date }, e) => [date, e]))
  const expiries = Int32Array.from(to.expiries, ({ date }) => dates.get(date) ?? -1)
  const pick = (column: Float64Array, by: Int32Array, none: number) => Float64Array.from(by, at => (at < 0 ? none : column[at]!))
  const pickMoving = (column: MovingColumn, by: Int32Array): MovingColumn => ({
    mean: pick(column.mean, by, Number.NaN),
    deviation: pick(column.deviation, by, 0),
    samples: pick(column.samples, by, 0),
  })
  return {
    at: baselines.at,
    spread: pickMoving(baselines.spread, source),
    size: pickMoving(baselines.size, source),
    volume: pickMoving(baselines.volume, source),
    volumeAtStart: pick(baselines.volumeAtStart, source, Number.NaN),
    volumeBefore: pick(baselines.volumeBefore, source, Number.NaN),
    bucketStart: baselines.bucketStart,
    openInterest: pick(baselines.openInterest, source, Number.NaN),
    openInterestBefore: pick(baselines.openInterestBefore, source, Number.NaN),
    openInterestChange: pick(baselines.openInterestChange, source, Number.NaN),
    skew: pickMoving(baselines.skew, expiries),
  }
}

/** One more figure for each row where there is one; `weight` is how much a new one counts once the baseline is old. */
function moved(column: MovingColumn, figure: (row: number) => number, weight: number, least: number): MovingColumn {
  const mean = column.mean.slice()
  const deviation = column.deviation.slice()
  const samples = column.samples.slice()
  for (let i = 0; i < mean.length; i++) {
    const x = figure(i)
    if (Number.isNaN(x)) continue
    const seen = samples[i]!
    samples[i] = seen + 1
    if (seen === 0) {
      mean[i] = x
      deviation[i] = least
      continue
    }
    const reach = CLIP * Math.max(deviation[i]!, least)
    const off = Math.max(-reach, Math.min(reach, x - mean[i]!))
    const by = Math.max(weight, 1 / (seen + 1))
    mean[i]! += by * off
    deviation[i] = Math.max(least, deviation[i]! + by * (Math.abs(off) - deviation[i]!))
  }
  return { mean, deviation, samples }
}

function volumeMoved(before: Baselines, chain: OptionChain, isGap: boolean): Partial<Baselines> {
  const start = before.bucketStart
  const isOver = chain.asOf - start >= BUCKET_SECONDS * MICROS_PER_SECOND
  const volumeAtStart = before.volumeAtStart.slice()
  if (!(start > 0) || isGap) {
    volumeAtStart.set(chain.volume)
    return { bucketStart: chain.asOf, volumeAtStart, volumeBefore: new Float64Array(volumeAtStart.length).fill(Number.NaN) }
  }
  // A new day counts from zero, and a volume that was not known has no beginning.
  for (let i = 0; i < volumeAtStart.length; i++) if (!(chain.volume[i]! >= volumeAtStart[i]!)) volumeAtStart[i] = chain.volume[i]!
  if (!isOver) return { volumeAtStart }
  const volumeBefore = Float64Array.from(volumeAtStart, (from, i) => chain.volume[i]! - from)
  const weight = 1 - 2 ** (-BUCKET_SECONDS / HALF_LIFE_SECONDS)
  return {
    volume: moved(before.volume, i => volumeBefore[i]!, weight, LEAST_CONTRACTS),
    volumeBefore,
    volumeAtStart: chain.volume.slice(),
    bucketStart: chain.asOf,
  }
}

function openInterestMoved(before: Baselines, chain: OptionChain): Partial<Baselines> {
  let isChanged = false
  for (let i = 0; i < chain.openInterest.length && !isChanged; i++)
    isChanged = chain.openInterest[i]! >= 0 && chain.openInterest[i] !== before.openInterest[i]
  if (!isChanged) return {}
  const openInterest = before.openInterest.slice()
  const openInterestBefore = before.openInterestBefore.slice()
  const openInterestChange = before.openInterestChange.slice()
  for (let i = 0; i < openInterest.length; i++) {
    const now = chain.openInterest[i]!
    if (!(now >= 0) || now === openInterest[i]) continue
    // The first figure is no change, and a feed that sends 0 for unknown would turn every true one into a burst.
    if (openInterest[i]! > 0) {
      openInterestBefore[i] = openInterest[i]!
      openInterestChange[i] = chain.asOf
    }
    openInterest[i] = now
  }
  return { openInterest, openInterestBefore, openInterestChange }
}

/** Baselines with one more scan in them; what is not usable or not there changes nothing. */
export function nextBaselines(before: Baselines, { chain, expiries }: ChainAnalysis, quotes: UsableQuotes): Baselines {
  const seconds = (chain.asOf - before.at) / MICROS_PER_SECOND
  if (seconds <= 0) return before
  const weight = 1 - 2 ** (-Math.min(seconds, GAP_SECONDS) / HALF_LIFE_SECONDS)
  const known = Number.isNaN(weight) ? 1 : weight
  const ofUsable = (figure: (row: number) => number) => (row: number) => (quotes.usable[row] === 1 ? figure(row) : Number.NaN)
  return {
    ...before,
    at: chain.asOf,
    spread: moved(
      before.spread,
      ofUsable(i => Math.log(2 * quotes.halfSpread[i]!)),
      known,
      LEAST_LOG,
    ),
    size: moved(
      before.size,
      ofUsable(i => Math.log(chain.bidSize[i]! + chain.askSize[i]!)),
      known,
      LEAST_LOG,
    ),
    ...volumeMoved(before, chain, !(seconds <= GAP_SECONDS)),
    ...openInterestMoved(before, chain),
    skew: moved(before.skew, e => expiries[e]!.riskReversal25, known, LEAST_VOL),
  }
}
