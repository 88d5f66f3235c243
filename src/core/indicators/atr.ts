import { whole } from '../kit/define.ts'
import { wilder } from './cells.ts'
import { defineIndicator } from './indicator.ts'
import { trueRange } from './true-range.ts'

export const atr = defineIndicator({
  name: 'atr',
  params: { period: whole({ from: 1, to: 500, usual: 14 }) },
  pane: 'own',
  outputs: [{ name: 'atr', draw: 'line', unit: 'price' }],
  needs: () => ['high', 'low', 'close'],
  warmup: ({ period }) => ({ atr: period }),
  shifted: 'unmoved',
  scaled: 'follows',
  start({ period }, memory) {
    const range = trueRange(memory)
    const smooth = wilder(memory, period)
    return (bar, out) => {
      const width = range(bar)
      if (!Number.isNaN(width)) out[0] = smooth(width)
    }
  },
  source: 'TA-Lib ATR; Wilder (1978)',
})
