import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type KnownBackup, prunable } from '../../src/main/backup/backup-book.ts'
import { backupJob } from '../../src/main/backup/backup-job.ts'
import { checkBackup } from '../../src/main/backup/backup-read.ts'
import { workspaceOf, writeBackup } from '../../src/main/backup/backup-write.ts'
import { finishRestore, restoreBackup, stagedRestore, stageRestore, unstageRestore } from '../../src/main/backup/restore.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openJournal } from '../../src/platform/journal.ts'
import { Secret } from '../../src/platform/secret.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const clock = systemClock()
const quiet = { clock, signal: new AbortController().signal, progress: () => {} }

let root: string
let folder: string
let file: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'contango-backup-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  const own = mkdtempSync(join(root, 'case-'))
  folder = join(own, 'workspace')
  file = join(own, 'kept', 'one.tar')
  makeWorkspace(folder)
})

const decided = (n: number) => ({ kind: 'setting.set', subject: `key${n}`, user: 'local', body: { value: n } })

/** A workspace as a host leaves it: a journal, segments, raw files, and things that are no part of a backup. */
function makeWorkspace(at: string, megabytes = 3): void {
  mkdirSync(join(at, 'segments', 'ticks'), { recursive: true })
  mkdirSync(join(at, 'raw'), { recursive: true })
  mkdirSync(join(at, 'logs'))
  const journal = openJournal({ file: join(at, 'journal.sqlite'), clock })
  journal.appendAll(Array.from({ length: 500 }, (_, n) => decided(n)))
  journal.close()
  writeFileSync(join(at, 'config.json'), '{"theme":"light"}')
  writeFileSync(join(at, 'segments', 'wti-1.parquet'), randomBytes(megabytes << 20))
  writeFileSync(join(at, 'segments', 'ticks', 'quotes-1.parquet'), randomBytes(5000))
  writeFileSync(join(at, 'raw', 'a.csv'), 'date,price\n')
  writeFileSync(join(at, 'market.duckdb'), 'rebuilt')
  writeFileSync(join(at, 'logs', 'contango.log'), 'noise')
  writeFileSync(join(at, 'secrets.json'), 'sealed')
}

/** Every file that counts with its hash; the journal by its newest entry, since its pages may lie otherwise. */
function contentOf(at: string): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (inside: string) => {
    for (const entry of readdirSync(inside, { withFileTypes: true })) {
      const path = join(inside, entry.name)
      if (entry.isDirectory()) walk(path)
      else found[relative(at, path)] = createHash('sha256').update(readFileSync(path)).digest('hex')
    }
  }
  for (const kept of ['segments', 'raw']) walk(join(at, kept))
  const journal = openJournal({ file: join(at, 'journal.sqlite'), clock })
  found.journal = journal.head().hash
  journal.close()
  found.config = readFileSync(join(at, 'config.json'), 'utf8')
  return found
}

async function backUp(passphrase: string | null = null, at = folder) {
  const journal = openJournal({ file: join(at, 'journal.sqlite'), clock })
  try {
    return await writeBackup({ ...quiet, folder: at, journal, out: file, passphrase, version: '0.1.0' })
  } finally {
    journal.close()
  }
}

function mutate(): void {
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  journal.append(decided(1000))
  journal.close()
  writeFileSync(join(folder, 'segments', 'wti-2.parquet'), 'newer')
  rmSync(join(folder, 'raw', 'a.csv'))
  writeFileSync(join(folder, 'config.json'), '{"theme":"dark"}')
}

const restore = (passphrase: string | null = null, replaceOther = false, at = folder) =>
  restoreBackup({ ...quiet, folder: at, file, passphrase, replaceOther })
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    fault => (fault as { code?: string }).code ?? String(fault),
  )

