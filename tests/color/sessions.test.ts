import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SessionCommandWire, SessionView } from '../../src/contract/color-sessions.ts'
import { epochMicros } from '../../src/core/kit/time.ts'
import type { Rule } from '../../src/core/rules/condition.ts'
import { manualClock } from '../../src/platform/clock.ts'
import { type DeskOptions, openDesk, type TestDesk, waiting } from './session-kit.ts'

vi.setConfig({ testTimeout: 30_000 })

const ANN = { name: 'ann' }
const BOB = { name: 'bob' }
const HELD = [waiting('one', 300, 1), waiting('two', 200, 2)]
const PAGE = { view: 'working', text: '', offset: 0, limit: 5000 } as const

let folder: string
let desk: TestDesk
const open = (options: Partial<DeskOptions> = {}) => openDesk({ folder, held: HELD, ...options })
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-sessions-'))
  desk = open()
})
afterEach(() => {
  desk.close()
  rmSync(folder, { recursive: true, force: true })
})
const reopen = (options: Partial<DeskOptions> = {}) => {
  desk.close()
  desk = open(options)
}

const begin = (...uploads: string[]) => desk.sessions.open({ name: '', uploads }, ANN)
const run = ({ id }: SessionView, command: SessionCommandWire, revision: number | null = null) =>
  desk.sessions.run({ session: id, revision, command }, ANN)
const rowsOf = async (
  { id }: SessionView,
  view: (typeof PAGE)['view'] | 'excluded' | 'deleted' | 'edited' | 'problems' = 'working',
) => (await desk.sessions.rows({ ...PAGE, session: id, view }, ANN)).rows
const failing = async (work: Promise<unknown>) =>
  work.then(
    () => ({ code: 'none', data: {} as Record<string, unknown> }),
    (fault: { code: string; data: Record<string, unknown> }) => ({ code: fault.code, data: fault.data }),
  )
const saveRule = (over: Partial<Rule> & { id: string }) => {
  const when = { kind: 'test', field: 'BIAS', operator: 'is', value: 'OFFER' } as const
  const { id, name = id, ...value } = { priority: 1, active: true, when, ...over }
  return desk.config.save('rules', [{ id, name, revision: 0, value: { ...value, cases: [] } }], 'ann')[0]!
}

