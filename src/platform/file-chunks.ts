import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** A piece of a file on its way to a reader, in the form of the contract's fileChunk. */
export interface FileChunk {
  readonly base64: string
  readonly rows: number
  readonly done: boolean
  readonly sha256: string | null
}

/** A multiple of three, so that the base64 of all chunks put together is the base64 of the file. */
const CHUNK_BYTES = 384 * 1024

/**
 * A file in chunks; `rows` is the count of the whole file in each of them, the last one carries the hash and no bytes.
 *
 * Fails: with the signal's reason when it is aborted, or with what the file system says.
 */
export async function* fileChunks(file: string, rows: number, signal?: AbortSignal): AsyncGenerator<FileChunk, void, undefined> {
  const handle = await open(file, 'r')
  const hash = createHash('sha256')
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES)
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES)
      if (bytesRead === 0) break
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      yield { base64: piece.toString('base64'), rows, done: false, sha256: null }
    }
    yield { base64: '', rows, done: true, sha256: hash.digest('hex') }
  } finally {
    await handle.close()
  }
}
