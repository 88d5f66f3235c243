import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DOMAIN_RIGHTS, type Right } from '../../src/contract/procedure.ts'
import type { JobDraft } from '../../src/contract/schedule.ts'
import { whole } from '../../src/core/kit/define.ts'
import { type ConfigBook, openConfigBook } from '../../src/main/color/config/config-book.ts'
import { type ColorLogService, createColorLog } from '../../src/main/color/log/log-service.ts'
import { defineJobKind } from '../../src/main/schedule/job-kind.ts'
import { createScheduleService, type ScheduleService } from '../../src/main/schedule/schedule-service.ts'
import { createJobs } from '../../src/main/system/jobs-service.ts'
import type { Topics } from '../../src/main/topics.ts'
import { createBus } from '../../src/platform/bus.ts'
import { type ManualClock, manualClock } from '../../src/platform/clock.ts'
import { type Journal, openJournal } from '../../src/platform/journal.ts'
import { silentLog } from '../../src/platform/log.ts'

vi.setConfig({ testTimeout: 90_000 })

const ADMIN = {
  name: 'admin',
  may: new Set(DOMAIN_RIGHTS.flatMap((domain): Right[] => [`${domain}:read`, `${domain}:write`])),
}
const EDITOR = { name: 'ed', may: new Set<Right>(['color:read', 'color:write']) }
const VIEWER = { name: 'vi', may: new Set<Right>(['color:read']) }

const SCHEDULE = {
  ...{ kind: 'cron', line: '0 9 * * 1-5', zone: 'Asia/Karachi', skipped: 'next', repeated: 'first' },
} as unknown as JobDraft['schedule']
const USUAL = {
  schedule: SCHEDULE,
  catchUp: { policy: 'once' as const, limit: 10 },
  retries: { times: 0, seconds: 60 },
  timeoutSeconds: 600,
}
const kindOf = (kind: string) =>
  defineJobKind({ kind, params: { size: whole({ from: 1, to: 9, usual: 3 }) }, usual: USUAL, run: async () => ({}) })
const draft = (name: string, size: number, kind = 'color.work'): JobDraft => ({
  ...{ ...USUAL, name, kind, params: { size }, enabled: false },
})

let folder: string
let clock: ManualClock
let journal: Journal
let config: ConfigBook
let schedule: ScheduleService
let log: ColorLogService
const closers: (() => void)[] = []

function open(): void {
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const bus = createBus<Topics>({
    onFault: (_, fault) => {
      throw fault
    },
  })
  const jobs = createJobs({ clock, bus, log: silentLog })
  config = openConfigBook(journal)
  const kinds = [kindOf('color.work'), kindOf('other.work')]
  schedule = createScheduleService({ journal, clock, log: silentLog, bus, jobs, kinds })
  const nameOf = (module: string, id: string) => (module === 'runs' ? `#${id}` : null)
  log = createColorLog({ journal, config, clock, nameOf })
  closers.push(() => {
    log.close()
    schedule.close()
    journal.close()
  })
}
const close = () => {
  for (const each of closers.splice(0)) each()
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-log-'))
  clock = manualClock()
  open()
})
afterEach(() => {
  close()
  rmSync(folder, { recursive: true, force: true })
})

const ruleOf = (value: string) => ({
  ...{ priority: 1, active: true, cases: [] },
  when: { kind: 'test', field: 'PX', operator: 'less', value } as const,
})
const saveRule = (id: string, value: string, name = id) =>
  config.save('rules', [{ id, name, revision: config.find('rules', id)?.revision ?? 0, value: ruleOf(value) }], 'ann')
const newest = () => log.list({ limit: 1 }, ADMIN)[0]!
const revert = (entry: number, anyway = false, actor = ADMIN) => log.revert({ entry, anyway }, actor, schedule).entry
const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'none'
  } catch (fault) {
    return (fault as { code: string }).code
  }
}

