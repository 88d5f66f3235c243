import { describe, expect, test } from 'vitest'
import type { TradeRow } from '../../contract/market.ts'
import { QUALITY } from '../../core/market/instrument.ts'
import { EMPTY_TAPE, TAPE_LENGTH, tallyOf, withTrades } from './tape-model.ts'

const trade = (seq: number, price = 10, size = 1, aggressor: TradeRow['aggressor'] = 'buy'): TradeRow => ({
  seq,
  time: seq * 1_000_000,
  price,
  size,
  aggressor,
  quality: 0,
})
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => trade(from + k))

describe('time and sales', () => {
  test('a snapshot that repeats known trades adds only the new ones', () => {
    const before = withTrades(EMPTY_TAPE, range(1, 6), 0)
    const after = withTrades(before, range(3, 9), 0)
    expect(after.trades.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
  test('trades that came out of order stand in the order of the venue', () => {
    expect(withTrades(EMPTY_TAPE, [trade(2), trade(1), trade(3)], 0).trades.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })
  test('the newest are kept and what the host left out is counted up', () => {
    const tape = withTrades(withTrades(EMPTY_TAPE, range(0, 1500), 4), range(1500, 3000), 3)
    expect(tape.trades.length).toBe(TAPE_LENGTH)
    expect(tape.trades.at(-1)?.seq).toBe(2999)
    expect(tape.skipped).toBe(7)
  })
})

describe('sums of the tape', () => {
  test('the average is weighted by size and the bought share leaves out what nobody knows', () => {
    const tally = tallyOf([trade(1, 10, 1, 'buy'), trade(2, 20, 3, 'sell'), trade(3, 30, 4, 'unknown')])
    expect(tally).toEqual({ count: 3, volume: 8, vwap: (10 + 60 + 120) / 8, boughtShare: 0.25 })
  })
  test('a trade that is marked as sent twice is counted once', () => {
    expect(tallyOf([trade(1, 10, 5), { ...trade(2, 10, 5), quality: QUALITY.duplicate }]).volume).toBe(5)
  })
  test('without trades there is no average', () => {
    expect(tallyOf([]).vwap).toBeNaN()
    expect(tallyOf([]).volume).toBe(0)
  })
})
