import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ByteTools } from '../core/color/workbook/byte-tools.ts'

/** What the thread has for reading and writing workbooks. */
export const byteTools: ByteTools = {
  inflate: (bytes, most) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, most) }),
  deflate: bytes => deflateRawSync(bytes, { level: 6 }),
  crc32: bytes => crc32(bytes),
  decoder(encoding) {
    const own = new TextDecoder(encoding, { ignoreBOM: true })
    return bytes => own.decode(bytes)
  },
  encode: text => Buffer.from(text, 'utf8'),
}
