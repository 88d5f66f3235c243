import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE } from '../kit/time.ts'
import type { Timeframe } from '../market/bars.ts'
import type { Encoding } from './encoding.ts'
import { type ColumnContent, contentOf, guessOrder, guessRoles, roleOfName } from './guess-columns.ts'
import type { ColumnRole, Mapping } from './mapping.ts'
import { type NumberReading, readNumber } from './numbers.ts'
import { type DateOrder, emptyReading, readTime, readTimeOfDay } from './times.ts'

export const DELIMITERS = [',', ';', '\t', '|'] as const

/** How a file is to be read, as far as its sample shows. */
export interface Guess {
  readonly mapping: Mapping
  /** How sure each part is, 0 to 1: by name of the column, and `delimiter`, `decimal`, `dateOrder`, `timeZone`, `timeframe`. */
  readonly confidence: Readonly<Record<string, number>>
  /** What a person should look at before importing. */
  readonly notes: readonly string[]
}

/** The first records of a file and some from further on, as text. */
export interface Sample {
  readonly head: readonly (readonly string[])[]
  readonly rest: readonly (readonly string[])[]
}

const number: NumberReading = { kind: 'missing', value: Number.NaN }
const time = emptyReading()

function isTime(cell: string): boolean {
  return readTime(cell, 'dmy', time).isReadable || readTime(cell, 'mdy', time).isReadable
}

function isNumber(cell: string): boolean {
  return readNumber(cell, '.', number).kind === 'value' || readNumber(cell, ',', number).kind === 'value'
}

/** The delimiter under which most records have one count of fields, and most fields mean something. */
export function guessDelimiter(split: (delimiter: string) => readonly (readonly string[])[]): {
  delimiter: string
  confidence: number
} {
  let best = { delimiter: ',', score: 0 }
  for (const delimiter of DELIMITERS) {
    const records = split(delimiter).filter(record => record.length > 1)
    const width = commonest(records.map(record => record.length))
    const same = records.filter(record => record.length === width)
    const cells = same.slice(-50).flatMap(record => record.filter(cell => cell.trim() !== ''))
    const meaningful = cells.filter(cell => isTime(cell) || isNumber(cell)).length / Math.max(1, cells.length)
    const score = (same.length / Math.max(1, split(delimiter).length)) * (0.2 + meaningful)
    if (score > best.score + 1e-9) best = { delimiter, score }
  }
  return { delimiter: best.delimiter, confidence: Math.min(1, best.score) }
}

function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

