import { expect, test } from 'vitest'
import { createRandom, mixSeed, mixText } from './random.ts'

function moments(draw: () => number, count: number): { mean: number; variance: number; fourth: number } {
  const x = Array.from({ length: count }, draw)
  const mean = x.reduce((sum, v) => sum + v, 0) / count
  const power = (p: number) => x.reduce((sum, v) => sum + (v - mean) ** p, 0) / count
  return { mean, variance: power(2), fourth: power(4) }
}

test('uniform, normal and exponential numbers have the moments of their laws', () => {
  const n = 200_000
  // Bounds are five standard errors of each moment.
  const uniform = moments(createRandom(1).uniform, n)
  expect(Math.abs(uniform.mean - 0.5)).toBeLessThan(0.0033)
  expect(Math.abs(uniform.variance - 1 / 12)).toBeLessThan(0.001)
  const normal = moments(createRandom(2).normal, n)
  expect(Math.abs(normal.mean)).toBeLessThan(0.0112)
  expect(Math.abs(normal.variance - 1)).toBeLessThan(0.016)
  expect(Math.abs(normal.fourth - 3)).toBeLessThan(0.11)
  const exponential = moments(createRandom(3).exponential, n)
  expect(Math.abs(exponential.mean - 1)).toBeLessThan(0.0112)
})

test('a seed fixes the numbers, and seeds of neighbouring days are unrelated', () => {
  expect([createRandom(7).uniform(), createRandom(7).normal()]).toEqual([createRandom(7).uniform(), createRandom(7).normal()])
  const first = Array.from({ length: 20_000 }, (_, day) => createRandom(mixSeed(9, day)).normal())
  const product = first.slice(1).reduce((sum, v, k) => sum + v * first[k]!, 0) / first.length
  expect(Math.abs(product)).toBeLessThan(0.036)
  const seeds = new Set(Array.from({ length: 50_000 }, (_, day) => mixSeed(9, day)))
  expect(seeds.size).toBeGreaterThan(49_990)
})

test('texts that differ in one letter or in order give other seeds', () => {
  const seeds = ['CLZ26', 'CLF27', 'LCZ26', 'CLZ62', '', 'C'].map(text => mixText(5, text))
  expect(new Set(seeds).size).toBe(seeds.length)
})
