import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { instrument } from './market.ts'
import { procedure } from './procedure.ts'
import { liveness, maybe, micros } from './wire.ts'

export const sourceState = z.object({
  name: z.string(),
  title: z.string(),
  /** What kind of data it can ever give: a live feed, a delayed one, files, the demo market, a recording. */
  gives: liveness,
  enabled: z.boolean(),
  phase: z.enum(['off', 'connecting', 'up', 'silent', 'backing-off', 'failed']),
  /** Why it is in that phase, where that needs words. */
  reason: z.string().nullable(),
  since: micros,
  subscribed: z.number().int(),
  lastRecord: micros.nullable(),
  /** Median seconds between the venue's clock and ours over the last minute; null where unknown. */
  latencySeconds: maybe,
  messagesPerSecond: z.number(),
  lastError: z.object({ at: micros, reason: z.string() }).nullable(),
  /** Requests left and allowed in the present window, and the instant of the next try; null where there is no such limit. */
  budget: z.object({ left: z.number(), of: z.number(), perSeconds: z.number(), nextTry: micros.nullable() }).nullable(),
  counts: z.object({
    received: z.number(),
    refused: z.number(),
    gaps: z.number(),
    reconnects: z.number(),
    cacheHits: z.number(),
  }),
})
export type SourceState = z.infer<typeof sourceState>

const read = { needs: 'sources:read', changes: false } as const
const write = { needs: 'sources:write', changes: true } as const

export const sourcesContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/sources', summary: 'Sources with their state', tags: ['sources'] })
    .output(z.object({ sources: z.array(sourceState) })),
  watch: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/sources/watch',
      summary: 'State of the sources as a stream, once a second',
      tags: ['sources'],
    })
    .output(eventIterator(z.object({ sources: z.array(sourceState) }))),
  set: procedure
    .meta(write)
    .route({ method: 'POST', path: '/sources/{name}', summary: 'Turn a source on or off', tags: ['sources'] })
    .errors(failures('SOURCE_UNKNOWN'))
    .input(z.object({ name: z.string(), enabled: z.boolean() }))
    .output(z.object({ source: sourceState })),
  find: procedure
    .meta(read)
    .route({ method: 'GET', path: '/sources/{name}/find', summary: 'Symbols that a source offers', tags: ['sources'] })
    .errors(failures('SOURCE_UNKNOWN', 'SOURCE_OFF', 'SOURCE_FAILED'))
    .input(z.object({ name: z.string(), text: z.string().min(1).max(100) }))
    .output(
      z.object({ found: z.array(z.object({ symbol: z.string(), name: z.string(), kind: z.string(), venue: z.string() })) }),
    ),
  add: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/sources/{name}/instruments',
      summary: 'Bring a symbol of a source into the book',
      description: 'The source is asked for the symbol; afterwards it is an instrument like any other.',
      tags: ['sources'],
    })
    .errors(failures('SOURCE_UNKNOWN', 'SOURCE_OFF', 'SOURCE_FAILED', 'INSTRUMENT_UNKNOWN'))
    .input(z.object({ name: z.string(), symbol: z.string().min(1).max(40) }))
    .output(z.object({ instrument })),
}
