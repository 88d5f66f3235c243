import { FileUnusable } from './byte-tools.ts'

/** The streams of a compound file, as old Office wrote its documents. */
export interface CompoundFile {
  /** Of streams and of folders. */
  readonly names: readonly string[]
  /** Null where there is no such stream. Fails: FileUnusable for one that is damaged. */
  read(name: string): Uint8Array | null
}

interface Entry {
  readonly name: string
  readonly kind: number
  readonly start: number
  readonly size: number
}

const DAMAGED = 'it is damaged, or was not copied to its end'
const HEADER_BYTES = 512
const ENTRY_BYTES = 128
const [STREAM, ROOT] = [2, 5] as const
/** Sectors of the list of sectors that the header names itself. */
const LISTED = 109
/** Numbers from here on end a chain. */
const ENDS = 0xffff_fffa

/** Opens a compound file. Fails: FileUnusable for one that is cut off, or whose chains of sectors lead nowhere. */
export function openCompound(bytes: Uint8Array): CompoundFile {
  if (bytes.length < HEADER_BYTES) throw new FileUnusable(DAMAGED)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [shift, smallShift] = [view.getUint16(30, true), view.getUint16(32, true)]
  if ((shift !== 9 && shift !== 12) || smallShift !== 6) throw new FileUnusable(DAMAGED)
  const size = 1 << shift
  const sector = (number: number) => {
    const from = (number + 1) * size
    if (from >= bytes.length) throw new FileUnusable(DAMAGED)
    return bytes.subarray(from, from + size)
  }
  const table = wordsOf(fatSectors(view, sector, size).map(sector))
  const chain = (start: number, next: readonly number[]) => {
    const found: number[] = []
    for (let at = start; at < ENDS; at = next[at] ?? ENDS) {
      // A ring would never end.
      if (found.length > next.length) throw new FileUnusable(DAMAGED)
      found.push(at)
    }
    return found
  }
  const whole = (start: number) => joined(chain(start, table).map(sector))
  const entries = entriesOf(whole(view.getUint32(48, true)))
  const root = entries.find(({ kind }) => kind === ROOT)
  const smallTable = wordsOf([whole(view.getUint32(60, true))])
  const cutoff = view.getUint32(56, true)
  return {
    names: entries.map(({ name }) => name),
    read(name) {
      const entry = entries.find(one => one.kind === STREAM && one.name.toLowerCase() === name.toLowerCase())
      if (!entry) return null
      const stream =
        entry.size >= cutoff || !root ? whole(entry.start) : small(entry, whole(root.start), chain(entry.start, smallTable))
      if (stream.length < entry.size) throw new FileUnusable(DAMAGED)
      return stream.subarray(0, entry.size)
    },
  }
}

function small({ size }: Entry, container: Uint8Array, numbers: readonly number[]): Uint8Array {
  if (numbers.length * 64 < size) throw new FileUnusable(DAMAGED)
  return joined(numbers.map(number => container.subarray(number * 64, number * 64 + 64)))
}

function fatSectors(view: DataView, sector: (number: number) => Uint8Array, size: number): readonly number[] {
  const count = view.getUint32(44, true)
  const found: number[] = []
  for (let k = 0; k < Math.min(count, LISTED); k++) found.push(view.getUint32(76 + 4 * k, true))
  let more = view.getUint32(68, true)
  while (found.length < count && more < ENDS) {
    const words = wordsOf([sector(more)])
    found.push(...words.slice(0, Math.min(size / 4 - 1, count - found.length)))
    more = words.at(-1) ?? ENDS
    if (found.length * size > view.byteLength) throw new FileUnusable(DAMAGED)
  }
  return found
}

function wordsOf(parts: readonly Uint8Array[]): readonly number[] {
  return parts.flatMap(part => {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength)
    return Array.from({ length: part.length >> 2 }, (_, k) => view.getUint32(4 * k, true))
  })
}

function entriesOf(bytes: Uint8Array): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: Entry[] = []
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const letters = Math.min(31, Math.max(0, (view.getUint16(at + 64, true) >> 1) - 1))
    const name = String.fromCharCode(...Array.from({ length: letters }, (_, k) => view.getUint16(at + 2 * k, true)))
    found.push({ name, kind: bytes[at + 66]!, start: view.getUint32(at + 116, true), size: view.getUint32(at + 120, true) })
  }
  return found
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
