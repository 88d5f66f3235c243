import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rankOf, UNMAPPED_RANK, USUAL_RANKS } from './bias-rank.ts'
import { type ColorRow, distance, rankingPrice } from './color-row.ts'
import { cusipCheckDigit, cusipProblem } from './cusip.ts'
import { placeColors } from './lineage.ts'
import { colorOrder, PX_DIRECTIONS } from './order.ts'

describe('CUSIPs', () => {
  test.each(['037833100', '594918104', '38259P508', '912828C57', ' 38259p508 '])('%s is one', text =>
    expect(cusipProblem(text)).toBeNull(),
  )

  test.each([
    ['', 'empty'],
    ['03783310', 'length'],
    ['0378331000', 'length'],
    ['037833101', 'check-digit'],
    ['03783310A', 'character'],
    ['0378-3100', 'character'],
  ] as const)('%s is none: %s', (text, problem) => expect(cusipProblem(text)).toBe(problem))

  test('every slip of one digit is noticed', () => {
    const good = '594918104'
    for (let at = 0; at < 8; at++)
      for (const digit of '0123456789')
        if (digit !== good[at]) expect(cusipProblem(good.slice(0, at) + digit + good.slice(at + 1))).toBe('check-digit')
    expect(cusipCheckDigit('59491810')).toBe(4)
    expect(cusipCheckDigit('5949181')).toBeNull()
  })
})

describe('quote types', () => {
  test('rank by the table, whatever their case and spacing', () => {
    expect(rankOf('trade confirm', true, USUAL_RANKS)).toEqual({ bias: 'TRADE CONFIRM', rank: 1 })
    expect(rankOf(' Bwic   Cover ', false, USUAL_RANKS)).toEqual({ bias: 'BWIC COVER', rank: 2 })
    expect(rankOf('BUYER', false, USUAL_RANKS)).toEqual({ bias: 'BID', rank: 3 })
    expect(rankOf('valuation', false, USUAL_RANKS).rank).toBe(6)
  })

  test('that nobody knows wait for a mapping, and rows without one are bids or offers', () => {
    expect(rankOf('WHISPER', true, USUAL_RANKS)).toEqual({ bias: 'WHISPER', rank: UNMAPPED_RANK })
    expect(rankOf('constructor', true, USUAL_RANKS).rank).toBe(UNMAPPED_RANK)
    expect(rankOf(null, true, USUAL_RANKS)).toEqual({ bias: 'BID', rank: 3 })
    expect(rankOf('  ', false, USUAL_RANKS)).toEqual({ bias: 'OFFER', rank: 4 })
  })
})

describe('distances from the evaluated price', () => {
  test('are exact, and missing where one of the prices is', () => {
    expect(distance('98.75', '99.00')).toEqual({ priceDiff: '-0.25', percentDiff: '0.25' })
    expect(distance('101', '99')).toEqual({ priceDiff: '2', percentDiff: '2.02' })
    expect(distance('100.3', '100')).toEqual({ priceDiff: '0.3', percentDiff: '0.30' })
    expect(distance(null, '99')).toEqual({ priceDiff: null, percentDiff: null })
    expect(distance('99', '0')).toEqual({ priceDiff: '99', percentDiff: null })
    expect(distance('5', '5.0')).toEqual({ priceDiff: '0', percentDiff: '0.00' })
  })

  test('a missing price is not zero: the ask ranks where there is no bid, and nothing where there is neither', () => {
    expect(rankingPrice('98', '99')).toBe('98')
    expect(rankingPrice(null, '99')).toBe('99')
    expect(rankingPrice('', null)).toBeNull()
    expect(rankingPrice('0', '99')).toBe('0')
  })
})

const usual: ColorRow = {
  ...{ rowId: 'x', messageId: '90071992547409931', ticker: 'ACME 2020-1 A', sector: 'CLO 2.0', cusip: '037833100' },
  ...{ date: '2026-11-20', priceLevel: null, bid: null, ask: null, px: null, source: 'DEALER A', bias: 'BID', rank: 3 },
  ...{ covPrice: null, confidence: 5, date1: '2026-11-20', received: 0, securityName: null, bwicCover: null, assetClass: null },
}
const row = (over: Partial<ColorRow>): ColorRow => ({ ...usual, ...over })

