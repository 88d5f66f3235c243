import { describe, expect, test } from 'vitest'
import { isoDate } from '../kit/time.ts'
import { contractOf, contractSymbol, crudeOptionExpiry, gasOptionExpiry, parseContract, strip } from './contracts.ts'

describe('last trade dates', () => {
  // Vectors of the specification, from CME's published expiration calendars.
  test.each([
    [2020, 5, '2020-04-21', '2020-04-16', '2020-04-28', '2020-04-27'],
    [2020, 6, '2020-05-19', '2020-05-14', '2020-05-27', '2020-05-26'],
    [2024, 12, '2024-11-20', '2024-11-15', '2024-11-26', '2024-11-25'],
    [2026, 1, '2025-12-19', '2025-12-16', '2025-12-29', '2025-12-26'],
    [2026, 5, '2026-04-21', '2026-04-16', '2026-04-28', '2026-04-27'],
    [2027, 1, '2026-12-21', '2026-12-16', '2026-12-29', '2026-12-28'],
    [2027, 2, '2027-01-20', '2027-01-14', '2027-01-27', '2027-01-26'],
  ])('of %d-%d for CL, LO, NG and ON', (year, month, crude, crudeOption, gas, gasOption) => {
    expect(contractOf('CL', { year, month }).lastTradeDate).toBe(crude)
    expect(crudeOptionExpiry({ year, month })).toBe(crudeOption)
    expect(contractOf('NG', { year, month }).lastTradeDate).toBe(gas)
    expect(gasOptionExpiry({ year, month })).toBe(gasOption)
  })

  test('ES ends on the third Friday of its quarter, a day sooner where that is a holiday', () => {
    expect(contractOf('ES', { year: 2026, month: 12 }).lastTradeDate).toBe('2026-12-18')
    expect(contractOf('ES', { year: 2027, month: 3 }).lastTradeDate).toBe('2027-03-19')
    // Juneteenth 2026 is the third Friday of June.
    expect(contractOf('ES', { year: 2026, month: 6 }).lastTradeDate).toBe('2026-06-18')
  })
})

test('symbols are written and read back', () => {
  expect(contractSymbol('CL', { year: 2026, month: 12 })).toBe('CLZ26')
  expect(parseContract('NGF27')).toMatchObject({ root: 'NG', year: 2027, month: 1 })
  expect(parseContract('ESF27')).toBeNull()
  expect(parseContract('SPY')).toBeNull()
  expect(parseContract('toStringZ26')).toBeNull()
  expect(() => contractSymbol('CL', { year: 2026, month: 13 })).toThrow('1 to 12, was 13')
})

test('a strip starts with the contract that still trades, on its last day too', () => {
  expect(strip('CL', isoDate('2026-11-20'), 3).map(c => c.symbol)).toEqual(['CLZ26', 'CLF27', 'CLG27'])
  expect(strip('CL', isoDate('2026-11-21'), 2).map(c => c.symbol)).toEqual(['CLF27', 'CLG27'])
  expect(strip('ES', isoDate('2026-11-21'), 2).map(c => c.symbol)).toEqual(['ESZ26', 'ESH27'])
  const gas = strip('NG', isoDate('2026-11-21'), 24)
  expect(gas).toHaveLength(24)
  expect(gas.map(c => c.lastTradeDate)).toEqual(gas.map(c => c.lastTradeDate).toSorted())
})
