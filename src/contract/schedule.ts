import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { CALENDARS, type CalendarKey } from '../core/market/sessions.ts'
import { CATCH_UP } from '../core/schedule/catch-up.ts'
import { MARKET_MINUTES, REPEATED_RULES, SKIPPED_RULES } from '../core/schedule/schedule.ts'
import { ERRORS, type ErrorCode, failures, sentence } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

const calendarKeys = Object.keys(CALENDARS) as [CalendarKey, ...CalendarKey[]]

export const schedule = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cron'),
    line: z.string().max(400).describe('Five fields, 0 and 7 are Sunday; or a macro as @daily'),
    zone: z.string().max(60).describe('IANA name, as America/New_York'),
    skipped: z.enum(SKIPPED_RULES).describe('A local time that a clock change skips: run at the first instant after it, or not'),
    repeated: z.enum(REPEATED_RULES).describe('A local time that a clock change repeats: which of the two runs'),
  }),
  z.object({
    kind: z.literal('market'),
    calendar: z.enum(calendarKeys),
    at: z.enum(['open', 'close']),
    minutes: z.number().int().min(-MARKET_MINUTES).max(MARKET_MINUTES),
  }),
])

const jobParams = z.record(z.string().max(60), z.union([z.string().max(2000), z.number()]))

/** A job as a person writes it. */
export const jobDraft = z.object({
  name: z.string().trim().min(1).max(80),
  kind: z.string().min(1).max(60),
  params: jobParams,
  schedule,
  enabled: z.boolean(),
  catchUp: z.object({ policy: z.enum(CATCH_UP), limit: z.number().int().min(1).max(1000) }),
  /** Further tries within one run; the pause doubles each time. */
  retries: z.object({ times: z.number().int().min(0).max(10), seconds: z.number().int().min(1).max(3600) }),
  /** Longest that one try may take. */
  timeoutSeconds: z.number().int().min(1).max(86_400),
})
export type JobDraft = z.infer<typeof jobDraft>

export const runLine = z.object({
  at: micros,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  event: z.string(),
  fields: z.record(z.string(), z.unknown()),
})

/** A failure of the catalogue as the reason of a run: code and data, so that each reader has the sentence in their language. */
export function failureReason(code: ErrorCode, data: unknown): string {
  return `error.${code} ${JSON.stringify(data ?? {})}`
}

/** The reason of a run in words. */
export function runReason(reason: string, language: 'en' | 'es' = 'en'): string {
  const [, code = '', data = ''] = /^error\.([A-Z_]+) (\{.*\})$/s.exec(reason) ?? []
  return Object.hasOwn(ERRORS, code) ? sentence(code as ErrorCode, JSON.parse(data), language) : reason
}

const RUN_OUTCOMES = [
  'running',
  'done',
  'failed',
  'timed-out',
  'cancelled',
  'interrupted',
  'missed',
  'covered',
  'skipped',
] as const

/** One entry of the history: a run, or due times that passed without one. */
export const jobRun = z.object({
  id: z.string(),
  job: z.string(),
  outcome: z.enum(RUN_OUTCOMES),
  /** What set it off; null where nothing ran. */
  trigger: z.enum(['schedule', 'catch-up', 'person']).nullable(),
  /** Planned times it stands for, the newest 200 of them; empty for a run that a person asked for. */
  dues: z.array(micros),
  /** How many planned times those are. */
  count: z.number().int(),
  started: micros,
  ended: micros.nullable(),
  attempts: z.number().int(),
  /** Who asked for it, or for leaving it out. */
  user: z.string(),
  /** Why it ended as it did, where that needs words. */
  reason: z.string().nullable(),
  /** What it did, in numbers and names. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  log: z.array(runLine),
})
export type JobRun = z.infer<typeof jobRun>

export const jobView = z.object({
  id: z.string(),
  revision: z.number().int(),
  ...jobDraft.shape,
  /** Next planned run that is not left out; null while it is off or nothing is planned. */
  next: micros.nullable(),
  /** A planned run that a person asked to leave out. */
  skip: z.object({ at: micros, user: z.string() }).nullable(),
  /** The run under way; `systemJob` cancels it. */
  running: z.object({ run: z.string(), systemJob: z.string(), started: micros }).nullable(),
  last: jobRun.omit({ log: true }).nullable(),
  /** Why it cannot run, as a kind that this Contango does not have. */
  fault: z.string().nullable(),
})
export type JobView = z.infer<typeof jobView>

