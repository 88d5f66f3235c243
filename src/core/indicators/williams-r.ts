import { whole } from '../kit/define.ts'
import { highest, lowest, share } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const williamsR = defineIndicator({
  name: 'williams',
  params: { period: whole({ from: 2, to: 500, usual: 14 }) },
  pane: 'own',
  outputs: [{ name: 'williams', draw: 'line', unit: 'percent' }],
  guides: [-80, -20],
  needs: () => ['high', 'low', 'close'],
  warmup: ({ period }) => ({ williams: period - 1 }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period }, memory) {
    const top = highest(memory, period)
    const bottom = lowest(memory, period)
    return (bar, out) => {
      const high = top.push(bar.high)
      const low = bottom.push(bar.low)
      out[0] = -100 * share(high - bar.close, high - low)
    }
  },
  source: 'TA-Lib WILLR; Williams (1973). No value while the range is zero (TA-Lib: 0)',
})
