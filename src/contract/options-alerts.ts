import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { failures } from './errors.ts'
import { svi, underlyingKey } from './options.ts'
import { procedure } from './procedure.ts'
import { column, fileChunk, maybe, maybeColumn, micros } from './wire.ts'

const date = z.iso.date()
const count = z.number().int()
const severity = z.enum(['low', 'medium', 'high'])
const direction = z.enum(['cheap', 'rich', 'up', 'down'])
const unit = z.enum(['price', 'vol', 'contracts'])
/** Arbitrage rests on executable quotes alone; a model may be wrong; a shift may have a cause; legacy is for comparison. */
const kind = z.enum(['arbitrage', 'model', 'shift', 'legacy'])
const mark = z.enum(['true', 'false']).nullable()

export const ALERT_STATES = ['open', 'late', 'snoozed', 'closed'] as const

/** One alert as the inbox lists it. */
export const alertRow = z.object({
  id: z.string(),
  underlying: underlyingKey,
  symbol: z.string(),
  /** The contract at fault; null where a whole expiry or chain is meant. */
  expiry: date.nullable(),
  strike: maybe,
  side: z.enum(['call', 'put']).nullable(),
  detector: z.string(),
  kind,
  rule: z.string(),
  direction,
  severity,
  /** Late: it was there already when quotes came back after a gap, so nobody saw it begin. */
  state: z.enum(ALERT_STATES),
  /** First scan that saw it, when it was raised, the newest scan that saw it, and when it was over. */
  startedAt: micros,
  raisedAt: micros,
  lastSeenAt: micros,
  closedAt: micros.nullable(),
  value: z.number(),
  baseline: z.number(),
  /** Least excess or edge that counts. */
  threshold: z.number(),
  unit,
  sampleSize: count,
  /** Executable profit after costs per unit of the underlying, and the same distance in volatility. */
  edge: maybe,
  edgeVol: maybe,
  /** Units of the underlying in one contract. */
  multiplier: z.number(),
  findings: count,
  /** Further contracts of its expiry that are wrong as well: its quotes are not of one moment, and none is to be trusted. */
  others: count,
  mark,
  snoozedUntil: micros.nullable(),
  isDemo: z.boolean(),
  /** From the arrival of the newest quote to the alert; null where nothing arrived, as from a file. */
  latencySeconds: maybe,
  /** The kept moment that its replay opens; null until that is stored. */
  snapshot: z.string().nullable(),
})
export type AlertRow = z.infer<typeof alertRow>

const contractPlace = z.object({ expiry: date, strike: z.number(), side: z.enum(['call', 'put']) })

const finding = z.object({
  detector: z.string(),
  kind,
  rule: z.string(),
  direction,
  unit,
  value: z.number(),
  baseline: z.number(),
  threshold: z.number(),
  strength: z.number(),
  sampleSize: count,
  edge: maybe,
  edgeVol: maybe,
  /** The trade that takes the edge; a leg without a contract is the underlying. */
  legs: z.array(
    z.object({ contract: contractPlace.nullable(), action: z.enum(['buy', 'sell']), units: z.number(), price: maybe }),
  ),
})

/** A quote that an alert rests on, as it was when it was raised. */
const alertQuote = contractPlace.extend({
  bid: maybe,
  ask: maybe,
  bidSize: maybe,
  askSize: maybe,
  volume: maybe,
  /** Age at the chain's instant; null where the feed does not say when a quote was made. */
  ageSeconds: maybe,
  vol: maybe,
  fitVol: maybe,
  price: maybe,
})

/** All that an alert says for itself, as it was when it was raised. */
export const alertCard = z.object({
  findings: z.array(finding),
  quotes: z.array(alertQuote),
  spot: z.object({ bid: maybe, ask: maybe, ageSeconds: maybe }),
  asOf: micros,
  tickSize: z.number(),
  /** Scans in a row that saw it before it was raised. */
  scans: count,
  costs: z.object({ perContract: z.number(), perShare: z.number() }),
  fit: z
    .object({
      expiry: date,
      forward: maybe,
      tteYears: z.number(),
      used: count,
      fitError: maybe,
      atmVol: maybe,
      smile: svi.nullable(),
      /** Quotes around the strike, for the picture; the one at fault among them. */
      points: z.object({ strike: column, vol: maybeColumn, bidVol: maybeColumn, askVol: maybeColumn, fitVol: maybeColumn }),
    })
    .nullable(),
})
export type AlertCard = z.infer<typeof alertCard>

const parameter = z.object({
  name: z.string(),
  kind: z.enum(['whole', 'number', 'choice']),
  from: maybe,
  to: maybe,
  step: maybe,
  usual: z.union([z.number(), z.string()]),
  value: z.union([z.number(), z.string()]),
})
export type ThresholdParameter = z.infer<typeof parameter>

