import { describe, expect, test } from 'vitest'
import { extentOf, linearScale, niceTicks, padded } from './plot-scale.ts'

describe('the axis of a drawing', () => {
  test('ticks are round, lie within, and are no more than there is room for', () => {
    expect(niceTicks(541, 668, 6)).toEqual({ step: 25, values: [550, 575, 600, 625, 650] })
    expect(niceTicks(-0.031, 0.094, 5).values.map(value => value.toFixed(3))).toEqual([
      '-0.025',
      '0.000',
      '0.025',
      '0.050',
      '0.075',
    ])
  })
  test('zero is never minus zero, which would be written with a sign', () =>
    expect(Object.is(niceTicks(-2, 2, 4).values[2], 0)).toBe(true))
  test('an axis of one value still ends', () => {
    expect(niceTicks(5, 5, 4).values).toEqual([5])
    expect(niceTicks(Number.NaN, 5, 4).values).toEqual([])
  })
  test('a value comes back from its pixel, also on an axis that runs upwards', () => {
    const scale = linearScale(-3, 7, 200, 20)
    expect(scale.toPixel(-3)).toBe(200)
    expect(scale.toPixel(7)).toBe(20)
    expect(scale.toValue(scale.toPixel(1.25))).toBeCloseTo(1.25, 12)
  })
  test('missing values have no extent, and one value gets room around it', () => {
    expect(extentOf([Number.NaN], [])).toBeNull()
    expect(extentOf([3, Number.NaN], [-1])).toEqual([-1, 3])
    expect(padded([2, 2], 0.05, 1)).toEqual([1, 3])
  })
})
