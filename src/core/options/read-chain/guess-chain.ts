import type { Encoding } from '../../imports/encoding.ts'
import { guessDecimal, guessDelimiter } from '../../imports/guess.ts'
import { guessOrder } from '../../imports/guess-columns.ts'
import { type NumberReading, readNumber } from '../../imports/numbers.ts'
import { emptyReading, readTime } from '../../imports/times.ts'
import { parseOccSymbol } from '../occ-symbol.ts'
import type { ChainMapping } from './mapping.ts'
import { type ChainRole, chainRoleOf, plainChainName, SIDED_FIELDS, type SidedField, sidedRole } from './roles.ts'
import type { ChainNote } from './rules.ts'
import { termsOf } from './terms.ts'

/** How a chain file is to be read, as far as its first records show. */
export interface ChainGuess {
  readonly mapping: ChainMapping
  /** How sure each column is, 0 to 1, by its place. */
  readonly confidence: readonly number[]
  /** True where the file can only be a chain: contracts and quotes were recognised. */
  readonly isChain: boolean
  readonly notes: readonly ChainNote[]
}

/** The head of a file under some delimiter. */
export type SplitHead = (delimiter: string) => readonly (readonly string[])[]

const LONGEST_PREAMBLE = 30
/** Columns that must be recognised by name before a record is taken for the names. */
const LEAST_NAMES = 3
const SAMPLE = 400

/** What the names and the first rows of a file say about how it is to be read. */
export function guessChain(
  split: SplitHead,
  o: { readonly encoding: Encoding; readonly isSureOfEncoding: boolean; readonly fixed?: Partial<ChainMapping> },
): ChainGuess {
  const fixed = o.fixed ?? {}
  const delimiter = fixed.delimiter ?? guessDelimiter(one => [...split(one)]).delimiter
  const head = split(delimiter)
  const found = head.slice(0, LONGEST_PREAMBLE).findIndex(record => namedColumns(record) >= LEAST_NAMES)
  const headerRows = fixed.headerRows ?? found + 1
  const names = namesOf(head, headerRows)
  const rows = head.slice(headerRows, headerRows + SAMPLE).filter(record => record.some(cell => cell.trim() !== ''))
  const column = (k: number) => rows.map(record => record[k] ?? '').filter(cell => cell.trim() !== '')
  const decimal = fixed.decimal ?? guessDecimal(rows, delimiter).decimal
  const roles = fixed.columns ? fixed.columns.map(({ role }) => role) : rolesOf(names, column)
  const dates = roles.flatMap((role, k) => (role === 'expiry' || role === 'quoteDate' || role === 'quoteTime' ? column(k) : []))
  const order = guessOrder(dates)
  const cellsOf = (role: ChainRole) => column(roles.indexOf(role))
  const underlying = commonest(cellsOf('underlying')) ?? parseOccSymbol(cellsOf('contract')[0] ?? '')?.root ?? ''
  const inThousandths = areThousandths(names, roles, cellsOf('strike'), decimal)
  const zone = zoneIn(names)
  const hasClock = roles.includes('quoteTime') || roles.includes('quoteClock')
  const mapping: ChainMapping = {
    encoding: o.encoding,
    delimiter,
    decimal,
    headerRows,
    columns: names.map((name, k) => ({ name, role: roles[k] ?? 'skip' })),
    dateOrder: order.order.startsWith('epoch') ? 'ymd' : order.order,
    timeZone: zone ?? 'America/New_York',
    ...termsOf(underlying),
    underlying,
    strikeScale: inThousandths ? 0.001 : 1,
    times: ownTimes(rows, roles) ? 'rows' : 'moments',
    moment: null,
    ...fixed,
  }
  const notes: (ChainNote | null)[] = [
    o.isSureOfEncoding ? null : 'encoding-guessed',
    found < 0 && fixed.headerRows === undefined ? 'no-header' : null,
    hasClock && zone === null && fixed.timeZone === undefined ? 'zone-assumed' : null,
    order.note !== null && fixed.dateOrder === undefined ? 'date-order-assumed' : null,
    inThousandths && fixed.strikeScale === undefined ? 'strike-in-thousandths' : null,
    underlying === '' && !fixed.underlying ? 'no-underlying' : null,
  ]
  return {
    mapping,
    confidence: names.map((name, k) => sureness(name, roles[k] ?? 'skip')),
    isChain: isChainTable(roles),
    notes: notes.filter(note => note !== null),
  }
}

function namedColumns(record: readonly string[]): number {
  return new Set(record.map(chainRoleOf).filter(role => role !== null)).size
}

function namesOf(head: readonly (readonly string[])[], headerRows: number): string[] {
  const width = Math.max(0, ...head.slice(headerRows, headerRows + 50).map(record => record.length))
  const names = headerRows > 0 ? (head[headerRows - 1] ?? []) : []
  return Array.from({ length: Math.max(width, names.length) }, (_, k) => names[k]?.trim() || `Column ${k + 1}`)
}

