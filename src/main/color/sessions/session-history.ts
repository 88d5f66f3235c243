import type { ConditionWire } from '../../../contract/color.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'
import type { Journal, JournalEntry } from '../../../platform/journal.ts'
import { COMMAND, type CommandBody, type KeptCommand, OPENED, type OpenedBody, SESSION_KINDS } from './session-entries.ts'

/** Something that was done in a session, for the page to say in words. */
export interface SessionDeed {
  readonly at: EpochMicros
  readonly user: string
  /** Kind of the command, or opened, published, discarded, restored. */
  readonly kind: string
  readonly rows: number
  readonly field: string | null
  readonly text: string | null
  readonly when: ConditionWire | null
}

/** What was done in a session, newest first. */
export function sessionHistory(journal: Pick<Journal, 'read'>, session: string, limit: number): SessionDeed[] {
  return journal.read({ kinds: SESSION_KINDS, subject: session, newestFirst: true, limit }).map(deedOf)
}

function deedOf({ at, user, kind, body }: JournalEntry): SessionDeed {
  const deed = { at, user, rows: 0, field: null, text: null, when: null }
  if (kind === OPENED) return { ...deed, kind: 'opened', text: (body as OpenedBody).name }
  if (kind !== COMMAND) return { ...deed, kind: kind.slice(kind.lastIndexOf('.') + 1) }
  const { command, effect } = body as CommandBody
  const done = { ...deed, kind: command.kind, rows: effect.rows, ...saidOf(command) }
  return command.kind === 'delete' && command.when ? { ...done, kind: 'delete-where', when: command.when } : done
}

function saidOf(command: KeptCommand): Partial<Pick<SessionDeed, 'field' | 'text'>> {
  switch (command.kind) {
    case 'import':
      return { text: command.parts.map(({ name }) => name).join(', ') }
    case 'add':
      return { field: 'CUSIP', text: command.row.cusip }
    case 'edit':
      return { field: command.field, text: command.text }
    case 'apply-rules':
      return { text: command.rules.map(({ name }) => name).join(', ') }
    case 'direction':
      return { text: command.direction }
    case 'sort':
      return { field: command.sort?.field ?? null, text: command.sort?.order ?? null }
    case 'note':
      return { text: command.text }
    default:
      return {}
  }
}
