import { type CsvRow, fieldText } from './csv.ts'
import { cellText } from './json.ts'
import { type NumberReading, plainNumber, readNumber } from './numbers.ts'
import type { RowFields } from './rows.ts'
import { type DateOrder, readIsoBytes, readTime, type TimeReading } from './times.ts'

/** Fields of CSV records straight from their bytes; a text is made only where the plain forms do not fit. */
export function csvFields(row: CsvRow, decimal: '.' | ',', decode: (bytes: Uint8Array) => string): RowFields {
  const point = decimal.charCodeAt(0)
  let from = 0
  let to = 0
  const bound = (k: number): void => {
    const { bytes } = row
    from = row.starts[k]!
    to = row.ends[k]!
    if (row.isQuoted[k]) {
      from++
      if (bytes[to - 1] === 34) to--
    }
    while (from < to && bytes[from]! <= 32) from++
    while (to > from && bytes[to - 1]! <= 32) to--
  }
  const text = (k: number) => fieldText(row, k, decode)
  return {
    get count() {
      return row.count
    },
    isBlank(k) {
      bound(k)
      return from >= to
    },
    number(k, out) {
      bound(k)
      const value = plainNumber(row.bytes, from, to, point)
      if (Number.isNaN(value)) return void readNumber(text(k), decimal, out)
      out.kind = 'value'
      out.value = value
    },
    time(k, order, out) {
      bound(k)
      if (order.startsWith('epoch') || !readIsoBytes(row.bytes, from, to, out)) readTime(text(k), order, out)
    },
    text,
  }
}

/** Fields of a record whose values are named, as in JSON. */
export interface ValueFields extends RowFields {
  /** The record that the other functions speak of from now on. */
  hold(values: readonly unknown[]): void
}

/** Fields of records whose values come as JSON gives them: numbers as they are, texts read like those of a CSV file. */
export function valueFields(decimal: '.' | ','): ValueFields {
  let held: readonly unknown[] = []
  const text = (k: number) => cellText(held[k])
  return {
    hold(values) {
      held = values
    },
    get count() {
      return held.length
    },
    isBlank: k => text(k).trim() === '',
    number(k, out: NumberReading) {
      const value = held[k]
      if (typeof value !== 'number') return void readNumber(text(k), decimal, out)
      out.kind = 'value'
      out.value = value
    },
    time: (k, order: DateOrder, out: TimeReading) => void readTime(text(k), order, out),
    text,
  }
}
