import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SessionView } from '../../src/contract/color-sessions.ts'
import { type CommandHost, type CommandQueue, createCommandQueue } from '../../src/renderer/color/session/command-queue.ts'
import { openRowBook, type RowSource, type SessionViewName } from '../../src/renderer/color/session/row-book.ts'
import { openDesk, type TestDesk, waiting } from './session-kit.ts'

// What the page does with a session, over the host's own service and journal: only the line between both is missing.

const ANA = { name: 'ana', assetClasses: null }
const BEN = { name: 'ben', assetClasses: null }

let folder: string
let desk: TestDesk
let session: SessionView

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contango-session-page-'))
  desk = openDesk({ folder, held: [waiting('u1', 1200)] })
  session = await desk.sessions.open({ name: 'morning', uploads: null }, ANA)
})
afterEach(() => {
  desk.close()
  rmSync(folder, { recursive: true, force: true })
})

const rowsOf = (view: SessionViewName, limit = 5000) =>
  desk.sessions.rows({ session: session.id, view, text: '', offset: 0, limit }, ANA)

function hostFor(actor: typeof ANA): CommandHost {
  return {
    run: (revision, command) => desk.sessions.run({ session: session.id, revision, command }, actor),
    read: async () => desk.sessions.list(true).find(({ id }) => id === session.id)!,
    cell: async (rowId, field) => (await rowsOf('working')).rows.find(row => row.rowId === rowId)?.cells[field],
  }
}

async function settled(queue: CommandQueue): Promise<void> {
  while (queue.waiting() > 0) await new Promise(resolve => setTimeout(resolve, 2))
}

const sourceFor: RowSource = {
  rows: ({ when, ...wanted }) => desk.sessions.rows({ ...wanted, ...(when ? { when } : {}) }, ANA),
  ids: ({ when, ...wanted }) => desk.sessions.ids({ ...wanted, ...(when ? { when } : {}) }, ANA),
}

/** A book of that view, and a wait until it has changed. */
function bookOf(view: SessionViewName) {
  let hear = () => {}
  let turns = 0
  const book = openRowBook({ session: session.id, view, when: null, text: '' }, sourceFor, () => {
    turns++
    hear()
  })
  const until = async (holds: () => boolean) => {
    while (!holds())
      await new Promise<void>(resolve => {
        hear = resolve
      })
  }
  return { book, until, turns: () => turns }
}

test('what was typed shows at once, and the host’s words go with a refusal', async () => {
  const queue = createCommandQueue(session, hostFor(ANA), () => {})
  const [row] = (await rowsOf('working', 1)).rows
  const cell = { rowId: row!.rowId, field: 'CONFIDENCE' }
  queue.edit(cell, '3', row!.cells.CONFIDENCE!)
  expect(queue.cell(row!.rowId, 'CONFIDENCE')).toEqual({ kind: 'pending', text: '3' })
  await settled(queue)
  expect(queue.cell(row!.rowId, 'CONFIDENCE')).toMatchObject({ kind: 'kept', text: '3' })
  queue.edit(cell, 'sure', '3')
  await settled(queue)
  expect(queue.cell(row!.rowId, 'CONFIDENCE')).toMatchObject({
    kind: 'refused',
    text: 'sure',
    fault: { code: 'SESSION_REFUSED' },
  })
  expect((await rowsOf('edited')).rows.map(({ rowId, cells }) => [rowId, cells.CONFIDENCE])).toEqual([[row!.rowId, '3']])
})

test('an edit goes through when somebody else changed another cell, and waits where it was the same one', async () => {
  const ana = createCommandQueue(session, hostFor(ANA), () => {})
  const ben = createCommandQueue(session, hostFor(BEN), () => {})
  const { rows } = await rowsOf('working', 2)
  const [one, other] = rows.map(({ rowId, cells }) => ({ cell: { rowId, field: 'SOURCE' }, was: cells.SOURCE! }))
  ben.edit(one!.cell, 'BEN SAYS', one!.was)
  await settled(ben)
  ana.edit(other!.cell, 'ANA SAYS', other!.was)
  await settled(ana)
  expect(ana.cell(other!.cell.rowId, 'SOURCE')).toMatchObject({ kind: 'kept' })
  ben.edit(other!.cell, 'BEN AGAIN', other!.was)
  await settled(ben)
  expect(ben.cell(other!.cell.rowId, 'SOURCE')).toEqual({ kind: 'conflict', text: 'BEN AGAIN', theirs: 'ANA SAYS' })
  // Whoever looked at both may go on.
  ben.edit(other!.cell, 'BEN AGAIN', 'ANA SAYS')
  await settled(ben)
  expect((await rowsOf('edited')).rows.map(({ cells }) => cells.SOURCE).sort()).toEqual(['BEN AGAIN', 'BEN SAYS'])
})

