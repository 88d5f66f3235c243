import { whole } from '../kit/define.ts'
import { mean, share } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const cci = defineIndicator({
  name: 'cci',
  params: { period: whole({ from: 2, to: 500, usual: 20 }) },
  pane: 'own',
  outputs: [{ name: 'cci', draw: 'line', unit: 'number' }],
  guides: [-100, 100],
  needs: () => ['high', 'low', 'close'],
  warmup: ({ period }) => ({ cci: period - 1 }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period }, memory) {
    const average = mean(memory, period)
    const window = memory.slots(period)
    const position = memory.scalars(1)
    return (bar, out) => {
      const typical = (bar.high + bar.low + bar.close) / 3
      window.write(position[0]!, typical)
      position[0] = (position[0]! + 1) % period
      const middle = average(typical)
      if (Number.isNaN(middle)) return
      // The mean of absolute differences has no running form: each bar costs one pass over the window.
      let spread = 0
      for (let i = 0; i < period; i++) spread += Math.abs(window.data[i]! - middle)
      out[0] = share(typical - middle, (0.015 * spread) / period)
    }
  },
  source: 'TA-Lib CCI; Lambert (1980). No value while the window is flat (TA-Lib: 0)',
})
