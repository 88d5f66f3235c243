import { ACTIVITIES, BLOCKS_PER_DAY, isRegularSlot, tradesPerMinute } from '../../demo/activity.ts'
import type { DemoDay } from '../../demo/book.ts'
import { createRandom, mixSeed } from '../../kit/random.ts'
import { yearsTo } from './fair.ts'
import type { DemoOption, DemoOptionListing } from './listing.ts'
import { atmVariance, type DemoSurface } from './surface.ts'

/** How much a contract trades on a day, and what is open in it. */
export interface DemoOptionDay {
  /** Trades of the day, had it all of it. */
  readonly trades: number
  /** Contracts of a usual trade. */
  readonly tradeSize: number
  /** Contracts open at the end of the day before. */
  readonly openInterest: number
}

/** Outside the regular session options trade little beside the underlying. */
const EXTENDED_PART = 0.3
const LEAST_TRADES = 0.05

/** Part of the day's trades done by the beginning of each half hour of the New York clock; the last entry is 1. */
const DONE = (() => {
  const weight = (slot: number) => tradesPerMinute(ACTIVITIES.busy, slot) * (isRegularSlot(slot) ? 1 : EXTENDED_PART)
  const done = new Float64Array(BLOCKS_PER_DAY + 1)
  for (let slot = 0; slot < BLOCKS_PER_DAY; slot += 1) done[slot + 1] = done[slot]! + weight(slot)
  return done.map(sum => sum / done[BLOCKS_PER_DAY]!)
})()

/** Part of a day's trades that are done by an instant; a day of 23 or 25 hours is stretched to the usual profile. */
export function partDone({ start, end }: DemoDay, at: number): number {
  const place = Math.min(Math.max((at - start) / (end - start), 0), 1) * BLOCKS_PER_DAY
  const slot = Math.min(BLOCKS_PER_DAY - 1, Math.floor(place))
  return DONE[slot]! + (place - slot) * (DONE[slot + 1]! - DONE[slot]!)
}

/** Instant by which a part of the day's trades is done; the inverse of {@link partDone}. */
export function instantOfPart({ start, end }: DemoDay, part: number): number {
  let slot = 0
  while (slot < BLOCKS_PER_DAY - 1 && DONE[slot + 1]! < part) slot += 1
  const place = slot + (part - DONE[slot]!) / (DONE[slot + 1]! - DONE[slot]!)
  return start + (place / BLOCKS_PER_DAY) * (end - start)
}

/** Trades and open interest of a contract on a day; `price` is that of the underlying at the day's open. */
export function optionDay(
  listing: DemoOptionListing,
  option: DemoOption,
  { day, price, surface }: { readonly day: DemoDay; readonly price: number; readonly surface: DemoSurface },
): DemoOptionDay {
  const t = Math.max(yearsTo(option.settlesAt, day.start), 0.25 / 365)
  const place = (option.side * Math.log(option.strike / price)) / Math.sqrt(atmVariance(surface, t))
  const random = createRandom(mixSeed(option.seed, 0x4f49))
  const today = createRandom(mixSeed(option.seed, day.day))
  const isFund = listing.root === 'SPY'
  const days = t * 365
  const tenor = isFund ? 42_000 / (1 + 0.9 * days) + 900 * Math.exp(-days / 400) : 900 * Math.exp(-days / 70)
  // Out of the money is what is traded: wings fade slowly, options in the money at once.
  const reach = place >= 0 ? Math.exp(-0.5 * (place / 1.5) ** 2) : Math.exp(-1.9 * -place)
  const round = roundness(option.strike, isFund ? 5 : listing.root === 'CL' ? 5 : 0.5)
  const contracts = tenor * reach * round * Math.exp(0.55 * today.normal() - 0.15)
  const tradeSize = 1 + Math.floor((isFund ? 4 : 6) + 9 * random.uniform())
  const age = isFund
    ? Math.exp(-0.5 * (place / 2.4) ** 2) * Math.min(3.4, Math.sqrt(1 + days / 6)) * (days > 200 ? 0.12 : 1)
    : Math.exp(-0.5 * (place / 2) ** 2)
  const side = option.side < 0 ? 1.35 : 1
  const open = (isFund ? 2600 : 1500) * age * side * round ** 1.6 * Math.exp(0.8 * random.normal() + 0.06 * today.normal())
  return { trades: Math.max(LEAST_TRADES, contracts / tradeSize), tradeSize, openInterest: Math.floor(open) }
}

/** Contracts traded once so many trades are done: sizes differ, and the sum never falls. */
export function volumeAfter(option: DemoOption, day: number, { tradeSize }: DemoOptionDay, trades: number): number {
  if (trades <= 0) return 0
  const wiggle = createRandom(mixSeed(mixSeed(option.seed ^ 0x564f4c, day), trades)).uniform() - 0.5
  return Math.max(trades, Math.round(tradeSize * (trades + 0.9 * wiggle)))
}

/** People choose round strikes: multiples of five and ten steps gather open interest. */
function roundness(strike: number, step: number): number {
  const isMultiple = (of: number) => Math.abs(strike / of - Math.round(strike / of)) < 1e-9
  if (isMultiple(step * 10)) return 4.2
  if (isMultiple(step * 5)) return 3
  if (isMultiple(step * 2)) return 2.2
  return isMultiple(step) ? 1.7 : 1
}
