import { whole } from '../kit/define.ts'
import { share, wilder } from './cells.ts'
import { defineIndicator } from './indicator.ts'
import type { Memory } from './memory.ts'
import { trueRange } from './true-range.ts'

/** Wilder's running sum: the plain sum of the first `period` - 1 numbers, then a `period`th part leaves for each that comes. */
function wilderSum(memory: Memory, period: number): (x: number) => number {
  const s = memory.scalars(2) // 0: count, 1: sum
  return x => {
    s[0]! += 1
    s[1] = s[0]! < period ? s[1]! + x : s[1]! - s[1]! / period + x
    return s[0]! < period ? Number.NaN : s[1]!
  }
}

export const adx = defineIndicator({
  name: 'adx',
  params: { period: whole({ from: 2, to: 500, usual: 14 }) },
  pane: 'own',
  outputs: [
    { name: 'adx', draw: 'line', unit: 'percent' },
    { name: 'plus', draw: 'line', unit: 'percent' },
    { name: 'minus', draw: 'line', unit: 'percent' },
  ],
  guides: [25],
  needs: () => ['high', 'low', 'close'],
  warmup: ({ period }) => ({ adx: 2 * period - 1, plus: period, minus: period }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period }, memory) {
    const range = trueRange(memory)
    const widths = wilderSum(memory, period)
    const ups = wilderSum(memory, period)
    const downs = wilderSum(memory, period)
    const smooth = wilder(memory, period)
    const s = memory.scalars(3) // 0: high before, 1: low before, 2: newest ADX
    s[2] = Number.NaN
    return (bar, out) => {
      const width = range(bar)
      const up = bar.high - s[0]!
      const down = s[1]! - bar.low
      s[0] = bar.high
      s[1] = bar.low
      if (Number.isNaN(width)) return
      const total = widths(width)
      const plus = 100 * share(ups(up > down && up > 0 ? up : 0), total)
      const minus = 100 * share(downs(down > up && down > 0 ? down : 0), total)
      if (Number.isNaN(plus)) return
      out[1] = plus
      out[2] = minus
      // Where there was no movement either way there is no direction to measure: the ADX stays as it was, as in TA-Lib.
      if (plus + minus > 0) s[2] = smooth((100 * Math.abs(plus - minus)) / (plus + minus))
      out[0] = s[2]!
    }
  },
  source: 'TA-Lib ADX, PLUS_DI, MINUS_DI; Wilder (1978)',
})
