import { describe, expect, test } from 'vitest'
import type { Rule } from '../rules/condition.ts'
import { USUAL_RANKS } from './bias-rank.ts'
import type { ColorRow } from './color-row.ts'
import { textSource } from './color-source.ts'
import type { ProcessedColor } from './process.ts'
import { readColors } from './read-colors.ts'
import { type ColorSession, foldCommands, runCommand } from './session.ts'
import type { SessionCommand, SessionEvent } from './session-command.ts'
import { leftOutColors, sessionStatistics, shownColors } from './session-view.ts'
import { writeColors } from './write-colors.ts'

const SETUP = { ranks: USUAL_RANKS, direction: 'highest' } as const
const APPLE = '037833100'
const MICROSOFT = '594918104'

const usual: ColorRow = {
  ...{ rowId: 'x', messageId: '90071992547409931', ticker: 'ACME 2020-1 A', sector: 'CLO 2.0', cusip: APPLE },
  ...{ date: '2026-11-20', priceLevel: null, bid: null, ask: null, px: null, source: 'DEALER A', bias: 'BID', rank: 3 },
  ...{ covPrice: null, confidence: 5, date1: '2026-11-20', received: 0, securityName: null, bwicCover: null, assetClass: null },
}
const row = (rowId: string, over: Partial<ColorRow> = {}): ColorRow => ({ ...usual, rowId, ...over })
const bid = (rowId: string, price: string, over: Partial<ColorRow> = {}) => row(rowId, { bid: price, px: price, ...over })

const importOf = (rows: readonly ColorRow[], upload: string | null = null): SessionCommand => {
  const received = rows.map((one, k) => ({ ...one, received: k }))
  return { kind: 'import', parts: [{ name: 'colors.xlsx', upload, rows: received }] }
}
const edit = (rowId: string, field: string, text: string): SessionCommand => ({ kind: 'edit', rowId, field, text })
const above = (id: string, priority: number, price: string): Rule => ({
  ...{ id, name: id, priority, active: false },
  when: { kind: 'test', field: 'PX', operator: 'greater', value: price },
})

const START = importOf([bid('a', '98'), bid('b', '99'), bid('c', '97'), bid('d', '101', { cusip: MICROSOFT })])

function sessionOf(...commands: readonly SessionCommand[]): ColorSession {
  return foldCommands(SETUP, commands)
}
function refusal(session: ColorSession, command: SessionCommand) {
  const answer = runCommand(session, command)
  return answer.ok ? null : answer.error
}
function eventsOf(session: ColorSession, command: SessionCommand): readonly SessionEvent[] {
  const answer = runCommand(session, command)
  if (!answer.ok) throw new RangeError(answer.error.kind)
  return answer.value.events
}
const ids = (session: ColorSession) => shownColors(session).map(placed => placed.row.rowId)
const rowOf = (session: ColorSession, rowId: string) => session.rows.get(rowId)?.row