test('what somebody else wrote while one typed is not written over, also where the page has heard of it', async () => {
  const ana = createCommandQueue(session, hostFor(ANA), () => {})
  const { rows, revision: seen } = await rowsOf('working', 2)
  const [one, other] = rows.map(({ rowId, cells }) => ({ cell: { rowId, field: 'SOURCE' }, was: cells.SOURCE! }))
  ana.edit(other!.cell, 'ANA FIRST', other!.was, seen)
  await settled(ana)
  const { session: heard } = await desk.sessions.run(
    { session: session.id, revision: null, command: { kind: 'edit', ...one!.cell, text: 'BEN SAYS' } },
    BEN,
  )
  ana.heard(heard)
  ana.edit(one!.cell, 'ANA SAYS', one!.was, seen)
  await settled(ana)
  expect(ana.cell(one!.cell.rowId, 'SOURCE')).toEqual({ kind: 'conflict', text: 'ANA SAYS', theirs: 'BEN SAYS' })
  // Another cell of the same rows goes through.
  ana.edit({ rowId: one!.cell.rowId, field: 'CONFIDENCE' }, '1', rows[0]!.cells.CONFIDENCE!, seen)
  await settled(ana)
  expect(ana.cell(one!.cell.rowId, 'CONFIDENCE')).toMatchObject({ kind: 'kept' })
})

test('a deletion is sent again after somebody else’s command, an undo is not', async () => {
  const ana = createCommandQueue(session, hostFor(ANA), () => {})
  const ben = createCommandQueue(session, hostFor(BEN), () => {})
  const { rows } = await rowsOf('working', 3)
  await ben.run({ kind: 'delete', rowIds: [rows[0]!.rowId] })
  await ana.run({ kind: 'delete', rowIds: [rows[1]!.rowId] })
  await expect(ben.run({ kind: 'undo' })).rejects.toMatchObject({ code: 'SESSION_MOVED' })
  expect((await rowsOf('deleted')).rows.map(({ rowId }) => rowId).sort()).toEqual([rows[0]!.rowId, rows[1]!.rowId].sort())
})

test('a cell typed twice before the first was kept ends as it was typed last, and each can be undone', async () => {
  const queue = createCommandQueue(session, hostFor(ANA), () => {})
  const [row] = (await rowsOf('working', 1)).rows
  const cell = { rowId: row!.rowId, field: 'SOURCE' }
  queue.edit(cell, 'FIRST', row!.cells.SOURCE!)
  queue.edit(cell, 'SECOND', 'FIRST')
  expect(queue.cell(row!.rowId, 'SOURCE')).toEqual({ kind: 'pending', text: 'SECOND' })
  await settled(queue)
  expect((await rowsOf('edited')).rows[0]?.cells.SOURCE).toBe('SECOND')
  await queue.run({ kind: 'undo' })
  expect((await rowsOf('edited')).rows[0]?.cells.SOURCE).toBe('FIRST')
})

test('pages are read where one looks, and all of them give what the host has', async () => {
  const { book, until } = bookOf('working')
  await until(() => book.total() !== null)
  const { rows } = await rowsOf('working')
  expect(book.row(1100)).toBeUndefined()
  book.look(1090, 1130)
  await until(() => book.row(1100) !== undefined)
  expect(book.row(1100)).toEqual(rows[1100])
  expect(await book.idsBetween(0, 1199)).toEqual(rows.map(({ rowId }) => rowId))
})

test('a parent opens in place, stays open after a command, and its new parent is found', async () => {
  const { book, until } = bookOf('parents')
  await until(() => book.total() !== null)
  const total = book.total()!
  const line = Array.from({ length: 100 }, (_, k) => k).find(k => (book.row(k)?.childrenCount ?? 0) > 2)!
  const parent = book.row(line)!
  book.toggle(parent)
  await until(() => book.lines().count > total)
  expect(book.lines().count).toBe(total + parent.childrenCount)
  expect(book.row(line + 1)?.parentRowId).toBe(parent.rowId)
  const next = book.row(line + 1)!
  await desk.sessions.run({ session: session.id, revision: null, command: { kind: 'delete', rowIds: [parent.rowId] } }, ANA)
  book.renew()
  await until(() => book.revision() > session.revision)
  expect(book.lines().count).toBe(total + parent.childrenCount - 1)
  const promoted = book.row(line)!
  expect(promoted.cells.CUSIP).toBe(parent.cells.CUSIP)
  expect(promoted.parentRowId).toBeNull()
  expect([next.rowId, book.row(line + 1)?.parentRowId]).toContain(promoted.rowId)
})

test('rows of two revisions never stand beside each other', async () => {
  const { book, until } = bookOf('working')
  await until(() => book.total() !== null)
  const { rows } = await rowsOf('working')
  await desk.sessions.run({ session: session.id, revision: null, command: { kind: 'delete', rowIds: [rows[0]!.rowId] } }, ANA)
  // Nobody told this book; the page that it reads next does.
  book.look(900, 940)
  await until(() => book.row(910) !== undefined && book.total() === 1199)
  const after = (await rowsOf('working')).rows
  expect([book.row(0), book.row(910)]).toEqual([undefined, after[910]])
  book.look(0, 40)
  await until(() => book.row(0) !== undefined)
  expect(book.row(0)).toEqual(after[0])
})
