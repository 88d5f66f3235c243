import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ColorRow } from '../../../core/color/color-row.ts'
import { generateColors } from '../../../core/color/generator.ts'
import { dayIn, toLocal, weekdayOf } from '../../../core/kit/calendar.ts'
import { type EpochMicros, fromMillis } from '../../../core/kit/time.ts'
import { createBus } from '../../../platform/bus.ts'
import { type ManualClock, manualClock, systemClock } from '../../../platform/clock.ts'
import { type DataStore, openDataStore } from '../../../platform/data-store.ts'
import { type Journal, openJournal } from '../../../platform/journal.ts'
import { silentLog } from '../../../platform/log.ts'
import { readMigrations } from '../../../platform/migrations.ts'
import { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import { createScheduleService, type ScheduleService } from '../../schedule/schedule-service.ts'
import { createJobs } from '../../system/jobs-service.ts'
import type { Topics } from '../../topics.ts'
import { openConfigBook } from '../config/config-book.ts'
import type { ColorUpload, UploadsBuffer } from '../intake/uploads-buffer.ts'
import { type ColorFetcher, createRunFlow } from './run-flow.ts'
import { colorRunJob } from './run-job.ts'
import { createRunsService, type RunsService } from './runs-service.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const migrations = readMigrations(new URL('../../schema/', import.meta.url))
const ZONE = 'America/New_York'
// A Monday, eight in the morning in New York.
const START = fromMillis(Date.parse('2026-11-16T13:00:00Z'))
const HOUR = 3600

let folder: string
let clock: ManualClock
let store: DataStore
let pool: WorkerPool<Jobs>
let journal: Journal
let schedule: ScheduleService
let runs: RunsService
let config: ReturnType<typeof openConfigBook>
let waiting: Map<string, readonly ColorRow[]>
let fetchers: ColorFetcher[]

/** Rows that wait, until a run that stands in the journal has them. */
function bufferOf(): UploadsBuffer {
  const published = () => new Set(runs.list().flatMap(({ uploads }) => uploads))
  const upload = (id: string): ColorUpload => ({
    ...{ id, name: `${id}.csv`, from: 'file', at: START, user: 'ana', sha256: id, status: 'pending' },
    ...{ read: waiting.get(id)!.length, rows: waiting.get(id)!.length, quarantined: 0, repeats: 0, run: null },
  })
  return {
    waiting: () => [...waiting.keys()].filter(id => !published().has(id)).map(upload),
    find: id => (waiting.has(id) ? upload(id) : null),
    rows: async id => waiting.get(id) ?? fail('BUFFER_UNKNOWN', { upload: id }),
    expectWaiting(ids) {
      const gone = ids.filter(id => published().has(id))
      if (gone.length > 0) fail('UPLOADS_TAKEN', { names: gone.join(), by: 'another run' })
    },
    onChange: () => () => undefined,
  }
}

function openHost(): void {
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const bus = createBus<Topics>({ onFault: (_, fault) => expect.fail(String(fault)) })
  const jobs = createJobs({ clock, bus, log: silentLog })
  config = openConfigBook(journal)
  const buffer = bufferOf()
  runs = createRunsService({ store, journal, folder, clock, log: silentLog, pool, buffer, zone: () => ZONE })
  const flow = createRunFlow({ runs, buffer, config, pool, clock, fetchers: () => fetchers })
  schedule = createScheduleService({ journal, clock, log: silentLog, bus, jobs, kinds: [colorRunJob(flow)] })
  schedule.start()
}
/** The host ends without a word, and another takes its place. */
async function restarted(): Promise<void> {
  schedule.close()
  await runs.close()
  journal.close()
  openHost()
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contango-color-job-'))
  clock = manualClock(START)
  waiting = new Map()
  fetchers = []
  pool = new WorkerPool<Jobs>(new URL('../../../workers/entry.ts', import.meta.url), 1)
  const entry = new URL('../../../platform/data-process.ts', import.meta.url)
  store = await openDataStore({ file: join(folder, 'market.duckdb'), entry, log: silentLog, clock: systemClock(), migrations })
  openHost()
})
afterEach(async () => {
  schedule.close()
  await runs.close()
  await store.close()
  await pool.close()
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const colors = (rows: number, seed = 1) => [...generateColors({ seed, rows, until: '2026-11-13', days: 1 })]
const saveJob = (line: string, params: Record<string, string> = {}) =>
  schedule.save(
    {
      ...{ id: null, revision: 0 },
      job: {
        ...{ name: 'Morning colors', kind: 'color.run', params, enabled: true, catchUp: { policy: 'once', limit: 1 } },
        schedule: { kind: 'cron', line, zone: ZONE, skipped: 'next', repeated: 'first' },
        ...{ retries: { times: 0, seconds: 60 }, timeoutSeconds: 600 },
      },
    },
    'ana',
  )
/** Lets time pass in steps of an hour, with everything that a step sets off done before the next. */
async function pass(hours: number): Promise<void> {
  for (let k = 0; k < hours; k++) {
    clock.advance(HOUR)
    await schedule.settled()
  }
}
const saveRule = (name: string, value: string) =>
  config.save(
    'rules',
    [
      {
        ...{ id: null, name, revision: 0 },
        value: { priority: 1, active: true, cases: [], when: { kind: 'test', field: 'BIAS', operator: 'is', value } },
      },
    ],
    'ana',
  )
const localHour = (at: EpochMicros) => `${toLocal(at, ZONE).day}. ${toLocal(at, ZONE).hour}h`

describe('a run by the clock', () => {
  test('takes what waits and what sources give as one list: one parent for each tranche (REQ-MC-13)', async () => {
    const [first, second] = [
      colors(300),
      colors(300).map(row => ({ ...row, rowId: `b-${row.rowId}`, source: 'OTHER', bid: '97', px: '97' })),
    ]
    waiting.set('u1', first)
    fetchers = [{ id: 's', name: 'Saved query', fetch: async () => ({ rows: second, read: 310, quarantined: 10, repeats: 0 }) }]
    saveJob('0 9 * * *')
    await pass(2)
    const [run] = runs.list()
    expect(run).toMatchObject({ kind: 'automated', received: 610, quarantined: 10, uploads: ['u1'] })
    const placed = await runs.rows(run!.id)
    const parents = placed.filter(({ parentRowId }) => parentRowId === null).map(({ row }) => row.cusip)
    expect(new Set(parents).size).toBe(parents.length)
    expect(new Set(parents)).toEqual(new Set(first.map(({ cusip }) => cusip)))
    expect(run!.rows + run!.repeats).toBe(600)
    expect(new Set(placed.map(({ row }) => row.source)).has('OTHER')).toBe(true)
  })

  test('excludes by the active rules, credits one of them and counts the hits of each', async () => {
    waiting.set('u1', colors(400))
    saveRule('No talk', 'BWIC TALK')
    saveRule('No talk again', 'bwic talk')
    saveJob('0 9 * * *')
    await pass(2)
    const [run] = runs.list()
    const talk = colors(400).filter(({ bias }) => bias === 'BWIC TALK').length
    expect(run!.excluded).toBeGreaterThan(0)
    expect(run!.excluded).toBeLessThanOrEqual(talk)
    expect(run!.rules.map(({ hits }) => hits)).toEqual([run!.excluded, run!.excluded])
    expect(run!.rules.reduce((sum, { credited }) => sum + credited, 0)).toBe(run!.excluded)
    expect((await runs.rows(run!.id)).some(({ row }) => row.bias === 'BWIC TALK')).toBe(false)
  })

  test('with nothing to run on publishes nothing and says so', async () => {
    saveJob('0 9 * * *')
    await pass(2)
    expect(runs.list()).toEqual([])
    expect(runs.history({ limit: 5 }).runs).toMatchObject([{ status: 'nothing', trigger: 'schedule' }])
    expect(schedule.history({ limit: 5 })).toMatchObject([{ outcome: 'done', facts: { received: 0 } }])
  })

  test('that fails leaves what waits, and the next one takes it', async () => {
    waiting.set('u1', colors(50))
    let isBroken = true
    fetchers = [
      {
        ...{ id: 's', name: 'Saved query' },
        fetch: async () =>
          isBroken ? Promise.reject(new Error('the server hung up')) : { rows: [], read: 0, quarantined: 0, repeats: 0 },
      },
    ]
    waiting.set(
      'u1',
      colors(50).map(row => ({ ...row, px: 'x', bid: 'x' })),
    )
    saveJob('0 9,10 * * *')
    await pass(1)
    expect(runs.history({ limit: 5 }).runs[0]).toMatchObject({ status: 'failed' })
    expect(runs.history({ limit: 5 }).runs[0]!.reason).toContain('error.ROWS_UNFIT')
    waiting.set('u1', colors(50))
    isBroken = false
    await pass(1)
    expect(runs.list()).toMatchObject([{ number: 1, uploads: ['u1'] }])
  })

  test('runs on the weekdays that the line names, Sunday being 0 and 7', async () => {
    const days: number[] = []
    fetchers = [
      {
        ...{ id: 's', name: 'Saved query' },
        fetch: async () => {
          days.push(weekdayOf(dayIn(clock.now(), ZONE)))
          return { rows: [], read: 0, quarantined: 0, repeats: 0 }
        },
      },
    ]
    for (const [line, wanted] of [
      ['0 9 * * 1-5', [1, 2, 3, 4, 5]],
      ['0 9 * * 0', [0]],
      ['0 9 * * 7', [0]],
      ['0 9 * * 6', [6]],
      ['0 9 * * 1', [1]],
    ] as const) {
      days.length = 0
      const job = saveJob(line)
      await pass(24 * 7)
      schedule.remove(job.id, 'ana')
      expect([...days].sort(), line).toEqual(wanted)
    }
  })
})

describe('a run that a person asks for', () => {
  test('may leave exactly the next planned run out, and that survives a restart (REQ-MC-14)', async () => {
    waiting.set('u1', colors(40))
    const job = saveJob('0 9 * * *')
    schedule.run(job.id, { skipNext: true }, 'ben')
    await schedule.settled()
    expect(runs.history({ limit: 5 }).runs[0]).toMatchObject({
      status: 'published',
      trigger: 'person',
      skippedNext: true,
      user: 'ben',
    })
    await restarted()
    expect(schedule.list().jobs[0]!.skip).toMatchObject({ user: 'ben' })
    for (const day of [2, 3, 4]) waiting.set(`u${day}`, colors(40, day))
    await pass(3)
    expect(schedule.history({ limit: 5 }).map(({ outcome }) => outcome)).toEqual(['skipped', 'done'])
    await pass(24)
    expect(runs.list().map(({ at }) => localHour(at))).toEqual(['17. 9h', '16. 8h'])
  })

  test('without leaving the next one out changes nothing of the plan', async () => {
    waiting.set('u1', colors(40))
    const job = saveJob('0 9 * * *')
    schedule.run(job.id, { skipNext: false }, 'ben')
    await schedule.settled()
    waiting.set('u2', colors(40, 2))
    await pass(2)
    expect(runs.list().map(({ at, uploads }) => [localHour(at), uploads.join()])).toEqual([
      ['16. 9h', 'u2'],
      ['16. 8h', 'u1'],
    ])
  })

  test('may pass over the rules and may replace the output of today, each for itself and for this run alone', async () => {
    saveRule('No talk', 'BWIC TALK')
    const job = saveJob('0 9 * * *')
    const now = async (params: Record<string, string>, seed: number) => {
      waiting.set(`u${seed}`, colors(80, seed))
      schedule.run(job.id, { skipNext: false, params }, 'ben')
      await schedule.settled()
      return runs.list()[0]!
    }
    expect(await now({}, 1)).toMatchObject({ ignoredRules: false, replaceToday: false })
    const ignoring = await now({ rules: 'ignore' }, 2)
    expect(ignoring).toMatchObject({ ignoredRules: true, replaceToday: false, excluded: 0, rules: [] })
    expect(runs.list().every(({ deleted }) => deleted === null)).toBe(true)
    const replacing = await now({ today: 'replace' }, 3)
    expect(replacing).toMatchObject({ ignoredRules: false, replaceToday: true })
    expect(replacing.excluded).toBeGreaterThan(0)
    expect(runs.list().map(({ deleted }) => deleted?.replacedBy ?? null)).toEqual([null, replacing.id, replacing.id])
    waiting.set('u4', colors(80, 4))
    await pass(2)
    expect(runs.list()[0]).toMatchObject({ ignoredRules: false, replaceToday: false })
  })

  test('is refused while the job runs', async () => {
    waiting.set('u1', colors(40))
    const job = saveJob('0 9 * * *')
    schedule.run(job.id, { skipNext: false }, 'ben')
    expect(() => schedule.run(job.id, { skipNext: false }, 'ben')).toThrow(/already running|running/)
    await schedule.settled()
    expect(runs.list()).toHaveLength(1)
  })
})

describe('a host that is killed', () => {
  test('while a run is under way finds it cut off', async () => {
    runs.started('cut-off', { job: null, trigger: 'person', ignoredRules: false, replaceToday: false, skippedNext: false }, 'ben')
    await restarted()
    expect(runs.history({ limit: 5 }).runs).toMatchObject([{ id: 'cut-off', status: 'interrupted', user: 'ben' }])
  })

  test('after publishing and before the scheduler noted it does not publish again', async () => {
    waiting.set('u1', colors(60))
    let fetched = 0
    fetchers = [
      {
        ...{ id: 's', name: 'Saved query' },
        fetch: async () => {
          fetched += 1
          return { rows: colors(60, 9), read: 60, quarantined: 0, repeats: 0 }
        },
      },
    ]
    const job = saveJob('0 9 * * *')
    // The kill comes right after the entry that publishes.
    const stop = journal.onAppend(({ kind }) => {
      if (kind === 'color.run.published') schedule.close()
    })
    await pass(2)
    stop()
    expect(runs.list()).toHaveLength(1)
    await restarted()
    await schedule.settled()
    expect(schedule.history({ job: job.id, limit: 5 }).map(({ outcome }) => outcome)).toEqual(['done', 'interrupted'])
    expect(runs.list()).toHaveLength(1)
    expect(fetched).toBe(1)
  })
})
