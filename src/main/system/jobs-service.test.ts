import { describe, expect, test } from 'vitest'
import { createBus } from '../../platform/bus.ts'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import type { Topics } from '../topics.ts'
import { createJobs } from './jobs-service.ts'

const newJobs = () => {
  const bus = createBus<Topics>({ onFault: (_, fault) => expect(fault).toBeUndefined() })
  return { bus, jobs: createJobs({ clock: systemClock(), bus, log: silentLog }) }
}

describe('jobs', () => {
  test('a job runs, tells how far it is, and its result is kept', async () => {
    const { jobs } = newJobs()
    const { id, done } = jobs.start({
      kind: 'import',
      subject: 'wti.csv',
      async run({ progress }) {
        progress(0.5, 'line 100')
        expect(jobs.list()[0]).toMatchObject({ phase: 'running', progress: 0.5, detail: 'line 100', canCancel: true })
        return 42
      },
    })
    expect(await done).toBe(42)
    expect(await jobs.result(id)).toBe(42)
    expect(jobs.list()[0]).toMatchObject({ id, kind: 'import', subject: 'wti.csv', phase: 'done', canCancel: false })
    expect(jobs.list()[0]?.ended).toBeGreaterThan(0)
  })

  test('a job that fails says why, and keeps saying it', async () => {
    const { jobs } = newJobs()
    const { id, done } = jobs.start({ kind: 'import', subject: 'x', run: () => Promise.reject(new Error('line 3 has no time')) })
    await expect(done).rejects.toThrow('line 3 has no time')
    await expect(jobs.result(id)).rejects.toThrow('line 3 has no time')
    expect(jobs.list()[0]).toMatchObject({ phase: 'failed', detail: 'line 3 has no time' })
  })

  test('cancelling aborts the signal, and once more does no harm', async () => {
    const { jobs } = newJobs()
    const { id, done } = jobs.start({
      kind: 'import',
      subject: 'x',
      run: ({ signal }) => new Promise((_, failed) => signal.addEventListener('abort', () => failed(signal.reason))),
    })
    await new Promise(settled => setImmediate(settled))
    jobs.cancel(id)
    await expect(done).rejects.toThrow('cancelled')
    await new Promise(settled => setImmediate(settled))
    expect(jobs.list()[0]?.phase).toBe('cancelled')
    expect(() => jobs.cancel(id)).not.toThrow()
    expect(() => jobs.cancel('none')).toThrow(expect.objectContaining({ code: 'JOB_UNKNOWN' }))
    await expect(jobs.result('none')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
  })

  test('a reader of a million lines is told of a few, and the last word is exact', async () => {
    const { jobs, bus } = newJobs()
    let told = 0
    bus.on('jobs', () => {
      told++
    })
    const { done } = jobs.start({
      kind: 'import',
      subject: 'x',
      async run({ progress }) {
        for (let k = 1; k <= 1_000_000; k++) progress(k / 1_000_000)
      },
    })
    await done
    expect(told).toBeLessThan(60)
    expect(jobs.list()[0]?.progress).toBe(1)
  })

  test('old ones are forgotten, running ones never', async () => {
    const { jobs } = newJobs()
    const end = new AbortController()
    const running = jobs.start({
      kind: 'long',
      subject: 'x',
      run: () => new Promise<void>(done => end.signal.addEventListener('abort', () => done())),
    })
    for (let k = 0; k < 150; k++) await jobs.start({ kind: 'short', subject: String(k), run: async () => k }).done
    expect(jobs.list().length).toBeLessThanOrEqual(102)
    expect(jobs.list().at(-1)?.id).toBe(running.id)
    end.abort()
    await running.done
  })

  test('who watches gets all at once, then every change, until it leaves', async () => {
    const { jobs } = newJobs()
    const stop = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      for await (const { jobs: list } of jobs.watch(stop.signal, 1000)) {
        seen.push(list.map(job => job.phase).join())
        if (list[0]?.phase === 'done') stop.abort()
      }
    })()
    await new Promise(settled => setImmediate(settled))
    jobs.start({ kind: 'short', subject: 'x', run: () => new Promise(done => setTimeout(done, 30)) })
    await watching
    expect([seen[0], seen[1], seen.at(-1)]).toEqual(['', 'running', 'done'])
  })

  test('closing ends what runs', async () => {
    const { jobs } = newJobs()
    const { done } = jobs.start({
      kind: 'long',
      subject: 'x',
      run: ({ signal }) => new Promise((_, failed) => signal.addEventListener('abort', () => failed(signal.reason))),
    })
    const outcome = done.catch((fault: Error) => fault.message)
    await new Promise(settled => setImmediate(settled))
    await jobs.close()
    expect(await outcome).toBe('the host is closing')
  })
})
