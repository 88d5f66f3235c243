import { leastDensity, type MoneynessRange, WHOLE_RANGE } from './arbitrage.ts'
import type { SviSlice } from './chain-analysis.ts'
import { fromJumpWings, type SviJumpWings, sviVariance, toJumpWings } from './svi.ts'

/** How far a repaired slice may stay from the edge: g at least this. */
const MARGIN = 1e-4
const HALVINGS = 30

/** How far a slice is from what it ought to be near to. */
export type SliceDistance = (slice: SviSlice) => number

/**
 * The slice without butterfly arbitrage that is nearest to a given one, among a few families that end in a slice that has none.
 *
 * In jump wings, at-the-money variance and skew stay and the far wing comes down, with the least variance or without it; the end of
 * that road is a slice of SSVI. Where that has none either, the smile is flattened about the money as far as it must be.
 *
 * Range: g is at least 1e-4 all over the range; a slice that already is free comes back as it is.
 * Source: Gatheral and Jacquier (2014), section 5.1.
 */
export function repairSlice(
  slice: SviSlice,
  { range = WHOLE_RANGE, distance = plainDistance(slice, range) }: { range?: MoneynessRange; distance?: SliceDistance } = {},
): SviSlice {
  if (leastDensity(slice, range).value >= 0) return slice
  const isFree = (one: SviSlice | null): one is SviSlice => one !== null && leastDensity(one, range).value >= MARGIN
  let best: SviSlice | null = null
  let nearest = Number.POSITIVE_INFINITY
  for (const road of roads(slice)) {
    const found = shortest(road, isFree)
    if (!found) continue
    const off = distance(found)
    if (off >= nearest) continue
    best = found
    nearest = off
  }
  return best ?? flat(slice)
}

type Road = (share: number) => SviSlice | null

/** Families from the slice at 0 to one that should be free at 1. */
function roads(slice: SviSlice): Road[] {
  const wings = toJumpWings(slice, 1)
  const mirror = (one: SviSlice): SviSlice => ({ ...one, rho: -one.rho, m: -one.m })
  const mirrored = toJumpWings(mirror(slice), 1)
  const turned =
    (road: Road): Road =>
    share => {
      const found = road(share)
      return found && mirror(found)
    }
  return [...wingRoads(wings), ...wingRoads(mirrored).map(turned), share => flattened(slice, share)]
}

/** The call wing comes down to the one of SSVI; the least variance stays, or goes with it. */
function wingRoads(wings: SviJumpWings): Road[] {
  const { v, psi, p, c, least } = wings
  const low = p + 2 * psi
  if (!(low > 0 && low < c && v > 0)) return []
  const lowLeast = (v * 4 * p * low) / (p + low) ** 2
  const at = (share: number) => c + share * (low - c)
  return [
    share => fromJumpWings({ ...wings, c: at(share) }, 1),
    share => fromJumpWings({ ...wings, c: at(share), least: least + share * (lowLeast - least) }, 1),
  ]
}

/** Wings and bend shrink towards the variance at the money. */
function flattened(slice: SviSlice, share: number): SviSlice {
  const money = Math.max(sviVariance(slice, 0), 1e-12)
  const b = slice.b * (1 - share)
  const shrunk = { ...slice, b, a: 0 }
  return { ...shrunk, a: money - sviVariance(shrunk, 0) }
}

function flat(slice: SviSlice): SviSlice {
  return flattened(slice, 1)
}

/** The first free slice on a road, by halving; null where even its end is not free. */
function shortest(road: Road, isFree: (one: SviSlice | null) => one is SviSlice): SviSlice | null {
  const end = road(1)
  if (!isFree(end)) return null
  let [low, high] = [0, 1]
  let best: SviSlice = end
  for (let round = 0; round < HALVINGS; round++) {
    const middle = 0.5 * (low + high)
    const one = road(middle)
    if (isFree(one)) {
      high = middle
      best = one
    } else low = middle
  }
  return best
}

/** Mean square of the difference in total variance, more about the money. */
function plainDistance(slice: SviSlice, { from, to }: MoneynessRange): SliceDistance {
  const k = Float64Array.from({ length: 81 }, (_, i) => from + ((to - from) * i) / 80)
  const w = k.map(x => sviVariance(slice, x))
  const spread = Math.sqrt(Math.max(1e-6, Math.abs(sviVariance(slice, 0))))
  return one => k.reduce((sum, x, i) => sum + (sviVariance(one, x) - w[i]!) ** 2 / (1 + (x / (4 * spread)) ** 2), 0)
}
