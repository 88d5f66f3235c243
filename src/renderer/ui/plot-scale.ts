/** Steps of an axis that read well, times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10] as const

/** A stretch of values laid over a stretch of pixels; either may run backwards. */
export interface PlotScale {
  toPixel(value: number): number
  toValue(pixel: number): number
}

export function linearScale(from: number, to: number, start: number, end: number): PlotScale {
  const span = to - from || 1
  const length = end - start || 1
  return {
    toPixel: value => start + ((value - from) / span) * length,
    toValue: pixel => from + ((pixel - start) / length) * span,
  }
}

/** The round step nearest above a span divided by that many. */
export function niceStep(span: number, count: number): number {
  const raw = Math.abs(span) / Math.max(1, count)
  if (!(raw > 0) || !Number.isFinite(raw)) return 1
  const power = 10 ** Math.floor(Math.log10(raw))
  return power * (STEPS.find(step => step * power >= raw * (1 - 1e-9)) ?? 10)
}

/** Round values within a stretch, at most `count` and a few; zero is exactly zero. */
export function niceTicks(
  from: number,
  to: number,
  count: number,
): { readonly step: number; readonly values: readonly number[] } {
  const step = niceStep(to - from, count)
  const first = Math.ceil(Math.min(from, to) / step - 1e-9)
  const last = Math.floor(Math.max(from, to) / step + 1e-9)
  const values: number[] = []
  for (let k = first; k <= last && values.length < 1000; k++) values.push(k * step || 0)
  return { step, values }
}

/** Least and greatest of the finite values; null where there is none. */
export function extentOf(...columns: readonly ArrayLike<number>[]): [least: number, greatest: number] | null {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (const column of columns)
    for (let k = 0; k < column.length; k++) {
      const value = column[k]!
      if (!Number.isFinite(value)) continue
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
  return least <= greatest ? [least, greatest] : null
}

/** A stretch with some air at both ends, of at least `least` where it is a single value. */
export function padded([from, to]: readonly [number, number], share = 0.06, least = 1e-9): [number, number] {
  const air = Math.max((to - from) * share, to === from ? least : 0)
  return [from - air, to + air]
}
