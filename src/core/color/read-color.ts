import type { ColorRow } from './color-row.ts'

/** A color of a file: the row that ranks, and what stands beside it. */
export interface ReadColor {
  readonly row: ColorRow
  /** As a spreadsheet counts. */
  readonly fileRow: number
  readonly securityName: string
  readonly bwicCover: string
  readonly assetClass: string
}
