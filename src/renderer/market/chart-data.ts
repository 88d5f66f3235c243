import { useCallback, useEffect, useRef, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import type { Timeframe } from '../../core/market/bars.ts'
import { nextBucket } from '../../core/market/timeframes.ts'
import { useConnection, useDesk, useStream } from '../desk.tsx'
import { type BarTable, createBarTable } from './chart-bars.ts'

const FIRST_BARS = 1500
const PAGE_BARS = 4000
/** A page of the browser keeps at most so many bars of one chart; beyond it, a longer timeframe shows more. */
const MOST_BARS = 120_000

type Frame = Awaited<ReturnType<Client['market']['liveBars']>> extends AsyncIterable<infer T> ? T : never

/** What happened to a table: other bars altogether, older ones in front, or the newest ones from a row on. */
export type BarChange = { readonly kind: 'all' } | { readonly kind: 'older' } | { readonly kind: 'live'; readonly from: number }

export interface ChartBars {
  readonly phase: 'idle' | 'loading' | 'ready' | 'failed' | 'cancelled'
  readonly table: BarTable | null
  readonly error: unknown
  readonly isLoadingOlder: boolean
  retry(): void
  cancel(): void
  /** Loads older bars, until one at or before that instant is here where one is named; resolves with whether there is. */
  loadOlder(until?: number): Promise<boolean>
}

/**
 * Bars of an instrument, kept live, and older ones on request.
 *
 * `onChange` is called outside of rendering; live bars arrive there at most once a frame.
 */
export function useChartBars(instrument: string | null, timeframe: Timeframe, onChange: (change: BarChange) => void): ChartBars {
  const desk = useDesk()
  const { generation } = useConnection()
  const [attempt, setAttempt] = useState(0)
  const [isLoadingOlder, setLoadingOlder] = useState(false)
  const [state, setState] = useState<{ key: string; phase: ChartBars['phase']; table: BarTable | null; error: unknown }>({
    key: '',
    phase: 'idle',
    table: null,
    error: null,
  })
  const changed = useRef(onChange)
  changed.current = onChange
  const stop = useRef<AbortController | null>(null)
  const current = useRef<BarTable | null>(null)
  const key = instrument === null ? '' : `${instrument} ${timeframe}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry and a new connection both read the bars anew
  useEffect(() => {
    if (instrument === null) {
      current.current = null
      return setState({ key, phase: 'idle', table: null, error: null })
    }
    const abort = new AbortController()
    stop.current = abort
    setState(before => (before.key === key && before.table ? before : { ...before, key, phase: 'loading', error: null }))
    desk.market
      .bars({ instrument, timeframe, limit: FIRST_BARS }, { signal: abort.signal })
      .then(wire => {
        if (abort.signal.aborted) return
        current.current = createBarTable(wire)
        setState({ key, phase: 'ready', table: current.current, error: null })
        changed.current({ kind: 'all' })
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return
        // Bars that are shown already stay: a line that went away must not empty the chart.
        setState(before =>
          before.key === key && before.phase === 'ready' ? before : { key, phase: 'failed', table: null, error },
        )
      })
    return () => abort.abort()
  }, [desk, instrument, timeframe, attempt, generation])

  useLive(instrument, timeframe, state.key === key ? state.table : null, changed, () => setAttempt(n => n + 1))

  const loadOlder = useCallback(
    async (until?: number): Promise<boolean> => {
      const table = current.current
      const abort = stop.current
      if (!table || !abort || instrument === null) return false
      const isCovered = () => until !== undefined && table.count > 0 && table.micros[0]! <= until
      if (isCovered()) return true
      setLoadingOlder(true)
      try {
        do {
          if (!table.hasEarlier || table.count >= MOST_BARS) break
          const before = table.micros[0]!
          const wire = await desk.market.bars(
            { instrument, timeframe: table.timeframe, before, limit: PAGE_BARS },
            { signal: abort.signal },
          )
          if (abort.signal.aborted || current.current !== table || table.prepend(wire) === 0) break
          changed.current({ kind: 'older' })
        } while (until !== undefined && !isCovered())
      } catch {
        // What is there stays; the next scroll to the left asks again.
      } finally {
        setLoadingOlder(false)
      }
      return isCovered()
    },
    [desk, instrument],
  )
  const retry = useCallback(() => setAttempt(n => n + 1), [])
  const cancel = useCallback(() => {
    stop.current?.abort()
    setState(before => ({ ...before, phase: 'cancelled', table: null }))
  }, [])
  const { phase, table, error } = state
  return { phase: state.key === key ? phase : 'loading', table, error, isLoadingOlder, retry, cancel, loadOlder }
}

/**
 * Feeds the live stream into the table, and says so to the host once it is drawn.
 *
 * The chart library draws in the next animation frame by itself: waiting for one here too would draw each bar a frame later.
 */
function useLive(
  instrument: string | null,
  timeframe: Timeframe,
  table: BarTable | null,
  changed: { readonly current: (change: BarChange) => void },
  readAnew: () => void,
): void {
  const desk = useDesk()
  const key = instrument !== null && table ? `bars ${instrument} ${table.timeframe}` : null
  const waiting = useRef<{ frame: Frame | null; request: number }>({ frame: null, request: 0 })
  const readFor = useRef<number | null>(null)
  useEffect(() => () => cancelAnimationFrame(waiting.current.request), [])
  const acknowledge = () => {
    const { frame } = waiting.current
    waiting.current = { frame: null, request: 0 }
    if (frame) void desk.market.acknowledge({ stream: frame.stream, seq: frame.seq }).catch(() => undefined)
  }
  const take = (frame: Frame, from: string | null) => {
    // Frames of the stream before can still be on their way when the table is already another one.
    if (!table || from !== key) return
    const next = frame.bars[0]
    const newest = table.count > 0 ? table.micros[table.count - 1]! : null
    // The stream goes on later than the bars end: what lies between was never sent here.
    // A market that paused leaves such a hole too, so one reading for each is enough.
    if (
      next &&
      newest !== null &&
      newest !== readFor.current &&
      next.time > nextBucket(newest, table.timeframe, table.calendar)
    ) {
      readFor.current = newest
      return readAnew()
    }
    const row = table.take(frame.bars, frame.provenance)
    if (row !== null) changed.current({ kind: 'live', from: row })
    waiting.current.frame = frame
    waiting.current.request ||= requestAnimationFrame(acknowledge)
  }
  const taken = useRef(take)
  taken.current = take
  useStream(
    key,
    async (host, signal) =>
      tagged(await host.market.liveBars({ instrument: instrument!, timeframe: table?.timeframe ?? timeframe }, { signal }), key),
    ({ key: from, frame }) => taken.current(frame, from),
  )
}

/** Each frame with the name of the stream it came from. */
async function* tagged(frames: AsyncIterable<Frame>, key: string | null) {
  for await (const frame of frames) yield { key, frame }
}
