import type { IsoDate } from '../kit/time.ts'
import { butterflies, calendars, leastDensity, type MoneynessRange } from './arbitrage.ts'
import type { ArbitrageFinding, SviSlice } from './chain-analysis.ts'
import { type FittedSmile, fitSmile, measureSmile, type SmileQuotes } from './chain-smiles.ts'
import { sviVariance } from './svi.ts'
import { repairSlice } from './svi-repair.ts'
import type { VarianceFloor } from './svi-search.ts'

/** Quotes of the smile of one expiry; null where there are none. */
export interface DatedQuotes {
  readonly date: IsoDate
  readonly quotes: SmileQuotes | null
}

/** Smiles of all expiries, and where they are not free of arbitrage. */
export interface Surface {
  readonly smiles: readonly (FittedSmile | null)[]
  readonly findings: readonly ArbitrageFinding[]
}

/** A smile is fitted free of arbitrage this many deviations from the money, among its quotes; it is looked at all over them. */
const FITTED_DEVIATIONS = 6
const LEAST_DEVIATIONS = 3
/** A smile that would be farther from its quotes than this, as a factor and in volatility, is left as it is and named. */
const WORSE_AT_MOST = 2.5
const WORSE_BY = 0.001
const FARTHEST = 2.5
const FLOOR_POINTS = 25
/** The floor lies this much above the earlier smile, for a penalty gives way a little. */
const FLOOR_RISE = 1.002
const FLOOR_WEIGHT = 30
const LIFT_AT_MOST = 0.02
const DENSITY_MARGIN = 2e-3
const DENSITY_WEIGHT = 30
const ROUNDS = 3

/**
 * A smile for each expiry, free of butterfly arbitrage, and none below the one before it, as far as the quotes allow.
 *
 * From the nearest expiry on, a smile that crosses the earlier one is fitted again above it, and lifted by what little is left; a
 * smile with a negative density is repaired. What remains is named.
 *
 * With `isOneUnderlying` false (options on futures) expiries have nothing to do with each other.
 */
export function fitSurface(expiries: readonly DatedQuotes[], isOneUnderlying = true): Surface {
  const smiles: (FittedSmile | null)[] = []
  const findings: ArbitrageFinding[] = []
  let before: Earlier | null = null
  for (const { date, quotes } of expiries) {
    const first = quotes && fitSmile(quotes)
    if (!first) {
      smiles.push(null)
      continue
    }
    const { fitted, quoted } = rangesOf(quotes, first.slice)
    const seen: Earlier | null = isOneUnderlying ? before : null
    const wish: Wish = { date, range: fitted, shared: seen && overlap(seen.fitted, fitted), before: seen }
    const smile: FittedSmile = withoutArbitrage(first, quotes, wish)
    const whole: Wish = { ...wish, shared: seen && overlap(seen.quoted, quoted) }
    findings.push(...butterflies(smile.slice, date, quoted), ...crossings(smile.slice, whole))
    smiles.push(smile)
    before = { date, slice: smile.slice, fitted, quoted }
  }
  return { smiles, findings }
}

interface Earlier {
  readonly date: IsoDate
  readonly slice: SviSlice
  readonly fitted: MoneynessRange
  readonly quoted: MoneynessRange
}

/** Where a smile is to be free of arbitrage. */
interface Wish {
  readonly date: IsoDate
  readonly range: MoneynessRange
  /** Stretch in which the earlier smile counts too. */
  readonly shared: MoneynessRange | null
  readonly before: Earlier | null
}

/** Where quotes lie, and where of it a smile is held free of arbitrage; never less than some deviations about the money. */
function rangesOf({ k, weight }: SmileQuotes, slice: SviSlice): { fitted: MoneynessRange; quoted: MoneynessRange } {
  const deviation = Math.sqrt(Math.max(1e-8, sviVariance(slice, 0)))
  let [low, high] = [-LEAST_DEVIATIONS * deviation, LEAST_DEVIATIONS * deviation]
  k.forEach((place, i) => {
    if (weight[i] === 0) return
    low = Math.min(low, place)
    high = Math.max(high, place)
  })
  const quoted = { from: Math.max(-FARTHEST, low), to: Math.min(FARTHEST, high) }
  const reach = FITTED_DEVIATIONS * deviation
  return { quoted, fitted: { from: Math.max(quoted.from, -reach), to: Math.min(quoted.to, reach) } }
}

