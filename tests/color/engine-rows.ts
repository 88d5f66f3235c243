import fc from 'fast-check'
import { COLOR_FIELDS } from '../../src/core/color/color-columns.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import type { Condition, Test } from '../../src/core/rules/condition.ts'
import { comparable, type FieldType } from '../../src/core/rules/field.ts'
import { OPERATORS } from '../../src/core/rules/operators.ts'

// Values that meet each other often, and that two systems could compare differently.
const WORDS = [
  ...[
    'CLO mezz',
    ' clo MEZZ\u00a0',
    'CLO',
    'lo',
    'ESPAN\u0303A',
    'España',
    'ΑΣ',
    'ας',
    'İ',
    'ß',
    "d'Or",
    '%',
    'ﬁ',
    '\tx ',
    'x',
    ' ',
  ],
  // Behind the surrogates, and of them: in another order as UTF-16 than as UTF-8.
  ...['\ue000a', '\uff21bs', '\u{1f600}', '\u{1f600}\uffe5', 'é'],
]
const DECIMALS = ['99.5', '99.50', '99.500000000001', '0', '-1.25', '105', '12345678901234567890123456.123456789012']
const DATES = ['2026-11-20', '2026-11-19', '2024-02-29']
const IDS = ['037833100', '594918104', '38259P508', '12345E10', '0012', '90071992547409931', 'é9', '\u{1f600}9', '\uff219']

const orNone = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null, freq: 4 })
const decimal = orNone(fc.constantFrom(...DECIMALS, 'n/a'))
const text = fc.constantFrom(...WORDS)

/** Rows with many ties; `date` says whether days may be missing or none. */
export const rowOf: fc.Arbitrary<Omit<ColorRow, 'rowId'>> = fc.record({
  messageId: fc.constantFrom(...IDS),
  ticker: text,
  sector: text,
  cusip: fc.constantFrom(...IDS),
  date: fc.constantFrom(...DATES, ''),
  priceLevel: decimal,
  bid: decimal,
  ask: decimal,
  px: decimal,
  source: text,
  bias: fc.constantFrom('BID', 'OFFER', 'BWIC TALK', 'offer', 'VALUATION', ''),
  rank: fc.integer({ min: 1, max: 4 }),
  covPrice: decimal,
  confidence: fc.integer({ min: 0, max: 2 }),
  date1: fc.constantFrom(...DATES, ''),
  received: fc.integer({ min: 0, max: 3 }),
  securityName: orNone(text),
  bwicCover: orNone(text),
  assetClass: orNone(text),
})

const OPERANDS: Readonly<Record<FieldType, readonly string[]>> = {
  text: [...WORDS, 'offer', 'bid', 'small difference'],
  id: IDS,
  integer: ['0', '1', '2', '3', '+3', '9007199254740993'],
  decimal: [...DECIMALS, '2', '0.01', '-0'],
  date: DATES,
}

const testOf: fc.Arbitrary<Test> = fc.constantFrom(...COLOR_FIELDS).chain(field => {
  const family = field.type === 'text' || field.type === 'id' ? 'words' : 'order'
  const usable = OPERANDS[field.type].filter(value => comparable(field.type, value) !== null)
  return fc
    .tuple(
      fc.constantFrom(...OPERATORS.filter(one => one.family === family)),
      fc.constantFrom(...usable),
      fc.constantFrom(...usable),
    )
    .map(([{ name, operands }, value, value2]) => ({
      ...{ kind: 'test' as const, field: field.name, operator: name, value },
      ...(operands === 2 ? { value2 } : {}),
    }))
})

/** Conditions over all columns, groups inside groups. */
export const conditionOf: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>(tie => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    testOf,
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('condition'), { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
  ),
})).condition
