import type { AlertRow } from '../../contract/options-alerts.ts'

const COLUMNS = [
  'id',
  'underlying',
  'symbol',
  'expiry',
  'strike',
  'side',
  'detector',
  'kind',
  'rule',
  'direction',
  'severity',
  'state',
  'startedAt',
  'raisedAt',
  'lastSeenAt',
  'closedAt',
  'value',
  'baseline',
  'threshold',
  'unit',
  'sampleSize',
  'edge',
  'edgeVol',
  'multiplier',
  'findings',
  'others',
  'mark',
  'snoozedUntil',
  'isDemo',
  'latencySeconds',
  'snapshot',
] as const satisfies readonly (keyof AlertRow)[]

const INSTANTS: readonly string[] = ['startedAt', 'raisedAt', 'lastSeenAt', 'closedAt', 'snoozedUntil']

function cell(name: string, value: string | number | boolean | null): string {
  if (value === null) return ''
  if (INSTANTS.includes(name)) return new Date(Number(value) / 1000).toISOString()
  const text = String(value)
  // A spreadsheet would run what begins so; names of files can come from anywhere.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Alerts as CSV, instants in UTC, numbers with all their digits. */
export function alertsCsv(rows: readonly AlertRow[]): string {
  const lines = rows.map(row => COLUMNS.map(name => cell(name, row[name])).join(','))
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}
