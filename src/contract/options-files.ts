import * as z from 'zod'
import { ENCODINGS } from '../core/imports/encoding.ts'
import { DATE_ORDERS } from '../core/imports/times.ts'
import { EXERCISES } from '../core/options/chain.ts'
import { SETTLEMENTS } from '../core/options/expiry-time.ts'
import { CHAIN_TROUBLES } from '../core/options/read-chain/mapping.ts'
import { CHAIN_ROLES } from '../core/options/read-chain/roles.ts'
import { CHAIN_NOTES } from '../core/options/read-chain/rules.ts'
import { failures } from './errors.ts'
import { underlyingKey, underlyingState } from './options.ts'
import { procedure } from './procedure.ts'
import { maybe, micros } from './wire.ts'

/** How a file of option quotes is read: preview proposes it, the person corrects it. */
export const chainMapping = z.object({
  encoding: z.enum(ENCODINGS),
  delimiter: z.string().length(1),
  decimal: z.enum(['.', ',']),
  headerRows: z.number().int().min(0).max(50),
  columns: z.array(z.object({ name: z.string(), role: z.enum(CHAIN_ROLES) })).max(500),
  dateOrder: z.enum(DATE_ORDERS),
  timeZone: z.string().max(60),
  underlying: z.string().max(20).describe('Symbol of the chain wanted; rows of others are left out. Empty takes them all'),
  exercise: z.enum(EXERCISES),
  settlement: z.enum(SETTLEMENTS),
  isOnFuture: z.boolean(),
  multiplier: z.number().positive().max(1e6),
  strikeScale: z
    .number()
    .positive()
    .max(1000)
    .describe('What a written strike is multiplied with: 0.001 where it is in thousandths'),
  times: z.enum(['moments', 'rows']).describe('moments: rows of one time are one chain. rows: each row has its own time'),
  moment: micros.nullable().describe('The moment wanted; null is the newest'),
})
export type ChainMapping = z.infer<typeof chainMapping>

/** A row that was refused, or kept without one of its cells. `line` counts from 1 in the file. */
export const chainFileProblem = z.object({
  line: z.number().int(),
  column: z.string().nullable(),
  rule: z.string(),
  outcome: z.enum(['refused', 'flagged']),
  text: z.string(),
})
export type ChainFileProblem = z.infer<typeof chainFileProblem>

/** What became of the rows of a file. */
const chainFileCounts = {
  read: z.number().int(),
  accepted: z.number().int(),
  refused: z.number().int(),
  flagged: z.number().int(),
  byRule: z.record(z.string(), z.number().int()),
  /** The first thousand. */
  problems: z.array(chainFileProblem).max(1000),
}

export const chainFilePreview = z.object({
  upload: z.string(),
  file: z.string(),
  bytes: z.number(),
  mapping: chainMapping,
  /** How sure each column is, 0 to 1, by its place. */
  confidence: z.array(z.number()),
  /** First records of data, as text. */
  rows: z.array(z.array(z.string())),
  notes: z.array(z.enum(CHAIN_NOTES)),
  /** Why no chain can be made with this mapping; null where it can. */
  trouble: z.enum(CHAIN_TROUBLES).nullable(),
  suggestedName: z.string(),
  /** A chain that was read from the very same bytes, if there is one. */
  sameAs: underlyingKey.nullable(),
  ...chainFileCounts,
  moments: z.array(z.object({ value: micros, rows: z.number().int() })),
  underlyings: z.array(z.object({ value: z.string(), rows: z.number().int() })),
  expiries: z.number().int(),
  asOf: micros.nullable(),
  spot: z.object({ bid: maybe, ask: maybe }),
})
export type ChainFilePreview = z.infer<typeof chainFilePreview>

export const chainFileReport = z.object({
  underlying: underlyingKey,
  name: z.string(),
  file: z.string(),
  sha256: z.string(),
  asOf: micros,
  expiries: z.number().int(),
  seconds: z.number(),
  ...chainFileCounts,
})
export type ChainFileReport = z.infer<typeof chainFileReport>

const read = { needs: 'options:read', changes: false } as const
const write = { needs: 'options:write', changes: true } as const
const tags = ['options']

/** `file:NAME` must fit into the key of a chain. */
const name = z
  .string()
  .min(1)
  .max(35)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:=^-]*$/u)
  .describe('Name of the chain, which becomes file:NAME')

export const filesContract = {
  preview: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/options/files/{upload}/preview',
      summary: 'What a file of option quotes holds, and how it would be read',
      description:
        'For an upload of imports.begin or imports.open. Nothing is stored. Answers null where nothing in the file says that it is a chain, unless isMeant is true.',
      tags,
    })
    .errors(failures('UPLOAD_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY'))
    .input(z.object({ upload: z.string(), mapping: chainMapping.partial().optional(), isMeant: z.boolean().default(false) }))
    .output(z.object({ chain: chainFilePreview.nullable() })),
  /** Starts a job; its progress is in system.jobs, its end in report. */
  start: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/options/files',
      summary: 'Make a chain of a file that was previewed',
      description: 'Starts a job and answers at once. SERIES_EXISTS is answered unless replace is true.',
      tags,
    })
    .errors(failures('UPLOAD_UNKNOWN', 'FILE_UNREADABLE', 'MAPPING_INVALID', 'SERIES_EXISTS'))
    .input(z.object({ upload: z.string(), name, mapping: chainMapping, replace: z.boolean().default(false) }))
    .output(z.object({ job: z.string() })),
  report: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/files/{job}/report',
      summary: 'What the import of a chain took and refused',
      description: 'Waits until the import has ended.',
      tags,
    })
    .errors(
      failures(
        'JOB_UNKNOWN',
        'FILE_UNREADABLE',
        'FILE_EMPTY',
        'MAPPING_INVALID',
        'SERIES_EXISTS',
        'DISK_FULL',
        'STORE_UNAVAILABLE',
        'QUERY_CANCELLED',
      ),
    )
    .input(z.object({ job: z.string() }))
    .output(chainFileReport),
  remove: procedure
    .meta(write)
    .route({ method: 'DELETE', path: '/options/files/{underlying}', summary: 'Take a chain of a file off the list', tags })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey }))
    .output(z.object({})),
  restore: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/options/files/{underlying}/restore',
      summary: 'Bring back a chain of a file that was removed',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN', 'SERIES_EXISTS'))
    .input(z.object({ underlying: underlyingKey }))
    .output(z.object({ underlying: underlyingState })),
}
