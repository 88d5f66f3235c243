import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { colorCells, colorProblem, columnName, condition } from './color.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { fileChunk, micros } from './wire.ts'

const id = z.string().min(1).max(80)
const count = z.number().int()

/** A column of a file and what it is taken for, and who says so. */
const columnChoice = z.object({
  name: z.string(),
  column: columnName.nullable(),
  /** Its own name, another name of it, an earlier correction of the same layout, this person, a column of outputs, nobody. */
  by: z.enum(['own', 'alias', 'learned', 'chosen', 'run', 'none']),
})
export type ColumnChoiceWire = z.infer<typeof columnChoice>

const quality = z.object({
  rows: count,
  /** 0 to 100; null where there are no rows to judge. */
  score: z.number().nullable(),
  parts: z.array(z.object({ kind: z.string(), rows: count, lost: z.number() })),
})
export type QualityWire = z.infer<typeof quality>

const fileTrouble = z.object({
  kind: z.enum(['empty', 'no-header', 'column-missing', 'column-twice']),
  /** Columns that are missing, or the one that is there twice. */
  columns: z.array(z.string()),
  /** What the file calls them. */
  headers: z.array(z.string()),
})

const counts = z.object({ read: count, accepted: count, quarantined: count, repeats: count, marked: count })

/** Rows that came in together, and what became of them. */
const upload = z.object({
  id,
  name: z.string(),
  from: z.enum(['file', 'paste', 'folder', 'sql']),
  at: micros,
  user: z.string(),
  status: z.enum(['pending', 'published', 'failed', 'removed']),
  counts,
  score: z.number().nullable(),
  /** Rows of it that still wait for a decision. */
  open: count,
  /** The run that published it. */
  run: z.string().nullable(),
  runNumber: count.nullable(),
  /** Why it failed, or why it was removed. */
  message: z.string().nullable(),
  /** The upload whose quarantine these rows were released from; null for others and for releases out of several. */
  releasedFrom: z.string().nullable(),
})
export type UploadWire = z.infer<typeof upload>

const previewRow = z.object({
  row: count,
  /** As the file has them, in its order. */
  cells: z.array(z.string()),
  outcome: z.enum(['accepted', 'quarantine', 'repeat']),
})

const learnedMapping = z.object({
  id,
  /** The file that it was learned from, and by whose hand. */
  name: z.string(),
  user: z.string(),
  revision: count,
  columns: z.array(z.object({ name: z.string(), column: columnName.nullable() })),
})
export type LearnedMapping = z.infer<typeof learnedMapping>

const preview = z.object({
  upload: id,
  file: z.string(),
  bytes: z.number(),
  sheets: z.array(z.object({ name: z.string(), rows: count.nullable(), isHidden: z.boolean() })),
  sheet: z.string().nullable(),
  headerRow: count.nullable(),
  columns: z.array(columnChoice),
  /** Columns that rows may have; the required ones first. */
  learned: learnedMapping.nullable(),
  trouble: fileTrouble.nullable(),
  counts,
  decimals: z.enum(['point', 'comma', 'unknown', 'mixed']),
  /** What each column of dates shows about day and month. */
  dates: z.record(z.string(), z.enum(['dmy', 'mdy', 'unknown', 'mixed'])),
  /** Some dates can be read in two ways until somebody says which. */
  asksDayOrder: z.boolean(),
  /** The first 1,000; `byKind` counts them all. */
  problems: z.array(colorProblem),
  byKind: z.array(z.object({ kind: z.string(), outcome: z.enum(['quarantine', 'mark']), count })),
  quality,
  bySource: z.array(z.object({ source: z.string(), quality })),
  /** The first rows, and those of the problems that are listed, in the order of the file. */
  rows: z.array(previewRow),
  /** The same bytes came before. */
  sameAs: z.array(upload),
  /** What is worth knowing of a workbook though nothing is wrong with its rows, as hidden-sheets. */
  notes: z.array(z.object({ kind: z.string(), count, text: z.string() })),
  seconds: z.number(),
})
export type IntakePreview = z.infer<typeof preview>

/** How a file is to be read. */
const reading = z.object({
  upload: id,
  sheet: z.string().max(255).optional(),
  /** The meaning of columns by their names, where it is another than proposed; null for one that means nothing. */
  mapping: z.record(z.string().max(255), columnName.nullable()).optional(),
  dayOrder: z.enum(['dmy', 'mdy']).optional(),
})
export type IntakeReading = z.infer<typeof reading>

