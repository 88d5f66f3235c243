import { whole } from '../kit/define.ts'
import { mean } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const sma = defineIndicator({
  name: 'sma',
  params: { period: whole({ from: 1, to: 1000, usual: 20 }), price },
  pane: 'price',
  outputs: [{ name: 'sma', draw: 'line', unit: 'price' }],
  needs: columnsOf,
  warmup: ({ period }) => ({ sma: period - 1 }),
  shifted: 'follows',
  scaled: 'follows',
  start({ period, price }, memory) {
    const average = mean(memory, period)
    return (bar, out) => {
      out[0] = average(priceOf(bar, price))
    }
  },
  source: 'TA-Lib SMA',
})
