import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import { optionsContract, type UnderlyingState } from '../../src/contract/options.ts'
import { createRandom } from '../../src/core/kit/random.ts'
import { epochMicros } from '../../src/core/kit/time.ts'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import { buildChain, type ChainRow } from '../../src/core/options/build-chain.ts'
import { normalDistribution } from '../../src/core/options/mills.ts'
import { type ChainPicture, chainPicture } from '../../src/main/options/chain-frames.ts'
import { systemClock } from '../../src/platform/clock.ts'

export const EXPIRIES = 25
export const STRIKES = 123
/** The host's own pace of a chain. */
const EVERY_SECONDS = 0.25
/** Frames that differ, shown in turn: analysing a chain anew would measure the host. */
const FRAMES = 6
const WINDOW = 2

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const KEY = 'SPY.BENCH'

function blackPrice(forward: number, strike: number, vol: number, years: number, side: 1 | -1): number {
  const root = vol * Math.sqrt(years)
  const d1 = Math.log(forward / strike) / root + root / 2
  return side * (forward * normalDistribution(side * d1) - strike * normalDistribution(side * (d1 - root)))
}

/** The same chain at some prices of the underlying, each analysed as the host does it. */
function pictures(): ChainPicture[] {
  const random = createRandom(20261121)
  const asOf = epochMicros(Date.UTC(2026, 10, 20, 15, 30) * 1000)
  return Array.from({ length: FRAMES }, (_, turn) => {
    const spot = 600 + 0.07 * turn
    const rows: ChainRow[] = []
    for (let e = 0; e < EXPIRIES; e++) {
      const date = new Date(Date.UTC(2026, 10, 23 + 3 * e + e * e))
      const years = (date.getTime() - asOf / 1000) / (365 * 86_400_000)
      for (let k = 0; k < STRIKES; k++) {
        const strike = 600 + (k - Math.floor(STRIKES / 2)) * (e < 6 ? 1 : 2.5)
        const m = Math.log(strike / spot) / Math.sqrt(years)
        const vol = Math.max(0.08, 0.17 - 0.12 * m + 0.2 * m * m)
        for (const side of [1, -1] as const) {
          const price = blackPrice(spot, strike, Math.min(1.5, vol), years, side)
          const half = 0.01 + 0.003 * price * random.uniform()
          rows.push({
            ...{ expiry: date.toISOString().slice(0, 10), strike, side },
            bid: Math.max(0, Math.round((price - half) * 100) / 100),
            ask: Math.round((price + half) * 100 + 1) / 100,
            bidSize: 1 + Math.floor(random.uniform() * 90),
            askSize: 1 + Math.floor(random.uniform() * 90),
            last: Math.round(price * 100) / 100,
            volume: Math.floor(random.uniform() * 5000),
            openInterest: Math.floor(random.uniform() * 20_000),
            quoteTime: asOf,
          })
        }
      }
    }
    const quote = { spotBid: spot - 0.01, spotAsk: spot + 0.01, spotTime: asOf, isHalted: false }
    const header = {
      underlying: 'SPY',
      asOf,
      exercise: 'european',
      multiplier: 100,
      tickSize: 0.01,
      settlement: 'fund-close',
    } as const
    const { chain } = buildChain({ ...header, ...quote }, rows)
    const analysis = analyseChain(chain, { usualRate: 0.04, staleSeconds: 60, scheme: 'fast' })
    const analysed = {
      ...{ key: KEY, symbol: 'SPY', name: 'Bench', analysis, isFile: false, newestReceipt: asOf, isDemo: true },
      provenance: { source: 'bench', state: 'demo' as const, asOf, reason: null },
    }
    return chainPicture(
      analysed,
      chain.expiries.map(({ date }) => date),
      null,
    )
  })
}

/** The host's part of the benchmark: the contract's chain stream over a WebSocket, four times a second, as far as the page keeps up. */
export async function openChainDesk(page: string): Promise<{ url: string; sent(): number; close(): Promise<void> }> {
  const clock = systemClock()
  const frames = pictures()
  const state: UnderlyingState = {
    ...{ key: KEY, symbol: 'SPY', name: 'Bench', source: 'bench', state: 'demo', reason: null, watchedInBackground: false },
    ...{ expiries: EXPIRIES, contracts: EXPIRIES * STRIKES * 2, asOf: frames[0]!.asOf },
  }
  let acknowledged = 0
  let sent = 0
  const { underlyings, chain, acknowledge } = optionsContract
  const os = implement({ options: { underlyings, chain, acknowledge } })
  const router = os.router({
    options: {
      underlyings: os.options.underlyings.handler(async function* ({ signal }) {
        yield { underlyings: [state] }
        await clock.sleep(3600, signal).catch(() => {})
      }),
      acknowledge: os.options.acknowledge.handler(({ input }) => {
        acknowledged = Math.max(acknowledged, input.seq)
        return {}
      }),
      chain: os.options.chain.handler(async function* ({ input, signal }) {
        const wanted = new Set(input.expiries)
        acknowledged = 0
        for (let seq = 1; !signal?.aborted; ) {
          if (seq - acknowledged <= WINDOW) {
            const { blocks, ...rest } = frames[seq % FRAMES]!
            sent++
            yield { ...rest, blocks: blocks.filter(({ expiry }) => wanted.has(expiry)), stream: 'bench', seq }
            seq++
          }
          await clock.sleep(EVERY_SECONDS, signal).catch(() => {})
        }
      }),
    },
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
    sent: () => sent,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await new Promise(done => http.close(done))
    },
  }
}
