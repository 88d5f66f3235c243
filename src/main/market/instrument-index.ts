import type { Instrument } from '../../core/market/instrument.ts'

/** Up to this many instruments the text is also looked for inside words; beyond, only at their beginnings. */
const SCAN_AT_MOST = 50_000

/** Finds instruments by the beginning of their symbol, then of a word of their name. */
export interface InstrumentIndex {
  search(text: string, limit: number): { readonly instruments: Instrument[]; readonly total: number }
  /** The instruments changed: the next search sorts them anew. */
  stale(): void
}

interface Sorted {
  readonly instruments: readonly Instrument[]
  /** Symbols and words in capitals, ascending, and the instrument of each. */
  readonly symbols: readonly string[]
  readonly bySymbol: Uint32Array
  readonly words: readonly string[]
  readonly byWord: Uint32Array
}

export function createInstrumentIndex(read: () => readonly Instrument[]): InstrumentIndex {
  let sorted: Sorted | null = null
  return {
    stale() {
      sorted = null
    },
    search(text, limit) {
      sorted ??= sortAll(read())
      return searchIn(sorted, text.trim().toUpperCase(), limit)
    },
  }
}

function searchIn(sorted: Sorted, text: string, limit: number): { instruments: Instrument[]; total: number } {
  const { instruments, symbols, bySymbol, words, byWord } = sorted
  const found = new Set<number>()
  for (const at of rangeOf(symbols, text)) found.add(bySymbol[at]!)
  if (text !== '') {
    // Of several words each must begin a word of the name: "crude dec" finds "Crude Oil December".
    const parts = text.split(/\s+/)
    const first = parts[0]!
    for (const at of rangeOf(words, first)) {
      const which = byWord[at]!
      if (parts.length === 1 || matchesAll(instruments[which]!, parts)) found.add(which)
    }
    if (found.size === 0 && instruments.length <= SCAN_AT_MOST) {
      instruments.forEach((instrument, which) => {
        if (`${instrument.symbol} ${instrument.name}`.toUpperCase().includes(text)) found.add(which)
      })
    }
  }
  const answer: Instrument[] = []
  for (const which of found) {
    if (answer.length === limit) break
    answer.push(instruments[which]!)
  }
  return { instruments: answer, total: found.size }
}

function matchesAll(instrument: Instrument, parts: readonly string[]): boolean {
  const words = wordsOf(instrument)
  return parts.every(part => words.some(word => word.startsWith(part)))
}

function wordsOf(instrument: Instrument): string[] {
  return `${instrument.name} ${instrument.id}`
    .toUpperCase()
    .split(/[^\p{L}\p{N}^=&]+/u)
    .filter(word => word !== '')
}

function sortAll(instruments: readonly Instrument[]): Sorted {
  const symbols = sortBy(instruments.map((instrument, which) => ({ text: instrument.symbol.toUpperCase(), which })))
  const words = sortBy(
    instruments.flatMap((instrument, which) => [...new Set(wordsOf(instrument))].map(text => ({ text, which }))),
  )
  return {
    instruments: instruments.slice(),
    symbols: symbols.map(entry => entry.text),
    bySymbol: Uint32Array.from(symbols, entry => entry.which),
    words: words.map(entry => entry.text),
    byWord: Uint32Array.from(words, entry => entry.which),
  }
}

/** Ascending by code unit, which is what the binary search compares; equal texts keep their order. */
function sortBy(entries: { text: string; which: number }[]): { text: string; which: number }[] {
  return entries.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.which - b.which))
}

/** Indices of the entries that begin with that text. */
function* rangeOf(sorted: readonly string[], text: string): Generator<number, void, undefined> {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < text) low = middle + 1
    else high = middle
  }
  for (let at = low; at < sorted.length && sorted[at]!.startsWith(text); at++) yield at
}
