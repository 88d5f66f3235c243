import { dateOfDay, dayNumberOf } from '../kit/calendar.ts'
import type { IsoDate } from '../kit/time.ts'

/** What an OCC option symbol says. */
export interface OccOption {
  readonly root: string
  readonly expiry: IsoDate
  /** 1 for a call, -1 for a put. */
  readonly side: 1 | -1
  readonly strike: number
}

const OCC = /^([A-Z][A-Z0-9.^/]{0,5}) {0,5}(\d{2})(\d{2})(\d{2})([CP])(\d{4,8})$/

/**
 * Symbol of a contract as `SPY261218C00600000`: root, date, side, and the strike in thousandths.
 *
 * Source: OCC, Options Symbology Initiative; the root is not filled up with blanks, as feeds and files write it.
 */
export function occSymbol({ root, expiry, side, strike }: OccOption): string {
  const date = expiry.slice(2).replaceAll('-', '')
  return `${root}${date}${side > 0 ? 'C' : 'P'}${String(Math.round(strike * 1000)).padStart(8, '0')}`
}

/** What an OCC symbol says, null for any other text; years are read as 2000 to 2099, and zeros before the strike may be missing. */
export function parseOccSymbol(text: string): OccOption | null {
  const match = OCC.exec(text.trim().toUpperCase())
  if (!match) return null
  const [, root, year, month, day, letter, strike] = match
  const expiry = dateOfDay(dayNumberOf(2000 + Number(year), Number(month), Number(day)))
  // The 31st of a month with 30 days would have become another date.
  if (expiry.slice(2).replaceAll('-', '') !== `${year}${month}${day}`) return null
  return { root: root!, expiry, side: letter === 'C' ? 1 : -1, strike: Number(strike) / 1000 }
}
