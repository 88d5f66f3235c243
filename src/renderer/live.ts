import type { Client } from '../contract/index.ts'
import type { QuoteFrame } from '../contract/market.ts'
import type { Liveness } from '../core/market/instrument.ts'
import { createQuoteColumns, type QuoteColumns, type QuoteRow } from './live-columns.ts'

/** The page's time and its frames; a test gives one that it moves by hand. */
export interface PageBeat {
  /** Wall clock in epoch microseconds. */
  now(): number
  /** Whether a person can see the page; frames that wait for that say nothing about latency. */
  visible(): boolean
  /** Runs before the next frame is drawn. */
  frame(run: () => void): void
  /** Runs just after the frame that is being made was drawn. */
  afterPaint(run: () => void): void
  after(milliseconds: number, run: () => void): () => void
}

/** What the table asks of the host. */
export interface QuoteHost {
  open(instruments: readonly string[], signal: AbortSignal): Promise<AsyncIterable<QuoteFrame>>
  acknowledge(stream: string, seq: number): Promise<unknown>
  /** Seconds from the host to the drawn pixel, in batches. */
  drawn(seconds: readonly number[]): Promise<unknown>
}

/** A counted wish for quotes; the host sends an instrument while at least one wish names it. */
export interface QuoteSubscription {
  set(instruments: readonly string[]): void
  close(): void
}

/** The page's one table of newest quotes. */
export interface LiveQuotes {
  readonly columns: QuoteColumns
  subscribe(instruments: readonly string[]): QuoteSubscription
  /** Newest values, null before anything was received. */
  read(instrument: string): QuoteRow | null
  /** State as a person should see it: `stale` for everything while the host cannot be heard. */
  state(instrument: string): Liveness
  /** The host knows no such instrument. */
  isUnknown(instrument: string): boolean
  isConnected(): boolean
  /** Called at most once an animation frame with the instruments that changed; the set is only good during the call. */
  onFrame(hear: (changed: ReadonlySet<string>) => void): () => void
  /** Seconds from leaving the host, and from the venue's clock, to the drawn pixel; the newest 2,000 of each. */
  latency(): { readonly sent: readonly number[]; readonly event: readonly number[] }
  /** Tries a lost stream again now. */
  resume(): void
  close(): void
}

/** The contract takes 5,000 instruments a stream. */
const LANE = 5000
/** Panels come and go in bursts; one stream is opened for the burst. */
const GROW_MS = 40
/** A row scrolled or tabbed away is often back soon, and an unwanted quote costs little. */
const SHRINK_MS = 3000
const REPORT_MS = 2000
const RETRY_FROM_MS = 250
const RETRY_TO_MS = 5000
/** A reopened stream is back well within this; marking everything stale for it would flicker. */
const LOST_MS = 1500
const KEPT_SAMPLES = 2000

function failureOf(error: unknown): { readonly code: string; readonly instrument: string | null } {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { instrument?: unknown } }
  return { code: String(code ?? ''), instrument: typeof data?.instrument === 'string' ? data.instrument : null }
}

function keep(samples: number[], seconds: number): void {
  samples.push(Math.max(0, seconds))
  if (samples.length > KEPT_SAMPLES) samples.splice(0, samples.length - KEPT_SAMPLES)
}

