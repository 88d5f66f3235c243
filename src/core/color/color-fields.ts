import type { FieldType, RuleField, RuleRow } from '../rules/field.ts'
import { type ColorRow, distance, unitsOf } from './color-row.ts'

/** The parts of a row that come from outside and can be corrected; ids of ours and the order of receipt are not among them. */
export type ColorKey = Exclude<keyof ColorRow, 'rowId' | 'received'>

/** A business column: its header in files and rules, and where its value stands. */
export interface ColorField extends RuleField {
  /** Null where the value is worked out of others. */
  readonly key: ColorKey | null
  /** An upload without it is refused. */
  readonly required: boolean
}

const field = (name: string, type: FieldType, key: ColorKey | null, required: boolean): ColorField => ({
  name,
  type,
  key,
  required,
})

/** The eighteen business columns, in the order of files. */
export const COLOR_FIELDS: readonly ColorField[] = [
  field('MESSAGE_ID', 'id', 'messageId', true),
  field('TICKER', 'text', 'ticker', true),
  field('SECTOR', 'text', 'sector', true),
  field('CUSIP', 'id', 'cusip', true),
  field('DATE', 'date', 'date', true),
  field('PRICE_LEVEL', 'decimal', 'priceLevel', true),
  field('BID', 'decimal', 'bid', false),
  field('ASK', 'decimal', 'ask', false),
  field('PX', 'decimal', 'px', true),
  field('SOURCE', 'text', 'source', true),
  field('BIAS', 'text', 'bias', true),
  field('RANK', 'integer', 'rank', true),
  field('COV_PRICE', 'decimal', 'covPrice', false),
  field('PERCENT_DIFF', 'decimal', null, false),
  field('PRICE_DIFF', 'decimal', null, false),
  field('CONFIDENCE', 'integer', 'confidence', false),
  field('DATE_1', 'date', 'date1', false),
  field('DIFF_STATUS', 'text', null, false),
]

/** From how many percent of the evaluated price on a difference is significant. A table is data and has versions. */
export interface Tolerances {
  readonly version: number
  readonly usual: string
  /** By a word of the sector's name, in capitals; the first that fits counts. */
  readonly sectors: readonly { readonly word: string; readonly percent: string }[]
}

/** The tolerances that a desk begins with: equity tranches are marked more widely than debt. */
export const USUAL_TOLERANCES: Tolerances = { version: 1, usual: '2', sectors: [{ word: 'EQUITY', percent: '5' }] }

/** Whether a difference from the evaluated price is beyond what its sector tolerates; null where there is none to judge. */
export function diffStatus(
  percentDiff: string | null,
  sector: string,
  tolerances: Tolerances,
): 'Significant Difference' | 'Small Difference' | null {
  const percent = unitsOf(percentDiff)
  if (percent === null) return null
  const plain = sector.toUpperCase()
  const most = tolerances.sectors.find(one => plain.includes(one.word))?.percent ?? tolerances.usual
  return percent > (unitsOf(most) as bigint) ? 'Significant Difference' : 'Small Difference'
}

/** A row as rules see it: every business column in its written form; what is computed is worked out when a rule asks for it. */
export function ruleRowOf(row: ColorRow, tolerances: Tolerances = USUAL_TOLERANCES): RuleRow {
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
      return diffStatus(away().percentDiff, row.sector, tolerances)
    },
  }
}
