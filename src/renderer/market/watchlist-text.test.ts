import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { symbolsOf, textOfList, withMoved, withRestored } from './watchlist-text.ts'

describe('a watchlist as text', () => {
  test('symbols are read from lines, commas and tabs, once each, without remarks', () => {
    expect(symbolsOf('# Energy\r\nCLZ26.DEMO, NGZ26.DEMO\n\n"SPY"\tCLZ26.DEMO # front month\n;ES=F')).toEqual([
      'CLZ26.DEMO',
      'NGZ26.DEMO',
      'SPY',
      'ES=F',
    ])
  })
  test('what was written is read back in the same order', () => {
    const symbol = fc.stringMatching(/^[A-Z0-9^=&/_-]{1,10}\.[A-Z]{2,6}$/)
    fc.assert(
      fc.property(fc.uniqueArray(symbol, { maxLength: 40 }), list => {
        expect(symbolsOf(textOfList('my\nlist', list))).toEqual(list)
      }),
    )
  })
})

describe('order of a watchlist', () => {
  test('rows put before one of themselves land where they were dropped', () => {
    expect(withMoved(['a', 'b', 'c', 'd'], ['b', 'c'], 'c')).toEqual(['a', 'b', 'c', 'd'])
    expect(withMoved(['a', 'b', 'c', 'd'], ['a', 'c'], 'c')).toEqual(['b', 'a', 'c', 'd'])
    expect(withMoved(['a', 'b', 'c', 'd'], ['a'], null)).toEqual(['b', 'c', 'd', 'a'])
    expect(withMoved(['a', 'b', 'c', 'd'], ['d'], 'b')).toEqual(['a', 'd', 'b', 'c'])
  })
  test('an undone removal restores every place', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        (numbers, every) => {
          const list = numbers.map(String)
          const removed = list.map((id, at) => ({ id, at })).filter(({ at }) => at % every === 0)
          const rest = list.filter((_, at) => at % every !== 0)
          expect(withRestored(rest, removed)).toEqual(list)
        },
      ),
    )
  })
})
