import type { Memory } from './memory.ts'

/** Takes one number a bar and answers with one, NaN while it has not seen enough. */
export type Cell = (x: number) => number

/** Spread of a window: `population` divides by n, `sample` by n - 1. */
export const ESTIMATORS = ['population', 'sample'] as const
export type Estimator = (typeof ESTIMATORS)[number]

/**
 * Sum of the newest `period` numbers over `divisor`, which is 1 or the period.
 *
 * The running sum is taken anew each time the window has turned over, so rounding never piles up for longer than one
 * window; a window of one repeated number gives its mean exactly.
 */
function windowSum(memory: Memory, period: number, divisor: number): Cell {
  const window = memory.slots(period)
  const s = memory.scalars(4) // 0: count, 1: position, 2: running sum, 3: length of the run of equal numbers
  const data = window.data
  return x => {
    const at = s[1]!
    const newest = data[at === 0 ? period - 1 : at - 1]!
    s[3] = s[0]! > 0 && x === newest ? s[3]! + 1 : 1
    const leaving = s[0]! >= period ? data[at]! : 0
    window.write(at, x)
    if (s[0]! < period) s[0]! += 1
    s[1] = at + 1 === period ? 0 : at + 1
    if (at + 1 === period) {
      let total = 0
      for (let i = 0; i < period; i++) total += data[i]!
      s[2] = total
    } else s[2] = s[2]! + x - leaving
    if (s[0]! < period) return Number.NaN
    return s[3]! >= period ? x * (period / divisor) : s[2]! / divisor
  }
}

/** Sum of the newest `period` numbers. */
export function sum(memory: Memory, period: number): Cell {
  return windowSum(memory, period, 1)
}

/** Mean of the newest `period` numbers. */
export function mean(memory: Memory, period: number): Cell {
  return windowSum(memory, period, period)
}

/**
 * Standard deviation of the newest `period` numbers.
 *
 * Sums are of differences from a number of the window itself, chosen anew each time the window turns over: the textbook
 * E[x²] - E[x]² loses every digit when prices are large and moves small.
 */
export function deviation(memory: Memory, period: number, estimator: Estimator): Cell {
  const window = memory.slots(period)
  const s = memory.scalars(6) // 0: count, 1: position, 2: anchor, 3: sum, 4: sum of squares, 5: run of equal numbers
  const data = window.data
  const divisor = estimator === 'sample' ? period - 1 : period
  const anchorAnew = () => {
    const anchor = data[period - 1]!
    let first = 0
    let second = 0
    for (let i = 0; i < period; i++) {
      const d = data[i]! - anchor
      first += d
      second += d * d
    }
    s[2] = anchor
    s[3] = first
    s[4] = second
  }
  return x => {
    const at = s[1]!
    const newest = data[at === 0 ? period - 1 : at - 1]!
    s[5] = s[0]! > 0 && x === newest ? s[5]! + 1 : 1
    const leaving = data[at]!
    window.write(at, x)
    if (at + 1 === period) anchorAnew()
    else if (s[0]! >= period) {
      const gone = leaving - s[2]!
      const come = x - s[2]!
      s[3]! += come - gone
      s[4]! += come * come - gone * gone
    }
    if (s[0]! < period) s[0]! += 1
    s[1] = at + 1 === period ? 0 : at + 1
    if (s[0]! < period) return Number.NaN
    if (s[5]! >= period || divisor === 0) return 0
    return Math.sqrt(Math.max(0, (s[4]! - (s[3]! * s[3]!) / period) / divisor))
  }
}

/** How an exponential mean starts: with the mean of its first period (TA-Lib) or with its first number. */
export const SEEDS = ['mean', 'first'] as const
export type Seed = (typeof SEEDS)[number]

/** Mean whose weights fall by the factor 1 - `weight` a bar; NaN before `period` numbers were seen. */
function fading(memory: Memory, period: number, weight: number, seed: Seed): Cell {
  const s = memory.scalars(3) // 0: count, 1: mean, 2: sum of the first period
  return x => {
    const count = s[0]! + 1
    s[0] = count
    if (seed === 'first') s[1] = count === 1 ? x : s[1]! + (x - s[1]!) * weight
    else if (count <= period) {
      s[2]! += x
      s[1] = s[2]! / period
    } else s[1] = s[1]! + (x - s[1]!) * weight
    return count < period ? Number.NaN : s[1]!
  }
}

/** Exponential mean with weight 2 / (period + 1). */
export function exponential(memory: Memory, period: number, seed: Seed = 'mean'): Cell {
  return fading(memory, period, 2 / (period + 1), seed)
}

/** Wilder's smoothing: exponential mean with weight 1 / period, begun with the mean of the first period. */
export function wilder(memory: Memory, period: number): Cell {
  return fading(memory, period, 1 / period, 'mean')
}

/** The number of `period` bars ago. */
export function delay(memory: Memory, period: number): Cell {
  const window = memory.slots(period)
  const s = memory.scalars(2) // 0: count, 1: position
  return x => {
    const at = s[1]!
    const old = s[0]! >= period ? window.data[at]! : Number.NaN
    window.write(at, x)
    if (s[0]! < period) s[0]! += 1
    s[1] = at + 1 === period ? 0 : at + 1
    return old
  }
}

/** Extreme of a window: its value and how many bars ago it was, the newest of equal ones. */
export interface Extreme {
  /** Takes a number and answers with the extreme, NaN before the window is full. */
  readonly push: Cell
  ago(): number
}

/** Highest (`sign` 1) or lowest (-1) of the newest `period` numbers, by a queue that only holds what can still win. */
function extreme(memory: Memory, period: number, sign: 1 | -1): Extreme {
  const value = memory.slots(period)
  const when = memory.slots(period)
  const s = memory.scalars(3) // 0: count of all numbers, 1: head, 2: tail; the last two only grow
  return {
    push(x) {
      const now = s[0]!
      let head = s[1]!
      let tail = s[2]!
      if (tail > head && when.data[head % period]! <= now - period) head++
      while (tail > head && sign * value.data[(tail - 1) % period]! <= sign * x) tail--
      value.write(tail % period, x)
      when.write(tail % period, now)
      s[0] = now + 1
      s[1] = head
      s[2] = tail + 1
      return now + 1 < period ? Number.NaN : value.data[head % period]!
    },
    ago: () => s[0]! - 1 - when.data[s[1]! % period]!,
  }
}

/** Highest of the newest `period` numbers. */
export function highest(memory: Memory, period: number): Extreme {
  return extreme(memory, period, 1)
}

/** Lowest of the newest `period` numbers. */
export function lowest(memory: Memory, period: number): Extreme {
  return extreme(memory, period, -1)
}

/** `part` of `whole`, NaN where the whole is zero: 0 / 0 is no answer, and 0 would read as one. */
export function share(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole
}