/** The worked example of the specification, under highest price first. */
const EXAMPLE = [
  row({ rowId: 'a', bias: 'OFFER', rank: 4, px: '99.50' }),
  row({ rowId: 'b', px: '98.75' }),
  row({ rowId: 'c', bias: 'BWIC COVER', rank: 2, px: '98.90' }),
  row({ rowId: 'e', px: '99.00' }),
  row({ rowId: 'f', bias: 'BWIC TALK', rank: 5, px: null }),
  row({ rowId: 'g', px: null }),
  row({ rowId: 'h', bias: 'TRADE CONFIRM', rank: 1, px: '99.10', date: '2026-11-19' }),
].map((one, received) => ({ ...one, received }))

const ids = (rows: readonly ColorRow[], direction: (typeof PX_DIRECTIONS)[number] = 'highest') =>
  placeColors(rows, direction).map(placed => placed.row.rowId)

const rowsOf = fc
  .array(
    fc.record({
      date: fc.constantFrom('2026-11-18', '2026-11-19', '2026-11-20'),
      rank: fc.integer({ min: 1, max: 6 }),
      bias: fc.constantFrom('BID', 'OFFER', 'BWIC TALK'),
      px: fc.constantFrom(null, '0', '98.5', '98.50', '99', '100.000000000001'),
      cusip: fc.constantFrom('037833100', '594918104', '38259P508'),
      sector: fc.constantFrom('CLO', 'ABS'),
      confidence: fc.integer({ min: 0, max: 10 }),
      received: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 25 },
  )
  .map(parts => parts.map((part, k) => row({ ...part, rowId: `r${String(k).padStart(3, '0')}` })))

describe('parents and children', () => {
  test('stand as in the worked example', () => {
    expect(ids(EXAMPLE)).toEqual(['c', 'e', 'b', 'g', 'a', 'f', 'h'])
    const placed = placeColors(EXAMPLE, 'highest')
    expect(placed[0]).toMatchObject({ parentRowId: null, childrenCount: 6 })
    expect(placed.slice(1).every(({ parentRowId }) => parentRowId === 'c')).toBe(true)
  })

  test('the direction of prices is chosen, and missing prices come last whichever it is', () => {
    expect(ids(EXAMPLE, 'lowest')).toEqual(['c', 'b', 'e', 'g', 'a', 'f', 'h'])
    const offers = ['100', '99', '101'].map((px, k) => row({ rowId: px, bias: 'OFFER', rank: 4, px, received: k }))
    expect(ids(offers, 'by-side')).toEqual(['99', '100', '101'])
    expect(ids(offers, 'highest')).toEqual(['101', '100', '99'])
  })

  test('a row without a price is no parent while another has one, however new or well ranked it is', () => {
    const rows = [row({ rowId: 'new', rank: 1, px: null }), row({ rowId: 'old', rank: 6, px: '90', date: '2020-01-01' })]
    expect(ids(rows)).toEqual(['old', 'new'])
    // Zero is a price that somebody gave; missing is not zero.
    expect(ids([row({ rowId: 'zero', px: '0' }), row({ rowId: 'none', px: null })])).toEqual(['zero', 'none'])
    expect(ids([row({ rowId: 'none', px: null })])).toEqual(['none'])
  })

  test('any order of the input gives the same output', () => {
    fc.assert(
      fc.property(
        rowsOf.chain(rows => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))),
        fc.constantFrom(...PX_DIRECTIONS),
        ([rows, shuffled], direction) => {
          expect(ids(shuffled, direction)).toEqual(ids(rows, direction))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('each CUSIP has exactly one parent, which is the first priced row in order; nothing is lost', () => {
    fc.assert(
      fc.property(rowsOf, fc.constantFrom(...PX_DIRECTIONS), (rows, direction) => {
        const placed = placeColors(rows, direction)
        const parents = placed.filter(({ parentRowId }) => parentRowId === null)
        expect(parents.map(one => one.row.cusip).toSorted()).toEqual([...new Set(rows.map(one => one.cusip))].toSorted())
        expect(parents.reduce((sum, one) => sum + one.childrenCount, 0) + parents.length).toBe(rows.length)
        const order = colorOrder(direction)
        for (const { row: parent } of parents) {
          const priced = rows.filter(one => one.cusip === parent.cusip && one.px !== null)
          if (priced.length > 0) expect(parent).toBe(priced.toSorted(order)[0])
        }
      }),
      { numRuns: 500 },
    )
  })
})
