import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { colorCells, columnName, condition, isoDate } from './color.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { fileChunk, micros } from './wire.ts'

/** What is looked for. Everything given must hold; lists mean any of them. */
export const colorQuery = z.object({
  /** A CUSIP, an ISIN with one in it, a ticker, an id of a message, a dealer, a sector or a name; several words must all be found. */
  text: z.string().max(200).default(''),
  cusips: z.array(z.string().max(20)).max(1000).default([]),
  sources: z.array(z.string().max(200)).max(200).default([]),
  sectors: z.array(z.string().max(200)).max(200).default([]),
  biases: z.array(z.string().max(60)).max(60).default([]),
  assetClasses: z.array(z.string().max(200)).max(200).default([]),
  processing: z.enum(['any', 'automated', 'manual']).default('any'),
  from: isoDate.nullable().default(null),
  to: isoDate.nullable().default(null),
  priceFrom: z.number().nullable().default(null),
  priceTo: z.number().nullable().default(null),
  when: condition.nullable().default(null),
  parentsOnly: z.boolean().default(false),
  /** Every row of each CUSIP that was found, over all runs, instead of the rows that match. */
  hierarchy: z.boolean().default(false),
})
export type ColorQuery = z.infer<typeof colorQuery>

const sort = z.object({ field: columnName, order: z.enum(['rising', 'falling']) })

const foundColor = z.object({
  run: z.string(),
  runNumber: z.number().int(),
  processedAt: micros,
  processing: z.enum(['AUTOMATED', 'MANUAL']),
  rowId: z.string(),
  cells: colorCells,
  isParent: z.boolean(),
  parentRowId: z.string().nullable(),
  childrenCount: z.number().int(),
  isDemo: z.boolean(),
})
export type FoundColor = z.infer<typeof foundColor>

/** How the text was understood. */
const reading = z.object({
  kind: z.enum(['cusip', 'isin', 'message', 'ticker', 'dealer', 'sector', 'name', 'nothing']),
  text: z.string(),
  /** Tranches that it means. */
  cusips: z.number().int(),
})

const answer = z.object({
  rows: z.array(foundColor),
  total: z.number().int(),
  cusips: z.number().int(),
  readings: z.array(reading),
  seconds: z.number(),
})
export type ColorAnswer = z.infer<typeof answer>

const savedSearch = z.object({
  id: z.string().min(1).max(80),
  name: z.string().trim().min(1).max(120),
  revision: z.number().int(),
  query: colorQuery,
})
export type SavedSearch = z.infer<typeof savedSearch>

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
const tags = ['color']

export const colorSearchContract = {
  find: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/search', summary: 'Find colors in every run whose output stands', tags })
    .errors(failures('CONFIG_INVALID'))
    .input(
      z.object({
        query: colorQuery,
        /** Newest first without it. */
        sort: sort.nullable().default(null),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(5000).default(200),
      }),
    )
    .output(answer),
  suggest: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/search/suggest', summary: 'What a text that is being typed may mean', tags })
    .input(z.object({ text: z.string().max(100) }))
    .output(
      z.object({
        suggestions: z
          .array(
            z.object({
              kind: z.enum(['cusip', 'ticker', 'dealer', 'sector', 'name']),
              value: z.string(),
              detail: z.string(),
              rows: z.number().int(),
            }),
          )
          .max(20),
      }),
    ),
  /** Values of the columns that filters are made of, with their counts. */
  facets: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/color/search/facets',
      summary: 'Dealers, sectors, quote types and asset classes there are',
      tags,
    })
    .output(
      z.object({
        facets: z.array(
          z.object({
            column: z.enum(['SOURCE', 'SECTOR', 'BIAS', 'ASSET_CLASS']),
            values: z.array(z.object({ value: z.string(), rows: z.number().int() })).max(500),
          }),
        ),
        from: isoDate.nullable(),
        to: isoDate.nullable(),
        rows: z.number().int(),
        isDemo: z.boolean(),
      }),
    ),
  export: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/color/search/export',
      summary: 'What was found, as a file',
      description: 'The columns of an output, RUN_ID with the number of the run. At most 200,000 rows.',
      tags,
    })
    .errors(failures('CONFIG_INVALID', 'SEARCH_TOO_LONG'))
    .input(z.object({ query: colorQuery, format: z.enum(['xlsx', 'csv']) }))
    .output(eventIterator(fileChunk)),
  saved: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/search/saved', summary: 'Saved searches, and the last ones of this user', tags })
    .output(
      z.object({
        saved: z.array(savedSearch),
        history: z.array(z.object({ at: micros, query: colorQuery, total: z.number().int() })).max(100),
      }),
    ),
  save: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/search/saved', summary: 'Save a search under a name', tags })
    .errors(failures('CONFIG_CHANGED', 'CONFIG_NAME_TAKEN', 'CONFIG_UNKNOWN'))
    .input(z.object({ search: savedSearch }))
    .output(z.object({ search: savedSearch })),
  remove: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/search/remove', summary: 'Remove a saved search', tags })
    .errors(failures('CONFIG_UNKNOWN'))
    .input(z.object({ search: z.string() }))
    .output(z.object({})),
}
