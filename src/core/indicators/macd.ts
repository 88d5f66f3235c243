import { choice, whole } from '../kit/define.ts'
import { exponential } from './cells.ts'
import { columnsOf, defineIndicator, price, priceOf } from './indicator.ts'

export const macd = defineIndicator({
  name: 'macd',
  params: {
    fast: whole({ from: 2, to: 500, usual: 12 }),
    slow: whole({ from: 2, to: 500, usual: 26 }),
    signal: whole({ from: 1, to: 500, usual: 9 }),
    price,
    /** When the fast mean begins: so that both means are seeded on the same bar (TA-Lib), or each on its own first bars. */
    start: choice(['together', 'first bar'], 'together'),
  },
  pane: 'own',
  outputs: [
    { name: 'histogram', draw: 'histogram', unit: 'price' },
    { name: 'macd', draw: 'line', unit: 'price' },
    { name: 'signal', draw: 'line', unit: 'price' },
  ],
  guides: [0],
  needs: columnsOf,
  warmup({ fast, slow, signal }) {
    const first = Math.max(fast, slow) - 1 + signal - 1
    return { histogram: first, macd: first, signal: first }
  },
  shifted: 'unmoved',
  scaled: 'follows',
  start({ fast, slow, signal, price, start }, memory) {
    const [short, long] = fast <= slow ? [fast, slow] : [slow, fast]
    const quick = exponential(memory, short)
    const steady = exponential(memory, long)
    const smooth = exponential(memory, signal)
    const seen = memory.scalars(1)
    const wait = start === 'together' ? long - short : 0
    return (bar, out) => {
      const x = priceOf(bar, price)
      const high = seen[0]! >= wait ? quick(x) : Number.NaN
      const low = steady(x)
      seen[0]! += 1
      if (Number.isNaN(low)) return
      const line = high - low
      const average = smooth(line)
      if (Number.isNaN(average)) return
      out[0] = line - average
      out[1] = line
      out[2] = average
    }
  },
  source: 'TA-Lib MACD; Appel (1979). Start "first bar" as in TTR and StockCharts',
})
