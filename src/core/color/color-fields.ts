import type { RuleField, RuleRow } from '../rules/field.ts'
import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { type ColorRow, distance } from './color-row.ts'
import type { PlacedColor } from './lineage.ts'
import { diffStatus, type SectorLimit, USUAL_LIMITS } from './sector-limits.ts'

/** The parts of a row that come from outside and can be corrected; ids of ours and the order of receipt are not among them. */
export type ColorKey = Exclude<keyof ColorRow, 'rowId' | 'received'>

/** A column of the rows that a session holds, and where its value stands. */
export interface ColorField extends RuleField {
  /** Null where the value is worked out of others. */
  readonly key: ColorKey | null
}

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
  SECURITY_NAME: 'securityName',
  BWIC_COVER: 'bwicCover',
  ASSET_CLASS: 'assetClass',
} as const satisfies Record<ColorColumn, ColorKey | null>

/** The columns of a row, in the order of files. */
export const ROW_FIELDS: readonly ColorField[] = COLOR_COLUMNS.map(({ name, type }) => ({ name, type, key: KEYS[name] }))

type RowCells = RuleRow & Readonly<Record<ColorColumn, string | null>>

/** A row under the limits that a desk begins with, for commands that have no desk. */
export function ruleRowOf(row: ColorRow): RowCells {
  return ruleRowUnder(row, USUAL_LIMITS)
}

/** A row of an output: what its run found of the tolerance stands, whatever the limits are by now. */
export function ruleRowOfPlaced({ row, diffStatus: stored }: Pick<PlacedColor, 'row' | 'diffStatus'>): RowCells {
  return stored === undefined ? ruleRowOf(row) : rowCells(row, () => stored)
}

/**
 * A row by the names of its columns, in written form: as rules see it under limits, and as the output has it. Missing is null.
 *
 * What is computed is worked out when somebody asks for it, and distances once.
 */
export function ruleRowUnder(row: ColorRow, limits: readonly SectorLimit[]): RowCells {
  return rowCells(row, () => diffStatus(row.sector, row.px, row.covPrice, limits))
}

function rowCells(row: ColorRow, status: () => string | null): RowCells {
  let known: ReturnType<typeof distance> | null = null
  const away = () => {
    known ??= distance(row.px, row.covPrice)
    return known
  }
  return {
    ...{ MESSAGE_ID: row.messageId, TICKER: row.ticker, SECTOR: row.sector, CUSIP: row.cusip, DATE: row.date },
    ...{ PRICE_LEVEL: row.priceLevel, BID: row.bid, ASK: row.ask, PX: row.px, SOURCE: row.source, BIAS: row.bias },
    ...{ RANK: `${row.rank}`, COV_PRICE: row.covPrice },
    get PERCENT_DIFF() {
      return away().percentDiff
    },
    get PRICE_DIFF() {
      return away().priceDiff
    },
    ...{ CONFIDENCE: `${row.confidence}`, DATE_1: row.date1 },
    get DIFF_STATUS() {
      return status()
    },
    ...{ SECURITY_NAME: row.securityName, BWIC_COVER: row.bwicCover, ASSET_CLASS: row.assetClass },
  }
}
