import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { DIFF_PARTS } from '../core/color/run-diff.ts'
import { columnName, condition, decimalText, isoDate, placedColor, pxDirection } from './color.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { runLine } from './schedule.ts'
import { fileChunk, micros } from './wire.ts'

const count = z.number().int()
const jobName = z.object({ id: z.string(), name: z.string() })

const ruleUse = z.object({
  id: z.string(),
  name: z.string(),
  /** Entry of the configuration that made the rule what it was. */
  revision: count,
  hits: count,
  credited: count,
})

/** A run whose output was published. */
export const colorRun = z.object({
  id: z.string(),
  /** Counted up from 1. */
  number: count,
  kind: z.enum(['automated', 'manual']),
  at: micros,
  /** Day of the desk on which it was published. */
  day: isoDate,
  seconds: z.number(),
  user: z.string(),
  direction: pxDirection,
  received: count,
  quarantined: count,
  repeats: count,
  excluded: count,
  rows: count,
  parents: count,
  children: count,
  cusips: count,
  rules: z.array(ruleUse),
  ignoredRules: z.boolean(),
  uploads: z.array(z.string()),
  session: z.string().nullable(),
  job: jobName.nullable(),
  replaceToday: z.boolean(),
  isDemo: z.boolean(),
  sha256: z.string(),
  deleted: z.object({ at: micros, user: z.string(), replacedBy: z.string().nullable() }).nullable(),
  targets: z.array(z.string()),
})
export type ColorRunWire = z.infer<typeof colorRun>

export const RUN_TRIGGERS = ['schedule', 'catch-up', 'person'] as const
const ATTEMPT_ENDS = ['published', 'nothing', 'failed', 'cancelled', 'interrupted'] as const

/** A try to make a run: written down before anything is done, and how it ended after. */
const runAttempt = z.object({
  id: z.string(),
  at: micros,
  user: z.string(),
  job: jobName.nullable(),
  trigger: z.enum(RUN_TRIGGERS),
  ignoredRules: z.boolean(),
  replaceToday: z.boolean(),
  /** The next planned run of the job was left out for this one. */
  skippedNext: z.boolean(),
  ended: z.object({ at: micros, outcome: z.enum(ATTEMPT_ENDS), reason: z.string().nullable(), log: z.array(runLine) }).nullable(),
})
export type RunAttempt = z.infer<typeof runAttempt>

/** One line of the history: what was tried, what was published, or both. */
const runEntry = z.object({
  id: z.string(),
  at: micros,
  user: z.string(),
  status: z.enum(['running', ...ATTEMPT_ENDS]),
  trigger: z.enum(RUN_TRIGGERS),
  job: jobName.nullable(),
  ignoredRules: z.boolean(),
  replaceToday: z.boolean(),
  skippedNext: z.boolean(),
  /** Why it ended as it did, where that needs words. */
  reason: z.string().nullable(),
  run: colorRun.nullable(),
})
export type RunEntry = z.infer<typeof runEntry>

const runSort = z.object({ field: columnName, order: z.enum(['rising', 'falling']) })

const rowsQuery = z.object({
  run: z.string(),
  /** Found in any cell, without regard to case. A group stays whole where one of its rows is met. */
  text: z.string().max(200).default(''),
  when: condition.optional(),
  /** By parents: children keep the order of their group. */
  sort: runSort.nullable().default(null),
  /** Parents whose children are wanted too, by row id. */
  opened: z.union([z.literal('all'), z.array(z.string()).max(20_000)]).default([]),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(5000).default(500),
})
export type RunRowsQuery = z.infer<typeof rowsQuery>

