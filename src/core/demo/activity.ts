import { createRandom, mixSeed } from '../kit/random.ts'

/** Half hours of a day of 24 hours. */
export const BLOCKS_PER_DAY = 48
export const MINUTES_PER_BLOCK = 30
/** Half hours of the regular session, 09:30 to 16:00 New York. */
const REGULAR_FROM = 19
const REGULAR_TO = 32
export const REGULAR_BLOCKS = REGULAR_TO - REGULAR_FROM
/** Part of a day's variance that falls on the jump at the open of the regular session. */
export const OPENING_GAP_VARIANCE = 0.07
const REGULAR_VARIANCE = 0.72

/** How busy an instrument is. Messages are quotes and trades together; their number a minute is fixed, so that seq counts them. */
export interface Activity {
  readonly regularTrades: number
  readonly extendedTrades: number
  readonly regularMessages: number
  readonly extendedMessages: number
  /** 0 spreads volume evenly over the minutes; at 3 most minutes have none. */
  readonly burst: number
  /** Usual distance of bid and ask in ticks. */
  readonly spread: number
}

/** Degrees of activity; trades and messages are per minute. */
export const ACTIVITIES = {
  busy: { regularTrades: 300, extendedTrades: 14, regularMessages: 720, extendedMessages: 90, burst: 0.4, spread: 1 },
  active: { regularTrades: 45, extendedTrades: 2.5, regularMessages: 180, extendedMessages: 40, burst: 0.7, spread: 1 },
  quiet: { regularTrades: 7, extendedTrades: 0.6, regularMessages: 60, extendedMessages: 12, burst: 1.5, spread: 1 },
  sparse: { regularTrades: 1, extendedTrades: 0.1, regularMessages: 20, extendedMessages: 6, burst: 2.5, spread: 2 },
  far: { regularTrades: 0.2, extendedTrades: 0.02, regularMessages: 8, extendedMessages: 6, burst: 3, spread: 3 },
} as const satisfies Record<string, Activity>

/** Activity of a contract by its place in the strip on that day; 0 is the nearest. */
export function contractActivity(root: 'CL' | 'NG' | 'ES', place: number): Activity {
  if (root === 'ES') return place === 0 ? ACTIVITIES.busy : ACTIVITIES.quiet
  const step = place + (root === 'NG' ? 1 : 0)
  if (step === 0) return ACTIVITIES.busy
  if (step === 1) return ACTIVITIES.active
  if (step < 5) return ACTIVITIES.quiet
  return step < 13 ? ACTIVITIES.sparse : ACTIVITIES.far
}

/** True for the half hours of the regular session; `slot` counts half hours of the New York clock from midnight. */
export function isRegularSlot(slot: number): boolean {
  return slot >= REGULAR_FROM && slot < REGULAR_TO
}

/** True for the half hour that opens the regular session. */
export function isOpeningSlot(slot: number): boolean {
  return slot === REGULAR_FROM
}

/** Messages in one minute of a half hour. */
export function messagesPerMinute(activity: Activity, slot: number): number {
  return isRegularSlot(slot) ? activity.regularMessages : activity.extendedMessages
}

/** Expected trades in one minute of a half hour: high at the open and the close, low at noon and at night. */
export function tradesPerMinute(activity: Activity, slot: number): number {
  return shapeAt(slot) * (isRegularSlot(slot) ? activity.regularTrades : activity.extendedTrades)
}

/** Usual part of the day's variance that falls on a half hour, without the opening gap. */
export function varianceShare(slot: number): number {
  const whole = isRegularSlot(slot) ? REGULAR_VARIANCE : 1 - REGULAR_VARIANCE - OPENING_GAP_VARIANCE
  const blocks = isRegularSlot(slot) ? REGULAR_BLOCKS : BLOCKS_PER_DAY - REGULAR_BLOCKS
  return (whole / blocks) * shapeAt(slot)
}

/** A stretch of a day without trading, in minutes of one half hour. */
export interface HaltWindow {
  readonly block: number
  readonly fromMinute: number
  readonly toMinute: number
}

/** The halt of an instrument on a day, null on most days: it lies in the regular session and inside one half hour. */
export function haltOf(seed: number, day: number, chance: number, firstRegularBlock: number): HaltWindow | null {
  const random = createRandom(mixSeed(seed ^ 0x48414c54, day))
  if (random.uniform() >= chance) return null
  const length = 5 + Math.floor(random.uniform() * 11)
  const block = firstRegularBlock + 1 + Math.floor(random.uniform() * (REGULAR_BLOCKS - 2))
  const fromMinute = Math.floor(random.uniform() * (MINUTES_PER_BLOCK - length))
  return { block, fromMinute, toMinute: fromMinute + length }
}

function shapeAt(slot: number): number {
  if (isRegularSlot(slot)) {
    const u = (slot - REGULAR_FROM) / (REGULAR_BLOCKS - 1)
    const ends = (2 * u - 1) ** 2
    return 0.62 + 1.05 * ends + (u === 0 ? 0.45 : 0)
  }
  if (slot < 6) return 0.6
  if (slot < 12) return 1.15
  if (slot < REGULAR_FROM) return 1.6
  return slot < 36 ? 1.3 : 0.75
}
