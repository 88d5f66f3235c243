import type { ChainFrame, ChainSnapshot, UnderlyingState } from '../../contract/options.ts'
import { readReason } from '../../contract/reasons.ts'
import type { IsoDate } from '../../core/kit/time.ts'
import type { Journal } from '../../platform/journal.ts'
import { fail } from '../fail.ts'
import { createPacing } from '../market/pacer.ts'
import { endable } from '../market/stream.ts'
import type { ChainFeed } from './chain-feed.ts'
import type { ChainFiles } from './chain-files.ts'
import { type ChainPicture, chainFrames, chainPicture } from './chain-frames.ts'
import { createLiveChains, type LiveChainsOptions } from './chain-live.ts'
import type { AnalysedChain, ChainService } from './chain-service.ts'
import { createRegularKeeper } from './regular-keeper.ts'
import type { Snapshots } from './snapshots.ts'
import type { ChainHistory } from './snapshots-store.ts'

/** What the router needs beyond what the rest of the host does. */
export interface ChainDesk extends ChainService {
  /** The list now, and again when something in it has changed. */
  watchUnderlyings(signal?: AbortSignal): AsyncGenerator<{ underlyings: UnderlyingState[] }, void, undefined>
  /** Fails: UNDERLYING_UNKNOWN. */
  frames(key: string, expiries: readonly string[], signal?: AbortSignal): AsyncGenerator<ChainFrame, void, undefined>
  acknowledge(stream: string, seq: number): void
  /** Fails: SOURCE_UNKNOWN, SOURCE_OFF, SOURCE_FAILED, UNDERLYING_UNKNOWN. */
  add(source: string, symbol: string, user: string): Promise<UnderlyingState>
  watchInBackground(key: string, on: boolean, user: string): UnderlyingState
  keepNow(key: string): Promise<ChainSnapshot>
  pictureOf(id: string, expiries: readonly string[]): Promise<{ snapshot: ChainSnapshot; frame: ChainFrame }>
  history(key: string, expiry: string, limit: number): Promise<ChainHistory>
  /** Segments of kept chains that could not be taken back, with the reason. */
  problems(): readonly string[]
  /** What a person chose in the Sources panel has changed. */
  sourcesChanged(): void
  close(): Promise<void>
}

export interface ChainDeskOptions extends Omit<LiveChainsOptions, 'onAnalysed'> {
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly snapshots: Snapshots
  readonly files: ChainFiles
  /** Minutes between regular snapshots of a followed chain; 0 for none. */
  readonly snapshotMinutes: () => number
  /** After everybody inside was told. */
  readonly announce: (chain: AnalysedChain) => void
}

/** Journal kinds of this file. */
const EVENTS = { add: 'options.add', watch: 'options.watch' } as const

const WATCH_SECONDS = 1
/** A feed that does not list an underlying within this time is said not to answer. */
const ADD_SECONDS = 20

