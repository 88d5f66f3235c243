import { MICROS_PER_MINUTE } from '../kit/time.ts'
import { QUALITY } from './instrument.ts'

/** Answer of a check for a record that cannot be kept at all: it goes to the refused frames with the reason. */
export const UNUSABLE = -1

/** Faults of one bar, as bits. A missing or zero volume is none, nor is a negative price. */
export const BAR_FAULTS = {
  notANumber: 1,
  highBelowLow: 2,
  openOutside: 4,
  closeOutside: 8,
  negativeVolume: 16,
} as const

/** A price is on tick when it is within this part of a tick of one: float64 sums of decimal ticks stay far below it. */
const TICK_TOLERANCE = 1e-4
/** A move counts as an outlier beyond so many times the usual absolute move. */
const BAND_MOVES = 20
const BAND_TICKS = 10
/** Nothing within this part of the price is an outlier, however quiet the instrument is. */
const BAND_PART = 0.01
/** Weight of a new move in the running mean of absolute moves: a memory of about 50 records. */
const MOVE_WEIGHT = 0.02
/** A single move counts for at most so many usual ones, so that one wild value does not widen the band. */
const MOVE_CLIP = 4
/** After so many outliers in a row near each other the level is believed to be new. */
const AGREEING_TO_BELIEVE = 3

/**
 * Checks of incoming quotes and trades against what came before, an instrument a row.
 *
 * It keeps columns only and allocates nothing per record.
 */
export interface TickChecks {
  /** Starts to watch an instrument and returns its row. */
  add(instrument: { readonly tickSize: number }): number
  /**
   * Sum of the QUALITY bits of a quote, or UNUSABLE where a number is infinite, a size is negative or the time is missing.
   *
   * A missing side is NaN and is no fault. `seq` may be NaN where the source counts none.
   */
  quote(row: number, bid: number, ask: number, bidSize: number, askSize: number, eventTime: number, seq: number): number
  /** Sum of the QUALITY bits of a trade, or UNUSABLE where price, size or time is missing, infinite or the size negative. */
  trade(row: number, price: number, size: number, eventTime: number, seq: number): number
}

/** One stream of records of every row: quotes, or trades. */
interface Lane {
  a: Float64Array
  b: Float64Array
  c: Float64Array
  d: Float64Array
  time: Float64Array
  seq: Float64Array
  /** Level that the band lies around, and the usual absolute move. */
  level: Float64Array
  levelTime: Float64Array
  move: Float64Array
  doubt: Float64Array
  doubted: Float64Array
}

/** A fresh set of checks that has seen nothing. */
export function createTickChecks(): TickChecks {
  let ticks = new Float64Array(64)
  let rows = 0
  const quotes = createLane(64)
  const trades = createLane(64)
  return {
    add({ tickSize }) {
      if (!(tickSize > 0)) throw new RangeError(`a tick size must be above zero, was ${tickSize}`)
      if (rows === ticks.length) {
        ticks = grown(ticks, rows * 2)
        growLane(quotes, rows * 2)
        growLane(trades, rows * 2)
      }
      ticks[rows] = tickSize
      rows += 1
      return rows - 1
    },
    quote: (row, bid, ask, bidSize, askSize, eventTime, seq) =>
      checkQuote(quotes, row, ticks[row]!, bid, ask, bidSize, askSize, eventTime, seq),
    trade: (row, price, size, eventTime, seq) => checkTrade(trades, row, ticks[row]!, price, size, eventTime, seq),
  }
}

/** True when a price is a whole number of ticks, up to what float64 arithmetic on decimals loses. */
export function isOnTick(price: number, tickSize: number): boolean {
  const ticks = price / tickSize
  return Math.abs(ticks - Math.round(ticks)) <= TICK_TOLERANCE
}

/** Sum of the BAR_FAULTS of one bar, 0 when there are none. */
export function checkBar(open: number, high: number, low: number, close: number, volume: number): number {
  let faults = volume < 0 ? BAR_FAULTS.negativeVolume : 0
  if (!Number.isFinite(open + high + low + close) || Math.abs(volume) === Number.POSITIVE_INFINITY)
    faults |= BAR_FAULTS.notANumber
  if (high < low) faults |= BAR_FAULTS.highBelowLow
  else {
    if (open > high || open < low) faults |= BAR_FAULTS.openOutside
    if (close > high || close < low) faults |= BAR_FAULTS.closeOutside
  }
  return faults
}

/** Names of the bits set in a sum of flags, in the order of the table. */
export function flagNames<K extends string>(sum: number, table: Readonly<Record<K, number>>): K[] {
  return (Object.keys(table) as K[]).filter(name => (sum & table[name]) !== 0)
}

