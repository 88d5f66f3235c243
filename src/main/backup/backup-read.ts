import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import { JournalCorrupt, openJournal } from '../../platform/journal.ts'
import { isSealed, SealBroken, unseal } from '../../platform/sealed.ts'
import { type Take, TarDamaged, unpackTar } from '../../platform/tar.ts'
import { fail } from '../fail.ts'
import { FORMAT, HEADING_NAME, type Heading, heading, INSIDE, JOURNAL_NAME, MANIFEST_NAME, manifest } from './backup-format.ts'

/** A backup that was unpacked, and every file in it compared. */
export interface CheckedBackup {
  readonly heading: Heading
  readonly files: number
  readonly bytes: number
  readonly sealed: boolean
}

export interface ReadOptions {
  readonly file: string
  readonly passphrase: string | null
  readonly signal: AbortSignal
  readonly progress: (fraction: number) => void
}

const HEAD_BYTES = 64

async function looksSealed(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    await handle.read(head, 0, HEAD_BYTES, 0)
    return isSealed(head)
  } finally {
    await handle.close()
  }
}

/** The bytes of the archive inside a backup. */
async function openBackup({ file, passphrase }: ReadOptions): Promise<{ bytes: AsyncIterable<Uint8Array>; sealed: boolean }> {
  const name = basename(file)
  const sealed = await looksSealed(file).catch(fault => fail('FILE_UNREADABLE', { file: name, reason: reasonOf(fault) }))
  const plain = createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
  if (!sealed) return { bytes: plain, sealed }
  if (passphrase === null) return fail('BACKUP_SEALED', { file: name })
  return { bytes: unseal(plain, passphrase), sealed }
}

const reasonOf = (fault: unknown) =>
  (fault as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (fault as Error).message

/** What goes wrong inside the archive, as a person can meet it. */
function refuse(fault: unknown, file: string, entry: string): never {
  const name = basename(file)
  if (fault instanceof SealBroken) {
    if (fault.problem === 'passphrase') return fail('BACKUP_PASSPHRASE', { file: name })
    if (fault.problem === 'cut-off') return fail('BACKUP_CUT_OFF', { file: name, entry })
    return fail('BACKUP_DAMAGED', { file: name, entry })
  }
  if (fault instanceof TarDamaged) {
    if (entry === '') return fail('BACKUP_NOT_ONE', { file: name })
    const where = fault.entry ?? entry
    return fault.message === 'it ends too early'
      ? fail('BACKUP_CUT_OFF', { file: name, entry: where })
      : fail('BACKUP_DAMAGED', { file: name, entry: where })
  }
  throw fault
}

function parsed<T>(bytes: Buffer, read: { safeParse(value: unknown): { success: boolean; data?: T } }): T | null {
  try {
    const found = read.safeParse(JSON.parse(bytes.toString('utf8')))
    return found.success ? (found.data as T) : null
  } catch {
    return null
  }
}

/**
 * Unpacks a backup into a folder and compares every file with what went in.
 *
 * Fails: a failure of the catalogue that names the file and the entry where it is not what went in.
 */
export async function readBackup(options: ReadOptions, into: string): Promise<CheckedBackup> {
  const { file, signal, progress } = options
  const name = basename(file)
  const { bytes, sealed } = await openBackup(options)
  let about: Heading | null = null
  let listed: Buffer | null = null
  let entry = ''
  let read = 0
  const lists = new Map<string, (content: Buffer) => void>([
    [
      HEADING_NAME,
      content => {
        about = headingOf(content, name)
      },
    ],
    [
      MANIFEST_NAME,
      content => {
        listed = content
      },
    ],
  ])
  const take = async (entryName: string, size: number): Promise<Take> => {
    if (!about && entryName !== HEADING_NAME) return fail('BACKUP_NOT_ONE', { file: name })
    entry = entryName
    const list = lists.get(entryName)
    if (list) return { whole: list }
    if (!entryName.startsWith(INSIDE)) return fail('BACKUP_DAMAGED', { file: name, entry: entryName })
    read += size
    progress(Math.min(1, read / Math.max(1, (about as Heading | null)?.bytes ?? 0)))
    const path = join(into, ...entryName.slice(INSIDE.length).split('/'))
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return { into: await open(path, 'wx', 0o600) }
  }
  try {
    const found = await unpackTar(bytes, take, signal)
    const files = found.filter(one => one.name.startsWith(INSIDE))
    const expected = listed ? parsed(listed, manifest) : null
    if (!about || !expected) return fail('BACKUP_CUT_OFF', { file: name, entry: MANIFEST_NAME })
    expectSame(files, expected.files, name)
    return { heading: about, files: files.length, bytes: files.reduce((sum, one) => sum + one.bytes, 0), sealed }
  } catch (fault) {
    return refuse(fault, file, entry)
  }
}

function headingOf(content: Buffer, file: string): Heading {
  // The format is looked at alone first: a newer heading may have another shape.
  const format = parsed(content, heading.pick({ product: true, format: true, version: true }))
  if (!format) return fail('BACKUP_NOT_ONE', { file })
  if (format.format > FORMAT) return fail('BACKUP_NEWER', { file, version: format.version })
  return parsed(content, heading) ?? fail('BACKUP_DAMAGED', { file, entry: HEADING_NAME })
}

type Listed = readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]

function expectSame(found: Listed, expected: Listed, file: string): void {
  const known = new Map(expected.map(one => [one.name, one]))
  for (const one of found) {
    const listed = known.get(one.name)
    if (listed?.sha256 !== one.sha256 || listed.bytes !== one.bytes) fail('BACKUP_DAMAGED', { file, entry: one.name })
    known.delete(one.name)
  }
  const [missing] = known.keys()
  if (missing !== undefined) fail('BACKUP_DAMAGED', { file, entry: missing })
}

/**
 * Restores a backup to a scratch folder, compares every file with what went in, and checks the journal's chain up to the entry
 * that the backup names. The scratch folder is gone afterwards.
 *
 * Fails: as readBackup.
 */
export async function checkBackup(
  options: ReadOptions & { readonly scratch: string; readonly clock: Clock },
): Promise<CheckedBackup> {
  const { scratch, file, clock } = options
  try {
    await rm(scratch, { recursive: true, force: true })
    await mkdir(scratch, { recursive: true, mode: 0o700 })
    const checked = await readBackup(options, scratch)
    checkJournal(join(scratch, JOURNAL_NAME), { about: checked.heading, file, clock })
    return checked
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/**
 * Opens a journal that was unpacked, which checks its whole chain, and compares its newest entry with the one that was backed up.
 *
 * Fails: BACKUP_DAMAGED.
 */
export function checkJournal(
  path: string,
  { about, file, clock }: { readonly about: Heading; readonly file: string; readonly clock: Clock },
): void {
  const damaged = () => fail('BACKUP_DAMAGED', { file: basename(file), entry: JOURNAL_NAME })
  try {
    const journal = openJournal({ file: path, clock })
    const head = journal.head()
    journal.close()
    if (head.seq !== about.journal.seq || head.hash !== about.journal.hash) damaged()
  } catch (fault) {
    if (fault instanceof JournalCorrupt) damaged()
    throw fault
  }
}
