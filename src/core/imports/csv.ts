import type { RuleKey } from './rules.ts'

/** A record is longer than this only where a quotation mark was never closed, or the file is no table. */
export const LONGEST_ROW = 1 << 20
const MOST_FIELDS = 4096

const QUOTE = 34
const LF = 10
const CR = 13

/** The record just read. It is the same object each time: what is wanted later must be copied. */
export interface CsvRow {
  /** Line of the file on which it begins, from 1. */
  line: number
  count: number
  /** Bytes of field k are `bytes[starts[k]] … bytes[ends[k] - 1]`, its quotation marks with it. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly isQuoted: Uint8Array
  bytes: Uint8Array
  /** Why the record as a whole cannot be used. */
  trouble: Extract<RuleKey, 'row-too-long' | 'quote-unclosed' | 'not-text'> | null
}

/** Cuts bytes into records; it remembers the line it has reached. */
export interface CsvSplitter {
  /**
   * Reads the records in the first `length` bytes and answers how many bytes it is done with; the rest is the start of a record
   * whose end is still to come, to be handed in again with what follows.
   */
  split(bytes: Uint8Array, length: number, isLast: boolean, onRow: (row: CsvRow) => void): number
}

/**
 * Splits the bytes of a delimited file of any ASCII-compatible encoding into records.
 *
 * Quoted fields may hold delimiters, line ends and doubled quotation marks; lines end with LF, CRLF or CR. A record whose
 * quotation mark is never closed costs its first line only, so that a stray mark does not swallow the file.
 */
export function createCsvSplitter(delimiter: number): CsvSplitter {
  const row: CsvRow = {
    line: 0,
    count: 0,
    starts: new Int32Array(MOST_FIELDS),
    ends: new Int32Array(MOST_FIELDS),
    isQuoted: new Uint8Array(MOST_FIELDS),
    bytes: new Uint8Array(0),
    trouble: null,
  }
  const stops = new Uint8Array(256)
  for (const stop of [delimiter, LF, CR, 0]) stops[stop] = 1
  let line = 1
  let isSkipping = false
  return {
    split(bytes, length, isLast, onRow) {
      row.bytes = bytes
      let at = 0
      while (at < length) {
        if (isSkipping) {
          const end = endOfLine(bytes, at, length, isLast)
          if (end < 0) return length
          isSkipping = false
          line++
          at = end
          continue
        }
        const found = record(row, stops, delimiter, at, length, isLast)
        if (found.end >= 0) {
          row.line = line
          onRow(row)
          line += found.lines
          at = found.end
          continue
        }
        if (!isLast && length - at <= LONGEST_ROW) return at
        // Either the file ends inside quotation marks, or the record is longer than any can be.
        const end = endOfLine(bytes, at, length, isLast)
        row.line = line
        row.trouble = found.isOpen ? 'quote-unclosed' : 'row-too-long'
        row.count = 1
        row.starts[0] = at
        row.ends[0] = Math.min(end < 0 ? length : end, at + 400)
        row.isQuoted[0] = 0
        onRow(row)
        isSkipping = end < 0
        if (isSkipping) return length
        line++
        at = end
      }
      return at
    },
  }
}

/** Where the next line begins, or -1 where this one does not end in the bytes at hand. */
function endOfLine(bytes: Uint8Array, from: number, length: number, isLast: boolean): number {
  for (let at = from; at < length; at++) {
    if (bytes[at] === LF) return at + 1
    if (bytes[at] === CR) {
      if (at + 1 === length && !isLast) return -1
      return bytes[at + 1] === LF && at + 1 < length ? at + 2 : at + 1
    }
  }
  return isLast ? length : -1
}

/** One answer for all records: a fresh object each would be most of the work. */
const answer = { end: -1, lines: 1, isOpen: false }

/** Reads one record; `end` is -1 where the bytes end before it does. */
function record(row: CsvRow, stops: Uint8Array, delimiter: number, from: number, length: number, isLast: boolean) {
  const { bytes, starts, ends, isQuoted } = row
  answer.end = -1
  answer.lines = 1
  answer.isOpen = false
  row.trouble = null
  let count = 0
  let at = from
  for (;;) {
    const start = at
    let quoted = 0
    if (bytes[at] === QUOTE && at < length) {
      quoted = 1
      at = afterQuote(bytes, at + 1, length)
      // A mark as the very last byte may be the first of two.
      if (at < 0 || (at === length && !isLast)) {
        answer.isOpen = at < 0
        return answer
      }
    }
    while (at < length && !stops[bytes[at]!]) at++
    while (at < length && bytes[at] === 0) {
      row.trouble = 'not-text'
      do at++
      while (at < length && !stops[bytes[at]!])
    }
    if (at === length && !isLast) return answer
    if (count < MOST_FIELDS) {
      starts[count] = start
      ends[count] = at
      isQuoted[count] = quoted
    }
    count++
    if (at < length && bytes[at] === delimiter) {
      at++
      if (at === length && !isLast) return answer
      continue
    }
    if (at < length) {
      if (bytes[at] === CR && at + 1 === length && !isLast) return answer
      at += bytes[at] === CR && at + 1 < length && bytes[at + 1] === LF ? 2 : 1
    }
    row.count = Math.min(count, MOST_FIELDS)
    answer.end = at
    return answer
  }
}

/** The byte after the closing quotation mark, or -1; counts the line ends on the way into the answer. */
function afterQuote(bytes: Uint8Array, from: number, length: number): number {
  let at = from
  for (; at < length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      if (at + 1 < length && bytes[at + 1] === QUOTE) at++
      else return at + 1
    } else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
      answer.lines++
    }
  }
  return -1
}

/** The text of a field without its quotation marks. */
export function fieldText(row: CsvRow, k: number, decode: (bytes: Uint8Array) => string): string {
  const text = decode(row.bytes.subarray(row.starts[k], row.ends[k]))
  if (!row.isQuoted[k]) return text
  const close = text.lastIndexOf('"')
  return (close > 0 ? text.slice(1, close) : text.slice(1)).replaceAll('""', '"')
}
