import { join } from 'node:path'
import type { UnderlyingState } from '../../contract/options.ts'
import { MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'
import type { Clock, Stop } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import { createAnalysisLoop } from './chain-analysis-loop.ts'
import { type ChainEntry, createEntry, keyOfFeed, provenanceOf, type RunningFeed, underlyingStateOf } from './chain-entry.ts'
import type { ChainFeed } from './chain-feed.ts'
import { createChainInlet } from './chain-inlet.ts'
import { createChainRotation, type LineState } from './chain-rotation.ts'
import { createChainRunner } from './chain-runner.ts'
import type { AnalysedChain, ChainService } from './chain-service.ts'

/** Derives everything from a chain; the columns of the chain are given away. */
export type Analyse = (chain: OptionChain, staleSeconds: number) => Promise<ChainAnalysis>

export interface LiveChainsOptions {
  readonly feeds: readonly ChainFeed[]
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'distribution'>
  readonly cacheFolder: string
  readonly fetch: typeof fetch
  readonly seed: number
  readonly isEnabled: (source: string) => boolean
  readonly refused: (frame: { readonly source: string; readonly reason: string; readonly raw: string }) => void
  readonly analyse: Analyse
  /** Seconds that a person set for a quote to be stale; 0 leaves it to each feed. */
  readonly staleSeconds: () => number
  /** Most lines that a person allows. */
  readonly mostLines: () => number
  /** What the underlying is called, and whether its options are quoted now. */
  readonly nameOf: (key: string) => string | null
  readonly isQuoting: (entry: Pick<ChainEntry, 'key' | 'feed'>) => boolean
  readonly onAnalysed: (chain: AnalysedChain) => void
}

/** Chains of feeds: those of the table, and those that a person asked for. */
export interface LiveChains extends Pick<ChainService, 'latest' | 'follow' | 'watch'> {
  has(key: string): boolean
  states(): readonly UnderlyingState[]
  state(key: string): UnderlyingState
  lines(key: string): LineState | null
  /** Feeds by name, and whether each is on. */
  feed(name: string): { readonly feed: ChainFeed; readonly isEnabled: boolean } | null
  /** Brings an underlying into the list; gives its key. */
  add(symbol: string, feed: ChainFeed): string
  remove(key: string): void
  setBackground(key: string, on: boolean): void
  /** Chains that are followed now and were analysed. */
  followed(): readonly AnalysedChain[]
  /** What a person chose in the Sources panel has changed. */
  sourcesChanged(): void
  close(): Promise<void>
}

const BEAT_SECONDS = 1
/** Without new quotes a chain is analysed this often all the same: its rows grow stale and its time runs out. */
const STANDING_SECONDS = 5
const STANDING_CLOSED_SECONDS = 60
const TURNS_UNTIL_STALE = 1.5

export function createLiveChains(options: LiveChainsOptions): LiveChains {
  const { clock, log, metrics } = options
  const entries = new Map<string, ChainEntry>()
  const running = new Map<string, RunningFeed>()
  const seconds = (step: string) => metrics.distribution('chain_pass_seconds', 'Seconds of a step of analysing a chain', { step })
  const steps = { build: seconds('build'), analyse: seconds('analyse'), publish: seconds('publish'), whole: seconds('quote') }
  let beat: Stop | null = null

  const isWanted = (entry: ChainEntry) => entry.followers > 0 || entry.isInBackground
  const wanted = () => [...entries.values()].filter(isWanted)
  const staleSecondsOf = (entry: ChainEntry): number =>
    options.isQuoting(entry) ? options.staleSeconds() || entry.feed.staleSeconds : Number.POSITIVE_INFINITY
  /** A contract that is asked for in turn is as old as the turn by nature; only one that missed its turn is stale. */
  const staleAgeOf = (entry: ChainEntry): number => {
    const turn = rotationOf(entry).state(entry.key)?.turnSeconds
    const own = options.staleSeconds() > 0 || !turn ? 0 : TURNS_UNTIL_STALE * turn
    return Math.max(own, staleSecondsOf(entry))
  }
  const believed = (entry: ChainEntry) => provenanceOf(entry, { now: clock.monotonic(), staleSeconds: staleSecondsOf(entry) })
  const nameOf = (entry: ChainEntry) => options.nameOf(entry.key) ?? entry.symbol
  const stateOf = (entry: ChainEntry) => underlyingStateOf(entry, believed(entry), nameOf(entry), clock.now())
  const rotationOf = (entry: ChainEntry) => running.get(entry.feed.name)!.rotation

  /** One pass: the chain as it is known now goes to the thread, and what comes back is announced. */
  const pass = async (key: string): Promise<void> => {
    const entry = entries.get(key)
    if (!entry || !isWanted(entry) || !entry.book.listing) return
    const started = clock.monotonic()
    const { version, newestReceipt } = entry.book
    entry.analysedVersion = version
    entry.analysedAt = started
    const chain = entry.book.chain(clock.now())
    const built = clock.monotonic()
    const analysis = await options.analyse(chain, staleAgeOf(entry))
    const analysed = clock.monotonic()
    if (!isWanted(entry)) return
    const isNews = newestReceipt !== null && newestReceipt !== entry.latest?.newestReceipt
    entry.latest = {
      ...{ key, symbol: entry.symbol, name: nameOf(entry), analysis, provenance: believed(entry), isFile: false },
      newestReceipt: newestReceipt ?? analysis.chain.asOf,
      isDemo: entry.feed.gives === 'demo',
    }
    options.onAnalysed(entry.latest)
    steps.build.observe(built - started)
    steps.analyse.observe(analysed - built)
    steps.publish.observe(clock.monotonic() - analysed)
    if (isNews) steps.whole.observe((clock.now() - newestReceipt) / MICROS_PER_SECOND)
  }
  const loop = createAnalysisLoop({ clock, log, pass })

  /** What no quote brings: silence, time that passes, a state that changes. */
  const onBeat = () => {
    for (const entry of wanted()) {
      const standing = options.isQuoting(entry) ? STANDING_SECONDS : STANDING_CLOSED_SECONDS
      const isDue = clock.monotonic() - entry.analysedAt >= standing
      if (entry.book.listing && (entry.book.version !== entry.analysedVersion || isDue)) loop.touch(entry.key)
      refresh(entry)
    }
  }
  /** Shows what is believed now, where that is other than at the newest pass. */
  const refresh = (entry: ChainEntry) => {
    if (!entry.latest) return
    const provenance = believed(entry)
    const { state, reason } = entry.latest.provenance
    if (provenance.state !== state || provenance.reason !== reason) entry.latest = { ...entry.latest, provenance }
  }
  const settle = () => {
    const busy = wanted().length > 0
    if (busy === (beat !== null)) return
    beat?.()
    beat = busy ? clock.every(BEAT_SECONDS, onBeat) : null
  }
  const begin = (entry: ChainEntry) => {
    entry.phase = 'connecting'
    entry.followedAt = clock.monotonic()
    running.get(entry.feed.name)!.runner.follow(entry.symbol)
    settle()
  }
  const end = (entry: ChainEntry) => {
    running.get(entry.feed.name)!.runner.unfollow(entry.symbol)
    entry.phase = 'idle'
    loop.forget(entry.key)
    refresh(entry)
    rotationOf(entry).plan()
    settle()
  }
  /** `change` makes somebody come or leave; the feed hears of the first and of the last. */
  const wantedBy = (entry: ChainEntry, change: () => void) => {
    const before = isWanted(entry)
    change()
    if (isWanted(entry) === before) return
    if (before) end(entry)
    else begin(entry)
  }

  const openFeed = (feed: ChainFeed): RunningFeed => {
    const sink = createChainInlet({
      entryOf: symbol => entries.get(keyOfFeed(symbol, feed)) ?? null,
      clock,
      refuse(raw, reason) {
        log.warn('chain.refused', { source: feed.name, reason })
        options.refused({ source: feed.name, reason, raw })
      },
      onListed: () => rotation.plan(),
      onChanged(entry) {
        if (isWanted(entry) && entry.book.listing) loop.touch(entry.key)
      },
      onPhase(entry, phase, reason) {
        if (!isWanted(entry)) return
        Object.assign(entry, { phase, reason })
        refresh(entry)
      },
    })
    const runner = createChainRunner({
      ...{ feed, clock, log, sink, fetch: options.fetch, seed: options.seed, folder: join(options.cacheFolder, feed.name) },
      isEnabled: options.isEnabled(feed.name),
      onOpened: () => running.get(feed.name)?.rotation.renew(),
    })
    const rotation = createChainRotation({
      ...{ runner, clock, mostLines: options.mostLines },
      followed: () =>
        wanted()
          .filter(entry => entry.feed === feed)
          .map(({ key, symbol, book, shown, watched }) => ({
            ...{ key, symbol, book },
            shown: new Set(shown.keys()),
            watched: [...watched].flat(),
          })),
    })
    return { feed, runner, rotation }
  }
  const add = (symbol: string, feed: ChainFeed): string => {
    const key = keyOfFeed(symbol, feed)
    if (!entries.has(key)) entries.set(key, createEntry(symbol, feed))
    return key
  }
  for (const feed of options.feeds) {
    running.set(feed.name, openFeed(feed))
    for (const symbol of feed.underlyings) add(symbol, feed)
  }
  const expect = (key: string): ChainEntry => {
    const entry = entries.get(key)
    if (!entry) throw new RangeError(`no feed has a chain named ${key}`)
    return entry
  }

  return {
    has: key => entries.has(key),
    states: () => [...entries.values()].map(stateOf),
    state: key => stateOf(expect(key)),
    latest: key => entries.get(key)?.latest ?? null,
    lines: key => rotationOf(expect(key)).state(key),
    feed(name) {
      const found = running.get(name)
      return found ? { feed: found.feed, isEnabled: options.isEnabled(name) } : null
    },
    followed: () => wanted().flatMap(entry => entry.latest ?? []),
    follow(key, expiries = []) {
      const entry = expect(key)
      const count = (by: number) => {
        entry.followers += by
        for (const date of expiries) {
          const left = (entry.shown.get(date) ?? 0) + by
          if (left > 0) entry.shown.set(date, left)
          else entry.shown.delete(date)
        }
      }
      wantedBy(entry, () => count(1))
      rotationOf(entry).plan()
      return once(() => {
        wantedBy(entry, () => count(-1))
        rotationOf(entry).plan()
      })
    },
    watch(key, contracts) {
      const entry = expect(key)
      const list = [...contracts]
      entry.watched.add(list)
      rotationOf(entry).plan()
      return once(() => {
        entry.watched.delete(list)
        rotationOf(entry).plan()
      })
    },
    add,
    remove(key) {
      const entry = entries.get(key)
      if (!entry) return
      if (isWanted(entry)) end(entry)
      entries.delete(key)
    },
    setBackground(key, on) {
      const entry = expect(key)
      wantedBy(entry, () => {
        entry.isInBackground = on
      })
      rotationOf(entry).plan()
    },
    sourcesChanged() {
      for (const { feed, runner } of running.values()) runner.enable(options.isEnabled(feed.name))
      for (const entry of wanted())
        if (entry.phase === 'off' && options.isEnabled(entry.feed.name)) {
          entry.phase = 'connecting'
          refresh(entry)
        }
    },
    async close() {
      beat?.()
      loop.close()
      for (const { rotation } of running.values()) rotation.close()
      await Promise.all([...running.values()].map(({ runner }) => runner.close()))
    },
  }
}

function once(run: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    run()
  }
}
