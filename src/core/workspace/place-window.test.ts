import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Box, type Monitor, placeWindow, type WindowPlace } from './place-window.ts'

const monitor = (id: number, x: number, y: number, width: number, height: number, scale = 1): Monitor => ({
  id,
  area: { x, y, width, height },
  scale,
})
const LAPTOP = monitor(1, 0, 25, 1512, 920, 2)
const WIDE = monitor(2, 1512, 0, 2560, 1400)
const TALL = monitor(3, -1200, 0, 1200, 1880)

const at = (home: Monitor, box: Box): WindowPlace => ({ box, monitor: home, maximised: false, fullScreen: false })
const isOn = (box: Box, monitors: readonly Monitor[]) =>
  monitors.some(
    ({ area }) =>
      box.x >= area.x &&
      box.y >= area.y &&
      box.x + box.width <= area.x + area.width &&
      box.y + box.height <= area.y + area.height,
  )

describe('a window comes back', () => {
  const onWide = at(WIDE, { x: 1700, y: 100, width: 1600, height: 1000 })

  test('exactly where it was while nothing changed', () => {
    expect(placeWindow(onWide, [LAPTOP, WIDE, TALL])).toEqual(onWide.box)
  })
  test('exactly, spanning two monitors on purpose', () => {
    const spanning = at(LAPTOP, { x: 800, y: 100, width: 1400, height: 800 })
    expect(placeWindow(spanning, [LAPTOP, WIDE])).toEqual(spanning.box)
  })
  test('on the same place of its monitor after the two were swapped', () => {
    const swapped = [monitor(1, 2560, 25, 1512, 920, 2), monitor(2, 0, 0, 2560, 1400)]
    expect(placeWindow(onWide, swapped)).toEqual({ x: 188, y: 100, width: 1600, height: 1000 })
  })
  test('on its monitor after the system gave that another number', () => {
    const replugged = [LAPTOP, monitor(77, 1512, 0, 2560, 1400)]
    expect(placeWindow(onWide, replugged)).toEqual(onWide.box)
  })
  test('on the one that is left after its monitor was removed, shrunk only as far as needed', () => {
    expect(placeWindow(onWide, [LAPTOP])).toEqual({ x: 0, y: 25, width: 1512, height: 920 })
    const small = at(WIDE, { x: 3000, y: 300, width: 1000, height: 700 })
    expect(placeWindow(small, [LAPTOP])).toEqual({ x: 512, y: 245, width: 1000, height: 700 })
  })
  test('wholly inside its monitor after that was scaled', () => {
    const scaled = monitor(2, 1512, 0, 1707, 933, 1.5)
    expect(placeWindow(onWide, [LAPTOP, scaled])).toEqual({ x: 1619, y: 0, width: 1600, height: 933 })
  })
  test('on a remote session with one small monitor', () => {
    expect(placeWindow(onWide, [monitor(9, 0, 0, 1280, 760)])).toEqual({ x: 0, y: 0, width: 1280, height: 760 })
  })
  test('on a monitor that is smaller than the smallest window', () => {
    expect(placeWindow(onWide, [monitor(9, 0, 0, 800, 560)])).toEqual({ x: 0, y: 0, width: 800, height: 560 })
  })
  test('from left of the primary monitor', () => {
    const left = at(TALL, { x: -1100, y: 900, width: 1000, height: 800 })
    expect(placeWindow(left, [LAPTOP, TALL])).toEqual(left.box)
    expect(isOn(placeWindow(left, [LAPTOP]), [LAPTOP])).toBe(true)
  })
})

describe('without a place that makes sense', () => {
  test('it stands in the middle of the primary monitor', () => {
    expect(placeWindow(null, [WIDE, LAPTOP])).toEqual({ x: 1992, y: 200, width: 1600, height: 1000 })
    const broken = at(WIDE, { x: Number.NaN, y: 0, width: 1600, height: 1000 })
    expect(placeWindow(broken, [WIDE])).toEqual({ x: 1992, y: 200, width: 1600, height: 1000 })
  })
  test('it is refused where there is no monitor at all', () => {
    expect(() => placeWindow(null, [])).toThrow('needs a monitor')
  })
})

test('whatever happens to the monitors, no part of a window is off screen', () => {
  const size = fc.integer({ min: 640, max: 5120 })
  const place = fc.integer({ min: -6000, max: 6000 })
  const anyMonitor = fc.record({
    id: fc.integer({ min: 1, max: 4 }),
    area: fc.record({ x: place, y: place, width: size, height: size }),
    scale: fc.constantFrom(1, 1.25, 1.5, 2),
  })
  // Monitors of one desktop do not overlap; stacked in a row they cannot.
  const inRow = (monitors: readonly Monitor[]): Monitor[] => {
    let x = -2000
    return monitors.map((one, index) => {
      const placed = { ...one, id: index + 1, area: { ...one.area, x, y: one.area.y % 300 } }
      x += one.area.width
      return placed
    })
  }
  fc.assert(
    fc.property(
      fc.array(anyMonitor, { minLength: 1, maxLength: 4 }),
      anyMonitor,
      fc.record({ x: place, y: place, width: fc.integer({ min: 1, max: 6000 }), height: fc.integer({ min: 1, max: 6000 }) }),
      (monitors, home, box) => {
        const row = inRow(monitors)
        const placed = placeWindow(at(home, box), row)
        const visible = row.reduce((sum, { area }) => {
          const width = Math.min(placed.x + placed.width, area.x + area.width) - Math.max(placed.x, area.x)
          const height = Math.min(placed.y + placed.height, area.y + area.height) - Math.max(placed.y, area.y)
          return sum + (width > 0 && height > 0 ? width * height : 0)
        }, 0)
        expect(visible).toBeGreaterThanOrEqual(placed.width * placed.height - 1)
      },
    ),
    { seed: 20261122, numRuns: 500 },
  )
})
