import type { JobRun } from '../../contract/schedule.ts'
import type { Journal, JournalEntry, JournalEvent } from '../../platform/journal.ts'
import {
  type BeganBody,
  endedRun,
  foldSchedule,
  type OpenRun,
  openRun,
  passedRun,
  SCHEDULE_KINDS,
  SCHEDULE_SNAPSHOT,
  type ScheduleKind,
  type ScheduleState,
} from './schedule-fold.ts'

/** So many entries are folded at start-up at most; then the journal gets a copy of the state. */
const SNAPSHOT_EVERY = 1000
/** Removed jobs that can still be brought back. */
const KEPT_REMOVED = 50
const PAGE = 1000

/** The journal's part about schedules: the state it comes to, ways to write it, and the history. */
export interface ScheduleBook {
  readonly state: ScheduleState
  /** All of them or none; on disk when it returns. */
  write(events: readonly ScheduleEvent[]): readonly JournalEntry[]
  history(query: { job?: string | undefined; before?: number | undefined; limit: number }): JobRun[]
}

export interface ScheduleEvent extends JournalEvent {
  readonly kind: ScheduleKind
}

export function openScheduleBook(journal: Pick<Journal, 'appendAll' | 'append' | 'read'>): ScheduleBook {
  const state = load(journal)
  return {
    state,
    write(events) {
      const entries = journal.appendAll(events)
      for (const entry of entries) foldSchedule(state, entry)
      if (state.sinceSnapshot >= SNAPSHOT_EVERY) {
        const all = [...state.jobs.values()]
        const removed = all.filter(job => job.isRemoved).slice(-KEPT_REMOVED)
        const jobs = all.filter(job => !job.isRemoved || removed.includes(job))
        foldSchedule(state, journal.append({ kind: SCHEDULE_SNAPSHOT, subject: 'schedule', user: 'system', body: { jobs } }))
      }
      return entries
    },
    history: query => readHistory(journal, query),
  }
}

function load(journal: Pick<Journal, 'read'>): ScheduleState {
  const state: ScheduleState = { jobs: new Map(), sinceSnapshot: 0 }
  const [snapshot] = journal.read({ kinds: [SCHEDULE_SNAPSHOT], newestFirst: true, limit: 1 })
  if (snapshot) foldSchedule(state, snapshot)
  let after = snapshot?.seq ?? 0
  for (;;) {
    const entries = journal.read({ after, kinds: SCHEDULE_KINDS, limit: PAGE })
    for (const entry of entries) foldSchedule(state, entry)
    const last = entries.at(-1)
    if (!last || entries.length < PAGE) return state
    after = last.seq
  }
}

/**
 * Runs and passed times, newest first, each where it began.
 *
 * Read from the end: an `ended` is met before its `began`, so it waits for it and they make one entry together.
 */
function readHistory(
  journal: Pick<Journal, 'read'>,
  { job, before, limit }: { job?: string | undefined; before?: number | undefined; limit: number },
): JobRun[] {
  const runs: JobRun[] = []
  const ended = new Map<number, JournalEntry>()
  // A run that began before `before` may have ended after it, so its end is looked for from the newest on.
  let from: number | undefined
  while (runs.length < limit) {
    const entries = journal.read({
      kinds: ['schedule.began', 'schedule.ended', 'schedule.passed'],
      ...(job === undefined ? {} : { subject: job }),
      ...(from === undefined ? {} : { before: from }),
      ...{ newestFirst: true, limit: PAGE },
    })
    for (const entry of entries) {
      if (runs.length >= limit) break
      if (entry.kind === 'schedule.ended') ended.set((entry.body as { run: number }).run, entry)
      else if (before === undefined || entry.seq < before) runs.push(runOf(entry, ended))
    }
    const last = entries.at(-1)
    if (!last || entries.length < PAGE) break
    from = last.seq
  }
  return runs
}

function runOf(entry: JournalEntry, ended: ReadonlyMap<number, JournalEntry>): JobRun {
  if (entry.kind === 'schedule.passed') return passedRun(entry)
  const open: OpenRun = { ...(entry.body as BeganBody), run: entry.seq, at: entry.at, user: entry.user }
  const end = ended.get(entry.seq)
  return end ? endedRun(open, end) : openRun(entry.subject, open)
}
