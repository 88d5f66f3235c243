import { describe, expect, test } from 'vitest'
import type { KeptRule, RuleBook } from '../../../contract/color-rules.ts'
import type { Condition } from '../../../core/rules/condition.ts'
import {
  draftOf,
  entityOf,
  isConflict,
  isDirty,
  isSameContent,
  movedPriorities,
  newDraft,
  ruleOf,
  rulesWith,
  stateOf,
  withState,
} from './draft.ts'
import { rulesOfFile } from './rule-files.tsx'
import { diffOf, wordsOf } from './word-diff.ts'

const dear: Condition = { kind: 'test', field: 'PX', operator: 'greater', value: '105' }
const kept = (id: string, priority: number, rest: Partial<KeptRule> = {}): KeptRule => ({
  ...{ id, name: id, priority, active: true, when: dear, cases: [], revision: 3 },
  ...rest,
})
const book = (...rules: KeptRule[]): RuleBook => ({
  rules,
  presets: [{ id: 'p', name: 'Mezz', when: dear, revision: 1 }],
  version: 9,
})

describe('drafts of rules', () => {
  test('a draft that says what is kept changes nothing, in whichever shape it was read', () => {
    const draft = draftOf(entityOf(book(kept('a', 1)), 'a')!)
    expect(isDirty(draft)).toBe(false)
    expect(isDirty(withState(draft, stateOf(draft)))).toBe(false)
    expect(isDirty(withState(draft, { ...stateOf(draft), name: 'b' }))).toBe(true)
  })
  test('what the host gives back is the same in any order of its parts', () => {
    const draft = draftOf(
      entityOf(book(kept('a', 1, { cases: [{ id: '1', name: 'c', cells: { PX: '1', BID: null }, excluded: true }] })), 'a')!,
    )
    const other = kept('a', 1, {
      when: { value: '105', operator: 'greater', field: 'PX', kind: 'test' },
      cases: [{ excluded: true, cells: { BID: null, PX: '1' }, name: 'c', id: '1' }],
    })
    expect(isSameContent(draft, other)).toBe(true)
    expect(isSameContent(draft, { ...other, when: { ...dear, value: '106' } as Condition })).toBe(false)
  })
  test('a move or a switch by another person is no conflict, another condition is', () => {
    const draft = { ...draftOf(entityOf(book(kept('a', 1)), 'a')!), name: 'mine' }
    const now = (rule: KeptRule) => entityOf(book(rule), 'a')
    expect(isConflict(draft, now(kept('a', 5, { active: false, revision: 4 })))).toBe(false)
    expect(isConflict(draft, now(kept('a', 1, { name: 'theirs', revision: 4 })))).toBe(true)
    expect(isConflict(draft, null)).toBe(false)
  })
  test('a new rule comes last and is on; a kept one keeps its place and revision', () => {
    const rules = book(kept('a', 4, { active: false }))
    expect(ruleOf(newDraft('rule', 'n', ' New '), rules)).toMatchObject({ name: 'New', priority: 5, active: true, revision: 0 })
    expect(ruleOf(draftOf(entityOf(rules, 'a')!), rules)).toMatchObject({ priority: 4, active: false, revision: 3 })
    const drafts = [newDraft('rule', 'n', 'N'), newDraft('rule', 'm', 'M'), newDraft('preset', 'q', 'Q')]
    expect(rulesWith(rules, drafts).map(({ id, priority }) => [id, priority])).toEqual([
      ['a', 4],
      ['n', 5],
      ['m', 6],
    ])
  })
  test('presets are edited in the same way', () => {
    expect(entityOf(book(), 'p')).toMatchObject({ of: 'preset', name: 'Mezz', cases: [] })
    expect(entityOf(book(), 'gone')).toBeNull()
  })
})

describe('rules of a file', () => {
  test('one of the same name is changed and keeps its cases; a taken id is replaced', () => {
    const cases = [{ id: '1', name: 'c', cells: { PX: '1' }, excluded: true }]
    const read = (id: string, name: string) => ({ id, name, priority: 0.4, active: true, when: dear })
    const file = { rules: [read('x', ' A '), read('b', 'Other'), read('y', 'Third')], problems: [] }
    const rules = rulesOfFile(file, book(kept('a', 7, { cases }), kept('b', 8)), () => 'fresh')
    expect(rules.map(({ id, priority, revision, cases: own }) => [id, priority, revision, own.length])).toEqual([
      ['a', 1, 3, 1],
      ['fresh', 1, 0, 0],
      ['y', 1, 0, 0],
    ])
  })
})

describe('the order of rules', () => {
  const rules = [kept('a', 10), kept('b', 20), kept('c', 40)]
  test('neighbours change their priorities and gaps stay', () => {
    expect(movedPriorities(rules, 'b', -1)).toEqual([
      { id: 'b', priority: 10 },
      { id: 'a', priority: 20 },
    ])
    expect(movedPriorities(rules, 'c', 1)).toEqual([])
  })
  test('equal priorities are counted anew', () => {
    const same = [kept('a', 1), kept('b', 1), kept('c', 1)]
    expect(movedPriorities(same, 'a', 1)).toEqual([
      { id: 'a', priority: 2 },
      { id: 'c', priority: 3 },
    ])
  })
})

describe('what changed, in words', () => {
  const said = (a: string, b: string) =>
    diffOf(wordsOf(a), wordsOf(b)).map(({ kind, parts }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${parts.join(' ')}`)
  test('a changed value is one word out and one in', () => {
    expect(said('SECTOR contains mezz and PX is above 100', 'SECTOR contains mezz and PX is above 105')).toEqual([
      ' SECTOR contains mezz and PX is above',
      '-100',
      '+105',
    ])
  })
  test('brackets are words', () => {
    expect(said('a and b', '(a or c) and b')).toEqual(['+(', ' a', '+or c )', ' and b'])
  })
  test('equal and empty sentences', () => {
    expect(said('a b', 'a b')).toEqual([' a b'])
    expect(said('', 'a')).toEqual(['+a'])
    expect(said('', '')).toEqual([])
  })
  test('long sentences without anything in common are shown as replaced', () => {
    const many = (word: string) => Array.from({ length: 3000 }, (_, k) => `${word}${k}`)
    expect(diffOf(many('a'), many('b')).map(({ kind }) => kind)).toEqual(['removed', 'added'])
  })
})
