import { reasonOf } from '../../contract/reasons.ts'
import type { Stop } from '../../platform/clock.ts'
import type { ChainFeed, ChainFeedContext, ChainFeedSession, ChainSink } from './chain-feed.ts'

/** Seconds before a feed or an underlying that failed is tried again: doubled each time, up to the last. */
const BACKOFF_SECONDS = [1, 2, 4, 8, 16, 32, 60]
/** A session is kept this long after the last underlying was left: a panel that is moved closes and opens again. */
const LINGER_SECONDS = 10
/** Close must be quick: what takes longer is left behind, with its sink shut. */
const CLOSE_SECONDS = 1

export type FeedPhase = Parameters<ChainSink['phase']>[1] | 'off'

/** One chain feed with its session: open while an underlying is followed and its source is on. */
export interface ChainRunner {
  readonly feed: ChainFeed
  follow(symbol: string): void
  unfollow(symbol: string): void
  stream(symbol: string, keys: readonly string[]): void
  poll(symbol: string, keys: readonly string[]): void
  /** What a person chose in the Sources panel. */
  enable(on: boolean): void
  close(): Promise<void>
}

export interface ChainRunnerOptions extends Omit<ChainFeedContext, 'sink'> {
  readonly feed: ChainFeed
  readonly isEnabled: boolean
  /** Where records go; phases too, with `off` for a source that is off. */
  readonly sink: Omit<ChainSink, 'phase'> & { phase(symbol: string, phase: FeedPhase, reason: string | null): void }
  /** A session was opened anew: nothing is streamed in it yet. */
  readonly onOpened: () => void
}

export function createChainRunner(options: ChainRunnerOptions): ChainRunner {
  const { feed, clock, log, sink } = options
  const followed = new Set<string>()
  const failures = new Map<string, number>()
  const retries = new Map<string, Stop>()
  let enabled = options.isEnabled
  let session: ChainFeedSession | null = null
  let shut = () => {}
  let breaks = 0
  let linger: Stop | null = null
  let reopening: Stop | null = null

  const tell = (symbol: string, phase: FeedPhase, reason: string | null) => {
    log.info('chain.phase', { source: feed.name, underlying: symbol, phase, reason })
    sink.phase(symbol, phase, reason)
  }
  const pause = (times: number) => BACKOFF_SECONDS[Math.min(times, BACKOFF_SECONDS.length - 1)]!
  const forgetRetry = (symbol: string) => {
    retries.get(symbol)?.()
    retries.delete(symbol)
  }
  /** An underlying that the feed gave up is asked for again, as long as somebody follows it. */
  const retryLater = (symbol: string) => {
    const times = failures.get(symbol) ?? 0
    failures.set(symbol, times + 1)
    forgetRetry(symbol)
    retries.set(
      symbol,
      clock.after(pause(times), () => {
        retries.delete(symbol)
        if (!session || !followed.has(symbol)) return
        attempt(symbol, opened => {
          opened.unfollow(symbol)
          opened.follow(symbol)
        })
        options.onOpened()
      }),
    )
  }
  /** A feed that throws at a request has failed for that underlying, and no other hears of it. */
  const attempt = (symbol: string, ask: (session: ChainFeedSession) => void) => {
    if (!session) return
    try {
      ask(session)
    } catch (fault) {
      log.warn('chain.feed-threw', { source: feed.name, underlying: symbol, fault })
      tell(symbol, 'failed', fault instanceof Error ? fault.message : String(fault))
      if (followed.has(symbol)) retryLater(symbol)
    }
  }
  const gate = (): ChainSink => {
    let isOpen = true
    shut = () => {
      isOpen = false
    }
    return {
      listing: listing => void (isOpen && sink.listing(listing)),
      quotes: (symbol, batch) => void (isOpen && sink.quotes(symbol, batch)),
      spot: (symbol, spot) => void (isOpen && sink.spot(symbol, spot)),
      halted: (symbol, isHalted) => void (isOpen && sink.halted(symbol, isHalted)),
      refused: frame => void (isOpen && sink.refused(frame)),
      phase(symbol, phase, reason) {
        if (!isOpen) return
        if (phase === 'up') failures.delete(symbol)
        tell(symbol, phase, reason ?? (phase === 'failed' ? reasonOf('failed') : null))
        if (phase === 'failed' && followed.has(symbol)) retryLater(symbol)
      },
    }
  }
  const open = () => {
    linger?.()
    linger = null
    if (session || !enabled || followed.size === 0) return
    reopening?.()
    reopening = null
    const { folder, fetch, seed } = options
    try {
      const opened = feed.open({ clock, log, folder, fetch, seed, sink: gate() })
      session = opened
      breaks = 0
      for (const symbol of followed) opened.follow(symbol)
      options.onOpened()
    } catch (fault) {
      shut()
      const reason = fault instanceof Error ? fault.message : String(fault)
      for (const symbol of followed) tell(symbol, 'backing-off', reason)
      reopening = clock.after(pause(breaks++), open)
    }
  }
  const drop = async (): Promise<void> => {
    linger?.()
    reopening?.()
    linger = reopening = null
    for (const symbol of retries.keys()) forgetRetry(symbol)
    shut()
    const ending = session
    session = null
    if (!ending) return
    const limit = new AbortController()
    const warn = (reason: unknown) => log.warn('chain.close', { source: feed.name, reason: String(reason) })
    const late = clock.sleep(CLOSE_SECONDS, limit.signal).then(
      () => warn('it took longer than a second'),
      () => {},
    )
    await Promise.race([ending.close().catch(warn), late])
    limit.abort()
  }

  return {
    feed,
    follow(symbol) {
      followed.add(symbol)
      if (!enabled) return tell(symbol, 'off', reasonOf('source-off'))
      if (session) {
        linger?.()
        linger = null
        attempt(symbol, opened => opened.follow(symbol))
      } else open()
    },
    unfollow(symbol) {
      if (!followed.delete(symbol)) return
      forgetRetry(symbol)
      failures.delete(symbol)
      attempt(symbol, opened => opened.unfollow(symbol))
      if (followed.size === 0 && session) linger = clock.after(LINGER_SECONDS, () => void drop())
    },
    stream: (symbol, keys) => attempt(symbol, opened => opened.stream(symbol, keys)),
    poll: (symbol, keys) => attempt(symbol, opened => opened.poll(symbol, keys)),
    enable(on) {
      if (on === enabled) return
      enabled = on
      if (on) return open()
      void drop()
      for (const symbol of followed) tell(symbol, 'off', reasonOf('source-off'))
    },
    close() {
      enabled = false
      return drop()
    },
  }
}
