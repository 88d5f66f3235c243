import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { everySecond } from './second.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_250 }))
afterEach(() => void vi.useRealTimers())

test('everybody is called in one turn, at full seconds, until the last one leaves', () => {
  const calls: string[] = []
  const one = everySecond(() => void calls.push(`one ${Date.now() % 1000}`))
  const two = everySecond(() => void calls.push(`two ${Date.now() % 1000}`))
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(749)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(1)
  expect(calls).toEqual(['one 0', 'two 0'])
  one()
  vi.advanceTimersByTime(2000)
  expect(calls).toEqual(['one 0', 'two 0', 'two 0', 'two 0'])
  two()
  expect(vi.getTimerCount()).toBe(0)
})

test('the same function twice is called twice, and one that leaves in its turn does not cost the other its call', () => {
  let count = 0
  const run = () => void count++
  const leave = everySecond(run)
  everySecond(() => leave())
  const last = everySecond(run)
  vi.advanceTimersByTime(1000)
  expect(count).toBe(2)
  vi.advanceTimersByTime(1000)
  expect(count).toBe(3)
  last()
})
