import * as z from 'zod'

/** An instant on the wire: whole microseconds since the epoch, UTC. */
export const micros = z.number().int()

/** A number that may be missing: null stands for it, since NaN does not survive every lane. */
export const maybe = z.number().nullable()

/** A column of at most 20,000 points; a screen needs no more, and the host thins. Typed arrays never go on the wire. */
export const column = z.array(z.number()).max(20_000)
export const maybeColumn = z.array(z.number().nullable()).max(20_000)

export const instrumentKey = z.string().min(1).max(64)
export const timeframe = z.enum(['1m', '2m', '5m', '15m', '30m', '1h', '2h', '4h', '1d', '1w', '1M'])
export const liveness = z.enum(['live', 'delayed', 'cached', 'imputed', 'demo', 'stale', 'none'])

/** Where a value came from and how far it may be believed: shown beside every number. */
export const provenance = z.object({
  source: z.string(),
  state: liveness,
  /** Instant of the newest underlying record, null where there is none. */
  asOf: micros.nullable(),
  /** Why the state is what it is, where that needs words; a key of the page's catalogue or a sentence of the source. */
  reason: z.string().nullable(),
})
export type Provenance = z.infer<typeof provenance>

/** Bytes of a file on their way to the page or the command line, as base64; the last chunk has done = true and the file's hash. */
export const fileChunk = z.object({
  base64: z.string(),
  rows: z.number().int(),
  done: z.boolean(),
  sha256: z.string().nullable(),
})
