export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

export type FileKind =
  | { readonly kind: 'text'; readonly encoding: Encoding; readonly bomBytes: number; readonly isSure: boolean }
  | { readonly kind: 'parquet' }
  /** No table at all; `what` says what it looks like. */
  | { readonly kind: 'binary'; readonly what: string }

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['a ZIP archive or an Excel workbook; unpack it, or save the sheet as CSV', [0x50, 0x4b, 3, 4]],
  ['a gzip archive; unpack it first', [0x1f, 0x8b]],
  ['an old Excel workbook; save the sheet as CSV', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a zstd archive; unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['an xz archive; unpack it first', [0xfd, 0x37, 0x7a, 0x58]],
  ['a bzip2 archive; unpack it first', [0x42, 0x5a, 0x68]],
]

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, k) => bytes[k] === byte)
}

/**
 * What the first bytes of a file are: its byte order mark, else the pattern of zeros, else whether it is valid UTF-8.
 *
 * Bytes that are text but not UTF-8 are read as windows-1252, which every byte can be; so that guess is never sure.
 */
export function detectKind(head: Uint8Array): FileKind {
  if (startsWith(head, [0x50, 0x41, 0x52, 0x31])) return { kind: 'parquet' }
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return { kind: 'text', encoding: 'utf-8', bomBytes: 3, isSure: true }
  if (startsWith(head, [0xff, 0xfe])) return { kind: 'text', encoding: 'utf-16le', bomBytes: 2, isSure: true }
  if (startsWith(head, [0xfe, 0xff])) return { kind: 'text', encoding: 'utf-16be', bomBytes: 2, isSure: true }
  for (const [what, mark] of SIGNATURES) if (startsWith(head, mark)) return { kind: 'binary', what }
  const zeros = zeroShares(head)
  if (zeros.odd > 0.7 && zeros.even < 0.1) return { kind: 'text', encoding: 'utf-16le', bomBytes: 0, isSure: true }
  if (zeros.even > 0.7 && zeros.odd < 0.1) return { kind: 'text', encoding: 'utf-16be', bomBytes: 0, isSure: true }
  if (controlShare(head) > 0.02) return { kind: 'binary', what: 'not text: it is full of control bytes' }
  const encoding = isUtf8(head) ? 'utf-8' : 'windows-1252'
  return { kind: 'text', encoding, bomBytes: 0, isSure: encoding === 'utf-8' }
}

/** Shares of zero bytes at even and odd places: Latin text in UTF-16 has one in every pair. */
function zeroShares(bytes: Uint8Array): { even: number; odd: number } {
  const counts = [0, 0]
  for (let k = 0; k < bytes.length; k++) if (bytes[k] === 0) counts[k & 1]!++
  const half = Math.max(1, bytes.length / 2)
  return { even: counts[0]! / half, odd: counts[1]! / half }
}

function controlShare(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 26) count++
  return count / Math.max(1, bytes.length)
}

/** True when the bytes are UTF-8; a sequence that the end cuts off does not count against them. */
export function isUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]!
    const more =
      byte < 0x80 ? 0 : byte >= 0xc2 && byte < 0xe0 ? 1 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xf0 && byte < 0xf5 ? 3 : -1
    if (more < 0) return false
    for (let k = 1; k <= more; k++) {
      if (at + k >= bytes.length) return true
      if ((bytes[at + k]! & 0xc0) !== 0x80) return false
    }
    at += more + 1
  }
  return true
}
