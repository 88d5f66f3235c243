import { describe, expect, test } from 'vitest'
import type { ChainFrame, UnderlyingState } from '../../contract/options.ts'
import { type ChainColumn, chosenColumns, mirrored, strikeDecimals, USUAL_COLUMNS } from './chain-columns.ts'
import { strikeLine } from './chain-keys.ts'
import {
  chainFor,
  createChainTable,
  edgeOf,
  nearestStrike,
  readRowKey,
  rowKey,
  strikesWithin,
  timeLeft,
  withoutVolatility,
} from './chain-model.ts'
import { chainWidths, cutColumns } from './chain-widths.ts'

const NAMES = [
  'status bid ask bidSize askSize last volume openInterest quoteTime vol bidVol askVol fitVol price delta gamma vega theta rho vanna volga charm',
].flatMap(names => names.split(' '))

function side(count: number, given: Readonly<Record<string, readonly (number | null)[]>> = {}) {
  return Object.fromEntries(NAMES.map(name => [name, given[name] ?? Array.from({ length: count }, () => null)]))
}

function frameOf(blocks: Readonly<Record<string, readonly number[]>>): ChainFrame {
  return {
    expiries: Object.keys(blocks).map(date => ({ date })),
    blocks: Object.entries(blocks).map(([expiry, strike]) => ({
      expiry,
      strike,
      call: side(strike.length),
      put: side(strike.length),
    })),
  } as unknown as ChainFrame
}

describe('the rows of a chain', () => {
  test('a frame with the same strikes moves no row, another strike does', () => {
    const table = createChainTable()
    expect(table.take(frameOf({ '2026-12-18': [590, 600, 610] }))).toBe(true)
    expect(table.take(frameOf({ '2026-12-18': [590, 600, 610] }))).toBe(false)
    expect(table.place(rowKey('2026-12-18', 610))?.at).toBe(2)
    expect(table.take(frameOf({ '2026-12-18': [580, 590, 600, 610] }))).toBe(true)
    expect(table.place(rowKey('2026-12-18', 610))?.at).toBe(3)
  })
  test('an expiry that is gone takes its rows along', () => {
    const table = createChainTable()
    table.take(frameOf({ '2026-11-20': [600], '2026-12-18': [600] }))
    expect(table.take(frameOf({ '2026-12-18': [600] }))).toBe(true)
    expect(table.place(rowKey('2026-11-20', 600))).toBeNull()
    expect(table.strikes('2026-11-20')).toEqual([])
  })
  test('a block out of view keeps its rows, as long as its expiry is listed', () => {
    const table = createChainTable()
    table.take(frameOf({ '2026-11-20': [600], '2026-12-18': [600] }))
    const narrow = frameOf({ '2026-11-20': [600], '2026-12-18': [600] })
    const { blocks } = narrow
    expect(table.take({ ...narrow, blocks: blocks.slice(1) }, ['2026-11-20'])).toBe(false)
    expect(table.strikes('2026-11-20')).toEqual([600])
    expect(table.take(frameOf({ '2026-12-18': [600] }), ['2026-11-20'])).toBe(true)
    expect(table.strikes('2026-11-20')).toEqual([])
  })
  test('a key names its expiry and its strike', () =>
    expect(readRowKey(rowKey('2026-12-18', 602.5))).toEqual({ expiry: '2026-12-18', strike: 602.5 }))
  test('the money is the nearest strike, and a range is counted from it', () => {
    const strikes = [580, 590, 600, 610, 620]
    expect(nearestStrike(strikes, 604.9)).toBe(2)
    expect(nearestStrike(strikes, null)).toBe(-1)
    expect(strikesWithin(strikes, 2, 10)).toEqual(strikes)
    expect(strikesWithin([...Array(50).keys()], 25, 10)).toHaveLength(21)
    expect(strikesWithin([...Array(50).keys()], 3, 10)[0]).toBe(0)
    expect(strikesWithin(strikes, 2, null)).toEqual(strikes)
  })
  test('the edge is what is left after crossing the spread, whichever way is better', () => {
    const quoted = side(2, { bid: [1, 2.4], ask: [1.1, 2.5], price: [1.3, 2.2] }) as never
    expect(edgeOf(quoted, 0)).toEqual({ edge: expect.closeTo(0.2, 12), way: 'buy' })
    expect(edgeOf(quoted, 1)).toEqual({ edge: expect.closeTo(0.2, 12), way: 'sell' })
    const oneSided = side(1, { bid: [1], price: [1.3] }) as never
    expect(edgeOf(oneSided, 0)).toEqual({ edge: expect.closeTo(-0.3, 12), way: 'sell' })
  })
  test('contracts without a volatility are counted by their status', () =>
    expect(withoutVolatility({ OK: 10, WIDE: 3, LOCKED: 1, NO_QUOTE: 4, STALE: 2 })).toBe(6))
  test('time is hours on the last two days and days before', () => {
    expect(timeLeft(5.5 / 8760)).toEqual({ unit: 'hours', count: expect.closeTo(5.5, 9) })
    expect(timeLeft(12 / 365)).toEqual({ unit: 'days', count: 12 })
    expect(timeLeft(-0.1).count).toBe(0)
  })
})

