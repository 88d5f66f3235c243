import { describe, expect, test } from 'vitest'
import type { QuoteRows } from '../contract/market.ts'
import { createQuoteColumns, QUOTE_NUMBERS } from './live-columns.ts'

function rowsOf(entries: readonly { index: number; last: number | null; state?: 'live' | 'stale' | 'demo' }[]): QuoteRows {
  const numbers = Object.fromEntries(QUOTE_NUMBERS.map(name => [name, entries.map(() => null as number | null)]))
  return {
    ...(numbers as unknown as QuoteRows),
    index: entries.map(entry => entry.index),
    last: entries.map(entry => entry.last),
    state: entries.map(entry => entry.state ?? 'demo'),
    quality: entries.map(() => 0),
  }
}

describe('quotes as columns', () => {
  test('a row keeps its place when the table grows past its capacity', () => {
    const columns = createQuoteColumns(2)
    const names = ['A', 'B', 'C', 'D', 'E']
    columns.take(names, rowsOf(names.map((_, index) => ({ index, last: index * 10 }))), () => {})
    expect(columns.length).toBe(5)
    expect(names.map(name => columns.number(columns.row(name), 'last'))).toEqual([0, 10, 20, 30, 40])
    expect(columns.row('B')).toBe(1)
  })

  test('a missing number is NaN and overwrites an earlier one', () => {
    const columns = createQuoteColumns()
    columns.take(['A'], rowsOf([{ index: 0, last: 5 }]), () => {})
    columns.take(['A'], rowsOf([{ index: 0, last: null }]), () => {})
    expect(columns.read(0).last).toBeNaN()
  })

  test('zero and negative prices are numbers like any other', () => {
    const columns = createQuoteColumns()
    columns.take(
      ['CL', 'ZERO'],
      rowsOf([
        { index: 0, last: -37.63 },
        { index: 1, last: 0 },
      ]),
      () => {},
    )
    expect(columns.read(0).last).toBe(-37.63)
    expect(columns.read(1).last).toBe(0)
  })

  test('an instrument that was never sent has no row and no value', () => {
    const columns = createQuoteColumns()
    expect(columns.row('A')).toBe(-1)
    expect(columns.number(-1, 'last')).toBeNaN()
    expect(columns.state(-1)).toBe('none')
  })

  test('a frame with columns of different length is refused whole', () => {
    const columns = createQuoteColumns()
    const broken = { ...rowsOf([{ index: 0, last: 1 }]), bid: [] }
    expect(() => columns.take(['A'], broken, () => {})).toThrow('columns must have 1 rows like index, bid had 0')
    expect(columns.length).toBe(0)
  })

  test('an index outside the stream is refused', () => {
    const columns = createQuoteColumns()
    expect(() => columns.take(['A'], rowsOf([{ index: 1, last: 1 }]), () => {})).toThrow('row 1 is outside the 1 instruments')
  })
})
