import type { PeerColumns } from './quantlib.ts'

/** What a benchmark of options prints for each figure. */
export interface RatioResult {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly limit: number | null
  readonly within: boolean | null
  /** Why there is no peer, or what stands beside the figure. */
  readonly note: string
}

/** A repeatable stream of numbers in [0, 1). */
export function stream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Seconds of processor time of this process for one call, which other work on the machine hardly moves. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Float64 columns of n rows, filled row by row. */
export function columnsOf(n: number, row: () => Record<keyof PeerColumns, number>): PeerColumns {
  const column = () => new Float64Array(n)
  const all = {
    spot: column(),
    strike: column(),
    days: column(),
    vol: column(),
    rate: column(),
    yieldRate: column(),
    side: column(),
    price: column(),
  }
  for (let i = 0; i < n; i++) for (const [name, value] of Object.entries(row())) all[name as keyof PeerColumns][i] = value
  return all
}

export interface Against {
  readonly bench: string
  readonly unit: string
  readonly peer: string
  readonly rows: number
  readonly ours: readonly number[]
  readonly peers: readonly number[] | null
  readonly peerRows?: number
  readonly limit: number | null
  readonly note: string
}

/** Rows a second of both sides, by the median of their passes. */
export function result({ bench, unit, peer, rows, ours, peers, peerRows = rows, limit, note }: Against): RatioResult {
  const value = rows / median(ours)
  const peerValue = peers ? peerRows / median(peers) : null
  const ratio = peerValue === null ? null : value / peerValue
  return {
    bench,
    value,
    unit,
    peer,
    peerValue,
    ratio,
    limit,
    within: ratio === null || limit === null ? null : ratio >= limit,
    note,
  }
}

/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