describe('the chain of a symbol', () => {
  const chains = [
    { key: 'file:SPY.csv', symbol: 'SPY' },
    { key: 'SPY.DEMO', symbol: 'SPY' },
    { key: 'QQQ.YAHOO', symbol: 'QQQ' },
  ]
  const find = (subject: string | null, pinned: string | null = null) =>
    chainFor(chains as UnderlyingState[], subject, pinned)?.key ?? null
  test('is that of the same venue, then of another feed, then of a file', () => {
    expect(find('SPY.DEMO')).toBe('SPY.DEMO')
    expect(find('SPY.ARCX')).toBe('SPY.DEMO')
    expect(find('QQQ')).toBe('QQQ.YAHOO')
    expect(find('CLZ26.DEMO')).toBeNull()
    expect(find(null)).toBeNull()
  })
  test('a pinned chain wins, and one that is gone is not replaced by another', () => {
    expect(find('QQQ.YAHOO', 'file:SPY.csv')).toBe('file:SPY.csv')
    expect(find('SPY.DEMO', 'file:gone.csv')).toBeNull()
  })
})

describe('the columns of a chain', () => {
  test('the calls mirror the puts, but the bid stays left of the ask', () =>
    expect(mirrored(['bid', 'ask', 'vol', 'delta', 'volume'])).toEqual(['volume', 'delta', 'vol', 'bid', 'ask']))
  test('a pair that is not together is only turned round', () =>
    expect(mirrored(['bid', 'vol', 'ask'] as ChainColumn[])).toEqual(['ask', 'vol', 'bid']))
  test('what a person chose comes in the usual order; what is unknown is passed over', () => {
    expect(chosenColumns(['delta', 'nonsense', 'bid'])).toEqual(['bid', 'delta'])
    expect(chosenColumns([])).toEqual(USUAL_COLUMNS)
  })
  test('strikes have the decimals that the finest needs', () => {
    expect(strikeDecimals([600, 605])).toBe(0)
    expect(strikeDecimals([600, 602.5])).toBe(1)
    expect(strikeDecimals([3.125])).toBe(3)
  })
  const columns = [60, 50, 60, 80, 60, 50, 60].map((width, k) => ({ key: String(k), width })) as never
  test('all columns that fit share the room', () => {
    const { total, widths } = chainWidths(columns, 3, 500)
    expect(total).toBeGreaterThan(490)
    expect(total).toBeLessThanOrEqual(500)
    expect(widths[3]).toBe(80)
  })
  test('where they do not fit, those beside the strike fill each side whole', () => {
    const placed = chainWidths(columns, 3, 310)
    expect(placed.widths[1]! + placed.widths[2]!).toBeGreaterThan(112)
    expect(placed.widths[1]! + placed.widths[2]!).toBeLessThanOrEqual(115)
    const left = (placed.spineFrom + placed.spineTo) / 2 - 155
    expect(cutColumns(placed, 3, { left, width: 310 })).toEqual([true, false, false, false, false, false, true])
  })
  test('a strike that sticks to an edge covers what is there', () => {
    const placed = chainWidths(columns, 3, 310)
    const cut = cutColumns(placed, 3, { left: 0, width: 200 })
    expect(cut[0]).toBe(false)
    expect(cut[2]).toBe(true)
    expect(cut[3]).toBe(false)
  })
})

describe('typing a strike', () => {
  const lines = [590, 595, 600, 605, 610].map(strike => ({ kind: 'row' as const, key: rowKey('2026-12-18', strike) }))
  test('goes to the first that begins so, then to the nearest', () => {
    expect(strikeLine(lines, '6', 0)).toBe(2)
    expect(strikeLine(lines, '60', 0)).toBe(2)
    expect(strikeLine(lines, '605', 0)).toBe(3)
    expect(strikeLine(lines, '607.4', 0)).toBe(3)
    expect(strikeLine(lines, '', 0)).toBe(-1)
  })
  test('stays in the expiry at hand where blocks are stacked', () => {
    const other = [590, 600].map(strike => ({ kind: 'row' as const, key: rowKey('2027-01-15', strike) }))
    expect(strikeLine([...lines, ...other], '600', 6)).toBe(6)
  })
})
