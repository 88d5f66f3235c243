import { unitsOf } from './color-row.ts'

/** A value as a cell of CSV (RFC 4180) that no spreadsheet takes for a formula; a negative number is none. Missing is blank. */
export function csvCell(value: string | null): string {
  if (value === null) return ''
  const harmless = /^[=+\-@\t\r]/.test(value) && unitsOf(value) === null ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