describe('a session', () => {
  test('opens with uploads, and its figures are those of its rows', async () => {
    const session = await begin('one', 'two')
    expect(session).toMatchObject({
      name: 'one.csv, two.csv',
      user: 'ann',
      status: 'preview',
      revision: 1,
      undo: 'import',
      redo: null,
    })
    expect(session.statistics).toMatchObject({ total: 500, working: 500, excluded: 0, deleted: 0 })
    expect(session.imports).toEqual([
      { name: 'one.csv', uploads: ['one'], rows: 300, same: 0 },
      { name: 'two.csv', uploads: ['two'], rows: 200, same: 0 },
    ])
    const rows = await rowsOf(session)
    expect(rows.filter(row => row.parentRowId === null)).toHaveLength(session.statistics.parents)
    expect(rows.map(row => row.cells.MESSAGE_ID).every(id => typeof id === 'string' && id.length > 16)).toBe(true)
  })

  test('without uploads that wait is empty, and asking for them is refused in words', async () => {
    const session = await begin()
    expect(session).toMatchObject({ status: 'new', revision: 0, statistics: { total: 0 } })
    await run(session, { kind: 'import', uploads: null })
    const again = await failing(run(session, { kind: 'import', uploads: null }))
    expect(again).toMatchObject({ code: 'SESSION_REFUSED', data: { kind: 'nothing-waiting' } })
    expect(await failing(begin('ghost'))).toMatchObject({ code: 'BUFFER_UNKNOWN' })
    expect(desk.sessions.list(true)).toHaveLength(1)
  })

  test('is refused a command made on an older state, and the state stays', async () => {
    const session = await begin('one')
    const [row] = await rowsOf(session)
    await run(session, { kind: 'delete', rowIds: [row!.rowId] }, 1)
    expect(await failing(run(session, { kind: 'undo' }, 1))).toMatchObject({ code: 'SESSION_MOVED' })
    expect(desk.sessions.list(false)[0]).toMatchObject({ revision: 2, statistics: { deleted: 1 } })
  })

  test('does one command after another, though they come together', async () => {
    const session = await begin('one')
    const ids = (await rowsOf(session)).map(row => row.rowId)
    await Promise.all(ids.slice(0, 50).map(rowId => run(session, { kind: 'delete', rowIds: [rowId] })))
    expect(desk.sessions.list(false)[0]).toMatchObject({ revision: 51, statistics: { deleted: 50, working: 250 } })
  })

  test('shows an edited cell with what stood there, and no edit once it is typed back', async () => {
    const session = await begin('one')
    const row = (await rowsOf(session)).find(one => one.cells.BID !== null)!
    await run(session, { kind: 'edit', rowId: row.rowId, field: 'BID', text: '12.5' })
    const [edited] = await rowsOf(session, 'edited')
    expect(edited).toMatchObject({ rowId: row.rowId, cells: { BID: '12.5', PX: '12.5' } })
    expect(edited!.edited.BID).toBe(row.cells.BID)
    await run(session, { kind: 'edit', rowId: row.rowId, field: 'BID', text: row.cells.BID! })
    expect(await rowsOf(session, 'edited')).toEqual([])
  })

  test('marks cells that are odd, with limits of the sector', async () => {
    const session = await begin('one')
    const row = (await rowsOf(session)).find(one => /mezz|senior/i.test(one.cells.SECTOR ?? ''))!
    await run(session, { kind: 'edit', rowId: row.rowId, field: 'BID', text: '400' })
    await run(session, { kind: 'edit', rowId: row.rowId, field: 'CUSIP', text: '037833101' })
    const [odd] = await rowsOf(session, 'problems')
    expect(odd!.problems).toContainEqual({ row: null, column: 'PX', kind: 'price-out-of-bounds', outcome: 'mark', text: '400' })
    expect(odd!.problems).toContainEqual({ row: null, column: 'CUSIP', kind: 'bad-cusip', outcome: 'mark', text: '037833101' })
    expect(desk.sessions.list(false)[0]!.statistics).toMatchObject({ marked: 1, valid: 299 })
    // A desk with other limits marks others, also in a session that is open; its numbers follow with the next command.
    const sectors = [{ word: '', bounds: { lowest: '400', highest: '401' }, tolerancePercent: '2' }]
    desk.config.save('limits', [{ id: 'limits', name: 'Limits', revision: 0, value: { sectors } }], 'ann')
    expect(await rowsOf(session, 'problems')).toHaveLength(300)
    reopen()
    expect(await rowsOf(session, 'problems')).toHaveLength(300)
    await run(session, { kind: 'note', text: 'Other limits', rowId: null })
    expect(desk.sessions.list(false)[0]!.statistics).toMatchObject({ marked: 300, valid: 0 })
    expect((await begin('one')).statistics).toMatchObject({ valid: 0, marked: 300 })
  })

  test('takes a row by hand and says which cell is missing or cannot be', async () => {
    const session = await begin('one')
    const [{ cells } = { cells: {} }] = await rowsOf(session)
    const added = { ...cells, CUSIP: '594918104', BID: '99.5', ASK: null, BIAS: 'BID', SECTOR: 'By hand' }
    await run(session, { kind: 'add', cells: added })
    expect((await rowsOf(session)).find(row => row.cells.SECTOR === 'By hand')?.cells).toMatchObject({ PX: '99.5', RANK: '3' })
    expect(await failing(run(session, { kind: 'add', cells: added }))).toMatchObject({ data: { kind: 'same-row' } })
    expect(await failing(run(session, { kind: 'add', cells: { ...added, CONFIDENCE: 'often' } }))).toMatchObject({
      data: { kind: 'unreadable', details: { field: 'CONFIDENCE', found: 'often' } },
    })
    const bare = await failing(run(session, { kind: 'add', cells: { CUSIP: '594918104' } }))
    expect(bare.data).toMatchObject({ kind: 'cannot-convert' })
    expect(bare.data.cells).toContainEqual(expect.objectContaining({ column: 'TICKER', problem: 'missing' }))
    expect(await failing(run(session, { kind: 'add', cells: { HUE: '1' } }))).toMatchObject({ data: { kind: 'unknown-field' } })
  })
})

