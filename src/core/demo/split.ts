/** A bar whose prices are whole ticks, with what is needed to divide it. */
export interface TickBar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Whole units traded; 0 where nothing traded, and then the prices only say where the market stood. */
  readonly volume: number
  /** Variance of the price over the bar, in ticks squared. */
  readonly variance: number
}

/** The noise by which a bar is divided into equal slots of time; every column has a row for each slot. */
export interface SplitPlan {
  /** Relative variance of the jump before the slot, and of the move within it. */
  readonly gap: Float64Array
  readonly body: Float64Array
  /** Relative share of the volume; 0 keeps the slot without a trade. */
  readonly weight: Float64Array
  /** Standard normals of the jump and of the move. */
  readonly gapNoise: Float64Array
  readonly bodyNoise: Float64Array
  /** Exponentials with mean 1: how far the slot reaches above and below its ends. */
  readonly up: Float64Array
  readonly down: Float64Array
}

/** Bars of the slots as columns, prices in ticks. A slot without volume has no bar: its close is where the market stood. */
export interface Slots {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly variance: Float64Array
}

/** A point of a slot that may be moved without touching the open of the first and the close of the last. */
interface FreePoint {
  readonly slot: number
  readonly role: 'only' | 'open' | 'close' | 'reach' | 'high' | 'low'
}

/** Range of a driftless walk over its standard deviation, squared: 4 ln 2. Source: Parkinson (1980), J. Business 53(1). */
const PARKINSON = 4 * Math.log(2)

/**
 * Divides a bar into slots whose bars give exactly that bar again.
 *
 * Prices follow a Brownian bridge from open to close; what lies beyond the two ends is stretched so that the highest and lowest points
 * fall on the high and the low. A slot of volume v shows at most v distinct prices: 1 one price, 2 its ends, 3 one reach beyond
 * them, 4 or more both; a bar to be divided must obey that rule itself.
 */
export function splitBar(bar: TickBar, plan: SplitPlan): Slots {
  const n = plan.weight.length
  const column = () => new Float64Array(n)
  const slots: Slots = {
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    variance: column(),
  }
  shareVolume(bar.volume, plan.weight, slots.volume)
  let first = 0
  while (first < n - 1 && slots.volume[first] === 0) first += 1
  let last = n - 1
  while (last > first && slots.volume[last] === 0) last -= 1
  const sides = new Int8Array(n)
  walkSlots(bar, plan, slots, first, last, sides)
  fitSlots(bar, slots, first, last, sides)
  for (let k = 0; k < n; k += 1) {
    const range = slots.high[k]! - slots.low[k]!
    slots.variance[k] = 0.5 * slots.variance[k]! + (0.5 * range * range) / PARKINSON
  }
  return slots
}

/** Whole shares of a whole volume in proportion to weights: running totals are rounded, so the sum is exact. */
export function shareVolume(volume: number, weight: Float64Array, out: Float64Array): void {
  let total = 0
  for (const w of weight) total += w
  let running = 0
  let given = 0
  for (let k = 0; k < weight.length; k += 1) {
    running += weight[k]!
    const until = total > 0 ? Math.round((running / total) * volume) : 0
    out[k] = until - given
    given = until
  }
  if (given < volume) out[0]! += volume - given
}

function walkSlots(bar: TickBar, plan: SplitPlan, slots: Slots, first: number, last: number, sides: Int8Array): void {
  const n = plan.weight.length
  const walk = new Float64Array(2 * n)
  const clock = new Float64Array(2 * n)
  let at = 0
  let elapsed = 0
  for (let k = 0; k < n; k += 1) {
    at += Math.sqrt(plan.gap[k]!) * plan.gapNoise[k]!
    elapsed += plan.gap[k]!
    walk[2 * k] = at
    clock[2 * k] = elapsed
    at += Math.sqrt(plan.body[k]!) * plan.bodyNoise[k]!
    elapsed += plan.body[k]!
    walk[2 * k + 1] = at
    clock[2 * k + 1] = elapsed
  }
  const scale = Math.sqrt(bar.variance / elapsed)
  const from = 2 * first
  const to = 2 * last + 1
  const span = clock[to]! - clock[from]!
  const value = (k: number) => {
    const part = (clock[k]! - clock[from]!) / span
    const bridge = walk[k]! - walk[from]! - part * (walk[to]! - walk[from]!)
    return bar.open + part * (bar.close - bar.open) + scale * bridge
  }
  for (let k = 0; k < n; k += 1) {
    const volume = slots.volume[k]!
    const single = volume <= 1
    const close = k === last ? bar.close : value(single && k === first ? 2 * k : 2 * k + 1)
    const open = single ? close : k === first ? bar.open : value(2 * k)
    const variance = (bar.variance * plan.body[k]!) / elapsed
    const middle = (open + close) / 2
    let high = Math.max(open, close)
    let low = Math.min(open, close)
    if (volume >= 3) {
      // The maximum of a Brownian bridge, drawn from its exact law.
      const square = (close - open) * (close - open)
      const isUp = plan.up[k]! > plan.down[k]!
      if (volume > 3 || isUp) high = middle + 0.5 * Math.sqrt(square + 2 * variance * plan.up[k]!)
      if (volume > 3 || !isUp) low = middle - 0.5 * Math.sqrt(square + 2 * variance * plan.down[k]!)
      sides[k] = isUp ? 1 : -1
    }
    slots.open[k] = open
    slots.high[k] = high
    slots.low[k] = low
    slots.close[k] = close
    slots.variance[k] = variance
  }
}

