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
type Desk = Awaited<ReturnType<typeof connectDesk>>['desk']
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
    await prepareWorkspace(reader.desk)
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

/** Leaves a workspace as a person would have: a watchlist of all instruments beside a chart of the first one. */
async function prepareWorkspace(desk: Desk): Promise<void> {
  await desk.workspace.saveWatchlist({ id: 'bench', name: 'Benchmark', instruments, revision: 0 })
  const leaf = (id: string, size: number) => ({ type: 'leaf', size, data: { views: [id], activeView: id, id } })
  const shown = (id: string) => ({ id, contentComponent: 'panel', title: id })
  const root = { type: 'branch', size: 1000, data: [leaf('watchlist-1', 900), leaf('chart-1', 700)] }
  const subject = instruments[0]!
  await desk.workspace.save({
    id: 'bench',
    name: 'Benchmark',
    revision: 0,
    layout: {
      version: 1,
      made: 0,
      dock: {
        grid: { root, width: 1600, height: 1000, orientation: 'HORIZONTAL' },
        panels: { 'watchlist-1': shown('watchlist-1'), 'chart-1': shown('chart-1') },
        activeGroup: 'watchlist-1',
      },
      panels: {
        'watchlist-1': { kind: 'watchlist', params: { list: 'bench' }, link: null, subject: null },
        'chart-1': { kind: 'chart', params: {}, link: null, subject },
      },
      links: {},
    },
  })
  await desk.workspace.choose({ id: 'bench' })
}

/** Milliseconds from the venue's socket to this process, of every value that came. */
async function readSocket(desk: Desk, warm: () => Promise<void>, send: () => Promise<void>): Promise<number[]> {
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
 * Put into the page before its own scripts: keeps each message of its socket with the time at which the frame that it led to
 * was drawn. They are looked into afterwards, so that measuring costs the page next to nothing.
 */
function watchDrawing(): void {
  interface Seen {
    counting: boolean
    readonly messages: { readonly data: unknown; drawnAt: number }[]
  }
  const seen: Seen = { counting: false, messages: [] }
  Object.assign(globalThis, { seen })
  const drawn = new MessageChannel()
  let waiting: Seen['messages'] = []
  drawn.port1.onmessage = () => {
    const at = performance.timeOrigin + performance.now()
    for (const message of waiting) message.drawnAt = at
    waiting = []
  }
  const hear = ({ data }: MessageEvent) => {
    if (!seen.counting) return
    const message = { data, drawnAt: 0 }
    seen.messages.push(message)
    requestAnimationFrame(() => {
      // Behind the page's own callbacks of this frame, and then behind its drawing.
      if (waiting.push(message) === 1) drawn.port2.postMessage(null)
    })
  }
  const Plain = WebSocket
  globalThis.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', hear)
    }
  }
}

/** Runs in the page when all is over: milliseconds from the venue's socket to the drawn frame, of every value of every frame. */
async function agesOfDrawn(): Promise<number[]> {
  const timesIn = (value: unknown): (number | null)[] | null => {
    if (value === null || typeof value !== 'object') return null
    const { kind, rows } = value as { kind?: unknown; rows?: { eventTime?: (number | null)[] } }
    if (kind === 'delta' && Array.isArray(rows?.eventTime)) return rows.eventTime
    for (const inner of Object.values(value)) {
      const found = timesIn(inner)
      if (found) return found
    }
    return null
  }
  const { messages } = (globalThis as unknown as { seen: { messages: { data: unknown; drawnAt: number }[] } }).seen
  const ages: number[] = []
  for (const { data, drawnAt } of messages) {
    if (drawnAt === 0) continue
    const text = typeof data === 'string' ? data : await new Response(data as Blob | ArrayBuffer).text()
    if (!text.includes('eventTime')) continue
    for (const time of timesIn(JSON.parse(text)) ?? []) if (time !== null) ages.push(drawnAt - time / 1000)
  }
  return ages
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
    const first = page.getByText('B000', { exact: true }).first()
    await first.waitFor({ timeout: 30_000 }).catch(async () => {
      const shown = (await page.locator('body').innerText()).slice(0, 500)
      throw new Error(`the watchlist did not come into view; the page showed:\n${shown}`)
    })
    await warm()
    await page.evaluate('seen.counting = true')
    const words = () => page.locator('[role="grid"]').first().innerText()
    const before = await words()
    await send()
    await page.evaluate('seen.counting = false')
    const after = await words()
    if (before === after) throw new Error('the page drew nothing new while quotes were sent')
    await page.waitForTimeout(500)
    const drawn = await page.evaluate(agesOfDrawn)
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