describe('the drill: back up, change, restore, compare', () => {
  test.each([null, 'correct horse'])('gives the workspace back as it was (passphrase %s)', async passphrase => {
    const before = contentOf(folder)
    const made = await backUp(passphrase)
    expect(made).toMatchObject({ files: 5, sealed: passphrase !== null, heading: { journal: { seq: 500 } } })
    expect(statSync(file).mode & 0o077).toBe(0)
    mutate()
    expect(contentOf(folder)).not.toEqual(before)
    const { aside } = await restore(passphrase)
    expect(contentOf(folder)).toEqual(before)
    // Nothing is deleted: what was there lies beside it, and the store is rebuilt by the next start.
    expect(readFileSync(join(aside!, 'segments', 'wti-2.parquet'), 'utf8')).toBe('newer')
    expect(existsSync(join(folder, 'market.duckdb'))).toBe(false)
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe('sealed')
    if (passphrase) expect(readFileSync(file).includes('wti-1.parquet')).toBe(false)
  })

  test('holds no secret, no log, no cache and nothing of an earlier backup', async () => {
    mkdirSync(join(folder, 'backups'))
    writeFileSync(join(folder, 'backups', 'old.tar'), 'old')
    await backUp()
    const packed = readFileSync(file).toString('latin1')
    for (const name of ['secrets', 'logs/', 'market.duckdb', 'old.tar', 'host.'])
      expect([name, packed.includes(name)]).toEqual([name, false])
  })

  test('while the journal goes on, the backup ends at one of its entries', async () => {
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
    const timer = setInterval(() => journal.append(decided(1)), 1)
    const made = await writeBackup({ ...quiet, folder, journal, out: file, passphrase: null, version: '1' })
    clearInterval(timer)
    const [last] = journal.read({ after: made.heading.journal.seq - 1, limit: 1 })
    expect(last?.hash).toBe(made.heading.journal.hash)
    journal.close()
  })

  test('into an empty folder needs no permission', async () => {
    await backUp()
    const empty = join(folder, '..', 'empty')
    mkdirSync(empty)
    expect((await restore(null, false, empty)).aside).toBeNull()
    expect(contentOf(empty)).toEqual(contentOf(folder))
  })
})

describe('a backup that must not be used', () => {
  test('is named with the place where it is damaged or cut off, and changes nothing', async () => {
    await backUp()
    const good = readFileSync(file)
    const before = contentOf(folder)
    const verdicts = new Set<string>()
    const attempt = async (bytes: Uint8Array) => {
      writeFileSync(file, bytes)
      const code = await codeOf(restore())
      expect(existsSync(join(folder, 'restore'))).toBe(false)
      verdicts.add(code)
      return code
    }
    for (let at = 0; at < good.length; at += Math.floor(good.length / 23)) {
      const changed = Buffer.from(good)
      changed[at]! ^= 0x55
      const code = await attempt(changed)
      // A byte of padding between two files is no part of either.
      if (code === 'done') continue
      expect(code).toMatch(/^BACKUP_(DAMAGED|CUT_OFF|NOT_ONE)$/)
    }
    // The end mark of an archive is two empty blocks; the first of them has to be there.
    for (const length of [good.length * 0.1, good.length * 0.5, good.length - 5000, good.length - 1000])
      expect(await attempt(good.subarray(0, length))).toBe('BACKUP_CUT_OFF')
    expect(await attempt(Buffer.from('not a backup'))).toMatch(/^BACKUP_(NOT_ONE|CUT_OFF)$/)
    expect(await attempt(Buffer.alloc(0))).toMatch(/^BACKUP_(NOT_ONE|CUT_OFF)$/)
    expect(verdicts).toContain('BACKUP_DAMAGED')
    const { journal, config } = contentOf(folder)
    expect({ journal, config }).toEqual({ journal: before.journal, config: before.config })
  })

  test('of a newer Contango, of another workspace, or without its passphrase is refused by name', async () => {
    await backUp()
    const good = readFileSync(file).toString('latin1')
    const newer = good.replace('"format": 1', '"format": 2')
    expect(newer).not.toBe(good)
    // The header's checksum covers its size and name only, so a changed heading is read and judged.
    writeFileSync(file, Buffer.from(newer, 'latin1'))
    expect(await codeOf(restore())).toBe('BACKUP_NEWER')

    writeFileSync(file, Buffer.from(good, 'latin1'))
    const other = join(folder, '..', 'other')
    makeWorkspace(other)
    const before = contentOf(other)
    expect(await codeOf(restore(null, false, other))).toBe('BACKUP_OTHER_WORKSPACE')
    expect(contentOf(other)).toEqual(before)
    expect(await codeOf(restore(null, true, other))).toBe('done')
    expect(contentOf(other)).toEqual(contentOf(folder))

    await backUp('right')
    expect(await codeOf(restore(null))).toBe('BACKUP_SEALED')
    expect(await codeOf(restore('wrong'))).toBe('BACKUP_PASSPHRASE')
    file = join(folder, 'no-such-file')
    expect(await codeOf(restore())).toBe('FILE_UNREADABLE')
  })

  test('never gets its name where a restored file is not what went in', async () => {
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
    // A copy whose newest entry is another one than was said: the comparison, not the copying, has to notice.
    const lying = {
      ...journal,
      copyTo: async (to: string) => ({ ...(await journal.copyTo(to)), seq: 499 }),
    }
    expect(await codeOf(writeBackup({ ...quiet, folder, journal: lying, out: file, passphrase: null, version: '1' }))).toBe(
      'BACKUP_DAMAGED',
    )
    expect(readdirSync(join(file, '..'))).toEqual([])
    journal.close()
  })
})