/** A role for each column: by its name, what its cells are, and for names that come twice by the side of the strike. */
function rolesOf(names: readonly string[], column: (k: number) => readonly string[]): ChainRole[] {
  const roles = names.map((name, k) => withContent(chainRoleOf(name) ?? 'skip', name, column(k)))
  if (!roles.includes('contract')) {
    const symbols = names.findIndex((_, k) => areContracts(column(k)))
    if (symbols >= 0) roles[symbols] = 'contract'
  }
  const isWide = isTwice(roles, 'bid') || isTwice(roles, 'ask')
  const strike = roles.indexOf('strike')
  const taken = new Set<ChainRole>()
  return roles.map((role, k) => {
    const sided = isWide && strike >= 0 && SIDED_FIELDS.includes(role as SidedField)
    const own = sided ? sidedRole(k < strike ? 1 : -1, role as SidedField) : role
    // Calls and puts by their own symbols on either side: strike and expiry say the same.
    const plain = isWide && own === 'contract' ? 'skip' : own
    if (plain === 'skip' || taken.has(plain)) return 'skip'
    taken.add(plain)
    return plain
  })
}

function isTwice(roles: readonly ChainRole[], role: ChainRole): boolean {
  return roles.filter(one => one === role).length > 1
}

/** Names such as `symbol` and `time` mean different things; the cells tell which. */
function withContent(role: ChainRole, name: string, cells: readonly string[]): ChainRole {
  if (cells.length === 0) return role
  const reading = emptyReading()
  const isDate = readTime(cells[0]!, 'dmy', reading).isReadable || readTime(cells[0]!, 'mdy', reading).isReadable
  if ((role === 'underlying' || role === 'contract') && areContracts(cells)) return 'contract'
  if (role === 'contract') return 'skip'
  if (role === 'quoteClock' && isDate) return 'quoteTime'
  if (role === 'quoteDate' && isDate && readTime(cells[0]!, 'dmy', reading).hasClock) return 'quoteTime'
  if (role === 'side') return cells.filter(cell => sideOf(cell) !== 0).length >= cells.length / 2 ? 'side' : 'skip'
  if (role === 'quoteTime' && /unix/.test(plainChainName(name))) return 'skip'
  if (role === 'expiry' && /^\d{9,}$/.test(cells[0]!.trim())) return 'skip'
  return role
}

function areContracts(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.slice(0, 20).every(cell => parseOccSymbol(cell) !== null)
}

/** 1 for what is written for a call, -1 for a put, 0 for anything else. */
export function sideOf(text: string): 1 | -1 | 0 {
  const plain = text.trim().toLowerCase()
  if (plain === 'c' || plain === 'call' || plain === 'calls') return 1
  return plain === 'p' || plain === 'put' || plain === 'puts' ? -1 : 0
}

function commonest(cells: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const cell of cells) {
    const plain = cell.trim().toUpperCase()
    counts.set(plain, (counts.get(plain) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

/** OptionMetrics writes strikes times a thousand, in `strike_price` beside `exdate` or `cp_flag`. */
function areThousandths(
  names: readonly string[],
  roles: readonly ChainRole[],
  cells: readonly string[],
  decimal: '.' | ',',
): boolean {
  const plain = names.map(plainChainName)
  if (plain[roles.indexOf('strike')] !== 'strike price' || !(plain.includes('exdate') || plain.includes('cp flag'))) return false
  const number: NumberReading = { kind: 'missing', value: Number.NaN }
  return cells.length > 0 && cells.every(cell => readNumber(cell, decimal, number).value >= 1000 && number.value % 10 === 0)
}

const ZONES: readonly (readonly [RegExp, string])[] = [
  [/\b(et|est|edt|eastern|new york)\b/, 'America/New_York'],
  [/\b(ct|cst|cdt|chicago)\b/, 'America/Chicago'],
  [/\b(utc|gmt)\b/, 'UTC'],
  [/\b(cet|madrid)\b/, 'Europe/Madrid'],
]

function zoneIn(names: readonly string[]): string | null {
  const text = names.map(plainChainName).join(' ')
  return ZONES.find(([word]) => word.test(text))?.[1] ?? null
}

/** Whether times differ from row to row: then they are those of the quotes, and not of one look at them all. */
function ownTimes(rows: readonly (readonly string[])[], roles: readonly ChainRole[]): boolean {
  const k = roles.findIndex(role => role === 'quoteTime' || role === 'quoteClock')
  const times = new Set(rows.map(record => record[k] ?? ''))
  return k >= 0 && rows.length >= 20 && times.size > rows.length / 5
}

function isChainTable(roles: readonly ChainRole[]): boolean {
  const has = (role: ChainRole) => roles.includes(role)
  const isContract = has('contract') || (has('strike') && has('expiry') && (has('side') || has('callBid') || has('callLast')))
  return isContract && (has('bid') || has('ask') || has('callBid') || has('last'))
}

function sureness(name: string, role: ChainRole): number {
  if (role === 'skip') return chainRoleOf(name) === null ? 0.7 : 0.4
  return chainRoleOf(name) === role ? 0.95 : 0.75
}
