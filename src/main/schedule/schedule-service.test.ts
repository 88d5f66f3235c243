import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobDraft } from '../../contract/schedule.ts'
import { toLocal } from '../../core/kit/calendar.ts'
import { whole } from '../../core/kit/define.ts'
import { type EpochMicros, fromMillis } from '../../core/kit/time.ts'
import type { Schedule } from '../../core/schedule/schedule.ts'
import { createBus } from '../../platform/bus.ts'
import { type ManualClock, manualClock } from '../../platform/clock.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog } from '../../platform/log.ts'
import { createJobs } from '../system/jobs-service.ts'
import type { Topics } from '../topics.ts'
import { defineJobKind, type JobKind, type RunHandle } from './job-kind.ts'
import { createScheduleService, type ScheduleService } from './schedule-service.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const instant = (iso: string): EpochMicros => fromMillis(Date.parse(iso))
const iso = (at: number) => new Date(at / 1000).toISOString().slice(0, 16)

/** Work of a test: what it was called for, and how it ends. */
interface Work {
  readonly calls: RunHandle[]
  answer: (handle: RunHandle) => Promise<Record<string, number>>
}

let folder: string
let clock: ManualClock
let journal: Journal
let service: ScheduleService
let work: Work
const closers: (() => unknown)[] = []

function open(): void {
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const bus = createBus<Topics>({
    onFault: (_, fault) => {
      throw fault
    },
  })
  const jobs = createJobs({ clock, bus, log: silentLog })
  const kind: JobKind = defineJobKind({
    kind: 'test.work',
    params: { size: whole({ from: 1, to: 9, usual: 3 }) },
    usual: {
      schedule: daily,
      catchUp: { policy: 'once', limit: 10 },
      retries: { times: 0, seconds: 60 },
      timeoutSeconds: 600,
    },
    run: handle => {
      work.calls.push(handle)
      return work.answer(handle)
    },
  })
  service = createScheduleService({ journal, clock, log: silentLog, bus, jobs, kinds: [kind] })
}
/** As a kill leaves it: nothing of the service is closed, only the file is let go. */
function killed(): void {
  service.close()
  journal.close()
}
const flush = async () => {
  for (let k = 0; k < 30; k += 1) await Promise.resolve()
}
/** Lets time pass in steps, with everything that a step sets off done before the next. */
async function pass(seconds: number, step = 60): Promise<void> {
  for (let left = seconds; left > 0; left -= step) {
    clock.advance(Math.min(step, left))
    await flush()
  }
}

