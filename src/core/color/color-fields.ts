import type { RuleField, RuleRow } from '../rules/field.ts'
import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { type ColorRow, distance } from './color-row.ts'
import { diffStatus } from './sector-limits.ts'

/** The parts of a row that come from outside and can be corrected; ids of ours and the order of receipt are not among them. */
export type ColorKey = Exclude<keyof ColorRow, 'rowId' | 'received'>

/** A column of the rows that a session holds, and where its value stands. */
export interface ColorField extends RuleField {
  /** Null where the value is worked out of others. */
  readonly key: ColorKey | null
}

/** The eighteen business columns; what a file may add besides is not part of a row yet. */
const KEYS = {
  MESSAGE_ID: 'messageId',
  TICKER: 'ticker',
  SECTOR: 'sector',
  CUSIP: 'cusip',
  DATE: 'date',
  PRICE_LEVEL: 'priceLevel',
  BID: 'bid',
  ASK: 'ask',
  PX: 'px',
  SOURCE: 'source',
  BIAS: 'bias',
  RANK: 'rank',
  COV_PRICE: 'covPrice',
  PERCENT_DIFF: null,
  PRICE_DIFF: null,
  CONFIDENCE: 'confidence',
  DATE_1: 'date1',
  DIFF_STATUS: null,
} as const satisfies Partial<Record<ColorColumn, ColorKey | null>>

/** The columns of a row, in the order of files. */
export const ROW_FIELDS: readonly ColorField[] = COLOR_COLUMNS.flatMap(({ name, type }) =>
  name in KEYS ? [{ name, type, key: KEYS[name as keyof typeof KEYS] }] : [],
)

/** A row as rules see it: every business column in its written form; what is computed is worked out when a rule asks for it. */
export function ruleRowOf(row: ColorRow): RuleRow {
  const away = () => distance(row.px, row.covPrice)
  return {
    ...{ MESSAGE_ID: row.messageId, TICKER: row.ticker, SECTOR: row.sector, CUSIP: row.cusip, DATE: row.date },
    ...{ PRICE_LEVEL: row.priceLevel, BID: row.bid, ASK: row.ask, PX: row.px, SOURCE: row.source, BIAS: row.bias },
    ...{ RANK: `${row.rank}`, COV_PRICE: row.covPrice, CONFIDENCE: `${row.confidence}`, DATE_1: row.date1 },
    get PERCENT_DIFF() {
      return away().percentDiff
    },
    get PRICE_DIFF() {
      return away().priceDiff
    },
    get DIFF_STATUS() {
      return diffStatus(row.sector, row.px, row.covPrice)
    },
  }
}
