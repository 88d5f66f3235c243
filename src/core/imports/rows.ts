import { offsetAt } from '../kit/calendar.ts'
import { MICROS_PER_DAY, MICROS_PER_MINUTE } from '../kit/time.ts'
import { QUALITY } from '../market/instrument.ts'
import { type Batch, MARKS } from './batch.ts'
import { type ColumnRole, type Mapping, SLOTS } from './mapping.ts'
import type { NumberReading } from './numbers.ts'
import { isRefused, type Problem, problem, type RuleKey } from './rules.ts'
import { type DateOrder, emptyReading, ORDER_WORDS, readTimeOfDay, type TimeReading } from './times.ts'

/** One record of a file, whatever its form. */
export interface RowFields {
  readonly count: number
  isBlank(k: number): boolean
  number(k: number, out: NumberReading): void
  time(k: number, order: DateOrder, out: TimeReading): void
  text(k: number): string
}

interface Options {
  readonly mapping: Mapping
  /** Epoch microseconds; what lies more than a day after it is in the future. */
  readonly now: number
  readonly onProblem: (problem: Problem) => void
  /** A batch with room for at least one more row. */
  readonly into: () => Batch
}

/** What the rows of a file showed about the order of day and month. */
export interface OrderEvidence {
  asked: number
  other: number
  either: number
}

/** Reads records one after another; the rules between rows (order, repeated hours) need them in the order of the file. */
export interface RowReader {
  take(fields: RowFields, line: number): void
  /** Counts a record that is no row at all. */
  refuse(rule: RuleKey, line: number, text: string, data?: Readonly<Record<string, string | number>>): void
  readonly counts: { read: number; refused: number }
  readonly evidence: OrderEvidence
}

interface State extends Options {
  readonly at: ReadonlyMap<ColumnRole, number>
  readonly needed: number
  readonly counts: { read: number; refused: number }
  readonly evidence: OrderEvidence
  readonly slots: Float64Array
  readonly reading: TimeReading
  readonly number: NumberReading
  line: number
  marks: number
  /** 1 where times go up, -1 where the newest row comes first, 0 before that is known. */
  direction: number
  newest: number
  firstSymbol: string | null
}

/**
 * Reads the records of one file: each becomes a row of a batch, or a problem with its line.
 *
 * The rules are those of rules.ts; repeats are found later, once the rows are in order (settle.ts).
 */
export function createRowReader(options: Options): RowReader {
  const { mapping } = options
  const at = new Map(mapping.columns.flatMap(({ role }, k): [ColumnRole, number][] => (role === 'skip' ? [] : [[role, k]])))
  // A close alone is the value of a series of values.
  if (mapping.kind === 'values' && !at.has('value') && at.has('close')) at.set('value', at.get('close')!)
  const state: State = {
    ...options,
    at,
    needed: Math.max(...at.values()) + 1,
    counts: { read: 0, refused: 0 },
    evidence: { asked: 0, other: 0, either: 0 },
    slots: new Float64Array(SLOTS[mapping.kind].length),
    reading: emptyReading(),
    number: { kind: 'missing', value: Number.NaN },
    line: 0,
    marks: 0,
    direction: 0,
    newest: Number.NaN,
    firstSymbol: null,
  }
  return {
    take(fields, line) {
      state.line = line
      state.marks = 0
      state.counts.read++
      if (!take(state, fields)) state.counts.refused++
    },
    refuse(rule, line, text, data) {
      state.counts.read++
      state.counts.refused++
      options.onProblem(problem(rule, { line, text }, data))
    },
    counts: state.counts,
    evidence: state.evidence,
  }
}

/** Reports what a row broke; false where it is refused, so that a check can end with it. */
function broke(
  state: State,
  rule: RuleKey,
  k: number | null,
  text: string,
  data?: Readonly<Record<string, string | number>>,
): boolean {
  const column = k === null ? null : (state.mapping.columns[k]?.name ?? null)
  state.onProblem(problem(rule, { line: state.line, column, text }, data))
  if (isRefused(rule)) return false
  state.marks |= MARKS.flagged
  return true
}

