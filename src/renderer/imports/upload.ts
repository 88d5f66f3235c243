import type { Client } from '../../contract/index.ts'

/** Bytes of one piece; as base64 it stays well under what the contract takes. */
const PIECE = 4 * 1024 * 1024

function base64Of(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => {
      const address = String(reader.result)
      resolve(address.slice(address.indexOf(',') + 1))
    }
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(part)
  })
}

/**
 * Sends a file to the host piece by piece; returns the name of the upload.
 *
 * Fails: with the signal's reason when it is aborted, and with the host's refusals.
 */
export async function sendFile(desk: Client, file: File, signal: AbortSignal, onSent: (bytes: number) => void): Promise<string> {
  const { upload } = await desk.imports.begin({ file: file.name.slice(-255), bytes: file.size }, { signal })
  for (let offset = 0; offset < file.size; ) {
    const base64 = await base64Of(file.slice(offset, offset + PIECE))
    signal.throwIfAborted()
    const { received } = await desk.imports.piece({ upload, offset, base64 }, { signal })
    // The host says how far it is; a piece that arrived twice does no harm.
    offset = Math.max(received, offset + 1)
    onSent(received)
  }
  return upload
}
