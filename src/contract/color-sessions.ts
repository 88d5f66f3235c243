import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { colorCells, colorProblem, columnName, condition, placedColor, pxDirection } from './color.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { fileChunk, micros } from './wire.ts'

const sort = z.object({ field: columnName, order: z.enum(['rising', 'falling']) })
const rowIds = z.array(z.string().max(80)).min(1).max(200_000)

/** What a person does to a session; the host keeps each in the journal before it answers. */
const command = z.discriminatedUnion('kind', [
  /** Waiting uploads become rows of the session; null takes all of them. */
  z.object({ kind: z.literal('import'), uploads: z.array(z.string()).nullable() }),
  /** Rows that came with these uploads and no other go, so that the uploads are not used up by this session. */
  z.object({ kind: z.literal('drop-uploads'), uploads: z.array(z.string()).min(1).max(1000) }),
  /** A new row by hand, as cells by column. */
  z.object({ kind: z.literal('add'), cells: colorCells }),
  z.object({ kind: z.literal('edit'), rowId: z.string(), field: columnName, text: z.string().max(2000) }),
  z.object({ kind: z.literal('delete'), rowIds }),
  z.object({ kind: z.literal('bring-back'), rowIds }),
  /** Saved rules by id, whether they are active or not; null takes all that are. */
  z.object({ kind: z.literal('apply-rules'), rules: z.array(z.string()).nullable() }),
  /** Everything that a condition meets is left out. */
  z.object({ kind: z.literal('delete-where'), when: condition }),
  z.object({ kind: z.literal('direction'), direction: pxDirection }),
  z.object({ kind: z.literal('sort'), sort: sort.nullable() }),
  z.object({ kind: z.literal('note'), text: z.string().max(4000), rowId: z.string().nullable() }),
  z.object({ kind: z.literal('undo') }),
  z.object({ kind: z.literal('redo') }),
])
export type SessionCommandWire = z.infer<typeof command>

const statistics = z.object({
  total: z.number().int(),
  working: z.number().int(),
  parents: z.number().int(),
  children: z.number().int(),
  uniqueCusips: z.number().int(),
  valid: z.number().int(),
  marked: z.number().int(),
  errors: z.number().int(),
  excluded: z.number().int(),
  deleted: z.number().int(),
  byRule: z.array(z.object({ rule: z.string(), name: z.string(), rows: z.number().int() })),
})

export const sessionView = z.object({
  id: z.string(),
  name: z.string(),
  user: z.string(),
  opened: micros,
  changed: micros,
  /** Grows with every command; a command carries the one it was made on. */
  revision: z.number().int(),
  status: z.enum(['new', 'preview', 'saved', 'discarded']),
  direction: pxDirection,
  sort: sort.nullable(),
  statistics,
  imports: z.array(z.object({ name: z.string(), uploads: z.array(z.string()), rows: z.number().int(), same: z.number().int() })),
  notes: z.array(z.object({ text: z.string(), rowId: z.string().nullable() })),
  /** Kind of the command that undo takes back and redo brings again; null where there is none. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
  /** Uploads of this session that somebody else published meanwhile. */
  taken: z.array(z.object({ upload: z.string(), name: z.string(), by: z.string() })),
  /** Open, and nothing was done to it for more than a day: worth discarding, which is never done by itself. */
  stale: z.boolean(),
  /** Set once it is published. */
  run: z.string().nullable(),
})
export type SessionView = z.infer<typeof sessionView>

const sessionRow = z.object({
  ...placedColor.shape,
  /** Columns of the row in which something is odd. */
  problems: z.array(colorProblem),
  note: z.string().nullable(),
  /** Why it is not in the output; null for a row of the working set. */
  leftOut: z.object({ kind: z.enum(['rule', 'deleted']), rule: z.string().nullable() }).nullable(),
  /** Columns that were edited, with what stood there when the row came in. */
  edited: z.record(columnName, z.string().nullable()),
})
export type SessionRow = z.infer<typeof sessionRow>

export const SESSION_VIEWS = ['working', 'parents', 'problems', 'excluded', 'deleted', 'edited'] as const

const rowsQuery = z.object({
  session: z.string(),
  view: z.enum(SESSION_VIEWS).default('working'),
  /** Only rows that it meets. */
  when: condition.optional(),
  /** Found in any cell, without regard to case. */
  text: z.string().max(200).default(''),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(5000).default(500),
})

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
/** Commands stand in the journal themselves: a second entry for each would say less. */
const keptCommand = { needs: 'color:write', changes: false } as const
const tags = ['color']
const id = z.object({ session: z.string() })
const one = z.object({ session: sessionView })

