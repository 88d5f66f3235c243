import { saveFile } from '../ui/download.ts'

/** A piece of a file as the contract sends it. */
interface FilePiece {
  readonly base64: string
  readonly rows: number
  readonly done: boolean
  readonly sha256: string | null
}

const TYPES = {
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  json: 'application/json',
  tar: 'application/x-tar',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const
export type ExportFormat = Exclude<keyof typeof TYPES, 'tar' | 'xlsx'>

/** The bytes that arrived are not those that were sent. */
export class FileDamaged extends Error {
  override readonly name = 'FileDamaged'
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

async function hashOf(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await new Blob([...parts]).arrayBuffer())
  return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Receives a file in pieces and hands it to the person; returns its rows.
 *
 * Fails: FileDamaged when its hash is not the one that the host computed; nothing is saved then.
 */
export async function receiveFile(
  pieces: AsyncIterable<FilePiece>,
  file: string,
  format: keyof typeof TYPES,
  onRows: (rows: number) => void,
): Promise<number> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let rows = 0
  let expected: string | null = null
  for await (const piece of pieces) {
    if (piece.base64) parts.push(bytesOf(piece.base64))
    rows = Math.max(rows, piece.rows)
    onRows(rows)
    if (piece.done) expected = piece.sha256
  }
  if (expected !== null && (await hashOf(parts)) !== expected) throw new FileDamaged(file)
  saveFile(file, parts, TYPES[format])
  return rows
}
