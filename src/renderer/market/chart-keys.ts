import type { Timeframe } from '../../core/market/bars.ts'
import { typedTimeframe } from './chart-params.ts'

/** What a key does on a chart. */
export type ChartCommand =
  | { readonly do: 'pan'; readonly rows: number }
  | { readonly do: 'cross'; readonly rows: number }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'timeframe'; readonly timeframe: Timeframe }
  | {
      readonly do: 'newest' | 'reset' | 'indicators' | 'compare' | 'log' | 'percent' | 'volume' | 'goto' | 'picture' | 'leave'
    }

/** The parts of a keyboard event that matter. */
export interface Press {
  readonly key: string
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

const LETTERS = {
  i: 'indicators',
  c: 'compare',
  l: 'log',
  p: 'percent',
  v: 'volume',
  g: 'goto',
  r: 'reset',
} as const

function typing(key: string, typed: string): ChartCommand | null {
  if (key === 'Escape') return { do: 'type', text: '' }
  if (key === 'Backspace') return { do: 'type', text: typed.slice(0, -1) }
  if (key === 'Enter') {
    const timeframe = typedTimeframe(typed)
    return timeframe ? { do: 'timeframe', timeframe } : { do: 'type', text: '' }
  }
  return /^[0-9mhdwM]$/.test(key) && typed.length < 4 ? { do: 'type', text: typed + key } : null
}

/** What that key does, `typed` being the beginning of a timeframe; null leaves it to the page. */
export function chartCommand(press: Press, typed: string): ChartCommand | null {
  const { key, shiftKey } = press
  if (press.ctrlKey || press.metaKey) return null
  if (press.altKey) return key.toLowerCase() === 's' ? { do: 'picture' } : null
  if (typed !== '') return typing(key, typed)
  if (/^[1-9]$/.test(key)) return { do: 'type', text: key }
  switch (key) {
    case 'ArrowLeft':
      return shiftKey ? { do: 'cross', rows: -1 } : { do: 'pan', rows: -10 }
    case 'ArrowRight':
      return shiftKey ? { do: 'cross', rows: 1 } : { do: 'pan', rows: 10 }
    case 'PageUp':
      return { do: 'pan', rows: -100 }
    case 'PageDown':
      return { do: 'pan', rows: 100 }
    case '+':
    case '=':
    case 'ArrowUp':
      return { do: 'zoom', factor: 0.8 }
    case '-':
    case 'ArrowDown':
      return { do: 'zoom', factor: 1.25 }
    case 'End':
      return { do: 'newest' }
    case 'Escape':
      return { do: 'leave' }
    default: {
      const letter = LETTERS[key.toLowerCase() as keyof typeof LETTERS]
      return letter ? { do: letter } : null
    }
  }
}