describe('the log', () => {
  test('tells what changed field by field, newest first, over all modules', () => {
    saveRule('low', '5')
    saveRule('low', '6', 'Lower')
    config.remove('rules', ['low'], 'bob')
    const job = schedule.save({ id: null, revision: 0, job: draft('Morning', 3) }, 'ann')
    schedule.save({ id: job.id, revision: job.revision, job: draft('Morning', 4) }, 'ann')
    schedule.save({ id: null, revision: 0, job: draft('Not ours', 4, 'other.work') }, 'ann')
    journal.append({ kind: 'color.run.published', subject: 'r1', user: 'ann', body: { id: 'r1', rows: 300, number: 7 } })
    const entries = log.list({ limit: 50 }, ADMIN)
    expect(entries.map(({ module, action, name, user }) => [module, action, name, user].join(' '))).toEqual([
      'runs done #r1 ann',
      'jobs changed Morning ann',
      'jobs created Morning ann',
      'rules removed Lower bob',
      'rules changed Lower ann',
      'rules created low ann',
    ])
    expect(entries[1]!.changes).toEqual([{ field: 'params.size', before: '3', after: '4' }])
    expect(entries[4]!.changes).toEqual([
      { field: 'name', before: 'low', after: 'Lower' },
      { field: 'when.value', before: '5', after: '6' },
    ])
    expect(entries[0]).toMatchObject({
      canRevert: false,
      changes: expect.arrayContaining([{ field: 'rows', before: null, after: '300' }]),
    })
    expect(log.list({ module: 'jobs', limit: 1 }, ADMIN)).toMatchObject([{ action: 'changed' }])
    expect(log.list({ subject: 'low', before: entries[3]!.entry, limit: 9 }, ADMIN)).toHaveLength(2)
    const recent = log.recent(2, ADMIN)
    expect(recent.find(({ module }) => module === 'rules')!.entries.map(({ action }) => action)).toEqual(['removed', 'changed'])
    expect(recent.map(({ module }) => module)).toEqual(
      expect.arrayContaining(['rules', 'jobs', 'mail', 'runs', 'sessions', 'uploads']),
    )
    close()
    open()
    expect(log.list({ limit: 50 }, ADMIN)).toEqual(entries)
  })

  test('shows the states before, after and now as text that can be compared line by line', () => {
    saveRule('low', '5')
    saveRule('low', '6')
    const { entry } = newest()
    saveRule('low', '7')
    const look = log.look(entry, ADMIN)
    expect(look.conflict).toBe(true)
    const lines = (text: string | null) => text!.split('\n')
    const differing = lines(look.before).filter((line, at) => line !== lines(look.now)[at])
    expect(differing).toEqual(['      "value": "5"'])
    expect(codeOf(() => log.look(99_999, ADMIN))).toBe('REVERT_IMPOSSIBLE')
    expect(codeOf(() => log.look(journal.append({ kind: 'other', subject: 's', user: 'u', body: {} }).seq, ADMIN))).toBe(
      'REVERT_IMPOSSIBLE',
    )
  })

  test('is searched to its end for a part of a name or of who it was', () => {
    saveRule('low', '0', 'Lower')
    const many = Array.from({ length: 1100 }, (_, k) => ({ id: `u${k}`, name: `Upper ${k}`, revision: 0, value: ruleOf('1') }))
    config.save('rules', many, 'ann')
    saveRule('low', '2', 'Lower still')
    config.remove('rules', ['u7'], 'Lowell')
    const found = (text: string, limit = 9) => log.list({ text, limit }, ADMIN).map(({ name, user }) => `${name} ${user}`)
    expect(found(' LOWE ')).toEqual(['Upper 7 Lowell', 'Lower still ann', 'Lower ann'])
    expect(found('lowe', 2)).toEqual(['Upper 7 Lowell', 'Lower still ann'])
    expect(found('nobody')).toEqual([])
    expect(log.list({ text: 'upper', limit: 700 }, ADMIN)).toHaveLength(700)
  })

  test('wakes with every change', async () => {
    saveRule('low', '5')
    const ending = new AbortController()
    const stream = log.watch(ending.signal)
    expect((await stream.next()).value).toEqual({ entry: newest().entry })
    saveRule('low', '6')
    clock.advance(1)
    expect((await stream.next()).value).toEqual({ entry: newest().entry })
    ending.abort()
    await stream.return()
  })
})

