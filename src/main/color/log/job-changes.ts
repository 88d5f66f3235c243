import { isDeepStrictEqual } from 'node:util'
import type { JobDraft } from '../../../contract/schedule.ts'
import type { Journal, JournalEntry } from '../../../platform/journal.ts'
import { fail } from '../../fail.ts'
import type { ScheduleService } from '../../schedule/schedule-service.ts'
import type { LogChange, LogState } from './log-changes.ts'

/** Says which change of a job another one took back: the scheduler's own entries know nothing of reverts. */
export const REVERTED = 'color.log.reverted'
const JOB_KINDS = ['schedule.saved', 'schedule.removed', 'schedule.restored', REVERTED]

/** Changes of scheduled jobs of this desk. */
export interface JobChanges {
  /** In the order in which they were made. */
  all(): readonly LogChange[]
  now(job: string): LogState
  /** Takes a change back through the scheduler; gives the new entry. Fails: REVERT_IMPOSSIBLE, JOB_BUSY, SCHEDULE_INVALID. */
  revert(change: LogChange, schedule: Pick<ScheduleService, 'list' | 'save' | 'remove' | 'restore'>, user: string): number
  close(): void
}

interface RevertedBody {
  /** What the scheduler wrote for it. */
  readonly entries: readonly number[]
  readonly reverts: number
}

interface KnownJob {
  draft: JobDraft
  isRemoved: boolean
}

const isOurs = ({ kind }: JobDraft) => kind.startsWith('color.')
const stateOf = (job: KnownJob | undefined): LogState => {
  if (!job || job.isRemoved) return null
  const { name, ...value } = job.draft
  return { name, value }
}

export function openJobChanges(journal: Pick<Journal, 'append' | 'read' | 'onAppend'>): JobChanges {
  const jobs = new Map<string, KnownJob>()
  const changes: LogChange[] = []

  /** One revert can be two entries of the scheduler, as a job that is brought back and changed: in the log it is one change. */
  const markReverted = ({ entries, reverts }: RevertedBody) => {
    const parts = changes.filter(({ entry }) => entries.includes(entry))
    const [first, last] = [parts[0], parts.at(-1)]
    if (!first || !last) return
    for (const part of parts.slice(0, -1)) changes.splice(changes.indexOf(part), 1)
    changes[changes.indexOf(last)] = { ...last, action: 'reverted', before: first.before, reverts }
  }
  const hear = (entry: JournalEntry) => {
    if (entry.kind === REVERTED) {
      markReverted(entry.body as RevertedBody)
      return
    }
    const { seq, at, user, subject: id } = entry
    const known = jobs.get(id)
    const before = stateOf(known)
    const draft = entry.kind === 'schedule.saved' ? (entry.body as { job: JobDraft }).job : known?.draft
    if (!draft) return
    jobs.set(id, { draft, isRemoved: entry.kind === 'schedule.removed' })
    if (!isOurs(draft) && !(known && isOurs(known.draft))) return
    const after = stateOf(jobs.get(id))
    const action = after === null ? 'removed' : before ? 'changed' : entry.kind === 'schedule.restored' ? 'restored' : 'created'
    changes.push({ entry: seq, at, user, module: 'jobs', id, action, before, after, reverts: null })
  }
  for (const entry of journal.read({ kinds: JOB_KINDS })) hear(entry)
  const stop = journal.onAppend(entry => {
    if (JOB_KINDS.includes(entry.kind)) hear(entry)
  })
  const now = (id: string) => stateOf(jobs.get(id))

  return {
    all: () => changes,
    now,
    revert({ entry, id, before }, schedule, user) {
      const last = changes.at(-1)!.entry
      const wanted = before && ({ name: before.name, ...(before.value as Omit<JobDraft, 'name'>) } as JobDraft)
      if (!wanted) schedule.remove(id, user)
      else bringBack(id, wanted, schedule, user)
      const entries = changes.filter(change => change.id === id && change.entry > last).map(change => change.entry)
      const body: RevertedBody = { entries, reverts: entry }
      journal.append({ kind: REVERTED, subject: id, user, body })
      return entries.at(-1)!
    },
    close: stop,
  }

  function bringBack(id: string, wanted: JobDraft, schedule: Parameters<JobChanges['revert']>[1], user: string): void {
    const wasRemoved = now(id) === null
    if (wasRemoved && !isKnown(schedule, id, user)) fail('REVERT_IMPOSSIBLE', { reason: 'the job was removed too long ago' })
    if (isDeepStrictEqual(jobs.get(id)?.draft, wanted)) return
    try {
      const revision = schedule.list().jobs.find(job => job.id === id)?.revision ?? 0
      schedule.save({ id, revision, job: wanted }, user)
    } catch (fault) {
      // Half of a revert is none: what was brought back for it goes again.
      if (wasRemoved) schedule.remove(id, user)
      throw fault
    }
  }
}

/** Brings a removed job back; false where the scheduler has forgotten it. */
function isKnown(schedule: Pick<ScheduleService, 'restore'>, id: string, user: string): boolean {
  try {
    schedule.restore(id, user)
    return true
  } catch (fault) {
    if ((fault as { code?: string }).code === 'JOB_UNKNOWN') return false
    throw fault
  }
}
