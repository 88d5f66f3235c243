import { whole } from '../kit/define.ts'
import { delay } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const roc = defineIndicator({
  name: 'roc',
  params: { period: whole({ from: 1, to: 1000, usual: 10 }), price },
  pane: 'own',
  outputs: [{ name: 'roc', draw: 'line', unit: 'percent' }],
  guides: [0],
  needs: columnsOf,
  warmup: ({ period }) => ({ roc: period }),
  shifted: 'changes',
  scaled: 'unmoved',
  start({ period, price }, memory) {
    const old = delay(memory, period)
    return (bar, out) => {
      const x = priceOf(bar, price)
      const before = old(x)
      // From a price of zero or less there is no rate: -37 to 10 is not "-127 %".
      if (before > 0) out[0] = (x / before - 1) * 100
    }
  },
  source: 'TA-Lib ROC. No value from a price that is not positive',
})
