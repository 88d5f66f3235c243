import { expect, test } from 'vitest'
import { COLOR_FIELDS } from './color-columns.ts'
import { ROW_FIELDS, ruleRowOf } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import { diffStatus } from './sector-limits.ts'

const ROW: ColorRow = {
  ...{ rowId: 'x', messageId: '90071992547409931', ticker: 'ACME 2020-1 A', sector: 'CLO 2.0', cusip: '037833100' },
  ...{ date: '2026-11-20', priceLevel: '98', bid: '98', ask: null, px: '98', source: 'DEALER A', bias: 'BID', rank: 3 },
  ...{ covPrice: '99', confidence: 5, date1: '2026-11-20', received: 0 },
  ...{ securityName: 'Acme 2020-1 A', bwicCover: '97.5', assetClass: null },
}

test('rules see every business column, numbers in their written form', () => {
  const seen = ruleRowOf(ROW)
  expect(Object.keys(seen).toSorted()).toEqual(ROW_FIELDS.map(field => field.name).toSorted())
  expect(ROW_FIELDS).toHaveLength(21)
  expect(ROW_FIELDS.map(({ name, type }) => ({ name, type }))).toEqual(COLOR_FIELDS)
  expect(seen).toMatchObject({ MESSAGE_ID: '90071992547409931', ASK: null, RANK: '3', PRICE_DIFF: '-1', PERCENT_DIFF: '1.01' })
  for (const { name, key } of ROW_FIELDS)
    if (key !== null) expect(seen[name], name).toBe(ROW[key] === null ? null : String(ROW[key]))
})

test('a difference is significant beyond the tolerance of its sector, wider for equity tranches', () => {
  expect(diffStatus('CLO AAA', '102', '100')).toBe('Small Difference')
  expect(diffStatus('CLO AAA', '102.01', '100')).toBe('Significant Difference')
  expect(diffStatus('US CLO Equity', '95', '100')).toBe('Small Difference')
  expect(diffStatus('US CLO Equity', '94.99', '100')).toBe('Significant Difference')
  expect(diffStatus('CLO AAA', null, '100')).toBeNull()
})
