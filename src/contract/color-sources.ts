import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'

const line = (longest: number) => z.string().trim().max(longest)
const server = {
  host: line(255).min(1),
  port: z.number().int().min(1).max(65_535),
  user: line(128).min(1),
}

/** Where a saved query is asked. Passwords are secrets and no part of it. */
const place = z.discriminatedUnion('engine', [
  z.object({ engine: z.literal('workspace').describe('The store of this workspace') }),
  z.object({ engine: z.literal('duckdb'), path: line(2000).min(1).describe('A file of DuckDB; a copy of it is read') }),
  z.object({
    engine: z.literal('postgres'),
    ...server,
    database: line(63).min(1),
    encryption: z.enum(['verified', 'any', 'none']),
  }),
  z.object({
    engine: z.literal('oracle').describe('Not tried against a real server'),
    ...server,
    service: line(128).min(1),
    encryption: z.enum(['verified', 'none']),
  }),
])
export type SourcePlace = z.infer<typeof place>

const sourceQuery = z.object({
  place,
  /** What its rows are of, for whoever chooses among sources. */
  assetClass: line(80),
  sql: z.string().trim().min(1).max(50_000).describe('One query; its columns are named as in a file of quotes'),
  rowCap: z.number().int().min(1).max(1_000_000).describe('More rows than these are refused and not cut'),
  seconds: z.number().int().min(1).max(600),
  enabled: z.boolean().describe('Automated runs take its rows'),
})
export type SourceQuery = z.infer<typeof sourceQuery>

const view = z.object({
  id: z.string(),
  name: z.string(),
  revision: z.number().int(),
  source: sourceQuery,
  /** Whether its password is kept; true where it needs none. */
  hasSecret: z.boolean(),
})
export type SourceView = z.infer<typeof view>

/** A source as it is written, saved or not; the password of a saved one counts where none is given. */
const draft = z.object({
  id: z.string().max(80).nullable(),
  source: sourceQuery,
  secret: z.string().max(16_000).nullable().default(null),
})
export type SourceDraft = z.infer<typeof draft>

const readSetup = { needs: 'color-setup:read', changes: false } as const
const writeSetup = { needs: 'color-setup:write', changes: true } as const
const tags = ['color']
const asked = failures(
  'CONFIG_UNKNOWN',
  'COLOR_SOURCE_UNREACHABLE',
  'COLOR_SOURCE_LOGIN_REFUSED',
  'COLOR_SOURCE_SECRET_MISSING',
  'COLOR_SOURCE_TLS',
  'COLOR_SOURCE_SLOW',
  'COLOR_SOURCE_REFUSED',
  'COLOR_SOURCE_TOO_MANY',
  'COLOR_SOURCE_NO_ROWS',
  'SECRETS_CLOSED',
  'QUERY_CANCELLED',
)

export const colorSourcesContract = {
  list: procedure
    .meta(readSetup)
    .route({ method: 'GET', path: '/color/sources', summary: 'Saved queries that rows of dealers are read with', tags })
    .output(z.object({ sources: z.array(view) })),
  save: procedure
    .meta(writeSetup)
    .route({ method: 'POST', path: '/color/sources', summary: 'Make a saved query, or change one', tags })
    .errors(failures('CONFIG_UNKNOWN', 'CONFIG_CHANGED', 'CONFIG_NAME_TAKEN'))
    .input(
      z.object({
        id: z.string().max(80).nullable(),
        name: line(80).min(1),
        revision: z.number().int(),
        source: sourceQuery,
      }),
    )
    .output(z.object({ source: view })),
  remove: procedure
    .meta(writeSetup)
    .route({
      method: 'POST',
      path: '/color/sources/{id}/remove',
      summary: 'Remove a saved query; the log can bring it back',
      tags,
    })
    .errors(failures('CONFIG_UNKNOWN'))
    .input(z.object({ id: z.string().max(80) }))
    .output(z.object({})),
  setSecret: procedure
    .meta({ ...writeSetup, audits: ['id'] as readonly string[] })
    .route({
      method: 'POST',
      path: '/color/sources/secret',
      summary: 'Set the password of a saved query; it never comes out',
      tags,
    })
    .errors(failures('CONFIG_UNKNOWN', 'SECRETS_CLOSED', 'SECRETS_NO_PLACE'))
    .input(z.object({ id: z.string().max(80), value: z.string().min(1).max(16_000) }))
    .output(z.object({})),
  test: procedure
    .meta({ needs: 'color-setup:write', changes: false })
    .route({
      method: 'POST',
      path: '/color/sources/test',
      summary: 'Ask a query as it is written for its first row, saved or not',
      tags,
    })
    .errors(asked)
    .input(draft)
    .output(z.object({ columns: z.array(z.string()), seconds: z.number() })),
  preview: procedure
    .meta({ needs: 'color-setup:write', changes: false })
    .route({
      method: 'POST',
      path: '/color/sources/preview',
      summary: 'First rows of a query as it is written, and what its columns mean; nothing is kept',
      tags,
    })
    .errors(asked)
    .input(draft)
    .output(
      z.object({
        columns: z.array(z.object({ name: z.string(), column: z.string().nullable() })),
        /** Columns that are needed and not there. */
        missing: z.array(z.string()),
        rows: z.array(z.array(z.string().nullable())),
        seconds: z.number(),
      }),
    ),
  fetch: procedure
    .meta(writeSetup)
    .route({
      method: 'POST',
      path: '/color/sources/{id}/fetch',
      summary: 'Ask a saved query and put its rows into the buffer, through the checks of every file',
      tags,
    })
    .errors({ ...asked, ...failures('COLOR_FILE_UNUSABLE', 'DISK_FULL') })
    .input(z.object({ id: z.string().max(80) }))
    .output(z.object({ upload: z.string(), rows: z.number().int(), quarantined: z.number().int(), repeats: z.number().int() })),
}