test('whoever watches hears of commands, of runs and of what they took', async () => {
  const session = await begin('one')
  const ending = new AbortController()
  const stream = desk.sessions.watch(ending.signal)
  const next = async () => ((await stream.next()).value as { sessions: SessionView[] }).sessions
  expect(await next()).toMatchObject([{ id: session.id, revision: 1 }])
  await run(session, { kind: 'note', text: 'seen', rowId: null })
  expect(await next()).toMatchObject([{ revision: 2, notes: [{ text: 'seen' }] }])
  const other = await desk.sessions.open({ name: '', uploads: ['one'] }, BOB)
  await desk.sessions.publish({ session: other.id, revision: 1, replaceToday: false }, BOB)
  let seen = await next()
  while (seen.length > 1) seen = await next()
  expect(seen).toMatchObject([{ id: session.id, taken: [{ upload: 'one' }] }])
  ending.abort()
  await stream.return()
})

describe('rules', () => {
  test('run whether they are active or not when somebody chose them; without a choice the active ones', async () => {
    const on = saveRule({ id: 'offers' })
    saveRule({ id: 'talk', active: false, when: { kind: 'test', field: 'BIAS', operator: 'is', value: 'BWIC TALK' } })
    const session = await begin('one')
    const offers = (await rowsOf(session)).filter(row => row.cells.BIAS === 'OFFER').length
    const done = await run(session, { kind: 'apply-rules', rules: null })
    expect(done.rows).toBe(offers)
    expect(done.session.statistics.byRule).toEqual([{ rule: 'offers', name: 'offers', rows: offers }])
    const more = await run(session, { kind: 'apply-rules', rules: ['talk'] })
    expect(more.session.statistics.byRule.map(({ rule }) => rule).sort()).toEqual(['offers', 'talk'])
    expect((await rowsOf(session, 'excluded'))[0]?.leftOut).toMatchObject({ kind: 'rule' })
    expect(await failing(run(session, { kind: 'apply-rules', rules: ['none'] }))).toMatchObject({ code: 'CONFIG_UNKNOWN' })
    // What was applied stays as it was applied, whatever becomes of the rule.
    desk.config.remove('rules', ['offers'], 'ann')
    reopen()
    expect(desk.sessions.list(false)[0]!.statistics.excluded).toBe(more.session.statistics.excluded)
    expect(await rowsOf(session, 'excluded')).toHaveLength(more.session.statistics.excluded)
    const { run: id } = await desk.sessions.publish({ session: session.id, revision: 3, replaceToday: false }, ANN)
    expect(desk.runs.find(id)?.rules[0]).toMatchObject({ id: 'offers', revision: on.revision, hits: offers, credited: offers })
  })

  test('that are none are refused, and so is a condition that cannot be used', async () => {
    const session = await begin('one')
    expect(await failing(run(session, { kind: 'apply-rules', rules: null }))).toMatchObject({ data: { kind: 'no-rules' } })
    const when = { kind: 'test', field: 'PX', operator: 'contains', value: '9' } as const
    expect(await failing(run(session, { kind: 'delete-where', when }))).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(await failing(desk.sessions.rows({ ...PAGE, session: session.id, when }, ANN))).toMatchObject({
      code: 'CONFIG_INVALID',
    })
  })

  test('a condition deletes what it meets of the working rows, and says so in the history', async () => {
    const session = await begin('one')
    const when = { kind: 'test', field: 'BIAS', operator: 'is', value: 'BID' } as const
    const bids = await desk.sessions.ids({ session: session.id, view: 'working', when, text: '' }, ANN)
    const done = await run(session, { kind: 'delete-where', when })
    expect(done.rows).toBe(bids.length)
    expect((await rowsOf(session, 'deleted')).map(row => row.rowId).sort()).toEqual([...bids].sort())
    expect(desk.sessions.history(session.id, 10)[0]).toMatchObject({ kind: 'delete-where', when, rows: bids.length, user: 'ann' })
    expect((await run(session, { kind: 'delete-where', when })).session.revision).toBe(2)
  })
})

