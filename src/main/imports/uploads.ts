import { constants } from 'node:fs'
import { access, mkdir, open, rm, stat, statfs } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fail } from '../fail.ts'

/** A file that can be imported: sent here in pieces, or one on this machine's own disk. */
export interface Upload {
  readonly id: string
  /** The name that a person knows it by. */
  readonly file: string
  readonly path: string
  readonly bytes: number
  /** It lies in the uploads folder, so it is ours to move. */
  readonly isOurs: boolean
  received: number
}

/** Room that is left for the journal and the stores whatever is sent. */
const SPARE_BYTES = 64 * 1024 * 1024

/** Files on their way in. They are held until the host ends. */
export interface Uploads {
  begin(file: string, bytes: number): Promise<Upload>
  piece(id: string, offset: number, bytes: Uint8Array): Promise<{ received: number }>
  /** Fails: FILE_UNREADABLE with why. */
  openPath(path: string): Promise<Upload>
  /** Fails: UPLOAD_UNKNOWN. */
  find(id: string): Upload
}

export function createUploads(folder: string, newId: () => string): Uploads {
  const held = new Map<string, Upload>()
  const find = (id: string): Upload => held.get(id) ?? fail('UPLOAD_UNKNOWN', { upload: id })
  return {
    find,
    async begin(file, bytes) {
      const id = newId()
      await mkdir(join(folder, id), { recursive: true, mode: 0o700 })
      const { bavail, bsize } = await statfs(folder)
      if (bavail * bsize < bytes + SPARE_BYTES) return fail('DISK_FULL', { folder })
      const path = join(folder, id, 'file')
      await (await open(path, 'w', 0o600)).close()
      const upload: Upload = { id, file: basename(file), path, bytes, isOurs: true, received: 0 }
      held.set(id, upload)
      return upload
    },
    async piece(id, offset, bytes) {
      const upload = find(id)
      // A piece from beyond what is here would leave a hole: the sender goes on from what `received` says. A file that is whole
      // may be in the archive already, as the same file, and is never written again.
      if (!upload.isOurs || offset > upload.received || upload.received >= upload.bytes) return { received: upload.received }
      const wanted = bytes.subarray(0, Math.max(0, upload.bytes - offset))
      try {
        const file = await open(upload.path, 'r+')
        await file.write(wanted, 0, wanted.length, offset).finally(() => file.close())
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === 'ENOSPC') await rm(upload.path, { force: true })
        throw fault
      }
      upload.received = Math.max(upload.received, offset + wanted.length)
      return { received: upload.received }
    },
    async openPath(given) {
      const path = resolve(given)
      const bytes = await sizeOf(path).catch(fault => fail('FILE_UNREADABLE', { file: path, reason: whyUnreadable(fault) }))
      const upload: Upload = { id: newId(), file: basename(path), path, bytes, isOurs: false, received: bytes }
      held.set(upload.id, upload)
      return upload
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path)
  if (found.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
  if (!found.isFile()) throw new Error('it is no plain file')
  await access(path, constants.R_OK)
  return found.size
}

/** Why a file cannot be read, in words. */
export function whyUnreadable(fault: unknown): string {
  const { code, message } = fault as NodeJS.ErrnoException
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'you have no permission to read it',
    EPERM: 'you have no permission to read it',
    EBUSY: 'another program has it open, most likely Excel; close it there and try again',
    ENAMETOOLONG: 'the name is too long',
    EIO: 'the disk reports an error',
  }
  return known[code ?? ''] ?? message
}
