import type { JournalEntry } from '../../platform/journal.ts'
import { redact } from '../../platform/redact.ts'

const LONGEST = 160

/** One line on what a journal entry holds: the small fields of its body, in their order. */
export function summaryOf({ body }: Pick<JournalEntry, 'body'>): string {
  const clean = redact(body)
  if (typeof clean !== 'object' || clean === null) return shorten(clean === null ? '' : String(clean))
  return shorten(
    Object.entries(clean)
      .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
      .join(', '),
  )
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
