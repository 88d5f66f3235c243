import type { FlowFrame } from '../../contract/options-risk.ts'
import { MICROS_PER_SECOND } from '../../core/kit/time.ts'

type Points = FlowFrame['points']

/** The whole session as far as it was sent, with the newest frame. */
export interface FlowView {
  readonly frame: FlowFrame
  readonly points: Points
}

/** The view after another frame: its points take the place of those at and behind its first one. */
export function withFrame(before: FlowView | null, frame: FlowFrame): FlowView {
  if (before === null || frame.kind === 'snapshot') return { frame, points: frame.points }
  const first = frame.points.time[0]
  if (first === undefined) return { frame, points: before.points }
  let keep = before.points.time.length
  while (keep > 0 && before.points.time[keep - 1]! >= first) keep--
  const joined = Object.fromEntries(
    (Object.keys(frame.points) as (keyof Points)[]).map(name => [
      name,
      [...before.points[name].slice(0, keep), ...frame.points[name]],
    ]),
  )
  return { frame, points: joined as unknown as Points }
}

/** How much of the session is shown, in seconds; null is all of it. */
export const FLOW_WINDOWS = { all: null, hour: 3600, minutes: 600 } as const
export type FlowWindow = keyof typeof FLOW_WINDOWS

/** A picture has no more columns than that; of each the last point is drawn. */
const MOST_DRAWN = 2400

/** The points within a window, thinned to what a screen can show. */
export function shownPoints(points: Points, window: FlowWindow): Points {
  const last = points.time.at(-1)
  const seconds = FLOW_WINDOWS[window]
  const from =
    seconds === null || last === undefined ? 0 : points.time.findIndex(time => time >= last - seconds * MICROS_PER_SECOND)
  const count = points.time.length - from
  const step = Math.max(1, Math.ceil(count / MOST_DRAWN))
  if (from === 0 && step === 1) return points
  const take = <T>(column: readonly T[]) => column.slice(from).filter((_, k) => (count - 1 - k) % step === 0)
  return Object.fromEntries(
    Object.entries(points).map(([name, column]) => [name, take<number | null>(column)]),
  ) as unknown as Points
}

/** The point at or just before an instant; -1 before the first. */
export function pointAt(time: readonly number[], at: number): number {
  let [low, high] = [0, time.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (time[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
