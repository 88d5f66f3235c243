import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { ENCODINGS } from '../core/imports/encoding.ts'
import { COLUMN_ROLES } from '../core/imports/mapping.ts'
import { DATE_ORDERS } from '../core/imports/times.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { fileChunk, micros, timeframe } from './wire.ts'

/** What a column of a file means to a series. */
export const columnRole = z.enum(COLUMN_ROLES)
export type ColumnRole = z.infer<typeof columnRole>

/** How the file is to be read; preview proposes one, the person corrects it. */
export const mapping = z.object({
  format: z.enum(['csv', 'parquet', 'json']),
  encoding: z.enum(ENCODINGS),
  delimiter: z.string().max(1),
  decimal: z.enum(['.', ',']),
  headerRows: z.number().int().min(0).max(50),
  columns: z.array(z.object({ name: z.string(), role: columnRole })),
  /** Order of day and month where dates are ambiguous. */
  dateOrder: z.enum(DATE_ORDERS),
  timeZone: z.string(),
  unit: z.string().max(40),
  kind: z.enum(['bars', 'values', 'ticks']),
  timeframe: timeframe.nullable(),
})
export type Mapping = z.infer<typeof mapping>

/** One row that was refused or kept with a flag. `line` counts from 1 in the file, or rows of a Parquet file. */
export const rowProblem = z.object({
  line: z.number().int(),
  column: z.string().nullable(),
  rule: z.string(),
  reason: z.string(),
  text: z.string(),
})

export const importReport = z.object({
  series: z.string(),
  read: z.number().int(),
  accepted: z.number().int(),
  flagged: z.number().int(),
  refused: z.number().int(),
  /** The first 1,000 problems; `refused` and `flagged` count them all, and `problemsFile` names the whole list where it is longer. */
  problems: z.array(rowProblem),
  problemsFile: z.string().nullable(),
  byRule: z.record(z.string(), z.number().int()),
  from: micros.nullable(),
  to: micros.nullable(),
  sha256: z.string(),
  seconds: z.number(),
  dryRun: z.boolean(),
})
export type ImportReport = z.infer<typeof importReport>

export const preview = z.object({
  upload: z.string(),
  file: z.string(),
  bytes: z.number(),
  mapping,
  /** How sure each guess is, 0 to 1, by column name. */
  confidence: z.record(z.string(), z.number()),
  rows: z.array(z.array(z.string())),
  notes: z.array(z.string()),
  suggestedName: z.string(),
  /** A series read from the very same bytes, if there is one. */
  sameAs: z.string().nullable(),
})
export type ImportPreview = z.infer<typeof preview>

const write = { needs: 'imports:write', changes: true } as const
const look = { needs: 'imports:read', changes: false } as const

export const importsContract = {
  /** A file on the host's own disk: the command line, and the desktop's file dialog. */
  open: procedure
    .meta(look)
    .route({
      method: 'POST',
      path: '/imports/open',
      summary: 'Preview a file on this machine',
      description:
        'Reads a sample of a file by its path and guesses how it is to be read. Nothing is stored. Correct the mapping, then give it to imports.start with the upload that stands in the answer.',
      tags: ['imports'],
    })
    .errors(failures('FILE_UNREADABLE', 'FILE_EMPTY'))
    .input(z.object({ path: z.string().min(1).max(4096), mapping: mapping.partial().optional() }))
    .output(preview),
  begin: procedure
    .meta(look)
    .route({
      method: 'POST',
      path: '/imports/uploads',
      summary: 'Start to send a file in pieces',
      description: 'For a file that is not on this machine: then imports.piece until all bytes are there, then imports.preview.',
      tags: ['imports'],
    })
    .errors(failures('DISK_FULL'))
    .input(z.object({ file: z.string().min(1).max(255), bytes: z.number().int().nonnegative() }))
    .output(z.object({ upload: z.string() })),
  /** Pieces arrive in order; `offset` says where this one starts, so that a repeated piece does no harm. */
  piece: procedure
    .meta(look)
    .route({
      method: 'POST',
      path: '/imports/uploads/{upload}',
      summary: 'One piece of a file',
      description: 'Pieces come in order; offset says where this one begins, so that a piece that is sent twice does no harm.',
      tags: ['imports'],
    })
    .errors(failures('UPLOAD_UNKNOWN', 'DISK_FULL'))
    .input(z.object({ upload: z.string(), offset: z.number().int().nonnegative(), base64: z.string().max(12_000_000) }))
    .output(z.object({ received: z.number() })),
  preview: procedure
    .meta(look)
    .route({
      method: 'POST',
      path: '/imports/uploads/{upload}/preview',
      summary: 'Guess how a file is to be read',
      tags: ['imports'],
    })
    .errors(failures('UPLOAD_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY'))
    .input(z.object({ upload: z.string(), mapping: mapping.partial().optional() }))
    .output(preview),
  /** Starts a job; its progress is in system.jobs, its end in imports.report. A dry run stores nothing. */
  start: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/imports',
      summary: 'Import a previewed file, or try it without storing',
      description:
        'Starts a job and answers at once. system.jobs tells its progress, imports.report waits for its end. With dryRun nothing is stored. SERIES_EXISTS is answered unless replace is true.',
      tags: ['imports'],
    })
    .errors(failures('UPLOAD_UNKNOWN', 'MAPPING_INVALID', 'SERIES_EXISTS', 'DISK_FULL'))
    .input(
      z.object({
        upload: z.string(),
        series: z
          .string()
          .min(1)
          .max(100)
          .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:=^/-]*$/u),
        mapping,
        dryRun: z.boolean().default(false),
        replace: z.boolean().default(false),
      }),
    )
    .output(z.object({ job: z.string() })),
  /** Waits for the job to end, so that a caller need not poll. */
  report: procedure
    .meta(look)
    .route({
      method: 'GET',
      path: '/imports/{job}/report',
      summary: 'What an import took and refused',
      description: 'Waits until the import has ended.',
      tags: ['imports'],
    })
    .errors(failures('JOB_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY', 'DISK_FULL', 'STORE_UNAVAILABLE', 'QUERY_CANCELLED'))
    .input(z.object({ job: z.string() }))
    .output(importReport),
  /** All of them, where the report has only the first 1,000. */
  problems: procedure
    .meta(look)
    .route({
      method: 'GET',
      path: '/imports/{job}/problems',
      summary: 'Every row that an import refused or flagged, as CSV in chunks',
      tags: ['imports'],
    })
    .errors(failures('JOB_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY', 'DISK_FULL', 'STORE_UNAVAILABLE', 'QUERY_CANCELLED'))
    .input(z.object({ job: z.string() }))
    .output(eventIterator(fileChunk)),
}
