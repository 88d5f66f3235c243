import { lengthOfDay } from '../kit/calendar.ts'
import { createRandom, mixSeed, type Random } from '../kit/random.ts'
import { MICROS_PER_MINUTE } from '../kit/time.ts'
import type { Aggressor } from '../market/instrument.ts'
import { messagesPerMinute } from './activity.ts'
import { barAt, type DemoDay, type DemoLine, MICROS_PER_BLOCK, messagesBefore, messagesPerDay } from './book.ts'
import { DEMO_ZONE } from './instruments.ts'
import type { TickBar } from './split.ts'

/** What is wrong with a planted bad record. */
export const BAD_KINDS = ['outlier', 'crossed', 'offTick', 'outOfOrder'] as const
export type BadKind = (typeof BAD_KINDS)[number]

/** One record of the feed, prices in ticks; a missing number is NaN. */
export interface Message {
  readonly kind: 'quote' | 'trade'
  /** When the feed sends it. */
  readonly sentAt: number
  /** What the record says of its time: earlier than sent where it is planted out of order. */
  readonly eventTime: number
  readonly seq: number
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
  readonly price: number
  readonly size: number
  readonly aggressor: Aggressor
  readonly bad: BadKind | null
  /** The feed loses it: it never arrives, and its number is a hole. */
  readonly isLost: boolean
}

/** One in so many messages is planted bad. */
const MESSAGES_PER_BAD = 15_000
/** One in so many minutes loses a run of messages. */
const MINUTES_PER_LOSS = 2500
const LONGEST_LOSS = 12
const KEPT_MINUTES = 3

const counters = new WeakMap<DemoLine, number[]>()
const kept = new WeakMap<DemoLine, Map<number, readonly Message[]>>()

/** The messages of one minute of a day, in the order of their numbers. */
export function minuteMessages(line: DemoLine, day: DemoDay, block: number, minute: number): readonly Message[] {
  let minutes = kept.get(line)
  if (!minutes) {
    minutes = new Map()
    kept.set(line, minutes)
  }
  const key = (day.day * 64 + block) * 32 + minute
  const known = minutes.get(key)
  if (known) return known
  const made = makeMinute(line, day, block, minute)
  if (minutes.size >= KEPT_MINUTES) minutes.delete(minutes.keys().next().value as number)
  minutes.set(key, made)
  return made
}

/** Number of the last message of an asset before a day; its first message ever has the number 1. */
function countBefore(line: DemoLine, day: number): number {
  let counts = counters.get(line)
  if (!counts) {
    counts = [0]
    counters.set(line, counts)
  }
  while (counts.length <= day - line.first) {
    const at = line.first + counts.length - 1
    const blocks = Math.round(lengthOfDay(at, DEMO_ZONE) / MICROS_PER_BLOCK)
    counts.push(counts.at(-1)! + messagesPerDay(line.activityOn(at), blocks))
  }
  return counts[day - line.first]!
}

function makeMinute(line: DemoLine, day: DemoDay, block: number, minute: number): Message[] {
  const random = createRandom(mixSeed(mixSeed(line.seed ^ 0x5449434b, day.day), block * 32 + minute))
  const bar = barAt(line.minutes(day, block), minute)
  const count = messagesPerMinute(day.activity, day.slotOf[block]!)
  const isHalted = day.halt?.block === block && minute >= day.halt.fromMinute && minute < day.halt.toMinute
  const trades = isHalted ? [] : tradesOf(bar, count, line.tradeSize, random)
  const start = day.start + block * MICROS_PER_BLOCK + minute * MICROS_PER_MINUTE
  const seq = countBefore(line, day.day) + messagesBefore(day, block, minute)
  const badAt = random.uniform() < count / MESSAGES_PER_BAD ? Math.floor(random.uniform() * count) : -1
  const loses = random.uniform() < 1 / MINUTES_PER_LOSS
  const lostFrom = loses ? Math.floor(random.uniform() * count) : count
  const lostTo = lostFrom + 3 + Math.floor(random.uniform() * (LONGEST_LOSS - 2))
  const messages: Message[] = []
  let next = 0
  for (let k = 0; k < count; k += 1) {
    const sentAt = start + Math.floor(((k + 0.05 + 0.9 * random.uniform()) / count) * MICROS_PER_MINUTE)
    const base = { sentAt, eventTime: sentAt, seq: seq + k + 1, isLost: k >= lostFrom && k < lostTo, bad: null }
    const trade = trades[next]
    const quote = isHalted ? NO_QUOTE : quoteAt(bar, trades, next, k, day.activity.spread, random)
    if (trade && trade.slot === k) {
      next += 1
      messages.push({ ...base, ...NO_QUOTE, kind: 'trade', price: trade.price, size: trade.size, aggressor: trade.aggressor })
    } else if (k === badAt && !isHalted) messages.push(badMessage({ ...base, ...quote, ...NO_TRADE, kind: 'quote' }, random))
    else messages.push({ ...base, ...quote, ...NO_TRADE, kind: 'quote' })
  }
  return messages
}

const NO_QUOTE = { bid: Number.NaN, ask: Number.NaN, bidSize: 0, askSize: 0 } as const
const NO_TRADE = { price: Number.NaN, size: 0, aggressor: 'unknown' } as const

