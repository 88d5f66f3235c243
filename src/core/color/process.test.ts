import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../rules/condition.ts'
import { textSource } from './color-source.ts'
import { processColors } from './process.ts'
import { readColors } from './read-colors.ts'
import { writeColors } from './write-colors.ts'

const NAMES = 'MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,BID,ASK,PX,SOURCE,BIAS,COV_PRICE,CONFIDENCE,DATE_1'
const STAMP = { runId: 'r', processedAt: '', processingType: 'MANUAL' } as const

function readLines(lines: readonly string[]) {
  const read = readColors(
    textSource({
      bytes: new TextEncoder().encode([NAMES, ...lines].join('\n')),
      decode: bytes => new TextDecoder().decode(bytes),
    }),
  )
  if (read.kind !== 'read') throw new Error(JSON.stringify(read))
  return read
}
const written = (
  lines: readonly string[],
  rules: readonly Rule[] = [],
  direction: 'highest' | 'lowest' | 'by-side' = 'highest',
) => [...writeColors(processColors(readLines(lines), rules, direction).placed, STAMP)].join('')
const rule = (id: string, priority: number, when: Rule['when'], active = true): Rule => ({ id, name: id, priority, active, when })
const isTalk = rule('talk', 2, { kind: 'test', field: 'BIAS', operator: 'is', value: 'bwic talk' })
const isCheap = rule('cheap', 1, { kind: 'test', field: 'PX', operator: 'less', value: '98.80' })

/** The worked example: dates, quote types and prices, each row of another message. */
const EXAMPLE = [
  ['a', '2026-11-20', 'OFFER', '99.50'],
  ['b', '2026-11-20', 'BID', '98.75'],
  ['c', '2026-11-20', 'BWIC COVER', '98.90'],
  ['e', '2026-11-20', 'BID', '99.00'],
  ['f', '2026-11-20', 'BWIC TALK', ''],
  ['g', '2026-11-20', 'BID', ''],
  ['h', '2026-11-19', 'TRADE CONFIRM', '99.10'],
].map(([ticker, date, bias, px], k) => `${k + 1},${ticker},CLO,037833100,${date},,,,${px},D,${bias},,,`)

describe('a file, processed', () => {
  test('comes out as in the worked example', () => {
    const { placed, counts } = processColors(readLines(EXAMPLE), [], 'highest')
    expect(placed.map(({ row }) => row.ticker).join('')).toBe('cebgafh')
    expect(placed[0]).toMatchObject({ parentRowId: null, parentMessageId: null, childrenCount: 6 })
    expect(placed[1]).toMatchObject({ parentMessageId: '3', parentRowId: placed[0]!.row.rowId })
    expect(counts).toEqual({
      read: 7,
      quarantined: 0,
      repeats: 0,
      excluded: 0,
      placed: 7,
      parents: 1,
      children: 6,
      withoutPrice: 2,
      unmapped: 0,
    })
  })

  test('loses what rules exclude; the first by priority is credited, and every hit counts', () => {
    const { excluded, tally, placed } = processColors(
      readLines([...EXAMPLE, '8,x,CLO,037833100,2026-11-20,,,,90,D,BWIC TALK,,,']),
      [isTalk, isCheap, rule('off', 0, { kind: 'all', of: [] }, false)],
      'highest',
    )
    expect(excluded.map(({ color, rule: id }) => [color.row.ticker, id])).toEqual([
      ['b', 'cheap'],
      ['f', 'talk'],
      ['x', 'cheap'],
    ])
    expect(tally.map(one => [one.rule.id, one.hits, one.credited])).toEqual([
      ['off', 0, 0],
      ['cheap', 2, 2],
      ['talk', 2, 1],
    ])
    expect(placed).toHaveLength(5)
  })

  test('the parent is found among what is left', () => {
    const cover = rule('cover', 1, { kind: 'test', field: 'BIAS', operator: 'contains', value: 'cover' })
    expect(processColors(readLines(EXAMPLE), [cover], 'highest').placed[0]!.row.ticker).toBe('e')
  })

  test('says how far a price is from the evaluated one, and whether that is far for its sector', () => {
    const lines = [
      '1,a,CLO,037833100,2026-11-20,,,,98,D,BID,100,,',
      '2,b,CLO,037833100,2026-11-20,,,,97.99,D,BID,100,,',
      '3,c,US equity,594918104,2026-11-20,,,,95,D,BID,100,,',
      '4,d,CLO,38259P508,2026-11-20,,,,95,D,BID,0,,',
      '5,e,CLO,912828C57,2026-11-20,,,,,D,BID,100,,',
    ]
    const rows = written(lines)
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map(line => line.split(','))
    expect(rows.map(cells => [cells[1], cells[13], cells[14], cells[17]]).toSorted()).toEqual([
      ['a', '2.00', '-2', 'Small Difference'],
      ['b', '2.01', '-2.01', 'Significant Difference'],
      ['c', '5.00', '-5', 'Small Difference'],
      ['d', '', '95', ''],
      ['e', '', '', ''],
    ])
  })
})

test('any order of the rows gives the same bytes', () => {
  const lineOf = fc
    .record({
      message: fc.constantFrom('1', '90071992547409931', '90071992547409932'),
      cusip: fc.constantFrom('037833100', '594918104', '037833101'),
      date: fc.constantFrom('2026-11-19', '2026-11-20'),
      price: fc.constantFrom('', '98.5', '98.50', '99', '300'),
      bias: fc.constantFrom('BID', 'OFFER', 'BWIC TALK', 'WHISPER'),
      source: fc.constantFrom('A', 'B'),
      sector: fc.constantFrom('CLO mezz', 'ABS'),
      day: fc.constantFrom('', '2026-11-18'),
    })
    .map(one => `${one.message},T,${one.sector},${one.cusip},${one.date},,,,${one.price},${one.source},${one.bias},,,${one.day}`)
  fc.assert(
    fc.property(
      fc
        .array(lineOf, { maxLength: 20 })
        .chain(lines => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length }))),
      fc.constantFrom('highest' as const, 'lowest' as const, 'by-side' as const),
      ([lines, shuffled], direction) => {
        expect(written(shuffled, [isTalk], direction)).toBe(written(lines, [isTalk], direction))
      },
    ),
    { numRuns: 300 },
  )
})

test('no text of the output is a formula, and each cell is where it belongs', () => {
  const line = '12,"=HYPERLINK(""x"",1)",-CLO,037833100,2026-11-20,,,,98.5,@D,+BID,99,,'
  const { rowId } = readLines([line]).colors[0]!.row
  expect(written([line]).split('\r\n')[1]).toBe(
    `"12","'=HYPERLINK(""x"",1)",'-CLO,"037833100",2026-11-20,,,,98.5,'@D,'+BID,99,99,0.51,-0.5,5,2026-11-20,Small Difference,,,,"${rowId}","r",,MANUAL,TRUE,,,0`,
  )
})
