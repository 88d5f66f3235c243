import { type NumberReading, readNumber } from '../../imports/numbers.ts'
import { emptyReading, readTime, readTimeOfDay } from '../../imports/times.ts'
import { fromWallClock } from '../../kit/calendar.ts'
import { type IsoDate, MICROS_PER_HOUR, MICROS_PER_MINUTE } from '../../kit/time.ts'
import type { ChainRow } from '../build-chain.ts'
import { parseOccSymbol } from '../occ-symbol.ts'
import { sideOf } from './guess-chain.ts'
import { type ChainMapping, isSideBySide } from './mapping.ts'
import { type ChainRole, SIDED_FIELDS, sidedRole } from './roles.ts'
import type { ChainRule } from './rules.ts'

/** Cells of one record of a chain file. */
export interface ChainCells {
  readonly count: number
  text(k: number): string
}

/** One record as it was understood; calls and puts side by side give two rows. */
export interface ChainRecord {
  readonly rows: readonly ChainRow[]
  readonly underlying: string
  /** Epoch microseconds of the quotes; NaN where nobody said, a local midnight where only a date stands. */
  readonly time: number
  readonly hasClock: boolean
  readonly spotBid: number
  readonly spotAsk: number
}

/** A cell that made a record useless, or was left out of it. */
export interface CellTrouble {
  readonly rule: ChainRule
  readonly column: string | null
  readonly text: string
}

/** Reads records; null where one is refused. Every trouble is told, that of a refused record last. */
export type RecordReader = (cells: ChainCells, tell: (trouble: CellTrouble) => void) => ChainRecord | null

const QUOTES: ReadonlySet<ChainRole> = new Set(['bid', 'ask', 'callBid', 'callAsk', 'putBid', 'putAsk'])

/** A reader of records under one mapping. */
export function createRecordReader(mapping: ChainMapping): RecordReader {
  const at = new Map(mapping.columns.flatMap(({ role }, k): [ChainRole, number][] => (role === 'skip' ? [] : [[role, k]])))
  const reading: Reading = { mapping, at, dates: new Map(), number: { kind: 'missing', value: Number.NaN } }
  const isWide = isSideBySide(mapping)
  const width = mapping.columns.length
  // Cells that end a record may be missing where they mean nothing.
  const least = Math.max(...[...at.values()]) + 1

  return (cells, tell) => {
    if (cells.count < least) return refuse(tell, 'too-few-fields', null, String(cells.count))
    if (cells.count > width && anyFrom(cells, width)) return refuse(tell, 'too-many-fields', null, String(cells.count))
    const contract = readContract(cells, reading, isWide, tell)
    if (!contract) return null
    const time = readQuoteTime(cells, reading)
    if (!time)
      return refuse(tell, 'time-unreadable', nameOf(reading, 'quoteTime', 'quoteDate', 'quoteClock'), timeText(cells, reading))
    const sides = isWide ? ([1, -1] as const) : [contract.side]
    const rows: ChainRow[] = []
    for (const side of sides) {
      const numbers = readNumbers(cells, reading, isWide ? side : null, tell)
      if (!numbers) return null
      rows.push({ expiry: contract.expiry, strike: contract.strike, side, ...numbers, ...quoteTimeOf(time) })
    }
    const spot = numberAt(cells, reading, 'spot')
    return {
      rows,
      underlying: textAt(cells, reading, 'underlying').toUpperCase() || contract.root,
      ...time,
      spotBid: firstKnown(numberAt(cells, reading, 'spotBid'), spot),
      spotAsk: firstKnown(numberAt(cells, reading, 'spotAsk'), spot),
    }
  }
}

interface Reading {
  readonly mapping: ChainMapping
  readonly at: ReadonlyMap<ChainRole, number>
  /** Expiries by how they are written: a file has few. */
  readonly dates: Map<string, IsoDate | null>
  readonly number: NumberReading
}