const range = { from: z.number(), to: z.number(), usual: z.number() }
const parameter = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole'), ...range }),
  z.object({ kind: z.literal('number'), ...range, step: z.number() }),
  z.object({ kind: z.literal('choice'), choices: z.array(z.string()), usual: z.string() }),
  z.object({ kind: z.literal('text'), usual: z.string(), longest: z.number().int() }),
])

export const jobKind = z.object({
  kind: z.string(),
  params: z.array(z.object({ name: z.string(), spec: parameter })),
  /** What a new job of the kind begins with. */
  usual: jobDraft.omit({ name: true, kind: true, params: true, enabled: true }),
})
export type JobKindView = z.infer<typeof jobKind>

const jobList = z.object({
  jobs: z.array(jobView),
  kinds: z.array(jobKind),
  /** False where a command opened the workspace for itself: nothing runs by the clock then. */
  isRunning: z.boolean(),
})
export type JobList = z.infer<typeof jobList>

const read = { needs: 'schedule:read', changes: false } as const
const write = { needs: 'schedule:write', changes: true } as const
const tags = ['schedule']
const id = z.object({ job: z.string() })
const oneJob = z.object({ job: jobView })

export const scheduleContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/schedule/jobs', summary: 'Scheduled jobs with next and last run', tags })
    .output(jobList),
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/schedule/watch', summary: 'Scheduled jobs as a stream, again with every change', tags })
    .output(eventIterator(jobList)),
  save: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/schedule/jobs',
      summary: 'Make a job, or change one',
      description: 'Without an id a job is made. The revision is that of the job as it was read.',
      tags,
    })
    .errors(failures('SCHEDULE_INVALID', 'JOB_UNKNOWN', 'JOB_CHANGED'))
    .input(z.object({ id: z.string().nullable(), revision: z.number().int(), job: jobDraft }))
    .output(oneJob),
  enable: procedure
    .meta(write)
    .route({ method: 'POST', path: '/schedule/jobs/{job}/enable', summary: 'Turn a job on or off', tags })
    .errors(failures('JOB_UNKNOWN'))
    .input(id.extend({ enabled: z.boolean() }))
    .output(oneJob),
  remove: procedure
    .meta(write)
    .route({ method: 'POST', path: '/schedule/jobs/{job}/remove', summary: 'Remove a job; it can be brought back', tags })
    .errors(failures('JOB_UNKNOWN', 'JOB_BUSY'))
    .input(id)
    .output(z.object({})),
  restore: procedure
    .meta(write)
    .route({ method: 'POST', path: '/schedule/jobs/{job}/restore', summary: 'Bring a removed job back', tags })
    .errors(failures('JOB_UNKNOWN'))
    .input(id)
    .output(oneJob),
  run: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/schedule/jobs/{job}/run',
      summary: 'Run a job now',
      description: 'With skipNext the next planned run is left out, later ones stay.',
      tags,
    })
    .errors(failures('JOB_UNKNOWN', 'JOB_BUSY', 'SCHEDULER_OFF', 'SCHEDULE_INVALID'))
    .input(id.extend({ skipNext: z.boolean().default(false) }))
    .output(z.object({ run: z.string() })),
  skip: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/schedule/jobs/{job}/skip',
      summary: 'Leave the next planned run out, or not after all',
      tags,
    })
    .errors(failures('JOB_UNKNOWN'))
    .input(id.extend({ skip: z.boolean() }))
    .output(oneJob),
  cancel: procedure
    .meta(write)
    .route({ method: 'POST', path: '/schedule/jobs/{job}/cancel', summary: 'Cancel the run under way', tags })
    .errors(failures('JOB_UNKNOWN'))
    .input(id)
    .output(z.object({})),
  history: procedure
    .meta(read)
    .route({ method: 'GET', path: '/schedule/history', summary: 'Runs with their logs, newest first', tags })
    .input(
      z.object({
        job: z.string().optional(),
        /** Runs before the one with this id. */
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ runs: z.array(jobRun) })),
  preview: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/schedule/preview',
      summary: 'Next runs of a schedule through clock changes',
      tags,
    })
    .errors(failures('SCHEDULE_INVALID'))
    .input(z.object({ schedule, count: z.number().int().min(1).max(100).default(10) }))
    .output(z.object({ runs: z.array(z.object({ at: micros, mark: z.string().nullable() })) })),
}
