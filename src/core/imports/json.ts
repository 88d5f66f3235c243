const QUOTE = 34
const BACKSLASH = 92
const LF = 10
const OPEN = 123
const CLOSE = 125

/** One JSON object of a file, as the bytes it stands in. */
export interface JsonRecord {
  line: number
  start: number
  end: number
  bytes: Uint8Array
}

/** Cuts bytes into JSON objects; it remembers the line it has reached. */
export interface JsonSplitter {
  /** As CsvSplitter.split: answers how many bytes it is done with. */
  split(bytes: Uint8Array, length: number, onRecord: (record: JsonRecord) => void): number
  /** Line reached so far. */
  line(): number
}

/**
 * Finds the objects of a file that is one array of objects, or one object a line; what stands between them is passed over.
 *
 * Objects inside an object belong to it.
 */
export function createJsonSplitter(): JsonSplitter {
  const record: JsonRecord = { line: 0, start: 0, end: 0, bytes: new Uint8Array(0) }
  let line = 1
  return {
    line: () => line,
    split(bytes, length, onRecord) {
      record.bytes = bytes
      let at = 0
      for (;;) {
        while (at < length && bytes[at] !== OPEN) if (bytes[at++] === LF) line++
        if (at === length) return length
        const end = endOfObject(bytes, at, length)
        if (end < 0) return at
        record.line = line
        record.start = at
        record.end = end
        onRecord(record)
        for (; at < end; at++) if (bytes[at] === LF) line++
      }
    },
  }
}

/** The byte after the object that begins there, or -1 where its end is not among the bytes. */
export function endOfObject(bytes: Uint8Array, from: number, length: number): number {
  let depth = 0
  for (let at = from; at < length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      for (at++; at < length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
    } else if (byte === OPEN) depth++
    else if (byte === CLOSE && --depth === 0) return at + 1
  }
  return -1
}

/** An object out of its text; NaN and Infinity, which some programs write although JSON has neither, are taken as they are meant. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  const parsed = parse(text) ?? parse(text.replace(/([:[,]\s*)NaN\b/g, '$1null').replace(/([:[,]\s*)(-?Infinity)\b/g, '$1"$2"'))
  return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A value of JSON as a cell of a table. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}
