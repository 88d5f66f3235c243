import { sessionReason } from '../../../contract/color-session-reasons.ts'
import type { SessionRefusal } from '../../../core/color/session-command.ts'
import { fail } from '../../fail.ts'

const MOST_CELLS = 1000

/** What the host itself refuses. */
type HostRefusal =
  | { readonly kind: 'discarded' | 'nothing-waiting' | 'no-rules' | 'not-entitled' }
  | { readonly kind: 'file-damaged'; readonly file: string }
  | { readonly kind: 'upload-removed'; readonly names: string }

/** Ends the call with SESSION_REFUSED: the reason in words, by its kind, and the cells that it is about. */
export function refuse(refusal: SessionRefusal | HostRefusal): never {
  if (refusal.kind === 'cannot-convert') {
    const cells = refusal.rows.flatMap(({ rowId, problems }) =>
      problems.map(({ field, kind, found }) => ({ rowId, column: field, problem: kind, found })),
    )
    const details = { count: refusal.rows.length, field: cells[0]?.column ?? '' }
    const reason = sessionReason(refusal.kind, details)
    return fail('SESSION_REFUSED', { reason, kind: refusal.kind, details, cells: cells.slice(0, MOST_CELLS) })
  }
  const { kind, ...details } = refusal
  return fail('SESSION_REFUSED', { reason: sessionReason(kind, details), kind, details })
}
