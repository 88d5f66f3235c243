import { createRandom, mixSeed, mixText, type Random } from '../../kit/random.ts'
import { MICROS_PER_SECOND } from '../../kit/time.ts'
import { fairPrices, yearsTo } from './fair.ts'
import { type DemoOptionListing, type DemoOptionRoot, demoOptionListing } from './listing.ts'
import { demoMinuteClose } from './spot.ts'
import { atmVariance, demoSurfaceAt } from './surface.ts'
import { quotedWidth } from './width.ts'

/** What is planted in the quotes; the second group is dirt that must not raise an alert. */
export const ALERTING_PLANTS = ['cheap', 'rich', 'vertical', 'butterfly', 'parity', 'volume', 'spread', 'skew'] as const
export const DIRTY_PLANTS = ['zero', 'crossed', 'oneSided', 'stale', 'wide'] as const
export type DemoPlantKind = (typeof ALERTING_PLANTS)[number] | (typeof DIRTY_PLANTS)[number]

/** One planted fault of the option quotes, and the truth about it. */
export interface DemoPlant {
  readonly root: DemoOptionRoot
  readonly kind: DemoPlantKind
  /** True where a detector should alert. */
  readonly alerts: boolean
  readonly from: number
  readonly to: number
  /** Contracts whose quotes or volume are touched. */
  readonly keys: readonly string[]
  /** What is added to bid and ask; 0 for other kinds. */
  readonly shift: number
  /** Contracts traded by `to` beyond the usual; 0 for other kinds. */
  readonly burst: number
  /** Change of the smile's correlation; 0 for other kinds. */
  readonly tilt: number
}

/** One alerting plant in each slot, so that whoever watches meets one within a minute and a half at any hour. */
const ALERT_SLOT = 80 * MICROS_PER_SECOND
const DIRT_SLOT = 30 * MICROS_PER_SECOND
const DIRT_A_SLOT = 3
const LONGEST_BACK = 2
/** How often each kind comes, in parts of one. */
const SHARES = [0.24, 0.2, 0.12, 0.12, 0.1, 0.09, 0.08, 0.05]
/** Nothing is planted in options that settle within so many years: 45 minutes. */
const LEAST_YEARS = 45 / (365 * 24 * 60)
const LONGEST_PARITY_YEARS = 9 / 365
/** An option is drawn anew so often where the drawn one is too cheap to be wrong by much. */
const TRIES = 12
/** Contracts of the smallest burst. */
const LEAST_BURST = { SPY: 5000, CL: 600, NG: 600 } as const
const KEPT_SLOTS = 3000
const NONE = { shift: 0, burst: 0, tilt: 0 } as const

const slots = new Map<string, readonly DemoPlant[]>()

/** Everything planted in the options of the demo market that overlaps [from, to), in the order of its beginning. */
export function demoPlants(seed: number, root: DemoOptionRoot, from: number, to: number): readonly DemoPlant[] {
  const found: DemoPlant[] = []
  for (let slot = Math.floor(from / ALERT_SLOT); slot * ALERT_SLOT < to; slot += 1) found.push(...alertSlot(seed, root, slot))
  for (let slot = Math.floor(from / DIRT_SLOT) - LONGEST_BACK; slot * DIRT_SLOT < to; slot += 1)
    found.push(...dirtSlot(seed, root, slot))
  return found.filter(plant => plant.from < to && plant.to > from).sort((a, b) => a.from - b.from)
}

function keptSlot(key: string, make: () => readonly DemoPlant[]): readonly DemoPlant[] {
  const known = slots.get(key)
  if (known) return known
  const made = make()
  if (slots.size >= KEPT_SLOTS) slots.delete(slots.keys().next().value as string)
  slots.set(key, made)
  return made
}

interface SlotHead {
  readonly random: Random
  readonly from: number
  readonly to: number
  readonly kind: (typeof ALERTING_PLANTS)[number]
}

