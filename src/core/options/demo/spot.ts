import { MINUTES_PER_BLOCK } from '../../demo/activity.ts'
import { type DemoDay, type DemoLine, MICROS_PER_BLOCK } from '../../demo/book.ts'
import { DEMO_ZONE } from '../../demo/instruments.ts'
import { minuteMessages } from '../../demo/minute.ts'
import { dayIn } from '../../kit/calendar.ts'
import { MICROS_PER_MINUTE } from '../../kit/time.ts'

/** Newest good quote of an underlying; prices are NaN while it is halted. */
export interface DemoSpot {
  readonly bid: number
  readonly ask: number
  readonly time: number
  readonly isHalted: boolean
}

/** Good quotes of one minute as columns. */
interface MinuteQuotes {
  readonly time: Float64Array
  readonly bid: Float64Array
  readonly ask: Float64Array
}

const KEPT_MINUTES = 240
/** The farthest futures send six messages a minute: within so many minutes one of them is a good quote. */
const LONGEST_SEARCH_MINUTES = 10

const kept = new WeakMap<DemoLine, Map<number, MinuteQuotes>>()

/** The quote that the demo feed sent last by an instant: its planted bad records and lost runs are left out. */
export function demoSpotAt(line: DemoLine, at: number): DemoSpot {
  const day = dayAt(line, at)
  const halted = isHaltedAt(day, at)
  let minute = Math.floor((at - day.start) / MICROS_PER_MINUTE)
  if (halted) return { bid: Number.NaN, ask: Number.NaN, time: at, isHalted: true }
  let from: DemoDay = day
  for (let left = LONGEST_SEARCH_MINUTES; left > 0; left -= 1) {
    if (minute < 0) {
      from = line.day(from.day - 1)
      minute = Math.round((from.end - from.start) / MICROS_PER_MINUTE) - 1
    }
    const { time, bid, ask } = quotesOf(line, from, minute)
    const k = lastUntil(time, at)
    if (k >= 0) return { bid: bid[k]!, ask: ask[k]!, time: time[k]!, isHalted: false }
    minute -= 1
  }
  const price = demoMinuteClose(line, at)
  return { bid: price, ask: price, time: at, isHalted: false }
}

/** Where the market stood at the end of the last whole minute; far cheaper than a quote and known to have happened. */
export function demoMinuteClose(line: DemoLine, at: number): number {
  const before = at - MICROS_PER_MINUTE
  const day = dayAt(line, before)
  const minute = Math.floor((before - day.start) / MICROS_PER_MINUTE)
  const block = Math.floor(minute / MINUTES_PER_BLOCK)
  return line.minutes(day, block).close[minute % MINUTES_PER_BLOCK]! / line.ticksPerUnit
}

/** True while a planted halt lasts. */
export function isHaltedAt({ start, halt }: DemoDay, at: number): boolean {
  if (!halt) return false
  const block = start + halt.block * MICROS_PER_BLOCK
  return at >= block + halt.fromMinute * MICROS_PER_MINUTE && at < block + halt.toMinute * MICROS_PER_MINUTE
}

/** The day that an instant lies in, within the life of an asset. */
export function dayAt(line: DemoLine, at: number): DemoDay {
  return line.day(Math.min(Math.max(dayIn(at, DEMO_ZONE), line.first), line.last))
}

function quotesOf(line: DemoLine, day: DemoDay, minute: number): MinuteQuotes {
  let minutes = kept.get(line)
  if (!minutes) {
    minutes = new Map()
    kept.set(line, minutes)
  }
  const key = day.day * 2048 + minute
  const known = minutes.get(key)
  if (known) return known
  const good = minuteMessages(line, day, Math.floor(minute / MINUTES_PER_BLOCK), minute % MINUTES_PER_BLOCK).filter(
    ({ kind, bad, isLost, bid }) => kind === 'quote' && !bad && !isLost && !Number.isNaN(bid),
  )
  const made = {
    time: Float64Array.from(good, ({ sentAt }) => sentAt),
    bid: Float64Array.from(good, ({ bid }) => bid / line.ticksPerUnit),
    ask: Float64Array.from(good, ({ ask }) => ask / line.ticksPerUnit),
  }
  if (minutes.size >= KEPT_MINUTES) minutes.delete(minutes.keys().next().value as number)
  minutes.set(key, made)
  return made
}

function lastUntil(time: Float64Array, at: number): number {
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (time[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
