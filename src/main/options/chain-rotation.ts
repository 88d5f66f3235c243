import type { IsoDate } from '../../core/kit/time.ts'
import type { Clock, Stop } from '../../platform/clock.ts'
import type { ChainBook } from './chain-book.ts'
import { centresOf, type LinedChain, nextPoll, planLines, pollsPerTurn } from './chain-lines.ts'
import type { ChainRunner } from './chain-runner.ts'
import type { ContractPlace } from './chain-service.ts'

/** A followed underlying as the rotation sees it. */
export interface RotatedChain {
  readonly key: string
  readonly symbol: string
  readonly book: ChainBook
  readonly shown: ReadonlySet<IsoDate>
  readonly watched: readonly ContractPlace[]
}

/** Contracts streamed now, of how many, and seconds until all others were asked for once; NaN where the feed cannot be asked. */
export interface LineState {
  readonly streamed: number
  readonly allowed: number
  readonly turnSeconds: number
}

/** Keeps the lines of one feed where the money is, and asks for the rest in turn. */
export interface ChainRotation {
  /** Something changed that lines depend on: who is followed, what is shown, a listing. */
  plan(): void
  /** A session was opened anew and streams nothing yet. */
  renew(): void
  state(key: string): LineState | null
  close(): void
}

const PLAN_SECONDS = 1

interface Memory {
  listed: number
  centres: ReadonlyMap<IsoDate, number>
  streamed: readonly number[]
  isStreamed: Uint8Array
  asked: Float64Array
}

const emptyMemory = (): Memory => ({
  ...{ listed: -1, centres: new Map(), streamed: [] },
  ...{ isStreamed: new Uint8Array(0), asked: new Float64Array(0) },
})

export function createChainRotation({
  runner,
  clock,
  mostLines,
  followed,
}: {
  readonly runner: ChainRunner
  readonly clock: Clock
  /** What a person allows; the feed's own limit holds besides. */
  readonly mostLines: () => number
  readonly followed: () => readonly RotatedChain[]
}): ChainRotation {
  const { feed } = runner
  const memories = new Map<string, Memory>()
  let stopPlanning: Stop | null = null
  let stopPolling: Stop | null = null
  let planned = ''
  let polls = 0
  let polledAt = Number.NEGATIVE_INFINITY
  const terms = () => ({ size: feed.pollSize, isAcross: feed.pollsAcross ?? false, now: clock.now() })
  const budget = () => Math.min(feed.lines, mostLines())

  const memoryOf = (chain: RotatedChain): Memory => {
    let memory = memories.get(chain.key)
    if (!memory) {
      memory = emptyMemory()
      memories.set(chain.key, memory)
    }
    if (memory.listed !== chain.book.listed) {
      // Row numbers mean other contracts now: all of them are new.
      const { rows, listed } = chain.book
      Object.assign(memory, { listed, streamed: [], isStreamed: new Uint8Array(rows), asked: new Float64Array(rows) })
      planned = ''
    }
    return memory
  }
  const linedOf = (chain: RotatedChain, { centres }: Memory): LinedChain => ({
    key: chain.key,
    expiries: chain.book.expiries,
    strike: chain.book.strike,
    spot: chain.book.spot,
    shown: chain.shown,
    watched: chain.watched.map(place => chain.book.rowOf(place)).filter(row => row >= 0),
    centres,
  })
  /** Fewer first, more afterwards: in between there must not be more lines than the feed allows either. */
  const apply = (chains: readonly RotatedChain[], plans: readonly (readonly number[])[]) => {
    const send = (chain: RotatedChain, memory: Memory, rows: readonly number[]) => {
      memory.streamed = rows
      memory.isStreamed.fill(0)
      for (const row of rows) memory.isStreamed[row] = 1
      runner.stream(chain.symbol, rows.map(chain.book.keyAt))
    }
    const changes = chains.flatMap((chain, at) => {
      const memory = memoryOf(chain)
      const wanted = new Set(plans[at])
      const staying = memory.streamed.filter(row => wanted.has(row))
      const isSame = staying.length === memory.streamed.length && staying.length === wanted.size
      return isSame ? [] : [{ chain, memory, staying, rows: plans[at]! }]
    })
    for (const { chain, memory, staying } of changes)
      if (changes.length > 1 && staying.length < memory.streamed.length) send(chain, memory, staying)
    for (const { chain, memory, rows } of changes) send(chain, memory, rows)
  }
  const plan = () => {
    const chains = followed().filter(chain => chain.book.rows > 0)
    for (const key of memories.keys()) if (!chains.some(chain => chain.key === key)) memories.delete(key)
    beat(chains.length > 0)
    const now = clock.now()
    const lined = chains.map(chain => linedOf(chain, memoryOf(chain)))
    const centres = lined.map(chain => centresOf(chain, now))
    for (const [at, chain] of chains.entries()) memoryOf(chain).centres = centres[at]!
    // What the plan depends on, as text: most seconds nothing of it has changed and there is nothing to do.
    const asText = lined.map(({ key, shown, watched }, at) => [key, [...shown].sort(), watched, [...centres[at]!]])
    const wanted = JSON.stringify([budget(), asText])
    if (wanted === planned) return
    planned = wanted
    apply(chains, planLines(lined, { budget: budget(), now }))
  }
  /** Asks for the next contracts, and again when the feed may be asked again: never sooner, whoever comes or goes. */
  const poll = () => {
    stopPolling = clock.after(feed.pollEverySeconds, poll)
    const chains = followed().filter(chain => chain.book.rows > 0)
    const polled = chains.map(chain => ({ ...memoryOf(chain), expiries: chain.book.expiries, shown: chain.shown }))
    const next = nextPoll(polled, { ...terms(), prefersShown: ++polls % 2 === 1 })
    if (!next) return
    polledAt = clock.monotonic()
    for (const row of next.rows) polled[next.chain]!.asked[row] = polls
    const { symbol, book } = chains[next.chain]!
    runner.poll(symbol, next.rows.map(book.keyAt))
  }
  /** Timers run only while somebody follows a chain: an idle host sleeps. */
  const beat = (on: boolean) => {
    if (on === (stopPlanning !== null)) return
    stopPlanning?.()
    stopPolling?.()
    stopPlanning = on ? clock.every(PLAN_SECONDS, plan) : null
    const wait = Math.max(0, polledAt + feed.pollEverySeconds - clock.monotonic())
    stopPolling = on && feed.pollSize > 0 ? clock.after(wait, poll) : null
  }

  return {
    plan,
    renew() {
      for (const memory of memories.values()) Object.assign(memory, { streamed: [], isStreamed: memory.isStreamed.fill(0) })
      planned = ''
      plan()
    },
    state(key) {
      const chains = followed().filter(chain => chain.book.rows > 0)
      const memory = memories.get(key)
      if (!memory || !chains.some(chain => chain.key === key)) return null
      const polled = chains.map(chain => ({ ...memoryOf(chain), expiries: chain.book.expiries, shown: chain.shown }))
      const turns = feed.pollSize > 0 ? pollsPerTurn(polled, terms()) : Number.NaN
      return { streamed: memory.streamed.length, allowed: budget(), turnSeconds: turns * feed.pollEverySeconds }
    },
    close: () => beat(false),
  }
}
