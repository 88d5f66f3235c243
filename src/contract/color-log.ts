import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

/** What of the color desk is configured and so can be taken back; jobs stand with the scheduler, and the log has them too. */
export const COLOR_MODULES = [
  'rules',
  'presets',
  'ranks',
  'limits',
  'classes',
  'columns',
  'mappings',
  'checks',
  'folders',
  'sources',
  'outputs',
  'mail',
  'searches',
  'boards',
  'jobs',
] as const
/** Modules that an administrator decides; the rest an editor may change, and take back. */
export const SETUP_MODULES: readonly ColorModule[] = ['ranks', 'limits', 'classes', 'columns', 'sources', 'outputs', 'mail']
export const colorModule = z.enum(COLOR_MODULES)
export type ColorModule = z.infer<typeof colorModule>

/** One line of the log: something that was configured, or work that was done (runs, sessions, uploads), which has no revert. */
const logEntry = z.object({
  /** Number of the entry in the journal. */
  entry: z.number().int(),
  at: micros,
  user: z.string(),
  module: z.enum([...COLOR_MODULES, 'runs', 'sessions', 'uploads']),
  action: z.enum(['created', 'changed', 'removed', 'restored', 'reverted', 'done']),
  subject: z.string(),
  name: z.string(),
  /** What changed, field by field, in written form; null where there was or is nothing. */
  changes: z.array(z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })).max(200),
  canRevert: z.boolean(),
  /** The entry that took this one back. */
  revertedBy: z.number().int().nullable(),
  /** The entry that this one takes back. */
  reverts: z.number().int().nullable(),
})
export type ColorLogEntry = z.infer<typeof logEntry>

/** The three states that a revert is between, as text that can be compared line by line. */
const threeWay = z.object({
  entry: logEntry,
  before: z.string().nullable(),
  after: z.string().nullable(),
  now: z.string().nullable(),
  /** True where it changed again since, so that a revert takes later work back too. */
  conflict: z.boolean(),
})
export type ThreeWay = z.infer<typeof threeWay>

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
const tags = ['color']

export const colorLogContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/log', summary: 'Changes of the color desk, newest first', tags })
    .input(
      z.object({
        module: z.enum([...COLOR_MODULES, 'runs', 'sessions', 'uploads']).optional(),
        subject: z.string().optional(),
        text: z.string().max(200).optional().describe('Part of the name of what was changed, or of who did it'),
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ entries: z.array(logEntry) })),
  /** The last changes of each module. */
  recent: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/log/recent', summary: 'The last changes of each module', tags })
    .input(z.object({ each: z.coerce.number().int().min(1).max(20).default(4) }))
    .output(z.object({ modules: z.array(z.object({ module: z.string(), entries: z.array(logEntry) })) })),
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/log/watch', summary: 'Number of the newest change, again with every change', tags })
    .output(eventIterator(z.object({ entry: z.number().int() }))),
  look: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/log/{entry}', summary: 'A change with the states before, after and now', tags })
    .errors(failures('REVERT_IMPOSSIBLE'))
    .input(z.object({ entry: z.coerce.number().int() }))
    .output(threeWay),
  revert: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/log/{entry}/revert',
      summary: 'Take a change back, as a new change',
      description: 'Refused with REVERT_CONFLICT where it changed again since, unless anyway is true.',
      tags,
    })
    .errors(
      failures(
        ...(['REVERT_IMPOSSIBLE', 'REVERT_CONFLICT', 'CONFIG_NAME_TAKEN', 'CONFIG_INVALID', 'FORBIDDEN'] as const),
        ...(['JOB_BUSY', 'SCHEDULE_INVALID'] as const),
      ),
    )
    .input(z.object({ entry: z.number().int(), anyway: z.boolean().default(false) }))
    .output(z.object({ entry: z.number().int() })),
}