/** Frames that were applied and not drawn yet, and what their drawing cost. */
function createDrawMeter(host: QuoteHost, beat: PageBeat) {
  const waiting: { stream: string; seq: number; sent: number; event: number; seen: boolean }[] = []
  const sent: number[] = []
  const event: number[] = []
  let unreported: number[] = []
  let stopReport: (() => void) | null = null
  const report = () => {
    stopReport = null
    const batch = unreported
    unreported = []
    host.drawn(batch.slice(-KEPT_SAMPLES)).catch(() => {}) // a lost figure is not worth a word to the person
  }
  return {
    sent,
    event,
    applied(frame: QuoteFrame) {
      let newest = Number.NaN
      for (const time of frame.rows.eventTime) if (time !== null && !(time <= newest)) newest = time
      waiting.push({ stream: frame.stream, seq: frame.seq, sent: frame.sent, event: newest, seen: beat.visible() })
    },
    painted() {
      const now = beat.now()
      const upTo = new Map<string, number>()
      for (const frame of waiting.splice(0)) {
        upTo.set(frame.stream, Math.max(frame.seq, upTo.get(frame.stream) ?? frame.seq))
        if (!frame.seen) continue
        keep(sent, (now - frame.sent) / 1e6)
        unreported.push(Math.max(0, (now - frame.sent) / 1e6))
        if (!Number.isNaN(frame.event)) keep(event, (now - frame.event) / 1e6)
      }
      for (const [stream, seq] of upTo) host.acknowledge(stream, seq).catch(() => {}) // the stream's own end says the same
      if (unreported.length > 0) stopReport ??= beat.after(REPORT_MS, report)
    },
    close: () => stopReport?.(),
  }
}

interface Lane {
  instruments: readonly string[]
  abort: AbortController
  retry: () => void
}

