import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from '../tests/e2e/browser.ts'
import { benchInstrument, SYMBOLS } from './feed/frames.ts'
import { connectDesk, openFeed, quantile, startTaker } from './feed/run.ts'

// From the moment a quote is written to the venue's socket to the moment it is drawn: 500 symbols at 5,000 quotes a second, a
// watchlist of all of them in the real page in Chromium. Every value that reaches the page counts, with the time it waited to
// be merged. Drawn is the first task after the animation frame in which the page writes what it received. The peer is a server
// that merges nothing and sends each quote at once, measured to its reader's socket only: what merging and drawing cost.

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string | null
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly limit: number
  readonly within: boolean
  readonly samples: number
}

const RATE = 5000
const LIMIT_MS = 100
const WARM_UP_SECONDS = 5
const PEER = 'one message a quote, to the socket'
const instruments = Array.from({ length: SYMBOLS }, (_, k) => benchInstrument(k).id)
const now = () => performance.timeOrigin + performance.now()

export async function run({ seconds = 20 }: { seconds?: number } = {}): Promise<Result[]> {
  const peer = await runPeer(Math.min(seconds, 10))
  const { socket, drawn, rows } = await runHost(seconds)
  const peerValue = round(quantile(peer, 0.99))
  const result = (bench: string, sample: readonly number[], part: number): Result => {
    const value = round(quantile(sample, part))
    const compared = part === 0.99
    return {
      bench,
      value,
      unit: `ms p${part * 100}`,
      peer: compared ? PEER : null,
      peerValue: compared ? peerValue : null,
      ratio: compared ? round(peerValue / value) : null,
      limit: LIMIT_MS,
      within: value < LIMIT_MS && sample.length > 0,
      samples: sample.length,
    }
  }
  process.stderr.write(`${rows} rows of the watchlist were in view\n`)
  return [
    result('latency.socket.median', socket, 0.5),
    result('latency.socket', socket, 0.99),
    result('latency.drawn.median', drawn, 0.5),
    result('latency', drawn, 0.99),
  ]
}

async function runHost(seconds: number): Promise<{ socket: number[]; drawn: number[]; rows: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-latency-'))
  const feed = await openFeed(SYMBOLS)
  try {
    const host = await startTaker('host', folder, feed.port, SYMBOLS)
    const reader = await connectDesk(host.port, host.token)
    const socket = await readSocket(
      reader.desk,
      () => feed.send(RATE, WARM_UP_SECONDS),
      () => feed.send(RATE, seconds),
    )
    process.stderr.write(`to the socket: p50 ${round(quantile(socket, 0.5))} ms, p99 ${round(quantile(socket, 0.99))} ms\n`)
    await reader.desk.workspace.saveWatchlist({ id: 'bench', name: 'Benchmark', instruments, revision: 0 })
    const page = await readPage(
      host.port,
      host.token,
      () => feed.send(RATE, WARM_UP_SECONDS),
      () => feed.send(RATE, seconds),
    )
    reader.close()
    await host.close()
    return { socket, ...page }
  } finally {
    feed.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds from the venue's socket to this process, of every value that came. */
async function readSocket(
  desk: Awaited<ReturnType<typeof connectDesk>>['desk'],
  warm: () => Promise<void>,
  send: () => Promise<void>,
): Promise<number[]> {
  const leaving = new AbortController()
  const sample: number[] = []
  let counting = false
  const reading = (async () => {
    for await (const frame of await desk.market.quotes({ instruments }, { signal: leaving.signal })) {
      const at = now()
      if (counting && frame.kind === 'delta')
        for (const time of frame.rows.eventTime) if (time !== null) sample.push(at - time / 1000)
      void desk.market.acknowledge({ stream: frame.stream, seq: frame.seq }).catch(() => {})
    }
  })().catch(() => {})
  await warm()
  counting = true
  await send()
  counting = false
  leaving.abort()
  await reading
  return sample
}

/**
 * Put into the page before its own scripts: looks at each message of its socket, and once the frame that it led to was drawn,
 * keeps how old each value was by then.
 */
function watchDrawing(): void {
  const sample: number[] = []
  const seen = { counting: false, sample }
  Object.assign(globalThis, { seen })
  const rowsIn = (value: unknown): (number | null)[] | null => {
    if (value === null || typeof value !== 'object') return null
    const { kind, rows } = value as { kind?: unknown; rows?: { eventTime?: (number | null)[] } }
    if (kind === 'delta' && Array.isArray(rows?.eventTime)) return rows.eventTime
    for (const inner of Object.values(value)) {
      const found = rowsIn(inner)
      if (found) return found
    }
    return null
  }
  const drawn = new MessageChannel()
  let waiting: number[] = []
  drawn.port1.onmessage = () => {
    const at = performance.timeOrigin + performance.now()
    for (const time of waiting.splice(0)) sample.push(at - time / 1000)
  }
  const hear = async (data: unknown) => {
    if (!seen.counting) return
    const text =
      typeof data === 'string' ? data : data instanceof Blob ? await data.text() : new TextDecoder().decode(data as ArrayBuffer)
    if (!text.includes('eventTime')) return
    const times = rowsIn(JSON.parse(text))
    if (!times) return
    requestAnimationFrame(() => {
      // Behind the page's own callbacks of this frame, and then behind its drawing.
      waiting = waiting.concat(times.filter(time => time !== null))
      drawn.port2.postMessage(null)
    })
  }
  const Plain = WebSocket
  globalThis.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', event => void hear(event.data))
    }
  }
}

async function readPage(
  port: number,
  token: string,
  warm: () => Promise<void>,
  send: () => Promise<void>,
): Promise<{ drawn: number[]; rows: number }> {
  const browser = await openBrowser({ width: 1680, height: 1000 })
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage())
    await page.addInitScript(watchDrawing)
    await page.goto(`http://127.0.0.1:${port}/#token=${token}`)
    // A workspace without the demo market begins empty and offers arrangements; the first has a watchlist.
    const offer = page.getByRole('button', { name: /Watchlist, chart, time and sales/ }).first()
    const first = page.getByText('B000', { exact: true }).first()
    await offer.or(first).first().waitFor({ timeout: 30_000 })
    if (await offer.isVisible()) await offer.click()
    await first.waitFor({ timeout: 30_000 }).catch(async () => {
      const shown = (await page.locator('body').innerText()).slice(0, 500)
      throw new Error(`the watchlist did not come into view; the page showed:\n${shown}`)
    })
    await warm()
    await page.evaluate('seen.counting = true')
    const before = await page.locator('body').innerText()
    await send()
    const after = await page.locator('body').innerText()
    if (before === after) throw new Error('the page drew nothing new while quotes were sent')
    await page.waitForTimeout(500)
    const drawn = (await page.evaluate('seen.sample')) as number[]
    const rows = (after.match(/^B\d{3}$/gm) ?? []).length
    return { drawn, rows }
  } finally {
    await browser.close()
  }
}

async function runPeer(seconds: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-peer-'))
  const feed = await openFeed(SYMBOLS)
  try {
    const peer = await startTaker('naive', folder, feed.port, SYMBOLS)
    const socket = new WebSocket(`ws://127.0.0.1:${peer.port}`)
    await new Promise(done => socket.addEventListener('open', done))
    const sample: number[] = []
    await feed.send(RATE, 2)
    socket.addEventListener('message', event => {
      const quote = JSON.parse(String(event.data)) as { eventTime: number }
      sample.push(now() - quote.eventTime / 1000)
    })
    await feed.send(RATE, seconds)
    socket.close()
    await peer.close()
    return sample
  } finally {
    feed.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
