import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { AMERICAN_SCHEME_NAMES } from '../core/options/american-scheme.ts'
import { BATCH_FIELDS, BATCH_KINDS, BATCH_NEEDS } from '../core/options/batch-columns.ts'
import { FLOW_RULES } from '../core/options/flow.ts'
import { GAMMA_CONVENTIONS } from '../core/options/gamma-exposure.ts'
import { STRATEGIES } from '../core/options/strategy.ts'
import { failures } from './errors.ts'
import { underlyingKey } from './options.ts'
import { procedure } from './procedure.ts'
import { column, fileChunk, maybe, maybeColumn, micros, provenance } from './wire.ts'

const date = z.iso.date()
const read = { needs: 'options:read', changes: false } as const
const tags = ['options']

const gammaExpiries = z
  .union([z.enum(['all', 'today']), date])
  .default('all')
  .describe('All expiries, those that settle on the date of the chain (today), or one date')

const gammaOrder = {
  convention: z
    .enum(GAMMA_CONVENTIONS)
    .default('naive')
    .describe('naive: calls count up and puts down. flow-signed: each contract by the other side of its classified flow'),
  expiries: gammaExpiries,
  contracts: z
    .enum(['open-interest', 'plus-volume'])
    .default('open-interest')
    .describe('plus-volume adds the contracts traded today, as if each had opened a position: an upper bound'),
}

/** Gamma exposure of a chain. Every amount is in the chain's currency per move of the underlying of 1 %. */
export const gammaFrame = z.object({
  underlying: underlyingKey,
  symbol: z.string(),
  asOf: micros,
  provenance,
  convention: z.enum(GAMMA_CONVENTIONS),
  addsVolume: z.boolean(),
  /** Clearing day that the open interest is of. */
  openInterestOf: date,
  spot: maybe,
  spotSource: z.enum(['quote', 'forward', 'none']),
  calls: z.number(),
  puts: z.number(),
  net: z.number(),
  callWall: maybe,
  putWall: maybe,
  /** Spot nearest to now at which the total changes sign, and all of them. */
  flip: maybe,
  flips: column,
  byStrike: z.object({ strike: column, calls: column, puts: column, net: column }),
  byExpiry: z.array(z.object({ date, calls: z.number(), puts: z.number(), net: z.number(), isToday: z.boolean() })),
  profile: z.object({ spots: column, total: column, today: column }),
  counted: z.number().int(),
  left: z.object({
    noOpenInterest: z.number().int(),
    noVol: z.number().int(),
    expired: z.number().int(),
    noSign: z.number().int(),
  }),
  signedShare: maybe,
})
export type GammaFrame = z.infer<typeof gammaFrame>

/** Sums since the session's reset, a row a second in which something changed; in the chain's currency. */
const flowPoints = z.object({
  time: z.array(micros).max(20_000),
  calls: column,
  puts: column,
  net: column,
  netToday: column,
  hedgeCalls: column,
  hedgePuts: column,
  hedgeToday: column,
  spot: maybeColumn,
})

/** Signed premium flow of a chain: all points first, then those that changed. */
export const flowFrame = z.object({
  underlying: underlyingKey,
  symbol: z.string(),
  kind: z.enum(['snapshot', 'delta']),
  session: z.object({ date, open: micros, close: micros }),
  /** When this session began to be looked at, and the newest look. */
  since: micros,
  at: micros,
  provenance,
  points: flowPoints,
  premium: z.number(),
  classified: z.number(),
  /** Share of the premium that has a sign. */
  coverage: maybe,
  contracts: z.record(z.enum(FLOW_RULES), z.number()),
  resets: z.number().int(),
  /** Contracts with the largest signed premium, either way. */
  largest: z.array(
    z.object({
      expiry: date,
      strike: z.number(),
      kind: z.enum(['call', 'put']),
      signedPremium: z.number(),
      premium: z.number(),
      bought: z.number(),
      sold: z.number(),
      hedged: z.number(),
    }),
  ),
})
export type FlowFrame = z.infer<typeof flowFrame>

const legKind = z.enum(['call', 'put', 'underlying'])

/** A leg by name; the underlying has neither expiry nor strike. */
export const namedLeg = z.object({ kind: legKind, expiry: date.nullable(), strike: z.number() })
export type NamedLeg = z.infer<typeof namedLeg>