const quarantined = z.object({
  upload: id,
  uploadName: z.string(),
  row: count,
  at: micros,
  /** What stands there, by column, and how it was corrected. */
  cells: colorCells,
  problems: z.array(colorProblem),
  state: z.enum(['open', 'discarded', 'released']),
  /** Who decided, when, and the reason of a discard. */
  decided: z.object({ user: z.string(), at: micros, reason: z.string() }).nullable(),
})
export type QuarantinedRow = z.infer<typeof quarantined>
const quarantinedRow = z.object({ upload: id, row: count })
const correctedRow = quarantinedRow.extend({ cells: colorCells })

const folder = z.object({
  id,
  name: z.string().trim().min(1).max(120),
  revision: count,
  path: z.string().trim().min(1).max(4096),
  /** Names of files with * and ?, several parted by a semicolon. */
  pattern: z.string().trim().min(1).max(200),
  enabled: z.boolean(),
  after: z.enum(['keep', 'move']),
})
export type WatchFolder = z.infer<typeof folder>
const folderState = z.object({
  ...folder.shape,
  /** What is the matter with the folder; null while all is well. */
  trouble: z.object({ kind: z.enum(['gone', 'unreadable']), detail: z.string() }).nullable(),
  looked: micros.nullable(),
  taken: count,
  /** Files that are not taken yet. */
  waiting: z.array(z.object({ file: z.string(), kind: z.enum(['growing', 'locked', 'unreadable']), detail: z.string() })),
})
export type WatchFolderState = z.infer<typeof folderState>

const check = z.object({
  id,
  name: z.string().trim().min(1).max(120),
  revision: count,
  active: z.boolean(),
  when: condition,
  outcome: z.enum(['quarantine', 'mark']),
  message: z.string().trim().max(300),
})
export type IntakeCheckWire = z.infer<typeof check>

const state = z.object({
  /** Newest first. */
  uploads: z.array(upload),
  /** Rows that wait for a decision. */
  quarantine: count,
  folders: z.array(folderState),
  checks: z.array(check),
  learned: z.array(learnedMapping),
})
export type IntakeState = z.infer<typeof state>

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
const tags = ['color']
const fileFailures = ['UPLOAD_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY', 'QUERY_CANCELLED'] as const
const uploads = z.object({ uploads: z.array(id).min(1).max(1000) })

