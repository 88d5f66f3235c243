import { describe, expect, test } from 'vitest'
import { dayOfDate } from '../kit/calendar.ts'
import { finished } from '../kit/steps.ts'
import { isoDate } from '../kit/time.ts'
import { CALENDARS, isTradingDay } from '../market/sessions.ts'
import { UNMAPPED_RANK, USUAL_RANKS } from './bias-rank.ts'
import { type ColorRow, distance } from './color-row.ts'
import { cusipProblem, plainCusip } from './cusip.ts'
import { BLOCK_ROWS, type ColorPlan, createColorGenerator, generateColors } from './generator.ts'
import { FAULTS } from './generator-faults.ts'
import { placeColors } from './lineage.ts'
import { problemsOfColor } from './row-problems.ts'
import { takeIn } from './session-intake.ts'
import { trancheOf } from './tranches.ts'

const PLAN: ColorPlan = { seed: 7, rows: 50 * BLOCK_ROWS, until: '2026-11-20', days: 20 }
const ROWS = [...generateColors(PLAN)]
const taken = (rows: readonly ColorRow[]) => finished(takeIn([{ name: 'f', upload: null, rows }], new Map(), USUAL_RANKS))

function groupedBy(rows: readonly ColorRow[], key: (row: ColorRow) => string): ReadonlyMap<string, readonly ColorRow[]> {
  const groups = new Map<string, ColorRow[]>()
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row])
  return groups
}
const share = (rows: readonly ColorRow[], is: (row: ColorRow) => boolean) => rows.filter(is).length / rows.length
function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

