import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { fileChunk, micros } from './wire.ts'

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

export const queryResult = z.object({
  query: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(cell)),
  /** More rows exist than were sent. */
  truncated: z.boolean(),
  seconds: z.number(),
})
export type QueryResult = z.infer<typeof queryResult>

const read = { needs: 'lab:read', changes: false } as const

export const labContract = {
  /** `query` is the caller's name for it, by which it can be cancelled. */
  run: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/lab/queries',
      summary: 'Run one reading SQL statement',
      description:
        'SELECT, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN over the market store, in DuckDB SQL. query is a name of the caller, by which lab.cancel can stop it. truncated says that there are more rows than limit; lab.export has them all.',
      tags: ['lab'],
    })
    .errors(failures('QUERY_FAILED', 'QUERY_NOT_READ_ONLY', 'QUERY_CANCELLED', 'STORE_UNAVAILABLE'))
    .input(
      z.object({
        query: z.string().min(1).max(60),
        sql: z.string().min(1).max(100_000),
        limit: z.number().int().min(1).max(20_000).default(2000),
      }),
    )
    .output(queryResult),
  cancel: procedure
    .meta(read)
    .route({ method: 'POST', path: '/lab/queries/{query}/cancel', summary: 'Stop a running statement', tags: ['lab'] })
    .input(z.object({ query: z.string() }))
    .output(z.object({ cancelled: z.boolean() })),
  history: procedure
    .meta(read)
    .route({ method: 'GET', path: '/lab/history', summary: 'The last statements, newest first', tags: ['lab'] })
    .output(
      z.object({
        entries: z.array(
          z.object({ at: micros, sql: z.string(), rows: z.number().int(), seconds: z.number(), failed: z.string().nullable() }),
        ),
      }),
    ),
  tables: procedure
    .meta(read)
    .route({ method: 'GET', path: '/lab/tables', summary: 'Tables and views with their columns', tags: ['lab'] })
    .errors(failures('STORE_UNAVAILABLE'))
    .output(
      z.object({
        tables: z.array(
          z.object({
            name: z.string(),
            kind: z.enum(['table', 'view']),
            rows: z.number().nullable(),
            comment: z.string().nullable(),
            columns: z.array(z.object({ name: z.string(), type: z.string() })),
          }),
        ),
      }),
    ),
  export: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/lab/export',
      summary: 'The whole result of a statement as a file, in chunks',
      description: 'The bytes of a file as base64 in chunks; the last has done = true and the SHA-256 of the whole.',
      tags: ['lab'],
    })
    .errors(failures('QUERY_FAILED', 'QUERY_NOT_READ_ONLY', 'QUERY_CANCELLED', 'STORE_UNAVAILABLE'))
    .input(
      z.object({
        query: z.string().min(1).max(60),
        sql: z.string().min(1).max(100_000),
        format: z.enum(['csv', 'parquet', 'json']).default('csv'),
      }),
    )
    .output(eventIterator(fileChunk)),
}
