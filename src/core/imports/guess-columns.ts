import type { ColumnRole, SeriesKind } from './mapping.ts'
import { type NumberReading, readNumber } from './numbers.ts'
import { type DateOrder, emptyReading, readTime } from './times.ts'

/** Names of columns in English and Spanish, without accents, case and punctuation; the first role that fits is taken. */
const NAMES: Readonly<Partial<Record<ColumnRole, string>>> = {
  time: 'datetime|timestamp|time|ts|t|date time|fecha hora|fechahora|open time|opentime|time utc|epoch|instant|momento|marca de tiempo',
  date: 'date|fecha|day|dia|month|mes|period|periodo|trading date|trade date|as of|observation date|sesion',
  timeOfDay: 'hora|time of day|clock|hour',
  open: 'open|o|apertura|open price|px open|opening|abertura',
  high: 'high|h|max|maximo|alto|high price|px high|maxima',
  low: 'low|l|min|minimo|bajo|low price|px low|minima',
  close: 'close|c|last|cierre|ultimo|settle|settlement|close last|close price|px last|closing|closing price|liquidacion',
  volume: 'volume|vol|v|volumen|qty|turnover volume|shares',
  bid: 'bid|bid price|compra|demanda|b',
  ask: 'ask|offer|ask price|venta|oferta|a',
  bidSize: 'bid size|bidsize|bid qty|bid volume|tamano compra',
  askSize: 'ask size|asksize|ask qty|ask volume|offer size|tamano venta',
  size: 'size|quantity|trade size|last size|cantidad|tamano|amount',
  price: 'price|trade price|precio|px|last price',
  value: 'value|valor|rate|spot|index|indice|obs value|y|observation|level|tasa|temp|temp max|precipitation',
  symbol: 'symbol|ticker|simbolo|instrument|instrumento|sid|contract|contrato|cusip|isin',
  skip: 'adj close|adjclose|adjusted close|cierre ajustado|adj',
}
const ROLE_OF_NAME = new Map(
  Object.entries(NAMES).flatMap(([role, names]) => names.split('|').map(name => [name, role as ColumnRole] as const)),
)

/** What the cells of a column can be read as. */
export interface ColumnContent {
  readonly filled: number
  /** Shares of the filled cells that can be read so. */
  readonly times: number
  readonly numbers: number
}

/** A name as the table of names has it: `Fecha/Hora (UTC)` is `fecha hora`. */
export function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\([^)]*\)|\[[^\]]*\]/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** The role that a column's name stands for, null where it says nothing. */
export function roleOfName(name: string): ColumnRole | null {
  return ROLE_OF_NAME.get(plainName(name)) ?? null
}

/** What a column holds, from its cells. */
export function contentOf(cells: readonly string[], decimal: '.' | ','): ColumnContent {
  const time = emptyReading()
  const number: NumberReading = { kind: 'missing', value: Number.NaN }
  const filled = cells.filter(cell => cell.trim() !== '')
  const share = (test: (cell: string) => boolean) => filled.filter(test).length / Math.max(1, filled.length)
  return {
    filled: filled.length,
    times: share(cell => ['dmy', 'mdy'].some(order => readTime(cell, order as DateOrder, time).isReadable)),
    numbers: share(cell => readNumber(cell, decimal, number).kind !== 'unreadable'),
  }
}

const EPOCHS: readonly (readonly [DateOrder, number, number])[] = [
  ['epoch-s', 1e8, 1e10],
  ['epoch-ms', 1e11, 1e13],
  ['epoch-us', 1e14, 1e16],
]

/** Counts of epoch time show by their size which unit they are in; null where the cells are none. */
export function epochOrder(cells: readonly string[]): DateOrder | null {
  const values = cells.filter(cell => cell.trim() !== '').map(Number)
  if (values.length === 0) return null
  return EPOCHS.find(([, from, to]) => values.every(value => value >= from && value < to))?.[0] ?? null
}

/** An order of day, month and year, how sure it is from 0 to 1, and what a person should know. */
export interface OrderGuess {
  readonly order: DateOrder
  readonly confidence: number
  readonly note: string | null
}