describe('across a restart', () => {
  test('rows, notes, undo and redo are what they were', async () => {
    saveRule({ id: 'offers' })
    const session = await begin('one')
    const ids = (await rowsOf(session)).map(row => row.rowId)
    await run(session, { kind: 'edit', rowId: ids[0]!, field: 'TICKER', text: 'NEW' })
    await run(session, { kind: 'apply-rules', rules: null })
    await run(session, { kind: 'note', text: 'looked at', rowId: ids[1]! })
    await run(session, { kind: 'sort', sort: { field: 'CUSIP', order: 'falling' } })
    await run(session, { kind: 'direction', direction: 'lowest' })
    await run(session, { kind: 'undo' })
    await run(session, { kind: 'undo' })
    const before = { views: desk.sessions.list(true), rows: await rowsOf(session), out: await rowsOf(session, 'excluded') }
    expect(before.views[0]).toMatchObject({ undo: 'note', redo: 'sort' })
    reopen()
    expect(desk.sessions.list(true)).toEqual(before.views)
    expect({ views: desk.sessions.list(true), rows: await rowsOf(session), out: await rowsOf(session, 'excluded') }).toEqual(
      before,
    )
    const redone = await run(session, { kind: 'redo' })
    expect(redone.session).toMatchObject({ sort: { field: 'CUSIP', order: 'falling' }, redo: 'direction' })
    for (let undo: string | null = redone.session.undo; undo; ) undo = (await run(session, { kind: 'undo' })).session.undo
    expect(desk.sessions.list(false)[0]).toMatchObject({ status: 'new', statistics: { total: 0 }, notes: [], imports: [] })
  })

  test('long lists of rows stand in files, equal ones once, and files that nobody names go', async () => {
    const many = waiting('many', 2000, 5)
    reopen({ held: [many, { id: 'copy', rows: many.rows }] })
    const [first, second] = [await begin('many'), await begin('copy')]
    const files = () => readdirSync(join(folder, 'color', 'sessions'))
    expect(files()).toHaveLength(1)
    const ids = (await rowsOf(first)).slice(0, 1200).map(row => row.rowId)
    await run(first, { kind: 'delete', rowIds: ids })
    expect(files()).toHaveLength(2)
    const longest = Math.max(
      ...desk.journal.read({ kinds: ['color.session.command'] }).map(entry => JSON.stringify(entry.body).length),
    )
    expect(longest).toBeLessThan(2000)
    writeFileSync(join(folder, 'color', 'sessions', `${'0'.repeat(64)}.jsonl.gz`), 'left behind')
    writeFileSync(join(folder, 'color', 'sessions', '1-rows.part'), 'left behind')
    reopen({ held: [] })
    expect(files()).toHaveLength(2)
    expect(await rowsOf(first, 'deleted')).toHaveLength(1200)
    expect(await rowsOf(second)).toHaveLength(2000)
  })

  test('a damaged file is said by name, the list stays, and the session can be discarded', async () => {
    const session = await begin('one')
    const [file] = readdirSync(join(folder, 'color', 'sessions'))
    writeFileSync(join(folder, 'color', 'sessions', file!), 'rubbish')
    reopen()
    expect(desk.sessions.list(false)[0]!.statistics.total).toBe(300)
    expect(await failing(rowsOf(session))).toMatchObject({ code: 'SESSION_REFUSED', data: { kind: 'file-damaged' } })
    await desk.sessions.discard(session.id, ANN)
    expect(desk.sessions.list(false)).toEqual([])
  })

  test('text that means harm is text', async () => {
    const session = await begin('one')
    const [row] = await rowsOf(session)
    const harm = '=HYPERLINK("http://x")\u0000\u202e\ud800 \'; drop table journal; --\n{"kind":"undo"}'
    await run(session, { kind: 'edit', rowId: row!.rowId, field: 'TICKER', text: harm })
    await run(session, { kind: 'note', text: harm, rowId: row!.rowId })
    const before = (await rowsOf(session, 'edited'))[0]
    reopen()
    const [after] = await rowsOf(session, 'edited')
    expect(after).toEqual(before)
    expect(after!.cells.TICKER).toBe(harm.trim())
    expect(after!.note).toBe(harm.trim())
    const csv = await exported(session)
    expect(csv).toContain('"\'=HYPERLINK(')
  })
})