export const colorSessionsContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/sessions', summary: 'Manual sessions, newest first', tags })
    .input(
      z.object({
        // A query says it as text, and "false" is no truth.
        ended: z
          .union([z.boolean(), z.stringbool()])
          .default(false)
          .describe('Also those published or discarded, of the last 30 days'),
      }),
    )
    .output(z.object({ sessions: z.array(sessionView) })),
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/sessions/watch', summary: 'Sessions that are open, again with every change', tags })
    .output(eventIterator(z.object({ sessions: z.array(sessionView) }))),
  open: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/sessions',
      summary: 'Open a session',
      description: 'With the given waiting uploads, with all of them where uploads is null, or empty.',
      tags,
    })
    .errors(failures('BUFFER_UNKNOWN', 'UPLOADS_TAKEN', 'SESSION_REFUSED'))
    .input(z.object({ name: z.string().trim().max(120).default(''), uploads: z.array(z.string()).nullable() }))
    .output(one),
  run: procedure
    .meta(keptCommand)
    .route({
      method: 'POST',
      path: '/color/sessions/{session}/commands',
      summary: 'Do something to a session',
      description:
        'When it is answered, it stands in the journal. With a revision it is refused where the session has moved on since.',
      tags,
    })
    .errors(
      failures(
        ...(['SESSION_UNKNOWN', 'SESSION_REFUSED', 'SESSION_MOVED', 'BUFFER_UNKNOWN', 'UPLOADS_TAKEN'] as const),
        ...(['CONFIG_UNKNOWN', 'CONFIG_INVALID'] as const),
      ),
    )
    .input(id.extend({ revision: z.number().int().nullable(), command }))
    .output(
      z.object({
        session: sessionView,
        /** What came of it, for the notice: rows that changed, groups made anew. */
        rows: z.number().int(),
        cusips: z.number().int(),
        same: z.number().int(),
      }),
    ),
  rows: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/sessions/{session}/rows', summary: 'Rows of a session, in the order shown', tags })
    .errors(failures('SESSION_UNKNOWN', 'SESSION_REFUSED', 'CONFIG_INVALID'))
    .input(rowsQuery)
    .output(z.object({ revision: z.number().int(), total: z.number().int(), rows: z.array(sessionRow) })),
  /** Ids of all rows of a query, so that a selection can be wider than what is on the screen. */
  ids: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/sessions/{session}/ids', summary: 'Ids of the rows of a session', tags })
    .errors(failures('SESSION_UNKNOWN', 'SESSION_REFUSED', 'CONFIG_INVALID'))
    .input(rowsQuery.omit({ offset: true, limit: true }))
    .output(z.object({ rowIds: z.array(z.string()) })),
  export: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/sessions/{session}/export', summary: 'The output as it would be published', tags })
    .errors(failures('SESSION_UNKNOWN', 'SESSION_REFUSED'))
    .input(id.extend({ format: z.enum(['xlsx', 'csv', 'parquet']) }))
    .output(eventIterator(fileChunk)),
  publish: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/sessions/{session}/publish',
      summary: 'Publish a session',
      description: 'All of it or nothing. Asked again it answers with the same run.',
      tags,
    })
    .errors(failures('SESSION_UNKNOWN', 'SESSION_REFUSED', 'SESSION_MOVED', 'UPLOADS_TAKEN', 'BUFFER_UNKNOWN'))
    .input(id.extend({ revision: z.number().int(), replaceToday: z.boolean().default(false) }))
    .output(z.object({ session: sessionView, run: z.string(), number: z.number().int() })),
  discard: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/sessions/{session}/discard',
      summary: 'Discard a session; its uploads wait again',
      tags,
    })
    .errors(failures('SESSION_UNKNOWN', 'SESSION_REFUSED'))
    .input(id)
    .output(z.object({})),
  restore: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/sessions/{session}/restore', summary: 'Bring a discarded session back', tags })
    .errors(failures('SESSION_UNKNOWN'))
    .input(id)
    .output(one),
  /** The commands in words, newest first: what was done, when, by whom. */
  history: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/color/sessions/{session}/history',
      summary: 'What was done in a session, newest first',
      tags,
    })
    .errors(failures('SESSION_UNKNOWN'))
    .input(id.extend({ limit: z.coerce.number().int().min(1).max(1000).default(200) }))
    .output(
      z.object({
        entries: z.array(
          z.object({
            at: micros,
            user: z.string(),
            kind: z.string(),
            rows: z.number().int(),
            field: z.string().nullable(),
            text: z.string().nullable(),
            /** What rows were left out by, where a condition was asked. */
            when: condition.nullable(),
          }),
        ),
      }),
    ),
}
