import type { ColorLogEntry } from '../../../contract/color-log.ts'
import type { JournalEntry } from '../../../platform/journal.ts'

type WorkModule = 'runs' | 'sessions' | 'uploads'

/** Work that was done, by the kind of its journal entry. */
const WORK: Readonly<Record<string, { readonly module: WorkModule; readonly action: ColorLogEntry['action'] }>> = {
  'color.run.published': { module: 'runs', action: 'done' },
  'color.run.deleted': { module: 'runs', action: 'removed' },
  'color.run.restored': { module: 'runs', action: 'restored' },
  'color.session.opened': { module: 'sessions', action: 'created' },
  'color.session.published': { module: 'sessions', action: 'done' },
  'color.session.discarded': { module: 'sessions', action: 'removed' },
  'color.session.restored': { module: 'sessions', action: 'restored' },
  'color.upload.received': { module: 'uploads', action: 'created' },
  'color.upload.failed': { module: 'uploads', action: 'done' },
  'color.upload.removed': { module: 'uploads', action: 'removed' },
  'color.upload.restored': { module: 'uploads', action: 'restored' },
  'color.upload.discarded': { module: 'uploads', action: 'changed' },
  'color.upload.brought-back': { module: 'uploads', action: 'changed' },
}

export const WORK_MODULES: readonly WorkModule[] = ['runs', 'sessions', 'uploads']

/** Journal kinds of work, of one module or of all. */
export function workKinds(module: string | undefined): readonly string[] {
  return Object.entries(WORK).flatMap(([kind, work]) => (module === undefined || work.module === module ? [kind] : []))
}

/** What a thing is called, where an entry says only its id. */
export type NameOf = (module: WorkModule, id: string) => string | null

/** Fields of bodies that a person wants to see at a glance. */
const FACTS = ['rows', 'parents', 'excluded', 'quarantined', 'number', 'reason', 'message', 'replacedBy']

/** A line of the log for work that was done; it has no revert. */
export function workLine({ seq, at, user, kind, subject, body }: JournalEntry, nameOf: NameOf): ColorLogEntry {
  const { module, action } = WORK[kind]!
  const fields = body as Readonly<Record<string, unknown>>
  const facts = FACTS.flatMap(field => {
    const value = Array.isArray(fields[field]) ? (fields[field] as unknown[]).length : fields[field]
    return value === undefined || value === null ? [] : [{ field, before: null, after: String(value) }]
  })
  const ids = Array.isArray(fields.uploads) && module === 'uploads' ? (fields.uploads as string[]) : [subject]
  const named = typeof fields.name === 'string' && fields.name !== '' ? fields.name : null
  return {
    ...{ entry: seq, at, user, module, action, subject },
    name: named ?? ids.map(id => nameOf(module, id) ?? id).join(', '),
    changes: facts,
    ...{ canRevert: false, revertedBy: null, reverts: null },
  }
}
