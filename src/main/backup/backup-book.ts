import type { BackupInfo } from '../../contract/backup.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Journal, JournalEntry } from '../../platform/journal.ts'

/** A backup as the journal knows it; whether its file is still there only the disk knows. */
export type KnownBackup = Omit<BackupInfo, 'isThere'>

/** Entries of the journal that are about backups. */
const KINDS = ['backup.made', 'backup.checked', 'backup.pruned', 'backup.staged'] as const

/** The backups that the journal names. */
export interface BackupBook {
  get(id: string): KnownBackup | undefined
  newestFirst(): readonly KnownBackup[]
  /** When a person last restored one, or had one compared again; null for never. */
  lastDrill(): EpochMicros | null
  apply(entry: JournalEntry): void
}

type MadeBody = Pick<KnownBackup, 'file' | 'bytes' | 'files' | 'journalSeq' | 'sealed' | 'why' | 'version'>

/** Folds the journal into the backups there are; the same fold takes each new entry. */
export function foldBackups(journal: Pick<Journal, 'read'>): BackupBook {
  const backups = new Map<string, KnownBackup>()
  let drill: EpochMicros | null = null
  const apply = ({ kind, subject: id, at, body }: JournalEntry) => {
    const known = backups.get(id)
    if (kind === 'backup.made') backups.set(id, { ...(body as MadeBody), id, madeAt: at, checkedAt: at, problem: null })
    else if (kind === 'backup.pruned') backups.delete(id)
    else if (kind === 'backup.staged') drill = at
    else if (kind === 'backup.checked') {
      drill = at
      if (known) backups.set(id, { ...known, checkedAt: at, problem: (body as { problem: string | null }).problem })
    }
  }
  for (const entry of journal.read({ kinds: KINDS })) apply(entry)
  return {
    apply,
    get: id => backups.get(id),
    newestFirst: () => [...backups.values()].sort((a, b) => b.madeAt - a.madeAt),
    lastDrill: () => drill,
  }
}

/**
 * Scheduled backups beyond the number that is kept, oldest last in the list.
 *
 * One that a person made is never among them, and neither is the newest that is known to be good, whatever the number says.
 */
export function prunable(newestFirst: readonly KnownBackup[], keep: number): readonly KnownBackup[] {
  const lastGood = newestFirst.find(one => one.problem === null)
  return newestFirst.filter(one => one.why === 'schedule').filter((one, k) => k >= Math.max(1, keep) && one !== lastGood)
}
