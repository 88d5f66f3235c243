import { choice, number, whole } from '../kit/define.ts'
import { deviation, ESTIMATORS, mean } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const bollinger = defineIndicator({
  name: 'bollinger',
  params: {
    period: whole({ from: 2, to: 1000, usual: 20 }),
    width: number({ from: 0.1, to: 10, usual: 2, step: 0.1 }),
    price,
    estimator: choice(ESTIMATORS, 'population'),
  },
  pane: 'price',
  outputs: [
    { name: 'upper', draw: 'line', unit: 'price' },
    { name: 'middle', draw: 'line', unit: 'price' },
    { name: 'lower', draw: 'line', unit: 'price' },
  ],
  needs: columnsOf,
  warmup: ({ period }) => ({ upper: period - 1, middle: period - 1, lower: period - 1 }),
  shifted: 'follows',
  scaled: 'follows',
  start({ period, width, price, estimator }, memory) {
    const average = mean(memory, period)
    const spread = deviation(memory, period, estimator)
    return (bar, out) => {
      const x = priceOf(bar, price)
      const middle = average(x)
      const band = width * spread(x)
      out[0] = middle + band
      out[1] = middle
      out[2] = middle - band
    }
  },
  source: 'TA-Lib BBANDS; Bollinger (2001), population standard deviation',
})
