import { whole } from '../kit/define.ts'
import { highest, lowest } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const donchian = defineIndicator({
  name: 'donchian',
  params: { period: whole({ from: 1, to: 1000, usual: 20 }) },
  pane: 'price',
  outputs: [
    { name: 'upper', draw: 'line', unit: 'price' },
    { name: 'middle', draw: 'line', unit: 'price' },
    { name: 'lower', draw: 'line', unit: 'price' },
  ],
  needs: () => ['high', 'low'],
  warmup: ({ period }) => ({ upper: period - 1, middle: period - 1, lower: period - 1 }),
  shifted: 'follows',
  scaled: 'follows',
  start({ period }, memory) {
    const top = highest(memory, period)
    const bottom = lowest(memory, period)
    return (bar, out) => {
      const high = top.push(bar.high)
      const low = bottom.push(bar.low)
      out[0] = high
      out[1] = (high + low) / 2
      out[2] = low
    }
  },
  source: 'TA-Lib MAX and MIN; Donchian (1960). The bar itself is part of its window',
})