const values = z.record(z.string(), z.union([z.number(), z.string()]))
/** What is left out is at its usual value. */
const givenThresholds = z.object({
  gates: values.optional(),
  detectors: z.record(z.string(), z.object({ on: z.boolean().optional(), values: values.optional() })).optional(),
})
export type GivenThresholds = z.infer<typeof givenThresholds>

const thresholds = z.object({
  gates: z.array(parameter),
  detectors: z.array(z.object({ name: z.string(), kind, on: z.boolean(), params: z.array(parameter) })),
  changedAt: micros.nullable(),
})
export type Thresholds = z.infer<typeof thresholds>

const counts = z.object({ total: count, byDetector: z.record(z.string(), count) })

const precisionRow = z.object({
  detector: z.string(),
  kind,
  raised: count,
  perDay: z.number(),
  markedTrue: count,
  markedFalse: count,
  /** Of those that a person marked; null without marks. */
  precision: maybe,
  /** Against the faults planted in the demo market, in this run; null where nothing is planted for it. */
  demo: z.object({ raised: count, matched: count, planted: count, found: count }).nullable(),
  /** Times its thresholds would have to be, for no more than the budget a day; null where it is within it. */
  calibration: maybe,
})
export type PrecisionRow = z.infer<typeof precisionRow>

const read = { needs: 'options:read', changes: false } as const
const write = { needs: 'options:write', changes: true } as const
const tags = ['options']
const byId = z.object({ id: z.string().min(1).max(120) })

export const SNOOZE_SCOPES = ['alert', 'contract', 'rule'] as const

export const alertsContract = {
  list: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/alerts',
      summary: 'Alerts about option chains, as a stream',
      description: 'First all that are kept, newest first; then those that came or changed, at most four times a second.',
      tags,
    })
    .output(eventIterator(z.object({ kind: z.enum(['snapshot', 'changed']), alerts: z.array(alertRow) }))),
  get: procedure
    .meta(read)
    .route({ method: 'GET', path: '/options/alerts/{id}', summary: 'One alert with all that it rests on', tags })
    .errors(failures('ALERT_UNKNOWN'))
    .input(byId)
    .output(z.object({ alert: alertRow, card: alertCard })),
  mark: procedure
    .meta(write)
    .route({ method: 'PUT', path: '/options/alerts/{id}/mark', summary: 'Say whether an alert was right', tags })
    .errors(failures('ALERT_UNKNOWN'))
    .input(byId.extend({ mark }))
    .output(z.object({ alert: alertRow })),
  snooze: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/options/alerts/{id}/snooze',
      summary: 'Keep an alert quiet, or its contract, or its rule',
      description: 'Until an instant; null wakes it. What is raised meanwhile is listed as snoozed and announced to nobody.',
      tags,
    })
    .errors(failures('ALERT_UNKNOWN'))
    .input(byId.extend({ scope: z.enum(SNOOZE_SCOPES), until: micros.nullable() }))
    .output(z.object({ alert: alertRow })),
  thresholds: procedure
    .meta(read)
    .route({ method: 'GET', path: '/options/alerts/thresholds', summary: 'Thresholds of all detectors', tags })
    .output(thresholds),
  preview: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/options/alerts/thresholds/preview',
      summary: 'Alerts on kept moments with the thresholds of now and with others',
      description:
        'Runs all detectors over the newest kept moments of a chain, or of all. Kept moments lie minutes apart, so that each counts at once.',
      tags,
    })
    .errors(failures('THRESHOLD_INVALID', 'UNDERLYING_UNKNOWN'))
    .input(givenThresholds.extend({ underlying: underlyingKey.optional(), limit: z.number().int().min(1).max(200).default(24) }))
    .output(
      z.object({
        moments: count,
        from: micros.nullable(),
        to: micros.nullable(),
        before: counts,
        after: counts,
      }),
    ),
  setThresholds: procedure
    .meta(write)
    .route({ method: 'PUT', path: '/options/alerts/thresholds', summary: 'Change the thresholds', tags })
    .errors(failures('THRESHOLD_INVALID'))
    .input(givenThresholds)
    .output(thresholds),
  precision: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/options/alerts/precision',
      summary: 'How often each detector was right',
      description: 'By what people marked and, on the demo market, by the faults that are planted there.',
      tags,
    })
    .input(
      z.object({
        days: z.coerce.number().int().min(1).max(3650).default(30),
        /** Alerts of one detector that a person wants to see a day. */
        budget: z.coerce.number().min(0.1).max(10_000).default(20),
      }),
    )
    .output(z.object({ detectors: z.array(precisionRow), days: z.number(), demoSince: micros.nullable() })),
  export: procedure
    .meta(read)
    .route({ method: 'GET', path: '/options/alerts/export', summary: 'All kept alerts as CSV', tags })
    .output(eventIterator(fileChunk)),
}
