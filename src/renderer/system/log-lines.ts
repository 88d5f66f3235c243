import type { LogEntry } from '../../contract/system.ts'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

const KEPT = 5000

/** The entries with new ones at the end, each once and in order, the newest 5,000 of them. */
export function keepNewest(before: readonly LogEntry[], arrived: readonly LogEntry[]): readonly LogEntry[] {
  const last = before.at(-1)?.seq ?? Number.NEGATIVE_INFINITY
  const first = arrived[0]?.seq
  // After a reconnection the recent ones come again; after a restart of the host the numbers begin anew.
  const isRestart = first !== undefined && before.length > 0 && (arrived.at(-1)?.seq ?? 0) < last
  const fresh = isRestart ? arrived : arrived.filter(entry => entry.seq > last)
  if (fresh.length === 0) return before
  return [...(isRestart ? [] : before), ...fresh].slice(-KEPT)
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The fields of an entry as `name=value`. */
export function fieldsText(entry: LogEntry): string {
  return Object.entries(entry.fields)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join('  ')
}

/** Whether an entry is of that level or above and has the text in its event or its fields. */
export function matchesLog(entry: LogEntry, level: Level, text: string): boolean {
  if (LEVELS.indexOf(entry.level) < LEVELS.indexOf(level)) return false
  const wanted = text.trim().toLowerCase()
  return wanted === '' || `${entry.event} ${fieldsText(entry)}`.toLowerCase().includes(wanted)
}