function take(state: State, fields: RowFields): boolean {
  if (!hasShape(state, fields) || !isSameSymbol(state, fields)) return false
  const time = timeOf(state, fields)
  if (Number.isNaN(time) || !readSlots(state, fields)) return false
  const isWhole = state.mapping.kind === 'bars' ? checkBar(state) : state.mapping.kind === 'values' ? true : checkTick(state)
  if (!isWhole) return false
  checkSigns(state)
  checkOrder(state, time)
  const batch = state.into()
  const { columns, rows } = batch
  columns[0]![rows] = time
  for (let k = 0; k < state.slots.length; k++) columns[k + 1]![rows] = state.slots[k]!
  columns[columns.length - 2]![rows] = state.marks
  columns[columns.length - 1]![rows] = state.line
  batch.rows++
  return true
}

function hasShape(state: State, fields: RowFields): boolean {
  const expected = state.mapping.columns.length
  const sizes = { fields: fields.count, expected }
  if (fields.count < state.needed) return broke(state, 'too-few-fields', null, wholeText(fields), sizes)
  for (let k = expected; k < fields.count; k++) {
    // One field too many is mostly a mark of thousands taken for a delimiter: every number after it would be another column's.
    if (!fields.isBlank(k)) return broke(state, 'too-many-fields', null, wholeText(fields), sizes)
  }
  return true
}

function wholeText(fields: RowFields): string {
  return Array.from({ length: Math.min(fields.count, 20) }, (_, k) => fields.text(k)).join(' | ')
}

function isSameSymbol(state: State, fields: RowFields): boolean {
  const k = state.at.get('symbol')
  if (k === undefined) return true
  const symbol = fields.text(k).trim()
  state.firstSymbol ??= symbol
  return symbol === state.firstSymbol || broke(state, 'other-symbol', k, symbol, { symbol, first: state.firstSymbol })
}

/** The instant of a row, NaN where the row is refused for it. */
function timeOf(state: State, fields: RowFields): number {
  const k = state.at.get('time') ?? state.at.get('date')!
  const { reading, mapping, evidence } = state
  if (fields.isBlank(k)) return refusedTime(state, 'time-missing', k, '')
  fields.time(k, mapping.dateOrder, reading)
  if (reading.evidence !== 'none') evidence[reading.evidence]++
  if (!reading.isReadable)
    return refusedTime(state, 'time-unreadable', k, fields.text(k), { order: ORDER_WORDS[mapping.dateOrder] })
  if (reading.evidence === 'either') state.marks |= MARKS.ambiguous
  const clock = state.at.get('timeOfDay')
  if (clock !== undefined) {
    const ofDay = readTimeOfDay(fields.text(clock))
    if (Number.isNaN(ofDay)) return refusedTime(state, 'time-unreadable', clock, fields.text(clock), { order: 'a time of day' })
    reading.local += ofDay
    reading.hasClock = true
  }
  const time = instantOf(state, fields, k)
  if (time > state.now + MICROS_PER_DAY) {
    broke(state, 'future', k, fields.text(k))
  }
  return time
}

function refusedTime(state: State, rule: RuleKey, k: number, text: string, data?: Readonly<Record<string, string>>): number {
  broke(state, rule, k, text, data)
  return Number.NaN
}

/** A date alone is that day, 00:00 UTC, in every zone; a time is of the zone it names, else of the mapping's. */
function instantOf(state: State, fields: RowFields, k: number): number {
  const { reading } = state
  if (!reading.hasClock) return reading.local
  if (!Number.isNaN(reading.offset)) return reading.local - reading.offset * MICROS_PER_MINUTE
  const zone = state.mapping.timeZone
  if (zone === 'UTC') return reading.local
  const before = reading.local - offsetAt(reading.local - MICROS_PER_DAY, zone)
  const after = reading.local - offsetAt(reading.local + MICROS_PER_DAY, zone)
  if (before === after) return before
  const isBefore = reading.local - offsetAt(before, zone) === before
  const isAfter = reading.local - offsetAt(after, zone) === after
  if (isBefore && isAfter) return repeatedHour(state, fields, k, Math.min(before, after), Math.max(before, after))
  if (!isBefore && !isAfter) return refusedTime(state, 'time-skipped', k, fields.text(k), { zone })
  return isBefore ? before : after
}

