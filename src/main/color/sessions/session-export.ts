import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { ProcessedColor } from '../../../core/color/process.ts'
import { writeColors } from '../../../core/color/write-colors.ts'
import { type FileChunk, fileChunks } from '../../../platform/file-chunks.ts'
import type { SessionFiles } from './session-files.ts'
import { refuse } from './session-refusal.ts'

export type ExportFormat = 'csv' | 'xlsx' | 'parquet'

export interface ExportParts {
  readonly files: Pick<SessionFiles, 'scratch'>
}

/** The output as it would be published, in pieces. It has no run and no instant yet. */
export async function* exportSession(
  { files }: ExportParts,
  { placed, format }: { readonly placed: readonly PlacedColor[]; readonly format: ExportFormat },
  signal?: AbortSignal,
): AsyncGenerator<FileChunk, void, undefined> {
  if (format !== 'csv') refuse({ kind: 'no-writer', format })
  const file = files.scratch(`export.${format}`)
  try {
    const stamp = { runId: '', processedAt: '', processingType: 'MANUAL' } as const
    await pipeline(Readable.from(inTurns(writeColors(processed(placed), stamp))), createWriteStream(file, { mode: 0o600 }))
    yield* fileChunks(file, placed.length, signal)
  } finally {
    await rm(file, { force: true })
  }
}

function processed(placed: readonly PlacedColor[]): readonly ProcessedColor[] {
  const messages = new Map(placed.map(({ row }) => [row.rowId, row.messageId]))
  return placed.map(one => ({
    ...one,
    color: { row: one.row, fileRow: 0 },
    parentMessageId: one.parentRowId === null ? null : (messages.get(one.parentRowId) ?? null),
  }))
}

/** Every piece waits for its turn: pieces are made faster than the disk takes them, and all of them at once would hold up the host. */
async function* inTurns(pieces: Iterable<string>): AsyncGenerator<string, void> {
  for (const piece of pieces) {
    yield piece
    await new Promise(resolve => setImmediate(resolve))
  }
}
