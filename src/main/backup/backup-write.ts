import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import type { Journal } from '../../platform/journal.ts'
import { sealTo } from '../../platform/sealed.ts'
import { type ByteSink, endTar, type PackedFile, packBytes, packFile } from '../../platform/tar.ts'
import { FORMAT, HEADING_NAME, type Heading, INSIDE, isBackedUp, JOURNAL_NAME, MANIFEST_NAME } from './backup-format.ts'
import { type CheckedBackup, checkBackup } from './backup-read.ts'

export interface WriteOptions {
  /** The workspace folder. */
  readonly folder: string
  readonly journal: Pick<Journal, 'copyTo' | 'head' | 'read'>
  /** The file to make. */
  readonly out: string
  /** Seals the backup; null leaves it readable for everybody who has the file. */
  readonly passphrase: string | null
  readonly version: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (fraction: number) => void
}

/** Writing takes about as long as restoring and comparing. */
const WRITING_SHARE = 0.5

/** Names of the files that belong into a backup, sorted, with slashes. */
async function namesIn(folder: string): Promise<string[]> {
  const found: string[] = []
  const walk = async (inside: string) => {
    for (const entry of await readdir(join(folder, inside), { withFileTypes: true })) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`
      if (!isBackedUp(name)) continue
      if (entry.isDirectory()) await walk(name)
      else if (entry.isFile()) found.push(name)
    }
  }
  await walk('')
  return found.sort()
}

/** The hash of a journal's first entry. */
export function workspaceOf(journal: Pick<Journal, 'read'>): string | null {
  return journal.read({ limit: 1 })[0]?.hash ?? null
}

/**
 * Puts a workspace into one file. It has its name only after it was restored to a folder beside it and every file compared.
 *
 * The journal is copied first: every segment that it names is already there, and is never changed afterwards.
 * Fails: BackupRefused when what was restored is not what went in; with the system's error when the place cannot be written.
 */
export async function writeBackup(options: WriteOptions): Promise<CheckedBackup> {
  const { folder, out, signal, progress, passphrase, clock } = options
  await mkdir(dirname(out), { recursive: true })
  const partial = `${out}.part`
  const scratch = `${out}.scratch`
  try {
    await writeFile(options, partial)
    const checked = await checkBackup({
      file: partial,
      scratch,
      passphrase,
      clock,
      signal,
      progress: fraction => progress(WRITING_SHARE + (1 - WRITING_SHARE) * fraction),
    })
    await rename(partial, out)
    await syncFolder(dirname(out))
    return checked
  } finally {
    for (const left of [partial, scratch, join(folder, 'uploads', 'journal-copy.sqlite')])
      await rm(left, { recursive: true, force: true })
  }
}

async function writeFile(options: WriteOptions, partial: string): Promise<void> {
  const { folder, journal, passphrase, version, clock, signal, progress } = options
  const copy = join(folder, 'uploads', 'journal-copy.sqlite')
  await mkdir(dirname(copy), { recursive: true })
  const head = await journal.copyTo(copy)
  const names = await namesIn(folder)
  const files = [{ name: JOURNAL_NAME, path: copy }, ...names.map(name => ({ name, path: join(folder, ...name.split('/')) }))]
  const bytes = (await Promise.all(files.map(({ path }) => stat(path)))).reduce((sum, { size }) => sum + size, 0)
  const about: Heading = {
    product: 'Contango',
    format: FORMAT,
    version,
    workspace: workspaceOf(journal),
    madeAt: clock.now(),
    journal: head,
    files: files.length,
    bytes,
  }
  const file = await open(partial, 'w', 0o600)
  try {
    let written = 0
    const disk: ByteSink = async piece => {
      await file.writeFile(piece)
      written += piece.length
      progress(WRITING_SHARE * Math.min(1, written / Math.max(1, bytes)))
    }
    const sealed = passphrase === null ? null : await sealTo(disk, passphrase)
    await packAll(about, files, sealed?.write ?? disk, signal)
    await sealed?.end()
    await file.sync()
  } finally {
    await file.close()
  }
}

async function packAll(
  about: Heading,
  files: readonly { readonly name: string; readonly path: string }[],
  to: ByteSink,
  signal: AbortSignal,
): Promise<void> {
  const text = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 1)}\n`)
  await packBytes(HEADING_NAME, text(about), to)
  const packed: PackedFile[] = []
  for (const { name, path } of files) packed.push(await packFile({ name: `${INSIDE}${name}`, path }, to, signal))
  await packBytes(MANIFEST_NAME, text({ files: packed }), to)
  await endTar(to)
}

/** A new name is on the disk only once its folder is; some systems cannot do that, and do not need it. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch {
    // Windows refuses to open a folder.
  } finally {
    await handle?.close()
  }
}
