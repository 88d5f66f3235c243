import type { InstrumentId } from '../../src/core/kit/ids.ts'
import { instrumentId } from '../../src/core/kit/ids.ts'
import type { EpochMicros } from '../../src/core/kit/time.ts'
import type { Instrument } from '../../src/core/market/instrument.ts'
import type { RawQuote } from '../../src/main/sources/source.ts'

// The benchmark's own venue protocol, compact and binary as those of fast feeds are: a frame is its length in bytes (u32), then
// records of 48 bytes: instrument (u32), seq (u32), event time, bid, ask (f64), bid size, ask size (u32), eight bytes unused.
const RECORD = 48

export const SYMBOLS = 500

export function benchInstrument(k: number): Instrument {
  const symbol = `B${String(k).padStart(3, '0')}`
  return {
    id: instrumentId(`${symbol}.BENCH`),
    symbol,
    name: `Benchmark ${k}`,
    assetClass: 'equity',
    venue: 'BENCH',
    source: 'bench',
    currency: 'USD',
    unit: '',
    tickSize: 0.01,
    multiplier: 1,
    calendar: 'always',
    contractMonth: null,
    lastTradeDate: null,
  }
}

/** Writes quotes of a walk of many prices: each record is the next number of the feed. */
export function createWriter(symbols: number) {
  const cents = Int32Array.from({ length: symbols }, (_, k) => 10_000 + 37 * k)
  let state = 12345
  let seq = 0
  /** A fixed linear congruence: the same quotes in every run. */
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return {
    sent: () => seq,
    frame(count: number, eventTime: number): Buffer {
      const frame = Buffer.allocUnsafe(4 + count * RECORD)
      frame.writeUInt32LE(count * RECORD, 0)
      for (let k = 0; k < count; k++) {
        const at = 4 + k * RECORD
        const which = seq % symbols
        seq++
        cents[which]! += (next() >>> 30) - 1
        if (cents[which]! < 100) cents[which] = 100
        frame.writeUInt32LE(which, at)
        frame.writeUInt32LE(seq, at + 4)
        frame.writeDoubleLE(eventTime, at + 8)
        frame.writeDoubleLE(cents[which]! / 100, at + 16)
        frame.writeDoubleLE((cents[which]! + 1) / 100, at + 24)
        frame.writeUInt32LE(1 + (next() >>> 26), at + 32)
        frame.writeUInt32LE(1 + (next() >>> 26), at + 36)
      }
      return frame
    },
  }
}

/** Parses what comes over a socket, in whatever pieces, into quotes; `ids` gives the instrument of a number. */
export function createReader(ids: readonly InstrumentId[], onQuotes: (batch: RawQuote[]) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return piece => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
    let at = 0
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32LE(at)
      if (bytes.length - at - 4 < length) break
      onQuotes(parseFrame(bytes, at + 4, length, ids))
      at += 4 + length
    }
    rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0)
  }
}

function parseFrame(bytes: Buffer, from: number, length: number, ids: readonly InstrumentId[]): RawQuote[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, length)
  const quotes: RawQuote[] = new Array(length / RECORD)
  for (let k = 0; k < quotes.length; k++) {
    const at = k * RECORD
    quotes[k] = {
      instrument: ids[view.getUint32(at, true)]!,
      seq: view.getUint32(at + 4, true),
      eventTime: view.getFloat64(at + 8, true) as EpochMicros,
      bid: view.getFloat64(at + 16, true),
      ask: view.getFloat64(at + 24, true),
      bidSize: view.getUint32(at + 32, true),
      askSize: view.getUint32(at + 36, true),
    }
  }
  return quotes
}
