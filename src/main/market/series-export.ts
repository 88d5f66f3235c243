import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of the file in one chunk: a multiple of 3, so that base64 of the chunks joins without padding between them. */
const CHUNK_BYTES = 192 * 1024

export interface FileChunk {
  readonly base64: string
  readonly rows: number
  readonly done: boolean
  readonly sha256: string | null
}

/**
 * A file that `write` makes, in chunks; the last one is empty and carries the hash of all before.
 *
 * The file is made whole first and removed at the end, also when the reader leaves early.
 */
export async function* fileChunks(
  folder: string,
  write: (file: string) => Promise<{ readonly rows: number }>,
  signal: AbortSignal,
): AsyncGenerator<FileChunk, void, undefined> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `export-${randomUUID()}`)
  try {
    const { rows } = await write(file)
    const hash = createHash('sha256')
    const handle = await open(file)
    try {
      const buffer = Buffer.alloc(CHUNK_BYTES)
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES)
        if (bytesRead === 0 || signal.aborted) break
        const part = buffer.subarray(0, bytesRead)
        hash.update(part)
        yield { base64: part.toString('base64'), rows, done: false, sha256: null }
      }
    } finally {
      await handle.close()
    }
    if (!signal.aborted) yield { base64: '', rows, done: true, sha256: hash.digest('hex') }
  } finally {
    await rm(file, { force: true })
  }
}
