import { choice } from '../kit/define.ts'
import { share } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const ANCHORS = ['session', 'week', 'month', 'year', 'all'] as const
export type Anchor = (typeof ANCHORS)[number]

/** Number of the stretch of time that a trading day belongs to; it changes where the mean begins anew. */
function stretch(day: number, anchor: Anchor): number {
  if (anchor === 'session') return day
  // 1970-01-01 was a Thursday: three days after a Monday.
  if (anchor === 'week') return Math.floor((day + 3) / 7)
  if (anchor === 'all') return 0
  const date = new Date(day * 86_400_000)
  const year = date.getUTCFullYear()
  return anchor === 'year' ? year : year * 12 + date.getUTCMonth()
}

export const vwap = defineIndicator({
  name: 'vwap',
  params: { anchor: choice(ANCHORS, 'session') },
  pane: 'price',
  outputs: [{ name: 'vwap', draw: 'line', unit: 'price' }],
  needs: () => ['high', 'low', 'close', 'volume'],
  warmup: () => ({ vwap: 0 }),
  shifted: 'follows',
  scaled: 'follows',
  beginsAnew: (before, day, { anchor }) => before !== day && stretch(before, anchor) !== stretch(day, anchor),
  start({ anchor }, memory) {
    const s = memory.scalars(6) // 0: begun, 1: day, 2: stretch, 3: price of the first bar, 4: money above it, 5: volume
    return (bar, out) => {
      const typical = (bar.high + bar.low + bar.close) / 3
      if (s[0] === 0 || bar.day !== s[1]) {
        const now = stretch(bar.day, anchor)
        if (s[0] === 0 || now !== s[2]) {
          s[3] = typical
          s[4] = 0
          s[5] = 0
        }
        s[0] = 1
        s[1] = bar.day
        s[2] = now
      }
      // Sums of differences from the first price keep the digits that sums of price times volume lose over a long stretch.
      s[4]! += (typical - s[3]!) * bar.volume
      s[5]! += bar.volume
      out[0] = s[3]! + share(s[4]!, s[5]!)
    }
  },
  source: 'Berkowitz, Logue & Noser (1988), J. Finance 43(1), on typical prices of bars. No value before the first volume',
})
