import { choice, whole } from '../kit/define.ts'
import { deviation, ESTIMATORS } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const standardDeviation = defineIndicator({
  name: 'deviation',
  params: { period: whole({ from: 2, to: 1000, usual: 20 }), price, estimator: choice(ESTIMATORS, 'population') },
  pane: 'own',
  outputs: [{ name: 'deviation', draw: 'line', unit: 'price' }],
  needs: columnsOf,
  warmup: ({ period }) => ({ deviation: period - 1 }),
  shifted: 'unmoved',
  scaled: 'follows',
  start({ period, price, estimator }, memory) {
    const spread = deviation(memory, period, estimator)
    return (bar, out) => {
      out[0] = spread(priceOf(bar, price))
    }
  },
  source: 'TA-Lib STDDEV, without its loss of digits',
})