function refuse(tell: (trouble: CellTrouble) => void, rule: ChainRule, column: string | null, text: string): null {
  tell({ rule, column, text })
  return null
}

function anyFrom(cells: ChainCells, from: number): boolean {
  for (let k = from; k < cells.count; k += 1) if (cells.text(k).trim() !== '') return true
  return false
}

function nameOf({ at, mapping }: Reading, ...roles: ChainRole[]): string | null {
  const role = roles.find(one => at.has(one))
  return role === undefined ? null : mapping.columns[at.get(role)!]!.name
}

function textAt(cells: ChainCells, { at }: Reading, role: ChainRole): string {
  const k = at.get(role)
  return k === undefined || k >= cells.count ? '' : cells.text(k).trim()
}

function numberAt(cells: ChainCells, reading: Reading, role: ChainRole): number {
  const { kind, value } = numberIn(textAt(cells, reading, role), reading)
  return kind === 'value' && value > 0 ? value : Number.NaN
}

/** Digits with a point or without, as most cells of a big file are: they need no looking for groups and signs. */
const PLAIN = /^\d{1,15}(\.\d{1,12})?$/

function numberIn(text: string, { mapping, number }: Reading): NumberReading {
  if (mapping.decimal !== '.' || !PLAIN.test(text)) return readNumber(text, mapping.decimal, number)
  number.kind = 'value'
  number.value = Number(text)
  return number
}

function firstKnown(a: number, b: number): number {
  return Number.isNaN(a) ? b : a
}

interface Contract {
  readonly root: string
  readonly expiry: string
  readonly strike: number
  readonly side: 1 | -1
}

function readContract(
  cells: ChainCells,
  reading: Reading,
  isWide: boolean,
  tell: (trouble: CellTrouble) => void,
): Contract | null {
  const { mapping, at } = reading
  const written = textAt(cells, reading, 'contract')
  const occ = written === '' ? null : parseOccSymbol(written)
  if (written !== '' && !occ && !at.has('strike'))
    return refuse(tell, 'contract-unreadable', nameOf(reading, 'contract'), written)
  if (occ && /\d$/.test(occ.root) && occ.root.replace(/\d+$/, '') === mapping.underlying)
    return refuse(tell, 'contract-adjusted', nameOf(reading, 'contract'), written)
  const dated = textAt(cells, reading, 'expiry')
  const expiry = dated === '' ? (occ?.expiry ?? null) : dateOf(dated, reading)
  if (dated === '' && !occ) return refuse(tell, 'expiry-missing', nameOf(reading, 'expiry'), '')
  if (expiry === null) return refuse(tell, 'expiry-unreadable', nameOf(reading, 'expiry'), dated)
  const priced = textAt(cells, reading, 'strike')
  const { kind, value } = numberIn(priced, reading)
  if (kind === 'missing' && !occ) return refuse(tell, 'strike-missing', nameOf(reading, 'strike'), '')
  if (kind === 'unreadable' || kind === 'infinite') return refuse(tell, 'strike-unreadable', nameOf(reading, 'strike'), priced)
  // Rounded, or a thousandth of 127500 would not be the 127.5 that others write.
  const strike = kind === 'missing' ? occ!.strike : Math.round(value * mapping.strikeScale * 1e6) / 1e6
  if (!(strike > 0) && !mapping.isOnFuture) return refuse(tell, 'strike-not-positive', nameOf(reading, 'strike'), priced)
  const sided = textAt(cells, reading, 'side')
  const side = isWide ? 1 : sided === '' ? (occ?.side ?? 0) : sideOf(sided)
  if (side === 0) return refuse(tell, 'side-unreadable', nameOf(reading, 'side'), sided)
  const disagrees = occ && (occ.expiry !== expiry || Math.abs(occ.strike - strike) > 5e-4 || occ.side !== side)
  if (disagrees && !isWide) return refuse(tell, 'contract-disagrees', nameOf(reading, 'contract'), written)
  return { root: occ?.root ?? '', expiry, strike, side }
}

