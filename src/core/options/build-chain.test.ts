import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMicros } from '../kit/time.ts'
import { buildChain, type ChainHeader, type ChainRow } from './build-chain.ts'

const header: ChainHeader = {
  underlying: 'SPY',
  asOf: epochMicros(Date.UTC(2026, 10, 20, 15) * 1000),
  exercise: 'american',
  multiplier: 100,
  tickSize: 0.01,
  spotBid: 600,
  spotAsk: 600.02,
  spotTime: Number.NaN,
  isHalted: false,
  settlement: 'fund-close',
}
const row = (over: Partial<ChainRow> = {}): ChainRow => ({
  expiry: '2026-11-20',
  strike: 600,
  side: 1,
  bid: 1,
  ask: 1.02,
  ...over,
})

describe('a chain of rows', () => {
  test('is sorted by expiry, strike, calls before puts, whatever the order of the rows', () => {
    const rows = [
      row({ expiry: '2026-12-18', strike: 605, side: -1 }),
      row({ strike: 610 }),
      row({ strike: 600, side: -1 }),
      row({ strike: 600 }),
      row({ expiry: '2026-12-18', strike: 605 }),
    ]
    const { chain, problems } = buildChain(header, rows)
    expect([...chain.strike]).toEqual([600, 600, 610, 605, 605])
    expect([...chain.side]).toEqual([1, -1, 1, 1, -1])
    expect(chain.expiries.map(({ date, from, to }) => [date, from, to])).toEqual([
      ['2026-11-20', 0, 3],
      ['2026-12-18', 3, 5],
    ])
    expect(problems).toEqual([])
  })

  test.each<[string, Partial<ChainRow>, string, boolean]>([
    ['no date', { expiry: 'soon' }, 'bad-expiry', true],
    ['a date that is none', { expiry: '2026-02-30' }, 'bad-expiry', true],
    ['a date of no century of ours', { expiry: '9999-12-31' }, 'bad-expiry', true],
    ['no strike', { strike: Number.NaN }, 'bad-strike', true],
    ['a strike of nothing', { strike: 0 }, 'bad-strike', true],
    ['an endless strike', { strike: Number.POSITIVE_INFINITY }, 'bad-strike', true],
    ['no side', { side: 0 }, 'bad-side', true],
    ['a bid below zero', { bid: -1 }, 'negative', false],
    ['an endless ask', { ask: Number.POSITIVE_INFINITY }, 'not-a-number', false],
  ])('with %s has a reason for it', (_, over, reason, isDropped) => {
    const { chain, problems } = buildChain(header, [row({ strike: 590 }), row(over)])
    expect(problems).toEqual([expect.objectContaining({ row: 1, reason, isDropped })])
    expect(chain.strike.length).toBe(isDropped ? 1 : 2)
  })

  test('keeps of two rows for a contract the newer, then the one with both sides, then the first', () => {
    const kept = (first: Partial<ChainRow>, second: Partial<ChainRow>) => {
      const { chain, problems } = buildChain(header, [row(first), row(second)])
      expect(problems).toHaveLength(1)
      return [chain.bid[0], problems[0]!.row]
    }
    expect(kept({ bid: 1, quoteTime: 5 }, { bid: 2, quoteTime: 6 })).toEqual([2, 0])
    expect(kept({ bid: 1, quoteTime: 6 }, { bid: 2, quoteTime: 5 })).toEqual([1, 1])
    expect(kept({ bid: 0 }, { bid: 2 })).toEqual([2, 0])
    expect(kept({ bid: 1 }, { bid: 2 })).toEqual([1, 1])
  })

  test('takes strikes below zero where options are on futures, and the price of each future', () => {
    const futures = new Map([['2026-11-17', -37.63]])
    const { chain, problems } = buildChain({ ...header, settlement: 'energy-settlement', isOnFuture: true, futures }, [
      row({ expiry: '2026-11-17', strike: -30 }),
    ])
    expect(problems).toEqual([])
    expect(chain.expiries[0]).toMatchObject({ future: -37.63 })
  })

  test('never throws, loses no row without a reason, and is sorted, for any rows', () => {
    const anyNumber = fc.oneof(fc.double(), fc.constantFrom(0, 600, 605, -1, Number.NaN))
    const rows = fc.array(
      fc.record({
        expiry: fc.oneof(fc.string(), fc.constantFrom('2026-11-20', '2026-12-18', '2015-01-17')),
        strike: anyNumber,
        side: fc.constantFrom(1, -1, 0, 2),
        bid: anyNumber,
        ask: anyNumber,
        quoteTime: anyNumber,
      }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(rows, given => {
        const { chain, problems } = buildChain(header, given)
        expect(chain.strike.length + problems.filter(({ isDropped }) => isDropped).length).toBe(given.length)
        for (const { from, to } of chain.expiries)
          for (let i = from + 1; i < to; i++)
            expect(
              chain.strike[i]! > chain.strike[i - 1]! ||
                (chain.strike[i] === chain.strike[i - 1] && chain.side[i]! < chain.side[i - 1]!),
            ).toBe(true)
        expect(chain.bid.every(bid => Number.isNaN(bid) || (bid >= 0 && bid < Number.POSITIVE_INFINITY))).toBe(true)
      }),
    )
  })
})
