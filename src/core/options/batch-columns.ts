/** What a row of a batch file is made of. */
export const BATCH_FIELDS = [
  'spot',
  'forward',
  'strike',
  'days',
  'tteYears',
  'vol',
  'rate',
  'yieldRate',
  'side',
  'price',
] as const
export type BatchField = (typeof BATCH_FIELDS)[number]

export const BATCH_KINDS = ['price', 'iv', 'american'] as const
export type BatchKind = (typeof BATCH_KINDS)[number]

/** Names that files use, without regard to case; the first is the one of the reference tables. */
const NAMES: Readonly<Record<BatchField, readonly string[]>> = {
  spot: ['s', 'spot', 'underlying', 'underlying_price'],
  forward: ['f', 'forward', 'future', 'futures'],
  strike: ['k', 'strike'],
  days: ['days', 'dte', 'days_to_expiry'],
  tteYears: ['t', 'tte', 'tteyears', 'tte_years', 'years'],
  vol: ['vol', 'sigma', 'volatility', 'iv'],
  rate: ['r', 'rate'],
  yieldRate: ['q', 'yield', 'dividend', 'dividend_yield', 'yieldrate'],
  side: ['cp', 'side', 'type', 'right', 'call_put'],
  price: ['price', 'value', 'premium', 'mid'],
}

/** Where each field stands in a line; -1 where the file has none. */
export type BatchLayout = Readonly<Record<BatchField, number>> & { readonly delimiter: string }

function delimiterOf(line: string): string {
  return [',', ';', '\t'].reduce((best, sign) => (line.split(sign).length > line.split(best).length ? sign : best), ',')
}

/** A field of a line without blanks and quotes around it. */
export function bare(field: string): string {
  const text = field.trim()
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text
}

/** What a file may lack, by the names of the reference tables; a bar stands between two that serve as well. */
export const BATCH_NEEDS = ['S|F', 'K', 'days|T', 'cp', 'price', 'vol', 'r'] as const
export type BatchNeed = (typeof BATCH_NEEDS)[number]

const NEED_WORDS: Readonly<Record<BatchNeed, string>> = {
  'S|F': 'S (spot) or F (forward)',
  K: 'K (strike)',
  'days|T': 'days or T (years)',
  cp: 'cp (1 for a call, -1 for a put)',
  price: 'price',
  vol: 'vol',
  r: 'r (rate)',
}

/** The columns that a header line names, in order, with the layout they make. */
export interface BatchHeader {
  readonly layout: BatchLayout
  readonly columns: readonly { readonly name: string; readonly field: BatchField | null }[]
}

/** What a header line tells; columns of other names are passed over. */
export function readHeader(header: string): BatchHeader {
  const delimiter = delimiterOf(header)
  const names = header.split(delimiter).map(bare)
  const lower = names.map(name => name.toLowerCase())
  const layout = Object.fromEntries(
    BATCH_FIELDS.map(field => [field, NAMES[field].map(name => lower.indexOf(name)).find(at => at >= 0) ?? -1]),
  ) as Record<BatchField, number>
  const columns = names.map((name, at) => ({ name, field: BATCH_FIELDS.find(field => layout[field] === at) ?? null }))
  return { layout: { ...layout, delimiter }, columns }
}

/** What a layout lacks for a kind of work. */
export function missingFor(layout: BatchLayout, kind: BatchKind): BatchNeed[] {
  const lacks = (...fields: BatchField[]) => fields.every(field => layout[field] < 0)
  const missing: BatchNeed[] = []
  if (lacks('spot', 'forward')) missing.push('S|F')
  if (lacks('strike')) missing.push('K')
  if (lacks('days', 'tteYears')) missing.push('days|T')
  if (lacks('side')) missing.push('cp')
  if (kind === 'iv' && lacks('price')) missing.push('price')
  if (kind !== 'iv' && lacks('vol')) missing.push('vol')
  if (lacks('forward', 'rate')) missing.push('r')
  return missing
}

/**
 * The layout that a header line tells.
 *
 * Fails: RangeError with a sentence that names the columns that are missing.
 */
export function readLayout(header: string, kind: BatchKind): BatchLayout {
  const { layout } = readHeader(header)
  const missing = missingFor(layout, kind).map(need => NEED_WORDS[need])
  if (missing.length === 0) return layout
  throw new RangeError(
    `The first line must name the columns; it has no ${missing.join(', no ')}. It reads: ${header.slice(0, 200)}`,
  )
}

/** 1 for a call, -1 for a put, 0 for a word that is neither. */
export function sideOf(text: string): number {
  const word = text.toLowerCase()
  if (word === '1' || word === '+1' || word === 'c' || word === 'call' || word === '1.0') return 1
  return word === '-1' || word === 'p' || word === 'put' || word === '-1.0' ? -1 : 0
}
