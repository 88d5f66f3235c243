import { whole } from '../kit/define.ts'
import { mean } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const volumeSma = defineIndicator({
  name: 'volumeSma',
  params: { period: whole({ from: 1, to: 1000, usual: 20 }) },
  pane: 'volume',
  outputs: [{ name: 'volumeSma', draw: 'line', unit: 'volume' }],
  needs: () => ['volume'],
  warmup: ({ period }) => ({ volumeSma: period - 1 }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period }, memory) {
    const average = mean(memory, period)
    return (bar, out) => {
      out[0] = average(bar.volume)
    }
  },
  source: 'TA-Lib SMA of volume',
})
