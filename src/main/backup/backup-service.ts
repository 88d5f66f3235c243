import { access, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { BackupInfo } from '../../contract/backup.ts'
import { type EpochMicros, MICROS_PER_DAY } from '../../core/kit/time.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import type { JobHandle, JobsService } from '../system/jobs-service.ts'
import { type BackupBook, foldBackups, prunable } from './backup-book.ts'
import { checkBackup } from './backup-read.ts'
import { workspaceOf, writeBackup } from './backup-write.ts'
import { stagedRestore, stageRestore, unstageRestore } from './restore.ts'

export interface BackupParts {
  readonly folder: string
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly jobs: JobsService
  readonly version: string
  /** Brings into segments what is only in memory or in the market store. */
  readonly settle: () => Promise<void>
  /** Folder of the settings, null for the usual one; and how many scheduled backups are kept. */
  readonly settings: () => { readonly folder: string | null; readonly keep: number }
}

export interface MakeOptions {
  /** A path, or null for a new name in the folder of the settings. */
  readonly out: string | null
  readonly passphrase: string | null
  readonly why: BackupInfo['why']
  readonly user: string
}

/** Backups of this workspace: made, checked again, restored at the next start. */
export interface BackupService {
  list(): Promise<{
    backups: BackupInfo[]
    folder: string
    keep: number
    staged: { file: string; madeAt: EpochMicros } | null
    drillDays: number | null
  }>
  /** Fails: BACKUP_PLACE before anything is begun. */
  make(options: MakeOptions): Promise<{ job: string }>
  /** The same inside a job that runs already: a scheduled one. */
  makeNow(options: MakeOptions, handle: JobHandle): Promise<BackupInfo>
  result(job: string): Promise<BackupInfo>
  check(id: string, passphrase: string | null, user: string): Promise<BackupInfo>
  stage(o: { file: string; passphrase: string | null; replaceOther: boolean }, user: string): Promise<void>
  unstage(user: string): void
  close(): Promise<void>
}

/** The folder of backups where the settings name none. */
const USUAL_FOLDER = 'backups'

/** What the system answers where a folder cannot be made or written. */
const PLACE_FAULTS = ['EACCES', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS']

const nothing = () => {}

export function createBackupService(parts: BackupParts): BackupService {
  const { folder, journal, clock, jobs, settings } = parts
  const book = foldBackups(journal)
  const ending = new AbortController()
  // One at a time: two would read the same files and write over each other's scratch.
  let line: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = line.then(work)
    line = done.catch(nothing)
    return done
  }
  const place = () => resolve(settings().folder ?? join(folder, USUAL_FOLDER))
  const infoOf = async (id: string): Promise<BackupInfo> => {
    const found = book.get(id) ?? fail('BACKUP_UNKNOWN', { backup: id })
    return { ...found, isThere: await isThere(found.file) }
  }
  const makeNow = (options: MakeOptions, handle: JobHandle) => inTurn(() => makeOne({ ...parts, book, place }, options, handle))
  return {
    makeNow,
    async list() {
      const backups = await Promise.all(book.newestFirst().map(({ id }) => infoOf(id)))
      const tried = book.lastDrill()
      const drillDays = tried === null ? null : Math.floor((clock.now() - tried) / MICROS_PER_DAY)
      const staged = stagedRestore(folder)
      return {
        backups,
        folder: place(),
        keep: settings().keep,
        staged: staged && { file: staged.file, madeAt: staged.madeAt as EpochMicros },
        drillDays,
      }
    },
    async make(options) {
      const { id } = jobs.start({
        kind: 'backup.make',
        subject: options.out ?? place(),
        run: handle => makeNow(options, { ...handle, signal: AbortSignal.any([handle.signal, ending.signal]) }),
      })
      return { job: id }
    },
    result: async job => (await jobs.result(job)) as BackupInfo,
    check: (id, passphrase, user) =>
      inTurn(async () => {
        const known = book.get(id) ?? fail('BACKUP_UNKNOWN', { backup: id })
        if (!(await isThere(known.file))) fail('BACKUP_UNKNOWN', { backup: id })
        const scratch = join(folder, 'uploads', `check-${id}`)
        const verdict = (problem: string | null) =>
          book.apply(journal.append({ kind: 'backup.checked', subject: id, user, body: { problem } }))
        try {
          await checkBackup({ file: known.file, passphrase, scratch, clock, signal: ending.signal, progress: nothing })
        } catch (fault) {
          // A wrong passphrase says nothing about the backup.
          const { code, message } = fault as { code?: string; message: string }
          if (!ending.signal.aborted && code !== 'BACKUP_PASSPHRASE' && code !== 'BACKUP_SEALED') verdict(message)
          throw fault
        }
        verdict(null)
        return infoOf(id)
      }),
    stage: ({ file, ...options }, user) =>
      inTurn(async () => {
        await stageRestore(
          { ...options, file: resolve(file), folder, clock, signal: ending.signal, progress: nothing },
          workspaceOf(journal),
        )
        journal.append({ kind: 'backup.staged', subject: file, user, body: {} })
      }),
    unstage(user) {
      if (!stagedRestore(folder)) return
      unstageRestore(folder)
      journal.append({ kind: 'backup.unstaged', subject: 'restore', user, body: {} })
    },
    async close() {
      ending.abort(new DOMException('the host ends', 'AbortError'))
      await line
    },
  }
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )

async function makeOne(
  parts: BackupParts & { readonly book: BackupBook; readonly place: () => string },
  { out, passphrase, why, user }: MakeOptions,
  { signal, progress }: JobHandle,
): Promise<BackupInfo> {
  const { folder, journal, clock, version, settle, settings, book, log } = parts
  const started = clock.now()
  const id = started.toString(36)
  const ending = passphrase === null ? '.tar' : '.tar.sealed'
  const stamp = new Date(started / 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const file = out === null ? join(parts.place(), `contango-${stamp}-${id.slice(-3)}${ending}`) : resolve(out)
  // A market store that is down must not keep anybody from a backup: what it holds is in segments but for the last minutes.
  await settle().catch(fault => log.warn('backup.not-settled', { fault }))
  const checked = await writeBackup({
    ...{ folder, journal, passphrase, version, clock, signal },
    out: file,
    progress: fraction => progress(fraction),
  }).catch(fault => {
    const { code } = fault as NodeJS.ErrnoException
    if (code === 'ENOSPC') fail('DISK_FULL', { folder: dirname(file) })
    if (code !== undefined && PLACE_FAULTS.includes(code)) fail('BACKUP_PLACE', { folder: dirname(file), reason: code })
    throw fault
  })
  const { heading, files, bytes, sealed } = checked
  const body = { file, bytes, files, journalSeq: heading.journal.seq, sealed, why, version }
  book.apply(journal.append({ kind: 'backup.made', subject: id, user, body }))
  if (why === 'schedule') {
    for (const old of prunable(book.newestFirst(), settings().keep)) {
      await rm(old.file, { force: true })
      book.apply(journal.append({ kind: 'backup.pruned', subject: old.id, user, body: { file: old.file } }))
      log.info('backup.pruned', { file: old.file })
    }
  }
  log.info('backup.made', { file, bytes, files, seconds: (clock.now() - started) / 1e6 })
  return { ...(book.get(id) as Omit<BackupInfo, 'isThere'>), isThere: true }
}