describe('a restore at the next start', () => {
  test('is prepared while the workspace is open and taken by the next start, or not at all', async () => {
    const before = contentOf(folder)
    await backUp()
    mutate()
    const changed = contentOf(folder)
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
    const stage = () => stageRestore({ ...quiet, folder, file, passphrase: null, replaceOther: false }, workspaceOf(journal))
    await stage()
    expect(stagedRestore(folder)).toMatchObject({ file: 'one.tar' })
    unstageRestore(folder)
    expect([stagedRestore(folder), finishRestore(folder)]).toEqual([null, null])
    await stage()
    journal.close()
    expect(contentOf(folder)).toEqual(changed)
    expect(finishRestore(folder)).toMatchObject({ file: 'one.tar' })
    expect(contentOf(folder)).toEqual(before)
    expect(finishRestore(folder)).toBeNull()
  })
})

/** Runs the victim to its death or end. */
function kill(what: 'backup' | 'restore', at: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'victim.ts'), what, folder, file, at], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise(done => child.on('exit', (code, signal) => done(signal ?? String(code))))
}

describe('kill -9', () => {
  test('during a backup leaves the workspace as it was, and no file with the name of a backup unless it is whole', async () => {
    rmSync(folder, { recursive: true })
    makeWorkspace(folder, 60)
    const before = contentOf(folder)
    const ends = []
    for (const at of [150, 250, 350, 500, 800]) {
      ends.push(await kill('backup', String(at)))
      expect(contentOf(folder)).toEqual(before)
      if (existsSync(file)) await checkBackup({ ...quiet, file, passphrase: null, scratch: join(folder, '..', 'scratch') })
    }
    expect(ends).toContain('SIGKILL')
    await backUp()
    expect(readdirSync(join(file, '..'))).toEqual(['one.tar'])
  })

  test('during a restore, at every single step of it, leaves the old workspace or the new one', async () => {
    const before = contentOf(folder)
    await backUp()
    mutate()
    const changed = contentOf(folder)
    const saved = join(folder, '..', 'saved')
    cpSync(folder, saved, { recursive: true })
    const seen = []
    for (let step = 0; ; step++) {
      rmSync(folder, { recursive: true, force: true })
      cpSync(saved, folder, { recursive: true })
      const end = await kill('restore', `rename:${step}`)
      const wentOn = finishRestore(folder) !== null
      const content = contentOf(folder)
      expect(content).toEqual(wentOn || end === '0' ? before : changed)
      expect(existsSync(join(folder, 'restore'))).toBe(false)
      seen.push(wentOn)
      if (end === '0') break
    }
    // The first rename is the one that makes it final: before it back, after it forward.
    expect(seen.length).toBeGreaterThan(8)
    expect(seen.slice(0, 2)).toEqual([false, true])
  })
})

describe('retention', () => {
  const one = (id: string, madeAt: number, why: KnownBackup['why'], problem: string | null = null) =>
    ({ id, madeAt, why, problem }) as KnownBackup
  const ids = (list: readonly KnownBackup[]) => list.map(({ id }) => id)

  test('removes scheduled backups beyond the number, never the newest good one and never one that a person made', () => {
    const list = [
      one('e', 5, 'schedule', 'damaged'),
      one('d', 4, 'schedule', 'damaged'),
      one('c', 3, 'person', 'damaged'),
      one('b', 2, 'schedule'),
      one('a', 1, 'schedule'),
    ]
    expect(ids(prunable(list, 2))).toEqual(['a'])
    expect(ids(prunable(list, 1))).toEqual(['d', 'a'])
    expect(ids(prunable(list, 0))).toEqual(['d', 'a'])
    expect(ids(prunable(list, 9))).toEqual([])
  })
})

describe('a backup by the clock', () => {
  const handle = {
    signal: new AbortController().signal,
    progress: () => {},
    log: { debug() {}, info() {}, warn() {}, error() {} },
    due: null,
    ...({ job: { id: 'job', name: 'Nightly' }, run: '1', trigger: 'person', user: 'ana', skips: null } as const),
  }
  const made: unknown[] = []
  const backup = {
    makeNow: async (options: unknown) => {
      made.push(options)
      return { file: 'x.tar', bytes: 5, files: 1 } as never
    },
  }
  const job = (value: Secret | null) => backupJob({ backup, secrets: { get: async () => value } })

  test('is sealed with the passphrase among the secrets where that was asked for, and not made at all without it', async () => {
    expect(await job(null).run(handle, { encryption: 'none' } as never)).toEqual({ file: 'x.tar', bytes: 5, files: 1 })
    await job(new Secret('correct horse')).run(handle, { encryption: 'passphrase' } as never)
    expect(made).toMatchObject([
      { passphrase: null, why: 'schedule' },
      { passphrase: 'correct horse', why: 'schedule' },
    ])
    await expect(job(null).run(handle, { encryption: 'passphrase' } as never)).rejects.toThrow(/no secret backup\.passphrase/)
    expect(made).toHaveLength(2)
  })
})
