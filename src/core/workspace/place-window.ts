/** Corner and size in the points that windows are placed in; monitors share one plane. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A monitor as the system reports it; `area` is the part that no dock or task bar covers. */
export interface Monitor {
  readonly id: number
  readonly area: Box
  readonly scale: number
}

/** Where a window stood when it was last seen, with the monitor it was on. */
export interface WindowPlace {
  readonly box: Box
  readonly monitor: Monitor
  readonly maximised: boolean
  readonly fullScreen: boolean
}

const USUAL = { width: 1600, height: 1000 }
const SMALLEST = { width: 900, height: 600 }

const right = (box: Box) => box.x + box.width
const bottom = (box: Box) => box.y + box.height
const within = (value: number, from: number, to: number) => Math.round(Math.min(Math.max(value, from), Math.max(from, to)))

function shared(a: Box, b: Box): number {
  const width = Math.min(right(a), right(b)) - Math.max(a.x, b.x)
  const height = Math.min(bottom(a), bottom(b)) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}

const isSame = (a: Box, b: Box) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height

/** No monitor is so small in practice; where one is, the window fills it rather than hang over its edge. */
function fitInto(box: Box, area: Box): Box {
  const width = Math.round(Math.min(Math.max(box.width, SMALLEST.width), area.width))
  const height = Math.round(Math.min(Math.max(box.height, SMALLEST.height), area.height))
  return {
    x: within(box.x, area.x, right(area) - width),
    y: within(box.y, area.y, bottom(area) - height),
    width,
    height,
  }
}

const centred = (area: Box): Box =>
  fitInto({ x: area.x + (area.width - USUAL.width) / 2, y: area.y + (area.height - USUAL.height) / 2, ...USUAL }, area)

/** The monitor it was on: by its number, else by size and scale where exactly one has them, since numbers change on replugging. */
function known(monitor: Monitor, monitors: readonly Monitor[]): Monitor | null {
  const same = monitors.find(({ id }) => id === monitor.id)
  if (same) return same
  const alike = monitors.filter(
    ({ area, scale }) => area.width === monitor.area.width && area.height === monitor.area.height && scale === monitor.scale,
  )
  return alike.length === 1 ? alike[0]! : null
}

/** The monitor that shows most of the box, else the one whose centre is nearest to the box's. */
function nearest(box: Box, monitors: readonly Monitor[]): Monitor {
  const far = ({ area }: Monitor) =>
    Math.hypot(area.x + area.width / 2 - (box.x + box.width / 2), area.y + area.height / 2 - (box.y + box.height / 2))
  return monitors.toSorted((a, b) => shared(box, b.area) - shared(box, a.area) || far(a) - far(b))[0]!
}

/** Shows a whole title bar to take hold of, on one monitor; a window may on purpose span two. */
function isReachable(box: Box, monitors: readonly Monitor[]): boolean {
  const visible = monitors.reduce((sum, { area }) => sum + shared(box, area), 0)
  return visible >= box.width * box.height - 1
}

/**
 * Where a window is to be opened so that it is as it was left and never off screen.
 *
 * Exactly as it was where its monitor is unchanged and every part of it is still on some monitor. Where its monitor stands elsewhere
 * now (swapped, moved), it goes along, at the same place on it. Where that is gone or smaller (removed, scaled, remote session), it
 * is moved and shrunk as little as needed to lie wholly on one monitor. The first monitor is the primary one.
 * Fails: RangeError without any monitor.
 */
export function placeWindow(saved: WindowPlace | null, monitors: readonly Monitor[]): Box {
  const primary = monitors[0]
  if (!primary) throw new RangeError('a window needs a monitor, and there is none')
  if (!saved || !isSound(saved.box)) return centred(primary.area)
  const { box } = saved
  const home = known(saved.monitor, monitors)
  if (home && isSame(home.area, saved.monitor.area) && isReachable(box, monitors)) return box
  if (!home) return isReachable(box, monitors) ? box : fitInto(box, nearest(box, monitors).area)
  const moved = { ...box, x: home.area.x + box.x - saved.monitor.area.x, y: home.area.y + box.y - saved.monitor.area.y }
  return isReachable(moved, monitors) ? roundBox(moved) : fitInto(moved, home.area)
}

const roundBox = ({ x, y, width, height }: Box): Box => ({
  x: Math.round(x),
  y: Math.round(y),
  width: Math.round(width),
  height: Math.round(height),
})

function isSound(box: Box): boolean {
  return [box.x, box.y, box.width, box.height].every(Number.isFinite) && box.width > 0 && box.height > 0
}
