import { defineIndicator } from './indicator.ts'

export const obv = defineIndicator({
  name: 'obv',
  params: {},
  pane: 'own',
  outputs: [{ name: 'obv', draw: 'line', unit: 'volume' }],
  needs: () => ['close', 'volume'],
  warmup: () => ({ obv: 0 }),
  shifted: 'unmoved',
  scaled: 'unmoved',
  start(_, memory) {
    const s = memory.scalars(3) // 0: a bar was seen, 1: its close, 2: balance
    return (bar, out) => {
      if (s[0] === 0 || bar.close > s[1]!) s[2]! += bar.volume
      else if (bar.close < s[1]!) s[2]! -= bar.volume
      s[0] = 1
      s[1] = bar.close
      out[0] = s[2]!
    }
  },
  source: 'TA-Lib OBV, which begins with the volume of the first bar; Granville (1963)',
})
