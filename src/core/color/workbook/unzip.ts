import { type ByteTools, FileUnusable } from './byte-tools.ts'

/** Bytes that all parts of a workbook may unpack to, and how often more than it is packed. */
const MOST_UNPACKED = 1 << 30
const MOST_RATIO = 150
/** Below this a part may be packed as tightly as it likes. */
const ANY_RATIO_BELOW = 16 << 20
const MOST_PARTS = 10_000

const END_MARK = 0x06054b50
const END64_MARK = 0x06064b50
const CENTRAL_MARK = 0x02014b50
const LOCAL_MARK = 0x04034b50
const END_BYTES = 22
const LONGEST_COMMENT = 65_535
const FULL = 0xffff_ffff
const DAMAGED = 'it is damaged, or was not copied to its end'

interface ZipEntry {
  readonly name: string
  readonly isEncrypted: boolean
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly at: number
}

/** The parts of an archive. */
export interface ZipParts {
  readonly names: readonly string[]
  /** Null where there is no such part. Fails: FileUnusable for one that is damaged. */
  read(name: string): Uint8Array | null
}

/**
 * Opens an archive without unpacking anything.
 *
 * Fails: FileUnusable for one that is cut off, has a password on its parts, or says itself that it unpacks to more than any desk's
 * workbook does. No part unpacks to more than it says.
 */
export function openZip(bytes: Uint8Array, tools: ByteTools): ZipParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = new Map<string, ZipEntry>()
  let total = 0
  for (const entry of listed(view, tools.decoder('utf-8'), bytes)) {
    total += entry.size
    const isBomb = entry.size > ANY_RATIO_BELOW && entry.size > entry.packed * MOST_RATIO
    if (total > MOST_UNPACKED || isBomb)
      throw new FileUnusable(
        `it unpacks to ${Math.ceil(total / (1 << 20))} MB out of ${Math.ceil(bytes.length / 1024)} KB; no workbook of quotes does`,
      )
    entries.set(entry.name.replace(/^\//, '').toLowerCase(), entry)
  }
  return {
    names: [...entries.values()].map(({ name }) => name),
    read(name) {
      const entry = entries.get(name.replace(/^\//, '').toLowerCase())
      return entry ? unpacked(bytes, view, entry, tools) : null
    },
  }
}

function unpacked(bytes: Uint8Array, view: DataView, entry: ZipEntry, tools: ByteTools): Uint8Array {
  const { at, packed, size, method } = entry
  if (entry.isEncrypted) throw new FileUnusable('it is protected with a password; save it without one')
  if (at + 30 > bytes.length || view.getUint32(at, true) !== LOCAL_MARK) throw new FileUnusable(DAMAGED)
  const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
  if (from + packed > bytes.length) throw new FileUnusable(DAMAGED)
  const inside = bytes.subarray(from, from + packed)
  if (method !== 0 && method !== 8) throw new FileUnusable('it is packed in a way that workbooks are not')
  const plain = method === 0 ? inside : inflated(inside, size, tools)
  if (plain.length !== size || tools.crc32(plain) !== entry.crc) throw new FileUnusable(DAMAGED)
  return plain
}

function inflated(inside: Uint8Array, size: number, tools: ByteTools): Uint8Array {
  try {
    return tools.inflate(inside, size)
  } catch {
    throw new FileUnusable(DAMAGED)
  }
}

function* listed(view: DataView, decode: (bytes: Uint8Array) => string, bytes: Uint8Array): Generator<ZipEntry> {
  const { count, at: start } = directoryOf(view)
  if (count > MOST_PARTS) throw new FileUnusable(`it has ${count} parts; no workbook has so many`)
  let at = start
  for (let k = 0; k < count; k++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL_MARK) throw new FileUnusable(DAMAGED)
    const [nameBytes, extra, comment] = [28, 30, 32].map(offset => view.getUint16(at + offset, true)) as [number, number, number]
    const wide = wideFields(view, at, at + 46 + nameBytes, extra)
    yield {
      name: decode(bytes.subarray(at + 46, at + 46 + nameBytes)).replaceAll('\\', '/'),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      ...wide,
    }
    at += 46 + nameBytes + extra + comment
  }
}

/** Sizes and place of a part; where they are too large for their fields they stand behind the name (zip64). */
function wideFields(view: DataView, at: number, extraAt: number, extraBytes: number) {
  const found = { size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), at: view.getUint32(at + 42, true) }
  const end = Math.min(extraAt + extraBytes, view.byteLength)
  for (let place = extraAt; place + 4 <= end; place += 4 + view.getUint16(place + 2, true)) {
    if (view.getUint16(place, true) !== 1) continue
    let value = place + 4
    for (const key of ['size', 'packed', 'at'] as const) {
      if (found[key] !== FULL || value + 8 > end) continue
      found[key] = Number(view.getBigUint64(value, true))
      value += 8
    }
  }
  return found
}

function directoryOf(view: DataView): { readonly count: number; readonly at: number } {
  const from = view.byteLength - END_BYTES
  for (let at = from; at >= Math.max(0, from - LONGEST_COMMENT); at--) {
    if (view.getUint32(at, true) !== END_MARK) continue
    const found = { count: view.getUint16(at + 10, true), at: view.getUint32(at + 16, true) }
    if (found.at !== FULL && found.count !== 0xffff) return found
    const wide = at >= 20 ? Number(view.getBigUint64(at - 12, true)) : -1
    if (wide < 0 || wide + 56 > view.byteLength || view.getUint32(wide, true) !== END64_MARK) break
    return { count: Number(view.getBigUint64(wide + 32, true)), at: Number(view.getBigUint64(wide + 48, true)) }
  }
  throw new FileUnusable(DAMAGED)
}