function headOf(seed: number, root: DemoOptionRoot, slot: number): SlotHead {
  const random = createRandom(mixSeed(mixText(seed, `plant ${root}`), slot))
  const from = slot * ALERT_SLOT + Math.floor((4 + 28 * random.uniform()) * MICROS_PER_SECOND)
  const to = from + Math.floor((22 + 18 * random.uniform()) * MICROS_PER_SECOND)
  return { random, from, to, kind: drawKind(random) }
}

function alertSlot(seed: number, root: DemoOptionRoot, slot: number): readonly DemoPlant[] {
  return keptSlot(`${seed} ${root} a${slot}`, () => {
    const { random, from, to, kind } = headOf(seed, root, slot)
    const listing = demoOptionListing(seed, root, from)
    for (let tries = 0; tries < TRIES; tries += 1) {
      const plant = tryPlant(listing, kind, from, to, random)
      if (plant) return [plant]
    }
    const plant = kind === 'volume' ? null : tryPlant(listing, 'rich', from, to, random)
    return plant ? [plant] : []
  })
}

function drawKind(random: Random): (typeof ALERTING_PLANTS)[number] {
  let left = random.uniform()
  for (const [k, share] of SHARES.entries()) {
    left -= share
    if (left < 0) return ALERTING_PLANTS[k]!
  }
  return 'cheap'
}

/** A contract of a near expiry around the money, null where the drawn one does not serve. */
function tryPlant(
  listing: DemoOptionListing,
  kind: (typeof ALERTING_PLANTS)[number],
  from: number,
  to: number,
  random: Random,
): DemoPlant | null {
  const near = listing.expiries.slice(0, 7).filter(({ settlesAt }) => {
    const t = yearsTo(settlesAt, to)
    return t > LEAST_YEARS && (kind !== 'parity' || t < LONGEST_PARITY_YEARS || listing.root !== 'SPY')
  })
  const expiry = near[Math.floor(random.uniform() ** 1.5 * near.length)]
  if (!expiry) return null
  const surface = demoSurfaceAt(expiry.line, listing.character, from)
  const price = demoMinuteClose(expiry.line, from)
  const t = yearsTo(expiry.settlesAt, from)
  const deviation = Math.sqrt(atmVariance(surface, t))
  const place = kind === 'parity' ? random.uniform() - 0.5 : 2.4 * random.uniform() - 1.2
  const side = kind === 'vertical' ? 1 : place >= 0 === random.uniform() < 0.85 ? 1 : -1
  const row = rowNear(listing, expiry, price * Math.exp(place * deviation), side)
  // Two strikes on either side are listed, so that a neighbour can contradict it.
  if (row - 4 < expiry.from || row + 4 >= expiry.to) return null
  const option = listing.contracts[row]!
  const common = { root: listing.root, kind, alerts: true, from, to, keys: [option.key], ...NONE }
  if (kind === 'skew') return { ...common, keys: keysOf(listing, expiry), tilt: listing.character.rho < 0 ? 0.24 : -0.24 }
  if (kind === 'volume') return { ...common, burst: Math.round(LEAST_BURST[listing.root] * (1 + 2 * random.uniform())) }
  const shift = shiftOf(listing, row, kind, { from, price, random })
  return shift === null ? null : { ...common, shift }
}

function rowNear(
  { contracts }: DemoOptionListing,
  { from, to }: { readonly from: number; readonly to: number },
  strike: number,
  side: 1 | -1,
): number {
  let best = from
  for (let row = from; row < to; row += 1) {
    const one = contracts[row]!
    if (one.side === side && Math.abs(one.strike - strike) <= Math.abs(contracts[best]!.strike - strike)) best = row
  }
  return best
}

function keysOf({ contracts }: DemoOptionListing, { from, to }: { readonly from: number; readonly to: number }): string[] {
  return contracts.slice(from, to).map(({ key }) => key)
}