/** What the chain says of one leg now; Greeks per one unit of the underlying, in the model's units. */
export const legQuote = z.object({
  /** Whether the chain has it. */
  isListed: z.boolean(),
  bid: maybe,
  ask: maybe,
  last: maybe,
  /** Price by the smile. */
  model: maybe,
  /** Of the smile, else the row's own; and of the middle. */
  fitVol: maybe,
  vol: maybe,
  delta: maybe,
  quoteTime: micros.nullable(),
  /** Of its expiry; on futures the price of its own future. */
  forward: maybe,
  tteYears: maybe,
  rate: maybe,
  yieldRate: maybe,
})
export type LegQuote = z.infer<typeof legQuote>

export const positionFrame = z.object({
  underlying: underlyingKey,
  symbol: z.string(),
  asOf: micros,
  provenance,
  /** Of the underlying; on futures that of the first leg's own future, which the position is reckoned in. */
  spot: maybe,
  isOnFuture: z.boolean(),
  multiplier: z.number(),
  tickSize: z.number(),
  isAmerican: z.boolean(),
  /** Listed strikes of the expiries that were asked for, and every expiry there is. */
  expiries: z.array(z.object({ date, days: z.number() })),
  quotes: z.array(legQuote),
})
export type PositionFrame = z.infer<typeof positionFrame>

/** A leg with its numbers, as the scenario reckons with it. */
export const scenarioLeg = z.object({
  kind: legKind,
  quantity: z.number(),
  multiplier: z.number(),
  paid: z.number(),
  strike: z.number(),
  tteYears: z.number(),
  vol: z.number().min(0).max(20),
  rate: z.number(),
  yieldRate: z.number(),
  isAmerican: z.boolean(),
})

const axis = (most: number) => z.array(z.number()).min(1).max(most)

/** Value and profit in each scenario; place of one is (time * vols + vol) * spots + spot. */
export const scenarioGridWire = z.object({
  value: column,
  profit: column,
  /** Null where an American leg has no such column. */
  delta: column.nullable(),
  gamma: column.nullable(),
  vega: column.nullable(),
  theta: column.nullable(),
  seconds: z.number(),
})

const batchKind = z.enum(BATCH_KINDS)
const scheme = z.enum(AMERICAN_SCHEME_NAMES)

/** A file of options before it is answered. */
export const batchPreview = z.object({
  upload: z.string(),
  file: z.string(),
  bytes: z.number(),
  delimiter: z.string(),
  /** Columns of the file in order; `field` is null for one that is passed over. */
  columns: z.array(z.object({ name: z.string(), field: z.enum(BATCH_FIELDS).nullable() })),
  /** What each kind of work still needs. */
  missing: z.record(batchKind, z.array(z.enum(BATCH_NEEDS))),
  /** What the columns are for: a price column asks for volatilities. */
  suggested: batchKind,
  rows: z.array(z.array(z.string())),
  /** Lines of the file, counted from its size where it is long. */
  about: z.number(),
  suggestedScheme: scheme,
})
export type BatchPreview = z.infer<typeof batchPreview>

/** A row that could not be read; `line` counts from 1 in the file. */
export const batchProblem = z.object({ line: z.number().int(), column: z.string(), text: z.string() })

export const batchReport = z.object({
  kind: batchKind,
  scheme: scheme.nullable(),
  file: z.string(),
  rows: z.number().int(),
  byStatus: z.record(z.string(), z.number().int()),
  seconds: z.number(),
  /** The first rows that could not be read; `unread` counts them all. */
  problems: z.array(batchProblem),
  unread: z.number().int(),
  /** Names of the answer's columns, and its first rows with those of the file before them. */
  inputColumns: z.array(z.string()),
  answerColumns: z.array(z.string()),
  first: z.array(z.object({ input: z.array(z.string()), answer: z.array(z.string()) })),
})
export type BatchReport = z.infer<typeof batchReport>