function overlap(one: MoneynessRange, other: MoneynessRange): MoneynessRange | null {
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)]
  return to > from ? { from, to } : null
}

function crossings(slice: SviSlice, { date, shared, before }: Wish): ArbitrageFinding[] {
  return before && shared ? calendars(before, { date, slice }, shared) : []
}

/** The smile fitted again with penalties where it breaks a rule, ever more of them, and what little is left taken away. */
function withoutArbitrage(first: FittedSmile, quotes: SmileQuotes, wish: Wish): FittedSmile {
  let smile = first
  let places: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const least = leastDensity(smile.slice, wish.range)
    const crossed = crossings(smile.slice, wish)
    if (least.value >= 0 && crossed.length === 0) break
    if (round === 0) places = spaced(wish.range, FLOOR_POINTS)
    places = [...places, least.at, ...crossed.map(one => one.worstAt)]
    const usual = typical(quotes.weight)
    const height = Math.max(sviVariance(first.slice, 0), 1e-9)
    const next = fitSmile(quotes, {
      start: round === 0 ? first.slice : smile.slice,
      floors: {
        variance: floorOf(wish, places, FLOOR_WEIGHT * usual),
        density: { k: Float64Array.from(places), margin: DENSITY_MARGIN, weight: DENSITY_WEIGHT * usual * height },
      },
    })
    // What is far from its quotes now will not come nearer with more to hold.
    if (!next || next.error > WORSE_AT_MOST * first.error + WORSE_BY) return first
    smile = next
  }
  const tidy = tidied(smile, quotes, wish)
  return tidy.error <= WORSE_AT_MOST * first.error + WORSE_BY ? tidy : first
}

/** A crossing of next to nothing is lifted away, a density that is hardly below zero flattened away. */
function tidied(smile: FittedSmile, quotes: SmileQuotes, wish: Wish): FittedSmile {
  let { slice } = smile
  const left = crossings(slice, wish)
  const lift = left.length > 0 ? -Math.min(...left.map(one => one.worst)) * (1 + 1e-9) : 0
  if (lift > 0 && lift <= LIFT_AT_MOST * sviVariance(slice, 0)) slice = { ...slice, a: slice.a + lift }
  if (leastDensity(slice, wish.range).value < 0)
    slice = repairSlice(slice, { range: wish.range, distance: one => distanceTo(quotes, one) })
  return slice === smile.slice ? smile : measureSmile(quotes, slice, smile.weight)
}

/** Weighted distance to the quotes; beyond a few deviations it grows with the distance alone, for such quotes may be wrong. */
function distanceTo({ k, variance, weight }: SmileQuotes, slice: SviSlice): number {
  let sum = 0
  for (let i = 0; i < k.length; i++) {
    const off = weight[i]! * Math.abs(sviVariance(slice, k[i]!) - variance[i]!)
    sum += off < 3 ? off * off : 6 * off - 9
  }
  return sum
}

function spaced({ from, to }: MoneynessRange, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
}

function typical(weight: Float64Array): number {
  const known = weight.filter(w => w > 0).sort()
  return known[known.length >> 1] ?? 1
}

function floorOf({ shared, before }: Wish, places: readonly number[], weight: number): VarianceFloor | null {
  if (!before || !shared) return null
  const k = Float64Array.from([...spaced(shared, FLOOR_POINTS), ...places.filter(x => x >= shared.from && x <= shared.to)])
  return { k, floor: k.map(x => FLOOR_RISE * sviVariance(before.slice, x)), weight }
}
