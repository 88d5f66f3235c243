/** What a reader and a writer of workbooks need of the machine: nothing of it is arithmetic of ours. */
export interface ByteTools {
  /** Fails: with anything where the bytes are damaged or unpack to more than `most`. */
  inflate(bytes: Uint8Array, most: number): Uint8Array
  /** Packs a piece; pieces behind each other, of which the last one is called so, unpack to all of their bytes. */
  deflate(bytes: Uint8Array, isLast: boolean): Uint8Array
  /** The checksum of bytes behind those that `before` is the checksum of. */
  crc32(bytes: Uint8Array, before?: number): number
  /** Text of bytes; what is none becomes U+FFFD. */
  decoder(encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'): (bytes: Uint8Array) => string
  encode(text: string): Uint8Array
}

/** Nothing of a file can be read; the message is why, in words that go on after a colon. */
export class FileUnusable extends Error {
  override readonly name = 'FileUnusable'
}
