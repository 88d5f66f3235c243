import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Client } from '../../contract/index.ts'
import type { InstrumentWire } from '../../contract/market.ts'
import { useConnection, useDesk } from '../desk.tsx'

/** What the page knows of instruments; asked for once and kept. */
export interface InstrumentBook {
  get(id: string): InstrumentWire | undefined
  /** Asks the host about those that are not known yet. */
  need(ids: readonly string[]): void
  put(instrument: InstrumentWire): void
  /** Grows with each change, so that a list can be drawn again. */
  version(): number
  onChange(hear: () => void): () => void
}

/** One question brings as many as the contract allows; a usual book is far smaller. */
const WHOLE_BOOK = 5000

function createBook(desk: Client): InstrumentBook {
  const known = new Map<string, InstrumentWire>()
  const asked = new Set<string>()
  const hearers = new Set<() => void>()
  let version = 0
  let whole: Promise<void> | null = null
  const changed = () => {
    version++
    for (const hear of hearers) hear()
  }
  const take = (list: readonly InstrumentWire[]) => {
    for (const instrument of list) known.set(instrument.id, instrument)
    if (list.length > 0) changed()
  }
  const askOne = async (id: string) => {
    asked.add(id)
    const dot = id.lastIndexOf('.')
    const { instruments } = await desk.market.search({ text: dot > 0 ? id.slice(0, dot) : id, limit: 50 })
    take(instruments.filter(instrument => instrument.id === id))
  }
  return {
    get: id => known.get(id),
    need(ids) {
      const missing = () => ids.filter(id => !known.has(id) && !asked.has(id))
      if (missing().length === 0) return
      whole ??= desk.market.search({ text: '', limit: WHOLE_BOOK }).then(({ instruments }) => take(instruments))
      whole.then(
        () => missing().forEach(id => void askOne(id).catch(() => asked.delete(id))),
        () => {
          whole = null // the next one who needs it asks again
        },
      )
    },
    put: instrument => take([instrument]),
    version: () => version,
    onChange(hear) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
  }
}

const books = new WeakMap<Client, InstrumentBook>()

function bookOf(desk: Client): InstrumentBook {
  const open = books.get(desk) ?? createBook(desk)
  books.set(desk, open)
  return open
}

/** The page's book of instruments with those that the caller needs; draws again when more becomes known. */
export function useInstruments(ids: readonly string[]): { book: InstrumentBook; version: number } {
  const desk = useDesk()
  const { generation } = useConnection()
  const book = useMemo(() => bookOf(desk), [desk])
  const version = useSyncExternalStore(book.onChange, book.version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection may know more
  useEffect(() => book.need(ids), [book, ids, generation])
  return { book, version }
}
