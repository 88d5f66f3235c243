import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/platform/clock.ts'
import { openDataStore } from '../src/platform/data-store.ts'
import { silentLog } from '../src/platform/log.ts'
import { readMigrations } from '../src/platform/migrations.ts'
import { benchInstrument, SYMBOLS } from './feed/frames.ts'
import { connectDesk, type Measured, openFeed, startTaker } from './feed/run.ts'

// 50,000 quotes a second through the whole host: socket, parse, check, book, bus, write-behind into the data process, and a
// conflated stream to a reader over a WebSocket that acknowledges. Lost is what the store, counted afterwards, does not have.
// The peer gets the same feed: what one writes first (see feed/naive.ts). Feed and reader share a process; host, data process
// and peer have their own.

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string | null
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly limit: number
  readonly within: boolean
}

const RATE = 50_000
const WARM_UP_SECONDS = 10
const PEER_SECONDS = 15
const PEER = 'map of objects, an event and a JSON message a quote, JSON lines on disk'
const say = (text: string) => void process.stderr.write(`${text}\n`)

export async function run({ seconds = 60 }: { seconds?: number } = {}): Promise<Result[]> {
  const ours = await runHost(seconds)
  const peer = await runPeer(Math.min(seconds, PEER_SECONDS))
  say(`ours ${JSON.stringify(ours)}\npeer ${JSON.stringify(peer)}`)
  const lost = ours.sent - ours.stored
  const growth = (ours.end.bytes / ours.warm.bytes - 1) * 100
  const alone = { peer: null, peerValue: null, ratio: null }
  return [
    {
      bench: 'ingest.rate',
      value: Math.round(ours.rate),
      unit: 'quotes/s',
      ...alone,
      limit: RATE,
      within: ours.rate >= RATE * 0.999,
    },
    { bench: 'ingest.lost', value: lost, unit: 'quotes', ...alone, limit: 0, within: lost === 0 && ours.end.gaps === 0 },
    { bench: 'ingest.memory', value: round(growth), unit: '% growth', ...alone, limit: 10, within: growth < 10 },
    {
      bench: 'ingest.frames',
      value: round(ours.frames / seconds),
      unit: 'frames/s',
      ...alone,
      limit: 30.5,
      within: ours.frames / seconds <= 30.5,
    },
    {
      bench: 'ingest',
      value: round(ours.end.delayP99),
      unit: 'ms event-loop delay p99',
      peer: PEER,
      peerValue: round(peer.delayP99),
      ratio: round(peer.delayP99 / ours.end.delayP99),
      limit: 20,
      within: ours.end.delayP99 < 20,
    },
  ]
}

async function runHost(seconds: number) {
  const folder = await mkdtemp(join(tmpdir(), 'contango-ingest-'))
  const feed = await openFeed(SYMBOLS)
  try {
    const host = await startTaker('host', folder, feed.port, SYMBOLS)
    const reader = await connectDesk(host.port, host.token)
    const leaving = new AbortController()
    let frames = 0
    const reading = (async () => {
      const instruments = Array.from({ length: SYMBOLS }, (_, k) => benchInstrument(k).id)
      for await (const frame of await reader.desk.market.quotes({ instruments }, { signal: leaving.signal })) {
        frames++
        void reader.desk.market.acknowledge({ stream: frame.stream, seq: frame.seq }).catch(() => {})
      }
    })().catch(() => {})
    await feed.send(RATE, WARM_UP_SECONDS)
    // What is on its way to disk is no growth: both measurements wait until it is there.
    await settled()
    const warm = await host.measure()
    host.reset()
    frames = 0
    const before = warm.received
    const began = performance.now()
    await feed.send(RATE, seconds)
    const elapsed = (performance.now() - began) / 1000
    const shown = frames
    const delays = await host.measure()
    await settled()
    const end = { ...(await host.measure()), delayP99: delays.delayP99, delayMax: delays.delayMax }
    const rate = (end.received - before) / elapsed
    leaving.abort()
    await reading
    reader.close()
    await host.close()
    return { warm, end, rate, frames: shown, sent: feed.sent(), stored: await countStored(folder) }
  } finally {
    feed.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const settled = () => new Promise(done => setTimeout(done, 2000))

/** Quotes in the store, each number once. */
async function countStored(folder: string): Promise<number> {
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: new URL('../src/platform/data-process.ts', import.meta.url),
    log: silentLog,
    clock: systemClock(),
    migrations: readMigrations(new URL('../src/main/schema/', import.meta.url)),
  })
  const { columns } = await store.query("select count(distinct seq) as n from quotes where source = 'bench'")
  await store.close()
  return Number(columns[0]?.[0] ?? 0)
}

async function runPeer(seconds: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-peer-'))
  const feed = await openFeed(SYMBOLS)
  try {
    const peer = await startTaker('naive', folder, feed.port, SYMBOLS)
    const socket = new WebSocket(`ws://127.0.0.1:${peer.port}`)
    await new Promise(done => socket.addEventListener('open', done))
    await feed.send(RATE, 3)
    peer.reset()
    await feed.send(RATE, seconds)
    const measured = await peer.measure()
    socket.close()
    await peer.close()
    return measured
  } finally {
    feed.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
