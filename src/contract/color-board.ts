import * as z from 'zod'
import { isoDate } from './color.ts'
import { colorQuery } from './color-search.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { maybe, micros } from './wire.ts'

const count = z.number().int()

/** Everything that the dashboard draws; each point says which rows it is made of, so that it can be opened. */
export const boardData = {
  summary: z.object({
    rows: count,
    cusips: count,
    runs: count,
    /** Rows of the newest day, and that day. */
    newest: z.object({ day: isoDate, rows: count, cusips: count }).nullable(),
    /** The day of business before it. */
    before: z.object({ day: isoDate, rows: count, cusips: count }).nullable(),
    from: isoDate.nullable(),
    to: isoDate.nullable(),
    lastRun: z.object({ number: count, at: micros, rows: count }).nullable(),
    isDemo: z.boolean(),
  }),
  /** Rows by month, the oldest first. */
  counts: z.array(z.object({ month: isoDate, rows: count, parents: count, cusips: count })),
  /** Rows by month and quote type. */
  share: z.array(z.object({ month: isoDate, bias: z.string(), rows: count })),
  /** Every price of the CUSIPs of the query, the oldest first. */
  prices: z.array(
    z.object({
      day: isoDate,
      cusip: z.string(),
      px: z.number(),
      evaluated: maybe,
      bias: z.string(),
      source: z.string().nullable(),
      run: count,
      isParent: z.boolean(),
    }),
  ),
  /** How far dealers' prices are from the evaluated ones, in price: mean, its standard error, share above. */
  dealers: z.array(z.object({ source: z.string(), n: count, mean: z.number(), error: maybe, above: z.number() })),
  /** Cover less the middle of talk, in price, of tranches that have both on one day, by week. */
  coverToTalk: z.array(z.object({ week: isoDate, n: count, mean: z.number(), low: z.number(), high: z.number() })),
  /** Tranches by week that were on a list, and those of them that did not trade. */
  dnt: z.array(z.object({ week: isoDate, listed: count, notTraded: count })),
  /** Best offer less best bid of tranches that have both on one day, in price, by week; crossed where it is negative. */
  twoWay: z.array(z.object({ week: isoDate, n: count, median: z.number(), crossed: count })),
  volume: z.array(z.object({ week: isoDate, sector: z.string(), rows: count })),
  /** Tranches whose newest color is old, the oldest first. */
  stale: z.array(
    z.object({
      cusip: z.string(),
      ticker: z.string().nullable(),
      sector: z.string().nullable(),
      last: isoDate,
      days: count,
      px: maybe,
      rows: count,
    }),
  ),
  runTimes: z.array(
    z.object({ run: count, at: micros, seconds: z.number(), rows: count, kind: z.enum(['automated', 'manual']) }),
  ),
} as const

export const BOARD_WIDGETS = Object.keys(boardData) as readonly (keyof typeof boardData)[]
export type BoardWidget = keyof typeof boardData
export type BoardData = { readonly [W in BoardWidget]: z.infer<(typeof boardData)[W]> }

export const colorBoardContract = {
  data: procedure
    .meta({ needs: 'color:read', changes: false })
    .route({
      method: 'POST',
      path: '/color/board',
      summary: 'What the dashboard of the color desk draws',
      description: 'Only the parts that are asked for; a query narrows all of them to its rows.',
      tags: ['color'],
    })
    .errors(failures('CONFIG_INVALID'))
    .input(
      z.object({
        query: colorQuery,
        parts: z.array(z.enum(BOARD_WIDGETS as [BoardWidget, ...BoardWidget[]])).min(1),
        /** Days without a color after which a tranche is stale. */
        staleDays: z.number().int().min(1).max(3650).default(10),
      }),
    )
    .output(z.object(boardData).partial()),
}
