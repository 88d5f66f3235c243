import { whole } from '../kit/define.ts'
import { share, sum } from './cells.ts'
import { defineIndicator } from './indicator.ts'

export const mfi = defineIndicator({
  name: 'mfi',
  params: { period: whole({ from: 2, to: 500, usual: 14 }) },
  pane: 'own',
  outputs: [{ name: 'mfi', draw: 'line', unit: 'percent' }],
  guides: [20, 80],
  needs: () => ['high', 'low', 'close', 'volume'],
  warmup: ({ period }) => ({ mfi: period }),
  shifted: 'changes',
  scaled: 'unmoved',
  start({ period }, memory) {
    const inflow = sum(memory, period)
    const outflow = sum(memory, period)
    const s = memory.scalars(2) // 0: a bar was seen, 1: its typical price
    return (bar, out) => {
      const typical = (bar.high + bar.low + bar.close) / 3
      const before = s[1]!
      const isFirst = s[0] === 0
      s[0] = 1
      s[1] = typical
      if (isFirst) return
      const flow = typical * bar.volume
      const into = inflow(typical > before ? flow : 0)
      const outOf = outflow(typical < before ? flow : 0)
      out[0] = 100 * share(into, into + outOf)
    }
  },
  source: 'TA-Lib MFI; Quong & Soudack (1989). No value while no money moved (TA-Lib: 0, and below a flow of 1 too)',
})
