import type { ColorRow } from './color-row.ts'

/** A color of a file, and where it stands there. */
export interface ReadColor {
  readonly row: ColorRow
  /** As a spreadsheet counts. */
  readonly fileRow: number
}
