import { dayIn } from '../../kit/calendar.ts'
import { type EpochMicros, epochMicros } from '../../kit/time.ts'
import { addTradingDays, CALENDARS, isTradingDay, sessionOn, type TradingCalendar } from '../../market/sessions.ts'
import { buildChain, type ChainProblem, type ChainRow } from '../build-chain.ts'
import type { OptionChain } from '../chain.ts'
import type { ChainMapping } from './mapping.ts'
import { type ChainCells, createRecordReader } from './read-rows.ts'
import { CHAIN_RULES, type ChainFileProblem, type ChainNote, type ChainRule } from './rules.ts'

/** A moment or an underlying that a file has quotes of, and how many rows. */
export interface ChainChoice<T> {
  readonly value: T
  readonly rows: number
}

/** A chain as a file has it, and what of the file is not in it. */
export interface ChainReading {
  /** Null where no row could be read. */
  readonly chain: OptionChain | null
  readonly mapping: ChainMapping
  /** Records of the file; those of the chain; those refused. The rest is of other moments and underlyings. */
  readonly read: number
  readonly accepted: number
  readonly refused: number
  readonly flagged: number
  /** The first thousand; `byRule` counts them all. */
  readonly problems: readonly ChainFileProblem[]
  readonly byRule: Readonly<Partial<Record<ChainRule, number>>>
  /** Moments of the wanted underlying, oldest first. */
  readonly moments: readonly ChainChoice<EpochMicros>[]
  readonly underlyings: readonly ChainChoice<string>[]
  readonly notes: readonly ChainNote[]
}

/** Takes the records of a file one after another and makes a chain of them. */
export interface ChainCollector {
  take(cells: ChainCells, line: number): void
  /** A record that is none. */
  refuse(rule: ChainRule, line: number, text: string): void
  finish(): ChainReading
}

const LISTED_PROBLEMS = 1000
const LONGEST_TEXT = 120
const MOST_MOMENTS = 5000
const MOST_UNDERLYINGS = 500
/** No chain has so many rows; a file that does is something else, and would not fit. */
const MOST_ROWS = 400_000
/** Where nothing says when the quotes were made. */
const NO_MOMENT = Number.NEGATIVE_INFINITY

/**
 * A chain of the records of a file.
 *
 * Of several moments the one that the mapping wants is taken, else the newest; rows of other underlyings are left out. Quotes with a
 * date alone are those of that day's close, or of the session before where it is no trading date.
 */
export function createChainCollector(mapping: ChainMapping, fileTime: EpochMicros): ChainCollector {
  const read = createRecordReader(mapping)
  const list = createProblemList()
  const moments = new Map<number, number>()
  const underlyings = new Map<string, number>()
  const state = {
    read: 0,
    refused: 0,
    kept: NO_MOMENT,
    hasClock: true,
    isOffDay: false,
    spotBid: Number.NaN,
    spotAsk: Number.NaN,
    newest: Number.NaN,
  }
  let rows: ChainRow[] = []
  let lines: number[] = []

  /** Whether a record belongs to the chain that is kept; a newer moment takes the place of an older one. */
  const isWanted = (moment: number): boolean => {
    if (mapping.moment !== null) return moment === mapping.moment
    if (moment < state.kept) return false
    if (moment > state.kept) {
      state.kept = moment
      rows = []
      lines = []
      Object.assign(state, { spotBid: Number.NaN, spotAsk: Number.NaN, hasClock: true, isOffDay: false })
    }
    return true
  }

  return {
    refuse(rule, line, text) {
      state.read += 1
      state.refused += 1
      list.add({ rule, line, column: null, text })
    },
    take(cells, line) {
      state.read += 1
      const record = read(cells, trouble => list.add({ ...trouble, line }))
      if (!record) {
        state.refused += 1
        return
      }
      const symbol = record.underlying || mapping.underlying
      if (underlyings.has(symbol) || underlyings.size < MOST_UNDERLYINGS)
        underlyings.set(symbol, (underlyings.get(symbol) ?? 0) + 1)
      if (mapping.underlying !== '' && !isOf(symbol, mapping.underlying)) return
      const ofRow = Number.isNaN(record.time) ? NO_MOMENT : momentOf(record, mapping)
      if (!(ofRow <= state.newest)) state.newest = ofRow
      const moment = mapping.times === 'rows' ? 0 : ofRow
      if (mapping.times === 'moments' && (moments.has(moment) || moments.size < MOST_MOMENTS))
        moments.set(moment, (moments.get(moment) ?? 0) + 1)
      if (!isWanted(moment) || rows.length >= MOST_ROWS) return
      if (!record.hasClock) {
        state.hasClock = false
        state.isOffDay = state.isOffDay || !isTradingDate(record.time, mapping)
      }
      if (!Number.isNaN(record.spotBid)) Object.assign(state, { spotBid: record.spotBid, spotAsk: record.spotAsk })
      for (const row of record.rows) {
        rows.push(row)
        lines.push(line)
      }
    },
    finish() {
      const asOf = momentWanted(mapping, state, fileTime)
      const built = rows.length === 0 ? null : buildChain(headerOf(mapping, asOf, state, rows), rows)
      for (const one of built?.problems ?? []) list.add(problemOf(one, lines, mapping))
      const dropped = built ? built.problems.filter(({ isDropped }) => isDropped).length : 0
      return {
        chain: built?.chain ?? null,
        mapping,
        read: state.read,
        accepted: rows.length - dropped,
        refused: state.refused + dropped,
        ...list.finish(),
        moments: [...moments]
          .filter(([value]) => value > NO_MOMENT)
          .sort(([a], [b]) => a - b)
          .map(([value, count]) => ({ value: epochMicros(value), rows: count })),
        underlyings: [...underlyings].sort(([, a], [, b]) => b - a).map(([value, count]) => ({ value, rows: count })),
        notes: notesOf(mapping, state, { moments: moments.size, underlyings: underlyings.size }),
      }
    },
  }
}

