import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeptRule, RuleBook } from '../../../contract/color-rules.ts'
import { epochMicros } from '../../../core/kit/time.ts'
import type { Condition, Test } from '../../../core/rules/condition.ts'
import { type ManualClock, manualClock } from '../../../platform/clock.ts'
import { type Journal, openJournal } from '../../../platform/journal.ts'
import { type ConfigBook, openConfigBook } from '../config/config-book.ts'
import type { Cells } from '../engine/color-lookup.ts'
import { createRulesService, type RulesService } from './rules-service.ts'

const START = epochMicros(Date.UTC(2026, 10, 20, 6) * 1000)
const LOW: Test = { kind: 'test', field: 'PX', operator: 'less', value: '50' }
const MEZZ: Test = { kind: 'test', field: 'SECTOR', operator: 'contains', value: 'mezz' }

let folder: string
let clock: ManualClock
let journal: Journal
let config: ConfigBook
let rules: RulesService
const stored = new Map<string, Cells>()
const sessions = new Map<string, Cells>()

function open(): void {
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  config = openConfigBook(journal)
  rules = createRulesService({
    ...{ config, clock },
    lookup: { row: async (run, id) => stored.get(`${run}/${id}`) ?? null, values: async () => [] },
    dryRun: async () => {
      throw new Error('dry runs have a test of their own')
    },
    sessionRow: (session, id) => sessions.get(`${session}/${id}`) ?? null,
  })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-rules-'))
  clock = manualClock(START)
  open()
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const draft = (id: string, when: Condition = LOW, more: Partial<KeptRule> = {}): KeptRule => ({
  ...{ id, name: `Rule ${id}`, priority: 1, active: true, when, cases: [], revision: 0 },
  ...more,
})
const save = (...drafts: KeptRule[]) => rules.save({ rules: drafts, anyway: false }, 'ana')
const ids = (book: Pick<RuleBook, 'rules'>) => book.rules.map(({ id }) => id)
/** Everything of a state but the numbers of the entries that made it so. */
const plain = (book: Pick<RuleBook, 'rules'>) => book.rules.map(({ revision: _, ...rest }) => rest)
const codeOf = (act: () => unknown) => {
  try {
    act()
  } catch (fault) {
    return (fault as { code?: string }).code
  }
  return null
}

describe('saving rules', () => {
  test('keeps them in the order in which they are credited, also after the host was closed', () => {
    const book = save(draft('b', LOW, { priority: 2 }), draft('a', MEZZ, { priority: 2 }), draft('c', LOW, { priority: 1 }))
    expect(ids(book)).toEqual(['c', 'a', 'b'])
    journal.close()
    open()
    expect(rules.book()).toEqual(book)
  })

  test('a rule that was changed meanwhile is not overwritten, and nothing of the same save is kept', () => {
    const [first] = save(draft('a')).rules
    const [second] = rules.save({ rules: [{ ...first!, priority: 7 }], anyway: false }, 'ben').rules
    expect(codeOf(() => save(draft('new'), { ...first!, name: 'Mine' }))).toBe('CONFIG_CHANGED')
    expect(rules.book().rules).toEqual([second])
    expect(codeOf(() => save({ ...second!, id: 'gone' }))).toBe('CONFIG_UNKNOWN')
    expect(codeOf(() => save(draft('a')))).toBe('CONFIG_CHANGED')
  })

  test('names differ by more than case and space', () => {
    save(draft('a', LOW, { name: 'No  talk' }))
    expect(codeOf(() => save(draft('b', LOW, { name: 'no talk ' })))).toBe('CONFIG_NAME_TAKEN')
    expect(codeOf(() => save(draft('c', LOW, { name: 'X' }), draft('d', LOW, { name: 'x' })))).toBe('CONFIG_NAME_TAKEN')
    expect(ids(rules.book())).toEqual(['a'])
  })

  test.each([
    [{ ...LOW, field: 'PRICE' }, 'when (PRICE less 50): there is no such column'],
    [{ kind: 'all', of: [MEZZ, { kind: 'not', of: { ...LOW, value: 'low' } }] }, 'when.of[1].of (PX less low): the value cannot'],
    [{ ...LOW, operator: 'between', value: '9', value2: '1' }, 'when (PX between 9 1): the lower end is above'],
    [{ ...MEZZ, value: '  ' }, 'when (SECTOR contains   ): a value is missing'],
    [{ ...MEZZ, operator: 'less' }, 'the operator does not fit'],
    [{ kind: 'any', of: [{ kind: 'all', of: [] }] }, 'when: it has no test'],
  ] as const)('what cannot be used is refused with its place: %j', (when, said) => {
    expect(() => save(draft('a', when as Condition))).toThrow(said)
    expect(() => save(draft('a', when as Condition))).toThrow('Rule a')
    expect(() => rules.savePreset({ id: 'p', name: 'P', when: when as Condition, revision: 0 }, 'ana')).toThrow(said)
    expect(journal.read({})).toEqual([])
  })

  test('groups deeper than a file may have are refused', () => {
    let when: Condition = LOW
    for (let depth = 0; depth < 65; depth++) when = { kind: 'not', of: when }
    expect(codeOf(() => save(draft('a', when)))).toBe('CONFIG_INVALID')
    expect(codeOf(() => save(draft('a'), draft('a')))).toBe('CONFIG_INVALID')
  })

  test('a rule that fails a case is kept only on demand, and what is computed of a case is computed anew', () => {
    const cells = { PX: '49.99', COV_PRICE: '100', SECTOR: 'CLO', PERCENT_DIFF: '0.01' }
    const far: Test = { kind: 'test', field: 'percent_diff', operator: 'greater', value: '50' }
    const cases = [
      { id: '1', name: 'cheap', cells, excluded: true },
      { id: '2', name: 'dear', cells: { ...cells, PX: '50' }, excluded: true },
    ]
    expect(() => save(draft('ok', LOW), draft('a', LOW, { cases }))).toThrow('Rule a does not do with dear')
    expect(rules.book().rules).toEqual([])
    expect(codeOf(() => save(draft('a', far, { cases: cases.slice(0, 1) })))).toBeNull()
    const book = rules.save({ rules: [draft('b', LOW, { cases })], anyway: true }, 'ana')
    expect(book.rules.find(({ id }) => id === 'b')?.cases).toEqual(cases)
  })
})

describe('versions', () => {
  test('say who changed what, with the rule before and after, newest first', () => {
    save(draft('a'))
    const [a] = rules.book().rules
    save({ ...a!, active: false })
    rules.remove(['a'], 'ben')
    const versions = rules.history({ limit: 10 })
    expect(versions.map(({ action, user }) => `${action} ${user}`)).toEqual(['removed ben', 'changed ana', 'created ana'])
    const [removed, changed, created] = versions
    expect([removed!.after, changed!.after?.active, created!.before]).toEqual([null, false, null])
    expect(removed!.before).toEqual(changed!.after)
    expect(changed!.before).toEqual(created!.after)
    expect(created!.after).toEqual(a)
    expect(rules.history({ before: changed!.version, limit: 10 })).toEqual([created])
    expect(rules.history({ rule: 'other', limit: 10 })).toEqual([])
  })

  test('any state that ever was comes back, of any depth, and as a new change', () => {
    const states = new Map<number, ReturnType<typeof plain>>()
    const keep = (book: RuleBook) => void states.set(book.version, plain(book))
    keep(rules.book())
    // Twelve changes of three rules, some made, some switched, some removed and made again.
    for (let step = 0; step < 12; step++) {
      const id = 'abc'[step % 3]!
      const now = rules.book().rules.find(rule => rule.id === id)
      if (now && step % 5 === 0) keep(rules.remove([id], 'ana'))
      else keep(save({ ...draft(id, step % 2 ? LOW : MEZZ, { priority: step + 1 }), revision: now?.revision ?? 0 }))
    }
    expect(states.size).toBe(13)
    for (const [version, state] of [...states].reverse()) {
      expect(plain({ rules: rules.at(version) })).toEqual(state)
      expect(plain(rules.rollback(version, null, 'ben'))).toEqual(state)
    }
    // Back to nothing, and from there to what was last before.
    expect(rules.book().rules).toEqual([])
    const last = [...states].at(-1)!
    expect(plain(rules.rollback(last[0], null, 'ben'))).toEqual(last[1])
    journal.close()
    open()
    expect(plain(rules.book())).toEqual(last[1])
  })

  test('one rule alone goes back', () => {
    const { version } = save(draft('a'), draft('b'))
    const [a, b] = rules.book().rules
    save({ ...a!, priority: 5 }, { ...b!, priority: 6 })
    const book = rules.rollback(version, 'a', 'ben')
    expect(book.rules.map(({ id, priority }) => [id, priority])).toEqual([
      ['a', 1],
      ['b', 6],
    ])
    expect(codeOf(() => rules.rollback(version, 'never', 'ben'))).toBe('CONFIG_UNKNOWN')
  })

  test('to a state whose name another rule has now is refused whole', () => {
    const { version } = save(draft('a', LOW, { name: 'One' }), draft('b', LOW, { name: 'Two' }))
    const [a, b] = rules.book().rules
    save({ ...a!, name: 'Three' })
    save({ ...b!, name: 'One' })
    expect(codeOf(() => rules.rollback(version, 'a', 'ben'))).toBe('CONFIG_NAME_TAKEN')
    // All together they fit: the other one gives its name back.
    expect(rules.rollback(version, null, 'ben').rules.map(({ name }) => name)).toEqual(['One', 'Two'])
  })

  test('a change taken back and that taken back is the change', () => {
    save(draft('a'))
    const changed = save({ ...rules.book().rules[0]!, priority: 9, name: 'Other' })
    const once = config.revert(changed.version, false, 'ben')
    expect(rules.book().rules[0]).toMatchObject({ priority: 1, name: 'Rule a' })
    config.revert(once.entry, false, 'ben')
    expect(plain(rules.book())).toEqual(plain(changed))
    expect(rules.history({ limit: 2 }).map(({ action }) => action)).toEqual(['reverted', 'reverted'])
  })
})

test('presets are kept beside rules, with a revision of their own', () => {
  const book = rules.savePreset({ id: 'p', name: 'Cheap', when: LOW, revision: 0 }, 'ana')
  expect(book.presets).toMatchObject([{ id: 'p', name: 'Cheap', when: LOW }])
  expect(codeOf(() => rules.savePreset({ ...book.presets[0]!, revision: 0 }, 'ben'))).toBe('CONFIG_CHANGED')
  expect(rules.removePreset('p', 'ben').presets).toEqual([])
  expect(codeOf(() => rules.removePreset('p', 'ben'))).toBe('CONFIG_UNKNOWN')
})

test('who watches is told of every change, of many at once a single time', async () => {
  const control = new AbortController()
  const stream = rules.watch(control.signal)
  expect((await stream.next()).value).toMatchObject({ rules: [], version: 0 })
  save(draft('a'))
  save(draft('b'))
  config.save('ranks', [{ id: 'ranks', name: 'Ranks', revision: 0, value: { ranks: { BID: 1 }, sameAs: {} } }], 'ana')
  const told = (await stream.next()).value as RuleBook
  expect(ids(told)).toEqual(['a', 'b'])
  control.abort()
  expect((await stream.next()).done).toBe(true)
})

describe('why', () => {
  const cells: Cells = { SECTOR: 'CLO mezz', PX: '40', COV_PRICE: null, BIAS: 'BID' }

  test('says of every rule, on or off, each test with the value that it saw', async () => {
    save(
      draft('off', MEZZ, { active: false, priority: 1 }),
      draft('on', { kind: 'not', of: { kind: 'not', of: LOW } }, { priority: 2 }),
    )
    const why = await rules.why({ cells })
    expect(why.excludedBy).toBe('on')
    expect(why.rules.map(({ rule, active, met }) => [rule, active, met])).toEqual([
      ['off', false, true],
      ['on', true, true],
    ])
    expect(why.rules[1]!.trace).toMatchObject({ kind: 'not', met: true, of: [{ met: false, of: [{ met: true, actual: '40' }] }] })
    expect(why.cells).toMatchObject({ SECTOR: 'CLO mezz', PX: '40', COV_PRICE: null, TICKER: null })
  })

  test('finds rows of runs and of sessions, and asks rules that are not saved', async () => {
    stored.set('run-1/row-1', cells)
    sessions.set('s/row-2', { ...cells, PX: '99' })
    const unsaved = [draft('x')]
    expect((await rules.why({ run: 'run-1', rowId: 'row-1' }, unsaved)).excludedBy).toBe('x')
    expect((await rules.why({ session: 's', rowId: 'row-2' }, unsaved)).excludedBy).toBeNull()
    // Rows of other asset classes are as if they were not there.
    stored.set('run-1/row-3', { ...cells, ASSET_CLASS: 'CLO' })
    expect((await rules.why({ run: 'run-1', rowId: 'row-3' }, unsaved, one => one === 'CLO')).excludedBy).toBe('x')
    const other = rules.why({ run: 'run-1', rowId: 'row-3' }, unsaved, one => one === 'ABS')
    await expect(other).rejects.toMatchObject({ code: 'ROW_UNKNOWN' })
    await expect(rules.why({ run: 'run-1', rowId: 'row-2' })).rejects.toMatchObject({ code: 'ROW_UNKNOWN' })
    await expect(rules.why({ cells }, [draft('x', { ...LOW, value: '' })])).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
