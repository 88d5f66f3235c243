import { expect, test } from 'vitest'
import { manualClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { createAnalysisLoop } from './chain-analysis-loop.ts'

const settle = async () => {
  for (let k = 0; k < 10; k++) await Promise.resolve()
}

/** A loop whose passes end when the test says so. */
function opened() {
  const clock = manualClock()
  const begun: { key: string; at: number; end: (fault?: Error) => void }[] = []
  const loop = createAnalysisLoop({
    clock,
    log: silentLog,
    pass: key =>
      new Promise((resolve, reject) =>
        begun.push({ key, at: clock.monotonic(), end: fault => (fault ? reject(fault) : resolve()) }),
      ),
  })
  const starts = () => begun.map(({ key, at }) => [key, Number(at.toFixed(3))])
  return { clock, loop, begun, starts }
}

test('the first quote is analysed at once, what comes during a pass in the next, and never two passes at a time', async () => {
  const { clock, loop, begun, starts } = opened()
  loop.touch('A')
  loop.touch('A')
  clock.advance(0.05)
  loop.touch('A')
  clock.advance(1)
  expect(starts()).toEqual([['A', 0]])
  begun[0]!.end()
  await settle()
  // It took over a second, so it rests for a third of that: a quarter of the time is for others.
  clock.advance(0.34)
  expect(starts()).toHaveLength(1)
  clock.advance(0.02)
  expect(starts()).toEqual([
    ['A', 0],
    ['A', 1.4],
  ])
  begun[1]!.end()
  await settle()
  clock.advance(60)
  // Nothing was touched since: nothing is done.
  expect(starts()).toHaveLength(2)
  // A machine that slept for a night during a pass does not rest for another.
  loop.touch('A')
  loop.touch('A')
  clock.advance(30_000)
  begun[2]!.end()
  await settle()
  clock.advance(5)
  expect(starts()).toHaveLength(4)
})

test('short passes are 200 ms apart however many quotes come, and chains do not wait for each other', async () => {
  const { clock, loop, begun, starts } = opened()
  for (let k = 0; k < 95; k++) {
    loop.touch('A')
    if (k === 10) loop.touch('B')
    for (const pass of begun) pass.end()
    await settle()
    clock.advance(0.01)
  }
  expect(starts().filter(([key]) => key === 'A')).toEqual([0, 0.2, 0.4, 0.6, 0.8].map(at => ['A', at]))
  expect(starts().filter(([key]) => key === 'B')).toEqual([['B', 0.1]])
})

test('a pass that fails is lost alone: the chain is tried again, more and more seldom, and recovers', async () => {
  const { clock, loop, begun, starts } = opened()
  loop.touch('A')
  for (let k = 0; k < 400; k++) {
    begun.at(-1)!.end(begun.length < 5 ? new Error('the thread died') : undefined)
    await settle()
    clock.advance(0.1)
  }
  const gaps = starts().map(([, at], k) => Number(((at as number) - Number(starts()[k - 1]?.[1] ?? 0)).toFixed(1)))
  expect(gaps).toEqual([0, 0.4, 0.8, 1.6, 3.2])
  expect(loop.lost()).toBe(4)
  // Well again: the next one is quick.
  loop.touch('A')
  expect(starts()).toHaveLength(6)
})

test('a chain that nobody follows any more is left alone, with a pass under way or waiting', async () => {
  const { clock, loop, begun, starts } = opened()
  loop.touch('A')
  loop.touch('A')
  loop.forget('A')
  begun[0]!.end()
  await settle()
  clock.advance(10)
  expect(starts()).toHaveLength(1)
  loop.touch('A')
  expect(starts()).toHaveLength(2)
  loop.close()
})
