import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileChunk, fileChunks } from '../../platform/file-chunks.ts'

/**
 * A file that `write` makes, in chunks; the last one is empty and carries the hash of all before.
 *
 * The file is made whole first and removed at the end, also when the reader leaves early.
 */
export async function* exportChunks(
  folder: string,
  write: (file: string) => Promise<{ readonly rows: number }>,
  signal: AbortSignal,
): AsyncGenerator<FileChunk, void, undefined> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `export-${randomUUID()}`)
  try {
    const { rows } = await write(file)
    yield* fileChunks(file, rows, signal)
  } catch (fault) {
    // A reader that left hears nothing of it.
    if (!signal.aborted) throw fault
  } finally {
    await rm(file, { force: true })
  }
}
