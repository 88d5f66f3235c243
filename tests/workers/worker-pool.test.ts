import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { ThreadDied, WorkerPool } from '../../src/platform/worker-pool.ts'
import type { trialJobs } from './trial-jobs.ts'

const entry = new URL('./entry.ts', import.meta.url)
const open: WorkerPool<typeof trialJobs>[] = []
function poolOf(size: number) {
  const pool = new WorkerPool<typeof trialJobs>(entry, size)
  open.push(pool)
  return pool
}
afterEach(() => Promise.all(open.splice(0).map(pool => pool.close())))

describe('the worker pool', () => {
  test('columns go to a thread and come back typed, the input untouched', async () => {
    const values = Float64Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY)
    const answer = await poolOf(1).run('double', { values })
    expectTypeOf(answer).toEqualTypeOf<{ values: Float64Array<ArrayBuffer> }>()
    expect(answer.values).toEqual(Float64Array.of(2, Number.NaN, Number.NEGATIVE_INFINITY))
    expect(values).toHaveLength(3)
  })

  test('a wrong name or a wrong shape does not compile', () => {
    const pool = poolOf(1)
    // @ts-expect-error no job has that name
    const unnamed = () => pool.run('treble', { values: new Float64Array(1) })
    // @ts-expect-error a list is no column
    const unshaped = () => pool.run('double', { values: [1] })
    expect([unnamed, unshaped]).toHaveLength(2)
  })

  test('a buffer that is given away is empty here afterwards', async () => {
    const values = new Float64Array(1000).fill(3)
    const answer = await poolOf(1).run('double', { values }, { transfer: [values.buffer] })
    expect([answer.values.length, answer.values[999], values.length]).toEqual([1000, 6, 0])
  })

  test('what a job throws arrives with its name and sentence, and the thread goes on', async () => {
    const pool = poolOf(1)
    const before = await pool.run('thread', undefined as never)
    const refused = pool.run('refuse', { rows: 39 })
    await expect(refused).rejects.toBeInstanceOf(RangeError)
    await expect(refused).rejects.toMatchObject({ name: 'RangeError', message: 'columns must have 40 rows, had 39' })
    expect(await pool.run('thread', undefined as never)).toBe(before)
    expect(pool.stats().replaced).toBe(0)
  })

  test('progress is told as it is made, in order, and ends at one', async () => {
    const seen: number[] = []
    expect(await poolOf(1).run('climb', { steps: 4 }, { onProgress: fraction => seen.push(fraction) })).toBe(4)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(new Set(seen).size).toBeGreaterThan(2)
    expect(seen.at(-1)).toBe(1)
  })

  test('a job that never ends is cancelled within 200 ms, and another thread takes its place', async () => {
    const pool = poolOf(1)
    await pool.run('thread', undefined as never)
    const stop = new AbortController()
    const spinning = pool.run('spin', undefined as never, { signal: stop.signal })
    await new Promise(done => setTimeout(done, 50))
    const asked = performance.now()
    stop.abort(new Error('enough'))
    await expect(spinning).rejects.toThrow('enough')
    expect(performance.now() - asked).toBeLessThan(200)
    expect((await pool.run('double', { values: Float64Array.of(4) })).values[0]).toBe(8)
    expect(pool.stats()).toEqual({ threads: 1, busy: 0, waiting: 0, replaced: 1 })
  })

  test('a waiting job is cancelled without disturbing the one that runs', async () => {
    const pool = poolOf(1)
    const running = pool.run('climb', { steps: 2 })
    const stop = new AbortController()
    const waiting = pool.run('double', { values: new Float64Array(1) }, { signal: stop.signal })
    stop.abort(new Error('no longer wanted'))
    await expect(waiting).rejects.toThrow('no longer wanted')
    expect(await running).toBe(2)
    expect(pool.stats().replaced).toBe(0)
  })

  test('a thread that dies rejects its own job, and the waiting ones still run', async () => {
    const pool = poolOf(1)
    const dying = pool.run('die', { code: 3 })
    const waiting = pool.run('double', { values: Float64Array.of(5) })
    await expect(dying).rejects.toThrow(ThreadDied)
    await expect(dying).rejects.toThrow(/ended with code 3/)
    expect((await waiting).values[0]).toBe(10)
    expect(pool.stats().replaced).toBe(1)
  })

  test('an input that cannot be cloned is refused, and the thread goes on', async () => {
    const pool = poolOf(1)
    await expect(pool.run('double', { values: (() => 1) as never })).rejects.toThrow(/could not be cloned/)
    expect((await pool.run('double', { values: Float64Array.of(1) })).values[0]).toBe(2)
  })

  test('jobs run side by side on as many threads as there are, and no more', async () => {
    const pool = poolOf(2)
    const jobs = [1, 2, 3, 4].map(() => pool.run('climb', { steps: 1 }))
    expect(pool.stats()).toMatchObject({ busy: 2, waiting: 2 })
    await Promise.all(jobs)
    expect(pool.stats()).toEqual({ threads: 2, busy: 0, waiting: 0, replaced: 0 })
  })

  test('a closed pool rejects what waits, what runs and what comes', async () => {
    const pool = poolOf(1)
    const running = pool.run('spin', undefined as never)
    const waiting = pool.run('double', { values: new Float64Array(1) })
    const outcomes = Promise.allSettled([running, waiting])
    await new Promise(done => setTimeout(done, 100))
    await pool.close()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(pool.run('double', { values: new Float64Array(1) })).rejects.toThrow('closed')
  })
})
