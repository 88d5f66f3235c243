import { choice, number } from '../kit/define.ts'
import { defineIndicator } from './indicator.ts'

export const parabolicSar = defineIndicator({
  name: 'sar',
  params: {
    step: number({ from: 0.001, to: 1, usual: 0.02, step: 0.01 }),
    limit: number({ from: 0.001, to: 1, usual: 0.2, step: 0.01 }),
    /** Direction of the first trend: from the movement of the first two bars (TA-Lib), or fixed, as other tools do. */
    begin: choice(['movement', 'long', 'short'], 'movement'),
  },
  pane: 'price',
  outputs: [{ name: 'sar', draw: 'dots', unit: 'price' }],
  needs: () => ['high', 'low'],
  warmup: () => ({ sar: 1 }),
  shifted: 'follows',
  scaled: 'follows',
  start({ step, limit, begin }, memory) {
    // 0: bars seen (up to 2), 1: 1 when long else -1, 2: sar, 3: extreme, 4: acceleration, 5: high before, 6: low before
    const s = memory.scalars(7)
    const first = Math.min(step, limit)
    const setOut = (high: number, low: number) => {
      const up = high - s[5]!
      const down = s[6]! - low
      const isShort = begin === 'movement' ? down > 0 && up < down : begin === 'short'
      s[1] = isShort ? -1 : 1
      s[3] = isShort ? low : high
      s[2] = isShort ? s[5]! : s[6]!
      s[4] = first
      // TA-Lib takes the second bar also as the one before the first step.
      s[5] = high
      s[6] = low
    }
    const turn = (high: number, low: number) => {
      const toLong = s[1]! < 0
      const worst = toLong ? Math.min(s[3]!, s[6]!, low) : Math.max(s[3]!, s[5]!, high)
      s[1] = toLong ? 1 : -1
      s[4] = first
      s[3] = toLong ? high : low
      const next = worst + s[4]! * (s[3]! - worst)
      s[2] = toLong ? Math.min(next, s[6]!, low) : Math.max(next, s[5]!, high)
      return worst
    }
    const follow = (high: number, low: number) => {
      const isLong = s[1]! > 0
      const now = s[2]!
      if (isLong ? high > s[3]! : low < s[3]!) {
        s[3] = isLong ? high : low
        s[4] = Math.min(s[4]! + step, limit)
      }
      const next = now + s[4]! * (s[3]! - now)
      s[2] = isLong ? Math.min(next, s[6]!, low) : Math.max(next, s[5]!, high)
      return now
    }
    return (bar, out) => {
      const { high, low } = bar
      if (s[0]! < 2) s[0]! += 1
      if (s[0] === 1) {
        s[5] = high
        s[6] = low
        return
      }
      if (s[4] === 0) setOut(high, low)
      const crossed = s[1]! > 0 ? low <= s[2]! : high >= s[2]!
      out[0] = crossed ? turn(high, low) : follow(high, low)
      s[5] = high
      s[6] = low
    }
  },
  source: 'TA-Lib SAR; Wilder (1978)',
})