async function exported(session: SessionView): Promise<string> {
  const pieces: Buffer[] = []
  for await (const { base64 } of desk.sessions.export(session.id, 'csv', ANN)) pieces.push(Buffer.from(base64, 'base64'))
  return Buffer.concat(pieces).toString('utf8')
}

describe('publish', () => {
  const publish = (session: SessionView, revision = session.revision, actor = ANN) =>
    desk.sessions.publish({ session: session.id, revision, replaceToday: false }, actor)

  test('is all of it once: asked again the answer is the same run', async () => {
    const session = await begin('one')
    const first = await publish(session)
    expect(first.session).toMatchObject({ status: 'saved', run: first.run, undo: null })
    expect(await publish(session)).toMatchObject({ run: first.run, number: 1 })
    expect((await Promise.all([publish(session), publish(session)])).map(one => one.run)).toEqual([first.run, first.run])
    expect(desk.runs.list()).toHaveLength(1)
    expect(desk.runs.list()[0]).toMatchObject({ rows: 300, received: 300, uploads: ['one'], kind: 'manual', session: session.id })
    expect(await failing(run(session, { kind: 'undo' }))).toMatchObject({ data: { kind: 'saved' } })
    reopen()
    expect(await publish(session)).toMatchObject({ run: first.run })
    expect(await rowsOf(session)).toHaveLength(300)
  })

  test('names every cell that cannot be converted, and nothing is published', async () => {
    const broken = HELD[0]!.rows.map((row, k) => (k < 3 ? { ...row, date: '20 Nov', confidence: 55 } : row))
    reopen({ held: [{ id: 'broken', rows: broken }] })
    const session = await begin('broken')
    const refusal = await failing(publish(session))
    expect(refusal).toMatchObject({ code: 'SESSION_REFUSED', data: { kind: 'cannot-convert', details: { count: 3 } } })
    expect(refusal.data.cells).toHaveLength(6)
    expect(desk.runs.list()).toEqual([])
    expect(desk.sessions.list(false)[0]!.status).toBe('preview')
  })

  test('of rows that another session published is refused; without them it goes', async () => {
    const mine = await begin('one', 'two')
    const theirs = await desk.sessions.open({ name: 'theirs', uploads: ['one'] }, BOB)
    await publish(theirs, 1, BOB)
    expect(await failing(publish(mine))).toMatchObject({ code: 'UPLOADS_TAKEN', data: { by: 'bob' } })
    expect(desk.sessions.list(false)[0]).toMatchObject({
      status: 'preview',
      taken: [{ upload: 'one', name: 'one.csv', by: 'bob, #1' }],
    })
    const { session } = await run(mine, { kind: 'drop-uploads', uploads: ['one'] })
    expect(session).toMatchObject({ taken: [], statistics: { total: 200 }, undo: 'drop-uploads' })
    await publish(session)
    expect(desk.runs.list().map(({ uploads, rows }) => ({ uploads, rows }))).toEqual([
      { uploads: ['two'], rows: 200 },
      { uploads: ['one'], rows: 300 },
    ])
  })

  test('at the same time from two sessions publishes one', async () => {
    const [a, b] = [await begin('one'), await begin('one')]
    const done = await Promise.all([failing(publish(a)), failing(publish(b))])
    expect(done.map(({ code }) => code).sort()).toEqual(['UPLOADS_TAKEN', 'none'])
    expect(desk.runs.list()).toHaveLength(1)
  })

  test('of nothing, or of a state that moved, is refused', async () => {
    const session = await begin('one')
    expect(await failing(publish(session, 0))).toMatchObject({ code: 'SESSION_MOVED' })
    const ids = (await rowsOf(session)).map(row => row.rowId)
    const { session: emptied } = await run(session, { kind: 'delete', rowIds: ids })
    expect(await failing(publish(emptied))).toMatchObject({ data: { kind: 'nothing-to-publish' } })
  })

  test('of an upload that was removed meanwhile is refused by its name, and goes without its rows', async () => {
    const session = await begin('one', 'two')
    reopen({ held: HELD.slice(1) })
    expect(await failing(publish(session))).toMatchObject({ data: { kind: 'upload-removed', details: { names: 'one' } } })
    const { session: rest } = await run(session, { kind: 'drop-uploads', uploads: ['one'] })
    expect(await publish(rest)).toMatchObject({ number: 1 })
  })

  test('that an undone import uses up nothing of it', async () => {
    const session = await begin('one')
    await run(session, { kind: 'import', uploads: ['two'] })
    const { session: undone } = await run(session, { kind: 'undo' })
    await publish(undone)
    expect(desk.uploads.waiting().map(({ id }) => id)).toEqual(['two'])
  })
})

