import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { ProcessedColor } from '../../../core/color/process.ts'
import { type RunStamp, writeColors } from '../../../core/color/write-colors.ts'

/** The output of a run as CSV; the same rows and stamp give the same bytes. */
export async function writeCsvOutput(file: string, placed: readonly PlacedColor[], stamp: RunStamp): Promise<void> {
  await pipeline(Readable.from(writeColors(withMessages(placed), stamp)), createWriteStream(file))
}

/** Rows with the message of their parent. */
function withMessages(placed: readonly PlacedColor[]): readonly ProcessedColor[] {
  const messages = new Map(placed.map(({ row }) => [row.rowId, row.messageId]))
  return placed.map(one => ({
    ...one,
    color: { row: one.row, fileRow: 0 },
    parentMessageId: one.parentRowId === null ? null : (messages.get(one.parentRowId) ?? null),
  }))
}
