import type { IsoDate } from '../kit/time.ts'
import type { ArbitrageFinding, SviSlice } from './chain-analysis.ts'
import { type SviShape, sviShape, sviVariance } from './svi.ts'

/** A stretch of log-moneyness. */
export interface MoneynessRange {
  readonly from: number
  readonly to: number
}

/** Where a function is below zero, and how far at its worst. */
interface Stretch extends MoneynessRange {
  readonly worstAt: number
  readonly worst: number
}

/** As far as options are ever quoted: e^±2.5 times the forward. */
export const WHOLE_RANGE: MoneynessRange = { from: -2.5, to: 2.5 }

/** Points on each side of a place where a smile bends. */
const POINTS = 40
const NARROW = 25
const CLOSEST = 1e-12
/** Less than this below zero is rounding. */
const ROUNDING = 1e-11

const shape: SviShape = { value: 0, slope: 0, bend: 0 }

/**
 * Durrleman's g: the density that a smile implies is of its sign; below zero a butterfly costs less than nothing.
 *
 * Range: where total variance is not above zero, that variance itself, for there is no smile at all.
 * Source: Gatheral and Jacquier (2014), equation 2.1.
 */
export function durrleman(slice: SviSlice, k: number): number {
  sviShape(slice, k, shape)
  const { value: w, slope, bend } = shape
  if (!(w > 0)) return w < 0 ? w : 0
  const first = 1 - (k * slope) / (2 * w)
  return first * first - 0.25 * slope * slope * (1 / w + 0.25) + 0.5 * bend
}

/** Points close together where slices bend or are near to nothing, and wide apart elsewhere. */
function gridFor(slices: readonly SviSlice[], { from, to }: MoneynessRange): Float64Array {
  const reach = to - from
  const places: number[] = [from, to, 0.5 * (from + to)]
  for (const { a, b, rho, m, sigma } of slices) {
    const root = Math.sqrt(Math.max(1e-12, 1 - rho * rho))
    const least = a + b * sigma * root
    // About its least point variance is least + bend/2 x²: where it has doubled, g has changed its face.
    const narrow = Math.min(sigma, Math.sqrt(Math.max(0, (2 * least * sigma) / (b * root ** 3 || 1))))
    for (const [at, scale] of [
      [m, sigma],
      [m - (rho * sigma) / root, narrow],
      [0, Math.max(1e-4, narrow)],
    ] as const) {
      const step = Math.asinh(reach / Math.max(scale, 1e-9 * reach)) / (scale === sigma ? POINTS : NARROW)
      const count = scale === sigma ? POINTS : NARROW
      for (let i = -count; i <= count; i++) {
        const k = at + Math.max(scale, 1e-9 * reach) * Math.sinh(i * step)
        if (k > from && k < to) places.push(k)
      }
    }
  }
  return Float64Array.from(places).sort()
}

interface Open {
  readonly from: number
  readonly worstAt: number
  readonly worst: number
}

/** Stretches on which a smooth function is below zero, the minima between the points of a grid looked for too. */
function below(f: (k: number) => number, grid: Float64Array): Stretch[] {
  const n = grid.length
  const values = grid.map(f)
  const found: Stretch[] = []
  let open: Open | null = null
  const close = (to: number) => {
    if (open !== null && open.worst < -ROUNDING) found.push({ from: open.from, to, worstAt: open.worstAt, worst: open.worst })
    open = null
  }
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    const isLow = (i === 0 || value <= values[i - 1]!) && (i === n - 1 || value <= values[i + 1]!)
    if (value >= 0 && !isLow) {
      if (open) close(crossing(f, grid[i - 1]!, grid[i]!))
      continue
    }
    const least = isLow ? minimum(f, grid[Math.max(0, i - 1)]!, grid[Math.min(n - 1, i + 1)]!, grid[i]!) : grid[i]!
    const worst = Math.min(value, f(least))
    const worstAt = worst === value ? grid[i]! : least
    if (worst >= -ROUNDING) {
      if (open) close(crossing(f, grid[i - 1]!, grid[i]!))
      continue
    }
    if (value >= 0) {
      // A dip between two points of the grid.
      const left = i > 0 ? grid[i - 1]! : grid[i]!
      const right = i < n - 1 ? grid[i + 1]! : grid[i]!
      if (!open) found.push({ from: crossing(f, worstAt, left), to: crossing(f, worstAt, right), worstAt, worst })
      continue
    }
    if (!open) open = { from: i === 0 ? grid[0]! : crossing(f, grid[i]!, grid[i - 1]!), worstAt, worst }
    else if (worst < open.worst) open = { from: open.from, worstAt, worst }
  }
  close(grid[n - 1]!)
  return found
}

