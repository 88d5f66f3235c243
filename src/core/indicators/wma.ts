import { whole } from '../kit/define.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const wma = defineIndicator({
  name: 'wma',
  params: { period: whole({ from: 1, to: 1000, usual: 20 }), price },
  pane: 'price',
  outputs: [{ name: 'wma', draw: 'line', unit: 'price' }],
  needs: columnsOf,
  warmup: ({ period }) => ({ wma: period - 1 }),
  shifted: 'follows',
  scaled: 'follows',
  start({ period, price }, memory) {
    const window = memory.slots(period)
    const s = memory.scalars(4) // 0: count, 1: position, 2: sum, 3: sum weighted 1 (oldest) to period (newest)
    const weights = (period * (period + 1)) / 2
    const data = window.data
    return (bar, out) => {
      const x = priceOf(bar, price)
      const at = s[1]!
      const leaving = s[0]! >= period ? data[at]! : 0
      window.write(at, x)
      if (s[0]! < period) s[0]! += 1
      s[1] = at + 1 === period ? 0 : at + 1
      if (s[1] === 0) {
        // Both sums are taken anew once a window, so that rounding does not pile up.
        let total = 0
        let weighted = 0
        for (let i = 0; i < period; i++) {
          total += data[i]!
          weighted += (i + 1) * data[i]!
        }
        s[2] = total
        s[3] = weighted
      } else if (s[0]! >= period) {
        s[3] = s[3]! - s[2]! + period * x
        s[2] = s[2]! + x - leaving
      }
      if (s[0]! >= period) out[0] = s[3]! / weights
    }
  },
  source: 'TA-Lib WMA',
})
