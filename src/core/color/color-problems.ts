/**
 * What can be wrong with a row of colors. `quarantine` keeps the row out until somebody decides; `mark` lets it through and says so.
 */
export const COLOR_PROBLEMS = {
  'quote-unclosed': 'quarantine',
  'row-too-long': 'quarantine',
  'not-text': 'quarantine',
  'mixed-encoding': 'quarantine',
  'too-many-cells': 'quarantine',
  missing: 'quarantine',
  /** A formula of a workbook came to an error, or its value was never stored. */
  'cell-error': 'quarantine',
  /** An id that a spreadsheet wrote as 1.2E+17: its digits are lost, and nobody can say which they were. */
  'id-scientific': 'quarantine',
  'id-no-number': 'quarantine',
  'number-unreadable': 'quarantine',
  'number-scientific': 'quarantine',
  /** 1,234 in a file that does not show what its comma is, or 1.234 in one with decimal commas. */
  'number-ambiguous': 'quarantine',
  'date-unreadable': 'quarantine',
  'date-short-year': 'quarantine',
  /** 03/04/2026 in a column that nowhere shows which of both is the month. */
  'date-ambiguous': 'quarantine',
  'date-orders-mixed': 'quarantine',
  'confidence-range': 'quarantine',
  'price-out-of-bounds': 'quarantine',
  /** More than fifteen digits that end in zeros: as spreadsheets store a longer id. */
  'id-perhaps-rounded': 'mark',
  'cusip-invalid': 'mark',
  'no-price': 'mark',
  'px-differs': 'mark',
  'bias-unmapped': 'mark',
  'rank-differs': 'mark',
  /** A check of the desk's own; the text is its name and what it says. */
  'check-keeps-out': 'quarantine',
  'check-marks': 'mark',
} as const satisfies Record<string, 'quarantine' | 'mark'>
export type ColorProblemKind = keyof typeof COLOR_PROBLEMS

/** Something about one cell or row of a file. */
export interface ColorProblem {
  /** As a spreadsheet counts: the names of the columns usually stand in row 1. */
  readonly row: number
  /** As the file names it; null for the whole row. */
  readonly column: string | null
  readonly kind: ColorProblemKind
  /** What stands there, or what it was compared with. */
  readonly text: string
}

/** Why nothing of a file can be used. */
export type ColorFileTrouble =
  | { readonly kind: 'empty' }
  | { readonly kind: 'no-header' }
  | { readonly kind: 'column-missing'; readonly columns: readonly string[] }
  | { readonly kind: 'column-twice'; readonly column: string; readonly headers: readonly string[] }