describe('a cell', () => {
  test('of a bid or an ask gives the ranking price anew, and without either there is none', () => {
    const session = sessionOf(START, edit('a', 'ASK', '99.5'), edit('a', 'BID', ''))
    expect(rowOf(session, 'a')).toMatchObject({ bid: null, ask: '99.5', px: '99.5' })
    expect(rowOf(sessionOf(START, edit('a', 'bid', ' ')), 'a')).toMatchObject({ bid: null, px: null })
    expect(refusal(session, edit('a', 'PX', '1'))).toEqual({ kind: 'not-editable', field: 'PX' })
    expect(refusal(session, edit('a', 'PRICE_DIFF', '1'))).toEqual({ kind: 'not-editable', field: 'PRICE_DIFF' })
  })

  test('of the quote type gives the rank, and an emptied one follows from the prices', () => {
    expect(rowOf(sessionOf(START, edit('a', 'BIAS', 'bwic cover')), 'a')).toMatchObject({ bias: 'BWIC COVER', rank: 2 })
    expect(rowOf(sessionOf(START, edit('a', 'BIAS', 'whisper')), 'a')).toMatchObject({ bias: 'WHISPER', rank: 99 })
    expect(rowOf(sessionOf(START, edit('a', 'BIAS', '')), 'a')).toMatchObject({ bias: 'BID', rank: 3 })
  })

  test.each([
    ['BID', '1,000.5', 'unreadable'],
    ['BID', '1e2', 'unreadable'],
    ['DATE', '2026-02-30', 'unreadable'],
    ['DATE', '', 'missing'],
    ['MESSAGE_ID', '9.007e15', 'unreadable'],
    ['CONFIDENCE', '11', 'out-of-range'],
    ['RANK', '0', 'out-of-range'],
    ['TICKER', ' ', 'missing'],
  ] as const)('%s refuses %j: %s', (field, found, kind) => {
    expect(refusal(sessionOf(START), edit('a', field, found))).toEqual({ kind, field, found })
  })

  test('of the CUSIP moves the row to its other group, and a wrong check digit is marked and kept', () => {
    const moved = sessionOf(START, edit('b', 'CUSIP', ` ${MICROSOFT.toLowerCase()}`))
    expect(moved.groups.get(APPLE)?.map(placed => placed.row.rowId)).toEqual(['a', 'c'])
    expect(moved.groups.get(MICROSOFT)?.map(placed => placed.row.rowId)).toEqual(['d', 'b'])
    const wrong = sessionOf(START, edit('b', 'CUSIP', '037833101'))
    expect(sessionStatistics(wrong)).toMatchObject({ total: 4, valid: 3, marked: 1, errors: 0, uniqueCusips: 3 })
  })

  test('typed as it stands is no news: the way forward stays open', () => {
    const undone = sessionOf(START, edit('a', 'BID', '90'), { kind: 'undo' })
    expect(eventsOf(undone, edit('a', 'BID', '98'))).toEqual([])
    expect(
      rowOf(sessionOf(START, edit('a', 'BID', '90'), { kind: 'undo' }, edit('a', 'BID', '98'), { kind: 'redo' }), 'a')?.px,
    ).toBe('90')
  })

  test('of an unknown row or column is refused', () => {
    expect(refusal(sessionOf(START), edit('z', 'BID', '1'))).toEqual({ kind: 'unknown-row', rowId: 'z' })
    expect(refusal(sessionOf(START), edit('a', 'COLOR', '1'))).toEqual({ kind: 'unknown-field', field: 'COLOR' })
  })
})

describe('name, cover and asset class', () => {
  const ADDED = { securityName: 'Acme 2020-1 A', bwicCover: '97.5 area', assetClass: 'CLO' }
  const NAMED = importOf([bid('a', '98', ADDED), bid('b', '97')])

  test('stay with their row through import, edit and publish, and stand in its output', () => {
    const session = sessionOf(
      ...[NAMED, edit('a', 'BID', '98.5'), edit('a', 'ASSET_CLASS', ' ABS '), edit('a', 'BWIC_COVER', '')],
      ...[edit('b', 'SECURITY_NAME', 'Acme, senior'), { kind: 'publish', runId: 'run-1' } as const],
    )
    expect(session.settings.status).toBe('saved')
    expect(rowOf(session, 'a')).toMatchObject({ px: '98.5', ...ADDED, bwicCover: null, assetClass: 'ABS' })
    const placed = shownColors(session).map((one): ProcessedColor => {
      return { ...one, color: { row: one.row, fileRow: 0 }, parentMessageId: one.parentRowId && usual.messageId }
    })
    const bytes = new TextEncoder().encode(
      [...writeColors(placed, { runId: 'run-1', processedAt: '', processingType: 'MANUAL' })].join(''),
    )
    const read = readColors(textSource({ bytes, decode: part => new TextDecoder().decode(part) }))
    expect(read.kind === 'read' && read.colors.map(({ row: out }) => [out.securityName, out.bwicCover, out.assetClass])).toEqual([
      ['Acme 2020-1 A', null, 'ABS'],
      ['Acme, senior', null, null],
    ])
  })

  test('come back with undo, are seen by rules, and are asked of nobody', () => {
    const emptied = sessionOf(NAMED, edit('a', 'SECURITY_NAME', ' '))
    expect(rowOf(emptied, 'a')?.securityName).toBeNull()
    expect(sessionStatistics(emptied)).toMatchObject({ valid: 2, errors: 0 })
    expect(eventsOf(emptied, edit('a', 'SECURITY_NAME', ''))).toEqual([])
    expect(rowOf(sessionOf(NAMED, edit('a', 'SECURITY_NAME', ''), { kind: 'undo' }), 'a')).toMatchObject(ADDED)
    const when = { kind: 'test', field: 'ASSET_CLASS', operator: 'is', value: 'clo' } as const
    const ruled = sessionOf(NAMED, { kind: 'apply-rules', rules: [{ ...above('class', 1, '0'), when }] })
    expect(leftOutColors(ruled).map(one => one.row.rowId)).toEqual(['a'])
  })
})