/** Where a function changes its sign between two places of which one is below zero. */
function crossing(f: (k: number) => number, under: number, over: number): number {
  let [low, high] = f(under) < 0 ? [under, over] : [over, under]
  if (f(high) < 0) return high
  for (let round = 0; round < 80 && Math.abs(high - low) > CLOSEST; round++) {
    const middle = 0.5 * (low + high)
    if (f(middle) < 0) low = middle
    else high = middle
  }
  return 0.5 * (low + high)
}

const GOLDEN = 0.3819660112501051

/** Place of the minimum between two places, by golden sections. */
function minimum(f: (k: number) => number, from: number, to: number, start: number): number {
  let [low, high] = [from, to]
  let [left, right] = [low + GOLDEN * (high - low), high - GOLDEN * (high - low)]
  let [atLeft, atRight] = [f(left), f(right)]
  for (let round = 0; round < 60 && high - low > 1e-9 * (1 + Math.abs(start)); round++) {
    if (atLeft < atRight) {
      high = right
      right = left
      atRight = atLeft
      left = low + GOLDEN * (high - low)
      atLeft = f(left)
    } else {
      low = left
      left = right
      atLeft = atRight
      right = high - GOLDEN * (high - low)
      atRight = f(right)
    }
  }
  return 0.5 * (low + high)
}

/** Least value of Durrleman's g in a range, and where it is. */
export function leastDensity(
  slice: SviSlice,
  range: MoneynessRange = WHOLE_RANGE,
): { readonly at: number; readonly value: number } {
  const grid = gridFor([slice], range)
  const g = (k: number) => durrleman(slice, k)
  let [at, value] = [grid[0]!, Number.POSITIVE_INFINITY]
  const values = grid.map(g)
  for (let i = 0; i < grid.length; i++) {
    if ((i > 0 && values[i]! > values[i - 1]!) || (i + 1 < grid.length && values[i]! > values[i + 1]!)) continue
    const place = minimum(g, grid[Math.max(0, i - 1)]!, grid[Math.min(grid.length - 1, i + 1)]!, grid[i]!)
    for (const k of [grid[i]!, place]) {
      const found = g(k)
      if (found >= value) continue
      at = k
      value = found
    }
  }
  return { at, value }
}

/** Stretches on which the density that a smile implies is below zero; the slope of the wings alone does not tell. */
export function butterflies(slice: SviSlice, expiry: IsoDate, range: MoneynessRange = WHOLE_RANGE): ArbitrageFinding[] {
  return below(k => durrleman(slice, k), gridFor([slice], range)).map(stretch => ({
    kind: 'butterfly',
    expiry,
    later: null,
    ...stretch,
  }))
}

/** A smile with its date. */
export interface DatedSlice {
  readonly date: IsoDate
  readonly slice: SviSlice
}

/** Stretches on which total variance at equal log-moneyness of the forward falls towards the later expiry. */
export function calendars(earlier: DatedSlice, later: DatedSlice, range: MoneynessRange = WHOLE_RANGE): ArbitrageFinding[] {
  const rise = (k: number) => sviVariance(later.slice, k) - sviVariance(earlier.slice, k)
  return below(rise, gridFor([earlier.slice, later.slice], range)).map(stretch => ({
    kind: 'calendar',
    expiry: earlier.date,
    later: later.date,
    ...stretch,
  }))
}
