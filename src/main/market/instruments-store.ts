import type { Instrument } from '../../core/market/instrument.ts'
import type { Clock, Stop } from '../../platform/clock.ts'
import type { DataStore, Statement } from '../../platform/data-store.ts'
import type { Log } from '../../platform/log.ts'
import type { HostBus } from '../topics.ts'
import type { Book } from './book.ts'

/** Instruments come in bursts when a source opens; they are written together once it is quiet. */
const SETTLE_SECONDS = 1
const ROWS_A_STATEMENT = 200

/** Writes what the book knows of instruments into the store, so that SQL can join quotes and trades with them. */
export interface InstrumentsStore {
  /** Resolves once all that the book has is in the store. */
  flush(): Promise<void>
  close(): Promise<void>
}

export function createInstrumentsStore({
  book,
  store,
  bus,
  clock,
  log,
}: {
  book: Pick<Book, 'instruments'>
  store: Pick<DataStore, 'transact' | 'state' | 'onState'>
  bus: HostBus
  clock: Clock
  log: Log
}): InstrumentsStore {
  let written = new Map<string, Instrument>()
  let line: Promise<void> = Promise.resolve()
  let waiting: Stop | null = null
  let wasRenewed = false

  const write = async () => {
    const known = written
    const fresh = book.instruments().filter(one => known.get(one.id) !== one)
    for (let at = 0; at < fresh.length; at += ROWS_A_STATEMENT) {
      const some = fresh.slice(at, at + ROWS_A_STATEMENT)
      await store.transact(replacing(some))
      for (const one of some) known.set(one.id, one)
    }
  }
  const flush = () => {
    line = line.then(write).catch(fault => log.warn('instruments.store', { reason: String(fault) }))
    return line
  }
  const soon = () => {
    waiting ??= clock.after(SETTLE_SECONDS, () => {
      waiting = null
      if (store.state().phase === 'up') void flush()
    })
  }
  const stops = [
    bus.on('instruments', soon),
    store.onState(() => {
      const { phase } = store.state()
      if (phase === 'rebuilding') wasRenewed = true
      if (phase !== 'up') return
      // A store that was made anew has none of them.
      if (wasRenewed) written = new Map()
      wasRenewed = false
      soon()
    }),
  ]
  soon()
  return {
    flush,
    async close() {
      for (const stop of stops) stop()
      waiting?.()
      await line
    },
  }
}

function replacing(some: readonly Instrument[]): Statement[] {
  const rows = some.map(one => [
    ...[one.id, one.symbol, one.name, one.assetClass, one.venue, one.source, one.currency, one.unit, one.tickSize],
    ...[one.multiplier, one.calendar, one.contractMonth, one.lastTradeDate],
  ])
  const marks = (count: number) => `(${new Array(count).fill('?').join(', ')})`
  return [
    { sql: `delete from instruments where id in ${marks(some.length)}`, params: some.map(one => one.id) },
    { sql: `insert into instruments values ${rows.map(row => marks(row.length)).join(', ')}`, params: rows.flat() },
  ]
}