describe('a revert', () => {
  test('is a new entry, and the one that it takes back says so', () => {
    saveRule('low', '5')
    saveRule('low', '6')
    const { entry } = newest()
    const made = revert(entry)
    expect(config.find('rules', 'low')!.value.when).toMatchObject({ value: '5' })
    expect(newest()).toMatchObject({ entry: made, action: 'reverted', reverts: entry, user: 'admin' })
    expect(log.list({ before: made, limit: 1 }, ADMIN)[0]).toMatchObject({ entry, revertedBy: made, canRevert: false })
    expect(codeOf(() => revert(entry))).toBe('REVERT_IMPOSSIBLE')
    revert(made)
    expect(log.list({ before: made, limit: 1 }, ADMIN)[0]).toMatchObject({ entry, revertedBy: null, canRevert: true })
  })

  test('over later work is refused until it is confirmed, for rules and for jobs', () => {
    saveRule('low', '5')
    saveRule('low', '6')
    const { entry } = newest()
    saveRule('low', '7')
    expect(codeOf(() => revert(entry))).toBe('REVERT_CONFLICT')
    revert(entry, true)
    expect(config.find('rules', 'low')!.value.when).toMatchObject({ value: '5' })
    const job = schedule.save({ id: null, revision: 0, job: draft('Morning', 1) }, 'ann')
    const second = schedule.save({ id: job.id, revision: 1, job: draft('Morning', 2) }, 'ann')
    const change = newest().entry
    schedule.save({ id: job.id, revision: second.revision, job: draft('Morning', 3) }, 'ann')
    expect(codeOf(() => revert(change))).toBe('REVERT_CONFLICT')
    revert(change, true)
    expect(schedule.list().jobs).toMatchObject([{ params: { size: 1 } }])
  })

  test('of a removed job brings it back under its id, and of a created one removes it', () => {
    const job = schedule.save({ id: null, revision: 0, job: draft('Morning', 1) }, 'ann')
    const created = newest().entry
    schedule.remove(job.id, 'ann')
    const made = revert(newest().entry)
    expect(schedule.list().jobs).toMatchObject([{ id: job.id, name: 'Morning' }])
    expect(newest()).toMatchObject({ entry: made, action: 'reverted' })
    revert(created, true)
    expect(schedule.list().jobs).toEqual([])
    close()
    open()
    expect(newest()).toMatchObject({ action: 'reverted', reverts: created })
  })

  test('that fails leaves nothing behind and nothing marked', () => {
    saveRule('a', '5', 'Name')
    config.remove('rules', ['a'], 'ann')
    const { entry } = newest()
    saveRule('b', '6', 'name')
    const head = journal.head()
    expect(codeOf(() => revert(entry))).toBe('CONFIG_NAME_TAKEN')
    expect(journal.head()).toEqual(head)
    expect(log.list({ subject: 'a', limit: 1 }, ADMIN)[0]).toMatchObject({ revertedBy: null, canRevert: true })
    config.remove('rules', ['b'], 'ann')
    revert(entry)
    expect(config.find('rules', 'a')?.name).toBe('Name')
  })

  test('is for those who may change the module: an editor takes rules back, not the ranks', () => {
    saveRule('low', '5')
    const rules = newest()
    config.save('ranks', [{ id: 'ranks', name: 'Ranks', revision: 0, value: { ranks: { BID: 1 }, sameAs: {} } }], 'admin')
    const ranks = newest().entry
    const head = journal.head()
    expect(codeOf(() => revert(ranks, false, EDITOR))).toBe('FORBIDDEN')
    expect(codeOf(() => revert(rules.entry, false, VIEWER))).toBe('FORBIDDEN')
    expect(journal.head()).toEqual(head)
    expect(log.list({ limit: 2 }, EDITOR).map(({ canRevert }) => canRevert)).toEqual([false, true])
    expect(log.list({ limit: 2 }, VIEWER).map(({ canRevert }) => canRevert)).toEqual([false, false])
    revert(rules.entry, false, EDITOR)
    revert(ranks)
    expect(config.list('ranks')).toEqual([])
  })
})

