import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QUALITY } from './instrument.ts'
import { BAR_FAULTS, checkBar, createTickChecks, flagNames, isOnTick, UNUSABLE } from './quality.ts'

function watched(tickSize = 0.01) {
  const checks = createTickChecks()
  const row = checks.add({ tickSize })
  let seq = 0
  let time = 0
  function nextTime(): number {
    time += 1e6
    return time
  }
  function nextSeq(): number {
    seq += 1
    return seq
  }
  return {
    trade: (price: number, size = 1, at = nextTime(), number = nextSeq()) => checks.trade(row, price, size, at, number),
    quote: (bid: number, ask: number, at = nextTime(), number = nextSeq()) => checks.quote(row, bid, ask, 1, 1, at, number),
  }
}

describe('marks', () => {
  test('crossed, locked and one-sided quotes', () => {
    const { quote } = watched()
    expect(quote(10, 10.01)).toBe(0)
    expect(quote(10.02, 10.01)).toBe(QUALITY.crossed)
    expect(quote(10.01, 10.01)).toBe(QUALITY.locked)
    expect(quote(Number.NaN, 10.01)).toBe(0)
  })

  test('negative prices of futures are kept with a mark', () => {
    const { trade } = watched()
    expect(trade(-37.63)).toBe(QUALITY.nonPositive)
    expect(trade(-37.62)).toBe(QUALITY.nonPositive)
  })

  test('sums of decimal ticks are on tick, half a tick is not', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.01, 0.001, 0.25, 0.005, 1e-8, 5),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        (tick, n) => {
          expect(isOnTick(n * tick, tick)).toBe(true)
          expect(isOnTick(Number((n * tick).toFixed(8)), tick)).toBe(true)
          expect(isOnTick((n + 0.5) * tick, tick)).toBe(false)
        },
      ),
    )
    const { trade } = watched(0.25)
    expect(trade(100.1)).toBe(QUALITY.offTick)
  })

  test('a repeated record is a duplicate, an older one out of order, and neither becomes the newest', () => {
    const { trade } = watched()
    trade(10, 1, 5e6, 1)
    expect(trade(10, 1, 5e6, 1)).toBe(QUALITY.duplicate)
    expect(trade(10, 1, 5e6, 2)).toBe(0)
    expect(trade(10, 1, 4e6, 3)).toBe(QUALITY.outOfOrder)
    expect(trade(10, 1, 6e6, 2)).toBe(QUALITY.outOfOrder)
    expect(trade(10, 1, 5e6, 3)).toBe(0)
  })

  test('what is no number cannot be kept', () => {
    const { trade, quote } = watched()
    expect(trade(Number.NaN)).toBe(UNUSABLE)
    expect(trade(Number.POSITIVE_INFINITY)).toBe(UNUSABLE)
    expect(trade(10, -1)).toBe(UNUSABLE)
    expect(quote(Number.NEGATIVE_INFINITY, 1)).toBe(UNUSABLE)
    expect(quote(1, 2, Number.NaN)).toBe(UNUSABLE)
  })
})

describe('outliers', () => {
  test('a fat finger is marked and the next good trade is not', () => {
    const { trade } = watched()
    for (let k = 0; k < 100; k += 1) expect(trade(Number((60 + (k % 7) * 0.01).toFixed(2)))).toBe(0)
    expect(trade(66)).toBe(QUALITY.outlier)
    expect(trade(60.02)).toBe(0)
    expect(trade(54)).toBe(QUALITY.outlier)
    expect(trade(60.01)).toBe(0)
  })

  test('a new level is believed when it holds', () => {
    const { trade } = watched()
    for (let k = 0; k < 50; k += 1) trade(60)
    expect([trade(70), trade(70.01), trade(70.02), trade(70.01), trade(70)]).toEqual([32, 32, 32, 0, 0])
  })

  test('a move after a long silence is no outlier', () => {
    const { trade } = watched()
    trade(60, 1, 0, 1)
    expect(trade(62, 1, 3600e6, 2)).toBe(0)
  })
})

test('faults of a bar are found one by one, a zero volume and a negative price are none', () => {
  expect(checkBar(1, 2, 0.5, 1.5, 0)).toBe(0)
  expect(checkBar(-4, -3, -40, -37.63, Number.NaN)).toBe(0)
  expect(checkBar(1, 0.5, 2, 1.5, 1)).toBe(BAR_FAULTS.highBelowLow)
  expect(checkBar(3, 2, 1, 0, 1)).toBe(BAR_FAULTS.openOutside | BAR_FAULTS.closeOutside)
  expect(checkBar(1, Number.NaN, 1, 1, -1)).toBe(BAR_FAULTS.notANumber | BAR_FAULTS.negativeVolume)
  expect(flagNames(BAR_FAULTS.openOutside | BAR_FAULTS.closeOutside, BAR_FAULTS)).toEqual(['openOutside', 'closeOutside'])
})
