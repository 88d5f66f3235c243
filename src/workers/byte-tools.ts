import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ByteTools } from '../core/color/workbook/byte-tools.ts'

/** A quarter less time than the usual packing takes of a whole workbook, and a tenth more bytes. */
const LEVEL = 1

/** What the thread has for reading and writing workbooks. */
export const byteTools: ByteTools = {
  inflate: (bytes, most) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, most) }),
  deflate: (bytes, isLast) =>
    deflateRawSync(bytes, { level: LEVEL, finishFlush: isLast ? constants.Z_FINISH : constants.Z_FULL_FLUSH }),
  crc32: (bytes, before = 0) => crc32(bytes, before),
  decoder(encoding) {
    const own = new TextDecoder(encoding, { ignoreBOM: true })
    return bytes => own.decode(bytes)
  },
  encode: text => Buffer.from(text, 'utf8'),
}
