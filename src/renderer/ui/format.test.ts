import { describe, expect, it } from 'vitest'
import { createFormat, decimals, MISSING } from './format.ts'

const en = createFormat('en', 'UTC')
const es = createFormat('es', 'UTC')
const at = Date.UTC(2026, 10, 21, 14, 5, 9, 37) * 1000

describe('a price', () => {
  it.each([
    [0.01, 2],
    [0.25, 2],
    [0.005, 3],
    [0.03125, 5],
    [1, 0],
    [5, 0],
    [0.0001, 4],
    [0, 2],
    [Number.NaN, 2],
  ])('of tick size %f has %i decimals', (tick, count) => {
    expect(decimals(tick)).toBe(count)
  })

  it('is written with the separators of its language', () => {
    expect(en.price(1234.5, 0.25)).toBe('1,234.50')
    expect(es.price(1234.5, 0.25)).toBe('1.234,50')
  })

  it('has a real minus sign, and none for a zero', () => {
    expect(en.price(-37.63, 0.01)).toBe('\u221237.63')
    expect(en.price(-0.0001, 0.01)).toBe('0.00')
    expect(en.change(0.5, 0.01)).toBe('+0.50')
    expect(es.change(-0.5, 0.01)).toBe('\u22120,50')
    expect(en.change(0, 0.01)).toBe('0.00')
  })

  it('that is missing is a dash', () => {
    expect(en.price(null, 0.01)).toBe(MISSING)
    expect(en.price(Number.NaN, 0.01)).toBe(MISSING)
    expect(en.age(null)).toBe(MISSING)
    expect(en.instant(undefined, 'second')).toBe(MISSING)
  })
})

describe('quantities', () => {
  it('are shortened where they are long', () => {
    expect(en.volume(99_999)).toBe('99,999')
    expect(en.volume(12_345_678)).toBe('12.35M')
    expect(en.percent(0.0123, { signed: true })).toBe('+1.23%')
    expect(en.bytes(1_500_000)).toMatch(/^1\.5.MB$/u)
  })
})

describe('an age', () => {
  it.each([
    [0.000_02, '20 µs'],
    [0.0004, '0.4 ms'],
    [0.34, '340 ms'],
    [2.14, '2.1 s'],
    [45, '45 s'],
    [240, '4 min'],
    [7200, '2 h'],
    [259_200, '3 d'],
  ])('of %f seconds reads %s', (seconds, text) => {
    expect(en.duration(seconds).replaceAll('\u202f', ' ')).toBe(text)
  })

  it('is never negative, even when the clocks differ', () => {
    expect(en.age(at + 5_000_000, at).replaceAll('\u202f', ' ')).toBe('0.0 ms')
  })
})

describe('an instant', () => {
  it('is written in its zone', () => {
    expect(en.instant(at, 'milli')).toBe('14:05:09.037')
    expect(en.instant(at, 'minute', 'America/New_York')).toBe('09:05')
    expect(es.instant(at, 'date')).toBe('21/11/2026')
    expect(en.instant(at, 'date')).toBe('11/21/2026')
  })
})
