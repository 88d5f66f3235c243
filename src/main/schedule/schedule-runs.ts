import type { JobView } from '../../contract/schedule.ts'
import { type EpochMicros, epochMicros, MICROS_PER_DAY, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { settle } from '../../core/schedule/catch-up.ts'
import { type CheckedSchedule, nextRuns, runsBetween } from '../../core/schedule/schedule.ts'
import type { Stop } from '../../platform/clock.ts'
import type { JobKind } from './job-kind.ts'
import { type Ending, performRun } from './job-run.ts'
import type { ScheduleBook, ScheduleEvent } from './schedule-book.ts'
import type { BeganBody, JobState } from './schedule-fold.ts'
import type { ScheduleOptions } from './schedule-service.ts'

/** The clock is looked at this often at least: a machine that slept or a clock that was set is noticed within it. */
const LOOK_SECONDS = 30
/** A run that starts within so many seconds of its time is on time; a busy start or a short sleep is no absence. */
const GRACE_SECONDS = 120
/** Settled times further ahead than this come from a clock that was wrong: they would keep a job still until then. */
const WRONG_CLOCK_MICROS = MICROS_PER_DAY
/** Due times looked at together. */
const BATCH = 10_000
/** Due times that one entry of the history lists. */
const LISTED = 200

interface Running {
  readonly run: number
  readonly systemJob: string
  readonly started: EpochMicros
  readonly done: Promise<void>
}

export interface Runs {
  start(): void
  isStarted(): boolean
  running(job: string): JobView['running']
  /** Something about the job changed: does what is due and sets the timer anew. */
  look(job: string): void
  /** Begins a run and gives its number in the journal. */
  begin(job: JobState, body: BeganBody, user: string): number
  settled(): Promise<void>
  close(): void
}

interface RunsOptions extends Omit<ScheduleOptions, 'kinds'> {
  readonly book: ScheduleBook
  readonly kinds: ReadonlyMap<string, JobKind>
  readonly planOf: (job: JobState) => CheckedSchedule | null
}

/** What runs when: the timer, due times, runs under way. One run of a job at a time. */
export function createRuns(options: RunsOptions): Runs {
  const { book, clock, log, kinds, planOf, bus } = options
  const running = new Map<string, Running>()
  let isStarted = false
  let timer: Stop | null = null

  const active = (job: JobState): CheckedSchedule | null =>
    job.draft.enabled && !job.isRemoved && kinds.has(job.draft.kind) ? planOf(job) : null

  const begin = (job: JobState, body: BeganBody, user: string, before: readonly ScheduleEvent[] = []): number => {
    const entries = book.write([...before, { kind: 'schedule.began', subject: job.id, user, body }])
    const entry = entries.at(-1)!
    const { draft } = job
    const kind = kinds.get(draft.kind)!
    const due = body.due === null ? null : epochMicros(body.due)
    const scheduled = {
      kind,
      params: { ...draft.params, ...body.params },
      due,
      about: {
        ...{ job: { id: job.id, name: draft.name }, run: String(entry.seq), trigger: body.trigger, user },
        skips: body.skips == null ? null : epochMicros(body.skips),
      },
      retries: draft.retries,
      timeoutSeconds: draft.timeoutSeconds,
      clock,
      log,
    }
    log.info('schedule.run', { job: job.id, name: draft.name, kind: draft.kind, trigger: body.trigger, due })
    let ending: Ending | null = null
    const { id: systemJob, done } = options.jobs.start({
      kind: draft.kind,
      subject: draft.name,
      // What the work threw is in the ending; the list of jobs shows it as failed all the same.
      run: async handle => {
        ending = await performRun(scheduled, handle)
        if (ending.outcome !== 'done') throw new Error(ending.reason ?? ending.outcome)
      },
    })
    const finish = () => ended(job.id, entry.seq, ending)
    running.set(job.id, { run: entry.seq, systemJob, started: entry.at, done: done.then(finish, finish) })
    bus.emit('schedule', { job: job.id })
    return entry.seq
  }

  const ended = (id: string, run: number, ending: Ending | null): void => {
    running.delete(id)
    bus.emit('schedule', { job: id })
    // A host that is closing leaves the run open in the journal: the next start finds it cut off and treats it by its policy.
    if (!isStarted || !ending) return
    try {
      book.write([{ kind: 'schedule.ended', subject: id, user: 'system', body: { run, ...ending } }])
    } catch (fault) {
      log.error('schedule.end-lost', { job: id, run, outcome: ending.outcome, fault })
    }
    bus.emit('schedule', { job: id })
    look(id)
  }

  /** Settles what is due of one job, and begins the run that it comes to. */
  const settleJob = (job: JobState): void => {
    const plan = active(job)
    if (!plan || running.has(job.id)) return
    const now = clock.now()
    if (job.settled > now + WRONG_CLOCK_MICROS) {
      log.warn('schedule.clock', { job: job.id, settled: job.settled, now })
      book.write([{ kind: 'schedule.rewound', subject: job.id, user: 'system', body: { to: now } }])
    }
    for (;;) {
      const dues = runsBetween(plan, job.settled, now, BATCH).map(run => run.at)
      if (dues.length === 0) return
      // So many cannot be caught up one by one: the oldest are listed and the rest is looked at again.
      if (dues.length === BATCH) {
        book.write([passed(job.id, 'missed', dues)])
        continue
      }
      const skipAt = job.skip?.at ?? null
      const { passed: groups, run } = settle({ dues, now, skipAt, catchUp: job.draft.catchUp, graceSeconds: GRACE_SECONDS })
      const events = groups.map(group => passed(job.id, group.outcome, group.dues, job.skip?.user))
      if (!run) book.write(events)
      else begin(job, { trigger: run.isLate ? 'catch-up' : 'schedule', due: run.due, resumes: null }, 'system', events)
      bus.emit('schedule', { job: job.id })
      return
    }
  }

  const arm = (): void => {
    timer?.()
    timer = null
    if (!isStarted) return
    const now = clock.now()
    let seconds = LOOK_SECONDS
    for (const job of book.state.jobs.values()) {
      const plan = active(job)
      if (!plan || running.has(job.id)) continue
      const [next] = nextRuns(plan, epochMicros(Math.max(job.settled, now)), 1)
      if (next) seconds = Math.min(seconds, Math.max(0, (next.at - now) / MICROS_PER_SECOND))
    }
    timer = clock.after(seconds, tick)
  }

  const guarded = (job: JobState): void => {
    try {
      settleJob(job)
    } catch (fault) {
      // One job that cannot be settled (a full disk) must not stop the others; it is tried again with the next look.
      log.error('schedule.settle-failed', { job: job.id, fault })
    }
  }

  const tick = (): void => {
    for (const job of [...book.state.jobs.values()]) guarded(job)
    arm()
  }

  const look = (id: string): void => {
    const job = book.state.jobs.get(id)
    if (!isStarted || !job) return
    guarded(job)
    arm()
  }

  /** Runs that a kill cut off: recorded as such, and repeated once where the job catches up. */
  const settleInterrupted = (): void => {
    for (const job of book.state.jobs.values()) {
      const { open } = job
      if (!open) continue
      const body = { run: open.run, outcome: 'interrupted', attempts: 1, reason: null, facts: {}, log: [] }
      book.write([{ kind: 'schedule.ended', subject: job.id, user: 'system', body }])
      log.warn('schedule.interrupted', { job: job.id, run: open.run })
      const plan = active(job)
      // A run that was cut off twice may be what ends the host; a run that a person asked for is theirs to repeat.
      if (!plan || open.due === null || open.resumes !== null || job.draft.catchUp.policy === 'none') continue
      const newer = runsBetween(plan, job.settled, clock.now(), 1)
      if (job.draft.catchUp.policy === 'once' && newer.length > 0) continue
      begin(job, { trigger: 'catch-up', due: open.due, resumes: open.run }, 'system')
    }
  }

  return {
    start() {
      if (isStarted) return
      isStarted = true
      settleInterrupted()
      tick()
    },
    isStarted: () => isStarted,
    running(job) {
      const found = running.get(job)
      return found ? { run: String(found.run), systemJob: found.systemJob, started: found.started } : null
    },
    look,
    begin: (job, body, user) => begin(job, body, user),
    async settled() {
      while (running.size > 0) await Promise.all([...running.values()].map(run => run.done))
    },
    close() {
      isStarted = false
      timer?.()
      timer = null
    },
  }
}

function passed(job: string, outcome: string, dues: readonly EpochMicros[], user = 'system'): ScheduleEvent {
  const body = { outcome, dues: dues.slice(-LISTED), count: dues.length, through: dues.at(-1)! }
  return { kind: 'schedule.passed', subject: job, user: outcome === 'skipped' ? user : 'system', body }
}
