import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { fileChunk, micros } from './wire.ts'

export const jobState = z.object({
  id: z.string(),
  kind: z.string(),
  /** What it works on: a file, a series, a table. */
  subject: z.string(),
  phase: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  /** 0 to 1, or null while its length is not known. */
  progress: z.number().nullable(),
  detail: z.string().nullable(),
  started: micros,
  ended: micros.nullable(),
  canCancel: z.boolean(),
})
export type JobState = z.infer<typeof jobState>

const histogram = z.object({
  step: z.string(),
  count: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
  /** Upper bounds in seconds with their counts. */ buckets: z.array(z.tuple([z.number(), z.number()])),
})

export const status = z.object({
  at: micros,
  uptimeSeconds: z.number(),
  demo: z.boolean(),
  /** Latency from the frame's arrival, split by step; seconds. */
  latency: z.array(histogram),
  eventLoop: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  queues: z.array(z.object({ name: z.string(), length: z.number(), limit: z.number().nullable(), dropped: z.number() })),
  rates: z.array(z.object({ name: z.string(), perSecond: z.number(), total: z.number() })),
  memory: z.array(z.object({ process: z.string(), bytes: z.number() })),
  disk: z.object({ folder: z.string(), free: z.number(), journal: z.number(), market: z.number(), segments: z.number() }),
  /** How long quotes and trades stay in the market store, and what was taken out of it since the start. */
  retention: z.object({ keepDays: z.number(), demoHours: z.number(), pruned: z.number().int(), prunedAt: micros.nullable() }),
  journal: z.object({ head: z.number().int(), hash: z.string(), verified: z.boolean() }),
  data: z.object({
    phase: z.enum(['starting', 'up', 'restarting', 'failed', 'rebuilding']),
    pid: z.number().nullable(),
    restarts: z.number().int(),
    reason: z.string().nullable(),
    unwrittenRows: z.number(),
    lossWindowSeconds: z.number(),
  }),
  workers: z.object({ threads: z.number().int(), busy: z.number().int(), waiting: z.number().int(), replaced: z.number().int() }),
  notices: z.array(z.object({ level: z.enum(['info', 'warning', 'error']), key: z.string(), text: z.string() })),
})
export type Status = z.infer<typeof status>

export const logEntry = z.object({
  seq: z.number().int(),
  at: micros,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  event: z.string(),
  fields: z.record(z.string(), z.unknown()),
})
export type LogEntry = z.infer<typeof logEntry>

export const journalEntry = z.object({
  seq: z.number().int(),
  at: micros,
  kind: z.string(),
  subject: z.string(),
  user: z.string(),
  hash: z.string(),
  summary: z.string(),
})

export const check = z.object({
  name: z.string(),
  state: z.enum(['good', 'attention', 'bad']),
  finding: z.string(),
  remedy: z.string().nullable(),
})

/** What the start found after a run that was not closed, or after a restore. */
export const recovery = z.object({
  why: z.enum(['not-closed', 'restored']),
  /** When the run before was last known to be alive. */
  endedAt: micros.nullable(),
  backup: z.object({ file: z.string(), madeAt: micros }).nullable(),
  kept: z.array(z.object({ what: z.enum(['journal', 'workspaces', 'watchlists', 'series']), count: z.number().int() })),
  /** Long work that the end cut off. */
  interrupted: z.array(z.string()),
  /** Quotes and trades may be missing from so many seconds before the end. */
  lossWindowSeconds: z.number(),
})
export type Recovery = z.infer<typeof recovery>

const read = { needs: 'system:read', changes: false } as const
const write = { needs: 'system:write', changes: true } as const

export const systemContract = {
  hello: procedure
    .meta(read)
    .route({ method: 'GET', path: '/system/hello', summary: 'What this host is', tags: ['system'] })
    .output(
      z.object({
        product: z.literal('Contango'),
        version: z.string(),
        demo: z.boolean(),
        workspace: z.string(),
        runtime: z.string(),
        shell: z.enum(['electron', 'browser', 'cli']),
        user: z.string(),
        mayWrite: z.array(z.string()),
        startedAt: micros,
      }),
    ),
  status: procedure
    .meta(read)
    .route({ method: 'GET', path: '/system/status', summary: 'Health of the host, once', tags: ['system'] })
    .output(status),
  watchStatus: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/system/status/watch',
      summary: 'Health of the host as a stream, once a second',
      tags: ['system'],
    })
    .output(eventIterator(status)),
  log: procedure
    .meta(read)
    .route({ method: 'GET', path: '/system/log', summary: 'Log entries as a stream, the recent ones first', tags: ['system'] })
    .input(z.object({ backfill: z.coerce.number().int().min(0).max(5000).default(500) }))
    .output(eventIterator(z.object({ entries: z.array(logEntry) }))),
  jobs: procedure
    .meta(read)
    .route({ method: 'GET', path: '/system/jobs', summary: 'Long work with its progress, as a stream', tags: ['system'] })
    .output(eventIterator(z.object({ jobs: z.array(jobState) }))),
  cancelJob: procedure
    .meta(write)
    .route({ method: 'POST', path: '/system/jobs/{job}/cancel', summary: 'Cancel a job', tags: ['system'] })
    .errors(failures('JOB_UNKNOWN'))
    .input(z.object({ job: z.string() }))
    .output(z.object({})),
  journal: procedure
    .meta(read)
    .route({ method: 'GET', path: '/system/journal', summary: 'Journal entries, newest first', tags: ['system'] })
    .input(z.object({ before: z.coerce.number().int().optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) }))
    .output(z.object({ entries: z.array(journalEntry), head: z.number().int() })),
  doctor: procedure
    .meta(read)
    .route({ method: 'GET', path: '/system/doctor', summary: 'Checks of the installation and the stores', tags: ['system'] })
    .output(z.object({ checks: z.array(check) })),
  recovery: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/system/recovery',
      summary: 'What this start brought back after a run that was not closed, or after a restore',
      description: 'Null where there is nothing to tell, and once somebody has read it.',
      tags: ['system'],
    })
    .output(z.object({ recovery: recovery.nullable() })),
  recoveryRead: procedure
    .meta(read)
    .route({ method: 'POST', path: '/system/recovery/read', summary: 'The report of this start was read', tags: ['system'] })
    .output(z.object({})),
  diagnostics: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/system/diagnostics',
      summary: 'What a report of a fault needs, as a tar in chunks',
      description:
        'Versions, checks, status, settings, the ends of the logs and the kinds of journal entries. No market data, no content of the journal, no secret.',
      tags: ['system'],
    })
    .output(eventIterator(fileChunk)),
  /** Rebuilds the market store from the journal and the segments; a job. */
  rebuild: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/system/rebuild',
      summary: 'Rebuild the market store from journal and segments',
      description: 'Starts a job: the market store is emptied and filled again from the journal and the Parquet segments.',
      tags: ['system'],
    })
    .output(z.object({ job: z.string() })),
  /** The page tells how long frames took from the host to the pixels, so that Status can show the whole way. */
  drawn: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/system/drawn',
      summary: 'Latency that the page measured',
      description: 'For the page of the workstation: seconds from the host to the pixels.',
      tags: ['system'],
    })
    .input(z.object({ samples: z.array(z.number().nonnegative()).max(2000) }))
    .output(z.object({})),
}
