import type { ChainMapping } from './mapping.ts'

type Terms = Pick<ChainMapping, 'exercise' | 'settlement' | 'isOnFuture' | 'multiplier'>

const SHARE: Terms = { exercise: 'american', settlement: 'equity-close', isOnFuture: false, multiplier: 100 }
/** Broad funds trade a quarter of an hour longer. Source: Cboe, "Extended trading products". */
const LATE_FUNDS = new Set([
  'SPY',
  'QQQ',
  'IWM',
  'DIA',
  'EEM',
  'GLD',
  'SLV',
  'TLT',
  'XLE',
  'XLF',
  'EFA',
  'USO',
  'UNG',
  'FXI',
  'GDX',
])
const INDICES = new Set(['SPX', 'SPXW', 'XSP', 'NDX', 'NDXP', 'RUT', 'RUTW', 'VIX', 'VIXW', 'DJX', 'XEO', 'NANOS'])
const FUTURES: Readonly<Record<string, number>> = { CL: 1000, LO: 1000, NG: 10_000, ON: 10_000, LN: 10_000 }

/** How the options on an underlying end and what they deliver, as far as its symbol tells; a person may know better. */
export function termsOf(underlying: string): Terms {
  const symbol = underlying.replace(/^[$^.]+/, '').toUpperCase()
  if (LATE_FUNDS.has(symbol)) return { ...SHARE, settlement: 'fund-close' }
  if (INDICES.has(symbol)) return { ...SHARE, exercise: 'european', settlement: 'fund-close' }
  const multiplier = FUTURES[symbol]
  if (multiplier === undefined) return SHARE
  // LN is the European option on natural gas; LO and ON are American.
  const exercise = symbol === 'LN' ? 'european' : 'american'
  return { exercise, settlement: 'energy-settlement', isOnFuture: true, multiplier }
}