/** Whether a comma is the decimal sign, from numbers that can only be read one way. */
export function guessDecimal(
  records: readonly (readonly string[])[],
  delimiter: string,
): { decimal: '.' | ','; confidence: number } {
  let comma = 0
  let point = 0
  for (const cell of records.flat()) {
    const bare = cell.trim()
    if (!/^[-+(]?[$€£]?\s*[\d.,' ]+\)?$/.test(bare)) continue
    const lastComma = bare.lastIndexOf(',')
    const lastPoint = bare.lastIndexOf('.')
    if (lastComma < 0 && lastPoint < 0) continue
    if (lastComma >= 0 && lastPoint >= 0) lastComma > lastPoint ? comma++ : point++
    else if (lastComma >= 0 && !/^[-+]?\d{1,3}(,\d{3})+$/.test(bare)) comma++
    else if (lastPoint >= 0 && !/^[-+]?\d{1,3}(\.\d{3})+$/.test(bare)) point++
  }
  // A date such as 02.01.2020 has two points and is no number.
  const sure = Math.abs(comma - point) / Math.max(1, comma + point)
  if (comma > point && delimiter !== ',') return { decimal: ',', confidence: 0.5 + sure / 2 }
  return { decimal: '.', confidence: comma + point === 0 ? 0.8 : 0.5 + sure / 2 }
}

/**
 * Index of the first record of data: the one behind the names of the columns, or where nothing is a known name, the first that
 * holds a time. A first row that is itself broken is data all the same, and must be refused with its line, not passed over.
 */
function firstData(head: readonly (readonly string[])[]): number {
  const width = commonest(head.filter(record => record.length > 1 || record[0]?.trim()).map(record => record.length))
  const start = head.slice(0, 51)
  const isWide = (record: readonly string[]) => record.length >= Math.min(2, width)
  const holdsTime = (record: readonly string[]) => record.some(cell => /^\d{9,16}$/.test(cell.trim()) || isTime(cell))
  const isHeader = (record: readonly string[]) => record.some(roleOfName) && !record.some(cell => isNumber(cell) || isTime(cell))
  const data = start.findIndex(record => isWide(record) && holdsTime(record))
  const header = start.findIndex(record => isWide(record) && isHeader(record))
  return header >= 0 && (data < 0 || header < data) ? header + 1 : data
}

function headerNames(head: readonly (readonly string[])[], first: number): { names: string[]; hasNames: boolean } {
  const data = head[first] ?? head[0] ?? []
  for (let k = first - 1; k >= 0; k--) {
    const record = head[k]!
    if (record.every(cell => cell.trim() === '')) continue
    if (record.length >= Math.min(2, data.length)) {
      return {
        names: Array.from({ length: Math.max(record.length, data.length) }, (_, i) => record[i]?.trim() || `Column ${i + 1}`),
        hasNames: true,
      }
    }
    break
  }
  return { names: data.map((_, i) => `Column ${i + 1}`), hasNames: false }
}

const ZONE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(utc|gmt|zulu)\b/i, 'UTC'],
  [/\b(et|est|edt|new york|nueva york|eastern)\b/i, 'America/New_York'],
  [/\b(ct|cst|cdt|chicago|central)\b/i, 'America/Chicago'],
  [/\b(pt|pst|pdt|pacific)\b/i, 'America/Los_Angeles'],
  [/\b(cet|cest|berlin|frankfurt|paris)\b/i, 'Europe/Berlin'],
  [/\b(madrid|peninsular)\b/i, 'Europe/Madrid'],
  [/\b(london|bst)\b/i, 'Europe/London'],
  [/\b(tokyo|jst)\b/i, 'Asia/Tokyo'],
  [/\b(singapore|sgt)\b/i, 'Asia/Singapore'],
]

const SPACINGS: readonly (readonly [Timeframe, number, number])[] = [
  ...(
    [
      ['1m', 1],
      ['2m', 2],
      ['5m', 5],
      ['15m', 15],
      ['30m', 30],
    ] as const
  ).map(([name, minutes]) => [name, minutes * MICROS_PER_MINUTE, minutes * MICROS_PER_MINUTE] as const),
  ['1h', MICROS_PER_HOUR, MICROS_PER_HOUR],
  ['2h', 2 * MICROS_PER_HOUR, 2 * MICROS_PER_HOUR],
  ['4h', 4 * MICROS_PER_HOUR, 4 * MICROS_PER_HOUR],
  ['1d', 23 * MICROS_PER_HOUR, 25 * MICROS_PER_HOUR],
  ['1w', 6.9 * MICROS_PER_DAY, 7.1 * MICROS_PER_DAY],
  ['1M', 28 * MICROS_PER_DAY, 31.1 * MICROS_PER_DAY],
]

/** The timeframe whose length is the median distance of neighbouring rows; null where it is none of those offered. */
export function guessTimeframe(times: readonly number[]): Timeframe | null {
  const steps = times
    .slice(1)
    .map((at, k) => Math.abs(at - times[k]!))
    .filter(step => step > 0)
    .sort((a, b) => a - b)
  // Of two middle steps the shorter: holes only ever make steps longer.
  const median = steps[(steps.length - 1) >> 1]
  if (median === undefined) return null
  return SPACINGS.find(([, from, to]) => median >= from && median <= to)?.[0] ?? null
}

function unitIn(name: string, cells: readonly string[]): string {
  const unit = /[([]\s*([^)\]]{1,40}?)\s*[)\]]/.exec(name)?.[1] ?? ''
  if (unit && !ZONE_WORDS.some(([word]) => word.test(unit))) return unit
  const sign = /[$€£¥]/.exec(cells.join(' '))?.[0]
  return sign ? ({ $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' }[sign] ?? '') : ''
}

/** How a table of text is to be read, with how sure each part of the guess is. */
export function guessTable(
  sample: Sample,
  o: { format: 'csv' | 'parquet' | 'json'; encoding: Encoding; delimiter: string; hasHeader?: readonly string[] },
): Guess {
  const found = o.hasHeader ? 0 : firstData(sample.head)
  const first = found < 0 ? Math.min(1, sample.head.length) : found
  const { names, hasNames } = o.hasHeader ? { names: [...o.hasHeader], hasNames: true } : headerNames(sample.head, first)
  const records = [...sample.head.slice(first), ...sample.rest].filter(record => record.some(cell => cell.trim() !== ''))
  const { decimal, confidence: sureOfDecimal } = guessDecimal(records, o.delimiter)
  const column = (k: number) => records.map(record => record[k] ?? '')
  const contents = names.map((name, k) => withEpochs(name, k, column(k), contentOf(column(k), decimal)))
  const { roles, kind, confidence: sureOfRoles } = guessRoles(names, contents)
  const timeColumn = roles.findIndex(role => role === 'time' || role === 'date')
  const order = guessOrder(timeColumn < 0 ? [] : column(timeColumn))
  const times = timesOf(sample.head.slice(first), roles, order.order)
  const hasClock = times.some(at => at % MICROS_PER_DAY !== 0)
  const zone = guessZone(names, hasClock && !order.order.startsWith('epoch'))
  const timeframe = kind === 'ticks' ? null : guessTimeframe(times)
  const price = roles.findIndex(role => role === 'value' || role === 'close' || role === 'price')
  const mapping: Mapping = {
    format: o.format,
    encoding: o.encoding,
    delimiter: o.delimiter,
    decimal,
    headerRows: o.hasHeader ? 0 : first,
    columns: names.map((name, k) => ({ name, role: roles[k]! })),
    dateOrder: order.order,
    timeZone: zone.name,
    unit: price < 0 ? '' : unitIn(names[price]!, column(price).slice(0, 50)),
    kind,
    timeframe,
  }
  const left = names.filter((_, k) => roles[k] === 'skip')
  const notes = [
    order.note,
    zone.note,
    hasNames ? null : 'The file names no columns; they are numbered.',
    left.length > 0 ? `Columns left out: ${left.join(', ')}.` : null,
    kind === 'bars' && timeframe === null ? 'The distance of the rows is none of the timeframes; choose one.' : null,
    timeColumn < 0 ? 'No column looks like a time.' : null,
  ]
  return {
    mapping,
    confidence: {
      ...Object.fromEntries(names.map((name, k) => [name, sureOfRoles[k]!])),
      decimal: sureOfDecimal,
      dateOrder: order.confidence,
      timeZone: zone.confidence,
      timeframe: timeframe ? 0.9 : 0.2,
    },
    notes: notes.filter(note => note !== null),
  }
}

/** Counts of epoch time look like any number: they are times where the name says so or they come first. */
function withEpochs(name: string, k: number, cells: readonly string[], content: ColumnContent): ColumnContent {
  const role = roleOfName(name)
  const isMeant = role === 'time' || role === 'date' || (k === 0 && role === null)
  return isMeant && guessOrder(cells.slice(0, 50)).order.startsWith('epoch') ? { ...content, times: 1 } : content
}

function timesOf(records: readonly (readonly string[])[], roles: readonly ColumnRole[], order: DateOrder): number[] {
  const k = roles.findIndex(role => role === 'time' || role === 'date')
  const clock = roles.indexOf('timeOfDay')
  return records.flatMap(record => {
    const { isReadable, local } = readTime(record[k] ?? '', order, time)
    const ofDay = clock < 0 ? 0 : readTimeOfDay(record[clock] ?? '')
    return isReadable && !Number.isNaN(ofDay) ? [local + ofDay] : []
  })
}

function guessZone(names: readonly string[], isNeeded: boolean): { name: string; confidence: number; note: string | null } {
  if (!isNeeded) return { name: 'UTC', confidence: 1, note: null }
  const text = names.join(' ').replaceAll('_', ' ')
  const found = ZONE_WORDS.find(([word]) => word.test(text))
  if (found) return { name: found[1], confidence: 0.9, note: null }
  return {
    name: 'UTC',
    confidence: 0.5,
    note: 'The file names no time zone for its times; UTC is assumed where a time has none of its own.',
  }
}

const TAIL_WORDS =
  /[-_ .]+(daily|weekly|monthly|hourly|intraday|diario|diaria|semanal|mensual|horario|day|d|1d|1h|1m|5m|15m|30m|price|prices|precio|precios|history|historical|historico|data|datos|ohlc|ohlcv|bars|quotes|ticks|trades|export|download|max)$/i

/** Name of the series that a file most likely is: `wti` of `wti-daily.csv`. */
export function suggestName(file: string): string {
  const base = file.replace(/^.*[\\/]/, '').replace(/\.(csv|tsv|txt|json|ndjson|jsonl|parquet|pq|dat)$/i, '')
  let name = base
  for (;;) {
    const shorter = name.replace(TAIL_WORDS, '')
    if (shorter === name || shorter === '') break
    name = shorter
  }
  const plain = name
    .replace(/[^\p{L}\p{N} ._:=^/-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
    .slice(0, 100)
  return plain || 'series'
}
