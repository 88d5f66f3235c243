import type { Brand } from './brand.ts'

/** `SYMBOL.VENUE`, such as `CLZ26.NYMEX` or `SPY.ARCA`; demo instruments have the venue `DEMO`. */
export type InstrumentId = Brand<string, 'InstrumentId'>

const INSTRUMENT = /^[A-Z0-9^=&/_-][A-Z0-9^=&/_.-]{0,39}\.[A-Z]{2,12}$/

/**
 * The instrument named by that text.
 *
 * Fails: RangeError when the text is not `SYMBOL.VENUE` in capitals.
 */
export function instrumentId(text: string): InstrumentId {
  if (!isInstrumentId(text)) throw new RangeError(`an instrument is written SYMBOL.VENUE, was '${text}'`)
  return text
}

export function isInstrumentId(text: string): text is InstrumentId {
  return INSTRUMENT.test(text)
}

/** The part before the venue: `CLZ26` of `CLZ26.NYMEX`. */
export function symbolOf(id: InstrumentId): string {
  return id.slice(0, id.lastIndexOf('.'))
}

/** The part after the last dot: `NYMEX` of `CLZ26.NYMEX`. */
export function venueOf(id: InstrumentId): string {
  return id.slice(id.lastIndexOf('.') + 1)
}