/** The page's one table of newest quotes, fed by one stream for all that is wanted anywhere on the page. */
export function createLiveQuotes(host: QuoteHost, beat: PageBeat): LiveQuotes {
  const columns = createQuoteColumns()
  const wanted = new Map<string, number>()
  const unknown = new Set<string>()
  const hearers = new Set<(changed: ReadonlySet<string>) => void>()
  const changed = new Set<string>()
  const lanes: Lane[] = []
  const meter = createDrawMeter(host, beat)
  let waking = false
  let closed = false
  let lost = false
  let stopLost: (() => void) | null = null
  let change: { due: 'grow' | 'shrink'; stop: () => void } | null = null

  function wake(): void {
    if (waking || closed) return
    waking = true
    beat.frame(() => {
      waking = false
      for (const hear of hearers) hear(changed)
      changed.clear()
      beat.afterPaint(() => meter.painted())
    })
  }
  function markAll(): void {
    for (const instrument of wanted.keys()) changed.add(instrument)
    wake()
  }
  function heard(): void {
    stopLost?.()
    stopLost = null
    if (!lost) return
    lost = false
    markAll()
  }
  function silent(): void {
    stopLost ??= beat.after(LOST_MS, () => {
      lost = true
      markAll()
    })
  }

  async function readStream(lane: Lane, first: () => void): Promise<void> {
    const stream = await host.open(lane.instruments, lane.abort.signal)
    let last = Number.NaN
    for await (const frame of stream) {
      if (lane.abort.signal.aborted) return
      if (frame.seq !== last + 1 && !Number.isNaN(last)) return // a frame is missing: only a new snapshot is to be trusted
      last = frame.seq
      columns.take(lane.instruments, frame.rows, instrument => changed.add(instrument))
      meter.applied(frame)
      heard()
      first()
      wake()
    }
  }
  async function keepOpen(lane: Lane, first: () => void): Promise<void> {
    let pause = RETRY_FROM_MS
    while (!lane.abort.signal.aborted && lane.instruments.length > 0) {
      let refused: string | null = null
      await readStream(lane, () => {
        pause = RETRY_FROM_MS
        first()
      }).catch(error => {
        const failure = failureOf(error)
        if (failure.code === 'INSTRUMENT_UNKNOWN') refused = failure.instrument
      })
      if (lane.abort.signal.aborted) return
      if (refused !== null && lane.instruments.includes(refused)) {
        unknown.add(refused)
        changed.add(refused)
        lane.instruments = lane.instruments.filter(instrument => instrument !== refused)
        wake()
        continue
      }
      silent()
      await new Promise<void>(done => {
        const stop = beat.after(pause, done)
        lane.retry = () => {
          stop()
          done()
        }
      })
      pause = Math.min(pause * 2, RETRY_TO_MS)
    }
  }

  function openLane(at: number, instruments: readonly string[]): void {
    const before = lanes[at]
    const lane: Lane = { instruments, abort: new AbortController(), retry: () => {} }
    lanes[at] = lane
    // The old stream feeds the table until the new one has spoken, so that nothing on screen stands still meanwhile.
    const handOver = () => endLane(before)
    void keepOpen(lane, handOver).finally(handOver)
  }
  function endLane(lane: Lane | undefined): void {
    if (!lane || lane.abort.signal.aborted) return
    lane.abort.abort()
    lane.retry()
  }
  function reopen(): void {
    change = null
    const all = [...wanted.keys()].filter(instrument => !unknown.has(instrument)).sort()
    const wantedLanes = Math.ceil(all.length / LANE)
    for (let at = 0; at < wantedLanes; at++) {
      const instruments = all.slice(at * LANE, (at + 1) * LANE)
      const open = lanes[at]?.instruments
      if (open && open.length === instruments.length && open.every((name, k) => name === instruments[k])) continue
      openLane(at, instruments)
    }
    for (const lane of lanes.splice(wantedLanes)) endLane(lane)
    if (wantedLanes === 0) heard()
  }
  function schedule(due: 'grow' | 'shrink'): void {
    if (closed || change?.due === 'grow') return
    change?.stop()
    change = { due, stop: beat.after(due === 'grow' ? GROW_MS : SHRINK_MS, reopen) }
  }
  function count(instruments: Iterable<string>, by: 1 | -1): void {
    for (const instrument of instruments) {
      const next = (wanted.get(instrument) ?? 0) + by
      if (next > 0) wanted.set(instrument, next)
      else wanted.delete(instrument)
      if (by === 1 && next === 1) {
        unknown.delete(instrument) // it may have been added since it was refused
        schedule('grow')
      }
      if (next === 0) schedule('shrink')
    }
  }

  return {
    columns,
    subscribe(instruments) {
      let held = new Set(instruments)
      count(held, 1)
      return {
        set(next) {
          const before = held
          held = new Set(next)
          count(
            [...held].filter(name => !before.has(name)),
            1,
          )
          count(
            [...before].filter(name => !held.has(name)),
            -1,
          )
        },
        close() {
          count(held, -1)
          held = new Set()
        },
      }
    },
    read(instrument) {
      const row = columns.row(instrument)
      return row < 0 ? null : columns.read(row)
    },
    state(instrument) {
      const row = columns.row(instrument)
      const state = row < 0 ? 'none' : columns.state(row)
      return lost && state !== 'none' ? 'stale' : state
    },
    isUnknown: instrument => unknown.has(instrument),
    isConnected: () => !lost,
    onFrame(hear) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    latency: () => ({ sent: [...meter.sent], event: [...meter.event] }),
    resume: () => {
      for (const lane of lanes) lane.retry()
    },
    close() {
      closed = true
      change?.stop()
      stopLost?.()
      meter.close()
      for (const lane of lanes.splice(0)) endLane(lane)
    },
  }
}

/** The browser's own frames. A message to oneself is handled after the frame whose callback sent it was drawn. */
export function browserBeat(now: () => number): PageBeat {
  const channel = new MessageChannel()
  const painted: (() => void)[] = []
  channel.port1.onmessage = () => painted.shift()?.()
  return {
    now,
    visible: () => document.visibilityState === 'visible',
    frame: run => void requestAnimationFrame(run),
    afterPaint: run => {
      painted.push(run)
      channel.port2.postMessage(null)
    },
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds)
      return () => clearTimeout(timer)
    },
  }
}

const tables = new WeakMap<Client, LiveQuotes>()

/** The table of quotes that belongs to a connection; every panel of the page gets the same one. */
export function liveQuotes(desk: Client, now: () => number): LiveQuotes {
  const open = tables.get(desk)
  if (open) return open
  const table = createLiveQuotes(
    {
      open: (instruments, signal) => desk.market.quotes({ instruments: [...instruments] }, { signal }),
      acknowledge: (stream, seq) => desk.market.acknowledge({ stream, seq }),
      drawn: seconds => desk.system.drawn({ samples: [...seconds] }),
    },
    browserBeat(now),
  )
  tables.set(desk, table)
  return table
}