function checkQuote(
  lane: Lane,
  row: number,
  tick: number,
  bid: number,
  ask: number,
  bidSize: number,
  askSize: number,
  eventTime: number,
  seq: number,
): number {
  if (!Number.isFinite(eventTime) || isWild(bid) || isWild(ask) || isWild(bidSize) || isWild(askSize)) return UNUSABLE
  if (bidSize < 0 || askSize < 0) return UNUSABLE
  let quality = 0
  if (bid > ask) quality |= QUALITY.crossed
  else if (bid === ask) quality |= QUALITY.locked
  if (bid <= 0 || ask <= 0) quality |= QUALITY.nonPositive
  if (isOffTick(bid, tick) || isOffTick(ask, tick)) quality |= QUALITY.offTick
  quality |= checkOrder(lane, row, bid, ask, bidSize, askSize, eventTime, seq)
  // The mid of a crossed quote says nothing about the level.
  if (bid <= ask && (quality & (QUALITY.outOfOrder | QUALITY.duplicate)) === 0)
    quality |= checkBand(lane, row, tick, (bid + ask) / 2, eventTime)
  return quality
}

function checkTrade(lane: Lane, row: number, tick: number, price: number, size: number, eventTime: number, seq: number): number {
  if (!Number.isFinite(eventTime) || !Number.isFinite(price) || !Number.isFinite(size) || size < 0) return UNUSABLE
  let quality = price <= 0 ? QUALITY.nonPositive : 0
  if (!isOnTick(price, tick)) quality |= QUALITY.offTick
  quality |= checkOrder(lane, row, price, size, 0, 0, eventTime, seq)
  if ((quality & (QUALITY.outOfOrder | QUALITY.duplicate)) === 0) quality |= checkBand(lane, row, tick, price, eventTime)
  return quality
}

/** A record repeated with its number is a duplicate; one older than the newest is out of order and does not become the newest. */
function checkOrder(lane: Lane, row: number, a: number, b: number, c: number, d: number, time: number, seq: number): number {
  const counted = !Number.isNaN(seq)
  const sameNumber = counted ? seq === lane.seq[row] : time === lane.time[row]
  const sameValues =
    Object.is(a, lane.a[row]) && Object.is(b, lane.b[row]) && Object.is(c, lane.c[row]) && Object.is(d, lane.d[row])
  if (sameNumber && sameValues && time === lane.time[row]) return QUALITY.duplicate
  if (time < lane.time[row]! || (counted && seq <= lane.seq[row]!)) return QUALITY.outOfOrder
  lane.a[row] = a
  lane.b[row] = b
  lane.c[row] = c
  lane.d[row] = d
  lane.time[row] = time
  if (counted) lane.seq[row] = seq
  return 0
}

/** Robust band around the last believed level; its width follows the usual move and grows with the silence before the record. */
function checkBand(lane: Lane, row: number, tick: number, price: number, time: number): number {
  const level = lane.level[row]!
  if (Number.isNaN(level)) {
    believe(lane, row, price, time)
    return 0
  }
  const distance = Math.abs(price - level)
  const usual = lane.move[row]!
  const silence = Math.sqrt(1 + Math.max(0, time - lane.levelTime[row]!) / MICROS_PER_MINUTE)
  const band = Math.max(BAND_MOVES * usual, BAND_TICKS * tick, BAND_PART * Math.abs(level)) * silence
  if (distance <= band) {
    const clipped = Math.min(distance, MOVE_CLIP * Math.max(usual, tick))
    lane.move[row] = usual + MOVE_WEIGHT * (clipped - usual)
    believe(lane, row, price, time)
    return 0
  }
  const agrees = Math.abs(price - lane.doubt[row]!) <= band
  lane.doubted[row] = agrees ? lane.doubted[row]! + 1 : 1
  lane.doubt[row] = price
  if (lane.doubted[row]! > AGREEING_TO_BELIEVE) {
    believe(lane, row, price, time)
    return 0
  }
  return QUALITY.outlier
}

function believe(lane: Lane, row: number, price: number, time: number): void {
  lane.level[row] = price
  lane.levelTime[row] = time
  lane.doubted[row] = 0
  lane.doubt[row] = Number.NaN
}

function isOffTick(price: number, tick: number): boolean {
  return !Number.isNaN(price) && !isOnTick(price, tick)
}

function isWild(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY
}

function createLane(rows: number): Lane {
  const missing = () => new Float64Array(rows).fill(Number.NaN)
  return {
    a: missing(),
    b: missing(),
    c: missing(),
    d: missing(),
    time: new Float64Array(rows).fill(Number.NEGATIVE_INFINITY),
    seq: new Float64Array(rows).fill(Number.NEGATIVE_INFINITY),
    level: missing(),
    levelTime: missing(),
    move: new Float64Array(rows),
    doubt: missing(),
    doubted: new Float64Array(rows),
  }
}

function growLane(lane: Lane, rows: number): void {
  const fresh = createLane(rows)
  for (const key of Object.keys(lane) as (keyof Lane)[]) {
    fresh[key].set(lane[key])
    lane[key] = fresh[key]
  }
}

function grown(column: Float64Array, rows: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(rows)
  wider.set(column)
  return wider
}