/** Everything that is configured, without numbers that only count changes. */
const standing = () => ({
  config: (['rules', 'presets'] as const)
    .flatMap(module => config.list(module).map(({ id, name, value }) => ({ module, id, name, value })))
    .sort((a, b) => (`${a.module}${a.id}` < `${b.module}${b.id}` ? -1 : 1)),
  jobs: schedule
    .list()
    .jobs.map(({ id, name, kind, params, enabled }) => ({ id, name, kind, params, enabled }))
    .sort((a, b) => (a.id < b.id ? -1 : 1)),
})

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('rule' as const), id: fc.constantFrom('a', 'b', 'c'), value: fc.nat(3), name: fc.nat(4) }),
  fc.record({ kind: fc.constant('preset' as const), id: fc.constantFrom('a', 'b'), value: fc.nat(3) }),
  fc.record({ kind: fc.constant('remove' as const), module: fc.constantFrom('rules', 'presets'), at: fc.nat(4) }),
  fc.record({ kind: fc.constant('rollback' as const), module: fc.constantFrom('rules', 'presets'), at: fc.nat(20) }),
  fc.record({ kind: fc.constant('job' as const), at: fc.nat(2), size: fc.integer({ min: 1, max: 4 }), enabled: fc.boolean() }),
  fc.record({ kind: fc.constant('job-removed' as const), at: fc.nat(2) }),
  fc.record({ kind: fc.constant('job-restored' as const), at: fc.nat(2) }),
  fc.record({ kind: fc.constant('revert' as const), at: fc.nat(30) }),
)
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never

/** Names of jobs as they were first saved, so that a step can name one that was removed. */
function take(step: Step, made: string[]): void {
  switch (step.kind) {
    case 'rule':
      saveRule(step.id, `${step.value}`, `rule ${step.name}`)
      return
    case 'preset': {
      const revision = config.find('presets', step.id)?.revision ?? 0
      config.save('presets', [{ id: step.id, name: step.id, revision, value: { when: ruleOf(`${step.value}`).when } }], 'ann')
      return
    }
    case 'remove': {
      const found = config.list(step.module as 'rules')[step.at]
      if (found) config.remove(step.module as 'rules', [found.id], 'ann')
      return
    }
    case 'rollback':
      config.rollback(step.module as 'rules', journal.head().seq - step.at, null, 'ann')
      return
    case 'job': {
      const job = schedule.list().jobs.find(({ id }) => id === made[step.at])
      const wanted = { ...draft(`job ${step.at}`, step.size), enabled: step.enabled }
      const saved = schedule.save({ id: job?.id ?? null, revision: job?.revision ?? 0, job: wanted }, 'ann')
      if (!job) made[step.at] = saved.id
      return
    }
    case 'job-removed':
      schedule.remove(made[step.at] ?? '', 'ann')
      return
    case 'job-restored':
      schedule.restore(made[step.at] ?? '', 'ann')
      return
    case 'revert': {
      const found = log.list({ limit: 40 }, ADMIN)[step.at]
      if (found?.canRevert) revert(found.entry, true)
    }
  }
}

test('taken back twice, any change is as if it had never been taken back, over random histories', () => {
  let [tried, conflicts] = [0, 0]
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 3, maxLength: 14, size: 'max' }), fc.nat(40), (steps, pick) => {
      close()
      rmSync(folder, { recursive: true, force: true })
      folder = mkdtempSync(join(tmpdir(), 'contango-log-'))
      open()
      const made: string[] = []
      for (const step of steps) {
        const before = standing()
        const head = journal.head()
        // A step that is refused changes nothing.
        if (codeOf(() => take(step, made)) !== 'none') {
          expect(standing()).toEqual(before)
          expect(journal.head()).toEqual(head)
        }
      }
      const able = log.list({ limit: 500 }, ADMIN).filter(({ canRevert }) => canRevert)
      const chosen = able[pick % Math.max(1, able.length)]
      if (!chosen) return
      const before = standing()
      const look = log.look(chosen.entry, ADMIN)
      const refusal = codeOf(() => revert(chosen.entry, true))
      if (refusal !== 'none') {
        expect(standing()).toEqual(before)
        expect(log.list({ limit: 500 }, ADMIN).filter(({ canRevert }) => canRevert)).toEqual(able)
        return
      }
      tried += 1
      if (look.conflict) conflicts += 1
      const once = log.look(newest().entry, ADMIN)
      expect(once.now).toBe(look.before)
      expect(newest().reverts).toBe(chosen.entry)
      expect(revert(newest().entry)).toBe(newest().entry)
      expect(standing()).toEqual(before)
    }),
    { numRuns: 150, seed: 7 },
  )
  // The property says nothing where nothing was taken back.
  expect(tried).toBeGreaterThan(100)
  expect(conflicts).toBeGreaterThan(15)
})
