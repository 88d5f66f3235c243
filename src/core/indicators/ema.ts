import { choice, whole } from '../kit/define.ts'
import { exponential, SEEDS } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const ema = defineIndicator({
  name: 'ema',
  params: { period: whole({ from: 1, to: 1000, usual: 20 }), price, seed: choice(SEEDS, 'mean') },
  pane: 'price',
  outputs: [{ name: 'ema', draw: 'line', unit: 'price' }],
  needs: columnsOf,
  warmup: ({ period }) => ({ ema: period - 1 }),
  shifted: 'follows',
  scaled: 'follows',
  start({ period, price, seed }, memory) {
    const average = exponential(memory, period, seed)
    return (bar, out) => {
      out[0] = average(priceOf(bar, price))
    }
  },
  source: 'TA-Lib EMA; seed "first" as in pandas ewm(adjust=False)',
})
