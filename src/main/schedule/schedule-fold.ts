import type { JobDraft, JobRun } from '../../contract/schedule.ts'
import { type EpochMicros, epochMicros } from '../../core/kit/time.ts'
import type { Passed } from '../../core/schedule/catch-up.ts'
import type { JournalEntry } from '../../platform/journal.ts'

/** Journal kinds of this domain. What passed and what began is on disk before anything runs, so a kill never runs it twice. */
export const SCHEDULE_KINDS = [
  'schedule.saved',
  'schedule.removed',
  'schedule.restored',
  'schedule.skip',
  'schedule.passed',
  'schedule.began',
  'schedule.ended',
  'schedule.rewound',
] as const
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number]
/** A copy of the whole state, so that opening need not read years of runs. */
export const SCHEDULE_SNAPSHOT = 'schedule.snapshot'

export interface SavedBody {
  readonly job: JobDraft
  readonly revision: number
}
export interface SkipBody {
  readonly at: number | null
}
export interface PassedBody {
  readonly outcome: Passed
  readonly dues: readonly number[]
  readonly count: number
  /** Everything up to here is settled. */
  readonly through: number
}
export interface BeganBody {
  readonly trigger: NonNullable<JobRun['trigger']>
  readonly due: number | null
  /** The interrupted run that this one repeats. */
  readonly resumes: number | null
  /** Parameters that this run has otherwise than its job. */
  readonly params?: Readonly<Record<string, string | number>>
  /** The planned time that was left out for it. */
  readonly skips?: number | null
}
export type EndedBody = Pick<JobRun, 'outcome' | 'attempts' | 'reason' | 'facts' | 'log'> & { readonly run: number }
export interface RewoundBody {
  readonly to: number
}

export interface OpenRun extends BeganBody {
  readonly run: number
  readonly at: EpochMicros
  readonly user: string
}

/** One job as the journal has it. */
export interface JobState {
  readonly id: string
  draft: JobDraft
  revision: number
  isRemoved: boolean
  /** Planned times up to here are settled: they ran, passed, or were before the job was. */
  settled: EpochMicros
  skip: { readonly at: EpochMicros; readonly user: string } | null
  /** A run that began and did not end: under way, or cut off by a kill. */
  open: OpenRun | null
  last: Omit<JobRun, 'log'> | null
}

export interface ScheduleState {
  readonly jobs: Map<string, JobState>
  sinceSnapshot: number
}

export function foldSchedule(state: ScheduleState, entry: JournalEntry): void {
  if (entry.kind === SCHEDULE_SNAPSHOT) {
    state.jobs.clear()
    for (const job of (entry.body as { jobs: JobState[] }).jobs) state.jobs.set(job.id, { ...job })
    state.sinceSnapshot = 0
    return
  }
  state.sinceSnapshot += 1
  const job = state.jobs.get(entry.subject)
  if (entry.kind === 'schedule.saved') foldSaved(state, entry)
  else if (job) foldInto(job, entry)
}

function foldSaved(state: ScheduleState, entry: JournalEntry): void {
  const { job: draft, revision } = entry.body as SavedBody
  const before = state.jobs.get(entry.subject)
  if (!before) {
    state.jobs.set(entry.subject, {
      ...{ id: entry.subject, draft, revision, isRemoved: false, settled: entry.at },
      ...{ skip: null, open: null, last: null },
    })
    return
  }
  // A new plan and a job turned on count from now: what they would have done before is not missed.
  const isNewPlan = JSON.stringify(before.draft.schedule) !== JSON.stringify(draft.schedule)
  if (isNewPlan || (draft.enabled && !before.draft.enabled)) {
    before.settled = entry.at
    before.skip = null
  }
  before.draft = draft
  before.revision = revision
}

function foldInto(job: JobState, entry: JournalEntry): void {
  const settle = (through: number) => {
    job.settled = epochMicros(Math.max(job.settled, through))
    if (job.skip && job.skip.at <= job.settled) job.skip = null
  }
  switch (entry.kind as ScheduleKind) {
    case 'schedule.removed':
      job.isRemoved = true
      break
    case 'schedule.restored':
      job.isRemoved = false
      job.settled = entry.at
      break
    case 'schedule.skip': {
      const { at } = entry.body as SkipBody
      job.skip = at === null ? null : { at: epochMicros(at), user: entry.user }
      break
    }
    case 'schedule.passed':
      settle((entry.body as PassedBody).through)
      break
    case 'schedule.began': {
      const body = entry.body as BeganBody
      if (body.due !== null) settle(body.due)
      job.open = { ...body, run: entry.seq, at: entry.at, user: entry.user }
      break
    }
    case 'schedule.ended': {
      const { log: _, ...run } = endedRun(job.open, entry)
      job.last = run
      job.open = null
      break
    }
    case 'schedule.rewound':
      job.settled = epochMicros((entry.body as RewoundBody).to)
      job.skip = null
      break
    case 'schedule.saved':
      break
  }
}

/** The run that an entry ended. */
export function endedRun(open: OpenRun | null, entry: JournalEntry): JobRun {
  const { run, ...ended } = entry.body as EndedBody
  return {
    ...ended,
    ...{ id: String(run), job: entry.subject, trigger: open?.trigger ?? null, user: open?.user ?? entry.user },
    ...{ dues: open?.due == null ? [] : [open.due], count: open?.due == null ? 0 : 1 },
    ...{ started: open?.at ?? entry.at, ended: entry.at },
  }
}

/** Planned times that passed, as an entry of the history. */
export function passedRun(entry: JournalEntry): JobRun {
  const { outcome, dues, count } = entry.body as PassedBody
  return {
    ...{ id: String(entry.seq), job: entry.subject, outcome, trigger: null, dues: [...dues], count, user: entry.user },
    ...{ started: entry.at, ended: entry.at, attempts: 0, reason: null, facts: {}, log: [] },
  }
}

/** A run that has not ended, as an entry of the history. */
export function openRun(job: string, open: OpenRun): JobRun {
  const { run, at, trigger, due, user } = open
  return {
    ...{ id: String(run), job, outcome: 'running', trigger, dues: due === null ? [] : [due], count: due === null ? 0 : 1, user },
    ...{ started: at, ended: null, attempts: 0, reason: null, facts: {}, log: [] },
  }
}