describe('discarded', () => {
  test('a session is out of the list, comes back as it was, and its uploads wait', async () => {
    const session = await begin('one')
    await desk.sessions.discard(session.id, ANN)
    expect(desk.sessions.list(false)).toEqual([])
    expect(desk.sessions.list(true)[0]!.status).toBe('discarded')
    expect(await failing(run(session, { kind: 'undo' }))).toMatchObject({ data: { kind: 'discarded' } })
    expect(await failing(desk.sessions.publish({ session: session.id, revision: 1, replaceToday: false }, ANN))).toMatchObject({
      data: { kind: 'discarded' },
    })
    expect(desk.uploads.waiting()).toHaveLength(2)
    reopen()
    const back = await desk.sessions.restore(session.id, ANN)
    expect(back).toMatchObject({ status: 'preview', statistics: session.statistics, undo: 'import' })
  })

  test('never by itself: after a day it is stale, and ended ones leave the list after thirty', async () => {
    const clock = manualClock(epochMicros(1_800_000_000_000_000))
    reopen({ clock })
    const [kept, gone] = [await begin('one'), await begin('two')]
    await desk.sessions.discard(gone.id, ANN)
    clock.advance(86_400 + 1)
    expect(desk.sessions.list(false)).toMatchObject([{ id: kept.id, stale: true }])
    await run(kept, { kind: 'note', text: 'still here', rowId: null })
    expect(desk.sessions.list(false)).toMatchObject([{ id: kept.id, stale: false }])
    clock.advance(31 * 86_400)
    expect(desk.sessions.list(true).map(({ id }) => id)).toEqual([kept.id])
  })
})

describe('rows of asset classes', () => {
  test('that are not a user’s own are not there for him, and keep him from publishing', async () => {
    const classed = HELD[0]!.rows.map((row, k) => ({ ...row, assetClass: k % 3 === 0 ? 'CLO' : k % 3 === 1 ? 'ABS' : null }))
    reopen({ held: [{ id: 'classed', rows: classed }] })
    const session = await begin('classed')
    const clo = { name: 'clo', assetClasses: ['clo '] }
    const seen = await desk.sessions.rows({ ...PAGE, session: session.id }, clo)
    expect(seen.total).toBe(100)
    expect(new Set(seen.rows.map(row => row.cells.ASSET_CLASS))).toEqual(new Set(['CLO']))
    expect((await desk.sessions.rows({ ...PAGE, session: session.id }, ANN)).total).toBe(300)
    const hidden = (await rowsOf(session)).find(row => row.cells.ASSET_CLASS === 'ABS')!.rowId
    const asked = { session: session.id, revision: null, command: { kind: 'delete' as const, rowIds: [hidden] } }
    expect(await failing(desk.sessions.run(asked, clo))).toMatchObject({ data: { kind: 'unknown-row' } })
    expect(await failing(desk.sessions.row(session.id, hidden, clo))).toMatchObject({ code: 'ROW_UNKNOWN' })
    expect(await failing(desk.sessions.publish({ session: session.id, revision: 1, replaceToday: false }, clo))).toMatchObject({
      data: { kind: 'not-entitled' },
    })
  })
})
