import { whole } from '../kit/define.ts'
import { highest, lowest, mean, share } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const stochastic = defineIndicator({
  name: 'stochastic',
  params: {
    period: whole({ from: 1, to: 500, usual: 14 }),
    smooth: whole({ from: 1, to: 100, usual: 3 }),
    signal: whole({ from: 1, to: 100, usual: 3 }),
  },
  pane: 'own',
  outputs: [
    { name: 'k', draw: 'line', unit: 'percent' },
    { name: 'd', draw: 'line', unit: 'percent' },
  ],
  guides: [20, 80],
  needs: () => ['high', 'low', 'close'],
  warmup({ period, smooth, signal }) {
    const first = period - 1 + (smooth - 1) + (signal - 1)
    return { k: first, d: first }
  },
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period, smooth, signal }, memory) {
    const top = highest(memory, period)
    const bottom = lowest(memory, period)
    const slow = mean(memory, smooth)
    const slower = mean(memory, signal)
    return (bar, out) => {
      const high = top.push(bar.high)
      const low = bottom.push(bar.low)
      const raw = 100 * share(bar.close - low, high - low)
      if (Number.isNaN(raw)) return
      const k = slow(raw)
      if (Number.isNaN(k)) return
      const d = slower(k)
      if (Number.isNaN(d)) return
      out[0] = k
      out[1] = d
    }
  },
  source: 'TA-Lib STOCH with simple means; Lane (1984). No value while the range is zero (TA-Lib: 0)',
})
