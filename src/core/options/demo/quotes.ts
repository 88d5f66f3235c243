import { createRandom, mixSeed } from '../../kit/random.ts'
import { type EpochMicros, epochMicros, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../../kit/time.ts'
import { type DemoOptionDay, instantOfPart, optionDay, partDone, volumeAfter } from './activity.ts'
import { fairPrices, yearsTo } from './fair.ts'
import { type DemoOptionListing, type DemoOptionRoot, demoOptionListing } from './listing.ts'
import { burstsSince, type DemoPlant, demoPlants } from './plants.ts'
import { type DemoSpot, dayAt, demoMinuteClose, demoSpotAt } from './spot.ts'
import { type DemoSurface, demoSurfaceAt, tilted } from './surface.ts'
import { quotedWidth } from './width.ts'

/** Newest values of one contract; a missing number is NaN. */
export interface DemoOptionQuote {
  readonly key: string
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
  readonly last: number
  readonly volume: number
  readonly openInterest: number
  readonly eventTime: EpochMicros
}

/** Makers quote anew so often: within one turn all quotes belong to one price of the underlying. */
export const QUOTE_TURN = 250_000
const LAST_SURFACE = 10 * MICROS_PER_MINUTE
/** A contract that trades so often a minute shows trades at the second's price, a seldom one at the minute's. */
const OFTEN_A_MINUTE = 0.1
const NICKELS_FROM = 0.3
const SPREAD_SHOCK = 9
const WIDE_WING_CHANCE = 0.06

/** The underlying's own quote in the demo market at an instant. */
export function demoOptionSpot(seed: number, root: DemoOptionRoot, at: number): DemoSpot {
  return demoSpotAt(demoOptionListing(seed, root, at).line, at)
}

/**
 * Quotes of contracts of the demo market at an instant; without keys, of all of them, in the order of the listing.
 *
 * The same question gives the same answer bit for bit, for one contract or for all. Bid and ask enclose the fair price, so nothing
 * can be had for nothing except where {@link demoPlants} says so. What is not listed is left out.
 */
export function demoOptionQuotes({
  seed,
  root,
  at,
  keys,
}: {
  readonly seed: number
  readonly root: DemoOptionRoot
  readonly at: number
  readonly keys?: readonly string[]
}): readonly DemoOptionQuote[] {
  const turn = Math.floor(at / QUOTE_TURN) * QUOTE_TURN
  const listing = demoOptionListing(seed, root, turn)
  const rows = keys
    ? keys.map(key => listing.rowOf.get(key)).filter(row => row !== undefined)
    : Array.from(listing.contracts, (_, row) => row)
  const plants = plantsByKey(demoPlants(seed, root, turn, turn + 1))
  const sides = quoteRows(listing, rows, turn, plants)
  replaceStale(listing, rows, turn, plants, sides)
  return withActivity(seed, listing, rows, turn, plants, sides)
}

/** Bid and ask of one contract as they are quoted. */
interface Sides {
  bid: number
  ask: number
  bidSize: number
  askSize: number
  eventTime: number
}

type PlantsByKey = ReadonlyMap<string, readonly DemoPlant[]>

function plantsByKey(plants: readonly DemoPlant[]): PlantsByKey {
  const byKey = new Map<string, DemoPlant[]>()
  for (const plant of plants) {
    for (const key of plant.keys) {
      const list = byKey.get(key)
      if (list) list.push(plant)
      else byKey.set(key, [plant])
    }
  }
  return byKey
}

/** Dirt never falls onto a contract in which something is planted for the detectors. */
function plantOf(plants: PlantsByKey, key: string, kinds: (plant: DemoPlant) => boolean): DemoPlant | undefined {
  const here = plants.get(key)
  if (!here) return undefined
  const alerting = here.find(plant => plant.alerts && plant.kind !== 'skew')
  return here.find(plant => kinds(plant) && (plant.alerts || !alerting))
}

function quoteRows(listing: DemoOptionListing, rows: readonly number[], at: number, plants: PlantsByKey): Sides[] {
  const n = rows.length
  const { contracts, expiries } = listing
  const market = expiries.map(({ line }) => ({ spot: demoSpotAt(line, at), plain: demoSurfaceAt(line, listing.character, at) }))
  const spot = new Float64Array(n)
  const surface: DemoSurface[] = []
  const tilt = new Float64Array(n)
  for (let i = 0; i < n; i += 1) {
    const { expiryIndex, key } = contracts[rows[i]!]!
    const { spot: quote, plain } = market[expiryIndex]!
    spot[i] = (quote.bid + quote.ask) / 2
    const skew = plantOf(plants, key, plant => plant.kind === 'skew')
    tilt[i] = skew?.tilt ?? 0
    surface.push(skew ? tilted(plain, skew.tilt) : plain)
  }
  const fair = fairPrices({ listing, rows, spot, at: new Float64Array(n).fill(at), surface, tilt, tableAt: at })
  return rows.map((row, i) => {
    const { key, seed, settlesAt } = contracts[row]!
    const width = quotedWidth(listing, yearsTo(settlesAt, at), fair, i)
    const plain = sidesAround(listing, fair.price[i]!, { width, seed, at, delta: fair.delta[i]! })
    return planted(
      listing,
      plain,
      plantOf(plants, key, plant => plant.kind !== 'skew'),
    )
  })
}

interface Around {
  readonly width: number
  readonly seed: number
  readonly at: number
  readonly delta: number
}

/** Whole ticks around a fair price, so that it always lies between them. */
function sidesAround(listing: DemoOptionListing, price: number, { width, seed, at, delta }: Around): Sides {
  if (Number.isNaN(price)) return { bid: Number.NaN, ask: Number.NaN, bidSize: 0, askSize: 0, eventTime: at }
  const random = createRandom(mixSeed(seed, Math.floor(at / (2 * MICROS_PER_SECOND))))
  const wing = createRandom(mixSeed(seed ^ 0x57494e47, Math.floor(at / MICROS_PER_HOUR)))
  const isWide = Math.abs(delta) < 0.015 && wing.uniform() < WIDE_WING_CHANCE
  const ticks = Math.round(1 / listing.tickSize)
  const usual = width * (1 + 0.5 * random.uniform())
  const step = usual > NICKELS_FROM && listing.root === 'SPY' ? 5 : 1
  const below = usual * (0.35 + 0.3 * random.uniform())
  const bid = Math.max(0, Math.floor(((price - below) * ticks) / step + 1e-9) * step)
  const ask = Math.max(bid + step, Math.ceil(((price + usual - below) * ticks) / step - 1e-9) * step)
  const depth = 4 + 220 * (1 - Math.abs(2 * Math.min(1, Math.abs(delta)) - 1)) * Math.min(1, (4 * listing.tickSize) / width)
  const size = () => 1 + Math.floor(depth * random.exponential())
  return {
    bid: bid / ticks,
    ask: (isWide ? ask + Math.round(ticks * (0.4 + 2 * wing.uniform())) : ask) / ticks,
    bidSize: bid > 0 ? size() : 0,
    askSize: size(),
    eventTime: at,
  }
}

function planted({ tickSize }: DemoOptionListing, sides: Sides, plant: DemoPlant | undefined): Sides {
  if (!plant || Number.isNaN(sides.bid)) return sides
  const ticks = Math.round(1 / tickSize)
  const onTick = (price: number) => Math.max(1, Math.round(price * ticks)) / ticks
  const { bid, ask } = sides
  switch (plant.kind) {
    case 'cheap':
    case 'rich':
    case 'vertical':
    case 'butterfly':
    case 'parity':
      return { ...sides, bid: onTick(bid + plant.shift), ask: onTick(Math.max(ask + plant.shift, 2 * tickSize)) }
    case 'spread': {
      const more = ((SPREAD_SHOCK - 1) * (ask - bid)) / 2
      return { ...sides, bid: onTick(bid - more), ask: onTick(ask + more), bidSize: 1, askSize: 1 }
    }
    case 'zero':
      return { ...sides, bid: 0, ask: 0, bidSize: 0, askSize: 0 }
    case 'crossed':
      return { ...sides, bid: onTick(ask + 3 * tickSize), ask: onTick(bid) }
    case 'oneSided':
      return { ...sides, bid: 0, bidSize: 0 }
    case 'wide':
      return { ...sides, bid: onTick(0.3 * bid), ask: onTick(1.8 * ask + 30 * tickSize) }
    default:
      return sides
  }
}

/** Quotes whose maker fell silent stay as they were then, with that time. */
function replaceStale(
  listing: DemoOptionListing,
  rows: readonly number[],
  at: number,
  plants: PlantsByKey,
  sides: Sides[],
): void {
  const byTurn = new Map<number, number[]>()
  for (const [i, row] of rows.entries()) {
    const stale = plantOf(plants, listing.contracts[row]!.key, plant => plant.kind === 'stale')
    if (!stale) continue
    const turn = Math.floor(stale.from / QUOTE_TURN) * QUOTE_TURN
    byTurn.set(turn, [...(byTurn.get(turn) ?? []), i])
  }
  for (const [turn, places] of byTurn) {
    if (turn >= at) continue
    const then = quoteRows(
      listing,
      places.map(i => rows[i]!),
      turn,
      new Map(),
    )
    for (const [k, i] of places.entries()) sides[i] = then[k]!
  }
}

/** What is known of a listing's day, made as it is asked for. */
interface DayMemory {
  readonly days: (DemoOptionDay | undefined)[]
  /** Number of the newest trade, and its price. */
  readonly trades: (number | undefined)[]
  readonly lasts: number[]
}

const memories = new WeakMap<DemoOptionListing, DayMemory>()

function withActivity(
  seed: number,
  listing: DemoOptionListing,
  rows: readonly number[],
  at: number,
  plants: PlantsByKey,
  sides: readonly Sides[],
): DemoOptionQuote[] {
  let memory = memories.get(listing)
  if (!memory) {
    memory = { days: [], trades: [], lasts: [] }
    memories.set(listing, memory)
  }
  const { contracts } = listing
  const today = dayAt(listing.line, at)
  const bursts = burstsSince(seed, listing.root, today.start, at)
  const done = partDone(today, at)
  const counts = rows.map(row => {
    const option = contracts[row]!
    const day = dayOfRow(listing, memory, row, today.start)
    return Math.floor(day.trades * done + phaseOf(option.seed, today.day))
  })
  fillLasts(listing, memory, rows, counts, today.start)
  return rows.map((row, i): DemoOptionQuote => {
    const { key } = contracts[row]!
    const { bid, ask, bidSize, askSize, eventTime } = sides[i]!
    const day = memory.days[row]!
    const burst = plantOf(plants, key, plant => plant.kind === 'volume')
    const volume = volumeAfter(contracts[row]!, today.day, day, counts[i]!) + (bursts.get(key) ?? 0)
    // The buyer of a burst takes the offer.
    const last = burst ? ask : memory.lasts[row]!
    return { key, bid, ask, bidSize, askSize, last, volume, openInterest: day.openInterest, eventTime: epochMicros(eventTime) }
  })
}

function phaseOf(seed: number, day: number): number {
  return createRandom(mixSeed(seed ^ 0x4c415354, day)).uniform()
}

function dayOfRow(listing: DemoOptionListing, memory: DayMemory, row: number, dayStart: number): DemoOptionDay {
  const known = memory.days[row]
  if (known) return known
  const option = listing.contracts[row]!
  const { line } = listing.expiries[option.expiryIndex]!
  const day = dayAt(line, dayStart)
  const surface = demoSurfaceAt(line, listing.character, dayStart)
  const made = optionDay(listing, option, { day, price: day.bar.open / line.ticksPerUnit, surface })
  memory.days[row] = made
  return made
}

/** Prices of the newest trades: on the bid or the ask of their moment. They change when a contract trades and not before. */
function fillLasts(
  listing: DemoOptionListing,
  memory: DayMemory,
  rows: readonly number[],
  counts: readonly number[],
  dayStart: number,
): void {
  const stale = rows.map((_, i) => i).filter(i => memory.trades[rows[i]!] !== counts[i])
  if (stale.length === 0) return
  const times = stale.map(i => tradeTime(listing, memory, rows[i]!, counts[i]!, dayStart))
  const picked = stale.map(i => rows[i]!)
  const lineOf = (k: number) => listing.expiries[listing.contracts[picked[k]!]!.expiryIndex]!.line
  const fair = fairPrices({
    listing,
    rows: picked,
    spot: times.map(({ at, isOften }, k) => tradePrice(lineOf(k), at, isOften)),
    at: times.map(({ at }) => at),
    surface: times.map(({ at }, k) => demoSurfaceAt(lineOf(k), listing.character, Math.floor(at / LAST_SURFACE) * LAST_SURFACE)),
    tableAt: dayStart,
  })
  const ticks = Math.round(1 / listing.tickSize)
  for (const [k, row] of picked.entries()) {
    const { seed, settlesAt } = listing.contracts[row]!
    const count = counts[stale[k]!]!
    const buys = createRandom(mixSeed(mixSeed(seed, 0x53494445), count)).uniform() < 0.5
    const half = quotedWidth(listing, yearsTo(settlesAt, times[k]!.at), fair, k) / 2
    const price = buys ? Math.ceil((fair.price[k]! + half) * ticks) : Math.floor((fair.price[k]! - half) * ticks)
    memory.trades[row] = count
    memory.lasts[row] = price > 0 && (count > 0 || memory.days[row]!.openInterest > 0) ? price / ticks : Number.NaN
  }
}

function tradeTime(listing: DemoOptionListing, memory: DayMemory, row: number, count: number, dayStart: number) {
  const { seed, expiryIndex } = listing.contracts[row]!
  const today = dayAt(listing.expiries[expiryIndex]!.line, dayStart)
  const phase = phaseOf(seed, today.day)
  // Before the first trade of a day the last one of some hours before stands.
  if (count <= 0) return { at: Math.floor(dayStart - (1 + 6 * phase) * MICROS_PER_HOUR), isOften: false }
  const { trades } = memory.days[row]!
  const at = instantOfPart(today, Math.max(0, (count - phase) / trades))
  const second = Math.floor(at / MICROS_PER_SECOND) * MICROS_PER_SECOND
  const rate = trades * (partDone(today, at + 30 * MICROS_PER_SECOND) - partDone(today, at - 30 * MICROS_PER_SECOND))
  return { at: second, isOften: rate > OFTEN_A_MINUTE }
}

function tradePrice(line: DemoOptionListing['line'], at: number, isOften: boolean): number {
  if (!isOften) return demoMinuteClose(line, at)
  const { bid, ask, isHalted } = demoSpotAt(line, at)
  return isHalted ? demoMinuteClose(line, at) : (bid + ask) / 2
}
