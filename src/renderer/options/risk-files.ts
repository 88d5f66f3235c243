import type { Provenance } from '../../contract/wire.ts'
import { saveFile } from '../ui/download.ts'
import type { PlotHandle } from '../ui/plot.tsx'

/** A cell of a CSV file; text that a spreadsheet would take for a formula or that holds a separator is quoted. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  const safe = /^[=+@\t]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows of a table as CSV with full precision. */
export function csvOf(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return `${[head, ...rows].map(row => row.map(cell).join(',')).join('\n')}\n`
}

/** What stands in every exported row, so that a demo number stays one wherever the file goes. */
export function originOf({ source, state }: Provenance): [string, string] {
  return [source, state]
}

/** A name for a file of a panel: letters, digits, point and dash. */
export function riskFileName(
  { symbol, at, provenance }: { readonly symbol: string; readonly at: number; readonly provenance: Provenance },
  what: string,
  extension: string,
): string {
  const time = new Date(at / 1000).toISOString().slice(0, 16).replace(/[:T]/g, '')
  const state = provenance.state === 'demo' ? '-DEMO' : ''
  return `${symbol}-${what}${state}-${time}.${extension}`.replace(/[^\p{L}\p{N}.-]+/gu, '_')
}

/** Saves a drawing with its lines of words above it. */
export function savePicture(plot: PlotHandle | null, lines: readonly string[], name: string): void {
  plot?.picture(lines).toBlob(blob => blob && saveFile(name, [blob], 'image/png'))
}
