import { instrumentId, isInstrumentId } from '../../../core/kit/ids.ts'
import { ok, type Result, refused } from '../../../core/kit/result.ts'
import { type EpochMicros, epochMicros } from '../../../core/kit/time.ts'
import { AGGRESSORS, type Aggressor, type Instrument } from '../../../core/market/instrument.ts'
import type { RawDay, RawQuote, RawTrade } from '../source.ts'

/** First line of a recording. */
export interface RecordingHead {
  readonly recording: 1
  /** Source it was made of. */
  readonly source: string
  readonly startedAt: EpochMicros
  readonly instruments: readonly Instrument[]
}

/** One thing that a source put into its sink; `at` is seconds since the recording began. */
export type Frame = { readonly at: number } & (
  | { readonly kind: 'quotes'; readonly rows: readonly RawQuote[] }
  | { readonly kind: 'trades'; readonly rows: readonly RawTrade[] }
  | { readonly kind: 'days'; readonly rows: readonly RawDay[] }
  | { readonly kind: 'instruments'; readonly rows: readonly Instrument[] }
  | { readonly kind: 'gap'; readonly instrument: string | null; readonly fromSeq: number; readonly toSeq: number }
  | { readonly kind: 'refused'; readonly raw: string; readonly reason: string }
)

type BadLine = { readonly kind: 'bad-line'; readonly reason: string }

/** The head of a recording, or why the file is none. */
export function parseHead(line: string): Result<RecordingHead, BadLine> {
  const value = parsed(line)
  if (value?.['recording'] !== 1 || typeof value['source'] !== 'string' || !Array.isArray(value['instruments']))
    return refused({ kind: 'bad-line', reason: 'its first line is not the head of a recording' })
  if (!Number.isSafeInteger(value['startedAt'])) return refused({ kind: 'bad-line', reason: 'its head has no start' })
  return ok({
    recording: 1,
    source: value['source'],
    startedAt: epochMicros(value['startedAt'] as number),
    instruments: value['instruments'] as Instrument[],
  })
}

/** One line of a recording. Numbers that JSON has no way to write are null there and NaN here. */
export function parseFrame(line: string): Result<Frame, BadLine> {
  const value = parsed(line)
  if (!value) return refused({ kind: 'bad-line', reason: 'the line is not JSON' })
  const at = value['at']
  if (typeof at !== 'number' || !(at >= 0)) return refused({ kind: 'bad-line', reason: 'the line has no time' })
  const rows = Array.isArray(value['rows']) ? (value['rows'] as Record<string, unknown>[]) : []
  switch (value['kind']) {
    case 'quotes':
    case 'trades':
    case 'days':
      if (rows.length === 0) return refused({ kind: 'bad-line', reason: 'the frame has no rows' })
      for (const row of rows)
        if (!isInstrumentId(String(row['instrument'])))
          return refused({ kind: 'bad-line', reason: `${String(row['instrument'])} is no instrument` })
      return ok({ at, kind: value['kind'], rows: rows.map(rowOf(value['kind'])) } as Frame)
    case 'instruments':
      return ok({ at, kind: 'instruments', rows: rows as unknown as Instrument[] })
    case 'gap':
      return ok({
        at,
        kind: 'gap',
        instrument: typeof value['instrument'] === 'string' ? value['instrument'] : null,
        fromSeq: numberOf(value['fromSeq']),
        toSeq: numberOf(value['toSeq']),
      })
    case 'refused':
      return ok({ at, kind: 'refused', raw: String(value['raw']), reason: String(value['reason']) })
    default:
      return refused({ kind: 'bad-line', reason: `there is no frame of the kind ${String(value['kind'])}` })
  }
}

const NUMBERS = {
  quotes: ['bid', 'ask', 'bidSize', 'askSize', 'eventTime', 'seq'],
  trades: ['price', 'size', 'eventTime', 'seq'],
  days: ['open', 'high', 'low', 'previousClose', 'volume', 'eventTime'],
} as const

function rowOf(kind: keyof typeof NUMBERS): (row: Readonly<Record<string, unknown>>) => object {
  return row => ({
    instrument: instrumentId(String(row['instrument'])),
    ...Object.fromEntries(NUMBERS[kind].map(name => [name, numberOf(row[name])])),
    ...(kind === 'trades' ? { aggressor: aggressorOf(row['aggressor']) } : {}),
  })
}

function aggressorOf(value: unknown): Aggressor {
  return AGGRESSORS.find(one => one === value) ?? 'unknown'
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