export const colorIntakeContract = {
  state: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/intake', summary: 'Uploads of colors, watched folders, checks and mappings', tags })
    .output(state),
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/intake/watch', summary: 'The same, again with every change', tags })
    .output(eventIterator(state)),
  paste: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/paste', summary: 'Rows copied from a spreadsheet, as an upload', tags })
    .errors(failures('COLOR_PASTE_EMPTY'))
    .input(z.object({ text: z.string().max(30_000_000), name: z.string().trim().max(120).default('') }))
    .output(z.object({ upload: id })),
  preview: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/color/intake/preview',
      summary: 'Read a file of colors without keeping anything',
      description: 'The upload is one of imports.begin, imports.open or color.intake.paste.',
      tags,
    })
    .errors(failures(...fileFailures))
    .input(reading)
    .output(preview),
  /** All of them, where the preview has only the first 1,000. */
  problems: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/intake/problems', summary: 'Every problem of a file, as CSV', tags })
    .errors(failures(...fileFailures))
    .input(reading)
    .output(eventIterator(fileChunk)),
  submit: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/intake/submit',
      summary: 'Put the rows of a file into the buffer',
      description: 'Starts a job and answers at once; color.intake.report waits for its end.',
      tags,
    })
    .errors(failures('UPLOAD_UNKNOWN', 'FILE_UNREADABLE'))
    .input(reading.extend({ name: z.string().trim().max(120).optional() }))
    .output(z.object({ job: z.string() })),
  report: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/intake/jobs/{job}', summary: 'What came of a file; waits for it', tags })
    .errors(failures(...fileFailures, 'JOB_UNKNOWN', 'COLOR_FILE_UNUSABLE'))
    .input(z.object({ job: z.string() }))
    .output(z.object({ upload })),
  rows: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/intake/uploads/{upload}/rows', summary: 'Rows of an upload', tags })
    .errors(failures('BUFFER_UNKNOWN'))
    .input(
      z.object({
        upload: id,
        offset: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(5000).default(500),
      }),
    )
    .output(z.object({ total: count, rows: z.array(z.object({ rowId: z.string(), row: count, cells: colorCells })) })),
  remove: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/remove', summary: 'Take waiting uploads out of the buffer', tags })
    .errors(failures('BUFFER_UNKNOWN', 'UPLOADS_TAKEN'))
    .input(uploads.extend({ reason: z.string().trim().max(300).default('') }))
    .output(state),
  restore: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/restore', summary: 'Bring removed uploads back into the buffer', tags })
    .errors(failures('BUFFER_UNKNOWN'))
    .input(uploads)
    .output(state),
  quarantine: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/intake/quarantine', summary: 'Rows that were set apart, over all uploads', tags })
    .input(
      z.object({
        state: z.enum(['open', 'discarded', 'released']).default('open'),
        upload: id.optional(),
        kind: z.string().optional(),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(2000).default(500),
      }),
    )
    .output(
      z.object({
        total: count,
        byKind: z.array(z.object({ kind: z.string(), rows: count })),
        byState: z.object({ open: count, discarded: count, released: count }),
        rows: z.array(quarantined),
      }),
    ),
  recheck: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/color/intake/recheck',
      summary: 'What would be wrong with rows if they were corrected so',
      tags,
    })
    .errors(failures('ROW_UNKNOWN'))
    .input(z.object({ rows: z.array(correctedRow).min(1).max(2000) }))
    .output(z.object({ rows: z.array(quarantinedRow.extend({ problems: z.array(colorProblem) })) })),
  release: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/intake/release',
      summary: 'Correct rows of the quarantine and put them into the buffer',
      description:
        'Rows are read again as a file is; those that are still wrong stay, with their problems in the answer. What is released waits as an upload of its own.',
      tags,
    })
    .errors(failures('ROW_UNKNOWN', 'COLOR_ROWS_DECIDED'))
    .input(z.object({ rows: z.array(correctedRow).min(1).max(2000) }))
    .output(
      z.object({
        upload: upload.nullable(),
        released: count,
        refused: z.array(quarantinedRow.extend({ problems: z.array(colorProblem) })),
      }),
    ),
  discard: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/discard', summary: 'Discard rows of the quarantine, with a reason', tags })
    .errors(failures('ROW_UNKNOWN', 'COLOR_ROWS_DECIDED'))
    .input(z.object({ rows: z.array(quarantinedRow).min(1).max(2000), reason: z.string().trim().min(1).max(300) }))
    .output(z.object({ discarded: count })),
  bringBack: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/bring-back', summary: 'Bring discarded rows back into the quarantine', tags })
    .errors(failures('ROW_UNKNOWN', 'COLOR_ROWS_DECIDED'))
    .input(z.object({ rows: z.array(quarantinedRow).min(1).max(2000) }))
    .output(z.object({ back: count })),
  saveFolder: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/folders', summary: 'Watch a folder', tags })
    .errors(failures('CONFIG_CHANGED', 'CONFIG_NAME_TAKEN', 'CONFIG_INVALID', 'CONFIG_UNKNOWN'))
    .input(folder.extend({ id: id.nullable() }))
    .output(state),
  saveCheck: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/checks', summary: 'Save a check', tags })
    .errors(failures('CONFIG_CHANGED', 'CONFIG_NAME_TAKEN', 'CONFIG_INVALID', 'CONFIG_UNKNOWN'))
    .input(check.extend({ id: id.nullable() }))
    .output(state),
  /** Folders, checks and learned mappings; the log brings them back. */
  forget: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/intake/forget', summary: 'Remove a folder, a check or a learned mapping', tags })
    .errors(failures('CONFIG_UNKNOWN'))
    .input(
      z.object({
        module: z.enum(['folders', 'checks', 'mappings']),
        id,
        previous: z.boolean().default(false).describe('Only its last change is taken back'),
      }),
    )
    .output(state),
  template: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/intake/template', summary: 'An empty file with the columns that are read', tags })
    .input(z.object({ format: z.enum(['xlsx', 'csv']) }))
    .output(eventIterator(fileChunk)),
}
