import * as z from 'zod'
import { TIMEFRAMES } from '../core/market/bars.ts'
import { LIVENESS } from '../core/market/instrument.ts'

/** An instant on the wire: whole microseconds since the epoch, UTC. */
export const micros = z.number().int().describe('Whole microseconds since 1970-01-01T00:00Z')

/** A number that may be missing: null stands for it, since NaN does not survive every lane. */
export const maybe = z.number().nullable()

/** A column of at most 20,000 points; a screen needs no more, and the host thins. Typed arrays never go on the wire. */
export const column = z.array(z.number()).max(20_000)
export const maybeColumn = z.array(z.number().nullable()).max(20_000)

export const instrumentKey = z.string().min(1).max(64).describe('Id of an instrument, as CLZ26.DEMO, or the name of a series')
export const timeframe = z.enum(TIMEFRAMES).describe('m is a minute, M a month; a bar is named by its start')
export const liveness = z
  .enum(LIVENESS)
  .describe('How far the value may be believed; demo is simulated, stale is older than the source usually leaves it')

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
