import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { JobList, JobRun, JobView } from '../../contract/schedule.ts'
import type { SecretsState } from '../../contract/secrets.ts'
import { status as statusForm } from '../../contract/system.ts'
import { systemClock } from '../../platform/clock.ts'
import { openJournal } from '../../platform/journal.ts'
import { createLog, silentLog } from '../../platform/log.ts'
import { createMetrics } from '../../platform/metrics.ts'
import { examine } from './doctor.ts'
import { backupsCheck, chainsCheck, schedulerCheck, secretsCheck, updatesCheck } from './doctor-services.ts'
import { summaryOf } from './journal-summary.ts'
import { createStatusService, type StatusParts } from './status-service.ts'
import { createSystemService } from './system-service.ts'

const folder = mkdtempSync(join(tmpdir(), 'contango-system-'))
const clock = systemClock()
const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
afterAll(() => {
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const up = { phase: 'up', pid: process.pid, restarts: 0, reason: null, renewals: 0 } as const
function statusOf(parts: Partial<StatusParts> = {}) {
  return createStatusService({
    folder,
    clock,
    log: silentLog,
    metrics: createMetrics(),
    journal,
    store: { state: () => up, onState: () => () => {} },
    pool: { stats: () => ({ threads: 2, busy: 1, waiting: 0, replaced: 0 }) },
    isDemo: () => true,
    lossWindowSeconds: 0.25,
    retention: () => ({ keepDays: 30, demoHours: 6, pruned: 0, prunedAt: null }),
    seriesProblems: () => [],
    ...parts,
  })
}

describe('the status', () => {
  test('has the form of the contract, and numbers that were measured', async () => {
    const service = statusOf()
    service.drawn([0.01, 0.02, 0.03])
    const status = statusForm.parse(await service.read())
    expect(status.latency).toMatchObject([{ step: 'draw', count: 3, max: 0.03 }])
    expect(status.disk.free).toBeGreaterThan(0)
    expect(status.disk.journal).toBeGreaterThan(0)
    expect(status.memory.find(one => one.process === 'host')?.bytes).toBeGreaterThan(10_000_000)
    expect(status.journal).toEqual({ head: 0, hash: '0'.repeat(64), verified: true })
    expect(status.notices).toEqual([])
    service.close()
  })

  test('a blocked event loop is seen', async () => {
    const service = statusOf()
    await new Promise(done => setTimeout(done, 30))
    const until = performance.now() + 120
    while (performance.now() < until);
    await new Promise(done => setTimeout(done, 30))
    const { eventLoop } = await service.read()
    expect(eventLoop.max).toBeGreaterThan(0.08)
    expect(eventLoop.p50).toBeLessThan(0.05)
    service.close()
  })

  test('what needs a person is a notice', async () => {
    const metrics = createMetrics()
    metrics.queue('ticks', () => ({ length: 12, limit: 20, dropped: 3 }))
    const service = statusOf({
      metrics,
      store: {
        state: () => ({ ...up, phase: 'failed', reason: 'it ended five times within a minute' }),
        onState: () => () => {},
      },
      seriesProblems: () => [{ name: 'wti', reason: 'its file was changed' }],
    })
    const { notices, data } = await service.read()
    expect(notices).toEqual([
      { level: 'error', key: 'data-failed', text: 'it ended five times within a minute' },
      { level: 'warning', key: 'queue-dropped', text: 'ticks: 3' },
      { level: 'warning', key: 'series-missing', text: 'wti: its file was changed' },
    ])
    expect(data).toMatchObject({ phase: 'failed', unwrittenRows: 12, lossWindowSeconds: 0.25 })
    service.close()
  })

  test('rates are changes over time, and who watches gets one a second', async () => {
    const metrics = createMetrics()
    const counter = metrics.counter('feed_messages_total', 'Messages', { kind: 'quote' })
    const service = statusOf({ metrics })
    const stop = new AbortController()
    const seen: number[] = []
    const started = performance.now()
    for await (const status of service.watch(stop.signal)) {
      seen.push(status.rates[0]?.perSecond ?? 0)
      counter.add(500)
      if (seen.length === 2) stop.abort()
    }
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(seen[0]).toBe(0)
    expect(seen[1]).toBeGreaterThan(350)
    expect(seen[1]).toBeLessThan(650)
    service.close()
  })

  test('a market store that goes and comes back within the second is told at once', async () => {
    let hear = () => {}
    let phase: 'up' | 'restarting' = 'up'
    const service = statusOf({
      store: {
        state: () => ({ ...up, phase }),
        onState(heard) {
          hear = heard
          return () => {}
        },
      },
    })
    const stop = new AbortController()
    const seen: string[] = []
    const started = performance.now()
    for await (const status of service.watch(stop.signal)) {
      seen.push(status.data.phase)
      if (seen.length === 3) stop.abort()
      phase = phase === 'up' ? 'restarting' : 'up'
      setTimeout(hear, 20)
    }
    expect(seen).toEqual(['up', 'restarting', 'up'])
    expect(performance.now() - started).toBeLessThan(900)
    service.close()
  })
})

const noJobs: JobList = { jobs: [], kinds: [], isRunning: true }
const noSecrets: SecretsState = {
  ...{ phase: 'empty', place: null, problem: null, detail: null, file: null, hasKeychain: true, names: [], wanted: [] },
}

test('the doctor says which job failed, what was missed, and what is wrong with the place of secrets', () => {
  const kept = {
    id: 'a',
    revision: 1,
    name: 'Night',
    kind: 'backup',
    params: {},
    enabled: true,
    next: 3_600_000_000 as number | null,
  }
  const plan = { schedule: { kind: 'cron', line: '@daily', zone: 'UTC', skipped: 'next', repeated: 'first' } } as const
  const rules = { catchUp: { policy: 'none', limit: 1 }, retries: { times: 0, seconds: 1 }, timeoutSeconds: 60 } as const
  const job: JobView = { ...kept, ...plan, ...rules, skip: null, running: null, last: null, fault: null }
  const list = (over: Partial<JobView>): JobList => ({ jobs: [{ ...job, ...over }], kinds: [], isRunning: false })
  const run: JobRun = {
    ...{ id: '1', job: 'a', outcome: 'missed', trigger: null, dues: [], count: 3, started: 0, ended: 0, attempts: 0 },
    ...{ user: 'system', reason: null, facts: {}, log: [] },
  }
  expect(schedulerCheck(list({}), [], 0)).toMatchObject({
    state: 'good',
    finding: '1 of 1 jobs are on; next Night at 1970-01-01T01:00Z; they run while the workstation is open',
  })
  expect(schedulerCheck(list({}), [run], 0)).toMatchObject({
    state: 'attention',
    finding: expect.stringContaining('3 planned runs'),
  })
  expect(schedulerCheck(list({}), [run], 8 * 86_400_000_000)).toMatchObject({ state: 'good' })
  const failed = { ...run, outcome: 'failed', reason: 'error.SOURCE_OFF {"source":"Yahoo Finance"}' } as const
  expect(schedulerCheck(list({ last: failed }), [], 0)).toMatchObject({
    state: 'attention',
    finding: 'the last run of Night failed: The source Yahoo Finance is off. Turn it on in the Sources panel',
  })
  expect(schedulerCheck(list({ fault: 'backup' }), [], 0)).toMatchObject({ state: 'bad' })
  expect(secretsCheck({ ...noSecrets, hasKeychain: false })).toMatchObject({ state: 'attention' })
  const closed = { ...noSecrets, phase: 'closed', place: 'keychain', problem: 'swapped' } as const
  expect(secretsCheck(closed)).toMatchObject({ state: 'bad', finding: 'the keychain is closed (swapped); 0 secrets are in it' })
  expect(secretsCheck({ ...closed, place: 'file', problem: 'locked' })).toMatchObject({ state: 'attention' })
})

const noUpdate = { phase: 'idle', version: '0.1.0', fault: null, offered: null, progress: null, checkedAt: null } as const

test('backups are judged by the newest good one, by its age and by whether anybody tried one', () => {
  const DAY = 86_400_000_000
  const backup = {
    ...{ id: 'a', file: '/x/a.tar', madeAt: 0, bytes: 1, files: 1, journalSeq: 1, sealed: false, why: 'person' as const },
    ...{ version: '0.1.0', checkedAt: 0, problem: null, isThere: true },
  }
  const check = (over: object, now = DAY, drillDays: number | null = 1) =>
    backupsCheck({ backups: [{ ...backup, ...over }], staged: null, drillDays }, now)
  expect(check({})).toMatchObject({ state: 'good', finding: '1 known; the newest good one is 1 days old' })
  expect(check({}, 9 * DAY)).toMatchObject({ state: 'attention', finding: expect.stringContaining('9 days old') })
  expect(check({}, DAY, 40)).toMatchObject({ state: 'attention', finding: expect.stringContaining('nobody tried one') })
  expect(check({ problem: 'damaged' })).toMatchObject({ state: 'bad', finding: 'none of 1 can be used' })
  expect(check({ isThere: false })).toMatchObject({ state: 'bad' })
  expect(backupsCheck({ backups: [], staged: null, drillDays: null }, 0)).toMatchObject({
    state: 'attention',
    finding: 'there is none',
  })
  expect(backupsCheck({ backups: [backup], staged: { file: 'b.tar' }, drillDays: 1 }, 0)).toMatchObject({
    state: 'attention',
    finding: 'the next start restores b.tar',
  })
})

test('an update that was refused is bad, one that failed to come is not', () => {
  expect(updatesCheck(noUpdate)).toMatchObject({ state: 'good', finding: '0.1.0' })
  expect(updatesCheck({ ...noUpdate, phase: 'refused' })).toMatchObject({ state: 'bad' })
  expect(updatesCheck({ ...noUpdate, phase: 'failed' })).toMatchObject({ state: 'attention' })
  expect(updatesCheck({ ...noUpdate, phase: 'off' })).toMatchObject({ state: 'good' })
})

describe('the doctor', () => {
  const parts = { folder, journal, store: { state: () => up, query: async () => ({ columns: [Float64Array.of(3)] }) as never } }
  const services = {
    chains: () => chainsCheck([]),
    scheduled: () => schedulerCheck(noJobs, [], 0),
    secrets: async () => secretsCheck(noSecrets),
    backups: async () => backupsCheck({ backups: [], staged: null, drillDays: null }, 0),
    updates: () => updatesCheck(noUpdate),
  }
  const fine = {
    ...parts,
    ...services,
    pageIsBuilt: async () => true,
    seriesProblems: () => [],
    ticksProblems: () => [],
    port: () => null,
  }

  test('finds nothing where all is well', async () => {
    const checks = await examine(fine)
    expect(checks.filter(check => check.state === 'bad')).toEqual([])
    expect(checks.map(check => check.name)).toEqual([
      'runtime',
      'workspace',
      'privacy',
      'disk',
      'journal',
      'market store',
      'series',
      'ticks archive',
      'kept chains',
      'doors',
      'page',
      'scheduler',
      'secrets',
      'backups',
      'updates',
    ])
  })

  test('names each thing that is wrong and what would mend it', async () => {
    writeFileSync(join(folder, 'host.json'), '{}', { mode: 0o644 })
    const open = await door(200)
    const checks = await examine({
      ...fine,
      folder,
      journal: { head: journal.head, verify: () => ({ ok: false, seq: 7, reason: 'its hash does not fit' }) },
      store: { ...parts.store, state: () => ({ ...up, phase: 'restarting', reason: 'it was killed' }) },
      pageIsBuilt: async () => false,
      seriesProblems: () => [
        { name: 'wti', reason: 'its file is missing' },
        { name: 'brent', reason: 'its file is missing' },
      ],
      ticksProblems: () => ['quotes-1.parquet is missing', 'trades-1.parquet was changed or damaged'],
      chains: () => chainsCheck(['a-1.parquet is missing', 'b-1.parquet is missing']),
      port: () => open.port,
    })
    const bad = Object.fromEntries(checks.filter(check => check.state === 'bad').map(check => [check.name, check.finding]))
    expect(bad).toEqual({
      ...(process.platform === 'win32' ? {} : { privacy: 'host.json can be read by others (644)' }),
      journal: 'entry 7: its hash does not fit',
      'market store': 'restarting: it was killed',
      series: 'wti: its file is missing, and 1 more',
      'ticks archive': 'quotes-1.parquet is missing, and 1 more',
      'kept chains': 'a-1.parquet is missing, and 1 more',
      doors: `127.0.0.1:${open.port} answered 200 to a caller without the token`,
      page: 'the page is not built',
    })
    for (const check of checks)
      expect([check.name, check.state === 'good' || check.remedy?.endsWith('.')]).toEqual([check.name, true])
  })
})

const doorsOpen: { close(): unknown }[] = []
afterAll(() => {
  for (const server of doorsOpen) server.close()
})

/** A server that answers everybody the same. */
async function door(status: number) {
  const server = createServer((_, response) => void response.writeHead(status).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  doorsOpen.push(server)
  return { port: (server.address() as AddressInfo).port, server }
}

test('the doctor knocks at the door without the token', async () => {
  const parts = { folder, journal, store: { state: () => up, query: async () => ({ columns: [Float64Array.of(3)] }) as never } }
  const services = {
    chains: () => chainsCheck([]),
    scheduled: () => schedulerCheck(noJobs, [], 0),
    secrets: async () => secretsCheck(noSecrets),
    backups: async () => backupsCheck({ backups: [], staged: null, drillDays: null }, 0),
    updates: () => updatesCheck(noUpdate),
  }
  const rest = { ...parts, ...services, pageIsBuilt: async () => true, seriesProblems: () => [], ticksProblems: () => [] }
  const knock = async (port: number | null) => (await examine({ ...rest, port: () => port })).find(({ name }) => name === 'doors')
  const shut = await door(401)
  expect(await knock(shut.port)).toMatchObject({ state: 'good', finding: `127.0.0.1:${shut.port}, shut to whoever has no token` })
  expect(await knock(null)).toMatchObject({ state: 'good' })
  const gone = await door(401)
  gone.server.close()
  await once(gone.server, 'close')
  expect(await knock(gone.port)).toMatchObject({ state: 'bad', finding: expect.stringContaining('does not answer') })
})

describe('the log stream', () => {
  test('begins with what was, goes on with what comes, and lets go when left', async () => {
    const log = createLog({ folder: join(folder, 'logs'), clock })
    const system = createSystemService({
      ...{ version: '0.1.0', folder, isDemo: () => false, log, journal },
      status: statusOf(),
      jobs: null as never,
      examine: async () => [],
      rebuildMarket: async () => {},
      recovery: null as never,
      secrets: async () => [],
      settings: () => [],
      sources: () => [],
    })
    for (let k = 0; k < 5; k++) log.info('before', { k })
    const stop = new AbortController()
    const stream = system.log(3, stop.signal)
    expect((await stream.next()).value?.entries.map(entry => entry.fields.k)).toEqual([2, 3, 4])
    log.warn('after', { k: 5 })
    log.warn('after', { k: 6 })
    expect((await stream.next()).value?.entries.map(entry => entry.fields.k)).toEqual([5, 6])
    const waiting = stream.next()
    stop.abort()
    expect((await waiting).done).toBe(true)
    log.close()
  })
})

test('a journal entry is told in one short line without secrets', () => {
  expect(summaryOf({ body: { enabled: true, deep: { a: [1, 2] } } })).toBe('enabled true, deep {"a":[1,2]}')
  expect(summaryOf({ body: { token: 'abc123' } })).toBe('token •••')
  expect(summaryOf({ body: null })).toBe('')
  expect(summaryOf({ body: 'x'.repeat(500) })).toHaveLength(160)
})
