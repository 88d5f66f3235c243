import { connect } from 'node:net'
import { emptyBars } from '../../src/core/market/aggregate.ts'
import type { Source } from '../../src/main/sources/source.ts'
import { benchInstrument, createReader } from './frames.ts'

/** A source that reads the benchmark's frames from a socket on this machine. */
export function benchSource(port: number, symbols: number): Source {
  const instruments = Array.from({ length: symbols }, (_, k) => benchInstrument(k))
  const ids = instruments.map(one => one.id)
  return {
    name: 'bench',
    title: 'Benchmark feed',
    gives: 'live',
    enabledAtFirst: true,
    expectedIntervalSeconds: 5,
    credentials: [],
    open({ clock, sink }) {
      sink.instruments(instruments)
      const socket = connect(port, '127.0.0.1', () => sink.phase('up'))
      socket.on(
        'data',
        createReader(ids, batch => sink.quotes(batch)),
      )
      socket.on('error', fault => sink.phase('failed', fault.message))
      return {
        subscribe: () => {},
        unsubscribe: () => {},
        find: async () => [],
        resolve: async () => null,
        history: async () => ({ bars: emptyBars(0), state: 'none', asOf: clock.now() }),
        close: async () => void socket.destroy(),
      }
    },
  }
}