describe('rows', () => {
  test('deleted with their parent promote the next child, and only their group is made anew', () => {
    const events = eventsOf(sessionOf(START), { kind: 'delete', rowIds: ['b'] })
    expect(events.at(-1)).toEqual({ kind: 'regrouped', cusips: [APPLE] })
    const session = sessionOf(START, { kind: 'delete', rowIds: ['b'] })
    expect(session.groups.get(APPLE)).toMatchObject([
      { row: { rowId: 'a' }, parentRowId: null, childrenCount: 1 },
      { row: { rowId: 'c' }, parentRowId: 'a' },
    ])
    expect(sessionStatistics(session)).toMatchObject({ total: 4, working: 3, deleted: 1, parents: 2, children: 1 })
  })

  test('that come again are one, whatever their id and the writing of their price, also where they were deleted', () => {
    const again = importOf([bid('q', '98.00'), bid('a', '96'), bid('r', '97')], 'upload-2')
    const session = sessionOf(START, { kind: 'delete', rowIds: ['c'] }, again)
    expect([...session.rows.keys()]).toEqual(['a', 'b', 'c', 'd', 'a~2'])
    expect(rowOf(session, 'a~2')).toMatchObject({ px: '96', rowId: 'a~2', received: 4 })
    expect(ids(session)).toEqual(['b', 'a', 'a~2', 'd'])
    expect(session.settings.imports[1]).toEqual({ name: 'colors.xlsx', uploads: ['upload-2'], rows: 3, same: 2 })
    expect(eventsOf(sessionOf(START), again)).toContainEqual({ kind: 'same-row', rowId: 'q', as: 'a' })
  })

  test('that were edited are still known when they come again', () => {
    const session = sessionOf(START, edit('a', 'BID', '50'), START)
    expect(session.rows.size).toBe(4)
    expect(rowOf(session, 'a')?.px).toBe('50')
  })

  test('message ids that are equal as doubles are two rows', () => {
    const twins = ['90071992547409931', '90071992547409932'].map((messageId, k) => bid(`t${k}`, '98', { messageId }))
    expect(Number(twins[0]!.messageId)).toBe(Number(twins[1]!.messageId))
    expect(sessionOf(importOf(twins)).rows.size).toBe(2)
  })

  test('are added by hand where they can be converted and are not there yet', () => {
    expect(ids(sessionOf(START, { kind: 'add', row: bid('n', '100') }))).toEqual(['n', 'b', 'a', 'c', 'd'])
    expect(refusal(sessionOf(START), { kind: 'add', row: bid('n', '98') })).toEqual({ kind: 'same-row', rowId: 'a' })
    expect(refusal(sessionOf(START), { kind: 'add', row: bid('n', 'abc', { source: '' }) })).toMatchObject({
      kind: 'cannot-convert',
      rows: [{ rowId: 'n', problems: [{ field: 'BID' }, { field: 'PX' }, { field: 'SOURCE', kind: 'missing' }] }],
    })
  })
})