const parentSide = z.object({
  source: z.string(),
  bias: z.string(),
  px: decimalText.nullable(),
  day: z.string(),
  children: count,
})
/** A tranche that two runs show differently; a side is null where a run has no row of it. */
const runChange = z.object({
  cusip: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  /** What of the parent is another. */
  parts: z.array(z.enum(DIFF_PARTS)),
  ticker: z.string(),
  sector: z.string(),
  before: parentSide.nullable(),
  after: parentSide.nullable(),
  /** Price of the parent now less that before. */
  move: decimalText.nullable(),
})
const runDiff = z.object({
  run: colorRun,
  /** Null where there is none before it. */
  other: colorRun.nullable(),
  /** Tranches of one run only, and those whose parent is another than it was. */
  added: count,
  removed: count,
  changed: count,
  /** Of those changed: the parent has another price. */
  otherPrice: count,
  /** The widest moves first; at most 500. */
  changes: z.array(runChange),
})
export type RunDiff = z.infer<typeof runDiff>

const demoState = z.enum(['none', 'making', 'there']).describe('Whether invented colors are shown, or are being made')

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
/** It stands in the journal by its own entry, so that an audit entry beside it would say less. */
const kept = { needs: 'color:write', changes: false } as const
const tags = ['color']
const one = z.object({ run: z.string() })

export const colorRunsContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/runs', summary: 'Runs of the color desk, newest first', tags })
    .input(
      z.object({
        /** Runs that began before this instant. */
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ runs: z.array(runEntry), total: count, demo: demoState, zone: z.string() })),
  get: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/runs/{run}', summary: 'A run with its log', tags })
    .errors(failures('RUN_UNKNOWN'))
    .input(one)
    .output(z.object({ run: runEntry, log: z.array(runLine), previous: z.string().nullable() })),
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/runs/watch', summary: 'A number that grows with every change of a run', tags })
    .output(eventIterator(z.object({ change: count, demo: demoState }))),
  start: procedure
    .meta(kept)
    .route({
      method: 'POST',
      path: '/color/runs',
      summary: 'Run the color desk now',
      description:
        'Of a job, or of everything that waits. Three choices that have nothing to do with each other: leaving the next planned run out, running without exclusion rules, and putting the output of today aside.',
      tags,
    })
    .errors(failures('RUN_NOTHING', 'JOB_UNKNOWN', 'JOB_BUSY', 'SCHEDULER_OFF', 'SCHEDULE_INVALID'))
    .input(
      z.object({
        job: z.string().nullable(),
        skipNext: z.boolean().default(false),
        ignoreRules: z.boolean().default(false),
        replaceToday: z.boolean().default(false),
        direction: pxDirection.default('highest').describe('For a run without a job; a job has its own'),
      }),
    )
    .output(z.object({ run: z.string() })),
  rows: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/runs/{run}/rows', summary: 'Output of a run, a window at a time', tags })
    .errors(failures('RUN_UNKNOWN', 'CONFIG_INVALID'))
    .input(rowsQuery)
    .output(z.object({ total: count, parents: count, rows: z.array(placedColor) })),
  diff: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/runs/{run}/diff', summary: 'What changed from one run to another', tags })
    .errors(failures('RUN_UNKNOWN'))
    .input(one.extend({ other: z.string().optional().describe('Without it the run before of the same job') }))
    .output(runDiff),
  deleteOutput: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/runs/{run}/delete', summary: 'Put the output of a run aside', tags })
    .errors(failures('RUN_UNKNOWN'))
    .input(one)
    .output(z.object({ run: colorRun })),
  restoreOutput: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/runs/{run}/restore', summary: 'Bring the output of a run back', tags })
    .errors(failures('RUN_UNKNOWN'))
    .input(one)
    .output(z.object({ run: colorRun })),
  export: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/runs/{run}/export', summary: 'The output of a run as a file', tags })
    .errors(failures('RUN_UNKNOWN'))
    .input(one.extend({ format: z.enum(['xlsx', 'csv', 'parquet']) }))
    .output(eventIterator(fileChunk)),
  demoFile: procedure
    .meta(kept)
    .route({
      method: 'POST',
      path: '/color/runs/demo-file',
      summary: 'A file of invented quotes with faults to find, as one that was sent in',
      tags,
    })
    .errors(failures('DISK_FULL'))
    .output(z.object({ upload: z.string(), file: z.string() })),
}
