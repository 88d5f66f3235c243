import { describe, expect, it } from 'vitest'
import { fuzzy } from './fuzzy.ts'

describe('the search of the palette', () => {
  it('puts the same text first, then what starts with it, then what contains it', () => {
    const order = ['chart', 'chart style', 'open chart', 'c h a r t', 'watchlist'].map(text => fuzzy(text, 'chart'))
    expect(order).toEqual([...order].sort((a, b) => b - a))
    expect(order[0]).toBe(1)
    expect(order.at(-1)).toBe(0)
  })

  it('finds first letters of words', () => {
    expect(fuzzy('Time and sales', 'tas')).toBeGreaterThan(fuzzy('Status bars', 'tas') - 0.3)
    expect(fuzzy('New workspace', 'nw')).toBeGreaterThan(0.4)
  })

  it('does not mind case or accents', () => {
    expect(fuzzy('Gráfico', 'grafico')).toBe(1)
    expect(fuzzy('Año', 'AÑO')).toBe(1)
  })

  it('finds nothing where a letter is missing', () => {
    expect(fuzzy('Sources', 'xyz')).toBe(0)
  })
})
