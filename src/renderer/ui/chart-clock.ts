import {
  defaultHorzScaleBehavior,
  type IHorzScaleBehavior,
  type Mutable,
  type Time,
  type TimeScalePoint,
} from 'lightweight-charts'

type Weight = TimeScalePoint['timeWeight']

/** Seconds that clocks are ahead of UTC at an instant in seconds. */
export type OffsetSeconds = (seconds: number) => number

/** Weights of lightweight-charts for marks within a day, longest step first. */
const WITHIN_DAY: readonly (readonly [seconds: number, weight: number])[] = [
  [12 * 3600, 33],
  [6 * 3600, 32],
  [3 * 3600, 31],
  [3600, 30],
  [1800, 22],
  [300, 21],
  [60, 20],
  [1, 10],
]
const DAY = 50
const MONTH = 60
const YEAR = 70

/** How important a mark is at `wall`, the one before being at `before`, both in seconds of the wall clock. */
export function markWeight(wall: number, before: number): number {
  const now = new Date(wall * 1000)
  const then = new Date(before * 1000)
  if (now.getUTCFullYear() !== then.getUTCFullYear()) return YEAR
  if (now.getUTCMonth() !== then.getUTCMonth()) return MONTH
  if (now.getUTCDate() !== then.getUTCDate()) return DAY
  return WITHIN_DAY.find(([seconds]) => Math.floor(wall / seconds) !== Math.floor(before / seconds))?.[1] ?? 0
}

/**
 * A time scale whose day, month and year marks stand where the wall clock of a zone changes them.
 *
 * The library knows only UTC: with a formatter alone, the mark of a new day would stand at 19:00 of the day before in
 * New York. Shifting the times instead would break on the hour that a clock repeats.
 */
export function wallClockScale(offset: OffsetSeconds): IHorzScaleBehavior<Time> {
  const behaviour = new (defaultHorzScaleBehavior())()
  const wallAt = (point: TimeScalePoint | undefined) => {
    const at = Number(point?.originalTime)
    return at + offset(at)
  }
  behaviour.fillWeightsForPoints = (points: readonly Mutable<TimeScalePoint>[], start: number) => {
    if (points.length === 0) return
    for (let i = Math.max(1, start); i < points.length; i++)
      points[i]!.timeWeight = markWeight(wallAt(points[i]), wallAt(points[i - 1])) as Weight
    if (start > 0) return
    // The first point has none before it: it is weighed against where one would have been.
    const first = wallAt(points[0])
    const step = points.length > 1 ? Math.ceil((wallAt(points.at(-1)) - first) / (points.length - 1)) : 86_400
    points[0]!.timeWeight = markWeight(first, first - step) as Weight
  }
  return behaviour
}
