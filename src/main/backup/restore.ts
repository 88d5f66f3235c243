import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import { openJournal } from '../../platform/journal.ts'
import { fail } from '../fail.ts'
import { JOURNAL_NAME } from './backup-format.ts'
import { type CheckedBackup, checkJournal, readBackup } from './backup-read.ts'
import { workspaceOf } from './backup-write.ts'

/** The backup that a workspace comes from: the name of its file, and when it was made. */
export interface RestoredFrom {
  readonly file: string
  readonly madeAt: number
}

/** Written once the new files are whole and compared: from then on a start goes forward, before it a start goes back. */
interface Step extends RestoredFrom {
  /** Folder beside them that the old files go to. */
  readonly aside: string
}

const WORK = 'restore'
const stepFile = (folder: string) => join(folder, WORK, 'step.json')
const freshFolder = (folder: string) => join(folder, WORK, 'new')
/** Stays where it is: the lock that this restore holds, what was made for one run, and other backups. */
const STAYS = /^(host\.lock.*|host\.json.*|restore|aside-.*|backups|logs|electron|secrets.*)$/

export interface RestoreOptions {
  readonly folder: string
  readonly file: string
  readonly passphrase: string | null
  /** Takes the place of a workspace that the backup is not of. */
  readonly replaceOther: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (fraction: number) => void
}

export interface Restored extends CheckedBackup {
  /** Folder that the former content lies in; null where there was none. */
  readonly aside: string | null
}

/**
 * Unpacks and compares a backup beside a workspace, so that the next start takes it; the workspace may be open meanwhile.
 *
 * Nothing of the workspace is touched. `here` is the identity of the workspace that it would take the place of; null for none.
 * Fails: a failure of the catalogue; nothing is then left behind.
 */
export async function stageRestore(options: RestoreOptions, here: string | null): Promise<CheckedBackup> {
  const { folder, file, clock, replaceOther } = options
  unstageRestore(folder)
  mkdirSync(freshFolder(folder), { recursive: true, mode: 0o700 })
  try {
    const checked = await readBackup(options, freshFolder(folder))
    checkJournal(join(freshFolder(folder), JOURNAL_NAME), { about: checked.heading, file, clock })
    if (here !== null && here !== checked.heading.workspace && !replaceOther)
      fail('BACKUP_OTHER_WORKSPACE', { file: basename(file), folder })
    const stamp = new Date(clock.now() / 1000).toISOString().replace(/[-:]/g, '').slice(0, 15)
    writeStep(folder, { aside: freeName(folder, `aside-${stamp}`), file: basename(file), madeAt: checked.heading.madeAt })
    return checked
  } catch (fault) {
    unstageRestore(folder)
    if ((fault as NodeJS.ErrnoException).code === 'ENOSPC') fail('DISK_FULL', { folder })
    throw fault
  }
}

/** Takes back what stageRestore prepared. */
export function unstageRestore(folder: string): void {
  // The step goes first: without it what is left of the rest is thrown away at the next start.
  rmSync(stepFile(folder), { force: true })
  rmSync(join(folder, WORK), { recursive: true, force: true })
}

/** The restore that the next start will make; null for none. */
export function stagedRestore(folder: string): RestoredFrom | null {
  return readStep(folder)
}

/** The identity of a workspace that nobody has open; null where there is none yet, or its journal is too damaged to tell. */
function identityIn(folder: string, clock: Clock): string | null {
  const file = join(folder, JOURNAL_NAME)
  if (!existsSync(file)) return null
  try {
    const journal = openJournal({ file, clock })
    const found = workspaceOf(journal)
    journal.close()
    return found
  } catch {
    return null
  }
}

/**
 * Puts a backup in the place of a workspace; the caller holds its lock. What was there is set aside, never deleted.
 *
 * The market store is not in a backup: the next start rebuilds it from the journal and the segments.
 * Fails: as stageRestore; the workspace is then as it was.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { folder, clock } = options
  finishRestore(folder)
  const checked = await stageRestore(options, identityIn(folder, clock))
  const { aside } = readStep(folder) as Step
  finishRestore(folder)
  return { ...checked, aside: existsSync(join(folder, aside)) ? join(folder, aside) : null }
}

function freeName(folder: string, name: string): string {
  for (let count = 1; ; count++) {
    const tried = count === 1 ? name : `${name}-${count}`
    if (!existsSync(join(folder, tried))) return tried
  }
}

function writeStep(folder: string, step: Step): void {
  const partial = `${stepFile(folder)}.part`
  writeFileSync(partial, JSON.stringify(step), { mode: 0o600, flush: true })
  renameSync(partial, stepFile(folder))
}

/**
 * Ends a restore that a kill interrupted: forward where the new files were whole, back where they were not.
 *
 * Called with the lock of the workspace held and before anything in it is opened; gives the backup where it went forward.
 */
export function finishRestore(folder: string): RestoredFrom | null {
  const work = join(folder, WORK)
  if (!existsSync(work)) return null
  const step = readStep(folder)
  if (!step) {
    rmSync(work, { recursive: true, force: true })
    return null
  }
  const fresh = freshFolder(folder)
  const aside = join(folder, step.aside)
  // Old files go first and only while the marker of that half is missing: afterwards what lies here is new.
  const halfway = join(work, 'halfway')
  if (!existsSync(halfway)) {
    mkdirSync(aside, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) if (!STAYS.test(name)) renameSync(join(folder, name), join(aside, name))
    if (readdirSync(aside).length === 0) rmSync(aside, { recursive: true })
    writeFileSync(halfway, '', { flush: true })
  }
  for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(folder, name))
  rmSync(work, { recursive: true, force: true })
  return { file: step.file, madeAt: step.madeAt }
}

function readStep(folder: string): Step | null {
  try {
    return JSON.parse(readFileSync(stepFile(folder), 'utf8')) as Step
  } catch {
    return null
  }
}