export const riskContract = {
  gamma: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}/gamma',
      summary: 'Gamma exposure by strike, by expiry and over spots, as a stream',
      description:
        'Of a contract it is sign x gamma x contracts x multiplier x spot² x 0.01, in the currency of the chain per move of 1 %; gamma at the volatility of the smile of its strike, at every spot (sticky strike). At most once a second.',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey, ...gammaOrder }))
    .output(eventIterator(gammaFrame)),
  gammaOf: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/snapshots/{id}/gamma',
      summary: 'Gamma exposure of a chain as it was at a kept moment',
      tags,
    })
    .errors(failures('SNAPSHOT_UNKNOWN', 'STORE_UNAVAILABLE'))
    .input(z.object({ id: z.string().min(1).max(80), ...gammaOrder }))
    .output(gammaFrame),
  flow: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}/flow',
      summary: 'Signed premium flow of a chain, as a stream',
      description:
        'All points of the session first, then those that changed, at most once a second. The sign of a print is that of Lee and Ready against the quote before it; coverage is the share of the premium that has one.',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey }))
    .output(eventIterator(flowFrame)),
  position: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/options/chains/{underlying}/position',
      summary: 'What a chain says of the legs of a position, as a stream',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey, legs: z.array(namedLeg).max(100) }))
    .output(eventIterator(positionFrame)),
  strikes: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}/strikes/{expiry}',
      summary: 'Strikes of one expiry, and where its money is',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN'))
    .input(z.object({ underlying: underlyingKey, expiry: date }))
    .output(z.object({ strikes: column, forward: maybe })),
  strategy: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/chains/{underlying}/strategies/{name}',
      summary: 'A ready-made position at the money of an expiry',
      tags,
    })
    .errors(failures('UNDERLYING_UNKNOWN', 'STRATEGY_NO_STRIKES', 'STRATEGY_NO_LATER', 'STRATEGY_NO_FORWARD'))
    .input(z.object({ underlying: underlyingKey, name: z.enum(STRATEGIES), expiry: date }))
    .output(z.object({ legs: z.array(namedLeg.extend({ quantity: z.number() })) })),
  scenario: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/options/scenario',
      summary: 'Value and Greeks of a position over spots, volatilities and times',
      description:
        'At most 100 legs and 20,000 scenarios. Units: spots in that of the underlying, volShifts added to each volatility (0.01 is a point), ahead in years from now; vega per 1.00, theta per year.',
      tags,
    })
    .input(
      z
        .object({
          legs: z.array(scenarioLeg).min(1).max(100),
          spots: axis(500),
          volShifts: axis(200),
          ahead: axis(100),
          scheme: scheme.default('fast'),
        })
        .refine(({ spots, volShifts, ahead }) => spots.length * volShifts.length * ahead.length <= 20_000, {
          error: 'at most 20,000 scenarios (spots x volShifts x ahead)',
        }),
    )
    .output(scenarioGridWire),
  batchPreview: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/options/batch/{upload}/preview',
      summary: 'What a file of options has, and what each kind of work needs',
      description: 'The file is sent as one to be imported: imports.begin, imports.piece.',
      tags,
    })
    .errors(failures('UPLOAD_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY'))
    .input(z.object({ upload: z.string() }))
    .output(batchPreview),
  /** Starts a job; its progress is in system.jobs, its end in batchResult. */
  batchStart: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/options/batch/{upload}',
      summary: 'Price or invert every row of a file, as a job',
      tags,
    })
    .errors(failures('UPLOAD_UNKNOWN', 'FILE_UNREADABLE', 'FILE_EMPTY', 'BATCH_COLUMNS'))
    .input(
      z.object({
        upload: z.string(),
        kind: batchKind,
        scheme: scheme.optional(),
        model: z.enum(['usual', 'bachelier', 'american']).default('usual'),
      }),
    )
    .output(z.object({ job: z.string() })),
  batchResult: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/batch/{job}/result',
      summary: 'What a batch answered',
      description: 'Waits until it has ended.',
      tags,
    })
    .errors(failures('JOB_UNKNOWN', 'FILE_UNREADABLE', 'DISK_FULL', 'QUERY_CANCELLED'))
    .input(z.object({ job: z.string() }))
    .output(batchReport),
  batchDownload: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/batch/{job}/file',
      summary: 'The answers to every row of a batch, as CSV in chunks',
      tags,
    })
    .errors(failures('JOB_UNKNOWN', 'FILE_UNREADABLE', 'QUERY_CANCELLED'))
    .input(z.object({ job: z.string() }))
    .output(eventIterator(fileChunk)),
}
