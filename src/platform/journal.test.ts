import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from './clock.ts'
import { canonicalJson, DiskFull, JournalBusy, JournalCorrupt, openJournal } from './journal.ts'
import { salvageJournal } from './journal-salvage.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-journal-'))
  file = join(folder, 'journal.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const clock = manualClock()
const event = (n: number) => ({ kind: 'note.made', subject: `n${n}`, user: 'local', body: { n, text: 'x'.repeat(200) } })

function filled(count: number) {
  const journal = openJournal({ file, clock })
  for (let n = 1; n <= count; n++) journal.append(event(n))
  journal.close()
}

describe('an entry', () => {
  test('comes back as it was written, after closing and opening', () => {
    const journal = openJournal({ file, clock })
    const made = journal.append({
      kind: 'series.stored',
      subject: 'wti',
      user: 'local',
      body: { b: [1, null, 'é'], a: { z: true } },
    })
    expect(made).toMatchObject({ seq: 1, previous: '0'.repeat(64) })
    journal.close()
    const again = openJournal({ file, clock })
    expect(again.read({})).toEqual([made])
    expect(again.head()).toEqual({ seq: 1, hash: made.hash })
    again.close()
  })

  test('is found by kind, subject and number, in either order', () => {
    const journal = openJournal({ file, clock })
    journal.appendAll([event(1), event(2), { ...event(3), kind: 'other' }, event(4)])
    expect(journal.read({ kinds: ['note.made'], newestFirst: true, limit: 2 }).map(e => e.seq)).toEqual([4, 2])
    expect(journal.read({ after: 1, before: 4 }).map(e => e.seq)).toEqual([2, 3])
    expect(journal.read({ subject: 'n3' }).map(e => e.kind)).toEqual(['other'])
    journal.close()
  })

  test('cannot be changed or deleted, also not by SQL', () => {
    filled(3)
    const db = new DatabaseSync(file)
    expect(() => db.exec("update journal set user = 'mallory' where seq = 2")).toThrow(/append-only/)
    expect(() => db.exec('delete from journal where seq = 3')).toThrow(/append-only/)
    db.close()
  })

  test('keeps its order when the clock jumps back', () => {
    const jumping = manualClock()
    const journal = openJournal({ file, clock: jumping })
    journal.append(event(1))
    jumping.jump(-86_400)
    journal.append(event(2))
    expect(journal.read({}).map(e => e.subject)).toEqual(['n1', 'n2'])
    expect(journal.verify()).toEqual({ ok: true })
    journal.close()
  })

  test('is refused when its body is not JSON, and nothing is written', () => {
    const journal = openJournal({ file, clock })
    expect(() => journal.appendAll([event(1), { ...event(2), body: { x: Number.NaN } }])).toThrow(RangeError)
    expect(journal.head().seq).toBe(0)
    journal.close()
  })

  test('is announced after it is on disk', () => {
    const journal = openJournal({ file, clock })
    const heard: number[] = []
    const stop = journal.onAppend(entry => heard.push(entry.seq, journal.read({ after: entry.seq - 1 }).length))
    journal.append(event(1))
    stop()
    journal.append(event(2))
    expect(heard).toEqual([1, 1])
    journal.close()
  })
})

describe('damage', () => {
  function tamper(sql: string) {
    const db = new DatabaseSync(file)
    db.exec('drop trigger journal_no_update; drop trigger journal_no_delete')
    db.exec(sql)
    db.close()
  }

  test.each([
    ['a changed body', "update journal set body = replace(body, 'x', 'y') where seq = 7", 7],
    ['a changed user', "update journal set user = 'mallory' where seq = 1", 1],
    ['an entry taken out', 'delete from journal where seq = 5', 5],
    ['the last entry taken out', 'delete from journal where seq = 20', 20],
  ])('%s is found, and the entries before it can be saved', (_, sql, seq) => {
    filled(20)
    tamper(sql)
    expect(() => openJournal({ file, clock })).toThrow(JournalCorrupt)
    expect(() => openJournal({ file, clock })).toThrow(`entry ${seq}`)
    const saved = salvageJournal({ file, clock })
    expect(saved.kept).toBe(seq - 1)
    const journal = openJournal({ file, clock })
    expect(journal.head().seq).toBe(seq - 1)
    expect(journal.append(event(99)).seq).toBe(seq)
    journal.close()
    expect(readFileSync(saved.damagedFile).length).toBeGreaterThan(0)
  })

  test('a corrupt byte anywhere is found on opening, or does no harm', () => {
    filled(300)
    const good = readFileSync(file)
    let found = 0
    for (let at = 0; at < good.length; at += Math.floor(good.length / 60)) {
      const bad = Buffer.from(good)
      bad[at] = bad[at]! ^ 0x55
      writeFileSync(file, bad)
      let journal = null
      try {
        journal = openJournal({ file, clock })
      } catch (fault) {
        expect(fault).toBeInstanceOf(JournalCorrupt)
        found++
        continue
      }
      // The byte lay in a free part of a page, or in an index: then every entry must still be there and true.
      expect(journal.verify()).toEqual({ ok: true })
      expect(journal.head().seq).toBe(300)
      journal.close()
    }
    expect(found).toBeGreaterThan(20)
  })

  test('a truncated file is found, and what is left of it is saved', () => {
    filled(300)
    truncateSync(file, 40_000)
    expect(() => openJournal({ file, clock })).toThrow(JournalCorrupt)
    const { kept } = salvageJournal({ file, clock })
    expect(kept).toBeGreaterThan(10)
    const journal = openJournal({ file, clock })
    expect(journal.read({}).map(e => e.subject)).toEqual(Array.from({ length: kept }, (_, k) => `n${k + 1}`))
    journal.close()
  })

  test('a deleted journal is not taken for a new one', () => {
    filled(3)
    rmSync(file)
    expect(() => openJournal({ file, clock })).toThrow(/entries 1 to 3 are missing/)
  })

  test('a damaged write-ahead log that SQLite silently shortens is found by the mark', () => {
    const script = `
      import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
      import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)}
      const journal = openJournal({ file: ${JSON.stringify(file)}, clock: systemClock() })
      for (let n = 0; n < 50; n++) journal.append({ kind: 'k', subject: 's', user: 'u', body: n })
      process.kill(process.pid, 'SIGKILL')`
    expect(() => execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: 'pipe' })).toThrow()
    const wal = readFileSync(`${file}-wal`)
    wal[Math.floor(wal.length / 2)]! ^= 0xff
    writeFileSync(`${file}-wal`, wal)
    expect(() => openJournal({ file, clock })).toThrow(/entries \d+ to 50 are missing/)
    const { kept, damagedFile } = salvageJournal({ file, clock })
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(50)
    expect(readdirSync(folder).some(name => join(folder, name).startsWith(damagedFile))).toBe(true)
    openJournal({ file, clock }).close()
  })
})

