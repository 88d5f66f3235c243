import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDesk, type TestDesk, waiting } from './session-kit.ts'

vi.setConfig({ testTimeout: 90_000 })

const ANN = { name: 'ann' }
const HELD = [waiting('one', 400, 1), waiting('two', 3000, 2)]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-killed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the victim to its death, which comes after so many answers unless it sees to it itself; gives the last line that it said. */
function victim(what: string, session: string, answers = Number.POSITIVE_INFINITY): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'session-victim.ts'), folder, what, session], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length - 1 >= answers) child.kill('SIGKILL')
  })
  return new Promise(done => child.on('close', () => done(said.trim().split('\n').at(-1) ?? '')))
}

async function withDesk<T>(use: (desk: TestDesk) => Promise<T>): Promise<T> {
  const desk = openDesk({ folder, held: HELD })
  try {
    return await use(desk)
  } finally {
    desk.close()
  }
}

const rowsOf = async ({ sessions }: TestDesk, session: string) =>
  (await sessions.rows({ session, view: 'working', text: '', offset: 0, limit: 5000 }, ANN)).rows

/** The ticker that each row must have after so many commands of the victim. */
function expectedTickers(ids: readonly string[], revision: number): ReadonlyMap<string, string> {
  const tickers = new Map<string, string>()
  for (let made = 1; made < revision; made++)
    if (made % 40 !== 20 && made % 40 !== 21) tickers.set(ids[made % ids.length]!, `T${made}`)
  return tickers
}

describe('kill -9', () => {
  test('among commands loses none that was answered, and what stands there is whole', async () => {
    let session = ''
    let commands = 0
    for (const answers of [1, 12, 9, 1, 18, 30]) {
      const [id, acknowledged] = (await victim('commands', session, answers)).split(' ') as [string, string]
      session = id
      await withDesk(async desk => {
        expect(desk.journal.verify()).toEqual({ ok: true })
        const [view] = desk.sessions.list(false)
        // At most the one that was under way stands there without an answer.
        expect(view!.revision).toBeGreaterThanOrEqual(Number(acknowledged))
        expect(view!.revision).toBeLessThanOrEqual(Number(acknowledged) + 1)
        const rows = await rowsOf(desk, id)
        const ids = HELD[0]!.rows.map(({ rowId }) => rowId)
        const wrong = [...expectedTickers(ids, view!.revision)].filter(
          ([rowId, ticker]) => rows.find(row => row.rowId === rowId)?.cells.TICKER !== ticker,
        )
        expect(wrong).toEqual([])
        expect(await desk.sessions.history(id, 1000)).toHaveLength(view!.revision + 1)
        commands = view!.revision
      })
    }
    // The test says nothing where nothing was done.
    expect(commands).toBeGreaterThan(60)
  })

  test.each(['before-run', 'after-run', 'at-the-end'])('of a publication, %s, publishes once or not yet', async place => {
    const opened = await withDesk(desk => desk.sessions.open({ name: '', uploads: ['one'] }, ANN))
    await victim(place, '')
    await withDesk(async desk => {
      const standing = desk.runs.list()
      const [view] = desk.sessions.list(true)
      expect(standing).toHaveLength(place === 'before-run' ? 0 : 1)
      expect(view).toMatchObject(
        place === 'before-run' ? { status: 'preview', run: null } : { status: 'saved', run: standing[0]!.id, taken: [] },
      )
      expect(await rowsOf(desk, opened.id)).toHaveLength(400)
      const again = await desk.sessions.publish({ session: opened.id, revision: 1, replaceToday: false }, ANN)
      expect(desk.runs.list().map(({ id, rows }) => ({ id, rows }))).toEqual([{ id: again.run, rows: 400 }])
      expect(desk.journal.read({ kinds: ['color.session.published'] })).toHaveLength(1)
    })
  })
})

describe('a full disk', () => {
  test('during an import is said, leaves the session as it was and no file, and it goes on once there is room', async context => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      return context.skip('a small disk cannot be mounted here')
    }
    const held = [waiting('one', 400, 1), waiting('much', 12_000, 2)]
    const desk = openDesk({ folder: disk, held })
    try {
      const session = await desk.sessions.open({ name: '', uploads: ['one'] }, ANN)
      const filler = join(disk, 'filler')
      writeFileSync(filler, Buffer.alloc(3_700_000))
      const asked = { session: session.id, revision: null, command: { kind: 'import' as const, uploads: ['much'] } }
      await expect(desk.sessions.run(asked, ANN)).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(desk.sessions.list(false)).toMatchObject([{ revision: 1, statistics: { total: 400 } }])
      expect(readdirSync(join(disk, 'color', 'sessions'))).toHaveLength(1)
      rmSync(filler)
      const done = await desk.sessions.run(asked, ANN)
      expect(done.session.statistics.total).toBe(12_400)
    } finally {
      desk.close()
      execFileSync('umount', [disk])
    }
  })
})
