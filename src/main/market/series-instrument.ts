import { createHash } from 'node:crypto'
import type { SeriesInfo } from '../../contract/market.ts'
import { type InstrumentId, isInstrumentId } from '../../core/kit/ids.ts'
import type { Instrument } from '../../core/market/instrument.ts'

/** An id that the pattern of ids allows: the name in capitals, or, where that loses something, with a piece of its hash. */
function idOf(name: string): InstrumentId {
  const plain = `${name.toUpperCase()}.SERIES`
  if (isInstrumentId(plain) && name.toLowerCase() === name) return plain
  const kept = name
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 28)
  const own = createHash('sha256').update(name).digest('hex').slice(0, 8).toUpperCase()
  return `${kept === '' ? 'S' : kept}-${own}.SERIES` as InstrumentId
}

/** A stored series as an instrument, so that it is found, listed and charted like any other. */
export function toInstrument(info: SeriesInfo, tickSize: number): Instrument {
  return {
    ...{ id: idOf(info.name), symbol: info.name, name: info.name, assetClass: 'series', venue: 'SERIES', source: info.source },
    ...{ currency: '', unit: info.unit, tickSize, multiplier: 1, calendar: 'always', contractMonth: null, lastTradeDate: null },
  }
}
