import type { SeriesInfo } from '../../contract/market.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import type { Liveness } from '../../core/market/instrument.ts'
import type { DataStore, SegmentFile } from '../../platform/data-store.ts'
import { segmentColumns } from './series-store.ts'

/** Some rows of a series as columns of equal length; which are read depends on the kind. Missing numbers are NaN. */
export interface ColumnsBatch {
  /** Epoch microseconds, UTC. */
  readonly time: Float64Array
  readonly open?: Float64Array
  readonly high?: Float64Array
  readonly low?: Float64Array
  readonly close?: Float64Array
  readonly volume?: Float64Array
  readonly value?: Float64Array
  readonly bid?: Float64Array
  readonly ask?: Float64Array
  readonly bidSize?: Float64Array
  readonly askSize?: Float64Array
  readonly price?: Float64Array
  readonly size?: Float64Array
  /** Sum of QUALITY bits; 0 where absent. */
  readonly quality?: Float64Array
}

/** What a series is to be. */
export interface SeriesDraft {
  readonly name: string
  readonly kind: SeriesInfo['kind']
  readonly timeframe: Timeframe | null
  readonly unit: string
  /** IANA zone whose days are the days of the series. */
  readonly timeZone: string
  readonly source: string
  readonly state: Liveness
  /** The file it is read from; it is archived by its hash. */
  readonly rawFile: string | null
  readonly user: string
  /** Takes the place of a series of that name instead of being refused. */
  readonly replace: boolean
  /**
   * Rows that were refused and flagged, asked once all rows have been taken. Without it those with a QUALITY bit count as
   * flagged; an import flags more, such as a time in the future, for which no bit stands.
   */
  readonly counts?: () => { readonly refused: number; readonly flagged?: number }
}

export interface TakenSegment extends SegmentFile {
  readonly from: number | null
  readonly to: number | null
  readonly flagged: number
  readonly tickSize: number
}

/** Where each column of a segment comes from in a batch. */
const FROM: Readonly<Record<string, keyof ColumnsBatch>> = { bid_size: 'bidSize', ask_size: 'askSize' }

/** A price shows its step in far fewer rows than this. */
const SAMPLED = 4000
const FINEST = 6

/** Decimals that numbers show, 0 to 6: a float that was 1438.36 once and came out as 1438.359985 counts as two. */
function decimalsOf(value: number): number {
  const slack = Math.max(1e-9, Math.abs(value) * 2e-8)
  for (let decimals = 0; decimals < FINEST; decimals++) {
    const scaled = 10 ** decimals
    if (Math.abs(Math.round(value * scaled) / scaled - value) <= slack) return decimals
  }
  return FINEST
}

/** Takes rows into a segment: checks their shape, and learns their extent, flags and step on the way. */
export function createSegmentIntake(store: DataStore, kind: SeriesInfo['kind']) {
  const types = segmentColumns(kind)
  const shown = { bars: 'close', values: 'value', ticks: 'price' } as const
  return {
    async take(rows: AsyncIterable<ColumnsBatch>, file: string): Promise<TakenSegment> {
      let from = Number.POSITIVE_INFINITY
      let to = Number.NEGATIVE_INFINITY
      let flagged = 0
      let decimals = 0
      let sampled = 0
      const look = (batch: ColumnsBatch) => {
        for (const time of batch.time) {
          if (!Number.isSafeInteger(time)) throw new RangeError(`times must be whole microseconds, one was ${time}`)
          if (time < from) from = time
          if (time > to) to = time
        }
        for (const quality of batch.quality ?? []) if (quality !== 0) flagged++
        const prices = batch[shown[kind]] ?? batch.bid ?? []
        for (let k = 0; k < prices.length && sampled < SAMPLED; k++) {
          if (Number.isNaN(prices[k])) continue
          decimals = Math.max(decimals, decimalsOf(prices[k]!))
          sampled++
        }
      }
      const writer = await store.openSegment(types)
      try {
        for await (const batch of rows) {
          if (batch.time.length === 0) continue
          look(batch)
          const columns: Record<string, Float64Array> = {}
          for (const name of Object.keys(types)) {
            const column = batch[FROM[name] ?? (name as keyof ColumnsBatch)]
            if (column) columns[name] = column
          }
          columns.quality ??= new Float64Array(batch.time.length)
          await writer.append(columns)
        }
        const segment = await writer.finish(file, 'time')
        const extent = segment.rows === 0 ? { from: null, to: null } : { from, to }
        return { ...segment, ...extent, flagged, tickSize: Number((10 ** -decimals).toFixed(FINEST)) }
      } catch (fault) {
        await writer.discard().catch(() => undefined)
        throw fault
      }
    },
  }
}