const daily: Schedule = { kind: 'cron', line: '0 18 * * *', zone: 'UTC', skipped: 'next', repeated: 'first' }
function draft(over: Partial<JobDraft> = {}): JobDraft {
  return {
    name: 'Evening work',
    kind: 'test.work',
    params: {},
    schedule: daily,
    enabled: true,
    catchUp: { policy: 'once', limit: 10 },
    retries: { times: 0, seconds: 60 },
    timeoutSeconds: 600,
    ...over,
  }
}
const save = (over: Partial<JobDraft> = {}) => service.save({ id: null, revision: 0, job: draft(over) }, 'ana')
const dues = () => work.calls.map(call => (call.due === null ? 'asked' : iso(call.due)))
const outcomes = () =>
  service
    .history({ limit: 100 })
    .map(run => `${run.outcome}${run.count > 1 ? ` x${run.count}` : ''}`)
    .reverse()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schedule-'))
  clock = manualClock(instant('2026-06-01T12:00:00Z'))
  work = { calls: [], answer: async () => ({ done: 1 }) }
  open()
  service.start()
})
afterEach(() => {
  service.close()
  try {
    journal.close()
  } catch {
    // A test may have closed it.
  }
  for (const close of closers.splice(0)) close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a job by the clock', () => {
  test('runs on each weekday at its time and on no other', async () => {
    for (const weekday of [0, 1, 2, 3, 4, 5, 6])
      save({ name: `day ${weekday}`, schedule: { ...daily, line: `30 9 * * ${weekday}`, zone: 'Asia/Karachi' } })
    await pass(8 * DAY, HOUR / 2)
    const seen = work.calls.map(call => {
      const { year, month, day, hour, minute } = toLocal(call.due!, 'Asia/Karachi')
      return [new Date(Date.UTC(year, month - 1, day)).getUTCDay(), hour, minute]
    })
    expect(new Set(seen.map(([day]) => day))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
    expect(seen.every(([, hour, minute]) => hour === 9 && minute === 30)).toBe(true)
    expect(seen).toHaveLength(8)
  })

  test.each([
    ['America/New_York', '2026-03-07T12:00Z', ['2026-03-08T07:00', '2026-03-09T06:30']],
    ['America/New_York', '2026-10-31T12:00Z', ['2026-11-01T07:30', '2026-11-02T07:30']],
    ['Europe/Madrid', '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['Europe/Madrid', '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['Australia/Sydney', '2026-10-03T08:00Z', ['2026-10-03T16:00', '2026-10-04T15:30']],
    ['Australia/Sydney', '2026-04-04T08:00Z', ['2026-04-04T15:30', '2026-04-05T16:30']],
  ])('%s from %s: 02:30 runs once a day through the change', async (zone, from, expected) => {
    clock.jump((instant(from) - clock.now()) / 1e6)
    save({ schedule: { ...daily, line: '30 2 * * *', zone } })
    await pass(2 * DAY, HOUR / 4)
    expect(dues()).toEqual(expected)
  })

  test('it starts at its second, not at the next look', async () => {
    save()
    await pass(6 * HOUR - 1, HOUR)
    expect(work.calls).toHaveLength(0)
    await pass(1)
    expect(dues()).toEqual(['2026-06-01T18:00'])
    const [run] = service.history({ limit: 1 })
    expect(run).toMatchObject({ outcome: 'done', trigger: 'schedule', facts: { done: 1 }, user: 'system', attempts: 1 })
  })

  test('a disabled or removed job does not run, and what passed meanwhile is not missed', async () => {
    const job = save()
    service.enable(job.id, false, 'ana')
    await pass(2 * DAY, HOUR)
    service.enable(job.id, true, 'ana')
    await pass(HOUR)
    expect(outcomes()).toEqual([])
    service.remove(job.id, 'ana')
    await pass(2 * DAY, HOUR)
    expect(service.list().jobs).toEqual([])
    const back = service.restore(job.id, 'ana')
    expect(back.name).toBe('Evening work')
    await pass(HOUR)
    expect(outcomes()).toEqual([])
    await pass(DAY, HOUR)
    expect(outcomes()).toEqual(['done'])
  })
})

describe('one run at a time', () => {
  test.each([
    ['none', ['done', 'missed x6']],
    ['once', ['done', 'covered x5', 'done']],
    ['each', ['done', 'done', 'done', 'done', 'done', 'done', 'done']],
  ] as const)('times that come while a run is under way, policy %s', async (policy, expected) => {
    let release = () => {}
    work.answer = () =>
      new Promise(done => {
        release = () => done({ done: 1 })
      })
    save({ schedule: { ...daily, line: '0 * * * *' }, catchUp: { policy, limit: 10 }, timeoutSeconds: 86_400 })
    await pass(HOUR)
    expect(work.calls).toHaveLength(1)
    await pass(6 * HOUR + 600)
    expect(work.calls).toHaveLength(1)
    work.answer = async () => ({ done: 1 })
    release()
    await flush()
    await pass(120)
    expect(outcomes()).toEqual(expected)
  })

  test('running it now while it runs is refused with its name', async () => {
    work.answer = () => new Promise(() => {})
    const job = save()
    service.run(job.id, { skipNext: false }, 'ana')
    await flush()
    expect(() => service.run(job.id, { skipNext: false }, 'ana')).toThrow(/Evening work is running/)
    expect(() => service.remove(job.id, 'ana')).toThrow(/Evening work is running/)
  })
})

describe('days off', () => {
  const threeDaysOff = async () => {
    killed()
    clock.advance(3 * DAY + HOUR)
    open()
    service.start()
    await flush()
    await pass(600)
  }
  test.each([
    ['none', [], ['missed x3']],
    ['once', ['2026-06-04T18:00'], ['covered x2', 'done']],
    ['each', ['2026-06-02T18:00', '2026-06-03T18:00', '2026-06-04T18:00'], ['done', 'done', 'done']],
  ] as const)('three days off, policy %s', async (policy, ran, expected) => {
    save({ catchUp: { policy, limit: 10 } })
    await pass(7 * HOUR, HOUR)
    expect(dues()).toEqual(['2026-06-01T18:00'])
    work.calls.length = 0
    await threeDaysOff()
    expect(dues()).toEqual(ran)
    expect(outcomes()).toEqual(['done', ...expected])
    // Every planned time is in the history once.
    const all = service.history({ limit: 100 }).flatMap(run => run.dues)
    expect(new Set(all).size).toBe(all.length)
    expect(all).toHaveLength(4)
    await threeDaysOff()
    expect(new Set(service.history({ limit: 100 }).flatMap(run => run.dues)).size).toBe(7)
  })

  test('each, but no more than its limit: the oldest are listed as missed', async () => {
    save({ schedule: { ...daily, line: '0 * * * *' }, catchUp: { policy: 'each', limit: 4 } })
    await threeDaysOff()
    expect(work.calls).toHaveLength(4)
    expect(outcomes()).toEqual(['missed x69', 'done', 'done', 'done', 'done'])
  })

  test('a minutely job that was off for three weeks does not hold the start up', async () => {
    save({ schedule: { ...daily, line: '* * * * *' }, catchUp: { policy: 'each', limit: 3 } })
    killed()
    clock.advance(21 * DAY)
    open()
    const begun = performance.now()
    service.start()
    await flush()
    expect(performance.now() - begun).toBeLessThan(2000)
    await pass(10, 1)
    expect(work.calls.length).toBe(3)
    const counted = service.history({ limit: 500 }).reduce((sum, run) => sum + run.count, 0)
    expect(counted).toBe(21 * 24 * 60)
  })
})

describe('a run that was cut off', () => {
  test.each([
    ['none', 1, ['interrupted']],
    ['once', 2, ['interrupted', 'done']],
    ['each', 2, ['interrupted', 'done']],
  ] as const)('policy %s: recorded, and run again at most once', async (policy, calls, expected) => {
    work.answer = () => new Promise(() => {})
    save({ catchUp: { policy, limit: 10 } })
    await pass(6 * HOUR, HOUR)
    expect(work.calls).toHaveLength(1)
    killed()
    work.answer = async () => ({ done: 1 })
    clock.advance(60)
    open()
    service.start()
    await flush()
    await pass(600)
    expect(work.calls).toHaveLength(calls)
    expect(outcomes()).toEqual(expected)
    expect(new Set(dues()).size).toBe(1)
  })

  test('one that ends the host each time is not tried a third time', async () => {
    work.answer = () => new Promise(() => {})
    save({ catchUp: { policy: 'each', limit: 10 } })
    await pass(6 * HOUR, HOUR)
    for (let k = 0; k < 3; k += 1) {
      killed()
      clock.advance(60)
      open()
      service.start()
      await flush()
    }
    expect(work.calls).toHaveLength(2)
    expect(outcomes()).toEqual(['interrupted', 'interrupted'])
  })

  test('a real kill -9 in the middle of a run: begun once, found cut off, run again once', async () => {
    killed()
    const file = join(folder, 'kill.sqlite')
    const script = `
      import { openJournal } from ${JSON.stringify(join(import.meta.dirname, '../../platform/journal.ts'))}
      import { manualClock } from ${JSON.stringify(join(import.meta.dirname, '../../platform/clock.ts'))}
      import { createBus } from ${JSON.stringify(join(import.meta.dirname, '../../platform/bus.ts'))}
      import { silentLog } from ${JSON.stringify(join(import.meta.dirname, '../../platform/log.ts'))}
      import { createJobs } from ${JSON.stringify(join(import.meta.dirname, '../system/jobs-service.ts'))}
      import { createScheduleService } from ${JSON.stringify(join(import.meta.dirname, 'schedule-service.ts'))}
      const clock = manualClock(${clock.now()})
      const bus = createBus({ onFault() {} })
      const journal = openJournal({ file: ${JSON.stringify(file)}, clock })
      const usual = {}
      const kinds = [{ kind: 'test.work', params: {}, usual, run: () => { console.log('BEGUN'); return new Promise(() => setInterval(() => {}, 1000)) } }]
      const service = createScheduleService({ journal, clock, log: silentLog, bus, jobs: createJobs({ clock, bus, log: silentLog }), kinds })
      service.save({ id: null, revision: 0, job: ${JSON.stringify(draft())} }, 'ana')
      service.start()
      clock.advance(${7 * HOUR})`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    closers.push(() => child.kill('SIGKILL'))
    await new Promise<void>((done, fail) => {
      child.stdout.on('data', (text: Buffer) => String(text).includes('BEGUN') && done())
      child.on('exit', code => fail(new Error(`it ended with ${code}`)))
    })
    const gone = new Promise(done => child.on('exit', done))
    child.kill('SIGKILL')
    await gone
    clock.advance(8 * HOUR)
    for (const name of readdirSync(folder).filter(name => name.startsWith('journal.sqlite'))) rmSync(join(folder, name))
    for (const name of readdirSync(folder).filter(name => name.startsWith('kill.sqlite')))
      (name.endsWith('-head') ? copyFileSync : renameSync)(join(folder, name), join(folder, name.replace('kill', 'journal')))
    open()
    service.start()
    await flush()
    expect(outcomes()).toEqual(['interrupted', 'done'])
    expect(dues()).toEqual(['2026-06-01T18:00'])
  })
})

describe('asked for by a person', () => {
  test('run now leaves the plan as it is, or leaves out the next planned run only', async () => {
    const job = save()
    service.run(job.id, { skipNext: false }, 'ana')
    await flush()
    await pass(7 * HOUR, HOUR)
    expect(dues()).toEqual(['asked', '2026-06-01T18:00'])
    service.run(job.id, { skipNext: true }, 'ana')
    await flush()
    expect(service.list().jobs[0]).toMatchObject({ skip: { at: instant('2026-06-02T18:00Z'), user: 'ana' } })
    expect(iso(service.list().jobs[0]!.next!)).toBe('2026-06-03T18:00')
    await pass(3 * DAY, HOUR)
    expect(dues()).toEqual(['asked', '2026-06-01T18:00', 'asked', '2026-06-03T18:00', '2026-06-04T18:00'])
    expect(service.history({ limit: 10 }).find(run => run.outcome === 'skipped')).toMatchObject({ user: 'ana', count: 1 })
  })

  test('a run that is to be left out stays so across a restart, and can be taken back', async () => {
    const job = save({ catchUp: { policy: 'each', limit: 10 } })
    service.skip(job.id, true, 'ana')
    killed()
    clock.advance(20 * HOUR)
    open()
    service.start()
    await pass(600)
    expect(dues()).toEqual([])
    expect(outcomes()).toEqual(['skipped'])
    service.skip(job.id, true, 'ana')
    expect(service.skip(job.id, false, 'ana').skip).toBeNull()
    await pass(DAY, HOUR)
    expect(dues()).toEqual(['2026-06-02T18:00'])
  })

  test('cancelling ends the run as cancelled', async () => {
    work.answer = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const job = save()
    service.run(job.id, { skipNext: false }, 'ana')
    await flush()
    service.cancel(job.id)
    await flush()
    expect(outcomes()).toEqual(['cancelled'])
  })
})

describe('a run that fails', () => {
  test('is tried again with doubled pauses, and its log is kept with it', async () => {
    let tries = 0
    work.answer = async ({ log }) => {
      tries += 1
      log.info('test.looked', { try: tries, apiKey: 'abc' })
      if (tries < 3) throw new Error('the network is not there')
      return { done: 1 }
    }
    save({ retries: { times: 2, seconds: 60 } })
    await pass(6 * HOUR)
    expect(tries).toBe(1)
    await pass(60, 1)
    expect(tries).toBe(2)
    await pass(119, 1)
    expect(tries).toBe(2)
    await pass(1, 1)
    expect(tries).toBe(3)
    const [run] = service.history({ limit: 1 })
    expect(run).toMatchObject({ outcome: 'done', attempts: 3 })
    expect(run!.log.map(line => line.event)).toEqual([
      'test.looked',
      'schedule.try-failed',
      'test.looked',
      'schedule.try-failed',
      'test.looked',
    ])
    expect(JSON.stringify(run)).not.toContain('abc')
  })

  test('ends as failed with its reason, or as timed out', async () => {
    work.answer = async () => {
      throw new Error('the network is not there')
    }
    const job = save()
    service.run(job.id, { skipNext: false }, 'ana')
    await flush()
    expect(service.history({ limit: 1 })[0]).toMatchObject({ outcome: 'failed', reason: 'the network is not there' })
    work.answer = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    service.run(job.id, { skipNext: false }, 'ana')
    await flush()
    await pass(600)
    expect(service.history({ limit: 1 })[0]).toMatchObject({ outcome: 'timed-out', reason: 'it took longer than 600 s' })
  })

  test('one that ignores its signal is left behind, and the job can run again', async () => {
    work.answer = () => new Promise(() => {})
    const job = save()
    service.run(job.id, { skipNext: false }, 'ana')
    await flush()
    await pass(600)
    expect(service.list().jobs[0]!.running).not.toBeNull()
    await pass(61)
    expect(outcomes()).toEqual(['timed-out'])
    service.run(job.id, { skipNext: false }, 'ana')
  })
})

describe('a clock that jumps', () => {
  test('forward by hours: the job is late by its policy; back again: nothing runs twice', async () => {
    save()
    await pass(HOUR)
    clock.jump(7 * HOUR)
    await pass(60)
    expect(dues()).toEqual(['2026-06-01T18:00'])
    expect(service.history({ limit: 1 })[0]).toMatchObject({ trigger: 'catch-up' })
    clock.jump(-7 * HOUR)
    await pass(12 * HOUR, HOUR)
    expect(dues()).toEqual(['2026-06-01T18:00'])
    await pass(20 * HOUR, HOUR)
    expect(dues()).toEqual(['2026-06-01T18:00', '2026-06-02T18:00'])
  })

  test('a year ahead by mistake: set right, the job is not still for a year', async () => {
    save()
    await pass(HOUR)
    clock.jump(365 * DAY)
    await pass(60)
    expect(work.calls).toHaveLength(1)
    clock.jump(-365 * DAY)
    await pass(60)
    work.calls.length = 0
    await pass(6 * HOUR, HOUR)
    expect(dues()).toEqual(['2026-06-01T18:00'])
  })
})

describe('what is refused', () => {
  test.each([
    [{ schedule: { ...daily, line: '0 0 31 2 *' } }, /no date ever fits '31 2'/],
    [{ schedule: { ...daily, line: '0 0 * *' } }, /five fields/],
    [{ schedule: { ...daily, zone: 'Mars/Base' } }, /no time zone/],
    [{ kind: 'no.such' }, /a kind of job is one of test\.work/],
    [{ params: { size: 10 } }, /size must be a whole number from 1 to 9/],
    [{ params: { colour: 1 } }, /parameters are size/],
  ] as [Partial<JobDraft>, RegExp][])('%j', (over, sentence) => {
    expect(() => save(over)).toThrow(sentence)
    expect(service.list().jobs).toEqual([])
  })

  test('a change of an older revision, and a job that is not there', () => {
    const job = save()
    service.save({ id: job.id, revision: 1, job: draft({ name: 'Newer' }) }, 'ana')
    expect(() => service.save({ id: job.id, revision: 1, job: draft() }, 'eve')).toThrow(/Newer was changed elsewhere/)
    expect(() => service.enable('nobody', true, 'ana')).toThrow(/not known here/)
  })

  test('a command that opened the workspace for itself runs nothing', () => {
    const job = save()
    killed()
    open()
    expect(service.list().isRunning).toBe(false)
    expect(() => service.run(job.id, { skipNext: false }, 'ana')).toThrow(/only while the workstation is open/)
  })
})

test('years of runs fold from a copy of the state', async () => {
  const job = save({ schedule: { ...daily, line: '* * * * *' } })
  await pass(10 * HOUR)
  expect(work.calls).toHaveLength(600)
  const before = service.list()
  killed()
  open()
  expect(service.list().jobs).toEqual(before.jobs)
  expect(service.history({ job: job.id, limit: 500 })).toHaveLength(500)
  const [first] = service.history({ job: job.id, limit: 1 })
  const older = service.history({ job: job.id, before: Number(first!.id), limit: 3 })
  expect(older.every(run => Number(run.id) < Number(first!.id) && run.outcome === 'done')).toBe(true)
}, 60_000)