/** By how much quotes must move to be wrong beyond doubt; null where the option is too cheap for it. */
function shiftOf(
  listing: DemoOptionListing,
  row: number,
  kind: (typeof ALERTING_PLANTS)[number],
  { from, price, random }: { readonly from: number; readonly price: number; readonly random: Random },
): number | null {
  if (kind === 'spread') return 0
  const { contracts, expiries, tickSize } = listing
  const option = contracts[row]!
  const expiry = expiries[option.expiryIndex]!
  const t = yearsTo(option.settlesAt, from)
  const rows = [row - 2, row, row + 2, option.side > 0 ? row + 1 : row - 1]
  const four = rows.map(() => price)
  const surface = demoSurfaceAt(expiry.line, listing.character, from)
  const fair = fairPrices({
    listing,
    rows,
    spot: four,
    at: rows.map(() => from),
    surface: rows.map(() => surface),
    tableAt: from,
  })
  const width = rows.map((_, k) => quotedWidth(listing, t, fair, k))
  const [below, at, above] = [fair.price[0]!, fair.price[1]!, fair.price[2]!]
  const part = (0.25 + 0.15 * random.uniform()) * at
  const beyond = Math.max(5 * tickSize, 1.5 * width[1]!)
  if (at < 55 * tickSize) return null
  if (kind === 'cheap') return -Math.min(at - 8 * tickSize, Math.max(part, beyond + width[1]!))
  if (kind === 'rich') return Math.max(part, beyond + width[1]!)
  if (kind === 'butterfly') return (below + above) / 2 - at + 1.5 * (width[0]! + width[2]!) + 2 * width[1]! + beyond
  if (kind === 'vertical') {
    const drop = at - above + width[1]! + width[2]! + beyond
    return drop < at - 8 * tickSize ? -drop : null
  }
  // What the exercise of either side early allows between the two bounds of American parity.
  const slack = price * (1 - Math.exp(-listing.yieldRate * t)) + option.strike * (1 - Math.exp(-listing.rate * t))
  return slack + 1.5 * (width[1]! + width[3]!) + beyond + 4 * tickSize
}

function dirtSlot(seed: number, root: DemoOptionRoot, slot: number): readonly DemoPlant[] {
  return keptSlot(`${seed} ${root} d${slot}`, () => {
    const random = createRandom(mixSeed(mixText(seed, `dirt ${root}`), slot))
    const plants: DemoPlant[] = []
    for (let k = 0; k < DIRT_A_SLOT; k += 1) {
      const from = slot * DIRT_SLOT + Math.floor(30 * random.uniform() * MICROS_PER_SECOND)
      const to = from + Math.floor((10 + 30 * random.uniform()) * MICROS_PER_SECOND)
      const { contracts } = demoOptionListing(seed, root, from)
      const kind = DIRTY_PLANTS[Math.floor(random.uniform() * DIRTY_PLANTS.length)]!
      const row = Math.floor(random.uniform() * contracts.length)
      // A fault that comes over a whole run of strikes is what really happens when one maker's machine is late.
      const run = random.uniform() < 0.3 ? 5 : 1
      const { side, expiryIndex } = contracts[row]!
      const keys = contracts
        .slice(row, row + 2 * run)
        .filter(one => one.side === side && one.expiryIndex === expiryIndex)
        .map(({ key }) => key)
      plants.push({ root, kind, alerts: false, from, to, keys, ...NONE })
    }
    return plants
  })
}

/** Bursts of volume since the day of an instant began, by contract: volume stays traded. */
export function burstsSince(seed: number, root: DemoOptionRoot, dayStart: number, at: number): ReadonlyMap<string, number> {
  const bursts = new Map<string, number>()
  for (let slot = Math.floor(dayStart / ALERT_SLOT) + 1; slot * ALERT_SLOT < at; slot += 1) {
    if (headOf(seed, root, slot).kind !== 'volume') continue
    for (const { from, to, keys, burst } of alertSlot(seed, root, slot)) {
      if (from >= at) continue
      const part = Math.min(1, (at - from) / (to - from))
      bursts.set(keys[0]!, (bursts.get(keys[0]!) ?? 0) + Math.round(burst * part))
    }
  }
  return bursts
}