function fitSlots(bar: TickBar, slots: Slots, first: number, last: number, sides: Int8Array): void {
  const upper = Math.max(bar.open, bar.close)
  const lower = Math.min(bar.open, bar.close)
  let highest = upper
  let lowest = lower
  for (let k = first; k <= last; k += 1) {
    if (slots.volume[k] === 0) continue
    highest = Math.max(highest, slots.high[k]!)
    lowest = Math.min(lowest, slots.low[k]!)
  }
  const up = highest > upper ? (bar.high - upper) / (highest - upper) : 0
  const down = lowest < lower ? (lower - bar.low) / (lower - lowest) : 0
  const fitted = (x: number) => {
    const y = x > upper ? upper + (x - upper) * up : x < lower ? lower - (lower - x) * down : x
    return Math.round(Math.min(bar.high, Math.max(bar.low, y)))
  }
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    const column = slots[name]
    for (let k = 0; k < column.length; k += 1) column[k] = fitted(column[k]!)
  }
  const needsHigh = bar.high > upper && highest <= upper
  const needsLow = bar.low < lower && lowest >= lower
  if (!needsHigh && !needsLow) return
  const points = freePoints(slots, first, last)
  let kept = needsHigh && bar.low < lower && !needsLow ? pointAt(points, slots, bar.low, -1, sides) : null
  if (needsHigh) kept = movePoint(points, slots, bar.high, 1, sides, kept)
  else kept = bar.high > upper ? pointAt(points, slots, bar.high, 1, sides) : null
  if (needsLow) movePoint(points, slots, bar.low, -1, sides, kept)
}

function freePoints(slots: Slots, first: number, last: number): FreePoint[] {
  const points: FreePoint[] = []
  for (let slot = first; slot <= last; slot += 1) {
    const volume = slots.volume[slot]!
    if (volume >= 4) points.push({ slot, role: 'high' }, { slot, role: 'low' })
    if (volume === 3) points.push({ slot, role: 'reach' })
    if (volume === 1 && slot !== first && slot !== last) points.push({ slot, role: 'only' })
    if (volume >= 2 && slot !== first) points.push({ slot, role: 'open' })
    if (volume >= 2 && slot !== last) points.push({ slot, role: 'close' })
  }
  return points
}

/** The point that makes the high (side 1) or the low (side -1) of the whole. */
function pointAt(points: readonly FreePoint[], slots: Slots, price: number, side: 1 | -1, sides: Int8Array): FreePoint | null {
  return points.find(point => fits(point, side) && priceOf(point, slots, side, sides) === price) ?? null
}

/** Puts a free point, the one nearest to it already, on a price; a reach is taken before an end. */
function movePoint(
  points: readonly FreePoint[],
  slots: Slots,
  price: number,
  side: 1 | -1,
  sides: Int8Array,
  kept: FreePoint | null,
): FreePoint {
  let best: FreePoint | null = null
  let bestScore = Number.NEGATIVE_INFINITY
  for (const point of points) {
    if (point === kept || !fits(point, side)) continue
    const preferred = point.role === 'high' || point.role === 'low' ? 2e9 : point.role === 'reach' ? 1e9 : 0
    const score = preferred + side * priceOf(point, slots, side, sides)
    if (score > bestScore) {
      best = point
      bestScore = score
    }
  }
  if (!best) throw new RangeError('a bar must trade at least once for each of its distinct prices')
  const { slot, role } = best
  if (role === 'only' || role === 'open') slots.open[slot] = price
  if (role === 'only' || role === 'close') slots.close[slot] = price
  if (role === 'reach') sides[slot] = side
  const upper = Math.max(slots.open[slot]!, slots.close[slot]!)
  const lower = Math.min(slots.open[slot]!, slots.close[slot]!)
  const volume = slots.volume[slot]!
  const keepsHigh = volume >= 4 || (volume === 3 && role !== 'reach' && sides[slot] === 1)
  const keepsLow = volume >= 4 || (volume === 3 && role !== 'reach' && sides[slot] === -1)
  slots.high[slot] = Math.max(upper, keepsHigh ? slots.high[slot]! : upper, role === 'high' || side === 1 ? price : upper)
  slots.low[slot] = Math.min(lower, keepsLow ? slots.low[slot]! : lower, role === 'low' || side === -1 ? price : lower)
  return best
}

function fits({ role }: FreePoint, side: 1 | -1): boolean {
  return side === 1 ? role !== 'low' : role !== 'high'
}

function priceOf({ slot, role }: FreePoint, slots: Slots, side: 1 | -1, sides: Int8Array): number {
  if (role === 'open' || role === 'only') return slots.open[slot]!
  if (role === 'close') return slots.close[slot]!
  if (role === 'reach') return sides[slot] === 1 ? slots.high[slot]! : slots.low[slot]!
  return side === 1 ? slots.high[slot]! : slots.low[slot]!
}
