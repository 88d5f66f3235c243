/** What a column of a chain file means. */
const PLAIN_ROLES = [
  'quoteTime',
  'quoteDate',
  'quoteClock',
  'underlying',
  'spot',
  'spotBid',
  'spotAsk',
  'contract',
  'expiry',
  'strike',
  'side',
  'bid',
  'ask',
  'bidSize',
  'askSize',
  'last',
  'volume',
  'openInterest',
] as const

/** Files with calls and puts side by side have these twice. */
export const SIDED_FIELDS = ['bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest'] as const
export type SidedField = (typeof SIDED_FIELDS)[number]

const CALL_ROLES = ['callBid', 'callAsk', 'callBidSize', 'callAskSize', 'callLast', 'callVolume', 'callOpenInterest'] as const
const PUT_ROLES = ['putBid', 'putAsk', 'putBidSize', 'putAskSize', 'putLast', 'putVolume', 'putOpenInterest'] as const

export const CHAIN_ROLES = [...PLAIN_ROLES, ...CALL_ROLES, ...PUT_ROLES, 'skip'] as const
export type ChainRole = (typeof CHAIN_ROLES)[number]

/** The role of a field on one side of a file with both sides in a row. */
export function sidedRole(side: 1 | -1, field: SidedField): ChainRole {
  return (side > 0 ? CALL_ROLES : PUT_ROLES)[SIDED_FIELDS.indexOf(field)]!
}

/**
 * Names of columns, without accents, case and punctuation.
 *
 * Source: headers of Cboe DataShop end-of-day and quote-table files, OptionMetrics IvyDB, OptionsDX, Yahoo pages, QuantConnect
 * Lean, yfinance, Interactive Brokers exports; Spanish as brokers in Spain and Mexico write them.
 */
const NAMES: Readonly<Partial<Record<ChainRole, string>>> = {
  quoteTime:
    'quote datetime|quotedatetime|timestamp|datetime|date time|quote readtime|quote unixtime|snapshot|snapshot time|quote timestamp|fecha hora',
  quoteDate:
    'quote date|quotedate|date|data date|datadate|trade date|tradedate|as of|asof|date pulled|datepulled|fecha|fecha cotizacion|day',
  quoteClock: 'quote time|quotetime|quote time et|time|time et|hora|quote time hours|clock',
  underlying: 'underlying|underlying symbol|underlyingsymbol|symbol|ticker|act symbol|subyacente|simbolo|stock',
  spot: 'spot|underlying last|underlying price|underlyingprice|stock price|underlying close|spot price|underlying mid|active underlying price|subyacente ultimo|precio subyacente',
  spotBid: 'underlying bid|spot bid|stock bid|underlying bid 1545|underlying bid eod',
  spotAsk: 'underlying ask|spot ask|stock ask|underlying ask 1545|underlying ask eod',
  contract:
    'contract|contract symbol|contractsymbol|option symbol|optionsymbol|occ symbol|osi|osi key|option|contract name|contrato|option id',
  expiry:
    'expiration|expiry|expiration date|expirationdate|expirydate|expiry date|exdate|expire date|exp date|exp|expdate|maturity|maturity date|vencimiento|fecha vencimiento|fecha de vencimiento',
  strike: 'strike|strike price|strikeprice|k|exercise price|ejercicio|precio ejercicio|precio de ejercicio|strk',
  side: 'right|type|cp|cp flag|call put|callput|put call|putcall|option type|optiontype|c p|side|tipo|tipo opcion|flag',
  bid: 'bid|best bid|bid price|bid eod|bid 1545|b|compra|demanda',
  ask: 'ask|best offer|best ask|offer|ask price|ask eod|ask 1545|a|venta|oferta',
  bidSize: 'bid size|bidsize|bid qty|bid size eod|bid size 1545|bid sz|tamano compra',
  askSize: 'ask size|asksize|ask qty|ask size eod|ask size 1545|offer size|ask sz|tamano venta',
  last: 'last|last price|lastprice|close|last sale|trade price|last trade price|settle|settlement|settlement price|ultimo|cierre',
  volume: 'volume|vol|volume cum|trade volume|total volume|contracts traded|v|volumen|size volume',
  openInterest: 'open interest|openinterest|open int|oi|interes abierto|posicion abierta',
}
const ROLE_OF_NAME = new Map(
  Object.entries(NAMES).flatMap(([role, names]) => names.split('|').map(name => [name, role as ChainRole] as const)),
)
const SIDED_OF_NAME = new Map(
  SIDED_FIELDS.flatMap(field => [...ROLE_OF_NAME].filter(([, role]) => role === field).map(([name]) => [name, field] as const)),
)

/** A name as the table of names has it: `[Quote_Date]` is `quote date`. */
export function plainChainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\((?:[^)]*)\)$/, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** The role that a column's name stands for, null where it says nothing. */
export function chainRoleOf(name: string): ChainRole | null {
  const plain = plainChainName(name)
  const direct = ROLE_OF_NAME.get(plain) ?? ROLE_OF_NAME.get(plain.replaceAll(' ', ''))
  if (direct) return direct
  const sided = /^(c|call|calls|p|put|puts) (.+)$/.exec(plain)
  const field = sided && SIDED_OF_NAME.get(sided[2]!)
  return field ? sidedRole(sided[1]!.startsWith('c') ? 1 : -1, field) : null
}
