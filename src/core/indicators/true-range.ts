import type { IndicatorBar } from './indicator.ts'
import type { Memory } from './memory.ts'

/** Wilder's true range of each bar against the close before it; NaN on the first bar, which has none before it (TA-Lib). */
export function trueRange(memory: Memory): (bar: IndicatorBar) => number {
  const s = memory.scalars(2) // 0: a bar was seen, 1: its close
  return bar => {
    const before = s[1]!
    const isFirst = s[0] === 0
    s[0] = 1
    s[1] = bar.close
    if (isFirst) return Number.NaN
    return Math.max(bar.high - bar.low, Math.abs(bar.high - before), Math.abs(bar.low - before))
  }
}