/** The hour that comes twice in autumn: which one it is shows the row before. */
function repeatedHour(state: State, fields: RowFields, k: number, first: number, second: number): number {
  const isSecond = state.direction < 0 ? second < state.newest : first <= state.newest && second > state.newest
  broke(state, 'time-repeated', k, fields.text(k), { zone: state.mapping.timeZone, which: isSecond ? 'second' : 'first' })
  return isSecond ? second : first
}

/** Prices of a row that must be there; of a tick, what is there must be a number. */
function isRequired(mapping: Mapping, slot: string): boolean {
  return (mapping.kind === 'bars' && slot !== 'volume') || mapping.kind === 'values'
}

function readSlots(state: State, fields: RowFields): boolean {
  const names = SLOTS[state.mapping.kind]
  for (let slot = 0; slot < names.length; slot++) {
    const name = names[slot]!
    const k = state.at.get(name)
    state.slots[slot] = Number.NaN
    if (k === undefined) continue
    fields.number(k, state.number)
    if (state.number.kind === 'value') state.slots[slot] = state.number.value
    else if (state.number.kind === 'unreadable') return broke(state, 'number-unreadable', k, fields.text(k))
    else if (state.number.kind === 'infinite') return broke(state, 'not-finite', k, fields.text(k))
    else if (isRequired(state.mapping, name)) return broke(state, 'missing-price', k, fields.text(k), { column: name })
    if (state.slots[slot]! < 0 && (name === 'volume' || name === 'size' || name.endsWith('Size'))) {
      return broke(state, 'negative-volume', k, fields.text(k))
    }
  }
  return true
}

function checkBar(state: State): boolean {
  const [open = 0, high = 0, low = 0, close = 0] = state.slots
  if (high < low) return broke(state, 'high-below-low', state.at.get('high')!, String(high), { high, low })
  for (const [value, rule, role] of [
    [open, 'open-outside-range', 'open'],
    [close, 'close-outside-range', 'close'],
  ] as const) {
    if (value >= low && value <= high) continue
    broke(state, rule, state.at.get(role)!, String(value), { [role]: value, high, low })
    state.marks |= QUALITY.outlier
  }
  return true
}

function checkTick(state: State): boolean {
  const [price = Number.NaN, , bid = Number.NaN, ask = Number.NaN] = state.slots
  if (Number.isNaN(price) && Number.isNaN(bid) && Number.isNaN(ask)) {
    return broke(state, 'missing-price', null, '', { column: 'price' })
  }
  if (bid > ask) {
    broke(state, 'crossed', state.at.get('bid')!, String(bid), { bid, ask })
    state.marks |= QUALITY.crossed
  }
  return true
}

const PRICE_SLOTS = { bars: [3], values: [0], ticks: [0, 2, 3] } as const

function checkSigns(state: State): void {
  for (const slot of PRICE_SLOTS[state.mapping.kind]) {
    if (!(state.slots[slot]! <= 0)) continue
    const name = SLOTS[state.mapping.kind][slot]!
    broke(state, 'non-positive', state.at.get(name) ?? null, String(state.slots[slot]))
    state.marks |= QUALITY.nonPositive
    return
  }
}

function checkOrder(state: State, time: number): void {
  if (Number.isNaN(state.newest)) {
    state.newest = time
  } else if (state.direction === 0) {
    state.direction = Math.sign(time - state.newest)
    state.newest = time
  } else if ((time - state.newest) * state.direction < 0) {
    broke(state, 'out-of-order', null, '')
    state.marks |= QUALITY.outOfOrder
  } else {
    state.newest = time
  }
}
