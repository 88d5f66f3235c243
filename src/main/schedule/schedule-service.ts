import { randomUUID } from 'node:crypto'
import type { JobDraft, JobList, JobRun, JobView } from '../../contract/schedule.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY } from '../../core/kit/time.ts'
import { jobValues } from '../../core/schedule/job-parameters.ts'
import {
  type CheckedSchedule,
  checkSchedule,
  nextRuns,
  type PlannedRun,
  plannedAfter,
  type Schedule,
  scheduleSentence,
} from '../../core/schedule/schedule.ts'
import type { Clock } from '../../platform/clock.ts'
import { conflate } from '../../platform/conflate.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import type { JobsService } from '../system/jobs-service.ts'
import type { HostBus } from '../topics.ts'
import type { JobKind } from './job-kind.ts'
import { openScheduleBook } from './schedule-book.ts'
import type { JobState } from './schedule-fold.ts'
import { createRuns } from './schedule-runs.ts'

const TOLD_PER_SECOND = 4

export interface ScheduleOptions {
  readonly journal: Pick<Journal, 'append' | 'appendAll' | 'read'>
  readonly clock: Clock
  readonly log: Log
  readonly bus: HostBus
  readonly jobs: Pick<JobsService, 'start' | 'cancel'>
  /** The kinds of work there are. */
  readonly kinds: readonly JobKind[]
}

/** Jobs that run by the clock: their plans, their runs and what became of each. */
export interface ScheduleService {
  /** From here on jobs run; what was cut off and what was missed while nothing ran is settled first. */
  start(): void
  list(): JobList
  watch(signal?: AbortSignal): AsyncGenerator<JobList, void>
  /** Fails: SCHEDULE_INVALID, JOB_UNKNOWN, JOB_CHANGED. */
  save(request: { id: string | null; revision: number; job: JobDraft }, user: string): JobView
  enable(id: string, enabled: boolean, user: string): JobView
  /** Fails: JOB_UNKNOWN, JOB_BUSY. */
  remove(id: string, user: string): void
  restore(id: string, user: string): JobView
  /** `params` stand for this run in place of the job's own. Fails: JOB_UNKNOWN, JOB_BUSY, SCHEDULER_OFF, SCHEDULE_INVALID. */
  run(
    id: string,
    options: { readonly skipNext: boolean; readonly params?: Readonly<Record<string, string | number>> },
    user: string,
  ): { run: string }
  skip(id: string, skip: boolean, user: string): JobView
  cancel(id: string): void
  history(query: { job?: string | undefined; before?: number | undefined; limit: number }): JobRun[]
  /** The next runs of a schedule, those that it drops among them with their mark. Fails: SCHEDULE_INVALID. */
  preview(schedule: Schedule, count: number): PlannedRun[]
  /** Resolves when nothing runs. */
  settled(): Promise<void>
  close(): void
}

/**
 * The scheduler of the host.
 *
 * A planned time is settled in the journal before its run begins, so it runs once whatever happens: a second due time while a run is
 * under way, a kill, a clock that is set back. Times that came while nobody could run them are treated by the job's own policy.
 */
