import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { EXERCISES } from '../core/options/chain.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { column, liveness, maybe, maybeColumn, micros, provenance } from './wire.ts'

const date = z.iso.date().describe('Expiry as a calendar date')
export const underlyingKey = z
  .string()
  .min(1)
  .max(40)
  .describe('A chain as the list of underlyings names it: SYMBOL.VENUE of a feed, or file:NAME')

/** One chain that can be shown: of a feed, or of a file. */
export const underlyingState = z.object({
  key: underlyingKey,
  symbol: z.string(),
  name: z.string(),
  /** Feed or file it comes from. */
  source: z.string(),
  state: liveness,
  reason: z.string().nullable(),
  /** Expiries that have not passed at the chain's own instant. */
  expiries: z.number().int(),
  contracts: z.number().int(),
  asOf: micros.nullable(),
  /** Looked at by the detectors even while no panel shows it. */
  watchedInBackground: z.boolean(),
})
export type UnderlyingState = z.infer<typeof underlyingState>

/** Raw SVI over k = ln(strike / forward): w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)). */
export const svi = z.object({ a: z.number(), b: z.number(), rho: z.number(), m: z.number(), sigma: z.number() })

export const arbitrageFinding = z.object({
  kind: z.enum(['butterfly', 'calendar']),
  expiry: date,
  later: date.nullable(),
  from: z.number(),
  to: z.number(),
  worstAt: z.number(),
  worst: z.number(),
})

/** What the quotes of one expiry say. Units: years, volatility per √year as a fraction, rates continuously compounded. */
export const expirySummary = z.object({
  date,
  settlesAt: micros,
  tteYears: z.number(),
  contracts: z.number().int(),
  forward: maybe,
  discount: maybe,
  rate: maybe,
  yieldRate: maybe,
  forwardSource: z.enum(['parity', 'spot', 'none']),
  parityPairs: z.number().int(),
  parityResidual: maybe,
  lowestForward: maybe,
  highestForward: maybe,
  smile: svi.nullable(),
  reason: z.enum(['too-few-quotes', 'no-forward', 'expired']).nullable(),
  used: z.number().int(),
  fitError: maybe,
  atmVol: maybe,
  riskReversal25: maybe,
  butterfly25: maybe,
  skew: maybe,
})
export type ExpirySummary = z.infer<typeof expirySummary>

/** Columns of one side of an expiry, one row a strike; Greeks per one unit of the underlying, in the model's units. */
const sideColumns = z.object({
  /** Index into ROW_STATUS; null where the contract is not listed. */
  status: maybeColumn,
  bid: maybeColumn,
  ask: maybeColumn,
  bidSize: maybeColumn,
  askSize: maybeColumn,
  last: maybeColumn,
  volume: maybeColumn,
  openInterest: maybeColumn,
  /** Microseconds. */
  quoteTime: maybeColumn,
  vol: maybeColumn,
  bidVol: maybeColumn,
  askVol: maybeColumn,
  fitVol: maybeColumn,
  price: maybeColumn,
  delta: maybeColumn,
  gamma: maybeColumn,
  vega: maybeColumn,
  theta: maybeColumn,
  rho: maybeColumn,
  vanna: maybeColumn,
  volga: maybeColumn,
  charm: maybeColumn,
})
export type SideColumns = z.infer<typeof sideColumns>

export const chainBlock = z.object({ expiry: date, strike: column, call: sideColumns, put: sideColumns })
export type ChainBlock = z.infer<typeof chainBlock>

/** A chain at one instant: all expiries in short, and the rows of those that were asked for. */
export const chainFrame = z.object({
  stream: z.string(),
  seq: z.number().int(),
  underlying: underlyingKey,
  symbol: z.string(),
  exercise: z.enum(EXERCISES),
  /** What the Greeks and volatilities were made with. */
  model: z.enum(['american', 'black-76', 'bachelier']),
  multiplier: z.number(),
  tickSize: z.number(),
  asOf: micros,
  spot: z.object({ bid: maybe, ask: maybe, time: micros.nullable() }),
  isHalted: z.boolean(),
  provenance,
  /** Rows by their status; keys are those of ROW_STATUS. */
  byStatus: z.record(z.string(), z.number().int()),
  expiries: z.array(expirySummary),
  blocks: z.array(chainBlock),
  arbitrage: z.array(arbitrageFinding),
  /** Contracts streamed now, of how many the feed allows, and seconds that a whole turn of the others takes; null for files. */
  lines: z.object({ streamed: z.number().int(), allowed: z.number().int(), turnSeconds: maybe }).nullable(),
})
export type ChainFrame = z.infer<typeof chainFrame>

