import { FileUnusable } from './byte-tools.ts'

/** What a cursor stands on. */
export type XmlKind = 'open' | 'close' | 'text' | 'end'

const [LT, GT, SLASH, BANG, QUESTION, QUOTE, APOSTROPHE, COLON, EQUALS, AMPERSAND, UNDERSCORE] = [
  60, 62, 47, 33, 63, 34, 39, 58, 61, 38, 95,
] as const
const LONGEST_ASCII = 512

/**
 * Goes through the bytes of an XML part, without making anything of what nobody asks for.
 *
 * Fails: FileUnusable for a part that declares entities: workbooks never do, and they can grow without end.
 */
export class XmlCursor {
  readonly bytes: Uint8Array
  /** The part of a name behind its prefix: bytes of up to four letters as one number, 0 for longer ones. */
  code = 0
  /** Whether an element ends where it begins; its end is told all the same. */
  isEmpty = false
  /** Where the attributes, or the text, stand. */
  from = 0
  to = 0
  #at = 0
  #nameFrom = 0
  #nameTo = 0
  #owesClose = false
  readonly #decode: (bytes: Uint8Array) => string

  constructor(bytes: Uint8Array, decode: (bytes: Uint8Array) => string) {
    this.bytes = bytes
    this.#decode = decode
    if (bytes[0] === 0xef) this.#at = 3
    else if (bytes[0] === 0xfe || bytes[0] === 0xff || bytes[1] === 0)
      throw new FileUnusable('its parts are in UTF-16; save it again with Excel')
  }

  next(): XmlKind {
    if (this.#owesClose) {
      this.#owesClose = false
      return 'close'
    }
    const { bytes } = this
    for (;;) {
      if (this.#at >= bytes.length) return 'end'
      if (bytes[this.#at] !== LT) {
        const end = bytes.indexOf(LT, this.#at)
        this.from = this.#at
        this.to = end < 0 ? bytes.length : end
        this.#at = this.to
        return 'text'
      }
      const mark = bytes[this.#at + 1]
      if (mark === BANG) {
        if (this.#skipBang()) return 'text'
      } else if (mark === QUESTION) this.#at = this.#behind('?>')
      else return this.#tag(mark === SLASH)
    }
  }

  /** The name behind its prefix. */
  name(): string {
    return String.fromCharCode(...this.bytes.subarray(this.#nameFrom, this.#nameTo))
  }

  /** The text under the cursor, or of a part of it. */
  text(from = this.from, to = this.to): string {
    const { bytes } = this
    if (to - from > LONGEST_ASCII) return unescaped(this.#decode(bytes.subarray(from, to)))
    for (let k = from; k < to; k++) {
      const byte = bytes[k]!
      if (byte > 127 || byte === AMPERSAND || byte === UNDERSCORE) return unescaped(this.#decode(bytes.subarray(from, to)))
    }
    return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[])
  }

  /** An attribute by its name, with its prefix where it has one; null where it is not there. */
  attribute(name: string): string | null {
    const { bytes } = this
    for (let at = this.from; at < this.to; ) {
      const equals = bytes.indexOf(EQUALS, at)
      if (equals < 0 || equals >= this.to) return null
      let nameFrom = at
      while (nameFrom < equals && bytes[nameFrom]! <= 32) nameFrom++
      let open = equals + 1
      while (open < this.to && bytes[open] !== QUOTE && bytes[open] !== APOSTROPHE) open++
      const close = bytes.indexOf(bytes[open] ?? QUOTE, open + 1)
      if (close < 0 || close >= this.to) return null
      if (this.text(nameFrom, equals).trim() === name) return this.text(open + 1, close)
      at = close + 1
    }
    return null
  }

  #tag(isClose: boolean): 'open' | 'close' {
    const { bytes } = this
    let at = this.#at + (isClose ? 2 : 1)
    let nameFrom = at
    let byte = bytes[at]!
    while (byte !== GT && byte !== SLASH && byte > 32) {
      if (byte === COLON) nameFrom = at + 1
      byte = bytes[++at]!
      if (at >= bytes.length) throw new FileUnusable('one of its parts ends in the middle')
    }
    this.#nameFrom = nameFrom
    this.#nameTo = at
    this.code = at - nameFrom > 4 ? 0 : packed(bytes, nameFrom, at)
    this.from = at
    while (byte !== GT) {
      if (byte === QUOTE || byte === APOSTROPHE) {
        at = bytes.indexOf(byte, at + 1)
        if (at < 0) at = bytes.length
      }
      byte = bytes[++at]!
      if (at >= bytes.length) throw new FileUnusable('one of its parts ends in the middle')
    }
    this.isEmpty = !isClose && bytes[at - 1] === SLASH
    this.to = this.isEmpty ? at - 1 : at
    this.#owesClose = this.isEmpty
    this.#at = at + 1
    return isClose ? 'close' : 'open'
  }

  /** Goes behind a comment, or answers true for text that is set apart (CDATA). */
  #skipBang(): boolean {
    const word = String.fromCharCode(...this.bytes.subarray(this.#at + 2, this.#at + 9))
    if (word.startsWith('--')) this.#at = this.#behind('-->')
    else if (word === '[CDATA[') {
      this.from = this.#at + 9
      this.#at = this.#behind(']]>')
      this.to = this.#at - 3
      return true
    } else throw new FileUnusable('it declares entities, which no workbook does')
    return false
  }

  #behind(mark: string): number {
    const codes = Array.from(mark, letter => letter.charCodeAt(0))
    for (let at = this.bytes.indexOf(codes[0]!, this.#at); at >= 0; at = this.bytes.indexOf(codes[0]!, at + 1))
      if (codes.every((code, k) => this.bytes[at + k] === code)) return at + codes.length
    return this.bytes.length
  }
}

function packed(bytes: Uint8Array, from: number, to: number): number {
  let code = 0
  for (let k = from; k < to; k++) code = code * 256 + bytes[k]!
  return code
}

/** A short name as XmlCursor has it in `code`. */
export function nameCode(name: string): number {
  return packed(
    Uint8Array.from(name, letter => letter.charCodeAt(0)),
    0,
    name.length,
  )
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const MOST_CODE = 0x10ffff

/** Characters that are written as `&amp;`, and those that workbooks write as `_x000D_`. */
function unescaped(text: string): string {
  const plain = text.includes('&')
    ? text.replaceAll(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w+));/g, (all, decimal, hex, name) => {
        if (name !== undefined) return NAMED[name] ?? all
        const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
        return code > MOST_CODE ? '\uFFFD' : String.fromCodePoint(code)
      })
    : text
  return plain.includes('_x')
    ? plain.replaceAll(/_x([\da-fA-F]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : plain
}
