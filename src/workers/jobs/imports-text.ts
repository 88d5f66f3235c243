import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Encoding } from '../../core/imports/encoding.ts'

const CHUNK = 1 << 20

/** Text of such bytes, for showing and for what the byte readers leave over. */
export function decoderOf(encoding: Encoding): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder(encoding === 'windows-1252' ? 'windows-1252' : 'utf-8')
  return bytes => decoder.decode(bytes)
}

/**
 * The bytes of a text file piece by piece: `use` is given what is there and answers how much of it is done with; what is left
 * is given again with more behind it. UTF-16 comes as UTF-8, so that every reader sees an ASCII-compatible encoding.
 */
export function eachPiece(
  path: string,
  {
    encoding,
    skip,
    onRead,
  }: { encoding: Encoding; skip: number; onRead: (bytes: Uint8Array, sofar: number, total: number) => void },
  use: (bytes: Uint8Array, length: number, isLast: boolean) => number,
): void {
  const wide = encoding === 'utf-16le' || encoding === 'utf-16be' ? new TextDecoder(encoding) : null
  const file = openSync(path, 'r')
  try {
    const total = fstatSync(file).size
    const raw = Buffer.allocUnsafe(CHUNK)
    let buffer = Buffer.allocUnsafe(4 * CHUNK)
    let held = 0
    let sofar = 0
    for (;;) {
      const count = readSync(file, raw, 0, CHUNK, null)
      onRead(raw.subarray(0, count), sofar + count, total)
      const fresh = raw.subarray(sofar === 0 ? Math.min(skip, count) : 0, count)
      sofar += count
      const bytes = wide ? Buffer.from(wide.decode(fresh, { stream: count > 0 }), 'utf8') : fresh
      if (held + bytes.length > buffer.length) buffer = Buffer.concat([buffer.subarray(0, held)], 2 * (held + bytes.length))
      bytes.copy(buffer, held)
      held += bytes.length
      const done = use(buffer, held, count === 0)
      buffer.copyWithin(0, done, held)
      held -= done
      if (count === 0) return
    }
  } finally {
    closeSync(file)
  }
}

/** Some bytes of a file; fewer at its end. */
export function readPart(path: string, from: number, length: number): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(length)
    return buffer.subarray(0, readSync(file, buffer, 0, length, from))
  } finally {
    closeSync(file)
  }
}
