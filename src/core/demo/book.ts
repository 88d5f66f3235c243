import { startOfDay, wallClock, weekdayOf } from '../kit/calendar.ts'
import { type InstrumentId, symbolOf } from '../kit/ids.ts'
import { createRandom, mixSeed, mixText, type Random } from '../kit/random.ts'
import { type EpochMicros, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../kit/time.ts'
import {
  ACTIVITIES,
  type Activity,
  contractActivity,
  type HaltWindow,
  haltOf,
  isOpeningSlot,
  MINUTES_PER_BLOCK,
  messagesPerMinute,
  OPENING_GAP_VARIANCE,
  REGULAR_BLOCKS,
  tradesPerMinute,
  varianceShare,
} from './activity.ts'
import { DEMO_ZONE, type DemoAsset, demoAsset, earlierExpiries, lifeOf } from './instruments.ts'
import { createFactors, type Factors, type LevelModel, levelModel } from './levels.ts'
import { type Slots, type SplitPlan, splitBar, type TickBar } from './split.ts'

export const MICROS_PER_BLOCK = MINUTES_PER_BLOCK * MICROS_PER_MINUTE

/** One day of one asset, divided into half hours. */
export interface DemoDay {
  readonly day: number
  readonly start: EpochMicros
  readonly end: EpochMicros
  readonly bar: TickBar
  readonly activity: Activity
  readonly blocks: Slots
  /** Half hour of the New York clock (0 to 47) of each block; a day of 23 hours has 46 blocks, one of 25 hours 50. */
  readonly slotOf: Int32Array
  readonly halt: HaltWindow | null
}

/** One asset of the demo market under one seed. */
export interface DemoLine {
  readonly id: InstrumentId
  readonly asset: DemoAsset
  readonly first: number
  readonly last: number
  /** Ticks per 1.00: dividing by a whole number gives the nearest float64 to the decimal price. */
  readonly ticksPerUnit: number
  readonly tradeSize: number
  readonly seed: number
  day(day: number): DemoDay
  /** The bar of a day alone, without dividing it. */
  dayBar(day: number): TickBar
  /** The 30 minutes of a block. */
  minutes(day: DemoDay, block: number): Slots
  activityOn(day: number): Activity
}

const KEPT_DAYS = 48
const KEPT_BLOCKS = 96
const KEPT_SEEDS = 4
const WEEKEND_VOLUME = 0.45
/** Spread of log volume from day to day, and of log variance and log volume from block to block and minute to minute. */
const DAY_VOLUME_SPREAD = 0.3
const BLOCK_HEAT = 0.27
/** Most that a day's extreme lies beyond its open and close, in the units of an exponential law with mean 1. */
const LONGEST_REACH = 0.7
const MINUTE_HEAT = 0.3
/** Part of a minute's variance that falls on the jump between its trades and those of the minute before. */
const MINUTE_GAP = 0.08
const SHARE_HALT_CHANCE = 0.015
const FUTURE_HALT_CHANCE = 0.004
const FUTURE_TRADE_SIZE = { CL: 1.7, NG: 1.6, ES: 2.2 } as const

const books = new Map<number, { readonly factors: Factors; readonly lines: Map<InstrumentId, DemoLine> }>()

/**
 * An asset of the demo market under a seed.
 *
 * What was worked out is kept for a while, but every answer depends on the seed and the question alone.
 * Fails: RangeError when the demo market has no such instrument.
 */
export function demoLine(seed: number, id: InstrumentId): DemoLine {
  let book = books.get(seed)
  if (!book) {
    book = { factors: createFactors(seed), lines: new Map() }
    keep(books, seed, book, KEPT_SEEDS)
  }
  let line = book.lines.get(id)
  if (!line) {
    line = createLine(id, book.factors)
    book.lines.set(id, line)
  }
  return line
}

function createLine(id: InstrumentId, factors: Factors): DemoLine {
  const asset = demoAsset(id)
  if (!asset) throw new RangeError(`the demo market has no instrument ${id}`)
  const model = levelModel(asset, factors)
  const { first, last } = lifeOf(asset)
  const ticksPerUnit = Math.round(1 / asset.tickSize)
  const seed = mixText(factors.seed, symbolOf(id))
  const familySeed = mixText(factors.seed, model.family)
  const activityOn = activityOf(asset)
  const tradeSize = asset.kind === 'share' ? asset.share.tradeSize : FUTURE_TRADE_SIZE[asset.contract.root]
  const days = new Map<number, DemoDay>()
  const blocks = new Map<number, Slots>()
  const base = { id, asset, first, last, ticksPerUnit, tradeSize, seed, activityOn }
  const dayBar = (day: number) => makeDayBar(day, model, { ...base, familySeed })

  return {
    ...base,
    dayBar,
    day(day) {
      const known = days.get(day)
      if (known) return known
      const made = makeDay(day, dayBar(day), model, { ...base, familySeed })
      keep(days, day, made, KEPT_DAYS)
      return made
    },
    minutes(day, block) {
      const key = day.day * 64 + block
      const known = blocks.get(key)
      if (known) return known
      const made = splitBar(barAt(day.blocks, block), minutePlan(day, block, model, { ...base, familySeed }))
      keep(blocks, key, made, KEPT_BLOCKS)
      return made
    },
  }
}

/** A row of slots as a bar. */
export function barAt(slots: Slots, k: number): TickBar {
  return {
    open: slots.open[k]!,
    high: slots.high[k]!,
    low: slots.low[k]!,
    close: slots.close[k]!,
    volume: slots.volume[k]!,
    variance: slots.variance[k]!,
  }
}

interface LineBase {
  readonly asset: DemoAsset
  readonly ticksPerUnit: number
  readonly tradeSize: number
  readonly seed: number
  readonly familySeed: number
  readonly activityOn: (day: number) => Activity
}

function activityOf(asset: DemoAsset): (day: number) => Activity {
  if (asset.kind === 'share') {
    const activity = asset.share.symbol === 'SPY' ? ACTIVITIES.busy : ACTIVITIES.active
    return () => activity
  }
  const { root } = asset.contract
  const expiries = earlierExpiries(asset.contract)
  return day => {
    const place = expiries.findIndex(expiry => expiry < day)
    return contractActivity(root, place < 0 ? expiries.length : place)
  }
}

/** Normals of an asset, partly those of its family: so the strip moves as one within a day, not only from close to close. */
function mixedNormals(family: Random, own: Random, shared: number): () => number {
  const rest = Math.sqrt(1 - shared * shared)
  return () => shared * family.normal() + rest * own.normal()
}

function makeDayBar(day: number, model: LevelModel, line: LineBase): TickBar {
  const ticks = (at: number) => Math.max(1, Math.round(model.close(at) * line.ticksPerUnit))
  const open = ticks(day - 1)
  const close = ticks(day)
  const move = (close - open) ** 2
  const variance = 0.75 * (model.sigma(day) * open) ** 2 + 0.25 * move
  const own = createRandom(mixSeed(line.seed, day))
  const normal = mixedNormals(createRandom(mixSeed(line.familySeed, day)), own, model.shared(day))
  // Half the square of two normals is exponential: the maximum of a bridge follows from one. It is bounded, because the path
  // of the half hours is drawn apart from it and would spend a far extreme in a single spike.
  const reach = () => Math.min(LONGEST_REACH, (normal() ** 2 + normal() ** 2) / 2)
  const middle = (open + close) / 2
  const high = Math.round(middle + 0.5 * Math.sqrt(move + 2 * variance * reach()))
  const low = Math.round(middle - 0.5 * Math.sqrt(move + 2 * variance * reach()))
  const weekday = weekdayOf(day)
  const calm = weekday === 0 || weekday === 6 ? WEEKEND_VOLUME : 1
  const excitement = 0.75 + 0.3 * Math.min(4, Math.sqrt(move / variance))
  const usual = usualVolume(line.activityOn(day), line.tradeSize)
  const volume = usual * calm * excitement * Math.exp(DAY_VOLUME_SPREAD * (0.5 * normal() + own.normal()))
  return {
    open,
    high: Math.max(high, open, close),
    low: Math.max(1, Math.min(low, open, close)),
    close,
    // Four units at least, so that the four prices of the day can all have traded.
    volume: Math.max(4, Math.round(volume)),
    variance,
  }
}

function usualVolume(activity: Activity, tradeSize: number): number {
  let trades = 0
  for (let slot = 0; slot < 48; slot += 1) trades += tradesPerMinute(activity, slot) * MINUTES_PER_BLOCK
  return trades * tradeSize
}

function makeDay(day: number, bar: TickBar, model: LevelModel, line: LineBase): DemoDay {
  const start = startOfDay(day, DEMO_ZONE)
  const end = startOfDay(day + 1, DEMO_ZONE)
  const slotOf = Int32Array.from({ length: Math.round((end - start) / MICROS_PER_BLOCK) }, (_, k) => {
    const wall = wallClock(start + k * MICROS_PER_BLOCK, DEMO_ZONE)
    return Math.floor((wall % MICROS_PER_DAY) / MICROS_PER_BLOCK)
  })
  const activity = line.activityOn(day)
  const chance = line.asset.kind === 'share' ? SHARE_HALT_CHANCE : FUTURE_HALT_CHANCE
  const halt = haltOf(line.seed, day, chance, slotOf.findIndex(isOpeningSlot))
  const blocks = splitBar(bar, blockPlan(day, slotOf, activity, model, line))
  return { day, start, end, bar, activity, blocks, slotOf, halt }
}

function emptyPlan(n: number): SplitPlan {
  const column = () => new Float64Array(n)
  return {
    gap: column(),
    body: column(),
    weight: column(),
    gapNoise: column(),
    bodyNoise: column(),
    up: column(),
    down: column(),
  }
}

function blockPlan(day: number, slotOf: Int32Array, activity: Activity, model: LevelModel, line: LineBase): SplitPlan {
  const own = createRandom(mixSeed(line.seed ^ 0x424c4f43, day))
  const normal = mixedNormals(createRandom(mixSeed(line.familySeed ^ 0x424c4f43, day)), own, model.shared(day))
  const plan = emptyPlan(slotOf.length)
  for (const [k, slot] of slotOf.entries()) {
    const heat = normal()
    plan.gap[k] = isOpeningSlot(slot) ? OPENING_GAP_VARIANCE : 0
    plan.body[k] = varianceShare(slot) * Math.exp(2 * BLOCK_HEAT * heat)
    plan.weight[k] = tradesPerMinute(activity, slot) * Math.exp(BLOCK_HEAT * heat) * own.exponential() ** (activity.burst / 3)
    plan.gapNoise[k] = normal()
    plan.bodyNoise[k] = normal()
    plan.up[k] = (normal() ** 2 + normal() ** 2) / 2
    plan.down[k] = (normal() ** 2 + normal() ** 2) / 2
  }
  return plan
}

function minutePlan(day: DemoDay, block: number, model: LevelModel, line: LineBase): SplitPlan {
  const own = createRandom(mixSeed(mixSeed(line.seed ^ 0x4d494e55, day.day), block))
  const family = createRandom(mixSeed(mixSeed(line.familySeed ^ 0x4d494e55, day.day), block))
  const normal = mixedNormals(family, own, model.shared(day.day))
  const plan = emptyPlan(MINUTES_PER_BLOCK)
  const halt = day.halt?.block === block ? day.halt : null
  for (let k = 0; k < MINUTES_PER_BLOCK; k += 1) {
    const heat = normal()
    const isHalted = halt !== null && k >= halt.fromMinute && k < halt.toMinute
    plan.body[k] = Math.exp(2 * MINUTE_HEAT * heat)
    plan.gap[k] = MINUTE_GAP
    const weight = Math.exp(MINUTE_HEAT * heat) * own.exponential() ** day.activity.burst
    plan.weight[k] = isHalted ? 0 : weight
    plan.gapNoise[k] = normal()
    plan.bodyNoise[k] = normal()
    plan.up[k] = own.exponential()
    plan.down[k] = own.exponential()
  }
  return plan
}

/** Messages of a whole day with that many half hours. */
export function messagesPerDay(activity: Activity, blocks: number): number {
  const regular = REGULAR_BLOCKS * activity.regularMessages
  return MINUTES_PER_BLOCK * (regular + (blocks - REGULAR_BLOCKS) * activity.extendedMessages)
}

/** Messages of a day before one of its minutes. */
export function messagesBefore(day: DemoDay, block: number, minute: number): number {
  let count = 0
  for (let k = 0; k < block; k += 1) count += MINUTES_PER_BLOCK * messagesPerMinute(day.activity, day.slotOf[k]!)
  return count + minute * messagesPerMinute(day.activity, day.slotOf[block]!)
}

function keep<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  if (map.size >= limit) map.delete(map.keys().next().value as K)
  map.set(key, value)
}
