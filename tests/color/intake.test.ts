import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { colorsCsv, openIntake, type TestIntake } from './intake-kit.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
let test_: TestIntake
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-intake-'))
  test_ = openIntake(folder)
})
afterEach(async () => {
  await test_.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Everything anew from what is on the disk. */
async function reopen(): Promise<void> {
  await test_.close()
  test_ = openIntake(folder)
}

const waiting = () => test_.kept.buffer.waiting()
const stateOf = (id: string) => test_.desk.state().uploads.find(one => one.id === id)!

describe('a file', () => {
  test('is previewed with its problems by row and column, nothing is kept', async () => {
    const upload = test_.send(
      'run.csv',
      colorsCsv([{}, { PX: 'n/m x', TICKER: 'OTHER' }, { MESSAGE_ID: '9.00719E+16' }, { BIAS: 'B/O', RANK: '' }]),
    )
    const preview = await test_.intake.preview({ upload })
    expect(preview.counts).toMatchObject({ read: 4, quarantined: 2, marked: 1 })
    expect(preview.problems.map(({ row, column, kind, outcome }) => `${row} ${column} ${kind} ${outcome}`)).toEqual([
      '3 PX number-unreadable quarantine',
      '4 MESSAGE_ID id-scientific quarantine',
      '5 BIAS bias-unmapped mark',
    ])
    expect(preview.quality).toMatchObject({
      rows: 4,
      score: 40,
      parts: [
        { kind: 'unreadable', rows: 2, lost: 50 },
        { kind: 'unmapped', rows: 1, lost: 10 },
      ],
    })
    expect(preview.bySource).toEqual([{ source: 'DEALER A', quality: preview.quality }])
    expect(preview.rows.map(({ row, outcome }) => `${row} ${outcome}`)).toEqual([
      '2 accepted',
      '3 quarantine',
      '4 quarantine',
      '5 accepted',
    ])
    expect(waiting()).toEqual([])
    expect(test_.journal.head().seq).toBe(0)
  })

  test('goes into the buffer and is there after a restart, row by row', async () => {
    const id = await test_.submit('run.csv', colorsCsv([{}, { BID: '97', PX: '97', PRICE_LEVEL: '97' }, { PX: 'x' }]))
    const before = await test_.kept.buffer.rows(id)
    expect(before.map(({ px }) => px)).toEqual(['98.75', '97'])
    expect(waiting()).toMatchObject([{ id, name: 'run.csv', from: 'file', user: 'ann', read: 3, rows: 2, quarantined: 1 }])
    await reopen()
    expect(await test_.kept.buffer.rows(id)).toEqual(before)
    expect(stateOf(id)).toMatchObject({ status: 'pending', open: 1 })
  })

  test('that came before is said to have, and what became of it', async () => {
    const text = colorsCsv([{}])
    const id = await test_.submit('first.csv', text)
    const { sameAs } = await test_.intake.preview({ upload: test_.send('second.csv', text) })
    expect(sameAs).toMatchObject([{ id, name: 'first.csv', user: 'ann', status: 'pending' }])
  })

  test('that cannot be used stands in the history with the reason, and nothing waits', async () => {
    await expect(test_.submit('bad.csv', 'a,b,c\n1,2,3')).rejects.toMatchObject({
      code: 'COLOR_FILE_UNUSABLE',
      message: 'bad.csv was not put into the buffer: it has no row with the names of the columns.',
    })
    await expect(test_.submit('empty.csv', '')).rejects.toMatchObject({ code: 'FILE_EMPTY' })
    expect(test_.desk.state().uploads.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'empty.csv failed',
      'bad.csv failed',
    ])
    expect(waiting()).toEqual([])
    expect(readdirSync(join(folder, 'color', 'uploads'))).toEqual([])
  })

  test('in two orders of dates waits for somebody to say which', async () => {
    const upload = test_.send('dates.csv', colorsCsv([{ DATE: '03/04/2026' }]))
    expect(await test_.intake.preview({ upload })).toMatchObject({ asksDayOrder: true, counts: { accepted: 0 } })
    expect(await test_.intake.preview({ upload, dayOrder: 'dmy' })).toMatchObject({
      asksDayOrder: false,
      counts: { accepted: 1 },
    })
  })

  test.each(['csv', 'xlsx'] as const)('has a template as %s, which is read to the columns that there are', async format => {
    const parts: Buffer[] = []
    for await (const { base64 } of test_.intake.template(format)) parts.push(Buffer.from(base64, 'base64'))
    const preview = await test_.intake.preview({ upload: test_.send(`template.${format}`, Buffer.concat(parts)) })
    expect(preview).toMatchObject({ trouble: null, counts: { read: 0 }, quality: { score: null } })
    expect(preview.columns.every(({ by }) => by === 'own')).toBe(true)
    expect(preview.columns).toHaveLength(18)
  })

  test('pasted out of a spreadsheet is one', async () => {
    const { upload } = await test_.intake.paste(colorsCsv([{}, {}], {}, '\t'), '')
    const { job } = test_.intake.submit({ upload }, 'ann')
    expect((await test_.intake.report(job)).upload).toMatchObject({ from: 'paste', counts: { read: 2 } })
    await expect(test_.intake.paste(' \n', '')).rejects.toMatchObject({ code: 'COLOR_PASTE_EMPTY' })
  })

  test('is none: a table of a query comes in as one, and cells that look like formulas stay what they are', async () => {
    const [header = [], ...rows] = colorsCsv([{ TICKER: '=SUM(A1)' }, { BID: '97', PX: '97' }])
      .split('\n')
      .map(line => line.split(','))
    const upload = await test_.intake.addTable({ name: 'desk query', from: 'sql', header, rows, user: 'ann' })
    expect((await test_.kept.buffer.rows(upload.id)).map(({ ticker }) => ticker)).toEqual(['=SUM(A1)', 'SHELF 2021-1 B'])
  })
})

describe('columns', () => {
  const called = { SOURCE: 'Desk name', PX: 'Lvl2' }
  const mapping = { 'Desk name': 'SOURCE', Lvl2: 'PX' }

  test('that were corrected are proposed the next time the same layout comes, until that is forgotten', async () => {
    const upload = test_.send('a.csv', colorsCsv([{}], called))
    const before = await test_.intake.preview({ upload })
    expect(before.trouble).toMatchObject({ kind: 'column-missing', columns: ['SOURCE'] })
    expect(before.columns.find(({ name }) => name === 'Desk name')).toMatchObject({ column: null, by: 'none' })
    await test_.submit('a.csv', colorsCsv([{}], called), { mapping })
    const again = await test_.intake.preview({ upload: test_.send('b.csv', colorsCsv([{}, {}], called)) })
    expect(again.columns.filter(({ by }) => by === 'learned').map(({ name, column }) => `${name}=${column}`)).toEqual([
      'Lvl2=PX',
      'Desk name=SOURCE',
    ])
    expect(again).toMatchObject({
      trouble: null,
      learned: { name: 'DEALER A', user: 'ann' },
      counts: { read: 2, accepted: 1, repeats: 1 },
    })
    test_.desk.forget('mappings', again.learned!.id, false, 'ann')
    expect((await test_.intake.preview({ upload })).learned).toBeNull()
  })

  test('that were learned otherwise go back to what they were by one step', async () => {
    await test_.submit('a.csv', colorsCsv([{}], called), { mapping })
    await test_.submit('a.csv', colorsCsv([{}], called), { mapping: { Lvl2: null } })
    const upload = test_.send('b.csv', colorsCsv([{}], called))
    const { learned } = await test_.intake.preview({ upload })
    expect(learned!.columns).toContainEqual({ name: 'Lvl2', column: null })
    test_.desk.forget('mappings', learned!.id, true, 'ann')
    expect((await test_.intake.preview({ upload })).learned!.columns).toContainEqual({ name: 'Lvl2', column: 'PX' })
  })
})

describe('checks of the desk', () => {
  test('keep rows out or mark them, with their own words', async () => {
    const when = { kind: 'test', field: 'PX', operator: 'less', value: '90' } as const
    const base = { id: null, revision: 0, active: true }
    test_.desk.saveCheck({ ...base, name: 'Too cheap', when, outcome: 'quarantine', message: 'call the dealer' }, 'ann')
    const other = { kind: 'test', field: 'SOURCE', operator: 'is', value: 'dealer b' } as const
    test_.desk.saveCheck({ ...base, name: 'New dealer', when: other, outcome: 'mark', message: '' }, 'ann')
    const upload = test_.send('a.csv', colorsCsv([{ PX: '80', BID: '80' }, { SOURCE: 'DEALER B', BID: '97', PX: '97' }, {}]))
    const { problems, counts } = await test_.intake.preview({ upload })
    expect(problems.map(({ row, column, kind, text }) => `${row} ${column} ${kind} ${text}`)).toEqual([
      '2 PX check-keeps-out Too cheap: call the dealer',
      '3 SOURCE check-marks New dealer',
    ])
    expect(counts).toMatchObject({ quarantined: 1, marked: 1 })
    expect(() =>
      test_.desk.saveCheck({ ...base, name: 'x', when: { ...when, value: 'abc' }, outcome: 'mark', message: '' }, 'ann'),
    ).toThrow(/cannot be asked/)
  })

  test('and bounds are those that are configured', async () => {
    const sectors = [{ word: 'mezz', bounds: { lowest: '99', highest: '101' }, tolerancePercent: '1' }]
    test_.config.save('limits', [{ id: 'limits', name: 'Limits', revision: 0, value: { sectors } }], 'ann')
    const { problems } = await test_.intake.preview({ upload: test_.send('a.csv', colorsCsv([{}])) })
    expect(problems.map(({ kind, text }) => `${kind} ${text}`)).toContain('price-out-of-bounds 98.75 (99 to 101)')
  })
})

describe('the quarantine', () => {
  const page = (state: 'open' | 'discarded' | 'released' = 'open') =>
    test_.intake.quarantine.list({ state, offset: 0, limit: 100 })

  test('gives corrected rows back to the buffer as an upload of their own, once', async () => {
    const id = await test_.submit('a.csv', colorsCsv([{}, { PX: '98.75.1' }, { DATE: 'soon' }]))
    const { rows, byKind } = await page()
    expect(rows.map(({ row, cells }) => [row, cells.PX, cells.DATE])).toEqual([
      [3, '98.75.1', '2026-11-20'],
      [4, '98.75', 'soon'],
    ])
    expect(byKind.map(({ kind }) => kind).sort()).toEqual(['date-unreadable', 'number-unreadable'])
    const half = await test_.intake.release(
      [
        { upload: id, row: 3, cells: { PX: '98.80', TICKER: 'OTHER 2020-1 A' } },
        { upload: id, row: 4, cells: { DATE: 'never' } },
      ],
      'bob',
    )
    expect(half).toMatchObject({ released: 1, upload: { status: 'pending', releasedFrom: id, counts: { accepted: 1 } } })
    expect(half.refused.map(({ row, found }) => [row, found.problems[0]!.kind])).toEqual([[4, 'date-unreadable']])
    expect((await test_.kept.buffer.rows(half.upload!.id)).map(({ px, ticker }) => `${px} ${ticker}`)).toEqual([
      '98.80 OTHER 2020-1 A',
    ])
    await expect(test_.intake.release([{ upload: id, row: 3, cells: {} }], 'ann')).rejects.toMatchObject({
      code: 'COLOR_ROWS_DECIDED',
    })
    expect((await page('released')).rows).toMatchObject([{ row: 3, decided: { user: 'bob' } }])
    // Its upload removed, the row waits for a decision again; the rows of the first upload never changed.
    test_.intake.remove([half.upload!.id], 'wrong price', 'ann')
    expect((await page()).rows.map(({ row }) => row)).toEqual([3, 4])
    expect(await test_.kept.buffer.rows(id)).toHaveLength(1)
    await reopen()
    expect((await page()).byState).toEqual({ open: 2, discarded: 0, released: 0 })
  })

  test('of two that release the same row at once one is told', async () => {
    const id = await test_.submit('a.csv', colorsCsv([{ PX: 'x' }]))
    const rows = [{ upload: id, row: 2, cells: { PX: '98.75' } }]
    const done = await Promise.allSettled([test_.intake.release(rows, 'ann'), test_.intake.release(rows, 'bob')])
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(waiting().filter(({ id: one }) => one !== id)).toHaveLength(1)
  })

  test('discards with a reason and brings back', async () => {
    const id = await test_.submit('a.csv', colorsCsv([{ PX: 'x' }, { PX: 'y' }]))
    await test_.intake.discard([{ upload: id, row: 2 }], 'dealer took it back', 'ann')
    expect((await page('discarded')).rows).toMatchObject([{ row: 2, decided: { user: 'ann', reason: 'dealer took it back' } }])
    expect(stateOf(id).open).toBe(1)
    await test_.intake.bringBack([{ upload: id, row: 2 }], 'ann')
    expect((await page()).total).toBe(2)
    await expect(test_.intake.discard([{ upload: id, row: 99 }], 'x', 'ann')).rejects.toMatchObject({ code: 'ROW_UNKNOWN' })
  })
})

describe('the buffer', () => {
  test('lets go of what was removed or published, and says by whom', async () => {
    const [a, b] = [await test_.submit('a.csv', colorsCsv([{}])), await test_.submit('b.csv', colorsCsv([{}]))]
    test_.intake.remove([a], '', 'ann')
    expect(() => test_.kept.buffer.expectWaiting([a])).toThrow(expect.objectContaining({ code: 'BUFFER_UNKNOWN' }))
    test_.intake.restore([a], 'ann')
    expect(waiting().map(({ id }) => id)).toEqual([a, b])
    test_.journal.append({ kind: 'color.run.published', subject: 'r', user: 'x', body: { id: 'r', number: 7, uploads: [b] } })
    expect(() => test_.kept.buffer.expectWaiting([a, b])).toThrow(/b\.csv were already published by run 7/)
    expect(stateOf(b)).toMatchObject({ status: 'published', run: 'r', runNumber: 7 })
    expect(() => test_.intake.remove([b], '', 'ann')).toThrow(expect.objectContaining({ code: 'UPLOADS_TAKEN' }))
    // What was not named is not cleared.
    expect(waiting().map(({ id }) => id)).toEqual([a])
    expect(await test_.kept.buffer.rows(b)).toHaveLength(1)
  })

  test('a file with rows that somebody changed is refused, not read', async () => {
    const id = await test_.submit('a.csv', colorsCsv([{}]))
    const other = await test_.submit('b.csv', colorsCsv([{ TICKER: 'X' }]))
    const place = join(folder, 'color', 'uploads')
    renameSync(join(place, `${other}.jsonl.gz`), join(place, `${id}.jsonl.gz`))
    await expect(test_.kept.buffer.rows(id)).rejects.toThrow(/is not what was written/)
  })

  test('removes what no entry names, at the start', async () => {
    const id = await test_.submit('a.csv', colorsCsv([{}]))
    const place = join(folder, 'color', 'uploads')
    writeFileSync(join(place, 'stray.part'), 'x')
    writeFileSync(join(place, 'stray.jsonl.gz'), 'x')
    await reopen()
    await vi.waitFor(() => expect(readdirSync(place)).toEqual([`${id}.jsonl.gz`]))
  })
})

describe('a watched folder', () => {
  let watched: string
  beforeEach(() => {
    watched = join(folder, 'in')
    mkdirSync(watched)
  })
  const watch = (after: 'keep' | 'move') => {
    const value = { path: watched, pattern: '*.csv; *.xlsx', enabled: true, after }
    test_.desk.saveFolder({ id: null, name: 'Dealer runs', revision: 0, ...value }, 'ann')
    return test_.folders.look()
  }
  const looks = async (count: number) => {
    for (let k = 0; k < count; k++) await test_.folders.look()
  }

  test('gives a file when it stopped growing, and its bytes once', async () => {
    const text = colorsCsv([{}])
    writeFileSync(join(watched, 'run.csv'), text.slice(0, 50))
    writeFileSync(join(watched, '~$run.xlsx'), 'lock')
    writeFileSync(join(watched, 'notes.txt'), 'no')
    await watch('keep')
    writeFileSync(join(watched, 'run.csv'), text)
    await looks(1)
    expect(waiting()).toEqual([])
    expect(test_.desk.state().folders[0]!.waiting).toMatchObject([{ file: 'run.csv', kind: 'growing' }])
    await looks(3)
    writeFileSync(join(watched, 'copy.csv'), text)
    await looks(3)
    expect(waiting().map(({ name, from }) => `${name} ${from}`)).toEqual(['run.csv folder'])
    // The same bytes are known after a restart too.
    await reopen()
    await looks(3)
    expect(waiting()).toHaveLength(1)
    expect(test_.desk.state().folders[0]).toMatchObject({ taken: 1, trouble: null, waiting: [] })
  })

  test('has what was taken moved aside, and what could not be read too', async () => {
    writeFileSync(join(watched, 'good.csv'), colorsCsv([{}]))
    writeFileSync(join(watched, 'bad.csv'), 'a,b\n1,2')
    mkdirSync(join(watched, 'done'))
    writeFileSync(join(watched, 'done', 'good.csv'), 'older')
    await watch('move')
    await looks(2)
    expect(readdirSync(join(watched, 'done')).sort()).toEqual(['good (2).csv', 'good.csv'])
    expect(readdirSync(join(watched, 'failed'))).toEqual(['bad.csv'])
    expect(
      test_.desk
        .state()
        .uploads.map(({ name, status }) => `${name} ${status}`)
        .sort(),
    ).toEqual(['bad.csv failed', 'good.csv pending'])
  })

  test('that vanishes is said once, and taken up when it is back', async () => {
    await watch('keep')
    renameSync(watched, `${watched}-away`)
    await looks(3)
    expect(test_.notices.map(({ body }) => body)).toEqual([expect.stringContaining('cannot be read: it is not there')])
    expect(test_.desk.state().folders[0]!.trouble).toMatchObject({ kind: 'gone' })
    renameSync(`${watched}-away`, watched)
    writeFileSync(join(watched, 'run.csv'), colorsCsv([{}]))
    await looks(3)
    expect(test_.notices).toHaveLength(2)
    expect(waiting()).toHaveLength(1)
    expect(existsSync(join(watched, 'run.csv'))).toBe(true)
  })

  test('is given by its whole path and watched once', () => {
    const draft = { id: null, name: 'x', revision: 0, pattern: '*', enabled: false, after: 'keep' } as const
    expect(() => test_.desk.saveFolder({ ...draft, path: 'runs' }, 'ann')).toThrow(/whole path/)
    test_.desk.saveFolder({ ...draft, path: watched }, 'ann')
    expect(() => test_.desk.saveFolder({ ...draft, name: 'y', path: watched }, 'ann')).toThrow(/watched already, as x/)
  })
})