interface CollectorState {
  readonly kept: number
  readonly hasClock: boolean
  readonly isOffDay: boolean
  readonly spotBid: number
  readonly spotAsk: number
  readonly newest: number
}

/** Weekly roots are the same underlying: SPXW of SPX. */
function isOf(symbol: string, wanted: string): boolean {
  return symbol === wanted || symbol === `${wanted}W` || symbol === `${wanted}P` || symbol === ''
}

/** A date alone means the close of that day, or of the session before where the day has none. */
function momentOf({ time, hasClock }: { time: number; hasClock: boolean }, { timeZone, isOnFuture }: ChainMapping): number {
  if (hasClock) return time
  const calendar = calendarFor(isOnFuture)
  const day = dayIn(time, timeZone)
  const session = sessionOn(day, calendar) ?? sessionOn(addTradingDays(day, -1, calendar), calendar)!
  return session.regularClose
}

function calendarFor(isOnFuture: boolean): TradingCalendar {
  return isOnFuture ? CALENDARS['cme-energy'] : CALENDARS.nyse
}

function isTradingDate(time: number, { timeZone, isOnFuture }: ChainMapping): boolean {
  return Number.isNaN(time) || isTradingDay(dayIn(time, timeZone), calendarFor(isOnFuture))
}

function momentWanted(mapping: ChainMapping, state: CollectorState, fileTime: EpochMicros): EpochMicros {
  if (mapping.times === 'rows') return Number.isFinite(state.newest) ? epochMicros(state.newest) : fileTime
  if (mapping.moment !== null) return epochMicros(mapping.moment)
  return Number.isFinite(state.kept) ? epochMicros(state.kept) : fileTime
}

function headerOf(
  mapping: ChainMapping,
  asOf: EpochMicros,
  { spotBid, spotAsk, hasClock }: CollectorState,
  rows: readonly ChainRow[],
) {
  const { underlying, exercise, multiplier, settlement, isOnFuture } = mapping
  const spotTime = Number.isNaN(spotBid) || !hasClock ? Number.NaN : asOf
  const common = { underlying: underlying || 'UNKNOWN', asOf, exercise, multiplier, settlement, isOnFuture }
  return { ...common, tickSize: tickOf(rows), spotBid, spotAsk, spotTime, isHalted: false }
}

/** The largest usual step of which every price is a multiple. */
function tickOf(rows: readonly ChainRow[]): number {
  const prices = rows.flatMap(({ bid, ask }) => [bid ?? Number.NaN, ask ?? Number.NaN]).filter(price => price > 0)
  const isStep = (step: number) => prices.every(price => Math.abs(price / step - Math.round(price / step)) < 1e-6)
  return [0.05, 0.01, 0.005, 0.001].find(isStep) ?? 0.0001
}

/** What building the chain left out, by the line of the file. */
function problemOf(
  { row, reason, field, value }: ChainProblem,
  lines: readonly number[],
  mapping: ChainMapping,
): ChainFileProblem {
  const rules: Readonly<Record<ChainProblem['reason'], ChainRule>> = {
    'bad-expiry': 'expiry-unreadable',
    'bad-strike': 'strike-not-positive',
    'bad-side': 'side-unreadable',
    duplicate: 'duplicate',
    'not-a-number': 'number-unreadable',
    negative: 'negative',
  }
  const column = mapping.columns.find(({ role }) => role === field)?.name ?? null
  return { line: lines[row] ?? 0, column, rule: rules[reason], text: value }
}

function createProblemList() {
  const problems: ChainFileProblem[] = []
  const byRule: Partial<Record<ChainRule, number>> = {}
  let flagged = 0
  return {
    add({ line, column, rule, text }: ChainFileProblem): void {
      byRule[rule] = (byRule[rule] ?? 0) + 1
      if (CHAIN_RULES[rule] === 'flagged') flagged += 1
      const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
      if (problems.length < LISTED_PROBLEMS) problems.push({ line, column, rule, text: short })
    },
    finish: () => ({ problems: problems.sort((a, b) => a.line - b.line), byRule, flagged }),
  }
}

function notesOf(
  mapping: ChainMapping,
  { kept, hasClock, isOffDay, spotBid, newest }: CollectorState,
  found: { readonly moments: number; readonly underlyings: number },
): ChainNote[] {
  const notes: ChainNote[] = []
  if (Number.isNaN(spotBid)) notes.push('no-spot')
  if (!Number.isFinite(newest)) notes.push('no-date')
  else if (!hasClock && mapping.times === 'moments') notes.push('close-assumed')
  if (isOffDay) notes.push('no-trading-date')
  if (found.moments > 1 && mapping.moment === null && Number.isFinite(kept)) notes.push('several-moments')
  if (found.underlyings > 1) notes.push('several-underlyings')
  return notes
}