describe('rules', () => {
  test('that somebody chose run though inactive; their rows are kept with the rule that is credited, and come back', () => {
    const rules = [above('broad', 2, '90'), above('narrow', 1, '98.5')]
    const session = sessionOf(START, { kind: 'apply-rules', rules })
    expect(leftOutColors(session).map(({ row: out, why }) => [out.rowId, why])).toEqual([
      ['a', { kind: 'rule', ruleId: 'broad' }],
      ['b', { kind: 'rule', ruleId: 'narrow' }],
      ['c', { kind: 'rule', ruleId: 'broad' }],
      ['d', { kind: 'rule', ruleId: 'narrow' }],
    ])
    expect(session.groups.size).toBe(0)
    expect(sessionStatistics(session).byRule).toEqual(
      new Map([
        ['broad', 2],
        ['narrow', 2],
      ]),
    )
    expect(ids(sessionOf(START, { kind: 'apply-rules', rules }, { kind: 'bring-back', rowIds: ['c', 'b'] }))).toEqual(['b', 'c'])
    expect(session.settings.rulesApplied).toEqual(['broad', 'narrow'])
  })

  test('that cannot be used are refused by name before any row is seen', () => {
    const rule: Rule = { ...above('odd', 1, '90'), when: { kind: 'test', field: 'PRICE', operator: 'less', value: '1' } }
    const refused = { kind: 'rule-unusable', ruleId: 'odd', field: 'PRICE', problem: 'unknown-field' }
    expect(refusal(sessionOf(START), { kind: 'apply-rules', rules: [rule] })).toEqual(refused)
  })

  test('see what is computed, such as the significance of a difference', () => {
    const when = { kind: 'test', field: 'DIFF_STATUS', operator: 'starts-with', value: 'significant' } as const
    const rules = [{ ...above('far', 1, '0'), when }]
    expect(
      leftOutColors(sessionOf(START, edit('a', 'COV_PRICE', '90'), { kind: 'apply-rules', rules })).map(one => one.row.rowId),
    ).toEqual(['a'])
  })
})

describe('an upload taken out again', () => {
  const FIRST = importOf([bid('a', '98'), bid('b', '99')], 'one')
  const SECOND = importOf([bid('a', '98'), bid('c', '97')], 'two')
  const drop = (...uploads: string[]): SessionCommand => ({ kind: 'drop-uploads', uploads })

  test('takes its rows with it, but for those that another one brought too', () => {
    const session = sessionOf(FIRST, SECOND, drop('one'))
    expect(ids(session)).toEqual(['a', 'c'])
    expect(session.settings.imports.map(({ uploads }) => uploads)).toEqual([['two']])
    expect(ids(sessionOf(FIRST, SECOND, drop('one', 'two')))).toEqual([])
    expect(ids(sessionOf(FIRST, SECOND, drop('one'), { kind: 'undo' }))).toEqual(['b', 'a', 'c'])
  })

  test('leaves rows by hand, keeps edits of rows that stay, and one that is not here is refused', () => {
    const hand: SessionCommand = { kind: 'add', row: bid('h', '96') }
    const session = sessionOf(FIRST, SECOND, hand, edit('a', 'BID', '90'), drop('one'))
    expect(ids(session).toSorted()).toEqual(['a', 'c', 'h'])
    expect(rowOf(session, 'a')).toMatchObject({ bid: '90' })
    expect(refusal(session, drop('one'))).toEqual({ kind: 'unknown-upload', upload: 'one' })
  })
})

