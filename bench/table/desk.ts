import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import { type InstrumentWire, marketContract, type QuoteRows } from '../../src/contract/market.ts'
import { systemContract } from '../../src/contract/system.ts'
import { createRandom } from '../../src/core/kit/random.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { conflate } from '../../src/platform/conflate.ts'

export const ROWS = 3000
export const RATE = 2000
/** The host's own pace of a quote stream. */
const EVERY_MS = 50
const WINDOW = 8

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

const instruments: readonly InstrumentWire[] = Array.from({ length: ROWS }, (_, k) => ({
  id: `T${String(k).padStart(4, '0')}.BENCH`,
  symbol: `T${String(k).padStart(4, '0')}`,
  name: `Test instrument ${k}`,
  assetClass: 'equity',
  venue: 'BENCH',
  source: 'bench',
  currency: 'USD',
  unit: 'USD',
  tickSize: 0.01,
  multiplier: 1,
  calendar: 'always',
  contractMonth: null,
  lastTradeDate: null,
}))

/** A market of 3,000 instruments, one of which changes 2,000 times a second; the same walk in each run. */
function createMarket() {
  const random = createRandom(20261121)
  const clock = systemClock()
  const close = instruments.map((_, k) => 20 + ((k * 37) % 400))
  const last = [...close]
  const volume = instruments.map(() => 0)
  const time = instruments.map(() => clock.now())
  const hearers = new Set<(row: number) => void>()
  let changes = 0
  let owed = 0
  let at = clock.monotonic()
  const timer = setInterval(() => {
    const now = clock.monotonic()
    owed += (now - at) * RATE
    at = now
    for (; owed >= 1; owed--) {
      const row = Math.floor(random.uniform() * ROWS)
      last[row] = Math.max(0.01, Math.round((last[row]! + (random.uniform() - 0.5) * 0.2) * 100) / 100)
      volume[row]! += 1 + Math.floor(random.uniform() * 10)
      time[row] = clock.now()
      changes++
      for (const hear of hearers) hear(row)
    }
  }, 5)
  const rowsOf = (wanted: readonly number[], places: readonly number[]): QuoteRows => {
    const of = (value: (row: number) => number) => wanted.map(value)
    return {
      index: [...places],
      bid: of(row => last[row]! - 0.01),
      ask: of(row => last[row]! + 0.01),
      bidSize: of(row => 1 + (row % 40)),
      askSize: of(row => 1 + (row % 50)),
      last: of(row => last[row]!),
      lastSize: of(() => 1),
      open: of(row => close[row]!),
      high: of(row => Math.max(close[row]!, last[row]!) * 1.01),
      low: of(row => Math.min(close[row]!, last[row]!) * 0.99),
      previousClose: of(row => close[row]!),
      volume: of(row => volume[row]!),
      eventTime: of(row => time[row]!),
      receiptTime: of(row => time[row]!),
      state: wanted.map(() => 'live' as const),
      quality: wanted.map(() => 0),
    }
  }
  return {
    clock,
    rowsOf,
    changes: () => changes,
    subscribe(hear: (row: number) => void) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    close: () => clearInterval(timer),
  }
}

/** The host's part of the benchmark: the contract's quote stream over a WebSocket, conflated and acknowledged as the host does. */
export async function openBenchDesk(page: string): Promise<{ url: string; changes(): number; close(): Promise<void> }> {
  const market = createMarket()
  const placeOf = new Map(instruments.map(({ id }, row) => [id, row]))
  const streams = new Map<string, (seq: number) => void>()
  let nextStream = 0
  const { search, quotes, acknowledge } = marketContract
  const os = implement({ market: { search, quotes, acknowledge }, system: { drawn: systemContract.drawn } })
  const router = os.router({
    market: {
      search: os.market.search.handler(() => ({ instruments: [...instruments], total: ROWS })),
      acknowledge: os.market.acknowledge.handler(({ input }) => {
        streams.get(input.stream)?.(input.seq)
        return {}
      }),
      quotes: os.market.quotes.handler(async function* ({ input, signal }) {
        const rows = input.instruments.map(id => placeOf.get(id) ?? 0)
        const index = new Map(rows.map((row, k) => [row, k]))
        const stream = `bench-${nextStream++}`
        const { messages, acknowledge: onAcknowledge } = conflate<number>({
          subscribe: push => market.subscribe(row => index.has(row) && push(row)),
          snapshot: () => rows,
          keyOf: String,
          everyMs: EVERY_MS,
          window: WINDOW,
          signal: signal ?? new AbortController().signal,
          clock: market.clock,
        })
        streams.set(stream, onAcknowledge)
        for await (const { seq, kind, changed } of messages)
          yield {
            stream,
            seq,
            kind,
            sent: market.clock.now(),
            rows: market.rowsOf(
              changed,
              changed.map(row => index.get(row)!),
            ),
          }
      }),
    },
    system: { drawn: os.system.drawn.handler(() => ({})) },
  })
  const handler = new RPCHandler(router)
  const http = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname)
    const file = join(page, path === '/' ? 'page.html' : path)
    stat(file).then(
      () => {
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
        createReadStream(file).pipe(response)
      },
      () => response.writeHead(404).end(),
    )
  })
  const sockets = new WebSocketServer({ server: http, path: '/rpc' })
  sockets.on('connection', socket => void handler.upgrade(socket, { context: {} }))
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  const address = http.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    changes: market.changes,
    async close() {
      market.close()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await new Promise(done => http.close(done))
    },
  }
}