test('a second writer is refused with a sentence', () => {
  const first = openJournal({ file, clock })
  first.append(event(1))
  expect(() => openJournal({ file, clock })).toThrow(JournalBusy)
  first.close()
})

test('kill -9 during appends loses no entry that was acknowledged', async () => {
  const script = `
    import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
    import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)}
    import { writeSync } from 'node:fs'
    const journal = openJournal({ file: process.argv[1], clock: systemClock() })
    for (;;) writeSync(1, journal.append({ kind: 'k', subject: 's', user: 'u', body: 'x' }).seq + '\\n')`
  let acknowledged = 0
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (piece: Buffer) => {
      out += piece
      // Not at once, so that the kill falls somewhere in the work.
      if (out.split('\n').length > 10) setTimeout(() => child.kill('SIGKILL'), round * 17)
    })
    await once(child, 'close')
    const last = Number(out.trim().split('\n').at(-1))
    expect(last).toBeGreaterThanOrEqual(acknowledged + 10)
    const journal = openJournal({ file, clock })
    expect(journal.head().seq).toBeGreaterThanOrEqual(last)
    acknowledged = journal.head().seq
    journal.close()
  }
}, 60_000)

function smallDisk(megabytes: number): string | null {
  const at = join(folder, 'disk')
  mkdirSync(at)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', at], { stdio: 'pipe' })
    return at
  } catch {
    return null // Only root may mount; elsewhere the test is skipped and says so.
  }
}

test('a full disk is a clear state, and appends go on once there is room', context => {
  const disk = smallDisk(1)
  if (!disk) return context.skip('a small disk cannot be mounted here')
  try {
    const journal = openJournal({ file: join(disk, 'journal.sqlite'), clock })
    const big = { kind: 'k', subject: 's', user: 'u', body: 'y'.repeat(20_000) }
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(500_000))
    expect(() => {
      for (let n = 0; n < 1000; n++) journal.append(big)
    }).toThrow(DiskFull)
    const { seq } = journal.head()
    expect(seq).toBeGreaterThan(0)
    rmSync(filler)
    expect(journal.append(event(1)).seq).toBe(seq + 1)
    expect(journal.verify()).toEqual({ ok: true })
    journal.close()
  } finally {
    execFileSync('umount', [disk])
  }
})

test('equal data has equal canonical text', () => {
  expect(canonicalJson({ b: 1, a: [undefined, { d: 2, c: null }], x: undefined })).toBe('{"a":[null,{"c":null,"d":2}],"b":1}')
})