describe('invented colors have the shapes of a desk', () => {
  test('5.6 rows per CUSIP, skewed, at most 36', () => {
    const sizes = [...groupedBy(ROWS, row => row.cusip).values()].map(group => group.length)
    expect(ROWS.length / sizes.length).toBeCloseTo(5.6, 10)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(36)
    expect(Math.max(...sizes)).toBeGreaterThan(25)
    expect(middle(sizes)).toBeGreaterThanOrEqual(3)
    expect(middle(sizes)).toBeLessThanOrEqual(4)
    expect(Math.min(...sizes)).toBe(1)
  })

  test.each([
    ['OFFER', 0.39],
    ['BWIC TALK', 0.31],
    ['BID', 0.26],
    ['BWIC COVER', 0.04],
  ] as const)('%s is %f of the rows', (bias, part) => {
    expect(Math.abs(share(ROWS, row => row.bias === bias) - part)).toBeLessThan(0.012)
  })

  test('quote types have the rank of the table, and all ranks come up', () => {
    expect(share(ROWS, row => USUAL_RANKS.ranks[row.bias] === row.rank)).toBe(1)
    expect(new Set(ROWS.map(row => row.rank))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  })

  test('two rows per message on average, of one dealer and one day', () => {
    const messages = [...groupedBy(ROWS, row => row.messageId).values()]
    expect(Math.abs(ROWS.length / messages.length - 2)).toBeLessThan(0.08)
    for (const [first, ...rest] of messages)
      for (const row of rest) expect([row.source, row.date, row.date1]).toEqual([first!.source, first!.date, first!.date1])
  })

  test('message ids are beyond 2^53, and distinct ones are equal as doubles', () => {
    const ids = [...new Set(ROWS.map(row => row.messageId))]
    expect(ids.every(id => /^\d{17,19}$/.test(id) && BigInt(id) > 2n ** 53n && BigInt(id) < 2n ** 63n)).toBe(true)
    expect(new Set(ids.map(Number)).size).toBeLessThan(0.5 * ids.length)
    expect(new Set(ROWS.map(row => row.rowId)).size).toBe(ROWS.length)
  })

  test('CUSIPs are valid and of issuers that no bond has', () => {
    for (const { cusip } of ROWS) {
      expect(cusipProblem(cusip)).toBeNull()
      expect(cusip).toMatch(/^\d{3}99[0-9A-HJ-NP-Z]/)
    }
  })

  test('a CUSIP is one tranche', () => {
    for (const group of groupedBy(ROWS, row => row.cusip).values())
      expect(new Set(group.map(row => `${row.ticker}|${row.sector}`)).size).toBe(1)
    const many = Array.from({ length: 30_000 }, (_, k) => trancheOf(3, 8 * k).cusip)
    expect(new Set(many).size).toBe(many.length)
    expect(() => trancheOf(3, -1)).toThrow('a tranche has a number')
  })

  test('bids lie below asks, prices within what the sector allows and near the evaluated one', () => {
    const both = ROWS.filter(row => row.bid !== null && row.ask !== null)
    expect(both.length).toBeGreaterThan(100)
    for (const { bid, ask } of both) expect(Number(bid)).toBeLessThan(Number(ask))
    for (const { px, sector } of ROWS) {
      expect(px).toMatch(/^\d{1,3}\.\d\d$/)
      expect(Number(px)).toBeGreaterThanOrEqual(sector.endsWith('EQUITY') ? 3 : 10)
      expect(Number(px)).toBeLessThanOrEqual(sector.endsWith('EQUITY') ? 130 : 105)
    }
    const away = ROWS.flatMap(row => distance(row.px, row.covPrice).percentDiff ?? [])
    expect(away.length / ROWS.length).toBeGreaterThan(0.93)
    expect(away.length / ROWS.length).toBeLessThan(0.98)
    expect(middle(away.map(Number))).toBeLessThan(1)
    expect(Math.max(...away.map(Number))).toBeLessThan(35)
  })

  test('bids, talk and covers lie below the evaluated price on average, offers above it', () => {
    const lean = (bias: string) => {
      const away = ROWS.filter(row => row.bias === bias).flatMap(row => distance(row.px, row.covPrice).priceDiff ?? [])
      return away.reduce((sum, one) => sum + Number(one), 0) / away.length
    }
    expect(lean('OFFER')).toBeGreaterThan(0.2)
    for (const bias of ['BID', 'BWIC TALK', 'BWIC COVER']) expect(lean(bias), bias).toBeLessThan(-0.05)
    expect(lean('BID')).toBeLessThan(lean('BWIC COVER'))
  })

  test('the lower a class ranks in its deal, the lower it trades', () => {
    const classes = ['AAA', 'AA', 'A', 'MEZZ', 'BB'].map(name => `US CLO 2.0 ${name}`)
    const levels = [...classes, 'US CLO EQUITY'].map(sector =>
      middle(ROWS.filter(row => row.sector === sector).map(row => Number(row.px))),
    )
    expect(levels).toEqual(levels.toSorted((a, b) => b - a))
    expect(Math.abs(levels[0]! - 99.8)).toBeLessThan(0.5)
    expect(Math.abs(levels[5]! - 48)).toBeLessThan(6)
  })

  test('both sides of a market stand in one message, the bid below the offer; nothing else is said twice in one', () => {
    const markets = [...groupedBy(ROWS, row => `${row.messageId} ${row.cusip}`).values()].filter(group => group.length > 1)
    for (const group of markets) {
      expect(group.map(row => row.bias)).toEqual(['BID', 'OFFER'])
      expect(Number(group[0]!.px)).toBeLessThan(Number(group[1]!.px))
    }
    expect(Math.abs((markets.length * 2) / ROWS.length - 0.2)).toBeLessThan(0.015)
  })

  test('days are trading days, as many as asked for, and a part was received the evening before', () => {
    const days = [...new Set(ROWS.filter(row => row.date === row.date1).map(row => row.date))]
    expect(days.toSorted().at(-1)).toBe('2026-11-20')
    for (const row of ROWS) {
      expect(isTradingDay(dayOfDate(isoDate(row.date)), CALENDARS.nyse)).toBe(true)
      expect(row.date1 <= row.date).toBe(true)
    }
    // The evening before the first day is a day too.
    expect(new Set(ROWS.map(row => row.date)).size).toBe(21)
    expect(Math.abs(share(ROWS, row => row.date1 < row.date) - 0.186)).toBeLessThan(0.03)
  })

  test('nothing is wrong with any of them', () => {
    expect(ROWS.flatMap(problemsOfColor)).toEqual([])
    expect(taken(ROWS).same).toEqual([])
  })
})

describe('the generator', () => {
  test('gives the same rows again, block by block, and others for another seed', () => {
    const generator = createColorGenerator(PLAN)
    expect(generator.blocks).toBe(50)
    expect(generator.block(31).rows).toEqual(ROWS.slice(31 * BLOCK_ROWS, 32 * BLOCK_ROWS))
    expect(generator.block(0).rows).toEqual(ROWS.slice(0, BLOCK_ROWS))
    const others = new Set([...generateColors({ ...PLAN, seed: 8 })].map(row => row.messageId))
    expect(ROWS.some(row => others.has(row.messageId))).toBe(false)
  })

  test('cuts the last block, and receives rows in the order in which it gives them', () => {
    const few = [...generateColors({ ...PLAN, rows: 300 })]
    expect(few.map(row => row.received)).toEqual(Array.from({ length: 300 }, (_, k) => k))
    expect([...generateColors({ ...PLAN, rows: 1, days: 1 })]).toHaveLength(1)
  })

  test('speaks of the same tranches again where there are only so many', () => {
    const rows = [...generateColors({ ...PLAN, tranches: 100 })]
    const parents = placeColors(rows, 'highest').filter(placed => placed.parentRowId === null)
    expect(parents).toHaveLength(100)
    const sizes = [...groupedBy(rows, row => row.cusip).values()].map(group => new Set(group.map(row => row.date)).size)
    expect(Math.min(...sizes)).toBeGreaterThan(5)
  })

  test.each([
    [{ rows: 0 }, 'rows are a whole number'],
    [{ days: 1.5 }, 'days are a whole number'],
    [{ tranches: 39 }, 'tranches are a whole number'],
    [{ dirty: 1.1 }, 'the share of dirty rows'],
    [{ until: '2026-02-30' }, 'a date is written'],
  ] as const)('refuses %j', (over, sentence) => {
    expect(() => createColorGenerator({ ...PLAN, ...over })).toThrow(sentence)
  })
})

describe('dirty rows', () => {
  const generator = createColorGenerator({ ...PLAN, dirty: 0.2 })
  const blocks = Array.from({ length: generator.blocks }, (_, k) => generator.block(k))
  const rows = blocks.flatMap(block => block.rows)
  const faults = new Map(blocks.flatMap(block => [...block.faults]))
  const having = (fault: string) => rows.filter(row => faults.get(row.rowId) === fault)

  test('are the share that was asked for, of each kind', () => {
    expect(Math.abs(faults.size / rows.length - 0.2)).toBeLessThan(0.015)
    for (const fault of FAULTS) expect(Math.abs(having(fault).length / rows.length - 0.04), fault).toBeLessThan(0.008)
  })

  test('have the fault that is said of them, and the others have none', () => {
    for (const row of having('check-digit')) expect(cusipProblem(row.cusip)).toBe('check-digit')
    for (const row of having('no-price')) expect([row.px, row.bid, row.ask, row.priceLevel]).toEqual([null, null, null, null])
    for (const row of having('unknown-type')) expect(row.rank).toBe(UNMAPPED_RANK)
    for (const row of having('lower-case')) {
      expect(row.cusip).not.toBe(plainCusip(row.cusip))
      expect(cusipProblem(row.cusip)).toBeNull()
    }
    expect(rows.filter(row => !faults.has(row.rowId)).flatMap(problemsOfColor)).toEqual([])
  })

  test('that are duplicates are known as the same row again', () => {
    const same = new Set(taken(rows).same.map(one => one.rowId))
    expect(same).toEqual(new Set(having('duplicate').map(row => row.rowId)))
  })
})
