import type { TradeRow } from '../../contract/market.ts'
import type { Provenance } from '../../contract/wire.ts'
import type { Trade } from '../../core/market/instrument.ts'
import type { Pacer } from './pacer.ts'

/** Trades kept in memory for an instrument nobody looks at, and for one that is shown. */
const KEPT = 256
const KEPT_WATCHED = 2000
/** Trades in one frame: more than a screen can show in a thirtieth of a second. */
const PER_FRAME = 200

/** Newest trades of each instrument, in the order they came. */
export interface Tape {
  push(row: number, trade: Trade): void
  /** Keeps more of them from now on. */
  watch(row: number): void
  /** Count of trades that row ever had; the next one gets this number. */
  count(row: number): number
  /** Trades numbered `from` and later that are still kept, at most the newest `limit`, oldest first. */
  since(row: number, from: number, limit: number): { readonly first: number; readonly trades: readonly Trade[] }
}

interface Ring {
  trades: Trade[]
  capacity: number
  count: number
}

export function createTape(): Tape {
  const rings: Ring[] = []
  const ringOf = (row: number): Ring => {
    rings[row] ??= { trades: [], capacity: KEPT, count: 0 }
    return rings[row]
  }
  const since: Tape['since'] = (row, from, limit) => {
    const ring = rings[row]
    if (!ring) return { first: 0, trades: [] }
    const oldest = ring.count - ring.trades.length
    const first = Math.max(from, oldest, ring.count - limit)
    const trades: Trade[] = []
    for (let at = first; at < ring.count; at++) trades.push(ring.trades[at % ring.capacity]!)
    return { first, trades }
  }
  return {
    push(row, trade) {
      const ring = ringOf(row)
      ring.trades[ring.count++ % ring.capacity] = trade
    },
    watch(row) {
      const ring = ringOf(row)
      if (ring.capacity === KEPT_WATCHED) return
      const { first, trades } = since(row, 0, ring.capacity)
      ring.capacity = KEPT_WATCHED
      // Numbers are places modulo the capacity: with another capacity every trade has another place.
      ring.trades = []
      if (first > 0) ring.count = trades.length
      for (let at = 0; at < trades.length; at++) ring.trades[at % KEPT_WATCHED] = trades[at]!
    },
    count: row => rings[row]?.count ?? 0,
    since,
  }
}

/** One frame of time and sales. */
export interface TapeFrame {
  readonly stream: string
  readonly seq: number
  readonly kind: 'snapshot' | 'delta'
  readonly provenance: Provenance
  readonly trades: TradeRow[]
  readonly skipped: number
}

/** Time and sales of one row: what is kept of it first, then every new trade; what a frame cannot hold is counted. */
export async function* tapeFrames({
  tape,
  row,
  backfill,
  pacer,
  provenance,
  signal,
}: {
  tape: Tape
  row: number
  backfill: number
  pacer: Pacer
  provenance: () => Provenance
  signal: AbortSignal
}): AsyncGenerator<TapeFrame, void, undefined> {
  tape.watch(row)
  let next = Math.max(0, tape.count(row) - backfill)
  let limit = backfill
  let kind: TapeFrame['kind'] = 'snapshot'
  let shown = ''
  for (;;) {
    const { first, trades } = tape.since(row, next, limit)
    const believed = provenance()
    const state = `${believed.state} ${believed.reason}`
    if (kind === 'snapshot' || trades.length > 0 || state !== shown) {
      const skipped = kind === 'snapshot' ? 0 : Math.max(0, tape.count(row) - next - trades.length)
      yield {
        stream: pacer.stream,
        seq: pacer.next(),
        kind,
        provenance: believed,
        trades: trades.map((trade, at) => tradeRow(first + at, trade)),
        skipped,
      }
      next = first + trades.length
      kind = 'delta'
      limit = PER_FRAME
      shown = state
    }
    if (!(await pacer.turn(signal))) return
  }
}

function tradeRow(seq: number, trade: Trade): TradeRow {
  return {
    seq,
    time: trade.eventTime,
    price: trade.price,
    size: trade.size,
    aggressor: trade.aggressor,
    quality: trade.quality,
  }
}
