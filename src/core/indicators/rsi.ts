import { whole } from '../kit/define.ts'
import { share, wilder } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const rsi = defineIndicator({
  name: 'rsi',
  params: { period: whole({ from: 2, to: 500, usual: 14 }), price },
  pane: 'own',
  outputs: [{ name: 'rsi', draw: 'line', unit: 'percent' }],
  guides: [30, 70],
  needs: columnsOf,
  warmup: ({ period }) => ({ rsi: period }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start({ period, price }, memory) {
    const gains = wilder(memory, period)
    const losses = wilder(memory, period)
    const s = memory.scalars(2) // 0: a bar was seen, 1: its price
    return (bar, out) => {
      const x = priceOf(bar, price)
      const change = x - s[1]!
      s[1] = x
      if (s[0] === 0) {
        s[0] = 1
        return
      }
      const gain = gains(change > 0 ? change : 0)
      const loss = losses(change < 0 ? -change : 0)
      out[0] = 100 * share(gain, gain + loss)
    }
  },
  source: 'TA-Lib RSI; Wilder (1978), New Concepts in Technical Trading Systems. No value while nothing moved (TA-Lib: 0)',
})
