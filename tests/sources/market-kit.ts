import type { InstrumentId } from '../../src/core/kit/ids.ts'
import { instrumentId } from '../../src/core/kit/ids.ts'
import { type EpochMicros, epochMicros } from '../../src/core/kit/time.ts'
import type { Instrument, Quote, Trade } from '../../src/core/market/instrument.ts'
import { createFeed } from '../../src/main/market/feed.ts'
import type { RawQuote, RawTrade } from '../../src/main/sources/source.ts'
import type { Topics } from '../../src/main/topics.ts'
import { createBus } from '../../src/platform/bus.ts'
import { type Clock, type ManualClock, manualClock } from '../../src/platform/clock.ts'
import { silentLog } from '../../src/platform/log.ts'
import { createMetrics } from '../../src/platform/metrics.ts'

/** Wednesday 2026-03-11 15:00 UTC, 11:00 in New York: every market is open. */
export const MIDDAY: EpochMicros = epochMicros(Date.UTC(2026, 2, 11, 15) * 1000)

export function instrumentFor(symbol: string, over: Partial<Instrument> = {}): Instrument {
  return {
    id: instrumentId(`${symbol}.TEST`),
    symbol,
    name: `${symbol} for tests`,
    assetClass: 'equity',
    venue: 'TEST',
    source: 'test',
    currency: 'USD',
    unit: '',
    tickSize: 0.01,
    multiplier: 1,
    calendar: 'nyse',
    contractMonth: null,
    lastTradeDate: null,
    ...over,
  }
}

export function rawQuote(id: InstrumentId, bid: number, ask: number, eventTime: number, seq: number): RawQuote {
  return { instrument: id, bid, ask, bidSize: 1, askSize: 1, eventTime: eventTime as EpochMicros, seq }
}

export function rawTrade(id: InstrumentId, price: number, size: number, eventTime: number, seq: number): RawTrade {
  return { instrument: id, price, size, aggressor: 'unknown', eventTime: eventTime as EpochMicros, seq }
}

/** The way in with what came out of it collected, on a manual clock unless another is given. */
export function feedForTest(clock: Clock = manualClock(MIDDAY)) {
  const faults: unknown[] = []
  const bus = createBus<Topics>({ onFault: (_, fault) => void faults.push(fault) })
  const written = { quotes: [] as Quote[], trades: [] as Trade[], refused: [] as { raw: string; reason: string }[] }
  const feed = createFeed({
    bus,
    clock,
    log: silentLog,
    metrics: createMetrics(),
    writers: {
      quotes: batch => void written.quotes.push(...batch),
      trades: batch => void written.trades.push(...batch),
      refused: frame => void written.refused.push(frame),
    },
  })
  return { ...feed, bus, clock: clock as ManualClock, written, faults }
}
