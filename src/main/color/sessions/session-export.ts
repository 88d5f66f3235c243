import { rm } from 'node:fs/promises'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import { type FileChunk, fileChunks } from '../../../platform/file-chunks.ts'
import type { WriteOrder } from '../files/write-color-file.ts'

export interface ExportParts {
  /** Writes rows into a file, whole or not at all. */
  readonly write: (order: WriteOrder) => Promise<unknown>
}

/** The output as it would be published, in pieces. It has no run and no instant yet. */
export async function* exportSession(
  { write }: ExportParts,
  { file, rows, format }: { readonly file: string; readonly rows: readonly PlacedColor[]; readonly format: WriteOrder['format'] },
  signal?: AbortSignal,
): AsyncGenerator<FileChunk, void, undefined> {
  try {
    const stamp = { runId: '', processedAt: '', processingType: 'MANUAL' } as const
    await write({ file, format, rows, stamp, signal })
    yield* fileChunks(file, rows.length, signal)
  } finally {
    await rm(file, { force: true })
  }
}