/** The order of day, month and year that most cells speak for. */
export function guessOrder(cells: readonly string[]): OrderGuess {
  const epoch = epochOrder(cells)
  if (epoch) return { order: epoch, confidence: 0.9, note: null }
  const reading = emptyReading()
  const counts = { ymd: 0, dmy: 0, mdy: 0, either: 0 }
  for (const cell of cells) {
    if (readTime(cell, 'ymd', reading).isReadable) counts.ymd++
    else {
      const { evidence } = readTime(cell, 'dmy', reading)
      if (evidence === 'asked') counts.dmy++
      else if (evidence === 'other') counts.mdy++
      else if (evidence === 'either') counts.either++
    }
  }
  if (counts.dmy + counts.mdy + counts.either === 0) return { order: 'ymd', confidence: counts.ymd > 0 ? 1 : 0, note: null }
  const order = counts.mdy > counts.dmy ? 'mdy' : 'dmy'
  if (counts.dmy > 0 && counts.mdy > 0) {
    return {
      order,
      confidence: 0.3,
      note: `Dates of both orders are in the file: ${counts.dmy} day first, ${counts.mdy} month first.`,
    }
  }
  if (counts.dmy + counts.mdy === 0) {
    return { order, confidence: 0.5, note: 'Nothing in the sample shows whether day or month comes first; day first is assumed.' }
  }
  return { order, confidence: 0.98, note: null }
}

/** A role for each column, and the kind of series that they make. */
export interface Roles {
  readonly roles: readonly ColumnRole[]
  readonly kind: SeriesKind
  /** How sure each column's role is, 0 to 1. */
  readonly confidence: readonly number[]
}

/** What each column means, by its name first, and by what it holds where the name says nothing. */
export function guessRoles(names: readonly string[], contents: readonly ColumnContent[]): Roles {
  const roles: ColumnRole[] = names.map(() => 'skip')
  const confidence = names.map(() => 0.5)
  names.forEach((name, k) => {
    const role = roleOfName(name)
    if (!role || (role !== 'skip' && roles.includes(role)) || !fits(role, contents[k]!)) return
    roles[k] = role
    confidence[k] = 0.95
  })
  settleTime(roles, contents, confidence, names)
  const kind = settlePrices(roles, contents, confidence)
  return { roles, kind, confidence }
}

function fits(role: ColumnRole, content: ColumnContent): boolean {
  if (role === 'symbol' || role === 'skip' || content.filled === 0) return true
  if (role === 'time' || role === 'date' || role === 'timeOfDay') return true
  return content.numbers > 0
}

function settleTime(
  roles: ColumnRole[],
  contents: readonly ColumnContent[],
  confidence: number[],
  names: readonly string[],
): void {
  const date = roles.indexOf('date')
  const time = roles.indexOf('time')
  if (date >= 0 && time >= 0) {
    // A date beside a column called time: together they are the instant, unless that column holds whole instants itself.
    const isWhole = contents[time]!.times > 0.5 || /stamp|epoch|datetime/i.test(names[time]!)
    roles[isWhole ? date : time] = isWhole ? 'skip' : 'timeOfDay'
  } else if (date < 0 && time < 0) {
    const k = contents.findIndex((content, i) => roles[i] === 'skip' && content.times > 0.8)
    if (k >= 0) {
      roles[k] = 'time'
      confidence[k] = 0.7
    }
  }
  if (!roles.includes('timeOfDay') && roles.includes('date')) roles[roles.indexOf('date')] = 'time'
}

function settlePrices(roles: ColumnRole[], contents: readonly ColumnContent[], confidence: number[]): SeriesKind {
  const has = (role: ColumnRole) => roles.includes(role)
  const turn = (from: ColumnRole, to: ColumnRole) => {
    const k = roles.indexOf(from)
    if (k >= 0) roles[k] = to
  }
  if (has('open') && has('high') && has('low')) {
    if (!has('close')) turn('price', 'close')
    if (!has('close')) turn('value', 'close')
    if (has('close')) return drop(roles, ['price', 'value', 'size', 'bid', 'ask', 'bidSize', 'askSize'], 'bars')
  }
  if ((has('bid') && has('ask')) || (has('price') && has('size'))) {
    return drop(roles, ['open', 'high', 'low', 'close', 'value', 'volume'], 'ticks')
  }
  for (const role of ['close', 'price'] as const) if (!has('value')) turn(role, 'value')
  if (!has('value')) {
    const k = contents.findIndex((content, i) => roles[i] === 'skip' && content.filled > 0 && content.numbers > 0.5)
    if (k >= 0) {
      roles[k] = 'value'
      confidence[k] = 0.6
    }
  }
  return drop(roles, ['open', 'high', 'low', 'close', 'volume', 'price', 'size', 'bid', 'ask', 'bidSize', 'askSize'], 'values')
}

function drop(roles: ColumnRole[], unwanted: readonly ColumnRole[], kind: SeriesKind): SeriesKind {
  roles.forEach((role, k) => {
    if (unwanted.includes(role)) roles[k] = 'skip'
  })
  return kind
}
