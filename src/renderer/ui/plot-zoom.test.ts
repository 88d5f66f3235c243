import { describe, expect, test } from 'vitest'
import { keyStretch, zoomed } from './plot-zoom.ts'

const axis = { from: 100, to: 200, format: String }

describe('zooming a drawing', () => {
  test('the value under the pointer keeps its place', () => {
    const [from, to] = zoomed(axis, 125, 2)
    expect([from, to]).toEqual([112.5, 162.5])
    expect((125 - from) / (to - from)).toBe((125 - axis.from) / (axis.to - axis.from))
  })
  test('keys zoom around the cursor, or the middle where there is none', () => {
    expect(keyStretch(axis, '+', 100)?.[0]).toBe(100)
    const [from, to] = keyStretch(axis, '-') ?? [0, 0]
    expect(from).toBeCloseTo(90, 9)
    expect(to).toBeCloseTo(210, 9)
  })
  test('0 shows everything, and other keys ask for nothing', () => {
    expect(keyStretch(axis, '0')).toBeNull()
    expect(keyStretch(axis, 'ArrowLeft')).toBeUndefined()
  })
})
