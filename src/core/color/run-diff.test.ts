import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ColorRow } from './color-row.ts'
import { placeColors } from './lineage.ts'
import { diffRuns, writeDiff } from './run-diff.ts'

const usual: ColorRow = {
  ...{ rowId: 'x', messageId: '1', ticker: 'ACME 2020-1 A', sector: 'CLO 2.0', cusip: '037833100', date: '2026-11-20' },
  ...{
    priceLevel: null,
    bid: '99',
    ask: null,
    px: '99',
    source: 'DEALER A',
    bias: 'BID',
    rank: 3,
    covPrice: null,
    confidence: 5,
  },
  ...{ date1: '2026-11-20', received: 0, securityName: null, bwicCover: null, assetClass: null },
}
const place = (...rows: readonly Partial<ColorRow>[]) =>
  placeColors(
    rows.map((over, k) => ({ ...usual, rowId: `r${k}`, ...over })),
    'highest',
  )
const said = (before: ReturnType<typeof place>, after: ReturnType<typeof place>) =>
  diffRuns(before, after).map(({ kind, cusip, parts }) => [kind, cusip, ...parts].join(' '))

describe('the difference of two runs', () => {
  test('names what came, what went and what is another, by CUSIP', () => {
    const before = place({ cusip: 'A' }, { cusip: 'B' }, { cusip: 'C' })
    const after = place({ cusip: 'D' }, { cusip: 'C', px: '98', source: 'DEALER B' }, { cusip: 'B' })
    expect(said(before, after)).toEqual(['removed A', 'changed C PX SOURCE', 'added D'])
  })
  test('a price is compared by value, and one that is missing is another than any', () => {
    expect(said(place({ px: '99.50' }), place({ px: '99.5' }))).toEqual([])
    expect(said(place({ px: '0' }), place({ px: null }))).toEqual(['changed 037833100 PX'])
  })
  test('more children, another quote type and another day are told', () => {
    const after = place({ bias: 'OFFER', rank: 4, date: '2026-11-21' }, { date: '2026-11-19' })
    expect(said(place({}), after)).toEqual(['changed 037833100 BIAS DATE CHILDREN'])
  })
  test('the same rows in any order have none, and swapping two runs swaps came and went', () => {
    const rows = fc.array(
      fc.record({
        cusip: fc.constantFrom('A', 'B', 'C', 'D'),
        px: fc.constantFrom('98', '99', null),
        rank: fc.constantFrom(3, 4),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const [one, other] = [place(...a), place(...b)]
        expect(diffRuns(one, one)).toEqual([])
        const swapped = said(other, one).map(line =>
          line.replace(/^(added|removed)/, kind => (kind === 'added' ? 'removed' : 'added')),
        )
        expect(swapped).toEqual(said(one, other))
      }),
    )
  })
  test('as CSV it holds both states, and no cell is a formula', () => {
    const before = place({ ticker: '=cmd()', px: '-1.5', source: 'A, B' })
    expect(writeDiff(diffRuns(before, place({ ticker: '=cmd()', px: '2', source: 'A, B' })))).toBe(
      [
        'CHANGE,CUSIP,TICKER,SECTOR,WHAT,PX_BEFORE,PX_AFTER,SOURCE_BEFORE,SOURCE_AFTER,BIAS_BEFORE,BIAS_AFTER,DATE_BEFORE,DATE_AFTER,CHILDREN_BEFORE,CHILDREN_AFTER',
        `changed,037833100,'=cmd(),CLO 2.0,PX,-1.5,2,"A, B","A, B",BID,BID,2026-11-20,2026-11-20,0,0`,
        '',
      ].join('\r\n'),
    )
  })
})