/** A chain that was kept: by itself every few minutes, for an alert, or because a person asked. */
export const chainSnapshot = z.object({
  id: z.string(),
  underlying: underlyingKey,
  at: micros,
  why: z.enum(['regular', 'alert', 'person', 'file']),
  contracts: z.number().int(),
  spot: maybe,
})
export type ChainSnapshot = z.infer<typeof chainSnapshot>

const read = { needs: 'options:read', changes: false } as const
const write = { needs: 'options:write', changes: true } as const
const tags = ['options']

const expiries = z.array(date).max(40).default([]).describe('Expiries whose rows are wanted; none gives the short list alone')

export const optionsContract = {
  underlyings: procedure
    .meta(read)
    .route({ method: 'GET', path: '/options/underlyings', summary: 'Chains that can be shown, as a stream', tags })
    .output(eventIterator(z.object({ underlyings: z.array(underlyingState) }))),
  chain: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}',
      summary: 'A chain with volatilities, Greeks and smiles, as a stream',
      description:
        'The whole frame again each time the chain was analysed anew, at most four times a second. While somebody reads it the chain is followed. Write expiries[0]=2026-12-18. A chain of a file is sent once.',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey, expiries }))
    .output(eventIterator(chainFrame)),
  /** The page tells what it drew, so that a slow page is sent less. */
  acknowledge: procedure
    .meta(read)
    .route({ method: 'POST', path: '/options/acknowledge', summary: 'Say how far a stream was drawn', tags })
    .input(z.object({ stream: z.string(), seq: z.number().int() }))
    .output(z.object({})),
  add: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/options/underlyings',
      summary: 'Ask a feed for the chain of another underlying',
      tags,
    })
    .errors(failures('SOURCE_UNKNOWN', 'SOURCE_OFF', 'SOURCE_FAILED', 'UNDERLYING_UNKNOWN'))
    .input(z.object({ source: z.string(), symbol: z.string().min(1).max(20) }))
    .output(z.object({ underlying: underlyingState })),
  watchInBackground: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/options/underlyings/{underlying}/watch',
      summary: 'Let the detectors look at a chain while no panel shows it',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey, on: z.boolean() }))
    .output(z.object({ underlying: underlyingState })),
  snapshots: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}/snapshots',
      summary: 'Kept moments of a chain, newest first',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(
      z.object({
        underlying: underlyingKey,
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ snapshots: z.array(chainSnapshot) })),
  snapshot: procedure
    .meta(read)
    .route({ method: 'GET', path: '/options/snapshots/{id}', summary: 'A chain as it was at a kept moment', tags })
    .errors(failures('SNAPSHOT_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ id: z.string().min(1).max(80), expiries }))
    .output(z.object({ snapshot: chainSnapshot, frame: chainFrame })),
  keep: procedure
    .meta(write)
    .route({ method: 'POST', path: '/options/chains/{underlying}/snapshots', summary: 'Keep a chain as it is now', tags })
    .errors(failures('UNDERLYING_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ underlying: underlyingKey }))
    .output(z.object({ snapshot: chainSnapshot })),
  /** How at-the-money volatility, skew and wings went over the kept moments. */
  history: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}/history',
      summary: 'Volatility figures of one expiry over the kept moments',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ underlying: underlyingKey, expiry: date, limit: z.coerce.number().int().min(1).max(5000).default(2000) }))
    .output(
      z.object({
        time: z.array(micros).max(20_000),
        forward: maybeColumn,
        atmVol: maybeColumn,
        riskReversal25: maybeColumn,
        butterfly25: maybeColumn,
      }),
    ),
}