/** A weekday before a date says nothing new. */
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]*\s+/i

function dateOf(text: string, { dates, mapping }: Reading): IsoDate | null {
  const known = dates.get(text)
  if (known !== undefined) return known
  const { isReadable, local } = readTime(text.replace(WEEKDAY, ''), mapping.dateOrder, emptyReading())
  const date = isReadable ? (new Date(local / 1000).toISOString().slice(0, 10) as IsoDate) : null
  // A hostile file could hold millions of different ones.
  if (dates.size < 5000) dates.set(text, date)
  return date
}

interface QuoteMoment {
  readonly time: number
  readonly hasClock: boolean
}

const NO_TIME: QuoteMoment = { time: Number.NaN, hasClock: false }

function timeText(cells: ChainCells, reading: Reading): string {
  return [textAt(cells, reading, 'quoteTime'), textAt(cells, reading, 'quoteDate'), textAt(cells, reading, 'quoteClock')]
    .filter(text => text !== '')
    .join(' ')
}

/** When a record was quoted; null where something stands there that is no time. */
function readQuoteTime(cells: ChainCells, reading: Reading): QuoteMoment | null {
  const { mapping } = reading
  const whole = textAt(cells, reading, 'quoteTime')
  const date = whole || textAt(cells, reading, 'quoteDate')
  if (date === '') return NO_TIME
  const read = readTime(date, epochOf(date) ?? mapping.dateOrder, emptyReading())
  if (!read.isReadable) return null
  const clock = textAt(cells, reading, 'quoteClock')
  const ofDay = clock === '' || read.hasClock ? 0 : clockOf(clock)
  if (Number.isNaN(ofDay)) return null
  const hasClock = read.hasClock || clock !== ''
  const local = Math.floor(read.local + ofDay)
  if (!Number.isNaN(read.offset)) return { time: local - read.offset * MICROS_PER_MINUTE, hasClock }
  return { time: fromWallClock(local, mapping.timeZone, 'earlier'), hasClock }
}

function epochOf(text: string): 'epoch-s' | 'epoch-ms' | 'epoch-us' | null {
  if (!/^\d{10,16}$/.test(text)) return null
  return text.length <= 11 ? 'epoch-s' : text.length <= 14 ? 'epoch-ms' : 'epoch-us'
}

/** A time of day, also as hours with a fraction (16.0), as some vendors write it. */
function clockOf(text: string): number {
  const hours = /^\d{1,2}\.\d+$/.test(text) ? Number(text) : Number.NaN
  return hours < 24 ? Math.round(hours * MICROS_PER_HOUR) : readTimeOfDay(text)
}

/** A date alone does not say how old a quote is. */
function quoteTimeOf({ time, hasClock }: QuoteMoment): { quoteTime?: number } {
  return hasClock ? { quoteTime: time } : {}
}

type Numbers = Partial<Record<(typeof SIDED_FIELDS)[number], number>>

/** The numbers of one side; null where a quote is no number, since a price that was written must not become one that was not. */
function readNumbers(
  cells: ChainCells,
  reading: Reading,
  side: 1 | -1 | null,
  tell: (trouble: CellTrouble) => void,
): Numbers | null {
  const numbers: Numbers = {}
  for (const field of SIDED_FIELDS) {
    const role = side === null ? field : sidedRole(side, field)
    const text = textAt(cells, reading, role)
    const { kind, value } = numberIn(text, reading)
    if (kind === 'missing') continue
    if (kind === 'value' && value >= 0) numbers[field] = value
    else if (kind === 'value') tell({ rule: 'negative', column: nameOf(reading, role), text })
    else if (QUOTES.has(role)) return refuse(tell, 'quote-unreadable', nameOf(reading, role), text)
    else tell({ rule: 'number-unreadable', column: nameOf(reading, role), text })
  }
  return numbers
}