describe('the view', () => {
  test('sorts groups by their parent and leaves children under it; missing values come last either way', () => {
    const more = importOf([row('e', { cusip: '38259P508' })])
    const by = (order: 'rising' | 'falling') => sessionOf(START, more, { kind: 'sort', sort: { field: 'px', order } })
    expect(ids(by('falling'))).toEqual(['d', 'b', 'a', 'c', 'e'])
    expect(ids(by('rising'))).toEqual(['b', 'a', 'c', 'd', 'e'])
    expect(refusal(sessionOf(START), { kind: 'sort', sort: { field: 'PRICE', order: 'rising' } })?.kind).toBe('unknown-field')
  })

  test('follows the direction of prices', () => {
    expect(ids(sessionOf(START, { kind: 'direction', direction: 'lowest' }))).toEqual(['c', 'a', 'b', 'd'])
  })
})

describe('a session', () => {
  test('goes from new to preview to saved, and there it ends', () => {
    expect(sessionOf().settings.status).toBe('new')
    expect(sessionOf(importOf([])).settings.status).toBe('new')
    expect(sessionOf(START).settings.status).toBe('preview')
    expect(sessionOf(START, { kind: 'undo' }).settings.status).toBe('new')
    const saved = sessionOf(START, { kind: 'publish', runId: 'run-1' })
    expect(saved.settings).toMatchObject({ status: 'saved', runId: 'run-1' })
    for (const command of [{ kind: 'undo' }, START, { kind: 'publish', runId: 'run-2' }] as const)
      expect(refusal(saved, command)).toEqual({ kind: 'saved' })
  })

  test('publishes all or nothing: one row that cannot be converted stops it and is named', () => {
    const broken = sessionOf(START, importOf([bid('bad', 'ninety', { date: '20 Nov' }), bid('good', '95')]))
    expect(sessionStatistics(broken)).toMatchObject({ working: 6, errors: 1 })
    expect(refusal(broken, { kind: 'publish', runId: 'run-1' })).toMatchObject({
      kind: 'cannot-convert',
      rows: [
        { rowId: 'bad', problems: [{ field: 'DATE', found: '20 Nov' }, { field: 'BID' }, { field: 'PX', found: 'ninety' }] },
      ],
    })
    const mended = runCommand(broken, { kind: 'delete', rowIds: ['bad'] })
    expect(mended.ok && refusal(mended.value.session, { kind: 'publish', runId: 'run-1' })).toBeNull()
    expect(refusal(sessionOf(), { kind: 'publish', runId: 'run-1' })).toEqual({ kind: 'nothing-to-publish' })
  })

  test('keeps notes', () => {
    expect(sessionOf(START, { kind: 'note', text: ' thin market ', rowId: 'a' }).settings.notes).toEqual([
      { text: 'thin market', rowId: 'a' },
    ])
    expect(refusal(sessionOf(START), { kind: 'note', text: '  ', rowId: null })?.kind).toBe('empty-note')
  })

  test('goes back over thousands of commands and forward again', () => {
    let session = sessionOf(START)
    const run = (command: SessionCommand) => {
      const answer = runCommand(session, command)
      if (answer.ok) session = answer.value.session
      return answer.ok
    }
    for (let cents = 1; cents <= 5_000; cents++) run(edit('a', 'BID', `${cents}`))
    for (let back = 0; back < 5_000; back++) run({ kind: 'undo' })
    expect(rowOf(session, 'a')?.px).toBe('98')
    for (let forward = 0; forward < 5_000; forward++) run({ kind: 'redo' })
    expect(run({ kind: 'redo' })).toBe(false)
    expect(rowOf(session, 'a')?.px).toBe('5000')
  })

  test('loses redo with a new command, and a journal with a refused command is none', () => {
    const session = sessionOf(START, edit('a', 'BID', '90'), { kind: 'undo' }, edit('b', 'BID', '91'))
    expect(refusal(session, { kind: 'redo' })).toEqual({ kind: 'nothing-to-redo' })
    expect(() => sessionOf({ kind: 'undo' })).toThrow('command 0 (undo) is refused: nothing-to-undo')
  })
})
