import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** Takes bytes in order; the promise resolves when the next may come. */
export type ByteSink = (piece: Uint8Array) => Promise<void>

/** A file as it went in: its size and the hash of its bytes. */
export interface PackedFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** An archive that ends too early or whose headers make no sense; `entry` is what was being read. */
export class TarDamaged extends Error {
  override readonly name = 'TarDamaged'
  readonly entry: string | null
  constructor(reason: string, entry: string | null) {
    super(reason)
    this.entry = entry
  }
}

const BLOCK = 512
const PIECE = 1 << 20
/** What eleven octal digits hold; a larger file is written with the binary form that every tar of today reads. */
const OCTAL_LIMIT = 8 ** 11
const NAME_BYTES = 100

function sizeField(bytes: number, out: Buffer, at: number): void {
  if (bytes < OCTAL_LIMIT) return void out.write(`${bytes.toString(8).padStart(11, '0')} `, at, 'latin1')
  out.writeBigUInt64BE(BigInt(bytes), at + 4)
  out[at] = 0x80
}

function headerOf(name: string, bytes: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new RangeError(`a name in an archive has at most ${NAME_BYTES} bytes: ${name}`)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  block.write('0000600 0000000 0000000 ', 100, 'latin1')
  sizeField(bytes, block, 124)
  block.write('00000000000 ', 136, 'latin1')
  block.write('        0', 148, 'latin1')
  block.write('ustar\u000000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

const padding = (bytes: number) => Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK)

/** Puts a few bytes into an archive under a name. */
export async function packBytes(name: string, bytes: Uint8Array, to: ByteSink): Promise<void> {
  await to(headerOf(name, bytes.length))
  await to(bytes)
  await to(padding(bytes.length))
}

/**
 * Puts a file into an archive under a name; gives its size and hash.
 *
 * Fails: Error when the file became shorter while it was read; with the signal's reason.
 */
export async function packFile(
  { name, path }: { readonly name: string; readonly path: string },
  to: ByteSink,
  signal?: AbortSignal,
): Promise<PackedFile> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    await to(headerOf(name, size))
    const hash = createHash('sha256')
    for (let at = 0; at < size; ) {
      signal?.throwIfAborted()
      const piece = Buffer.allocUnsafe(Math.min(PIECE, size - at))
      const { bytesRead } = await file.read(piece, 0, piece.length, at)
      if (bytesRead === 0) throw new Error(`${name} became shorter while it was read`)
      const read = piece.subarray(0, bytesRead)
      hash.update(read)
      await to(read)
      at += bytesRead
    }
    await to(padding(size))
    return { name, bytes: size, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/** Ends an archive. */
export function endTar(to: ByteSink): Promise<void> {
  return to(Buffer.alloc(2 * BLOCK))
}

/** Gives bytes in the amounts that are asked for, out of pieces of any size. */
function createReader(source: AsyncIterable<Uint8Array>) {
  const pieces = source[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)
  /** At most that many bytes; none at the end. */
  const some = async (most: number): Promise<Uint8Array> => {
    while (held.length === 0) {
      const next = await pieces.next()
      if (next.done) return held
      held = next.value
    }
    const given = held.subarray(0, most)
    held = held.subarray(given.length)
    return given
  }
  const exactly = async (count: number, entry: string | null): Promise<Buffer> => {
    const out = Buffer.alloc(count)
    for (let at = 0; at < count; ) {
      const piece = await some(count - at)
      if (piece.length === 0) throw new TarDamaged('it ends too early', entry)
      out.set(piece, at)
      at += piece.length
    }
    return out
  }
  return { some, exactly, close: async () => void (await pieces.return?.()) }
}

function readHeader(block: Buffer): { readonly name: string; readonly bytes: number } {
  const text = (from: number, to: number) => {
    const field = block.subarray(from, to)
    const end = field.indexOf(0)
    return field.toString('utf8', 0, end < 0 ? field.length : end)
  }
  const name = text(0, NAME_BYTES)
  const written = Number.parseInt(text(148, 156).trim(), 8)
  const sum = block.reduce((total, byte, k) => total + (k >= 148 && k < 156 ? 32 : byte), 0)
  if (sum !== written) throw new TarDamaged('a header does not match its checksum', name || null)
  const isBinary = (block[124]! & 0x80) !== 0
  const bytes = isBinary ? Number(block.readBigUInt64BE(128)) : Number.parseInt(text(124, 136).trim(), 8)
  const kind = block[156]
  if (kind !== 0 && kind !== 0x30) throw new TarDamaged('it holds something that is not a plain file', name)
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new TarDamaged('a size makes no sense', name)
  return { name, bytes }
}

/** Whether a name stays inside the folder that an archive is unpacked into, on every system. */
export function isInside(name: string): boolean {
  const parts = name.split('/')
  return name !== '' && parts.every(part => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part))
}

/** What becomes of an entry: its bytes go to a file that was opened for it, or are handed over whole where they are few. */
export type Take = { readonly into: FileHandle } | { readonly whole: (bytes: Buffer) => void }

/** Bytes that are handed over whole at most: lists of files, not files. */
const WHOLE_LIMIT = 64 * 1024 * 1024

/**
 * Reads an archive entry by entry; `take` says where each goes, and a file it opened is synced and closed here.
 *
 * Fails: TarDamaged where it is cut off, changed, or names a place outside; with the signal's reason.
 */
export async function unpackTar(
  source: AsyncIterable<Uint8Array>,
  take: (name: string, bytes: number) => Promise<Take>,
  signal?: AbortSignal,
): Promise<readonly PackedFile[]> {
  const reader = createReader(source)
  const found: PackedFile[] = []
  try {
    for (;;) {
      signal?.throwIfAborted()
      const block = await reader.exactly(BLOCK, found.at(-1)?.name ?? null)
      if (block.every(byte => byte === 0)) return found
      const { name, bytes } = readHeader(block)
      if (!isInside(name)) throw new TarDamaged('it names a place outside of the folder', name)
      const taken = await take(name, bytes)
      const sha256 = 'into' in taken ? await pour(name, bytes, taken.into) : await hand(name, bytes, taken.whole)
      await reader.exactly((BLOCK - (bytes % BLOCK)) % BLOCK, name)
      found.push({ name, bytes, sha256 })
    }
  } finally {
    await reader.close()
  }

  async function hand(name: string, bytes: number, whole: (bytes: Buffer) => void): Promise<string> {
    if (bytes > WHOLE_LIMIT) throw new TarDamaged('its list is larger than a list can be', name)
    const content = await reader.exactly(bytes, name)
    whole(content)
    return createHash('sha256').update(content).digest('hex')
  }

  async function pour(name: string, bytes: number, file: FileHandle): Promise<string> {
    const hash = createHash('sha256')
    try {
      for (let left = bytes; left > 0; ) {
        signal?.throwIfAborted()
        const piece = await reader.some(Math.min(PIECE, left))
        if (piece.length === 0) throw new TarDamaged('it ends too early', name)
        hash.update(piece)
        await file.writeFile(piece)
        left -= piece.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return hash.digest('hex')
  }
}
