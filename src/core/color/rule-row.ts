import type { RuleRow } from '../rules/field.ts'
import type { ColorColumn } from './color-columns.ts'
import { distance } from './color-row.ts'
import type { ReadColor } from './read-color.ts'
import { diffStatus } from './sector-limits.ts'

/** A color by the names of its columns, in written form: as rules see it, and as the output has it. Missing is null. */
export function columnsOf({ row, securityName, bwicCover, assetClass }: ReadColor): RuleRow & Record<ColorColumn, string | null> {
  const { priceDiff, percentDiff } = distance(row.px, row.covPrice)
  return {
    MESSAGE_ID: row.messageId,
    TICKER: row.ticker,
    SECTOR: row.sector,
    CUSIP: row.cusip,
    DATE: row.date,
    PRICE_LEVEL: row.priceLevel,
    BID: row.bid,
    ASK: row.ask,
    PX: row.px,
    SOURCE: row.source,
    BIAS: row.bias,
    RANK: String(row.rank),
    COV_PRICE: row.covPrice,
    PERCENT_DIFF: percentDiff,
    PRICE_DIFF: priceDiff,
    CONFIDENCE: String(row.confidence),
    DATE_1: row.date1,
    DIFF_STATUS: diffStatus(row.sector, row.px, row.covPrice),
    SECURITY_NAME: securityName || null,
    BWIC_COVER: bwicCover || null,
    ASSET_CLASS: assetClass || null,
  }
}
