import { open } from 'node:fs/promises'
import { type Batch, batchBytes, columnNames, decodeBatch } from '../../core/imports/batch.ts'
import type { SeriesKind } from '../../core/imports/mapping.ts'

/** The batches that a parse job left in a file, one at a time. */
export async function* readBatches(path: string, kind: SeriesKind): AsyncGenerator<Batch, void> {
  const width = columnNames(kind).length
  const file = await open(path, 'r')
  try {
    const head = new Float64Array(1)
    for (let at = 0; (await file.read(head, 0, 8, at)).bytesRead === 8; ) {
      const bytes = new ArrayBuffer(batchBytes(head[0]!, width))
      const { bytesRead } = await file.read(new Uint8Array(bytes), 0, bytes.byteLength, at)
      if (bytesRead < bytes.byteLength) throw new Error(`${path} is cut off`)
      at += bytes.byteLength
      yield decodeBatch(bytes, kind)
    }
  } finally {
    await file.close()
  }
}
