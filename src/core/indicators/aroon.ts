import { whole } from '../kit/define.ts'
import { highest, lowest } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const aroon = defineIndicator({
  name: 'aroon',
  params: { period: whole({ from: 2, to: 500, usual: 25 }) },
  pane: 'own',
  outputs: [
    { name: 'up', draw: 'line', unit: 'percent' },
    { name: 'down', draw: 'line', unit: 'percent' },
  ],
  guides: [30, 70],
  needs: () => ['high', 'low'],
  warmup: ({ period }) => ({ up: period, down: period }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period }, memory) {
    const top = highest(memory, period + 1)
    const bottom = lowest(memory, period + 1)
    return (bar, out) => {
      const high = top.push(bar.high)
      bottom.push(bar.low)
      if (Number.isNaN(high)) return
      out[0] = (100 * (period - top.ago())) / period
      out[1] = (100 * (period - bottom.ago())) / period
    }
  },
  source: 'TA-Lib AROON: a window of period + 1 bars, the newest of equal extremes; Chande (1995)',
})
