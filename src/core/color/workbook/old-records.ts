import { FileUnusable } from './byte-tools.ts'

/** A record of an old workbook. */
export interface OldRecord {
  readonly id: number
  readonly at: number
  readonly data: Uint8Array
  readonly view: DataView
}

/** Kinds of records that are read, by their names in the format. */
export const KINDS = {
  ...{ formula: 0x06, end: 0x0a, password: 0x2f, dateMode: 0x22, continued: 0x3c, sheet: 0x85, manyNumbers: 0xbd },
  ...{ richLabel: 0xd6, style: 0xe0, merges: 0xe5, strings: 0xfc, label: 0xfd, links: 0x1ae, number: 0x203, oldLabel: 0x204 },
  ...{ truthOrError: 0x205, text: 0x207, row: 0x208, shortNumber: 0x27e, format: 0x41e, begin: 0x809 },
} as const

/** The records from a place on, up to the end of their part. Fails: FileUnusable for one that is cut off. */
export function* recordsFrom(stream: Uint8Array, from: number): Generator<OldRecord> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength)
  let depth = 0
  for (let at = from; at + 4 <= stream.length; ) {
    const [id, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)]
    if (at + 4 + length > stream.length) break
    const data = stream.subarray(at + 4, at + 4 + length)
    yield { id, at, data, view: new DataView(data.buffer, data.byteOffset, data.byteLength) }
    // Charts stand within sheets as parts of their own.
    if (id === KINDS.begin) depth += 1
    else if (id === KINDS.end && --depth <= 0) return
    at += 4 + length
  }
  throw new FileUnusable('it is damaged, or was not copied to its end')
}

/** Texts that go on over several records: letters of a later one begin with a byte that says how wide they are. */
export class OldText {
  readonly #parts: readonly Uint8Array[]
  #part = 0
  #at: number

  constructor(parts: readonly Uint8Array[], at: number) {
    this.#parts = parts
    this.#at = at
  }

  byte(): number {
    this.#settle()
    return this.#parts[this.#part]?.[this.#at++] ?? 0
  }

  word(): number {
    return this.byte() | (this.byte() << 8)
  }

  skip(bytes: number): void {
    for (let left = bytes; left > 0; ) {
      this.#settle()
      const part = this.#parts[this.#part]
      if (!part) return
      const step = Math.min(left, part.length - this.#at)
      this.#at += step
      left -= step
    }
  }

  /** A text with the count of its letters before it: as one byte, or as two. */
  text(countBytes: 1 | 2): string {
    const count = countBytes === 1 ? this.byte() : this.word()
    const flags = this.byte()
    const runs = flags & 8 ? this.word() : 0
    const more = flags & 4 ? this.word() | (this.word() << 16) : 0
    const text = this.#letters(count, (flags & 1) === 1)
    this.skip(4 * runs + Math.max(0, more))
    return text
  }

  #letters(count: number, isWideAtFirst: boolean): string {
    let isWide = isWideAtFirst
    let text = ''
    for (let left = count; left > 0; ) {
      const part = this.#parts[this.#part]
      if (!part) return text
      const width = isWide ? 2 : 1
      const step = Math.min(left, Math.floor((part.length - this.#at) / width))
      for (let k = 0; k < step; k++) {
        const at = this.#at + k * width
        text += String.fromCharCode(isWide ? part[at]! | (part[at + 1]! << 8) : part[at]!)
      }
      this.#at += step * width
      left -= step
      if (left === 0) return text
      this.#part += 1
      isWide = ((this.#parts[this.#part]?.[0] ?? 0) & 1) === 1
      this.#at = 1
    }
    return text
  }

  #settle(): void {
    while (this.#part < this.#parts.length && this.#at >= this.#parts[this.#part]!.length) {
      this.#part += 1
      this.#at = 0
    }
  }
}