/** Builds the chain service over feeds, files and kept moments. */
export function createChainDesk(options: ChainDeskOptions): ChainDesk {
  const { clock, log, journal, snapshots, files } = options
  const pacing = createPacing({ clock })
  const listeners = new Set<(chain: AnalysedChain) => void>()
  const regular = createRegularKeeper(options)
  const publish = (chain: AnalysedChain) => {
    for (const hear of listeners) {
      try {
        hear(chain)
      } catch (fault) {
        log.error('chain.listener-failed', { underlying: chain.key, fault })
      }
    }
    options.announce(chain)
  }
  const live = createLiveChains({
    ...options,
    onAnalysed(chain) {
      publish(chain)
      regular(chain)
    },
  })
  restore(journal, live)

  const has = (key: string) => live.has(key) || files.has(key)
  const expectKey = (key: string) => void (has(key) || fail('UNDERLYING_UNKNOWN', { underlying: key }))
  const stateOf = (key: string): UnderlyingState => (live.has(key) ? live.state(key) : files.state(key))
  const newest = (key: string) => (live.has(key) ? live.latest(key) : files.latest(key))
  const linesOf = (key: string) => (live.has(key) ? live.lines(key) : null)
  const underlyings = () => [...live.states(), ...files.states()]

  const follow: ChainService['follow'] = (key, expiries = []) => {
    expectKey(key)
    if (live.has(key)) return live.follow(key, expiries)
    files
      .load(key)
      .then(isNew => isNew && publish(isNew))
      .catch(fault => log.warn('chain.file-unread', { underlying: key, fault }))
    return () => {}
  }

  /** Waits until the feed has listed the underlying, or has said why it does not. */
  async function listed(key: string, feed: ChainFeed, symbol: string): Promise<void> {
    const undo = live.follow(key)
    try {
      for (const until = clock.monotonic() + ADD_SECONDS; clock.monotonic() < until; await clock.sleep(0.1)) {
        const { contracts, state, reason } = live.state(key)
        if (contracts > 0) return
        const isSaid = reason !== null && !['waiting', 'nothing-asked'].includes(readReason(reason)?.key ?? '')
        if (state === 'none' && isSaid) fail('SOURCE_FAILED', { source: feed.name, reason: reason! })
      }
      fail('UNDERLYING_UNKNOWN', { underlying: symbol })
    } finally {
      undo()
    }
  }

  return {
    underlyings,
    latest: newest,
    follow,
    onAnalysed(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    watch(key, contracts) {
      expectKey(key)
      return live.has(key) ? live.watch(key, contracts) : () => {}
    },
    keep: async (chain, why) => (await snapshots.keep(chain, why)).id,
    open: snapshots.open,
    snapshot: snapshots.info,
    snapshots: (key, before, limit) => {
      expectKey(key)
      return snapshots.list(key, before, limit)
    },
    addFile: files.add,
    removeFile: files.remove,
    watchUnderlyings: outer =>
      endable(outer, async function* (signal) {
        for (let shown = ''; ; await clock.sleep(WATCH_SECONDS, signal).catch(() => {})) {
          if (signal.aborted) return
          const list = underlyings()
          const text = JSON.stringify(list)
          if (text !== shown) yield { underlyings: list }
          shown = text
        }
      }),
    frames(key, expiries, outer) {
      expectKey(key)
      return endable(outer, async function* (signal) {
        const undo = follow(key, expiries as readonly IsoDate[])
        const pacer = pacing.open()
        try {
          yield* chainFrames({
            ...{ expiries, pacer, clock, signal },
            newest: () => newest(key),
            lines: () => linesOf(key),
          })
        } finally {
          pacer.close()
          undo()
        }
      })
    },
    acknowledge: (stream, seq) => void pacing.acknowledge(stream, seq),
    async add(source, given, user) {
      const found = live.feed(source) ?? fail('SOURCE_UNKNOWN', { source })
      if (!found.isEnabled) fail('SOURCE_OFF', { source })
      const symbol = given.trim().toUpperCase()
      const { feed } = found
      if (!feed.findsAny && !feed.underlyings.includes(symbol)) fail('UNDERLYING_UNKNOWN', { underlying: symbol })
      const isKnown = live.has(`${symbol}.${feed.name.toUpperCase()}`)
      const key = live.add(symbol, feed)
      if (isKnown) return live.state(key)
      try {
        await listed(key, feed, symbol)
      } catch (fault) {
        live.remove(key)
        throw fault
      }
      journal.append({ kind: EVENTS.add, subject: source, user, body: { symbol } })
      return live.state(key)
    },
    watchInBackground(key, on, user) {
      expectKey(key)
      if (live.has(key) && live.state(key).watchedInBackground !== on) {
        journal.append({ kind: EVENTS.watch, subject: key, user, body: { on } })
        live.setBackground(key, on)
      }
      return stateOf(key)
    },
    async keepNow(key) {
      expectKey(key)
      const chain = newest(key) ?? fail('UNDERLYING_UNKNOWN', { underlying: key })
      return snapshots.keep(chain, 'person')
    },
    async pictureOf(id, expiries) {
      const chain = await snapshots.open(id)
      const picture: ChainPicture = chainPicture(chain, expiries, null)
      return { snapshot: await snapshots.info(id), frame: { stream: id, seq: 1, ...picture } }
    },
    history(key, expiry, limit) {
      expectKey(key)
      return snapshots.history(key, expiry, limit)
    },
    problems: () => snapshots.problems(),
    sourcesChanged: live.sourcesChanged,
    async close() {
      pacing.close()
      await live.close()
    },
  }
}

/** Folds the journal: which underlyings were added, and which are watched while nobody looks. */
function restore(journal: Pick<Journal, 'read'>, live: ReturnType<typeof createLiveChains>): void {
  const watched = new Map<string, boolean>()
  for (const { kind, subject, body } of journal.read({ kinds: Object.values(EVENTS) })) {
    if (kind === EVENTS.watch) watched.set(subject, (body as { on: boolean }).on)
    else {
      const found = live.feed(subject)
      if (found) live.add((body as { symbol: string }).symbol, found.feed)
    }
  }
  for (const [key, on] of watched) if (on && live.has(key)) live.setBackground(key, true)
}
