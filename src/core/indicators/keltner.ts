import { number, whole } from '../kit/define.ts'
import { exponential, wilder } from './cells.ts'
import { defineIndicator, price, priceOf } from './indicator.ts'
import { trueRange } from './true-range.ts'

export const keltner = defineIndicator({
  name: 'keltner',
  params: {
    period: whole({ from: 1, to: 1000, usual: 20 }),
    range: whole({ from: 1, to: 500, usual: 10 }),
    width: number({ from: 0.1, to: 10, usual: 2, step: 0.1 }),
    price,
  },
  pane: 'price',
  outputs: [
    { name: 'upper', draw: 'line', unit: 'price' },
    { name: 'middle', draw: 'line', unit: 'price' },
    { name: 'lower', draw: 'line', unit: 'price' },
  ],
  needs: () => ['open', 'high', 'low', 'close'],
  warmup({ period, range }) {
    const band = Math.max(period - 1, range)
    return { upper: band, middle: period - 1, lower: band }
  },
  shifted: 'follows',
  scaled: 'follows',
  start({ period, range, width, price }, memory) {
    const average = exponential(memory, period)
    const widths = trueRange(memory)
    const smooth = wilder(memory, range)
    return (bar, out) => {
      const middle = average(priceOf(bar, price))
      const today = widths(bar)
      const band = Number.isNaN(today) ? today : width * smooth(today)
      out[0] = middle + band
      out[1] = middle
      out[2] = middle - band
    }
  },
  source: 'Raschke form of Keltner (1960), as StockCharts: EMA and multiples of ATR',
})
