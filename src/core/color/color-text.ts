import { detectKind, isUtf8 } from '../imports/encoding.ts'
import type { ColorText } from './color-source.ts'
import { type ByteTools, FileUnusable } from './workbook/byte-tools.ts'

const HEAD_BYTES = 1 << 18

/** The bytes of a delimited file with their encoding found. Fails: FileUnusable for what is no text. */
export function colorTextOf(bytes: Uint8Array, { decoder, encode }: ByteTools): ColorText {
  const found = detectKind(bytes.subarray(0, HEAD_BYTES))
  if (found.kind === 'parquet') throw new FileUnusable('it is a Parquet file; quotes are read from .xlsx, .xls and .csv')
  if (found.kind === 'binary') throw new FileUnusable(`it is ${found.what}`)
  const own = bytes.subarray(found.bomBytes)
  if (found.encoding === 'utf-16le' || found.encoding === 'utf-16be')
    return { bytes: encode(decoder(found.encoding)(own)), decode: decoder('utf-8') }
  // A line in each of two encodings: what is not UTF-8 comes out as U+FFFD, and its rows are set apart.
  const isAnsi = found.bomBytes === 0 && !isUtf8(own) && !hasWideUtf8(own)
  return { bytes: own, decode: decoder(isAnsi ? 'windows-1252' : 'utf-8') }
}

/** Whether some line has letters beyond ASCII and is UTF-8. */
function hasWideUtf8(bytes: Uint8Array): boolean {
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(10, from)
    const line = bytes.subarray(from, found < 0 ? bytes.length : found)
    if (line.some(byte => byte >= 0x80) && isUtf8(line)) return true
    from += line.length + 1
  }
  return false
}
