import { expect, test } from 'vitest'
import { readDelimited, readPasted, writeTsv } from './paste-cells.ts'

test('cells with tabs, line ends and quotation marks come back as they were copied', () => {
  const rows = [
    { A: 'x\ty', B: 'line\nend' },
    { A: 'he said "98"', B: null },
  ]
  expect(readDelimited(writeTsv(['A', 'B'], rows), '\t')).toEqual([
    ['A', 'B'],
    ['x\ty', 'line\nend'],
    ['he said "98"', ''],
  ])
})

test('lines of a spreadsheet on Windows end without an empty row', () => {
  expect(readDelimited('98.5\t99\r\n97\t\r\n', '\t')).toEqual([
    ['98.5', '99'],
    ['97', ''],
  ])
  expect(readDelimited('', '\t')).toEqual([])
})

test('names of columns in the first line make rows, whatever they are called and in whatever order', () => {
  const text =
    'Dealer\tcusip\tSymbol\tBID\tMystery\tRUN_ID\nHALE\t037833100\tAAA 1 A\t98.5\tx\t7\nDRAYTON\t594918104\tBBB 1 B\t\ty\t7\n'
  expect(readPasted(text)).toEqual({
    kind: 'rows',
    rows: [
      { SOURCE: 'HALE', CUSIP: '037833100', TICKER: 'AAA 1 A', BID: '98.5' },
      { SOURCE: 'DRAYTON', CUSIP: '594918104', TICKER: 'BBB 1 B' },
    ],
    unknown: ['Mystery'],
  })
})

test('an id keeps every digit', () => {
  const pasted = readPasted('MESSAGE_ID\tCUSIP\tTICKER\n90071992547409931234\t037833100\tAAA\n')
  expect(pasted.kind === 'rows' && pasted.rows[0]?.MESSAGE_ID).toBe('90071992547409931234')
})

test('a block of prices is cells, also where a word stands among them', () => {
  expect(readPasted('98.5\t99\nBID\t97')).toEqual({
    kind: 'cells',
    cells: [
      ['98.5', '99'],
      ['BID', '97'],
    ],
  })
})