export function createScheduleService(options: ScheduleOptions): ScheduleService {
  const { clock, bus } = options
  const kinds = new Map(options.kinds.map(kind => [kind.kind, kind]))
  const book = openScheduleBook(options.journal)
  const plans = createPlans()
  const runs = createRuns({ ...options, book, kinds, planOf: job => plans.of(job) })
  const tell = (job: string) => bus.emit('schedule', { job })

  const expectJob = (id: string): JobState => {
    const job = book.state.jobs.get(id)
    return job && !job.isRemoved ? job : fail('JOB_UNKNOWN', { job: id })
  }
  const nextOf = (job: JobState): EpochMicros | null => {
    const plan = job.draft.enabled && !job.isRemoved ? plans.of(job) : null
    if (!plan) return null
    const [first, second] = nextRuns(plan, epochMicros(Math.max(job.settled, clock.now())), 2)
    return (first && job.skip?.at === first.at ? second : first)?.at ?? null
  }
  const viewOf = (job: JobState): JobView => ({
    ...job.draft,
    ...{ id: job.id, revision: job.revision, next: nextOf(job), skip: job.skip, running: runs.running(job.id), last: job.last },
    fault: kinds.has(job.draft.kind) ? null : job.draft.kind,
  })
  const list = (): JobList => ({
    jobs: [...book.state.jobs.values()]
      .filter(job => !job.isRemoved)
      .map(viewOf)
      .sort((a, b) => a.name.localeCompare(b.name)),
    kinds: [...kinds.values()].map(kindView),
    isRunning: runs.isStarted(),
  })
  const changed = (job: JobState): JobView => {
    runs.look(job.id)
    tell(job.id)
    return viewOf(job)
  }
  const saveJob = (id: string, draft: JobDraft, user: string): JobView => {
    const revision = (book.state.jobs.get(id)?.revision ?? 0) + 1
    book.write([{ kind: 'schedule.saved', subject: id, user, body: { job: checkedDraft(draft, kinds), revision } }])
    return changed(expectJob(id))
  }
  const skipNext = (job: JobState, user: string): EpochMicros | null => {
    const at = job.skip?.at ?? nextOf(job)
    if (at !== null) book.write([{ kind: 'schedule.skip', subject: job.id, user, body: { at } }])
    return at
  }

  return {
    start: runs.start,
    list,
    async *watch(signal = new AbortController().signal) {
      const { messages } = conflate<{ readonly job: string }>({
        subscribe: push => bus.on('schedule', push),
        snapshot: () => [],
        keyOf: ({ job }) => job,
        everyMs: 1000 / TOLD_PER_SECOND,
        window: Number.POSITIVE_INFINITY,
        ...{ signal, clock },
      })
      for await (const _ of messages) yield list()
    },
    save({ id, revision, job }, user) {
      if (id === null) return saveJob(`job-${randomUUID().slice(0, 8)}`, job, user)
      const held = expectJob(id)
      if (held.revision !== revision) fail('JOB_CHANGED', { name: held.draft.name })
      return saveJob(id, job, user)
    },
    enable(id, enabled, user) {
      const job = expectJob(id)
      return job.draft.enabled === enabled ? viewOf(job) : saveJob(id, { ...job.draft, enabled }, user)
    },
    remove(id, user) {
      const job = expectJob(id)
      if (runs.running(id)) fail('JOB_BUSY', { name: job.draft.name })
      book.write([{ kind: 'schedule.removed', subject: id, user, body: {} }])
      changed(job)
    },
    restore(id, user) {
      const job = book.state.jobs.get(id)
      if (!job?.isRemoved) return fail('JOB_UNKNOWN', { job: id })
      book.write([{ kind: 'schedule.restored', subject: id, user, body: {} }])
      return changed(job)
    },
    run(id, { skipNext: leaveOut, params }, user) {
      const job = expectJob(id)
      if (!runs.isStarted()) fail('SCHEDULER_OFF', {})
      if (!kinds.has(job.draft.kind)) fail('SCHEDULE_INVALID', { reason: `no kind of job is named '${job.draft.kind}'` })
      if (runs.running(id)) fail('JOB_BUSY', { name: job.draft.name })
      if (params) checkedDraft({ ...job.draft, params: { ...job.draft.params, ...params } }, kinds)
      const skips = leaveOut ? skipNext(job, user) : null
      const body = { trigger: 'person', due: null, resumes: null, skips, ...(params ? { params } : {}) } as const
      return { run: String(runs.begin(job, body, user)) }
    },
    skip(id, skip, user) {
      const job = expectJob(id)
      if (skip) skipNext(job, user)
      else if (job.skip) book.write([{ kind: 'schedule.skip', subject: id, user, body: { at: null } }])
      return changed(job)
    },
    cancel: id => {
      expectJob(id)
      const running = runs.running(id)
      if (running) options.jobs.cancel(running.systemJob)
    },
    history: book.history,
    preview: (schedule, count) => previewOf(schedule, clock.now(), count),
    settled: runs.settled,
    close: runs.close,
  }
}

/** Checked schedules by the text of them: a plan is parsed once. */
function createPlans(): { of(job: JobState): CheckedSchedule | null } {
  const plans = new Map<string, { readonly schedule: Schedule; readonly plan: CheckedSchedule | null }>()
  return {
    of({ id, draft: { schedule } }) {
      const known = plans.get(id)
      if (known?.schedule === schedule) return known.plan
      const found = checkSchedule(schedule)
      const plan = found.ok ? found.value : null
      plans.set(id, { schedule, plan })
      return plan
    },
  }
}

function kindView({ kind, params, usual }: JobKind): JobList['kinds'][number] {
  const list = Object.entries(params).map(([name, spec]) => ({
    name,
    spec: spec.kind === 'choice' ? { ...spec, choices: [...spec.choices] } : { ...spec },
  }))
  return { kind, params: list, usual }
}

/** Fails: SCHEDULE_INVALID, in the words of what is wrong with it. */
function checkedDraft(draft: JobDraft, kinds: ReadonlyMap<string, JobKind>): JobDraft {
  const refuse = (reason: string) => fail('SCHEDULE_INVALID', { reason })
  const kind = kinds.get(draft.kind)
  if (!kind) return refuse(`a kind of job is one of ${[...kinds.keys()].join(', ')}, was '${draft.kind}'`)
  const found = checkSchedule(draft.schedule)
  if (!found.ok) return refuse(scheduleSentence(found.error))
  try {
    return { ...draft, params: jobValues(kind.params, draft.params) }
  } catch (fault) {
    return refuse((fault as RangeError).message)
  }
}

/** Longest that a preview looks ahead. */
const PREVIEW_DAYS = 41 * 366

function previewOf(schedule: Schedule, now: EpochMicros, count: number): PlannedRun[] {
  const found = checkSchedule(schedule)
  if (!found.ok) return fail('SCHEDULE_INVALID', { reason: scheduleSentence(found.error) })
  const runs: PlannedRun[] = []
  for (const run of plannedAfter(found.value, now)) {
    if (runs.length >= count || run.at > now + PREVIEW_DAYS * MICROS_PER_DAY) break
    runs.push(run)
  }
  return runs
}