interface MinuteTrade {
  /** Place among the messages of the minute. */
  readonly slot: number
  readonly price: number
  readonly size: number
  readonly aggressor: Aggressor
}

function tradesOf(bar: TickBar, messages: number, tradeSize: number, random: Random): MinuteTrade[] {
  const { volume } = bar
  if (volume === 0) return []
  const wanted = Math.round((volume / tradeSize) * Math.exp(0.25 * random.normal()))
  const count = Math.min(Math.max(wanted, neededTrades(bar)), volume, messages - 1)
  const prices = pricesOf(bar, count, random)
  const sizes = sizesOf(volume, count, random)
  let slot = -1
  return prices.map((price, k) => {
    const drawn = Math.floor(((k + random.uniform()) * messages) / count)
    slot = Math.min(Math.max(slot + 1, drawn), messages - (count - k))
    const change = price - (k > 0 ? prices[k - 1]! : bar.open)
    // A trade above the last one lifts the offer, one below hits the bid; at the same price either may have happened.
    const buys = change > 0 || (change === 0 && random.uniform() < 0.5)
    return { slot, price, size: sizes[k]!, aggressor: buys ? 'buy' : 'sell' }
  })
}

function neededTrades({ open, high, low, close }: TickBar): number {
  const reaches = (high > Math.max(open, close) ? 1 : 0) + (low < Math.min(open, close) ? 1 : 0)
  return open === close && reaches === 0 ? 1 : 2 + reaches
}

/** Prices that start at the open, end at the close and touch the high and the low once at least. */
function pricesOf({ open, high, low, close }: TickBar, count: number, random: Random): number[] {
  if (count === 1) return [close]
  const stations: { at: number; price: number }[] = [{ at: 0, price: open }]
  const inner = count - 2
  const hasHigh = high > Math.max(open, close)
  const hasLow = low < Math.min(open, close)
  const a = 1 + Math.floor(random.uniform() * inner)
  let b = 1 + Math.floor(random.uniform() * inner)
  if (b === a) b = a === inner ? a - 1 : a + 1
  if (hasHigh) stations.push({ at: a, price: high })
  if (hasLow) stations.push({ at: hasHigh ? b : a, price: low })
  stations.push({ at: count - 1, price: close })
  stations.sort((x, y) => x.at - y.at)
  const prices: number[] = []
  for (let s = 0; s + 1 < stations.length; s += 1) {
    const { at, price } = stations[s]!
    const next = stations[s + 1]!
    for (let k = at; k < next.at; k += 1) {
      const straight = price + ((next.price - price) * (k - at)) / (next.at - at)
      const bounce = k === at ? 0 : 0.8 * random.normal()
      prices.push(Math.min(high, Math.max(low, Math.round(straight + bounce))))
    }
  }
  prices.push(close)
  return prices
}

/** Whole sizes that sum to the volume; a few are large. */
function sizesOf(volume: number, count: number, random: Random): number[] {
  const weights = Array.from({ length: count }, () => random.exponential() ** 2.2)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const rest = volume - count
  let running = 0
  let given = 0
  return weights.map((w, k) => {
    running += w
    const until = k === count - 1 ? rest : Math.min(rest, Math.round((running / total) * rest))
    const size = 1 + until - given
    given = until
    return size
  })
}

function quoteAt(bar: TickBar, trades: readonly MinuteTrade[], next: number, k: number, usual: number, random: Random) {
  const before = trades[next - 1]
  const after = trades[next]
  const from = before?.price ?? bar.open
  const to = after?.price ?? bar.close
  const fromSlot = before?.slot ?? -1
  const part = after ? (k - fromSlot) / (after.slot - fromSlot) : 0
  const middle = from + (to - from) * part
  const draw = random.uniform()
  const spread = usual + (draw > 0.72 ? 1 : 0) + (draw > 0.94 ? 1 : 0)
  const bid = Math.max(1, Math.round(middle - spread * random.uniform()))
  return {
    bid,
    ask: bid + spread,
    bidSize: 1 + Math.floor(6 * random.exponential() ** 1.4),
    askSize: 1 + Math.floor(6 * random.exponential() ** 1.4),
  }
}

function badMessage(quote: Message, random: Random): Message {
  const bad = BAD_KINDS[Math.floor(random.uniform() * BAD_KINDS.length)]!
  const far = (random.uniform() < 0.5 ? -1 : 1) * (0.04 + 0.05 * random.uniform())
  const size = 1 + Math.floor(3 * random.uniform())
  switch (bad) {
    case 'outlier': {
      const price = Math.max(1, Math.round(quote.bid * (1 + far)))
      return { ...quote, ...NO_QUOTE, kind: 'trade', price, size, aggressor: 'unknown', bad }
    }
    case 'crossed':
      return { ...quote, bid: quote.ask + size, ask: quote.bid, bad }
    case 'offTick':
      return { ...quote, bid: quote.bid - 0.37, bad }
    case 'outOfOrder':
      return { ...quote, eventTime: quote.eventTime - (20 + Math.floor(20 * random.uniform())) * 1_000_000, bad }
  }
}
